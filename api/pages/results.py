"""The cell's pages of results: what waits for a batch, one batch, and the dialog in which two officers publish it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer, SignedInDep
from api.pages import goto, page
from api.pages.tables import csv_file, in_order
from assessment_engine.kernel.errors import Conflict, NotAllowed, NotYet
from assessment_engine.kernel.ids import BatchId, CompetencyId, SessionId
from assessment_engine.people import Actor
from assessment_engine.services import people, results
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.results import BatchLine, BatchSheet

router = APIRouter(prefix="/cell/results", include_in_schema=False)

_SORTS: Mapping[str, Callable[[BatchLine], Any]] = {
    "name": lambda line: line.name.lower(),
    "seat": lambda line: line.seat,
    "total": lambda line: line.report.card.total,
}


@router.get("")
def show(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show what waits for a batch, and every batch."""
    return page(request, "cell/results.html", sessions=results.session_results(engine, actor), sheets=results.batches(engine, actor))


@router.post("/draft")
def draft(engine: EngineDep, actor: Officer, session_id: Annotated[SessionId, Form()]) -> Response:
    """Draft a batch of all that waits in a session."""
    try:
        batch = results.draft_batch(engine, actor, session_id)
    except NotYet:
        return goto("/cell/results", done="nothing")
    return goto(f"/cell/results/{batch.id}", done="drafted")


@router.get("/{batch_id}")
def show_batch(request: Request, engine: EngineDep, actor: Officer, batch_id: BatchId, sort: str = "name") -> HTMLResponse:
    """Show one batch with everybody in it."""
    return _batch(request, engine, actor, batch_id, sort=sort)


@router.get("/{batch_id}/lines.csv")
def batch_csv(engine: EngineDep, actor: Officer, batch_id: BatchId, sort: str = "name") -> Response:
    """Answer with the batch as CSV."""
    sheet = results.batch_sheet(engine, actor, batch_id)
    skills = competencies(engine, actor)
    rows = [_csv_row(line, [one.id for one in skills]) for line in in_order(sheet.lines, sort, _SORTS)]
    return csv_file("results", ("seat", "name", "total", "max", "passed", *(one.code for one in skills)), rows)


def _csv_row(line: BatchLine, skills: Sequence[CompetencyId]) -> tuple[object, ...]:
    card = line.report.card
    levels = {each.competency_id: each.level for each in card.competencies}
    return (line.seat, line.name, card.total, card.max, "yes" if card.passed else "no", *(levels.get(skill) for skill in skills))


@router.post("/{batch_id}/approve")
def approve(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    signed: SignedInDep,
    batch_id: BatchId,
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Approve under a fresh password; the second, different officer publishes."""
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
        batch = results.approve_batch(engine, actor, batch_id)
    except (NotAllowed, Conflict) as error:
        return _batch(request, engine, actor, batch_id, problem=error.code)
    return goto(f"/cell/results/{batch_id}", done=batch.state)


@router.post("/{batch_id}/discard")
def discard(engine: EngineDep, actor: Officer, batch_id: BatchId) -> Response:
    """Give a batch up before it is published."""
    results.discard_batch(engine, actor, batch_id)
    return goto("/cell/results", done="discarded")


def _batch(request: Request, engine: Engine, actor: Actor, batch_id: BatchId, *, sort: str = "name", problem: str = "") -> HTMLResponse:
    sheet: BatchSheet = results.batch_sheet(engine, actor, batch_id)
    return page(
        request,
        "cell/batch.html",
        status=422 if problem else 200,
        sheet=sheet,
        lines=in_order(sheet.lines, sort, _SORTS),
        competencies=competencies(engine, actor),
        mine=any(approval.officer_id == actor.person_id for approval in sheet.approvals),
        sort=sort,
        problem=problem,
    )
