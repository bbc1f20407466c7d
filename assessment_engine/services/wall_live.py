"""What an open wall asks for every few seconds: flags, pauses, who needs whom, and who watches which room. A look at a candidate.

One reading transaction, a fixed number of queries however many candidates there are. Asking is a sign of life: whoever has asked for a room
within a minute watches it. What is seen live comes by the wall's socket.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.invigilation.duty import GONE_AFTER, Duty
from assessment_engine.invigilation.order import weight
from assessment_engine.kernel.ids import PersonId, SessionId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services.challenges import asked_for_a_person
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.wall import EVERY, Flag, Placed, flags_in, placed_in
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.walls import Found
from proctoring.policy import Kind, Severity, Tier
from proctoring.risk import Weighed, risk_of

NOTED_EVERY = timedelta(seconds=20)
SAME_LOOK = timedelta(seconds=10)
"""A second look of the same person in this time is the same look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNow:
    """One room: who answers for it, whose page is open, and what waits in it."""

    room: int
    duty: Duty
    people: Mapping[PersonId, Person]  # who is named anywhere in it
    here: tuple[PersonId, ...]
    tiles: int
    calls: int
    alerts: int
    unseen_s: float | None  # since the tile was looked at that waits longest; None where one never was

    @property
    def watched(self) -> bool:
        """Whether anybody has the room open."""
        return bool(self.here)

    @property
    def answered_for(self) -> bool:
        """Whether the one who answers for it has it open."""
        return self.duty.answering in self.here


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """How a room, or every room, stands now; `weights` are for ordering and are never shown."""

    flags: tuple[Flag, ...]
    going_on: tuple[Found, ...]  # alerts and detections that have not ended, whoever has to decide about them
    paused: tuple[SittingId, ...]
    weights: Mapping[SittingId, int]
    looked: Mapping[SittingId, float]
    calls: tuple[SittingId, ...]
    wrote: tuple[SittingId, ...]
    to_look_at: tuple[SittingId, ...]  # a camera check could not be judged there, and nobody has looked since
    rooms: tuple[RoomNow, ...]
    unwatchable: int  # tiles that nobody who answers for a room may watch


