"""A case, what people judged on it, and what follows for the sitting.

*A machine flags; a person decides.* A flag (an incident of tier alert) becomes a case. One person may dismiss it; nobody alone may uphold
it. An upheld case needs two different people, and a second person who disagrees dismisses it. That is deliberate: two people who looked
at the same pictures and came apart are reasonable doubt, doubt is not held against a candidate, and no third opinion is sought until one
agrees. So no adverse outcome exists without two people, nor before the candidate was heard (hearing.py). No passing of time moves a case.
An appeal that is upheld overturns what two people upheld; nothing else does.

Not here: incidents and evidence (services/incidents.py). Stored by storage/invigilation.py, driven by services/invigilation.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.invigilation.hearing import Hearing, check_heard
from assessment_engine.kernel.errors import Invalid, NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import GrievanceId, IncidentId, OrganisationId, PersonId, SittingId, new_id
from assessment_engine.kernel.machine import advance

MIN_REASON = 10
"""Letters that the text of an adverse judgement, or of the reason `other`, must have."""


class JudgeFirst(NotAllowed):
    """A case of the sitting waits for people, and this person has not judged it: nothing may judge for them."""

    code = "judge_first"


class CaseState(StrEnum):
    """How far people have come with a case."""

    OPEN = "open"
    AWAITING_SECOND = "awaiting_second"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    OVERTURNED = "overturned"


class Verdict(StrEnum):
    """What one person may say about a case."""

    DISMISS = "dismiss"
    UPHOLD = "uphold"


class Remedy(StrEnum):
    """What an appeal may do to a case."""

    OVERTURN = "overturn"


TRANSITIONS: Mapping[tuple[CaseState, Verdict | Remedy], CaseState] = {
    (CaseState.OPEN, Verdict.DISMISS): CaseState.DISMISSED,
    (CaseState.OPEN, Verdict.UPHOLD): CaseState.AWAITING_SECOND,
    (CaseState.AWAITING_SECOND, Verdict.DISMISS): CaseState.DISMISSED,
    (CaseState.AWAITING_SECOND, Verdict.UPHOLD): CaseState.UPHELD,
    (CaseState.UPHELD, Remedy.OVERTURN): CaseState.OVERTURNED,
}

UNDECIDED = frozenset({CaseState.OPEN, CaseState.AWAITING_SECOND})
FOUND_NOTHING = frozenset({CaseState.DISMISSED, CaseState.OVERTURNED})
"""How a case ends of which nothing is left: people found nothing, or an appeal did."""


class Reason(StrEnum):
    """Why a person judged as they did; the list a reviewer chooses from."""

    NOT_VISIBLE = "not_visible"
    ORDINARY = "ordinary"
    TECHNICAL = "technical"
    PERMITTED = "permitted"
    LEFT_THE_SEAT = "left_the_seat"
    HELP_FROM_ANOTHER = "help_from_another"
    ANOTHER_CANDIDATE = "another_candidate"
    FORBIDDEN_MATERIAL = "forbidden_material"
    OTHER = "other"


REASONS: Mapping[Verdict, tuple[Reason, ...]] = {
    Verdict.DISMISS: (Reason.NOT_VISIBLE, Reason.ORDINARY, Reason.TECHNICAL, Reason.PERMITTED, Reason.OTHER),
    Verdict.UPHOLD: (Reason.LEFT_THE_SEAT, Reason.HELP_FROM_ANOTHER, Reason.ANOTHER_CANDIDATE, Reason.FORBIDDEN_MATERIAL, Reason.OTHER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person says about a case: a verdict, a reason from its list, and their own words."""

    verdict: Verdict
    reason_code: Reason
    reason: str

    def checked(self) -> "Judgement":
        """Return it with its text trimmed; raises Invalid when the reason does not fit the verdict or words are missing."""
        text = self.reason.strip()
        if self.reason_code not in REASONS[self.verdict]:
            raise Invalid(f"{self.reason_code} is no reason to {self.verdict}", field="reason_code")
        needs_words = self.verdict is Verdict.UPHOLD or self.reason_code is Reason.OTHER
        if needs_words and len(text) < MIN_REASON:
            raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
        return replace(self, reason=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudication:
    """One person's judgement on one case; never changed, never removed."""

    id: str
    incident_id: IncidentId
    sitting_id: SittingId
    person_id: PersonId
    verdict: Verdict
    reason_code: Reason
    reason: str
    at: datetime
    ordinal: int  # 1 for the first person, 2 for the second


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturning:
    """An upheld appeal that took a case away: who answered it, why; never changed, never removed."""

    incident_id: IncidentId
    sitting_id: SittingId
    grievance_id: GrievanceId
    person_id: PersonId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident set before people."""

    incident_id: IncidentId
    sitting_id: SittingId
    organisation_id: OrganisationId
    state: CaseState
    opened_at: datetime

    def judge(
        self,
        judgement: Judgement,
        *,
        by: PersonId,
        earlier: Sequence[Adjudication],
        now: datetime,
        hearing: Hearing | None = None,
    ) -> tuple["Case", Adjudication]:
        """Return the case after one more person's judgement; raises SecondPersonNeeded, NotHeardYet, IllegalTransition or Invalid."""
        checked = judgement.checked()
        state = advance(TRANSITIONS, self.state, checked.verdict)
        if any(one.person_id == by for one in earlier):
            raise SecondPersonNeeded("you judged this case already; it needs a different person")
        if state is CaseState.UPHELD:
            check_heard(hearing, now)
        adjudication = Adjudication(
            id=new_id("adj", now),
            incident_id=self.incident_id,
            sitting_id=self.sitting_id,
            person_id=by,
            verdict=checked.verdict,
            reason_code=checked.reason_code,
            reason=checked.reason,
            at=now,
            ordinal=len(earlier) + 1,
        )
        return replace(self, state=state), adjudication

    def overturn(self) -> "Case":
        """Return the case as an upheld appeal leaves it; raises IllegalTransition where people did not uphold it."""
        return replace(self, state=advance(TRANSITIONS, self.state, Remedy.OVERTURN))

    def may_see(self, adjudication: Adjudication, viewer: PersonId, earlier: Sequence[Adjudication]) -> bool:
        """Tell whether `viewer` may read it: one's own always; another's only after one's own judgement or when all is decided."""
        return self.shows_the_machine(viewer, earlier) or adjudication.person_id == viewer

    def shows_the_machine(self, viewer: PersonId, earlier: Sequence[Adjudication]) -> bool:
        """Tell whether `viewer` may see the machine's confidence: only after judging, so that the number does not judge for them."""
        return self.state not in UNDECIDED or any(one.person_id == viewer for one in earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """A case that waits for somebody, with what its place in the queue depends on."""

    case: Case
    kind: str
    severity: str | None


class Outcome(StrEnum):
    """What the human side says about a whole sitting."""

    UNFLAGGED = "unflagged"  # the system: nothing was flagged and enough was seen
    CLEARED = "cleared"  # people: every case dismissed
    ADVERSE = "adverse"  # people: a case upheld by two
    ENOUGH_SEEN = "enough_seen"  # one person: too little was seen, yet enough


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctoringDecision:
    """What was decided on a sitting, by whom (None: the system), on how much of it, and up to which flag."""

    id: str
    sitting_id: SittingId
    outcome: Outcome
    decided_at: datetime
    decided_by: PersonId | None
    reason: str
    observable_share: float
    incidents_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is known about how a sitting was watched when a decision is wanted."""

    sealed: bool  # no further answer can arrive
    drained: bool  # every frame received has been looked at
    flags: int  # incidents of tier alert
    cases: tuple[CaseState, ...]
    observable_share: float
    min_observable_share: float

    @property
    def undecided(self) -> int:
        """Flags that people have not decided; a flag without a case is undecided too."""
        decided = sum(state not in UNDECIDED for state in self.cases)
        return max(self.flags - decided, len(self.cases) - decided)

    @property
    def complete(self) -> bool:
        """Whether nothing can still arrive and nothing is undecided."""
        return self.sealed and self.drained and not self.undecided

    @property
    def seen_too_little(self) -> bool:
        """Whether a person has to say that enough was seen."""
        return self.observable_share < self.min_observable_share


def outcome_of(watched: Watched) -> Outcome | None:
    """Return what follows for the sitting, or None while a person (or the stream) has still to act."""
    if not watched.complete:
        return None
    if CaseState.UPHELD in watched.cases:
        return Outcome.ADVERSE
    if watched.seen_too_little:
        return None
    return Outcome.CLEARED if watched.cases else Outcome.UNFLAGGED


def observable_share(observable_s: float, elapsed_s: float) -> float:
    """Return the share of the sitting that could be watched, 0 to 1; time without any feed is in its length too."""
    if elapsed_s <= 0:
        return 0.0
    return max(0.0, min(1.0, observable_s / elapsed_s))
