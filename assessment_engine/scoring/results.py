"""A result batch: the score reports of a session that are published together, under two different officers.

Each approval is re-authenticated and a leaf of the log (services/results.py); that two officers are needed is also a trigger in the
database (storage/results.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.errors import SecondPersonNeeded
from assessment_engine.kernel.ids import BatchId, OrganisationId, PersonId, ScoreReportId, SessionId, SittingId
from assessment_engine.kernel.machine import advance


class BatchState(StrEnum):
    """How far a batch has come."""

    DRAFT = "draft"
    APPROVED_ONCE = "approved_once"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class BatchVerb(StrEnum):
    """What can be done to a batch."""

    APPROVE = "approve"
    DISCARD = "discard"


TRANSITIONS: Mapping[tuple[BatchState, BatchVerb], BatchState] = {
    (BatchState.DRAFT, BatchVerb.APPROVE): BatchState.APPROVED_ONCE,
    (BatchState.APPROVED_ONCE, BatchVerb.APPROVE): BatchState.PUBLISHED,
    (BatchState.DRAFT, BatchVerb.DISCARD): BatchState.DISCARDED,
    (BatchState.APPROVED_ONCE, BatchVerb.DISCARD): BatchState.DISCARDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEntry:
    """One sitting's score report in a batch."""

    sitting_id: SittingId
    score_report_id: ScoreReportId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultBatch:
    """A set of score reports; `sha256` names exactly the reports that are in it."""

    id: BatchId
    session_id: SessionId
    organisation_id: OrganisationId
    state: BatchState
    created_at: datetime
    created_by: PersonId
    sha256: str
    published_at: datetime | None = None

    def approve(self, officer: PersonId, earlier: Collection[PersonId], now: datetime) -> "ResultBatch":
        """Approve once, or, by another officer, publish; raises SecondPersonNeeded when the same officer comes again."""
        state = advance(TRANSITIONS, self.state, BatchVerb.APPROVE)
        if officer in earlier:
            raise SecondPersonNeeded("you approved this batch; a different officer must give the second approval")
        return replace(self, state=state, published_at=now if state is BatchState.PUBLISHED else None)

    def discard(self) -> "ResultBatch":
        """Give the batch up before it is published; its score reports are free for another."""
        return replace(self, state=advance(TRANSITIONS, self.state, BatchVerb.DISCARD))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchApproval:
    """One officer's approval; `log_sha256` is the entry of the audit log that it became."""

    batch_id: BatchId
    officer_id: PersonId
    at: datetime
    log_sha256: str


def batch_digest(reports: Iterable[tuple[SittingId, str]]) -> str:
    """Name a set of score reports by the SHA-256 of each, in the order of their sittings."""
    return digest([{"sitting": sitting_id, "score_report_sha256": sha256} for sitting_id, sha256 in sorted(reports)])
