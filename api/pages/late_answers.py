"""Pages of what came late: the queue and the decision, for invigilators and the cell; and bringing the answer file of a dead device."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Invigilator, SignedInDep
from api.pages import goto, page
from api.paths import SittingPath
from api.routes.invigilation import Watcher
from api.routes.sittings import LedgerDep
from assessment_engine.delivery.answer_file import LARGEST_FILE
from assessment_engine.delivery.late import MIN_REASON, Said, Verdict
from assessment_engine.kernel.errors import AssessmentError, Conflict, ForeignFile, Invalid, NotAllowed, NotYet, TooLarge
from assessment_engine.kernel.ids import LateAnswerId
from assessment_engine.people import Actor, Role
from assessment_engine.services import answer_files, late_answers, late_decisions, people
from assessment_engine.services.answer_files import TakenFile
from assessment_engine.services.engine import Engine

router = APIRouter(include_in_schema=False)

CANDIDATES_PAGE, INVIGILATORS_PAGE = "candidate/answer_file.html", "invigilator/answer_file.html"


@router.get("/cell/late-answers")
def queue(request: Request, engine: EngineDep, actor: Watcher, show: str = "open") -> HTMLResponse:
    """Show the sittings with late answers, those that wait for a decision first."""
    cases = late_answers.late_queue(engine, actor)
    waiting = [case for case in cases if case.open and not case.published]
    shown = waiting if show != "ended" else [case for case in cases if case not in waiting]
    return page(request, "cell/late_queue.html", cases=shown, waiting=len(waiting), ended=len(cases) - len(waiting), show=show)


@router.get("/cell/late-answers/{sitting_id}")
def one(request: Request, engine: EngineDep, actor: Watcher, sitting_id: SittingPath) -> HTMLResponse:
    """Show everything that is known of one sitting's late answers, and ask for a decision."""
    return _one(request, engine, actor, sitting_id)


@router.post("/cell/late-answers/{sitting_id}")
def decide(
    request: Request,
    engine: EngineDep,
    actor: Watcher,
    signed: SignedInDep,
    sitting_id: SittingPath,
    verdict: Annotated[Verdict, Form()],
    late: Annotated[list[LateAnswerId] | None, Form()] = None,
    reason: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Accept or refuse the chosen ones; accepting takes the password."""
    try:
        if verdict is Verdict.ACCEPT:
            with request.app.state.login_gate.a_try(signed.person.login, request):
                people.reauthenticate(engine, signed.token, password)
        said = Said(verdict=verdict, reason=reason)
        states = late_decisions.decide_late(engine, actor, sitting_id, late or [], said)
    except (Conflict, Invalid, NotAllowed) as refusal:
        return _one(request, engine, actor, sitting_id, problem=refusal, reason=reason, chosen=late or [])
    return goto(f"/cell/late-answers/{sitting_id}", done=str(states[0]))


def _one(
    request: Request,
    engine: Engine,
    actor: Actor,
    sitting_id: SittingPath,
    *,
    problem: AssessmentError | None = None,
    reason: str = "",
    chosen: list[LateAnswerId] | None = None,
) -> HTMLResponse:
    case = late_answers.late_case(engine, actor, sitting_id)
    return page(
        request,
        "cell/late_case.html",
        status=422 if problem else 200,
        case=case,
        actor=actor,
        may_accept=Role.CELL_OFFICER in actor.roles,
        free=[line for line in case.open if all(one.person_id != actor.person_id for one in line.decisions)],
        least=MIN_REASON,
        problem=problem.code if problem else "",
        problem_field=problem.details.get("field") if problem else "",
        reason=reason,
        chosen=chosen,
    )


@router.get("/candidate/sittings/{sitting_id}/answer-file")
def my_file(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> HTMLResponse:
    """Ask the candidate for the file that their device made."""
    return _file_page(request, CANDIDATES_PAGE, answer_files.file_place(engine, actor, sitting_id))


@router.post("/candidate/sittings/{sitting_id}/answer-file")
def bring_my_file(
    request: Request, engine: EngineDep, ledger: LedgerDep, actor: Candidate, sitting_id: SittingPath, file: Annotated[UploadFile, File()]
) -> HTMLResponse:
    """Take the candidate's file in, and say what became of each answer."""
    place = answer_files.file_place(engine, actor, sitting_id)
    try:
        taken = answer_files.take_file(engine, ledger, actor, sitting_id, file.file.read(LARGEST_FILE + 1))
    except (ForeignFile, TooLarge, Conflict) as refusal:
        return _file_page(request, CANDIDATES_PAGE, place, problem=refusal.code)
    return _file_page(request, CANDIDATES_PAGE, place, taken=taken)


@router.get("/invigilator/answer-file/{sitting_id}")
def their_file(request: Request, engine: EngineDep, actor: Invigilator, sitting_id: SittingPath) -> HTMLResponse:
    """Ask an invigilator for the file of a candidate whose device died."""
    return _file_page(request, INVIGILATORS_PAGE, answer_files.file_place(engine, actor, sitting_id))


@router.post("/invigilator/answer-file/{sitting_id}")
def bring_their_file(
    request: Request, engine: EngineDep, ledger: LedgerDep, actor: Invigilator, sitting_id: SittingPath, file: Annotated[UploadFile, File()]
) -> HTMLResponse:
    """Take the file in for that one sitting; who brought it is in the log."""
    place = answer_files.file_place(engine, actor, sitting_id)
    try:
        taken = answer_files.take_file(engine, ledger, actor, sitting_id, file.file.read(LARGEST_FILE + 1))
    except (ForeignFile, TooLarge, Conflict, NotYet) as refusal:
        return _file_page(request, INVIGILATORS_PAGE, place, problem=refusal.code)
    return _file_page(request, INVIGILATORS_PAGE, place, taken=taken)


def _file_page(
    request: Request, template: str, place: answer_files.FilePlace, *, taken: TakenFile | None = None, problem: str = ""
) -> HTMLResponse:
    return page(request, template, status=422 if problem else 200, place=place, taken=taken, problem=problem)
