"""Outbox rows are the jobs: written in the transaction of what causes them, claimed by conditional update, done once.

RQ is only told about them (workers/queue.py); what it forgets, workers/sweep.py tells again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, func, or_, select, update

from assessment_engine.kernel.ids import new_id
from assessment_engine.storage.many import insert_all
from assessment_engine.storage.schema import Instant, metadata

CLAIM_LASTS = timedelta(minutes=5)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("argument", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("done_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Index("ix_outbox_done_at_due_at", "done_at", "due_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do: a job's name and the id it is about."""

    id: str
    name: str
    argument: str
    tries: int


class Outbox:
    """Jobs in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, argument: str, now: datetime) -> str:
        """Add a job, due now; returns its id, to be told to `engine.jobs` after the commit."""
        return self.add_all(name, [argument], now)[0]

    def add_all(self, name: str, arguments: Sequence[str], now: datetime) -> list[str]:
        """Add the same job for many things, in one statement; returns their ids."""
        rows = [
            {"id": new_id("job", now), "name": name, "argument": each, "created_at": now, "due_at": now, "tries": 0} for each in arguments
        ]
        insert_all(self._connection, outbox, rows)
        return [str(row["id"]) for row in rows]

    def claim(self, job_id: str, now: datetime) -> Job | None:
        """Take a job that is due, undone and unclaimed; None when somebody else has it or it is done."""
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
        taken = self._connection.execute(
            update(outbox)
            .where(outbox.c.id == job_id, outbox.c.done_at.is_(None), free, outbox.c.due_at <= now)
            .values(claimed_until=now + CLAIM_LASTS, tries=outbox.c.tries + 1)
        )
        if taken.rowcount == 0:
            return None
        row = self._connection.execute(select(outbox).where(outbox.c.id == job_id)).one()
        return Job(id=row.id, name=row.name, argument=row.argument, tries=row.tries)

    def finish(self, job_id: str, now: datetime) -> None:
        """Mark a job done."""
        self._connection.execute(update(outbox).where(outbox.c.id == job_id).values(done_at=now, claimed_until=None, error=None))

    def postpone(self, job_id: str, until: datetime, error: str) -> None:
        """Give a job back, to be tried again at `until`."""
        self._connection.execute(update(outbox).where(outbox.c.id == job_id).values(due_at=until, claimed_until=None, error=error[:2000]))

    def tally(self, now: datetime) -> dict[str, int]:
        """Count the jobs that are done, that wait to be done, and that failed at least once and are not done yet."""
        undone = outbox.c.done_at.is_(None)
        counted = {
            "done": outbox.c.done_at.is_not(None),
            "waiting": undone & (outbox.c.due_at <= now),
            "failing": undone & (outbox.c.tries > 0),
        }
        counts = [select(func.count()).select_from(outbox).where(which).scalar_subquery().label(name) for name, which in counted.items()]
        return {name: int(count) for name, count in self._connection.execute(select(*counts)).mappings().one().items()}

    def waiting(self, now: datetime, limit: int = 100) -> list[str]:
        """Return the ids of jobs that are due, undone and unclaimed, oldest first."""
        free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
        query = select(outbox.c.id).where(outbox.c.done_at.is_(None), outbox.c.due_at <= now, free).order_by(outbox.c.due_at).limit(limit)
        return list(self._connection.execute(query).scalars())
