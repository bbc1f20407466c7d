"""Tables and queries of centres, their rooms, and which rooms a session uses, in which order they are filled."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessment_engine.exams import ExamSession
from assessment_engine.exams.rooms import Centre, Room
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import CentreId, RoomId, SessionId
from assessment_engine.people import Actor
from assessment_engine.storage.exams import exam_sessions
from assessment_engine.storage.schema import metadata

centres = Table(
    "centres",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("code", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_hi", String(200), nullable=False),
    Column("address", String(400), nullable=False),
    Column("address_hi", String(400), nullable=False),
    UniqueConstraint("organisation_id", "code"),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("centre_id", String(40), ForeignKey("centres.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("invigilator_id", String(40), ForeignKey("people.id")),
    UniqueConstraint("centre_id", "name"),
)

session_rooms = Table(
    "session_rooms",
    metadata,
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), primary_key=True),
    Column("room_id", String(40), ForeignKey("rooms.id"), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Index("ix_session_rooms_room_id", "room_id"),
)


class Centres:
    """Centres and rooms in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, centre: Centre) -> None:
        """Insert a centre; raises Conflict when the organisation has its code."""
        try:
            self._connection.execute(insert(centres).values(**asdict(centre)))
        except IntegrityError as error:
            raise Conflict(f"there is a centre with the code {centre.code}", code=centre.code, problem="centre_code_taken") from error

    def of_actor(self, actor: Actor, centre_id: CentreId) -> Centre:
        """Return a centre of the actor's organisation; raises NotFound."""
        mine = (centres.c.id == centre_id) & (centres.c.organisation_id == actor.organisation_id)
        row = self._connection.execute(select(centres).where(mine)).one_or_none()
        if row is None:
            raise NotFound("no such centre")
        return Centre(**row._mapping)

    def get(self, centre_id: CentreId) -> Centre:
        """Return a centre, for the engine's own acts."""
        return Centre(**self._connection.execute(select(centres).where(centres.c.id == centre_id)).one()._mapping)

    def all_of(self, actor: Actor) -> list[Centre]:
        """Return the organisation's centres, by code."""
        query = select(centres).where(centres.c.organisation_id == actor.organisation_id).order_by(centres.c.code)
        return [Centre(**row._mapping) for row in self._connection.execute(query)]

    def add_room(self, room: Room) -> None:
        """Insert a room; raises Conflict when the centre has one of its name."""
        try:
            self._connection.execute(insert(rooms).values(**asdict(room)))
        except IntegrityError as error:
            raise Conflict(f"this centre has a room with the name {room.name}", name=room.name, problem="room_name_taken") from error

    def save_room(self, room: Room) -> None:
        """Store a room's seats and invigilator."""
        changed = update(rooms).where(rooms.c.id == room.id)
        self._connection.execute(changed.values(capacity=room.capacity, invigilator_id=room.invigilator_id))

    def rooms_of(self, actor: Actor) -> list[Room]:
        """Return every room of the organisation's centres, by centre and name."""
        query = select(rooms).join(centres, centres.c.id == rooms.c.centre_id).where(rooms.c.organisation_id == actor.organisation_id)
        return [_room(row) for row in self._connection.execute(query.order_by(centres.c.code, rooms.c.name))]

    def room(self, room_id: RoomId) -> Room:
        """Return a room, for the engine's own acts; raises NotFound."""
        row = self._connection.execute(select(rooms).where(rooms.c.id == room_id)).one_or_none()
        if row is None:
            raise NotFound("no such room")
        return _room(row)

    def lock_rooms(self, actor: Actor, room_ids: Sequence[RoomId]) -> list[Room]:
        """Return rooms of the actor's organisation in the order asked for, held until the transaction ends; raises NotFound."""
        mine = rooms.c.id.in_(set(room_ids)) & (rooms.c.organisation_id == actor.organisation_id)
        found = {row.id: _room(row) for row in self._connection.execute(select(rooms).where(mine).order_by(rooms.c.id).with_for_update())}
        if missing := set(room_ids) - set(found):
            raise NotFound(f"no such room: {min(missing)}")
        return [found[room_id] for room_id in dict.fromkeys(room_ids)]

    def use(self, session_id: SessionId, room_ids: Sequence[RoomId]) -> None:
        """Say which rooms a session uses, in the order in which they are filled."""
        self._connection.execute(delete(session_rooms).where(session_rooms.c.session_id == session_id))
        rows = [{"session_id": session_id, "room_id": room_id, "ordinal": ordinal} for ordinal, room_id in enumerate(room_ids)]
        if rows:
            self._connection.execute(insert(session_rooms), rows)

    def used_by(self, session_id: SessionId) -> list[Room]:
        """Return the rooms of a session in the order in which they are filled."""
        query = select(rooms).join(session_rooms, session_rooms.c.room_id == rooms.c.id).where(session_rooms.c.session_id == session_id)
        return [_room(row) for row in self._connection.execute(query.order_by(session_rooms.c.ordinal))]

    def used_meanwhile(self, session: ExamSession, room_ids: Sequence[RoomId]) -> list[RoomId]:
        """Return those of the rooms that another session uses while this one is open."""
        query = (
            select(session_rooms.c.room_id)
            .join(exam_sessions, exam_sessions.c.id == session_rooms.c.session_id)
            .where(session_rooms.c.room_id.in_(set(room_ids)), exam_sessions.c.id != session.id)
            .where(exam_sessions.c.opens_at < session.closes_at, exam_sessions.c.closes_at > session.opens_at)
        )
        return [RoomId(room_id) for room_id in self._connection.execute(query).scalars()]


def _room(row: Row[tuple[object, ...]]) -> Room:
    return Room(**row._mapping)
