"""Tables and queries of who answers for a room of the wall, and whose pages are open."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, Text, insert, select, update

from assessment_engine.invigilation.duty import Duty, Offer
from assessment_engine.kernel.ids import OrganisationId, PersonId, SessionId
from assessment_engine.storage.schema import Instant, metadata

room_duties = Table(
    "room_duties",
    metadata,
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), primary_key=True),
    Column("room", Integer, primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("named", String(40), ForeignKey("people.id")),
    Column("cover", String(40), ForeignKey("people.id")),
    Column("offered_to", String(40), ForeignKey("people.id")),
    Column("offered_by", String(40), ForeignKey("people.id")),
    Column("offer_note", Text),
    Column("offered_at", Instant),
    Column("version", Integer, nullable=False),
)

wall_presences = Table(
    "wall_presences",
    metadata,
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), primary_key=True),
    Column("room", Integer, primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)


class RoomDuties:
    """Rooms of walls in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_session(self, session_id: SessionId) -> dict[int, Duty]:
        """Return the rooms of a session that somebody ever answered for."""
        rows = self._connection.execute(select(room_duties).where(room_duties.c.session_id == session_id))
        return {row.room: _duty(row) for row in rows}

    def locked(self, organisation_id: OrganisationId, session_id: SessionId, room: int) -> Duty:
        """Return a room held against other writers, made when it is not there yet."""
        mine = (room_duties.c.session_id == session_id) & (room_duties.c.room == room)
        row = self._connection.execute(select(room_duties).where(mine).with_for_update()).one_or_none()
        if row is not None:
            return _duty(row)
        fresh = Duty(organisation_id=organisation_id, session_id=session_id, room=room)
        self._connection.execute(insert(room_duties).values(**_values(fresh)))
        return fresh

    def save(self, duty: Duty) -> None:
        """Store what became of a room."""
        mine = (room_duties.c.session_id == duty.session_id) & (room_duties.c.room == duty.room)
        self._connection.execute(update(room_duties).where(mine).values(**_values(duty)))

    def present(self, session_id: SessionId, since: datetime) -> Mapping[int, Mapping[PersonId, datetime]]:
        """Return who has had a room of a session open since a moment, and when last; room 0 is the view of all."""
        here: dict[int, dict[PersonId, datetime]] = {}
        rows = self._connection.execute(
            select(wall_presences).where(wall_presences.c.session_id == session_id, wall_presences.c.at >= since)
        )
        for row in rows:
            here.setdefault(row.room, {})[PersonId(row.person_id)] = row.at
        return here

    def note_present(self, session_id: SessionId, room: int, person_id: PersonId, now: datetime) -> None:
        """Note that somebody has a room open."""
        values = {"session_id": session_id, "room": room, "person_id": person_id}
        mine = [wall_presences.c[name] == value for name, value in values.items()]
        if self._connection.execute(update(wall_presences).where(*mine).values(at=now)).rowcount == 0:
            self._connection.execute(insert(wall_presences).values(**values, at=now))


def _values(duty: Duty) -> dict[str, object]:
    offer = duty.offer
    return {
        "session_id": duty.session_id,
        "room": duty.room,
        "organisation_id": duty.organisation_id,
        "named": duty.named,
        "cover": duty.cover,
        "offered_to": offer.to if offer else None,
        "offered_by": offer.by if offer else None,
        "offer_note": offer.note if offer else None,
        "offered_at": offer.at if offer else None,
        "version": duty.version,
    }


def _duty(row: Row[tuple[object, ...]]) -> Duty:
    offer = Offer(to=row.offered_to, by=row.offered_by, note=row.offer_note, at=row.offered_at) if row.offered_to else None
    return Duty(
        organisation_id=row.organisation_id,
        session_id=row.session_id,
        room=row.room,
        named=row.named,
        cover=row.cover,
        offer=offer,
        version=row.version,
    )
