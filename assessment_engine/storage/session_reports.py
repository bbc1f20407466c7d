"""Table and queries of session reports. Rows are only ever added: a later report supersedes, it does not replace."""

from datetime import datetime

from sqlalchemy import JSON, Column, Connection, ForeignKey, Integer, Row, String, Table, func, insert, select

from assessment_engine.delivery.session_report import SessionReport
from assessment_engine.kernel.ids import PersonId, SessionId, SittingId
from assessment_engine.storage.answer_ledger import answers
from assessment_engine.storage.delivery import seals, sittings
from assessment_engine.storage.incidents import incidents
from assessment_engine.storage.schema import Instant, metadata

session_reports = Table(
    "session_reports",
    metadata,
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("signature", String(100), nullable=False),
    Column("made_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
)


class SessionReports:
    """Session reports in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session_id: SessionId, report: SessionReport, by: PersonId, now: datetime) -> None:
        """Keep a report; the primary key refuses a number twice."""
        row = {"session_id": session_id, "number": report.number, "document": dict(report.document), "sha256": report.sha256}
        signed = {"key_id": report.key_id, "signature": report.signature, "made_by": by, "made_at": now}
        self._connection.execute(insert(session_reports).values(**row, **signed))

    def of_session(self, session_id: SessionId) -> list[SessionReport]:
        """Return a session's reports, the newest first."""
        query = select(session_reports).where(session_reports.c.session_id == session_id).order_by(session_reports.c.number.desc())
        return [_report(row) for row in self._connection.execute(query)]

    def count(self, session_id: SessionId) -> int:
        """Return how many reports a session has."""
        query = select(func.count()).select_from(session_reports).where(session_reports.c.session_id == session_id)
        return int(self._connection.execute(query).scalar_one())

    def answers_given(self, session_id: SessionId) -> dict[SittingId, int]:
        """Return how many answers the ledger holds of each sitting of a session."""
        mine = select(sittings.c.id).where(sittings.c.session_id == session_id)
        query = select(answers.c.sitting_id, func.count()).where(answers.c.sitting_id.in_(mine)).group_by(answers.c.sitting_id)
        return {SittingId(row[0]): int(row[1]) for row in self._connection.execute(query)}

    def after_deadline(self, session_id: SessionId) -> dict[SittingId, tuple[int, datetime]]:
        """Return, for sittings that have any, how many answers were taken after the deadline, and when the last of them came."""
        late = (sittings.c.session_id == session_id) & (answers.c.received_at > sittings.c.deadline_at)
        query = select(answers.c.sitting_id, func.count(), func.max(answers.c.received_at)).where(late).group_by(answers.c.sitting_id)
        rows = self._connection.execute(query.join(sittings, sittings.c.id == answers.c.sitting_id))
        return {SittingId(row[0]): (int(row[1]), row[2]) for row in rows}

    def flags(self, session_id: SessionId) -> dict[SittingId, int]:
        """Return how many flags each sitting of a session has."""
        mine = select(sittings.c.id).where(sittings.c.session_id == session_id)
        found = (incidents.c.sitting_id.in_(mine)) & (incidents.c.tier == "alert")
        query = select(incidents.c.sitting_id, func.count()).where(found).group_by(incidents.c.sitting_id)
        return {SittingId(row[0]): int(row[1]) for row in self._connection.execute(query)}

    def newest_seals(self, session_id: SessionId) -> dict[SittingId, str]:
        """Return the digest of each sealed sitting's newest seal."""
        query = select(seals.c.sitting_id, seals.c.sha256).join(sittings, sittings.c.id == seals.c.sitting_id)
        rows = self._connection.execute(query.where(sittings.c.session_id == session_id).order_by(seals.c.number))
        return {SittingId(row.sitting_id): row.sha256 for row in rows}


def _report(row: Row[tuple[object, ...]]) -> SessionReport:
    return SessionReport(document=row.document, key_id=row.key_id, signature=row.signature)
