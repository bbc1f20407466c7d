"""Who answers for the rooms of a session's wall: taken, named by the cell, handed over with a note, covered for a break.

Rules: invigilation/duty.py. Every step is a leaf of the log; whose page is open is noted by services/wall_live.py and is no step.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assessment_engine.exams import Registration
from assessment_engine.invigilation.duty import Duty, Offer, rooms_of
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, NotFound
from assessment_engine.kernel.ids import PersonId, RegistrationId, SessionId
from assessment_engine.people import SESSION_STAFF, Actor, Person, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import serving
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent


class RoomVerb(StrEnum):
    """What can be done about who answers for a room."""

    TAKE = "take"
    LEAVE = "leave"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    DECLINE = "decline"
    COVER = "cover"
    END_COVER = "end_cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAct:
    """One step; `version` is the room as the actor saw it, `to` and `note` are needed to name and to hand over."""

    verb: RoomVerb
    version: int
    to: PersonId | None = None
    note: str = ""


def change(engine: Engine, actor: Actor, session_id: SessionId, room: int, act: RoomAct) -> Duty:
    """Do one step; raises RoomChanged when somebody was quicker, and what the rules refuse."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.exams.session_of(actor, session_id)
        if not 1 <= room <= rooms_of(len(tx.exams.registrations_of(actor, session_id))):
            raise NotFound("this session has no such room")
        stored = tx.duties.locked(actor.organisation_id, session_id, room).seen_as(act.version)
        before = stored.among(_serving(tx, actor, [stored], now))
        to = None if act.to is None else _staff(tx, actor, act.to, now)
        offer = Offer(to=to, by=actor.person_id, note=act.note, at=now) if to is not None else None
        after = _STEPS[act.verb](before, actor, offer)
        tx.duties.save(after)
        about: dict[str, str | int | None] = {"room": room, "verb": str(act.verb), "named": after.named, "cover": after.cover, "to": to}
        gone: list[Json] = [*sorted(stored.people - before.people)]
        payload: dict[str, Json] = {**about, "note": act.note.strip(), **({"left": gone} if gone else {})}
        tx.audit.append("room_duty", subject=session_id, actor=actor.person_id, now=now, payload=payload)
        tx.events.record(
            ExamEvent(
                at=now,
                kind="room_duty_changed",
                organisation_id=actor.organisation_id,
                actor_id=actor.person_id,
                subject=session_id,
                data=about,
            )
        )
    return after


def standing(tx: Transaction, actor: Actor, session_id: SessionId, now: datetime) -> dict[int, Duty]:
    """Return the rooms of a session that somebody ever answered for, without those who run no sessions any more."""
    stored = tx.duties.of_session(session_id)
    serving_now = _serving(tx, actor, stored.values(), now)
    return {room: duty.among(serving_now) for room, duty in stored.items()}


def _serving(tx: Transaction, actor: Actor, duties: Iterable[Duty], now: datetime) -> Set[PersonId]:
    asked = frozenset[PersonId]().union(*(one.people for one in duties))
    return serving(tx, actor.organisation_id, SESSION_STAFF, now, asked).keys()


def _assign(before: Duty, actor: Actor, offer: Offer | None) -> Duty:
    require(actor, Role.CELL_OFFICER)
    return before.assign(_named(offer).to)


def _hand_over(before: Duty, actor: Actor, offer: Offer | None) -> Duty:
    return before.hand_over(_named(offer), for_the_cell=Role.CELL_OFFICER in actor.roles)


def _named(offer: Offer | None) -> Offer:
    if offer is None:
        raise Invalid("say who it is", field="to")
    return offer


_STEPS: Mapping[RoomVerb, Callable[[Duty, Actor, Offer | None], Duty]] = {
    RoomVerb.TAKE: lambda duty, actor, _: duty.take(actor.person_id),
    RoomVerb.LEAVE: lambda duty, actor, _: duty.leave(actor.person_id),
    RoomVerb.ASSIGN: _assign,
    RoomVerb.HAND_OVER: _hand_over,
    RoomVerb.ACCEPT: lambda duty, actor, _: duty.accept(actor.person_id),
    RoomVerb.DECLINE: lambda duty, actor, _: duty.decline(actor.person_id),
    RoomVerb.COVER: lambda duty, actor, _: duty.cover_for(actor.person_id),
    RoomVerb.END_COVER: lambda duty, actor, _: duty.end_cover(actor.person_id, for_the_cell=Role.CELL_OFFICER in actor.roles),
}


def _staff(tx: Transaction, actor: Actor, person_id: PersonId, now: datetime) -> PersonId:
    """Return somebody who runs sessions in the actor's organisation today; raises NotFound, Invalid."""
    person = tx.people.of(actor, person_id)
    if not serving(tx, actor.organisation_id, SESSION_STAFF, now, [person_id]):
        raise Invalid("a room is answered for by an invigilator or an officer of the cell", field="to")
    return person.id


def staff(engine: Engine, actor: Actor) -> dict[PersonId, Person]:
    """Return everybody who could answer for a room, by name."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        return serving(tx, actor.organisation_id, SESSION_STAFF, engine.clock.now())


def room_of(registered: Sequence[Registration]) -> dict[RegistrationId, int]:
    """Return the wall's room of everybody who is registered: neighbours stay together, whoever comes late or not at all."""
    in_order = sorted(registered, key=lambda one: (one.room_id or "", one.seat or "", one.id))
    rooms = rooms_of(len(in_order))
    each = -(-len(in_order) // rooms)
    return {one.id: place // each + 1 for place, one in enumerate(in_order)}
