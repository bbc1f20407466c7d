"""Tables and queries of incidents: what the machine found, the frames that show it, what each watch counted, and the keys of the evidence.

An incident is unique by (sitting, first_seq, rule); storing the same one again changes it, never adds one. Frames themselves are blobs,
encrypted by services/evidence.py; a row here keeps the SHA-256 that the chain was made with.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    or_,
    select,
    update,
)

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, ItemVersionId, OrganisationId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("rule", String(30), nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("severity", String(10)),
    Column("confidence", Float, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float),
    Column("item_id", String(40)),
    Column("trace", JSON, nullable=False),
    Column("models", JSON, nullable=False),
    UniqueConstraint("sitting_id", "first_seq", "rule"),
    CheckConstraint("(tier = 'could_not_watch') = (severity IS NULL)", name="unobservable_accuses_nobody"),
    Index("ix_incidents_organisation_id_raised_at", "organisation_id", "raised_at"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("incident_id", String(40), ForeignKey("incidents.id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("role", String(10), nullable=False),
    Column("blob", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("incident_id", "seq"),
)

watches = Table(
    "watches",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("frames_received", Integer, nullable=False),
    Column("frames_dropped", Integer, nullable=False),
    Column("frames_analysed", Integer, nullable=False),
    Column("observable_s", Float, nullable=False),
    Column("unobservable", JSON, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("chain_head", String(64)),
    Column("last_seq", Integer),
    Column("last_frame_at", Instant),
    Column("baseline", JSON),
    Column("drained_at", Instant),
    Column("recognised_at", Instant),
    Column("unrecognised_s", Float, nullable=False, server_default="0"),
    Column("unrecognised_since", Instant),
    Column("afterwards_s", Float, nullable=False, server_default="0"),
    Column("scribe", String(20)),
    Column("counted_at", Instant),
)

evidence_keys = Table(
    "evidence_keys",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("wrapped", LargeBinary),
    Column("erased_at", Instant),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """One incident as stored; `trace` is proctoring's own record of it, as JSON."""

    id: IncidentId
    sitting_id: SittingId
    organisation_id: OrganisationId
    rule: str
    first_seq: int
    kind: str
    tier: str
    severity: str | None
    confidence: float
    opened_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    start_s: float
    end_s: float | None
    item_id: ItemVersionId | None
    trace: Mapping[str, Any]
    models: Mapping[str, str]


SCRUB = "scrub"  # the role of a frame that only the scrubber shows; the others are before, peak and after


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """One frame that shows an incident: `before`, `peak` or `after` it, or one more to `scrub` through."""

    id: str
    incident_id: IncidentId
    sitting_id: SittingId
    seq: int
    at: datetime
    role: str
    blob: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRecord:
    """What the watch over one sitting counted, and where its chain stood; drained when nothing of it is left to look at.

    `recognised_at` is when the face was last good enough to be compared; `unrecognised_s` long times without that which are over, and
    `unrecognised_since` the one that goes on: facts about the pictures, not about the candidate. `afterwards_s` is that part of
    `observable_s` which was seen in pictures that came after a cut. `counted_at` is when a worker last said so: it has the watch in hand.
    """

    sitting_id: SittingId
    frames_received: int = 0
    frames_dropped: int = 0
    frames_analysed: int = 0
    observable_s: float = 0.0
    unobservable: Mapping[str, float] = field(default_factory=dict)
    gaps: int = 0
    chain_head: str | None = None
    last_seq: int | None = None
    last_frame_at: datetime | None = None
    baseline: Mapping[str, Any] | None = None
    drained_at: datetime | None = None
    recognised_at: datetime | None = None
    unrecognised_s: float = 0.0
    unrecognised_since: datetime | None = None
    afterwards_s: float = 0.0
    scribe: str | None = None  # what is known of an enrolled scribe, in the words of vision/companions.py
    counted_at: datetime | None = None

    @property
    def observable_share(self) -> float:
        """Return the share of the watched time that could be seen into; of no time at all, none."""
        total = self.observable_s + sum(self.unobservable.values())
        return self.observable_s / total if total else 0.0


