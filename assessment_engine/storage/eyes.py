"""Tables and queries of what proctor workers see with: the roles that have no file, and the sittings watched without them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, ForeignKey, String, Table, delete, insert, select, update

from assessment_engine.kernel.ids import SittingId
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

eyes = Table(
    "eyes",
    metadata,
    Column("host", String(200), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("missing", JSON, nullable=False),
)

blind_watches = Table(
    "blind_watches",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("missing", JSON, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesRecord:
    """Which roles have no file on one machine, as its workers said last."""

    host: str
    at: datetime
    missing: tuple[str, ...]


class EyesOfWorkers:
    """What the machines of the proctor workers lack, in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def report(self, record: EyesRecord, forget_before: datetime) -> None:
        """Store what a machine lacks, and forget machines that have long said nothing."""
        self._connection.execute(delete(eyes).where(eyes.c.at < forget_before))
        values = {**asdict(record), "missing": list(record.missing)}
        if self._connection.execute(update(eyes).where(eyes.c.host == record.host).values(**values)).rowcount == 0:
            self._connection.execute(insert(eyes).values(**values))

    def all(self) -> list[EyesRecord]:
        """Return what every machine said last, the newest first."""
        rows = self._connection.execute(select(eyes).order_by(eyes.c.at.desc()))
        return [EyesRecord(host=row.host, at=row.at, missing=tuple(row.missing)) for row in rows]

    def note_blind(self, sitting_id: SittingId, missing: Iterable[str]) -> None:
        """Note that at least a part of a sitting was watched without these roles."""
        known = self.blind_in([sitting_id]).get(sitting_id)
        roles = sorted({*(known or ()), *missing})
        if known is None:
            self._connection.execute(insert(blind_watches).values(sitting_id=sitting_id, missing=roles))
        elif list(known) != roles:
            self._connection.execute(update(blind_watches).where(blind_watches.c.sitting_id == sitting_id).values(missing=roles))

    def blind_in(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, tuple[str, ...]]:
        """Return the roles that were missing while these sittings were watched; those watched with all are left out."""
        rows = self._connection.execute(select(blind_watches).where(among(blind_watches.c.sitting_id, sitting_ids)))
        return {SittingId(row.sitting_id): tuple(row.missing) for row in rows}