def live(engine: Engine, actor: Actor, session_id: SessionId, room: int) -> Live:
    """Return how things stand, and note that the actor has this room open (EVERY: all of them)."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        placed = placed_in(tx, actor, session_id, now)
        present = tx.duties.present(session_id, now - GONE_AFTER)
        mine = tx.interests.of(actor.person_id)
        found = _read(tx, actor, session_id, placed, now)
        rooms = _rooms(tx, actor, session_id, placed, present, found)
    _note_present(engine, actor, session_id, room, present, now)
    shown = {one.id for one in placed.present if room in (EVERY, placed.room[one.id]) and one.candidate_id not in mine}
    return Live(
        flags=tuple(one for one in found.flags if one.sitting_id in shown),
        going_on=tuple(one for one in found.going_on if one.sitting_id in shown),
        paused=tuple(one.id for one in placed.present if one.state is SittingState.PAUSED and one.id in shown),
        weights={one: step for one, step in found.weights.items() if one in shown},
        looked={one: ago for one, ago in found.looked.items() if one in shown},
        calls=tuple(one for one in found.calls if one in shown),
        wrote=tuple(sorted(found.wrote & shown)),
        to_look_at=tuple(sorted(found.to_look_at & shown)),
        rooms=rooms,
        unwatchable=sum(where == EVERY for where in placed.room.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    flags: Sequence[Flag]
    going_on: Sequence[Found]
    weights: Mapping[SittingId, int]
    looked: Mapping[SittingId, float]
    calls: Sequence[SittingId]
    wrote: set[SittingId]
    to_look_at: set[SittingId]
    alerts: Mapping[SittingId, int]


def _read(tx: Transaction, actor: Actor, session_id: SessionId, placed: Placed, now: datetime) -> _Facts:
    found: dict[SittingId, list[Found]] = {}
    for one in tx.walls.found_in(session_id):
        found.setdefault(one.sitting_id, []).append(one)
    here = {one.id for one in placed.present}
    looked_at, flags = tx.walls.looked_at(session_id), flags_in(tx, actor, here)
    to_judge = {one.sitting_id for one in flags}
    return _Facts(
        flags=flags,
        going_on=[one for of_one in found.values() for one in of_one if one.ended_at is None],
        weights={sitting_id: _weight(of_one, now, blind=sitting_id in to_judge) for sitting_id, of_one in found.items()},
        looked={one: (now - at).total_seconds() for one, at in looked_at.items()},
        calls=[one.sitting_id for one in tx.checkins.open_calls(session_id, actor.organisation_id) if one.sitting_id in here],
        wrote=tx.messages.waiting_in(here),
        to_look_at={one for one, at in asked_for_a_person(tx, here).items() if one not in looked_at or looked_at[one] < at},
        alerts={sitting_id: sum(one.tier == Tier.ALERT for one in of_one) for sitting_id, of_one in found.items()},
    )


def _weight(found: Sequence[Found], now: datetime, *, blind: bool) -> int:
    """Return a tile's step; `blind` to the machine's confidence for who has still to judge: it must not show through the order."""
    last = max(now if one.ended_at is None else one.ended_at for one in found)
    return weight(risk_of(_weighed(one, blind=blind) for one in found).value, now - last)


def _weighed(one: Found, *, blind: bool) -> Weighed:
    severity = None if one.severity is None else Severity[one.severity.upper()]
    return Weighed(kind=Kind(one.kind), tier=Tier(one.tier), severity=severity, confidence=1.0 if blind else one.confidence)


def _rooms(
    tx: Transaction,
    actor: Actor,
    session_id: SessionId,
    placed: Placed,
    present: Mapping[int, Mapping[PersonId, datetime]],
    found: _Facts,
) -> tuple[RoomNow, ...]:
    duties = [
        placed.duties.get(room, Duty(organisation_id=actor.organisation_id, session_id=session_id, room=room))
        for room in range(1, placed.rooms + 1)
    ]
    offers = [duty.offer for duty in duties if duty.offer is not None]
    people = {one for duty in duties for one in (duty.named, duty.cover) if one is not None}
    people |= {one for room in present.values() for one in room} | {one for offer in offers for one in (offer.to, offer.by)}
    known = tx.people.many(people)
    return tuple(_room(duty, known, tuple(sorted(present.get(duty.room, ()))), placed, found) for duty in duties)


def _room(duty: Duty, people: Mapping[PersonId, Person], here: tuple[PersonId, ...], placed: Placed, found: _Facts) -> RoomNow:
    tiles = [one for one in placed.present if placed.room[one.id] == duty.room]
    ids = [one.id for one in tiles]
    never = any(one not in found.looked for one in ids)
    calls = Counter(found.calls)
    return RoomNow(
        room=duty.room,
        duty=duty,
        people=people,
        here=here,
        tiles=len(tiles),
        calls=sum(calls[one] for one in ids) + len(found.wrote & set(ids)),
        alerts=sum(found.alerts.get(one, 0) for one in ids),
        unseen_s=None if never or not ids else max(found.looked[one] for one in ids),
    )


def _note_present(
    engine: Engine, actor: Actor, session_id: SessionId, room: int, present: Mapping[int, Mapping[PersonId, datetime]], now: datetime
) -> None:
    """Write at most every 20 seconds: a sign of life must not cost the answers a commit every time."""
    before = present.get(room, {}).get(actor.person_id)
    if before is None or now - before >= NOTED_EVERY:
        with engine.store.begin() as tx:
            tx.duties.note_present(session_id, room, actor.person_id, now)


def looked(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Record that somebody looked at a candidate: opened their panel, or had them before their eyes; raises ConflictOfInterest."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        check_stranger(tx, actor.person_id, sitting)
        before = tx.events.of_sittings([sitting_id], kinds=["candidate_looked_at"])
        if not before or before[-1].actor_id != actor.person_id or now - before[-1].at >= SAME_LOOK:
            tx.events.record(sitting_event("candidate_looked_at", sitting, now, actor))
    return sitting
