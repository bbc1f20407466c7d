"""What the invigilators' scripts ask for: the wall's ticket and the frames of evidence. Decisions are forms (pages/invigilator.py)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.auth import EngineDep, needs
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import incidents, wall

router = APIRouter(prefix="/api/v1", tags=["invigilation"])

_ID = r"^[A-Za-z0-9_.-]{1,40}$"
Watcher = Annotated[Actor, Depends(needs(Role.INVIGILATOR, Role.CELL_OFFICER))]
Reader = Annotated[Actor, Depends(needs(Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER))]


class WallTicket(BaseModel):
    """What opens the wall's socket, once and soon."""

    ticket: str
    url: str = Field(examples=["ws://localhost:8001/wall"])


@router.post("/sessions/{session_id}/wall-ticket")
def wall_ticket(engine: EngineDep, actor: Watcher, session_id: Annotated[SessionId, Path(pattern=_ID)]) -> WallTicket:
    """Return a ticket for the wall of one session."""
    return WallTicket(ticket=wall.ticket(engine, actor, session_id), url=f"{engine.ingest_url}/wall")


@router.get("/evidence/{evidence_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def evidence(engine: EngineDep, actor: Reader, evidence_id: Annotated[str, Path(pattern=_ID)]) -> Response:
    """Return one frame of evidence, decrypted and checked against its hash."""
    return Response(incidents.frame(engine, actor, evidence_id), media_type="image/jpeg")
