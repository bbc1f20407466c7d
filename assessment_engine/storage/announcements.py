"""Table and queries of announcements to candidates. Rows are only added: what was said was said."""

from dataclasses import asdict

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, Text, func, insert, select

from assessment_engine.delivery.announcements import Announcement
from assessment_engine.kernel.ids import SessionId
from assessment_engine.storage.schema import Instant, metadata

announcements = Table(
    "announcements",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False),
    Column("room_id", String(40)),
    Column("item_id", String(40)),
    Column("text", Text, nullable=False),
    Column("text_hi", Text, nullable=False),
    Column("said_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("said_at", Instant, nullable=False),
    Index("ix_announcements_session_id_said_at", "session_id", "said_at"),
)


class Announcements:
    """Announcements in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, announcement: Announcement) -> None:
        """Insert an announcement."""
        self._connection.execute(insert(announcements).values(**asdict(announcement)))

    def of_session(self, session_id: SessionId) -> list[Announcement]:
        """Return what was said in a session, oldest first."""
        query = select(announcements).where(announcements.c.session_id == session_id)
        rows = self._connection.execute(query.order_by(announcements.c.said_at, announcements.c.id))
        return [Announcement(**row._mapping) for row in rows]

    def count_of(self, session_id: SessionId) -> int:
        """Return how many there are in a session."""
        query = select(func.count()).select_from(announcements).where(announcements.c.session_id == session_id)
        return self._connection.execute(query).scalar_one()
