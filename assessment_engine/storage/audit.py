"""The audit log's rows. An entry is inserted unsequenced in the transaction of what it records.

The sequencer (services/audit.py) gives leaves their index and signs checkpoints; the tree itself is assessment_engine/audit.py.
"""

from datetime import datetime

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, insert

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import new_id
from assessment_engine.storage.schema import Instant, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("actor_id", String(40)),
    Column("at", Instant, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("leaf_index", Integer, unique=True),
)


class AuditLog:
    """The log in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, kind: str, *, subject: str, now: datetime, actor: str | None = None, payload: Json = None) -> str:
        """Record that something happened; returns the entry's SHA-256, which its leaf will carry."""
        entry: Json = {"kind": kind, "subject": subject, "actor": actor, "at": iso(now), "payload": payload}
        sha256 = digest(entry)
        self._connection.execute(
            insert(audit_entries).values(
                id=new_id("log", now), kind=kind, subject=subject, actor_id=actor, at=now, payload=payload, sha256=sha256
            )
        )
        return sha256