class Incidents:
    """Incidents, evidence, watches and evidence keys in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, sitting_id: SittingId, rule: str, first_seq: int) -> IncidentRecord | None:
        """Return the incident of this name, or None."""
        named = (incidents.c.sitting_id == sitting_id) & (incidents.c.rule == rule) & (incidents.c.first_seq == first_seq)
        row = self._connection.execute(select(incidents).where(named)).one_or_none()
        return None if row is None else _incident(row)

    def add(self, record: IncidentRecord) -> None:
        """Insert an incident; its name is unique."""
        self._connection.execute(insert(incidents).values(**asdict(record)))

    def save(self, record: IncidentRecord) -> None:
        """Store the new state of an incident."""
        self._connection.execute(update(incidents).where(incidents.c.id == record.id).values(**asdict(record)))

    def get(self, incident_id: IncidentId, organisation_id: OrganisationId) -> IncidentRecord:
        """Return an incident of this organisation; raises NotFound."""
        mine = (incidents.c.id == incident_id) & (incidents.c.organisation_id == organisation_id)
        row = self._connection.execute(select(incidents).where(mine)).one_or_none()
        if row is None:
            raise NotFound("no such incident")
        return _incident(row)

    def of_sitting(self, sitting_id: SittingId) -> list[IncidentRecord]:
        """Return a sitting's incidents in the order in which they began."""
        query = select(incidents).where(incidents.c.sitting_id == sitting_id).order_by(incidents.c.start_s, incidents.c.id)
        return [_incident(row) for row in self._connection.execute(query)]

    def flags_of(self, sitting_ids: Collection[SittingId]) -> list[IncidentRecord]:
        """Return the flags of these sittings in the order in which they began."""
        query = select(incidents).where(among(incidents.c.sitting_id, sitting_ids), incidents.c.tier == "alert")
        return [_incident(row) for row in self._connection.execute(query.order_by(incidents.c.start_s, incidents.c.id))]

    def last_alert(self, sitting_id: SittingId) -> IncidentRecord | None:
        """Return the flag that was raised last, or None."""
        flags = select(incidents).where(incidents.c.sitting_id == sitting_id, incidents.c.tier == "alert")
        row = self._connection.execute(flags.order_by(incidents.c.raised_at.desc()).limit(1)).one_or_none()
        return None if row is None else _incident(row)

    def add_evidence(self, records: Sequence[EvidenceRecord]) -> None:
        """Insert frames of one incident; a frame that is there already keeps its row but for its role."""
        known = {one.seq: one for record in records[:1] for one in self.evidence_of(record.incident_id)}
        fresh = [asdict(record) for record in records if record.seq not in known]
        if fresh:
            self._connection.execute(insert(evidence), fresh)
        for record in records:
            if record.seq in known and known[record.seq].role != record.role:
                self._connection.execute(update(evidence).where(evidence.c.id == known[record.seq].id).values(role=record.role))

    def evidence_of(self, incident_id: IncidentId) -> list[EvidenceRecord]:
        """Return the frames that show an incident, in order."""
        query = select(evidence).where(evidence.c.incident_id == incident_id).order_by(evidence.c.seq)
        return [EvidenceRecord(**row._mapping) for row in self._connection.execute(query)]

    def evidence(self, evidence_id: str, organisation_id: OrganisationId) -> EvidenceRecord:
        """Return one frame's row; another organisation's is NotFound."""
        query = select(evidence).join(sittings, sittings.c.id == evidence.c.sitting_id)
        row = self._connection.execute(
            query.where(evidence.c.id == evidence_id, sittings.c.organisation_id == organisation_id)
        ).one_or_none()
        if row is None:
            raise NotFound("no such evidence")
        return EvidenceRecord(**row._mapping)

    def watch(self, sitting_id: SittingId) -> WatchRecord | None:
        """Return what the watch over a sitting counted, or None when there was none."""
        return next(iter(self._watches(watches.c.sitting_id == sitting_id)), None)

    def watches_of(self, sitting_ids: Sequence[SittingId]) -> dict[SittingId, WatchRecord]:
        """Return the watches over several sittings."""
        return {one.sitting_id: one for one in self._watches(among(watches.c.sitting_id, sitting_ids))}

    def observable_in(self, session_id: SessionId, organisation_id: OrganisationId) -> float:
        """Return how many seconds of a session's sittings could be seen into, all together."""
        mine = (sittings.c.session_id == session_id) & (sittings.c.organisation_id == organisation_id)
        query = select(func.coalesce(func.sum(watches.c.observable_s), 0.0)).select_from(watches.join(sittings)).where(mine)
        return float(self._connection.execute(query).scalar_one())

    def save_watch(self, record: WatchRecord) -> None:
        """Store a watch's counts, the first time or again."""
        values = asdict(record)
        changed = self._connection.execute(update(watches).where(watches.c.sitting_id == record.sitting_id).values(**values))
        if changed.rowcount == 0:
            self._connection.execute(insert(watches).values(**values))

    def undrained(self, before: datetime, silent_since: datetime, limit: int = 100) -> list[SittingId]:
        """Return sittings that were submitted before a moment and whose watch neither is drained nor was counted since another."""
        query = select(sittings.c.id).outerjoin(watches, watches.c.sitting_id == sittings.c.id)
        silent = or_(watches.c.counted_at.is_(None), watches.c.counted_at < silent_since)
        late = query.where(sittings.c.submitted_at < before, watches.c.drained_at.is_(None), silent)
        return list(self._connection.execute(late.order_by(sittings.c.submitted_at).limit(limit)).scalars())

    def wrapped_key(self, sitting_id: SittingId) -> bytes | None:
        """Return the wrapped data key of a sitting's evidence, None when there is none yet; raises NotFound once it is erased."""
        row = self._connection.execute(select(evidence_keys).where(evidence_keys.c.sitting_id == sitting_id)).one_or_none()
        if row is not None and row.erased_at is not None:
            raise NotFound("this evidence has been erased")
        return None if row is None else row.wrapped

    def add_wrapped_key(self, sitting_id: SittingId, wrapped: bytes) -> None:
        """Keep the wrapped data key of a sitting."""
        self._connection.execute(insert(evidence_keys).values(sitting_id=sitting_id, wrapped=wrapped))

    def is_erased(self, sitting_id: SittingId) -> bool:
        """Tell whether a sitting's evidence was erased."""
        query = select(evidence_keys.c.erased_at).where(evidence_keys.c.sitting_id == sitting_id)
        return self._connection.execute(query).scalar_one_or_none() is not None

    def erase_key(self, sitting_id: SittingId, now: datetime) -> None:
        """Forget the data key: the evidence is erased with it, its hashes stay."""
        self._connection.execute(update(evidence_keys).where(evidence_keys.c.sitting_id == sitting_id).values(wrapped=None, erased_at=now))

    def _watches(self, condition: ColumnElement[bool]) -> list[WatchRecord]:
        return [WatchRecord(**row._mapping) for row in self._connection.execute(select(watches).where(condition))]


def _incident(row: Row[tuple[object, ...]]) -> IncidentRecord:
    return IncidentRecord(**row._mapping)
