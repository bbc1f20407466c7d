"""Tables and queries of judgements within their minute, and of who has a case before them.

A case has one pending judgement at most, whoever tries (a partial unique index). One that was taken back stays. A case is named by its id
alone: cases that nobody can tell from others (storage/unmarked.py) are judged the same way.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, Connection, Float, ForeignKey, Index, Row, String, Table, Text, delete, insert, select, text, update

from assessment_engine.invigilation.case import Reason, Verdict
from assessment_engine.invigilation.pending import Opening, PendingJudgement
from assessment_engine.kernel.ids import PersonId
from assessment_engine.storage.schema import Instant, metadata

_WAITS = "undone_at IS NULL AND effected_at IS NULL"

pending_judgements = Table(
    "pending_judgements",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", String(40), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("reason_code", String(30), nullable=False),
    Column("reason", Text, nullable=False),
    Column("seconds", Float),
    Column("given_at", Instant, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("effected_at", Instant),
    Index("uq_pending_judgements_case_id", "case_id", unique=True, sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
    Index("ix_pending_judgements_organisation_id_given_at", "organisation_id", "given_at"),
)

case_openings = Table(
    "case_openings",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

_waiting = text(_WAITS)


class PendingJudgements:
    """Judgements within their minute, and who has a case open, in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def give(self, pending: PendingJudgement) -> None:
        """Keep a judgement for its minute; the case has no other."""
        self._connection.execute(insert(pending_judgements).values(**asdict(pending)))

    def pending_of(self, case_id: str) -> PendingJudgement | None:
        """Return the judgement of a case that waits to take effect."""
        query = select(pending_judgements).where(pending_judgements.c.case_id == case_id, _waiting)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _pending(row)

    def pending_by(self, person_id: PersonId) -> list[PendingJudgement]:
        """Return a person's judgements that wait to take effect, the latest first."""
        query = select(pending_judgements).where(pending_judgements.c.person_id == person_id, _waiting)
        return [_pending(row) for row in self._connection.execute(query.order_by(pending_judgements.c.given_at.desc()))]

    def taken_back(self, case_id: str, person_id: PersonId) -> PendingJudgement | None:
        """Return the judgement that a person took back last on a case."""
        mine = (pending_judgements.c.case_id == case_id) & (pending_judgements.c.person_id == person_id)
        query = select(pending_judgements).where(mine, pending_judgements.c.undone_at.is_not(None))
        row = self._connection.execute(query.order_by(pending_judgements.c.undone_at.desc()).limit(1)).one_or_none()
        return None if row is None else _pending(row)

    def due(self, now: datetime, limit: int = 100) -> list[str]:
        """Return the cases whose judgement's minute is over, oldest first."""
        due = select(pending_judgements.c.case_id).where(_waiting, pending_judgements.c.effective_at <= now)
        return list(self._connection.execute(due.order_by(pending_judgements.c.effective_at).limit(limit)).scalars())

    def end(self, pending: PendingJudgement) -> None:
        """Store that a judgement took effect or was taken back."""
        changed = {"undone_at": pending.undone_at, "effected_at": pending.effected_at}
        self._connection.execute(update(pending_judgements).where(pending_judgements.c.id == pending.id).values(**changed))

    def see(self, case_id: str, person_id: PersonId, now: datetime) -> Opening:
        """Note that a person has a case before them; returns since when."""
        mine = (case_openings.c.case_id == case_id) & (case_openings.c.person_id == person_id)
        row = self._connection.execute(select(case_openings).where(mine)).one_or_none()
        if row is None:
            opening = Opening(case_id=case_id, person_id=person_id, opened_at=now, seen_at=now)
            self._connection.execute(insert(case_openings).values(**asdict(opening)))
            return opening
        opening = Opening(**row._mapping).seen(now)
        self._connection.execute(update(case_openings).where(mine).values(opened_at=opening.opened_at, seen_at=now))
        return opening

    def openings(self, case_id: str) -> list[Opening]:
        """Return everybody who has had a case open, the latest first."""
        query = select(case_openings).where(case_openings.c.case_id == case_id).order_by(case_openings.c.seen_at.desc())
        return [Opening(**row._mapping) for row in self._connection.execute(query)]

    def leave(self, case_id: str, person_id: PersonId) -> None:
        """Forget that a person has a case open: they judged it."""
        mine = (case_openings.c.case_id == case_id) & (case_openings.c.person_id == person_id)
        self._connection.execute(delete(case_openings).where(mine))


def _pending(row: Row[tuple[object, ...]]) -> PendingJudgement:
    values = row._mapping
    return PendingJudgement(**{**values, "verdict": Verdict(values["verdict"]), "reason_code": Reason(values["reason_code"])})
