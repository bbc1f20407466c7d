"""Tables and queries of evidence as a whole: the packages made of a sitting's, and requests to erase it before its time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, Text, delete, exists, func, insert, select, update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ExamId, OrganisationId, PersonId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.exams import exam_sessions
from assessment_engine.storage.incidents import evidence_keys
from assessment_engine.storage.invigilation import proctoring_decisions
from assessment_engine.storage.results import batch_entries, result_batches
from assessment_engine.storage.schema import Instant, metadata

evidence_packages = Table(
    "evidence_packages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("asked_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("made_at", Instant),
    Column("blob", String(200)),
    Column("sha256", String(64)),
    Column("length", Integer),
)

erasure_requests = Table(
    "erasure_requests",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("asked_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", String(40), ForeignKey("people.id")),
    Column("approved_at", Instant),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord:
    """One package of a sitting's evidence: asked for, and once `made_at` is there, kept encrypted in `blob`; `length` in bytes."""

    id: str
    sitting_id: SittingId
    asked_by: PersonId
    asked_at: datetime
    made_at: datetime | None = None
    blob: str | None = None
    sha256: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """One officer's request to erase a sitting's evidence early, and another's approval."""

    sitting_id: SittingId
    asked_by: PersonId
    asked_at: datetime
    reason: str
    approved_by: PersonId | None = None
    approved_at: datetime | None = None


class EvidenceFiles:
    """Packages, requests to erase, and which sittings' evidence can still be read, in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def packages_of(self, sitting_id: SittingId) -> list[PackageRecord]:
        """Return a sitting's packages, the newest first."""
        query = select(evidence_packages).where(evidence_packages.c.sitting_id == sitting_id)
        return [PackageRecord(**row._mapping) for row in self._connection.execute(query.order_by(evidence_packages.c.id.desc()))]

    def add_package(self, record: PackageRecord) -> None:
        """Note that a package was asked for."""
        self._connection.execute(insert(evidence_packages).values(**asdict(record)))

    def save_package(self, record: PackageRecord) -> None:
        """Store that a package is made."""
        self._connection.execute(update(evidence_packages).where(evidence_packages.c.id == record.id).values(**asdict(record)))

    def request_of(self, sitting_id: SittingId) -> ErasureRequest | None:
        """Return the request to erase a sitting's evidence early, None when nobody asked."""
        row = self._connection.execute(select(erasure_requests).where(erasure_requests.c.sitting_id == sitting_id)).one_or_none()
        return None if row is None else ErasureRequest(**row._mapping)

    def ask_erasure(self, request: ErasureRequest) -> None:
        """Store a first officer's request."""
        self._connection.execute(insert(erasure_requests).values(**asdict(request)))

    def approve_erasure(self, request: ErasureRequest) -> None:
        """Store the second officer's approval."""
        self._connection.execute(
            update(erasure_requests).where(erasure_requests.c.sitting_id == request.sitting_id).values(**asdict(request))
        )

    def readable(self, organisation_id: OrganisationId | None = None) -> Sequence[SittingId]:
        """Return the sittings, of one organisation or of all, whose evidence can still be read; the oldest first."""
        joined = evidence_keys.join(sittings, sittings.c.id == evidence_keys.c.sitting_id)
        query = select(evidence_keys.c.sitting_id).select_from(joined).where(evidence_keys.c.erased_at.is_(None))
        if organisation_id is not None:
            query = query.where(sittings.c.organisation_id == organisation_id)
        return [SittingId(one) for one in self._connection.execute(query.order_by(evidence_keys.c.sitting_id)).scalars()]

    def requested(self, organisation_id: OrganisationId) -> Sequence[SittingId]:
        """Return the organisation's sittings whose evidence can still be read and that somebody asked to erase; the oldest first."""
        joined = erasure_requests.join(sittings, sittings.c.id == erasure_requests.c.sitting_id)
        joined = joined.join(evidence_keys, evidence_keys.c.sitting_id == sittings.c.id)
        mine = (sittings.c.organisation_id == organisation_id) & evidence_keys.c.erased_at.is_(None)
        query = select(erasure_requests.c.sitting_id).select_from(joined).where(mine)
        return [SittingId(one) for one in self._connection.execute(query.order_by(erasure_requests.c.sitting_id)).scalars()]

    def old_enough(self, exam_id: ExamId, before: datetime) -> Sequence[SittingId]:
        """Return an exam's sittings whose evidence can be read and whose days may have begun before a moment.

        That is: they were decided, or their session closed, before it; and so was the result of whoever handed in published.
        """
        decided = select(func.max(proctoring_decisions.c.decided_at)).where(proctoring_decisions.c.sitting_id == sittings.c.id)
        joined = evidence_keys.join(sittings, sittings.c.id == evidence_keys.c.sitting_id).join(exam_sessions)
        query = select(evidence_keys.c.sitting_id).select_from(joined)
        query = query.where(evidence_keys.c.erased_at.is_(None), exam_sessions.c.exam_id == exam_id)
        old = func.coalesce(decided.scalar_subquery(), exam_sessions.c.closes_at) < before
        batches = batch_entries.join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
        published = (
            exists()
            .select_from(batches)
            .where(
                batch_entries.c.sitting_id == sittings.c.id, result_batches.c.state == "published", result_batches.c.published_at < before
            )
        )
        ready = published | sittings.c.practice | (sittings.c.state != SittingState.SUBMITTED)
        return [SittingId(one) for one in self._connection.execute(query.where(old, ready).order_by(evidence_keys.c.sitting_id)).scalars()]

    def result_published_at(self, sitting_id: SittingId) -> datetime | None:
        """Return when a result of the sitting was last published, None where it was not."""
        joined = batch_entries.join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
        query = select(func.max(result_batches.c.published_at)).select_from(joined).where(batch_entries.c.sitting_id == sitting_id)
        published: datetime | None = self._connection.execute(query.where(result_batches.c.state == "published")).scalar_one_or_none()
        return published

    def withdraw_erasure(self, sitting_id: SittingId) -> None:
        """Forget a request that was taken back; the log keeps that there was one."""
        self._connection.execute(delete(erasure_requests).where(erasure_requests.c.sitting_id == sitting_id))

    def erased_at(self, sitting_id: SittingId) -> datetime | None:
        """Return when a sitting's evidence was erased, None while it can be read; raises NotFound where there never was any."""
        row = self._connection.execute(select(evidence_keys.c.erased_at).where(evidence_keys.c.sitting_id == sitting_id)).one_or_none()
        if row is None:
            raise NotFound("there is no evidence of this sitting")
        erased: datetime | None = row.erased_at
        return erased
