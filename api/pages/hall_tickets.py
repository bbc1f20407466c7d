"""Hall tickets: the candidate's own as a page and as a PDF, and a session's or a room's as one PDF for the cell."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Officer
from api.pages import page
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.services import hall_tickets

router = APIRouter(include_in_schema=False)


@router.get("/candidate/sittings/{sitting_id}/hall-ticket")
def show_ticket(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> HTMLResponse:
    """Show the candidate's own ticket."""
    return page(request, "candidate/hall_ticket.html", ticket=hall_tickets.hall_ticket(engine, actor, sitting_id), sitting_id=sitting_id)


@router.get("/candidate/sittings/{sitting_id}/hall-ticket.pdf")
def ticket_pdf(engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Answer with the ticket to print."""
    return _pdf(hall_tickets.ticket_pdf(engine, actor, sitting_id), "hall-ticket")


@router.get("/cell/sessions/{session_id}/hall-tickets.pdf")
def session_pdf(engine: EngineDep, actor: Officer, session_id: SessionId, room: str = "") -> Response:
    """Answer with everybody's tickets, by room and seat."""
    return _pdf(hall_tickets.session_pdf(engine, actor, session_id, room), "hall-tickets")


def _pdf(pdf: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)
