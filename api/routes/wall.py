"""What an open wall asks and does: how a room stands, who answers for it, looks, messages, dismissed things, acts on one candidate.

Nothing here reaches a candidate's focus or typed text: messages and pauses arrive beside the work (static/exam_messages.js). A sitting is
ended by a person with a reason; the page asks twice.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api.auth import EngineDep
from api.pages import language_of
from api.paths import ID, SessionPath, SittingPath
from api.routes.invigilation import Watcher
from api.routes.sittings import LedgerDep
from assessment_engine.delivery.messages import MessageKind
from assessment_engine.delivery.timekeeping import TimeAct, TimeVerb
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import IncidentId, PersonId, SessionId, SittingId, TimeActId
from assessment_engine.services import dismissals, duty, interests, messages, timekeeping, wall_live
from assessment_engine.services.duty import RoomAct, RoomVerb
from assessment_engine.services.messages import Said
from assessment_engine.services.timekeeping import Wish
from assessment_engine.services.wall_live import RoomNow
from assessment_engine.storage.walls import Found

router = APIRouter(prefix="/api/v1", tags=["invigilation"])

_ONE = (TimeVerb.PAUSE, TimeVerb.RESUME, TimeVerb.TERMINATE)
RoomPath = Annotated[int, Path(ge=1, le=10_000)]


class FlagNow(BaseModel):
    """A flag that waits for the reader's decision."""

    incident: IncidentId
    sitting: SittingId
    kind: str
    severity: str | None


class GoingOnNow(BaseModel):
    """Something that was found and has not ended."""

    incident: IncidentId
    sitting: SittingId
    kind: str
    tier: str
    severity: str | None


class OfferNow(BaseModel):
    """A hand-over that waits."""

    to: PersonId
    to_name: str
    by_name: str
    note: str
    at: datetime


class PersonNow(BaseModel):
    """Somebody whose page is open."""

    id: PersonId
    name: str


class RoomAnswer(BaseModel):
    """One room: who answers for it, whose page is open, what waits. `unseen_s` is null where a tile was never looked at."""

    room: int
    version: int
    named: PersonId | None
    named_name: str | None
    cover: PersonId | None
    cover_name: str | None
    offer: OfferNow | None
    here: list[PersonNow]
    watched: bool
    answered_for: bool
    tiles: int
    calls: int
    alerts: int
    unseen_s: float | None


class LiveAnswer(BaseModel):
    """How a room stands. `order` gives tiles steps to be sorted by; it is no finding, and pages do not show it."""

    me: PersonId
    flags: list[FlagNow]
    going_on: list[GoingOnNow]
    paused: list[SittingId]
    order: dict[SittingId, int]
    looked: dict[SittingId, float]
    calls: list[SittingId]
    wrote: list[SittingId]
    to_look_at: list[SittingId]
    rooms: list[RoomAnswer]
    unwatchable: int


class RoomRequest(BaseModel):
    """One step; `version` is the room's as the page showed it."""

    verb: RoomVerb
    version: int = Field(ge=0)
    to: Annotated[str, Field(pattern=ID)] | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class SayRequest(BaseModel):
    """One of our sentences by its key, or words of one's own in a chat."""

    kind: MessageKind
    sentence: Annotated[str, Field(max_length=20)] = ""
    text: Annotated[str, Field(max_length=4000)] = ""


class TieRequest(BaseModel):
    """How the invigilator knows the candidate."""

    tie: Tie
    note: Annotated[str, Field(max_length=2000)] = ""


class ActRequest(BaseModel):
    """An act on one candidate's time; the same `id` is the same act."""

    id: Annotated[str, Field(pattern=ID, min_length=5)]
    verb: TimeVerb
    reason: Annotated[str, Field(max_length=2000)]


@router.get("/sessions/{session_id}/wall")
def live(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionPath, room: Annotated[int, Query(ge=0)] = 1) -> LiveAnswer:
    """Return how a room stands (0: all of them); asking says that the room is watched."""
    now = wall_live.live(engine, actor, session_id, room)
    return LiveAnswer(
        me=actor.person_id,
        flags=[FlagNow(incident=one.incident_id, sitting=one.sitting_id, kind=one.kind, severity=one.severity) for one in now.flags],
        going_on=[_going_on(one) for one in now.going_on],
        paused=list(now.paused),
        order=dict(now.weights),
        looked={one: round(ago, 1) for one, ago in now.looked.items()},
        calls=list(now.calls),
        wrote=list(now.wrote),
        to_look_at=list(now.to_look_at),
        rooms=[_room(one, language_of(request)) for one in now.rooms],
        unwatchable=now.unwatchable,
    )


