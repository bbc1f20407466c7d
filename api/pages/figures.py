"""The pages on how good reviewing is: figures, the return of a demoted detector, and the library of planted cases."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer, SignedInDep
from api.pages import goto, page, wording
from api.routes.invigilation import Watcher
from assessment_engine.invigilation import MIN_REASON, Verdict
from assessment_engine.invigilation.demotion import ALPHA
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.people import Actor, Role
from assessment_engine.services import demotion, figures, people, unmarked
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/invigilator", include_in_schema=False)

LEAST = 5
"""Cases below which a share is given as a count only."""


@router.get("/figures")
def show_figures(request: Request, engine: EngineDep, actor: Watcher) -> HTMLResponse:
    """Show the figures of the organisation."""
    return _figures(request, engine, actor)


def _figures(request: Request, engine: Engine, actor: Actor, problem: str = "") -> HTMLResponse:
    return page(
        request,
        "invigilator/figures.html",
        status=422 if problem else 200,
        figures=figures.figures(engine, actor),
        officer=Role.CELL_OFFICER in actor.roles,
        least=LEAST,
        least_words=MIN_REASON,
        limit=round(1 / ALPHA),
        wording=wording,
        problem=problem,
    )


@router.post("/figures/{demotion_id}/restore")
def restore(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    signed: SignedInDep,
    demotion_id: str,
    reason: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Sign for a detector's return under a fresh password; the second, different officer brings it back."""
    demotion.demotion_of(engine, actor, demotion_id)
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
        after = demotion.restore(engine, actor, demotion_id, reason)
    except (NotAllowed, Conflict, Invalid) as error:
        return _figures(request, engine, actor, error.code)
    return goto("/invigilator/figures", done="restored" if after.restored_at else "signed")


@router.get("/planted")
def library(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show the library of planted cases, and what could be planted."""
    return _library(request, engine, actor)


def _library(request: Request, engine: Engine, actor: Actor, problem: str = "") -> HTMLResponse:
    shelf = unmarked.library(engine, actor)
    status = 422 if problem else 200
    return page(
        request,
        "invigilator/planted.html",
        status=status,
        library=shelf.planted,
        simulated=shelf.simulated,
        wording=wording,
        problem=problem,
    )


@router.post("/planted")
def plant(
    request: Request, engine: EngineDep, actor: Officer, incident_id: Annotated[IncidentId, Form()], truth: Annotated[Verdict, Form()]
) -> Response:
    """Put an incident of a simulated sitting into the library."""
    try:
        unmarked.plant(engine, actor, incident_id, truth)
    except (Conflict, Invalid) as error:
        return _library(request, engine, actor, error.code)
    return goto("/invigilator/planted", done="planted")


@router.post("/planted/{incident_id}/withdraw")
def withdraw(engine: EngineDep, actor: Officer, incident_id: IncidentId) -> Response:
    """Take an incident out of the library."""
    unmarked.withdraw(engine, actor, incident_id)
    return goto("/invigilator/planted", done="withdrawn")
