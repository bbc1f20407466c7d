"""Another limit for an exam that has one: proposed with its record, signed by two officers, applied before anybody begins.

Never automatic, and never for an exam that has begun: what was published there was found under the limit it was promised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, SecondPersonNeeded
from assessment_engine.kernel.ids import ExamId, OrganisationId, PersonId
from proctoring.calibration import CalibrationRecord


class ProposalState(StrEnum):
    """How far a proposal has come."""

    OPEN = "open"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


class TwoOfficersNeeded(Conflict):
    """An exam that has a calibration record gets another one, or none, by a proposal that two officers sign."""

    code = "two_officers_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """A proposal for one exam: another record (None: no record any more), why, and what was known of its detector when it was made."""

    id: str
    organisation_id: OrganisationId
    exam_id: ExamId
    record: CalibrationRecord | None
    reason: str
    evidence: Mapping[str, Json]
    proposed_by: PersonId
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    closed_at: datetime | None = None

    def signed(self, earlier: Sequence[PersonId], by: PersonId, now: datetime) -> "Recalibration":
        """Return it after one more signature, applied by the second; raises Conflict when closed, SecondPersonNeeded."""
        self._check_open()
        if by in earlier:
            raise SecondPersonNeeded("you signed this proposal already; it needs a different officer")
        return replace(self, state=ProposalState.APPLIED, closed_at=now) if earlier else self

    def withdrawn(self, now: datetime) -> "Recalibration":
        """Return it given up; raises Conflict when it is closed."""
        self._check_open()
        return replace(self, state=ProposalState.WITHDRAWN, closed_at=now)

    def _check_open(self) -> None:
        if self.state is not ProposalState.OPEN:
            raise Conflict("this proposal is closed", problem="proposal_closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalibrationSignature:
    """One officer's signature under a proposal."""

    proposal_id: str
    person_id: PersonId
    at: datetime
