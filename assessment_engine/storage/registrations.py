"""Queries of who sits where: held places, free ones, and the pages of a session's list. The tables are storage/exams.py's and delivery's.

A place is held by a registration whose sitting is not voided. `lock_session` holds its row, so that nobody else counts the same seats.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, update

from assessment_engine.delivery.sitting import SittingState, SittingVerb
from assessment_engine.exams import ExamSession, Registration
from assessment_engine.exams.rooms import Place
from assessment_engine.kernel.ids import PersonId, RoomId, SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.storage.centres import rooms
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.exams import exam_sessions, registration_of, registrations, session_of
from assessment_engine.storage.many import insert_all
from assessment_engine.storage.people import people

T = TypeVar("T")

_HELD = sittings.c.state != SittingState.VOIDED
_CHUNK = 500
TERMINATED = "terminated"
"""Asks for the submitted sittings that a person ended."""

_OF_SITTING = (
    sittings.c.id.label("sitting_id"),
    sittings.c.state,
    sittings.c.simulated,
    sittings.c.started_at,
    sittings.c.submitted_at,
    sittings.c.closed_by,
)
_ROOM = rooms.c.name.label("room_name")
_SORTS: Mapping[str, Sequence[ColumnElement[Any]]] = {
    "seat": (rooms.c.name, registrations.c.seat, people.c.name),
    "name": (people.c.name, people.c.login),
    "login": (people.c.login,),
    "state": (sittings.c.state, people.c.name),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatQuery:
    """Which lines of a session's list are asked for; empty is every one. `state` may be TERMINATED; `room` is an id, or `home`."""

    state: str = ""
    room: str = ""
    words: str = ""
    sort: str = "seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """One registered candidate as a session's list shows them."""

    registration: Registration
    sitting_id: SittingId
    state: SittingState
    simulated: bool
    started_at: datetime | None
    submitted_at: datetime | None
    closed_by: str | None
    login: str
    name: str
    name_hi: str
    room: str


class Registrations:
    """Places in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_sessions(self, session_ids: Collection[SessionId]) -> dict[SessionId, ExamSession]:
        """Return those sessions that exist, held against everybody who would count their seats until the transaction ends."""
        query = select(exam_sessions).where(exam_sessions.c.id.in_(set(session_ids))).order_by(exam_sessions.c.id).with_for_update()
        return {session.id: session for session in map(session_of, self._connection.execute(query))}

    def lock_people(self, person_ids: Iterable[PersonId]) -> None:
        """Hold people, so that nobody takes two places at once; always before sessions: then no two acts wait for each other."""
        for chunk in _chunks(sorted(set(person_ids))):
            self._connection.execute(select(people.c.id).where(people.c.id.in_(chunk)).order_by(people.c.id).with_for_update()).all()

    def of_candidate(self, candidate_id: PersonId) -> list[Registration]:
        """Return a person's registrations."""
        query = select(registrations).where(registrations.c.candidate_id == candidate_id)
        return [registration_of(row) for row in self._connection.execute(query)]

    def places(self, session_id: SessionId) -> list[Place]:
        """Return every held place of a session."""
        query = _joined(select(registrations.c.room_id, registrations.c.seat)).where(registrations.c.session_id == session_id, _HELD)
        return [Place(room_id=row.room_id, seat=row.seat) for row in self._connection.execute(query)]

    def counts(self, session_ids: Collection[SessionId]) -> dict[SessionId, Counter[SittingState]]:
        """Return how many sittings of each session are in which state."""
        query = select(sittings.c.session_id, sittings.c.state, func.count()).group_by(sittings.c.session_id, sittings.c.state)
        found: dict[SessionId, Counter[SittingState]] = {session_id: Counter() for session_id in session_ids}
        for session_id, state, count in self._connection.execute(query.where(sittings.c.session_id.in_(set(session_ids)))):
            found[session_id][SittingState(state)] = count
        return found

    def in_rooms(self, session_id: SessionId) -> Counter[RoomId]:
        """Return how many people sit in each room of a session."""
        return Counter(place.room_id for place in self.places(session_id) if place.room_id is not None)

    def move(self, registration: Registration) -> None:
        """Store where a candidate sits: session, room and seat."""
        changed = update(registrations).where(registrations.c.id == registration.id)
        place = {"session_id": registration.session_id, "room_id": registration.room_id, "seat": registration.seat}
        self._connection.execute(changed.values(**place))

    def add_all(self, new: Sequence[Registration]) -> None:
        """Insert many registrations at once."""
        columns = [column.name for column in registrations.columns]
        rows = [{name: getattr(one, name) for name in columns} | {"arrangements": dict(one.arrangements)} for one in new]
        insert_all(self._connection, registrations, rows)

    def lines(self, actor: Actor, session_id: SessionId, asked: SeatQuery, window: tuple[int, int | None]) -> list[SeatLine]:
        """Return lines of a session's list, from and up to how many; another organisation's has none."""
        first, most = window
        query = select(registrations, *_OF_SITTING, people.c.login, people.c.name.label("person_name"), people.c.name_hi, _ROOM)
        columns = _SORTS.get(asked.sort.removeprefix("-"), _SORTS["seat"])
        order = [column.desc() if asked.sort.startswith("-") else column.asc() for column in columns]
        query = _wanted(query, actor, session_id, asked).order_by(*order, registrations.c.id).offset(first).limit(most)
        return [_line(row) for row in self._connection.execute(query)]

    def count(self, actor: Actor, session_id: SessionId, asked: SeatQuery) -> int:
        """Return how many lines of a session's list are asked for."""
        return int(self._connection.execute(_wanted(select(func.count()), actor, session_id, asked)).scalar_one())


def _joined(query: Select[Any]) -> Select[Any]:
    return query.select_from(registrations).join(sittings, sittings.c.registration_id == registrations.c.id)


def _wanted(query: Select[Any], actor: Actor, session_id: SessionId, asked: SeatQuery) -> Select[Any]:
    """Join what a list shows, and keep what is asked for."""
    query = _joined(query).join(people, people.c.id == registrations.c.candidate_id).outerjoin(rooms, rooms.c.id == registrations.c.room_id)
    query = query.where(registrations.c.session_id == session_id, registrations.c.organisation_id == actor.organisation_id)
    if asked.state:
        ended = (sittings.c.closed_by == SittingVerb.TERMINATE) & (sittings.c.state == SittingState.SUBMITTED)
        query = query.where(ended if asked.state == TERMINATED else sittings.c.state == asked.state)
    if asked.room:
        query = query.where(registrations.c.room_id.is_(None) if asked.room == "home" else registrations.c.room_id == asked.room)
    if words := asked.words.strip().lower():
        named = (people.c.name, people.c.name_hi, people.c.login, registrations.c.seat)
        query = query.where(or_(*(func.lower(column).contains(words, autoescape=True) for column in named)))
    return query


def _line(row: Row[Any]) -> SeatLine:
    return SeatLine(
        registration=registration_of(row),
        sitting_id=SittingId(row.sitting_id),
        state=SittingState(row.state),
        simulated=row.simulated,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        closed_by=row.closed_by,
        login=row.login,
        name=row.person_name,
        name_hi=row.name_hi,
        room=row.room_name or "",
    )


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
