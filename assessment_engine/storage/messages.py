"""Table and queries of messages between candidates and whoever watches. Rows are only added: what was said was said."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, String, Table, Text, func, insert, select

from assessment_engine.delivery.messages import Message, MessageKind
from assessment_engine.kernel.ids import SittingId
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("from_candidate", Boolean, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hi", Text, nullable=False),
    Column("sentence", String(20), nullable=False),
    Index("ix_messages_sitting_id_at", "sitting_id", "at"),
)


class Messages:
    """Messages in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: Message) -> None:
        """Insert a message."""
        self._connection.execute(insert(messages).values(**{**asdict(message), "kind": str(message.kind)}))

    def of_sittings(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, list[Message]]:
        """Return the messages of these sittings, oldest first; sittings without any are left out."""
        query = select(messages).where(among(messages.c.sitting_id, sitting_ids)).order_by(messages.c.at, messages.c.id)
        found: dict[SittingId, list[Message]] = {}
        for row in self._connection.execute(query):
            found.setdefault(SittingId(row.sitting_id), []).append(Message(**{**row._mapping, "kind": MessageKind(row.kind)}))
        return found

    def waiting_in(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return the sittings whose last message is the candidate's own: nobody has answered."""
        last = select(messages.c.sitting_id, func.max(messages.c.at).label("at")).where(among(messages.c.sitting_id, sitting_ids))
        latest = last.group_by(messages.c.sitting_id).subquery()
        query = select(messages.c.sitting_id).join(latest, (messages.c.sitting_id == latest.c.sitting_id) & (messages.c.at == latest.c.at))
        return {SittingId(one) for one in self._connection.execute(query.where(messages.c.from_candidate)).scalars()}
