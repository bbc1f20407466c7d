"""Tables and queries of the acts on time: what people did with running sittings, for whom it was meant and whom it left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, ForeignKey, Row, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessment_engine.delivery.timekeeping import LeftOut, TimeAct, TimeVerb
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.ids import OrganisationId, PersonId, RoomId, SessionId, SittingId, TimeActId
from assessment_engine.storage.schema import Instant, metadata

time_acts = Table(
    "time_acts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False, index=True),
    Column("room_id", String(40)),
    Column("actor_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("act", JSON, nullable=False),
    Column("sittings", JSON),
    Column("fitting", JSON, nullable=False),
    Column("left_out", JSON, nullable=False),
    Column("done_at", Instant, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAct:
    """One act of one person on one, several or all sittings of a session.

    `sittings` names chosen ones, `room_id` a room; with neither it is the session. `fitting` are those that it is done to, `left_out` those
    it does not fit. `done_at` is None while some of it is still to be done.
    """

    id: TimeActId
    organisation_id: OrganisationId
    session_id: SessionId
    room_id: RoomId | None
    sittings: tuple[SittingId, ...] | None
    actor_id: PersonId
    at: datetime
    reason: str
    act: TimeAct
    fitting: tuple[SittingId, ...]
    left_out: Mapping[SittingId, LeftOut]
    done_at: datetime | None = None

    def without(self, missed: Mapping[SittingId, LeftOut]) -> "RecordedAct":
        """Return the act after some sittings turned out not to fit when their turn came."""
        kept = tuple(one for one in self.fitting if one not in missed)
        return replace(self, fitting=kept, left_out={**self.left_out, **missed})


class TimeActs:
    """Acts on time in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, act: RecordedAct) -> bool:
        """Insert an act; False when it is there already, from the same form sent at the same time."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(time_acts).values(_row(act)))
        except IntegrityError:
            return False
        return True

    def save(self, act: RecordedAct) -> None:
        """Store how far an act has come."""
        self._connection.execute(update(time_acts).where(time_acts.c.id == act.id).values(_row(act)))

    def find(self, act_id: TimeActId) -> RecordedAct | None:
        """Return an act; None when there is none."""
        row = self._connection.execute(select(time_acts).where(time_acts.c.id == act_id)).one_or_none()
        return None if row is None else _act(row)

    def lock(self, act_id: TimeActId) -> RecordedAct | None:
        """Return an act held against others who want to finish it."""
        row = self._connection.execute(select(time_acts).where(time_acts.c.id == act_id).with_for_update()).one_or_none()
        return None if row is None else _act(row)

    def of_session(self, session_id: SessionId) -> list[RecordedAct]:
        """Return the acts on a session's sittings, newest first."""
        query = select(time_acts).where(time_acts.c.session_id == session_id).order_by(time_acts.c.at.desc(), time_acts.c.id.desc())
        return [_act(row) for row in self._connection.execute(query)]

    def unfinished(self) -> list[TimeActId]:
        """Return the acts of which something is still to be done, oldest first."""
        query = select(time_acts.c.id).where(time_acts.c.done_at.is_(None)).order_by(time_acts.c.at)
        return list(self._connection.execute(query).scalars())


def _row(act: RecordedAct) -> dict[str, object]:
    return {
        "id": act.id,
        "organisation_id": act.organisation_id,
        "session_id": act.session_id,
        "room_id": act.room_id,
        "sittings": None if act.sittings is None else list(act.sittings),
        "actor_id": act.actor_id,
        "at": act.at,
        "reason": act.reason,
        "act": {**act.act.document, "for_the_cell": act.act.for_the_cell},
        "fitting": list(act.fitting),
        "left_out": {sitting_id: str(why) for sitting_id, why in act.left_out.items()},
        "done_at": act.done_at,
    }


def _act(row: Row[tuple[object, ...]]) -> RecordedAct:
    chosen: Sequence[str] | None = row.sittings
    return RecordedAct(
        id=TimeActId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        session_id=SessionId(row.session_id),
        room_id=None if row.room_id is None else RoomId(row.room_id),
        sittings=None if chosen is None else tuple(SittingId(one) for one in chosen),
        actor_id=PersonId(row.actor_id),
        at=row.at,
        reason=row.reason,
        act=TimeAct(
            verb=TimeVerb(row.act["verb"]),
            seconds=row.act["seconds"],
            since=row.act["since"] and parse_iso(row.act["since"]),
            until=row.act["until"] and parse_iso(row.act["until"]),
            for_the_cell=row.act["for_the_cell"],
        ),
        fitting=tuple(SittingId(one) for one in row.fitting),
        left_out={SittingId(one): LeftOut(why) for one, why in row.left_out.items()},
        done_at=row.done_at,
    )
