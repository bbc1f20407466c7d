"""Rooms and walls: which sessions an invigilator can watch, and who sits in one. What is seen live comes by the wall's socket."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.checkin import CheckInState
from assessment_engine.delivery.messages import Message
from assessment_engine.delivery.sitting import RUNNING, Sitting, SittingState
from assessment_engine.exams import Exam, ExamSession, Registration
from assessment_engine.invigilation import Case, WaitingCase
from assessment_engine.invigilation.duty import GONE_AFTER, Duty, next_room, rooms_of
from assessment_engine.kernel.errors import NotAllowed
from assessment_engine.kernel.ids import IncidentId, PersonId, SessionId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services import tickets
from assessment_engine.services.duty import room_of, standing
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.people import serving
from assessment_engine.services.risk import risk_for
from assessment_engine.services.tickets import TicketKind
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from proctoring.risk import Risk

EVERY = 0
"""Not a room: the view of all of them."""

WATCHED = RUNNING | {SittingState.ADMITTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One session, with what waits in it."""

    session: ExamSession
    exam: Exam
    states: Mapping[SittingState, int]
    waiting: int
    calls: int
    undecided: int
    unwatched: int = 0  # rooms of the wall with candidates in them that nobody has open

    @property
    def candidates(self) -> int:
        """How many are registered."""
        return sum(self.states.values())

    @property
    def sitting_now(self) -> int:
        """How many are in the exam."""
        return self.states.get(SittingState.IN_PROGRESS, 0) + self.states.get(SittingState.PAUSED, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One candidate on the wall."""

    sitting: Sitting
    seat: str
    name: str
    name_hi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag that waits for a person's decision, whether it is still going on or long over."""

    incident_id: IncidentId
    sitting_id: SittingId
    kind: str
    severity: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One room of a session: at most 30 seats and what its neighbour may not watch; which of how many rooms it is, or EVERY."""

    session: ExamSession
    exam: Exam
    seats: tuple[Seat, ...]
    present: tuple[SittingId, ...]  # of every room, so that a page can tell a newcomer from a neighbour
    room: int
    rooms: int
    elsewhere: int = 0  # tiles that the viewer may not watch: somebody else does


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """One candidate's panel: who it is, what was found, and what people made of it."""

    seat: Seat
    exam: Exam
    incidents: tuple[IncidentRecord, ...]
    cases: Mapping[str, Case]
    watch: WatchRecord | None
    risk: Risk | None  # hidden while a case of the sitting waits for the viewer's judgement
    messages: tuple[Message, ...]
    people: Mapping[PersonId, Person]  # who wrote
    dismissed: frozenset[IncidentId]  # whose things a person put aside
    declared: tuple[str, ...]  # things that the arrangement names
    scribe: str  # the enrolled scribe's name; empty where there is none


def rooms(engine: Engine, actor: Actor) -> list[Room]:
    """Return the organisation's sessions that are not over, and those of the last day; the next to open first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        recent = [one for one in tx.exams.sessions_of(actor) if (now - one.closes_at).days < 1]
        found = [_room(tx, actor, session, now) for session in recent]
    return sorted(found, key=lambda one: (one.session.closes_at < now, one.session.opens_at))


def _room(tx: Transaction, actor: Actor, session: ExamSession, now: datetime) -> Room:
    sittings = tx.sittings.all_of_session(session.id, actor.organisation_id)
    checkins = tx.checkins.in_session(session.id, actor.organisation_id)
    return Room(
        session=session,
        exam=tx.exams.get(session.exam_id),
        states=Counter(sitting.state for sitting in sittings),
        waiting=sum(one.state in (CheckInState.REQUESTED, CheckInState.REFERRED) for one in checkins),
        calls=len(tx.checkins.open_calls(session.id, actor.organisation_id)),
        undecided=tx.invigilation.undecided_in(session.id),
        unwatched=_unwatched(tx, actor, session, now) if session.opens_at <= now < session.closes_at else 0,
    )


def _unwatched(tx: Transaction, actor: Actor, session: ExamSession, now: datetime) -> int:
    taken = set(placed_in(tx, actor, session.id, now).room.values()) - {EVERY}
    return len(taken - tx.duties.present(session.id, now - GONE_AFTER).keys())


def wall(engine: Engine, actor: Actor, session_id: SessionId, room: int = 1) -> Wall:
    """Return one room of a session, or with EVERY all of them: those who are in it or about to be, by seat.

    Whom the viewer may not watch is left out; a tile that its room's own invigilator may not watch is in the next room.
    """
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        placed = placed_in(tx, actor, session_id, engine.clock.now())
        room = EVERY if room == EVERY else min(max(room, 1), placed.rooms)
        chosen = [one for one in placed.present if room in (EVERY, placed.room[one.id])]
        mine = tx.interests.of(actor.person_id)
        seats = _seats(tx, actor, session_id, [one for one in chosen if one.candidate_id not in mine])
        return Wall(
            session=session,
            exam=tx.exams.get(session.exam_id),
            seats=tuple(sorted(seats, key=lambda one: (one.seat, one.name))),
            present=tuple(one.id for one in placed.present),
            room=room,
            rooms=placed.rooms,
            elsewhere=len(chosen) - len(seats),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Who is in a session now, and in which room each is watched; 0 where no room's invigilator may watch them."""

    present: tuple[Sitting, ...]
    room: Mapping[SittingId, int]
    rooms: int
    duties: Mapping[int, Duty]


def placed_in(tx: Transaction, actor: Actor, session_id: SessionId, now: datetime) -> Placed:
    """Return which room watches whom: one's own, unless whoever answers for it has a conflict of interest."""
    registered = tx.exams.registrations_of(actor, session_id)
    home, rooms, duties = room_of(registered), rooms_of(len(registered)), standing(tx, actor, session_id, now)
    tied = {room: tx.interests.of(duty.answering) for room, duty in duties.items() if duty.answering is not None}
    present = tuple(one for one in tx.sittings.all_of_session(session_id, actor.organisation_id) if one.state in WATCHED)

    def watched_in(sitting: Sitting) -> int:
        room = home[sitting.registration_id]
        return room if sitting.candidate_id not in tied.get(room, ()) else next_room(room, rooms) or 0

    return Placed(present=present, room={one.id: watched_in(one) for one in present}, rooms=rooms, duties=duties)


def flags_in(tx: Transaction, actor: Actor, sittings: Collection[SittingId]) -> list[Flag]:
    """Return the flags of these sittings that wait for this person's decision."""
    waiting = tx.invigilation.waiting_for(actor.person_id, actor.organisation_id)
    return [_flag(one) for one in waiting if one.case.sitting_id in sittings]


def _flag(waiting: WaitingCase) -> Flag:
    case = waiting.case
    return Flag(incident_id=case.incident_id, sitting_id=case.sitting_id, kind=waiting.kind, severity=waiting.severity)


def _seats(tx: Transaction, actor: Actor, session_id: SessionId, present: Sequence[Sitting]) -> list[Seat]:
    registered = {one.id: one for one in tx.exams.registrations_of(actor, session_id)}
    people = tx.people.many([one.candidate_id for one in present])
    return [_seat(one, registered[one.registration_id], people[one.candidate_id]) for one in present]


def _seat(sitting: Sitting, registration: Registration, person: Person) -> Seat:
    return Seat(sitting=sitting, seat=registration.seat or "", name=person.name, name_hi=person.name_hi)


def watching(engine: Engine, actor: Actor, sitting_id: SittingId) -> Watching:
    """Return one candidate's panel; raises ConflictOfInterest for somebody whom one may not watch."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        check_stranger(tx, actor.person_id, sitting)
        registration = tx.exams.registration(sitting.registration_id)
        said = tx.messages.of_sittings([sitting_id]).get(sitting_id, [])
        objects, scribe = registration.arrangements.get("objects"), registration.arrangements.get("scribe")
        return Watching(
            messages=tuple(said),
            people=tx.people.many([one.person_id for one in said]),
            dismissed=frozenset(one.incident_id for one in tx.dismissals.of_sittings([sitting_id])),
            declared=tuple(str(one) for one in objects) if isinstance(objects, list | tuple) else (),
            scribe=str(scribe.get("name", "")) if isinstance(scribe, Mapping) else "",
            seat=_seat(sitting, registration, tx.people.get(sitting.candidate_id)),
            exam=tx.exams.get(sitting.exam_id),
            incidents=tuple(tx.incidents.of_sitting(sitting_id)),
            cases=_cases(tx, actor, sitting_id),
            watch=tx.incidents.watch(sitting_id),
            risk=risk_for(tx, actor, sitting_id),
        )


def _cases(tx: Transaction, actor: Actor, sitting_id: SittingId) -> dict[str, Case]:
    """Return a sitting's cases by incident; what the viewer is asked about once more is open to them, whatever was decided."""
    once_more = {str(one.incident_id): one.case for one in tx.unmarked.open_in(sitting_id, actor.person_id) if one.incident_id is not None}
    return {str(case.incident_id): case for case in tx.invigilation.cases_of(sitting_id)} | once_more


def ticket(engine: Engine, actor: Actor, session_id: SessionId) -> str:
    """Return a ticket that opens the wall's socket for the actor, on one session of their organisation."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
    return tickets.issue(engine, TicketKind.WALL, session_id, holder=actor.person_id)


def barred(engine: Engine, person_id: PersonId, session_id: SessionId) -> frozenset[SittingId]:
    """Return whom of a session somebody may not watch: whom they know, and their own sitting; raises NotAllowed for who is no staff."""
    with engine.store.read() as tx:
        session = tx.exams.session(session_id)
        if not serving(tx, session.organisation_id, SESSION_STAFF, engine.clock.now(), [person_id]):
            raise NotAllowed("whoever watches a session is on its staff")
        return tx.walls.of_candidates(session_id, tx.interests.of(person_id))
