"""A candidate's own place: change it for another slot, or give it back, until the time that the session states."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep
from api.pages import goto, page
from api.words import N_
from assessment_engine.kernel.errors import Conflict, SessionFull
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import bookings
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/candidate/sittings/{sitting_id}/place", include_in_schema=False)

_FULL = N_("The last seat of that session was taken a moment ago. Choose another one.")
_LATE = N_("That change is not possible any more. Ask your examination cell.")


@router.get("")
def show_place(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> HTMLResponse:
    """Show the place, and the slots it could be changed to."""
    return _place(request, engine, actor, sitting_id)


@router.post("")
def change_place(
    request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId, session_id: Annotated[SessionId, Form(max_length=40)]
) -> Response:
    """Change to another slot; where that fails the old place stays, and the page says so."""
    try:
        bookings.change_slot(engine, actor, sitting_id, session_id)
    except SessionFull:
        return _place(request, engine, actor, sitting_id, _FULL)
    except Conflict:
        return _place(request, engine, actor, sitting_id, _LATE)
    return goto(f"/candidate/sittings/{sitting_id}/place", done="changed")


@router.post("/give-back")
def give_back(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Give the place back."""
    try:
        bookings.give_back(engine, actor, sitting_id)
    except Conflict:
        return _place(request, engine, actor, sitting_id, _LATE)
    return goto("/candidate", done="given_back")


def _place(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, problem: str = "") -> HTMLResponse:
    found = bookings.booking(engine, actor, sitting_id)
    return page(request, "candidate/place.html", status=409 if problem else 200, booking=found, problem=problem)
