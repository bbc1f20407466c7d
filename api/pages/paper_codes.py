"""The code that opens a session's papers, shown large to whoever reads it to a room without a line (ADR 22). Every look is in the log."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Staff
from api.pages import page
from api.paths import SessionPath
from assessment_engine.kernel.errors import NotYet
from assessment_engine.people import Role
from assessment_engine.services import papers

router = APIRouter(prefix="/sessions/{session_id}/paper-code", include_in_schema=False)


@router.get("")
def ask(request: Request, engine: EngineDep, staff: Staff, session_id: SessionPath) -> HTMLResponse:
    """Say what the code is for; looking at it is an act of its own."""
    session = papers.session_to_read(engine, staff, session_id)
    waits = Role.CELL_OFFICER not in staff.roles and engine.clock.now() < session.opens_at
    return page(request, "invigilator/paper_code.html", session=session, code=None, waits=waits)


@router.post("")
def show(request: Request, engine: EngineDep, staff: Staff, session_id: SessionPath) -> HTMLResponse:
    """Show the code."""
    session = papers.session_to_read(engine, staff, session_id)
    try:
        code = papers.code_to_read(engine, staff, session_id)
    except NotYet:
        return page(request, "invigilator/paper_code.html", session=session, code=None, waits=True, status=409)
    return page(request, "invigilator/paper_code.html", session=session, code=code, waits=False)
