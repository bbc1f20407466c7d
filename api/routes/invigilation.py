"""What the invigilators' scripts ask for: the wall's ticket and the frames of evidence; the rest of the wall is routes/wall.py.

Decisions are forms (pages/invigilator.py).
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.auth import EngineDep, needs
from api.pages import language_of
from api.paths import ID, SessionPath
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.people import SESSION_STAFF, Actor, Role
from assessment_engine.services import incidents, judgements, review, wall

router = APIRouter(prefix="/api/v1", tags=["invigilation"])

Watcher = Annotated[Actor, Depends(needs(*SESSION_STAFF))]
Reader = Annotated[Actor, Depends(needs(Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER))]


class WallTicket(BaseModel):
    """What opens the wall's socket, once and soon."""

    ticket: str
    url: str = Field(examples=["ws://localhost:8001/wall"])


@router.post("/sessions/{session_id}/wall-ticket")
def wall_ticket(engine: EngineDep, actor: Watcher, session_id: SessionPath) -> WallTicket:
    """Return a ticket for the wall of one session."""
    return WallTicket(ticket=wall.ticket(engine, actor, session_id), url=f"{engine.ingest_url}/wall")


class SeenBy(BaseModel):
    """Who else has a case before them now."""

    others: list[str] = Field(examples=[["Meera Nair"]])


@router.post("/review/{incident_id}/seen")
def seen(request: Request, engine: EngineDep, actor: Watcher, incident_id: Annotated[str, Path(pattern=ID)]) -> SeenBy:
    """Say that the reader has a case before them, and learn who else has; the review page says so every 20 seconds."""
    others = judgements.see(engine, actor, IncidentId(incident_id))
    return SeenBy(others=[one.called(language_of(request)) for one in others])


@router.get("/evidence/{evidence_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def evidence(engine: EngineDep, actor: Reader, evidence_id: Annotated[str, Path(pattern=ID)]) -> Response:
    """Return one frame of evidence, decrypted and checked against its hash."""
    read = review.picture if review.is_of_case(evidence_id) else incidents.frame
    return Response(read(engine, actor, evidence_id), media_type="image/jpeg")
