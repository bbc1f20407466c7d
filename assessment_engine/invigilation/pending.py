"""A judgement within its minute: given, not yet in effect, and taken back without a reason by whoever gave it.

Nothing follows from it meanwhile: the case stays undecided, so the certificate waits. What was taken back stays in the record.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from assessment_engine.invigilation.case import Judgement, Reason, Verdict
from assessment_engine.kernel.errors import Conflict, NotAllowed
from assessment_engine.kernel.ids import OrganisationId, PersonId, new_id

UNDO_FOR = timedelta(seconds=60)


class JudgedMeanwhile(Conflict):
    """Somebody else judged this case while it was open here; nothing was changed."""

    code = "judged_meanwhile"


class TooLateToUndo(Conflict):
    """The minute is over and the judgement has taken effect, or there is none to take back."""

    code = "too_late_to_undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingJudgement:
    """What a person said of a case, and when it takes effect; `seconds` from opening the case to saying so, None when not measured."""

    id: str
    case_id: str
    organisation_id: OrganisationId
    person_id: PersonId
    verdict: Verdict
    reason_code: Reason
    reason: str
    seconds: float | None
    given_at: datetime
    effective_at: datetime
    undone_at: datetime | None = None
    effected_at: datetime | None = None

    @classmethod
    def given(
        cls, judgement: Judgement, case_id: str, *, by: PersonId, of: OrganisationId, now: datetime, undo_for: timedelta = UNDO_FOR
    ) -> Self:
        """Make the judgement of a person who has just confirmed it; raises Invalid when words are missing."""
        checked = judgement.checked()
        return cls(
            id=new_id("pen", now),
            case_id=case_id,
            organisation_id=of,
            person_id=by,
            verdict=checked.verdict,
            reason_code=checked.reason_code,
            reason=checked.reason,
            seconds=None,
            given_at=now,
            effective_at=now + undo_for,
        )

    @property
    def judgement(self) -> Judgement:
        """Return what was said."""
        return Judgement(verdict=self.verdict, reason_code=self.reason_code, reason=self.reason)

    @property
    def is_adverse(self) -> bool:
        """Whether it speaks against the candidate."""
        return self.verdict is Verdict.UPHOLD

    def undo(self, *, by: PersonId, now: datetime) -> Self:
        """Return it taken back; raises NotAllowed for another's, TooLateToUndo once its minute is over."""
        if by != self.person_id:
            raise NotAllowed("only who judged takes it back")
        if now >= self.effective_at:
            raise TooLateToUndo("the minute is over; the judgement has taken effect")
        return replace(self, undone_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A person who has a case before them: since when, and when their page was last heard of."""

    case_id: str
    person_id: PersonId
    opened_at: datetime
    seen_at: datetime

    def seen(self, now: datetime) -> "Opening":
        """Return it as heard of again; after a long silence the person begins anew."""
        fresh = now - self.seen_at > SILENCE
        return replace(self, opened_at=now if fresh else self.opened_at, seen_at=now)

    def is_here(self, now: datetime) -> bool:
        """Tell whether the person has the case before them now."""
        return now - self.seen_at <= HERE


HERE = timedelta(seconds=50)
"""For how long a page that was heard of counts as open: it says so every 20 seconds."""

SILENCE = timedelta(minutes=15)
"""Silence after which whoever comes back begins anew: the seconds of a review are those of one look."""
