"""Cases that nobody can tell from others, so that reviewing itself is measured: a blind second review, a planted case, a random audit.

None of them has an outcome for any sitting. The first judgement stands while a decision is looked at again; a planted case comes from a
simulated sitting whose truth is known; an audit shows a stretch of a drawn sitting that the machine found nothing in.
"""

from collections.abc import Collection, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.invigilation.case import Adjudication, Case, CaseState, Judgement, Reason, Verdict
from assessment_engine.kernel.errors import IllegalTransition, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId


class Origin(StrEnum):
    """Why a case is set before somebody unmarked."""

    AGAIN = "again"
    PLANTED = "planted"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much of the work is there to measure the work: of decisions looked at again, and of planted cases to real ones (0 to 1)."""

    again: float = 0.05
    planted: float = 0.05


SHARES = Shares()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person judged, who thought that they judged a case like any other."""

    person_id: PersonId
    verdict: Verdict
    reason_code: Reason
    reason: str
    at: datetime
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmarkedReview:
    """One such case. Its id looks like any incident's; `truth` is what a planted case is, or what people decided the first time.

    `for_person` is whom a planted case was drawn for, `not_for` who decided the first time. An audit has a stretch, in seconds of the
    sitting, and no incident.
    """

    id: IncidentId
    organisation_id: OrganisationId
    origin: Origin
    sitting_id: SittingId
    kind: str
    severity: str
    opened_at: datetime
    incident_id: IncidentId | None = None
    for_person: PersonId | None = None
    not_for: PersonId | None = None
    truth: Verdict | None = None
    start_s: float | None = None
    end_s: float | None = None
    answer: Answer | None = None

    def check(self, by: PersonId, *, judged_before: bool) -> None:
        """Refuse whom it is not for; raises as judging a real case does, so that nothing is given away."""
        if self.answer is not None and self.answer.person_id != by:
            raise IllegalTransition("this case is decided")
        if self.answer is not None or judged_before or by == self.not_for:
            raise SecondPersonNeeded("you judged this case already; it needs a different person")

    def answerable_by(self, staff: Set[PersonId], judges: Set[PersonId]) -> Set[PersonId]:
        """Return who of the staff may still answer it; `judges` are those who judged the incident itself."""
        if self.answer is not None:
            return frozenset()
        theirs = staff if self.for_person is None else staff & {self.for_person}
        return theirs - judges - {self.not_for}

    def answered(self, judgement: Judgement, *, by: PersonId, now: datetime, seconds: float | None) -> "UnmarkedReview":
        """Return it with a person's answer; raises Invalid when words are missing."""
        said = judgement.checked()
        answer = Answer(person_id=by, verdict=said.verdict, reason_code=said.reason_code, reason=said.reason, at=now, seconds=seconds)
        return replace(self, answer=answer)

    def as_it_stands(self, overturned: Collection[IncidentId]) -> "UnmarkedReview":
        """Return it held against what stands: an appeal that overturned what people upheld is right, and whoever dismissed it was."""
        again = self.origin is Origin.AGAIN and self.incident_id in overturned
        return replace(self, truth=Verdict.DISMISS) if again else self

    @property
    def differs(self) -> bool:
        """Whether the answer is not the truth, or not what people decided the first time; of an audit, whether a miss was found."""
        expected = Verdict.DISMISS if self.origin is Origin.AUDIT else self.truth
        return self.answer is not None and self.answer.verdict is not expected

    @property
    def case(self) -> Case:
        """Return it as the case that its reader takes it for."""
        states = {Verdict.DISMISS: CaseState.DISMISSED, Verdict.UPHOLD: CaseState.AWAITING_SECOND}
        return Case(
            incident_id=self.id,
            sitting_id=self.sitting_id,
            organisation_id=self.organisation_id,
            state=CaseState.OPEN if self.answer is None else states[self.answer.verdict],
            opened_at=self.opened_at,
        )

    @property
    def adjudications(self) -> list[Adjudication]:
        """Return the answer as the judgement that its giver takes it for."""
        if self.answer is None:
            return []
        return [
            Adjudication(
                id=self.id,
                incident_id=self.id,
                sitting_id=self.sitting_id,
                person_id=self.answer.person_id,
                verdict=self.answer.verdict,
                reason_code=self.answer.reason_code,
                reason=self.answer.reason,
                at=self.answer.at,
                ordinal=1,
            )
        ]
