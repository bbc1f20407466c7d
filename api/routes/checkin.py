"""Checking in as JSON: the candidate's picture and place, the invigilators' queue and decision, pictures, and measuring the line."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.auth import Candidate, EngineDep, Invigilator, Viewer
from api.paths import SessionPath, SittingPath
from assessment_engine.delivery.checkin import CheckInVerb
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import TooLarge
from assessment_engine.services import checkin
from assessment_engine.services.checkin import Picture, Standing, Waiting

router = APIRouter(prefix="/api/v1", tags=["check-in"])

MOST_MEASURED = 256 * 1024


class Admission(BaseModel):
    """Where a candidate stands at the door."""

    sitting: str
    state: str = Field(description="requested, asked_again, referred, admitted, or none before the first request", examples=["requested"])
    place: int = Field(default=0, description="place in the queue; 1 is next, 0 is not waiting")
    waited_s: int = 0
    note: str = ""


class Row(BaseModel):
    """One candidate in the invigilators' queue."""

    sitting: str
    name: str
    seat: str
    state: str
    requested_at: str
    waited_s: int
    machine_view: str = Field(description="a hint in words; it decides nothing", examples=["alike"])


class Decision(BaseModel):
    """What an invigilator decides; asking again and referring need a note."""

    decision: CheckInVerb = Field(examples=["admit"])
    note: str = Field(default="", max_length=1000)


class Dots(BaseModel):
    """How the calibration went, as the page says: a hint."""

    skipped: bool = False
    seconds: int = Field(default=0, ge=0, le=600)
    looks: int = Field(default=0, ge=0, le=10_000)
    observable: int = Field(default=0, ge=0, le=10_000)


class Received(BaseModel):
    """How much of an upload arrived."""

    bytes: int


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/sittings/{sitting_id}/admission", openapi_extra={"requestBody": {"content": {"image/jpeg": {}}, "required": True}})
def ask_admission(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, jpeg: Annotated[bytes, Depends(_body)]) -> Admission:
    """Send the picture just taken (a JPEG of at most 256 KiB) and wait for an invigilator."""
    checkin.ask_admission(engine, actor, sitting_id, jpeg)
    return _admission(checkin.standing(engine, actor, sitting_id))


@router.get("/sittings/{sitting_id}/admission")
def admission(engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Admission:
    """Return where the candidate stands at the door."""
    return _admission(checkin.standing(engine, actor, sitting_id))


def _admission(standing: Standing) -> Admission:
    found = standing.checkin
    return Admission(
        sitting=standing.sitting.id,
        state=str(found.state) if found else "none",
        place=standing.place,
        waited_s=int(standing.waited.total_seconds()),
        note=found.note if found else "",
    )


@router.post("/sittings/{sitting_id}/calibration", status_code=204)
def calibrate(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, dots: Dots) -> None:
    """Say that the candidate looked at the dots, or skipped them."""
    if dots.skipped:
        checkin.skip_calibration(engine, actor, sitting_id)
    else:
        checkin.calibrate(engine, actor, sitting_id, dots.model_dump(exclude={"skipped"}))


@router.get("/sittings/{sitting_id}/pictures/{which}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def picture(engine: EngineDep, actor: Viewer, sitting_id: SittingPath, which: Picture) -> Response:
    """Return the live face, the roster photograph or the identity document, to the candidate and to invigilators."""
    return Response(checkin.picture(engine, actor, sitting_id, which), media_type="image/jpeg")


@router.get("/sessions/{session_id}/checkins")
def queue(engine: EngineDep, actor: Invigilator, session_id: SessionPath) -> list[Row]:
    """Return who waits, the longest waiting first."""
    return [_row(one) for one in checkin.queue(engine, actor, session_id)]


def _row(waiting: Waiting) -> Row:
    return Row(
        sitting=waiting.sitting.id,
        name=waiting.name,
        seat=waiting.seat,
        state=waiting.checkin.state,
        requested_at=iso(waiting.checkin.requested_at),
        waited_s=int(waiting.waited.total_seconds()),
        machine_view=waiting.checkin.machine_view,
    )


@router.post("/sittings/{sitting_id}/admission/decision")
def decide(engine: EngineDep, actor: Invigilator, sitting_id: SittingPath, decision: Decision) -> Admission:
    """Admit, ask again or refer."""
    decided = checkin.decide(engine, actor, sitting_id, decision.decision, decision.note)
    return Admission(sitting=decided.sitting_id, state=decided.state, note=decided.note)


@router.get("/check/download", response_class=Response)
def download(_actor: Viewer, size: Annotated[int, Query(ge=1, le=MOST_MEASURED)] = 65_536) -> Response:
    """Send so many bytes that nothing can compress, to time the line."""
    return Response(secrets.token_bytes(size), media_type="application/octet-stream")


@router.post("/check/upload")
def upload(_actor: Viewer, body: Annotated[bytes, Depends(_body)]) -> Received:
    """Take some bytes and forget them, to time the line."""
    if len(body) > MOST_MEASURED:
        raise TooLarge("that is more than is needed to measure a line", limit=MOST_MEASURED)
    return Received(bytes=len(body))
