"""Table and queries of item calibrations. Append-only; the newest of a version counts."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import Column, Connection, Float, ForeignKey, Integer, Row, String, Table, insert, select

from assessment_engine.kernel.ids import ItemVersionId, new_id
from assessment_engine.storage.item_parts import chunks
from assessment_engine.storage.schema import Instant, metadata
from item_bank.item_calibrations import ItemCalibration

item_calibrations = Table(
    "item_calibrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("version_id", String(40), ForeignKey("item_versions.id"), nullable=False, index=True),
    Column("model", String(10), nullable=False),
    Column("a", Float),
    Column("b", Float),
    Column("c", Float),
    Column("n", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)


class ItemCalibrations:
    """Calibrations in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, found: Sequence[ItemCalibration]) -> None:
        """Insert calibrations."""
        if found:
            self._connection.execute(insert(item_calibrations), [{"id": new_id("cal", each.at), **asdict(each)} for each in found])

    def of(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, ItemCalibration]:
        """Return the newest calibration of each of these versions that has one."""
        found: dict[ItemVersionId, ItemCalibration] = {}
        for chunk in chunks(version_ids):
            query = select(item_calibrations).where(item_calibrations.c.version_id.in_(chunk))
            rows = self._connection.execute(query.order_by(item_calibrations.c.at, item_calibrations.c.id))
            found.update({ItemVersionId(row.version_id): _calibration(row) for row in rows})
        return found


def _calibration(row: Row[tuple[object, ...]]) -> ItemCalibration:
    return ItemCalibration(version_id=ItemVersionId(row.version_id), model=row.model, a=row.a, b=row.b, c=row.c, n=row.n, at=row.at)
