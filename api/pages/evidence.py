"""Pages of evidence: what the cell keeps, until when and why; one sitting's package and certificate; erasing early by two officers."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer, SignedInDep
from api.pages import goto, page
from api.routes.invigilation import Reader
from api.words import N_
from assessment_engine.evidence.retention import Hold
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid, NotAllowed, NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import evidence_packages, people, retention
from assessment_engine.services.engine import Engine

router = APIRouter(include_in_schema=False)

HOLDS: Mapping[str, str] = {
    Hold.RUNNING: N_("the exam is not over"),
    Hold.UNDECIDED: N_("the sitting is not decided"),
    Hold.RESULT: N_("no result is published yet"),
    Hold.CASE: N_("a case is open"),
    Hold.GRIEVANCE: N_("a grievance is open"),
    Hold.APPEAL: N_("can still be appealed"),
}
"""What keeps evidence longer than its days."""


@router.get("/cell/evidence")
def kept(request: Request, engine: EngineDep, actor: Officer, page_number: int = 1, asked: bool = False) -> HTMLResponse:
    """Show what is kept of whom, until when and why; `asked` leaves only what somebody wants to erase early."""
    found = retention.kept(engine, actor, page_number, asked_only=asked)
    return page(request, "evidence/kept.html", found=found, asked=asked, holds=HOLDS)


@router.get("/evidence/{sitting_id}")
def one(request: Request, engine: EngineDep, actor: Reader, sitting_id: SittingId) -> HTMLResponse:
    """Show one sitting's evidence: how long it is kept, its package, its certificate."""
    return _one(request, engine, actor, sitting_id)


@router.post("/evidence/{sitting_id}/package")
def ask(request: Request, engine: EngineDep, actor: Reader, sitting_id: SittingId) -> Response:
    """Have a package made."""
    try:
        evidence_packages.ask(engine, actor, sitting_id)
    except NotYet as error:
        return _one(request, engine, actor, sitting_id, error)
    return goto(f"/evidence/{sitting_id}", done="asked")


@router.post("/evidence/{sitting_id}/erase")
def ask_erasure(
    request: Request, engine: EngineDep, actor: Officer, sitting_id: SittingId, reason: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Ask, as the first officer, that the evidence be erased before its time."""
    try:
        retention.ask_erasure(engine, actor, sitting_id, reason)
    except (Invalid, Conflict) as error:
        return _one(request, engine, actor, sitting_id, error)
    return goto(f"/evidence/{sitting_id}", done="erasure_asked")


@router.post("/evidence/{sitting_id}/erase/approve")
def approve(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    signed: SignedInDep,
    sitting_id: SittingId,
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Erase at once, as the second officer, under a fresh password."""
    retention.kept_of(engine, actor, sitting_id)
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
        retention.approve_erasure(engine, actor, sitting_id)
    except (NotAllowed, Conflict) as error:
        return _one(request, engine, actor, sitting_id, error)
    return goto(f"/evidence/{sitting_id}", done="erased")


@router.post("/evidence/{sitting_id}/erase/withdraw")
def withdraw(request: Request, engine: EngineDep, actor: Officer, sitting_id: SittingId) -> Response:
    """Take a request back."""
    try:
        retention.withdraw_erasure(engine, actor, sitting_id)
    except Conflict as error:
        return _one(request, engine, actor, sitting_id, error)
    return goto(f"/evidence/{sitting_id}", done="withdrawn")


def _one(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, problem: AssessmentError | None = None) -> HTMLResponse:
    line = retention.kept_of(engine, actor, sitting_id)
    asked_by = line.request.asked_by if line.request is not None else None
    return page(
        request,
        "evidence/one.html",
        status=422 if problem else 200,
        line=line,
        package=evidence_packages.standing(engine, actor, sitting_id),
        may_take=evidence_packages.may_take(engine, actor, sitting_id),
        erased_at=retention.erased_at(engine, sitting_id),
        holds=HOLDS,
        officer=Role.CELL_OFFICER in actor.roles,
        mine=asked_by == actor.person_id,
        problem=(problem.details.get("problem") or problem.code) if problem else "",
    )
