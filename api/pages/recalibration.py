"""The acts of officers on an exam's recalibration: propose, sign, give up. The page they stand on is exams.py's."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.auth import EngineDep, Officer, SignedInDep
from api.pages import goto
from api.pages.exams import exam_page
from assessment_engine.exams.recalibration import ProposalState
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed
from assessment_engine.kernel.ids import ExamId
from assessment_engine.services import people, recalibration
from proctoring.calibration import LARGEST

router = APIRouter(prefix="/cell", include_in_schema=False)

Password = Annotated[str, Form(max_length=1024)]


@router.post("/exams/{exam_id}/recalibrations")
def propose(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    signed: SignedInDep,
    exam_id: ExamId,
    record: Annotated[UploadFile | None, File()] = None,
    none: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    password: Password = "",
) -> Response:
    """Propose another record, or none, under a fresh password; what does not fit is refused in words."""
    written = None if none else record.file.read(LARGEST + 1) if record is not None else b""
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
        recalibration.propose(engine, actor, exam_id, written, reason)
    except (Invalid, Conflict, NotAllowed) as error:
        return exam_page(request, engine, actor, exam_id, error)
    return goto(f"/cell/exams/{exam_id}", done="proposed")


@router.post("/recalibrations/{proposal_id}/sign")
def sign(request: Request, engine: EngineDep, actor: Officer, signed: SignedInDep, proposal_id: str, password: Password = "") -> Response:
    """Sign a proposal under a fresh password; the second, different officer's signature applies it."""
    proposal = recalibration.proposal_of(engine, actor, proposal_id)
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
        after = recalibration.sign(engine, actor, proposal_id)
    except (Invalid, Conflict, NotAllowed) as error:
        return exam_page(request, engine, actor, proposal.exam_id, error)
    return goto(f"/cell/exams/{proposal.exam_id}", done="applied" if after.state is ProposalState.APPLIED else "proposed")


@router.post("/recalibrations/{proposal_id}/withdraw")
def withdraw(request: Request, engine: EngineDep, actor: Officer, proposal_id: str) -> Response:
    """Give a proposal up."""
    proposal = recalibration.proposal_of(engine, actor, proposal_id)
    try:
        recalibration.withdraw(engine, actor, proposal_id)
    except Conflict as error:
        return exam_page(request, engine, actor, proposal.exam_id, error)
    return goto(f"/cell/exams/{proposal.exam_id}", done="withdrawn")
