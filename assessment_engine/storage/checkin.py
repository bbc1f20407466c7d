"""Tables and queries of check-ins and calibrations."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Row,
    String,
    Table,
    Text,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from assessment_engine.delivery.checkin import Calibration, CheckIn, CheckInState, MachineView
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import OrganisationId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.events import NO_SAVE, ExamEvent, exam_events, read_event
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

checkins = Table(
    "checkins",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("face_blob", String(200), nullable=False),
    Column("machine_distance", Float),
    Column("machine_view", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", String(40), ForeignKey("people.id")),
    Column("decided_at", Instant),
    Column("note", Text, nullable=False),
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("skipped", Boolean, nullable=False),
    Column("baseline", JSON, nullable=False),
)


class CheckIns:
    """CheckIns in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, sitting_id: SittingId) -> CheckIn | None:
        """Return a sitting's check-in, or None when nobody asked yet. The caller has made sure that the sitting may be seen."""
        row = self._connection.execute(select(checkins).where(checkins.c.sitting_id == sitting_id)).first()
        return None if row is None else _checkin(row)

    def get(self, sitting_id: SittingId, organisation_id: OrganisationId) -> CheckIn:
        """Return a check-in of this organisation; raises NotFound."""
        checkin = self.find(sitting_id)
        if checkin is None or checkin.organisation_id != organisation_id:
            raise NotFound("no such check-in")
        return checkin

    def in_session(self, session_id: SessionId, organisation_id: OrganisationId) -> list[CheckIn]:
        """Return a session's check-ins, the longest waiting first."""
        query = (
            select(checkins)
            .join(sittings, sittings.c.id == checkins.c.sitting_id)
            .where(sittings.c.session_id == session_id, checkins.c.organisation_id == organisation_id)
            .order_by(checkins.c.requested_at, checkins.c.sitting_id)
        )
        return [_checkin(row) for row in self._connection.execute(query)]

    def ahead_of(self, checkin: CheckIn, session_id: SessionId) -> int:
        """Count those of a session who wait longer than this one; equal moments go by id."""
        earlier = (checkins.c.requested_at < checkin.requested_at) | (
            (checkins.c.requested_at == checkin.requested_at) & (checkins.c.sitting_id < checkin.sitting_id)
        )
        query = (
            select(func.count())
            .select_from(checkins.join(sittings, sittings.c.id == checkins.c.sitting_id))
            .where(sittings.c.session_id == session_id, checkins.c.state == CheckInState.REQUESTED, earlier)
        )
        return int(self._connection.execute(query).scalar_one())

    def open_calls(self, session_id: SessionId, organisation_id: OrganisationId) -> list[ExamEvent]:
        """Return the calls for an invigilator that nobody answered, oldest first."""
        later = exam_events.alias("later")
        answered = exists().where(
            later.c.sitting_id == exam_events.c.sitting_id,
            later.c.seq > exam_events.c.seq,
            later.c.kind == "call_answered",
            text(f"later.{NO_SAVE}"),
        )
        query = (
            select(exam_events)
            .join(sittings, sittings.c.id == exam_events.c.sitting_id)
            .where(sittings.c.session_id == session_id, sittings.c.organisation_id == organisation_id)
            .where(exam_events.c.kind == "invigilator_called", text(f"exam_events.{NO_SAVE}"), ~answered)
            .order_by(exam_events.c.seq)
        )
        return [read_event(row) for row in self._connection.execute(query)]

    def add(self, checkin: CheckIn) -> None:
        """Store a first request."""
        self._connection.execute(insert(checkins).values(**asdict(checkin)))

    def save(self, checkin: CheckIn) -> None:
        """Store a check-in's new state."""
        self._connection.execute(update(checkins).where(checkins.c.sitting_id == checkin.sitting_id).values(**asdict(checkin)))

    def calibrate(self, calibration: Calibration) -> None:
        """Store a calibration; a later one takes the place of an earlier one."""
        values = asdict(calibration)
        where = calibrations.c.sitting_id == calibration.sitting_id
        if self._connection.execute(update(calibrations).where(where).values(**values)).rowcount == 0:
            self._connection.execute(insert(calibrations).values(**values))

    def skipped(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return those of several sittings whose dots were skipped."""
        query = select(calibrations.c.sitting_id).where(among(calibrations.c.sitting_id, sitting_ids), calibrations.c.skipped)
        return {SittingId(row.sitting_id) for row in self._connection.execute(query)}

    def calibration(self, sitting_id: SittingId) -> Calibration | None:
        """Return a sitting's calibration, or None when it was neither done nor skipped."""
        row = self._connection.execute(select(calibrations).where(calibrations.c.sitting_id == sitting_id)).first()
        return None if row is None else Calibration(**row._mapping)


def _checkin(row: Row[tuple[object, ...]]) -> CheckIn:
    values = dict(row._mapping)
    return CheckIn(**{**values, "state": CheckInState(values["state"]), "machine_view": MachineView(values["machine_view"])})
