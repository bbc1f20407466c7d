"""What whoever acts on time has before them: the candidates of a session, its rooms, when contact was lost, and what was done so far.

The acts themselves are services/timekeeping.py.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery import timekeeping as rules
from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.ids import RoomId, SessionId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.timekeeping import RecordedAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """One running candidate and where they sit."""

    sitting: Sitting
    name: str
    name_hi: str
    seat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCount:
    """A room of the session with how many are running in it."""

    id: RoomId
    name: str
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A session's running candidates by seat, and the rooms they sit in."""

    session: ExamSession
    exam: Exam
    seated: tuple[Seated, ...]
    rooms: tuple[RoomCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which the server heard nothing of a candidate's page; `until` is None while it lasts. `given_s` gave the exam's rule."""

    sitting_id: SittingId
    name: str
    name_hi: str
    seat: str
    since: datetime
    until: datetime | None
    given_s: int = 0

    @property
    def given_whole(self) -> bool:
        """Whether nothing of it is left to give by hand."""
        return self.until is not None and self.given_s >= (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAct:
    """An act with the name of the person whose it was."""

    recorded: RecordedAct
    by: str


def desk(engine: Engine, actor: Actor, session_id: SessionId) -> Desk:
    """Return who is running in a session, and in which rooms."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        exam = tx.exams.get(session.exam_id)
        registered = {one.id: one for one in tx.exams.registrations_of(actor, session_id)}
        running = [one for one in tx.sittings.all_of_session(session_id, actor.organisation_id) if one.state in RUNNING]
        people = tx.people.many([one.candidate_id for one in running])
        rooms = {room.id: room.name for room in tx.centres.rooms_of(actor)}
    seats = [_seated(one, people[one.candidate_id], registered[one.registration_id].seat or "") for one in running]
    counts = Counter(room for one in running if (room := registered[one.registration_id].room_id) is not None)
    return Desk(
        session=session,
        exam=exam,
        seated=tuple(sorted(seats, key=lambda one: (one.seat, one.name))),
        rooms=tuple(RoomCount(id=room, name=rooms.get(room, room), running=count) for room, count in sorted(counts.items())),
    )


def _seated(sitting: Sitting, person: Person, seat: str) -> Seated:
    return Seated(sitting=sitting, name=person.name, name_hi=person.name_hi, seat=seat)


def silences(engine: Engine, actor: Actor, session_id: SessionId) -> list[Silence]:
    """Return when contact with running sittings of a session was lost and came back, newest first: what an outage is told by."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        seats = {one.id: one.seat or "" for one in tx.exams.registrations_of(actor, session_id)}
        sittings = {one.id: one for one in tx.sittings.all_of_session(session_id, actor.organisation_id)}
        people = tx.people.many([one.candidate_id for one in sittings.values()])
        past = tx.events.of_sittings(list(sittings), kinds=["contact_back"])

    def silence(sitting: Sitting, since: datetime, until: datetime | None = None, given_s: int = 0) -> Silence:
        person, seat = people[sitting.candidate_id], seats[sitting.registration_id]
        return Silence(
            sitting_id=sitting.id, name=person.name, name_hi=person.name_hi, seat=seat, since=since, until=until, given_s=given_s
        )

    lasting = [silence(one, one.contact_at) for one in sittings.values() if one.contact_at and rules.out_of_contact(one, now)]
    over = [
        silence(sittings[one.sitting_id], parse_iso(str(one.data["since"])), one.at, int(one.data.get("given_s") or 0))
        for one in past
        if one.sitting_id
    ]
    return sorted(lasting + over, key=lambda one: (one.until is not None, -one.since.timestamp()))


def history(engine: Engine, actor: Actor, session_id: SessionId) -> list[PastAct]:
    """Return what people did with the time of a session's sittings, newest first."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        acts = tx.time_acts.of_session(session_id)
        names = tx.people.names([one.actor_id for one in acts])
    return [PastAct(recorded=one, by=names[one.actor_id]) for one in acts]
