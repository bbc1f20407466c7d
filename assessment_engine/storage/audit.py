"""The audit log's rows. An entry is inserted unsequenced in the transaction of what it records.

The sequencer (services/audit.py) gives leaves their index and signs checkpoints; the tree itself is assessment_engine/audit.py.
A checkpoint's row keeps the frontier of its tree, so that the next one is made without reading the log again, and the roots of whole tiles
are kept, so that a proof reads a few of them; `verify_log` trusts none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, Text, bindparam, desc, func, insert, select, text, update
from sqlalchemy.engine import Row

from assessment_engine.audit import TILE, TILE_BITS, Checkpoint, Frontier, Tree, entry_digest, leaf_hash, tree_root
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import OrganisationId, new_id
from assessment_engine.storage.many import among, insert_all
from assessment_engine.storage.people import people
from assessment_engine.storage.schema import Instant, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", String(80), nullable=False, index=True),
    Column("actor_id", String(40)),
    Column("at", Instant, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("leaf_index", Integer, unique=True),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("frontier", JSON, nullable=False),
)

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that happened; `leaf_index` is None until it is sequenced."""

    id: str
    kind: str
    subject: str
    actor_id: str | None
    at: datetime
    payload: Json
    sha256: str
    leaf_index: int | None

    @property
    def computed_sha256(self) -> str:
        """What the hash must be, from the content."""
        return entry_digest(self.kind, self.subject, self.actor_id, self.at, self.payload)

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the entry."""
        return leaf_hash(bytes.fromhex(self.sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint as it was published."""

    size: int
    root: str
    signed_at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What somebody did, before it is an entry."""

    kind: str
    subject: str
    actor: str | None
    payload: Json = None


class AuditLog:
    """The log in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, kind: str, *, subject: str, now: datetime, actor: str | None = None, payload: Json = None) -> str:
        """Record that something happened; returns the entry's SHA-256, which its leaf will carry."""
        (sha256,) = self.append_all(kind, {subject: payload}, now=now, actor=actor)
        return sha256

    def append_all(self, kind: str, about: Mapping[str, Json], *, now: datetime, actor: str | None = None) -> tuple[str, ...]:
        """Record that the same happened to many things, with a payload for each subject; returns the entries' SHA-256."""
        return self.record_all(
            [Record(kind=kind, subject=subject, actor=actor, payload=payload) for subject, payload in about.items()], now
        )

    def record_all(self, records: Sequence[Record], now: datetime) -> tuple[str, ...]:
        """Record what many people did at one moment, in one statement; returns the entries' SHA-256."""
        rows = [_new_row(record, now) for record in records]
        insert_all(self._connection, audit_entries, rows)
        return tuple(str(row["sha256"]) for row in rows)

    def lock_sequence(self) -> None:
        """Keep every other sequencer out until this transaction ends; SQLite's writing transactions are alone already."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE checkpoints IN EXCLUSIVE MODE"))

    def unsequenced(self, limit: int) -> list[AuditEntry]:
        """Return entries without a leaf index, oldest first."""
        query = select(audit_entries).where(audit_entries.c.leaf_index.is_(None)).order_by(audit_entries.c.id).limit(limit)
        return [_entry(row) for row in self._connection.execute(query)]

    def sequence(self, entry_ids: Sequence[str], first: int) -> None:
        """Give entries their places in the log, for good, from `first` on."""
        places = [{"entry": entry_id, "place": place} for place, entry_id in enumerate(entry_ids, start=first)]
        given = update(audit_entries).where(audit_entries.c.id == bindparam("entry")).values(leaf_index=bindparam("place"))
        self._connection.execute(given, places)

    def frontier(self) -> Frontier:
        """Return the frontier of the last checkpoint's tree."""
        row = self._connection.execute(select(checkpoints).order_by(desc(checkpoints.c.size)).limit(1)).one_or_none()
        return Frontier() if row is None else Frontier(size=row.size, peaks=tuple(bytes.fromhex(peak) for peak in row.frontier))

    def save_checkpoint(self, checkpoint: Checkpoint, frontier: Frontier, note: str, now: datetime) -> None:
        """Publish a checkpoint."""
        peaks = [peak.hex() for peak in frontier.peaks]
        row = {"size": checkpoint.size, "root": checkpoint.root.hex(), "signed_at": now, "note": note, "frontier": peaks}
        self._connection.execute(insert(checkpoints).values(row))

    def checkpoints(self, limit: int | None = None) -> list[SignedCheckpoint]:
        """Return the checkpoints, newest first."""
        query = select(checkpoints).order_by(desc(checkpoints.c.size)).limit(limit)
        return [
            SignedCheckpoint(size=row.size, root=row.root, signed_at=row.signed_at, note=row.note)
            for row in self._connection.execute(query)
        ]

    def leaves(self, size: int) -> Iterator[AuditEntry]:
        """Yield the first entries of the log, in its order."""
        query = select(audit_entries).where(audit_entries.c.leaf_index < size).order_by(audit_entries.c.leaf_index)
        return (_entry(row) for row in self._connection.execute(query.execution_options(yield_per=1000)))

    def tree(self, size: int) -> Tree:
        """Return the tree of the first `size` leaves, to be read tile by tile."""
        return Tree(size, lambda level, number: self._tile(size, level, number))

    def nodes_kept(self, level: int) -> int:
        """Return how many roots of a level's tiles are kept: all of them from the first on."""
        last = self._connection.execute(select(func.max(log_nodes.c.place)).where(log_nodes.c.level == level)).scalar_one()
        return 0 if last is None else int(last) + 1

    def nodes(self, level: int) -> list[bytes]:
        """Return the kept roots of a level's tiles, in order."""
        query = select(log_nodes.c.hash).where(log_nodes.c.level == level).order_by(log_nodes.c.place)
        return [bytes.fromhex(one) for one in self._connection.execute(query).scalars()]

    def keep_nodes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep roots of tiles, from one place on."""
        rows = [{"level": level, "place": place, "hash": found.hex()} for place, found in enumerate(hashes, start=first)]
        insert_all(self._connection, log_nodes, rows)

    def _tile(self, size: int, level: int, number: int) -> list[bytes]:
        """Return a tile; roots that are not kept yet are worked out from the level below."""
        first = number * TILE
        last = min(first + TILE, size >> level * TILE_BITS)
        if level == 0:
            return [leaf_hash(bytes.fromhex(one)) for one in self._leaves(first, last)]
        among = (log_nodes.c.level == level) & log_nodes.c.place.between(first, last - 1)
        rows = self._connection.execute(select(log_nodes.c.hash).where(among).order_by(log_nodes.c.place)).scalars()
        known = [bytes.fromhex(one) for one in rows]
        return known + [tree_root(self._tile(size, level - 1, place)) for place in range(first + len(known), last)]

    def _leaves(self, first: int, last: int) -> Iterable[str]:
        among = audit_entries.c.leaf_index.between(first, last - 1)
        return self._connection.execute(select(audit_entries.c.sha256).where(among).order_by(audit_entries.c.leaf_index)).scalars()

    def count(self) -> tuple[int, int]:
        """Return how many entries there are, and how many of them are sequenced."""
        row = self._connection.execute(select(func.count(), func.count(audit_entries.c.leaf_index))).one()
        return row[0], row[1]

    def by_hash(self, sha256: str) -> AuditEntry | None:
        """Return the first entry with this hash."""
        query = select(audit_entries).where(audit_entries.c.sha256 == sha256).order_by(audit_entries.c.id).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _entry(row)

    def latest(self, organisation_id: OrganisationId, limit: int) -> list[AuditEntry]:
        """Return the newest acts of an organisation's people, newest first; those of others are not theirs to read."""
        ours = audit_entries.c.actor_id.in_(select(people.c.id).where(people.c.organisation_id == organisation_id))
        query = select(audit_entries).where(ours).order_by(desc(audit_entries.c.id)).limit(limit)
        return [_entry(row) for row in self._connection.execute(query)]

    def refused_sign_ins(self, organisation_id: OrganisationId, since: datetime, limit: int) -> list[AuditEntry]:
        """Return the newest entries about sign-ins that were refused to an organisation's people, newest first."""
        ours = audit_entries.c.subject.in_(select(people.c.id).where(people.c.organisation_id == organisation_id))
        fresh = audit_entries.c.id >= new_id("log", since)  # an id begins with its moment: years of entries are not read
        query = select(audit_entries).where(fresh, audit_entries.c.kind == "sign_in_refused", ours)
        return [_entry(row) for row in self._connection.execute(query.order_by(desc(audit_entries.c.id)).limit(limit))]

    def about(self, subject: str) -> list[AuditEntry]:
        """Return the entries about one thing, oldest first."""
        query = select(audit_entries).where(audit_entries.c.subject == subject).order_by(audit_entries.c.id)
        return [_entry(row) for row in self._connection.execute(query)]

    def about_all(self, subjects: Sequence[str]) -> list[AuditEntry]:
        """Return the entries about several things, oldest first."""
        query = select(audit_entries).where(among(audit_entries.c.subject, subjects)).order_by(audit_entries.c.at, audit_entries.c.id)
        return [_entry(row) for row in self._connection.execute(query)]


def _new_row(record: Record, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("log", now),
        "kind": record.kind,
        "subject": record.subject,
        "actor_id": record.actor,
        "at": now,
        "payload": record.payload,
        "sha256": entry_digest(record.kind, record.subject, record.actor, now, record.payload),
    }


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        actor_id=row.actor_id,
        at=row.at,
        payload=row.payload,
        sha256=row.sha256,
        leaf_index=row.leaf_index,
    )
