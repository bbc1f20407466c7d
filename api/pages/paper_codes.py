"""The code that opens a session's papers, shown large to whoever reads it to a room without a line (ADR 22). Every look is in the log."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Staff
from api.pages import page
from api.paths import SessionPath
from api.words import N_
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import papers

router = APIRouter(prefix="/sessions/{session_id}/paper-code", include_in_schema=False)


@router.get("")
def ask(request: Request, engine: EngineDep, staff: Staff, session_id: SessionPath) -> HTMLResponse:
    """Say what the code is for; looking at it is an act of its own."""
    session = papers.session_to_read(engine, staff, session_id)
    waits = Role.CELL_OFFICER not in staff.roles and engine.clock.now() < session.opens_at
    return page(request, "invigilator/paper_code.html", session=session, code=None, waits=waits, back=_back(staff, session_id))


@router.post("")
def show(request: Request, engine: EngineDep, staff: Staff, session_id: SessionPath) -> HTMLResponse:
    """Show the code."""
    session, back = papers.session_to_read(engine, staff, session_id), _back(staff, session_id)
    try:
        code = papers.code_to_read(engine, staff, session_id)
    except NotYet:
        return page(request, "invigilator/paper_code.html", session=session, code=None, waits=True, back=back, status=409)
    return page(request, "invigilator/paper_code.html", session=session, code=code, waits=False, back=back)


def _back(staff: Actor, session_id: SessionId) -> tuple[str, str]:
    """Return the page that somebody came from: the cell's of the session, or the invigilators' of all of them."""
    if Role.CELL_OFFICER in staff.roles:
        return f"/cell/sessions/{session_id}", N_("Session")
    return "/invigilator", N_("Live")
