"""Tables and queries of chains of frames: the stretches that are kept (their records are blobs), and the end of each chain. Append-only."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, exists, func, insert, select, text

from assessment_engine.kernel.ids import SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.incidents import watches
from assessment_engine.storage.many import among, insert_all
from assessment_engine.storage.schema import Instant, metadata

chain_segments = Table(
    "chain_segments",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("blob", String(200), nullable=False),
    Column("kept_at", Instant, nullable=False),
)

chain_ends = Table(
    "chain_ends",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("closed_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSegmentRow:
    """One stretch of a sitting's chain, in the order in which they were kept; `blob` has its records."""

    sitting_id: SittingId
    ordinal: int
    first_seq: int
    last_seq: int
    frames: int
    head: str
    blob: str
    kept_at: datetime


class Chains:
    """Chains of frames in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        """Keep every other keeper of chains out until this transaction ends; SQLite's writing transactions are alone already."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE chain_segments IN EXCLUSIVE MODE"))

    def of_sittings(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, list[ChainSegmentRow]]:
        """Return the stretches of these sittings that are kept, in the order in which they were."""
        found: dict[SittingId, list[ChainSegmentRow]] = {one: [] for one in sitting_ids}
        query = select(chain_segments).where(among(chain_segments.c.sitting_id, sitting_ids))
        for row in self._connection.execute(query.order_by(chain_segments.c.sitting_id, chain_segments.c.ordinal)):
            found[row.sitting_id].append(ChainSegmentRow(**row._mapping))
        return found

    def newest(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, ChainSegmentRow]:
        """Return the stretch that was kept last of each of these sittings; those that have none are left out."""
        last = select(chain_segments.c.sitting_id, func.max(chain_segments.c.ordinal).label("ordinal"))
        of = last.where(among(chain_segments.c.sitting_id, sitting_ids)).group_by(chain_segments.c.sitting_id).subquery()
        same = (of.c.sitting_id == chain_segments.c.sitting_id) & (of.c.ordinal == chain_segments.c.ordinal)
        rows = self._connection.execute(select(chain_segments).join(of, same))
        return {row.sitting_id: ChainSegmentRow(**row._mapping) for row in rows}

    def takes(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return which of these sittings there are, without those whose chain has ended."""
        ended = exists().where(chain_ends.c.sitting_id == sittings.c.id)
        return {
            SittingId(one)
            for one in self._connection.execute(select(sittings.c.id).where(among(sittings.c.id, sitting_ids), ~ended)).scalars()
        }

    def add(self, rows: Sequence[ChainSegmentRow]) -> None:
        """Keep stretches."""
        insert_all(self._connection, chain_segments, [asdict(row) for row in rows])

    def close(self, sitting_id: SittingId, now: datetime) -> None:
        """Say that a chain has ended."""
        self._connection.execute(insert(chain_ends).values(sitting_id=sitting_id, closed_at=now))

    def to_close(self, drained_before: datetime, limit: int) -> list[SittingId]:
        """Return sittings whose watch was drained before a moment and whose chain has not ended."""
        recorded = exists().where(chain_segments.c.sitting_id == watches.c.sitting_id)
        ended = exists().where(chain_ends.c.sitting_id == watches.c.sitting_id)
        query = select(watches.c.sitting_id).where(watches.c.drained_at < drained_before, recorded, ~ended)
        return [SittingId(one) for one in self._connection.execute(query.order_by(watches.c.drained_at).limit(limit)).scalars()]
