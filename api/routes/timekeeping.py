"""Time on a running sitting, for its candidate's page: the contact every half minute, and breaks.

What staff do with time are forms (pages/timekeeping.py) and POST …/time (routes/sittings.py).
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Viewer
from api.paths import ID, SittingPath, Writer
from api.routes.sittings import LedgerDep, PauseAnswer, pause_answer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import contact as signs
from assessment_engine.services.contact import Contact, Keepsake, Resting, Sign

MOST_ITEMS = 1000

router = APIRouter(prefix="/api/v1/sittings", tags=["sittings"])

_Item = Annotated[ItemVersionId, Field(pattern=ID)]
_Items = Annotated[list[_Item], Field(max_length=MOST_ITEMS)]
_Language = Annotated[str, Field(pattern=r"^[A-Za-z-]{2,12}$")]


class PageProgress(BaseModel):
    """What a page wants kept for the next device; it decides nothing."""

    marked: _Items = []
    visited: _Items = []
    languages: Annotated[dict[_Item, _Language], Field(max_length=MOST_ITEMS)] = {}


class ContactRequest(BaseModel):
    """A sign of life: the window that it is of, and what it wants kept; null keeps what is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"writer": "w-1f7a", "progress": None}]})

    writer: Writer | None = None
    progress: PageProgress | None = None


class DeadlinesAnswer(BaseModel):
    """When the part and the question end that the candidate is at; `parts` has every part entered so far, null for one without a limit."""

    section: datetime | None
    item: datetime | None
    parts: dict[str, datetime | None] = {}


class ContactAnswer(BaseModel):
    """How things stand. `nonce` proves when the server was last heard of; keep it with the answers.

    `item` and `section` say where the candidate is by now in a form whose parts bind (`deadlines` are theirs), null in every other.
    """

    server_time: datetime
    state: SittingState
    deadline: datetime | None
    deadlines: DeadlinesAnswer | None
    item: str | None
    section: str | None
    paused: PauseAnswer | None
    writer: str | None
    revision: int
    closed_by: str | None
    nonce: str
    announcements: list[dict[str, JsonValue]]
    messages: list[dict[str, JsonValue]] = []


class BreakAnswer(BaseModel):
    """The candidate's breaks: how many, how long each at most, how many were taken, and when the present one ends by itself."""

    server_time: datetime
    state: SittingState
    deadline: datetime | None
    paused: PauseAnswer | None
    count: int
    minutes: int
    used: int
    ends: datetime | None


@router.post("/{sitting_id}/contact")
async def contact(engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: ContactRequest) -> ContactAnswer:
    """Give a sign of life, every 30 seconds or so and after each reconnect; learn the time, pauses, who writes, announcements, messages.

    Refusals: 404 `not_found`; 422 `unknown_item`, `invalid`; 503 `storage_unavailable`.
    """
    sign = Sign(actor=viewer, sitting_id=sitting_id, writer=body.writer, keepsake=_keepsake(body.progress))
    return _contact(await signs.contact(engine, ledger, sign))


@router.get("/{sitting_id}/break")
def breaks(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> BreakAnswer:
    """Return which breaks one's arrangement has, and how many are left."""
    return _break(signs.breaks(engine, viewer, sitting_id))


@router.post("/{sitting_id}/break")
def take_break(ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath) -> BreakAnswer:
    """Begin a break: the time stands still. Asking twice is once.

    Refusals: 409 `no_break_left`, `sitting_paused`, `after_time`, `sitting_sealed`, `not_yet`.
    """
    return _break(signs.take_break(ledger, viewer, sitting_id))


@router.post("/{sitting_id}/break/end")
def end_break(ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath) -> BreakAnswer:
    """Go on working; a break ends by itself after its minutes."""
    return _break(signs.end_break(ledger, viewer, sitting_id))


def _keepsake(asked: PageProgress | None) -> Keepsake | None:
    if asked is None:
        return None
    return Keepsake(marked=tuple(asked.marked), visited=tuple(asked.visited), languages=asked.languages)


def _contact(heard: Contact) -> ContactAnswer:
    sitting, ends = heard.sitting, heard.deadlines
    none = ends.section is None and ends.item is None and not ends.parts
    return ContactAnswer(
        server_time=heard.server_time,
        state=sitting.state,
        deadline=sitting.deadline_at,
        deadlines=None if none else DeadlinesAnswer(**asdict(ends)),
        item=heard.item,
        section=heard.section,
        paused=pause_answer(sitting),
        writer=sitting.writer,
        revision=sitting.revision,
        closed_by=sitting.closed_by,
        nonce=heard.nonce,
        announcements=[dict(one) for one in heard.announcements],
        messages=[dict(one) for one in heard.messages],
    )


def _break(resting: Resting) -> BreakAnswer:
    sitting = resting.sitting
    return BreakAnswer(
        server_time=resting.server_time,
        state=sitting.state,
        deadline=sitting.deadline_at,
        paused=pause_answer(sitting),
        count=resting.breaks.count,
        minutes=resting.breaks.seconds // 60,
        used=resting.used,
        ends=resting.ends_at,
    )