def _going_on(one: Found) -> GoingOnNow:
    return GoingOnNow(incident=one.incident_id, sitting=one.sitting_id, kind=one.kind, tier=one.tier, severity=one.severity)


def _room(now: RoomNow, lang: str) -> RoomAnswer:
    one, names = now.duty, {id_: person.called(lang) for id_, person in now.people.items()}
    offer = one.offer
    return RoomAnswer(
        room=now.room,
        version=one.version,
        named=one.named,
        named_name=names.get(one.named) if one.named else None,
        cover=one.cover,
        cover_name=names.get(one.cover) if one.cover else None,
        offer=OfferNow(to=offer.to, to_name=names[offer.to], by_name=names[offer.by], note=offer.note, at=offer.at) if offer else None,
        here=[PersonNow(id=person, name=names[person]) for person in now.here],
        watched=now.watched,
        answered_for=now.answered_for,
        tiles=now.tiles,
        calls=now.calls,
        alerts=now.alerts,
        unseen_s=None if now.unseen_s is None else round(now.unseen_s, 1),
    )


@router.post("/sessions/{session_id}/rooms/{room}", status_code=204)
def change_room(engine: EngineDep, actor: Watcher, session_id: SessionPath, room: RoomPath, body: RoomRequest) -> None:
    """Take, leave, name, hand over, accept, decline, cover, end the cover.

    Refusals: 403 `not_allowed`; 404 `not_found`; 409 `room_changed`, `room_taken`, `hand_over_waits`; 422 `invalid`.
    """
    act = RoomAct(verb=body.verb, version=body.version, to=PersonId(body.to) if body.to else None, note=body.note)
    duty.change(engine, actor, SessionId(session_id), room, act)


@router.post("/sittings/{sitting_id}/looked", status_code=204)
def looked(engine: EngineDep, actor: Watcher, sitting_id: SittingPath) -> None:
    """Record that somebody looked at a candidate."""
    wall_live.looked(engine, actor, sitting_id)


@router.post("/sittings/{sitting_id}/say", status_code=204)
def say(engine: EngineDep, actor: Watcher, sitting_id: SittingPath, body: SayRequest) -> None:
    """Write to a candidate, or warn them with one of our sentences.

    Refusals: 403 `conflict_of_interest`; 404 `not_found`; 409 `not_yet`, `conflict`; 422 `invalid`.
    """
    messages.say(engine, actor, sitting_id, Said(kind=body.kind, sentence=body.sentence, text=body.text))


@router.post("/sittings/{sitting_id}/conflict-of-interest", status_code=204)
def declare(engine: EngineDep, actor: Watcher, sitting_id: SittingPath, body: TieRequest) -> None:
    """Declare that one knows a candidate; somebody else watches and judges them from now on."""
    interests.declare(engine, actor, sitting_id, body.tie, body.note)


@router.post("/incidents/{incident_id}/dismissal", status_code=204)
def dismiss(engine: EngineDep, actor: Watcher, incident_id: Annotated[IncidentId, Path(pattern=ID)]) -> None:
    """Say that the thing of an incident is nothing to ask about again in that sitting, at that place."""
    dismissals.dismiss(engine, actor, incident_id)


@router.post("/sittings/{sitting_id}/act", status_code=204)
def act(engine: EngineDep, ledger: LedgerDep, actor: Watcher, sitting_id: SittingPath, body: ActRequest) -> None:
    """Pause one candidate's time, let it go on, or end their exam, with a reason.

    Refusals: 403 `not_allowed`; 404 `not_found`; 409 `sitting_sealed`, `sitting_paused`, `illegal_transition`, `not_yet`; 422 `invalid`.
    """
    if body.verb not in _ONE:
        raise Invalid("time is given on the page of the session's time", field="verb")
    session_id = timekeeping.session_of(engine, actor, sitting_id)
    wish = Wish(session_id=session_id, act=TimeAct(verb=body.verb), reason=body.reason, sittings=(sitting_id,))
    timekeeping.act(engine, ledger, actor, TimeActId(body.id), wish)
