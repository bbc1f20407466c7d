"""An exam (the definition), a session of it (one scheduled window) and a registration (one candidate's place in it).

Records and their rules only; what a sitting does with its time is delivery/timing.py. Stored by storage/exams.py, driven by
services/exams.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, OrganisationId, PersonId, RegistrationId, SessionId
from assessment_engine.kernel.machine import advance
from proctoring.policy import Kind

SIGNALS = tuple(
    str(kind) for kind in (Kind.NOBODY, Kind.SEVERAL_PEOPLE, Kind.DIFFERENT_PERSON, Kind.PHONE, Kind.LOOKING_AWAY, Kind.TALKING)
)
"""What an exam may have watched; an access arrangement can switch any of them off."""

EVERY_COMPETENCY = "*"
LEVELS = 4
MOST_EVIDENCE_DAYS = 3650


class ExamState(StrEnum):
    """Whether sessions may still be added."""

    OPEN = "open"
    CLOSED = "closed"


class ExamVerb(StrEnum):
    """What can be done to an exam."""

    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS: Mapping[tuple[ExamState, ExamVerb], ExamState] = {
    (ExamState.OPEN, ExamVerb.CLOSE): ExamState.CLOSED,
    (ExamState.CLOSED, ExamVerb.REOPEN): ExamState.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPolicy:
    """The rules that an exam promises before anybody sits it.

    `cut_scores` gives, by competency id (or `*` for every other), the share of its marks that each level asks for, level 1 first.
    `grace_s` and `outage` are read by delivery/timing.py. `evidence_days` is how long pictures are kept after the decision on a sitting.
    """

    pass_share: Decimal = Decimal("0.40")
    cut_scores: Mapping[str, tuple[Decimal, ...]] = field(
        default_factory=lambda: {EVERY_COMPETENCY: (Decimal("0.40"), Decimal("0.55"), Decimal("0.70"), Decimal("0.85"))}
    )
    false_alert_budget: float = 0.05
    min_observable_share: float = 0.8
    signals: tuple[str, ...] = SIGNALS
    grace_s: int = 5
    outage: str = "time_runs_on"
    evidence_days: int = 90

    def __post_init__(self) -> None:
        shares = (self.pass_share, Decimal(str(self.min_observable_share)))
        if not all(0 <= share <= 1 for share in shares) or self.false_alert_budget < 0:
            raise Invalid("a share is between 0 and 1, and a budget is not negative")
        if not 1 <= self.evidence_days <= MOST_EVIDENCE_DAYS:
            raise Invalid(f"evidence is kept for 1 to {MOST_EVIDENCE_DAYS} days")
        if unknown := sorted(set(self.signals) - set(SIGNALS)):
            raise Invalid(f"no such signal: {', '.join(unknown)}")
        for cuts in self.cut_scores.values():
            if not cuts or len(cuts) > LEVELS or list(cuts) != sorted(set(cuts)) or not 0 <= cuts[0] <= cuts[-1] <= 1:
                raise Invalid(f"cut scores are up to {LEVELS} growing shares between 0 and 1")

    @property
    def document(self) -> Mapping[str, Json]:
        """The policy as JSON; shares that decide about a person are text, so that they stay exact."""
        return {
            "pass_share": str(self.pass_share),
            "cut_scores": {key: [str(cut) for cut in cuts] for key, cuts in self.cut_scores.items()},
            "false_alert_budget": self.false_alert_budget,
            "min_observable_share": self.min_observable_share,
            "signals": list(self.signals),
            "grace_s": self.grace_s,
            "outage": self.outage,
            "evidence_days": self.evidence_days,
        }


def policy_of(document: Mapping[str, object]) -> ExamPolicy:
    """Read what `ExamPolicy.document` wrote; what is absent has its default. Raises Invalid."""
    plain = ExamPolicy()
    cuts, signals = document.get("cut_scores"), document.get("signals")
    return ExamPolicy(
        pass_share=_share(document.get("pass_share", plain.pass_share)),
        cut_scores=plain.cut_scores if cuts is None else _cuts(cuts),
        false_alert_budget=_number(document.get("false_alert_budget", plain.false_alert_budget)),
        min_observable_share=_number(document.get("min_observable_share", plain.min_observable_share)),
        signals=plain.signals if signals is None else _words(signals),
        grace_s=int(_number(document.get("grace_s", plain.grace_s))),
        outage=str(document.get("outage", plain.outage)),
        evidence_days=int(_number(document.get("evidence_days", plain.evidence_days))),
    )


def _share(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Invalid(f"a share is a number, not {value!r}") from None


def _number(value: object) -> float:
    return float(_share(value))


def _cuts(value: object) -> Mapping[str, tuple[Decimal, ...]]:
    if not isinstance(value, Mapping):
        raise Invalid("cut_scores names the shares of each competency")
    return {str(key): tuple(_share(cut) for cut in cuts) for key, cuts in value.items()}


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("signals is a list of names")
    return tuple(str(word) for word in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """What is examined, with which paper, for how long, under which rules."""

    id: ExamId
    organisation_id: OrganisationId
    code: str
    title: str
    title_hi: str
    form_id: FormId
    duration_s: int
    policy: ExamPolicy
    course_id: CourseId | None = None
    state: ExamState = ExamState.OPEN

    def advance(self, verb: ExamVerb) -> "Exam":
        """Return the exam after `verb`; raises IllegalTransition."""
        return replace(self, state=advance(TRANSITIONS, self.state, verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSession:
    """One scheduled window in which candidates may start."""

    id: SessionId
    exam_id: ExamId
    organisation_id: OrganisationId
    title: str
    opens_at: datetime
    closes_at: datetime

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise Invalid("a session closes after it opens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One candidate's place in a session; `arrangements` are rules (extra time, signals switched off), not notes."""

    id: RegistrationId
    session_id: SessionId
    candidate_id: PersonId
    organisation_id: OrganisationId
    seat: str | None = None
    portrait_blob: str | None = None
    document_blob: str | None = None
    arrangements: Mapping[str, Json] = field(default_factory=dict)


class EligibilityReason(StrEnum):
    """Why somebody may, or may not yet, take an exam."""

    NOTHING_ASKED = "nothing_asked"
    COURSE_COMPLETED = "course_completed"
    COURSE_NOT_COMPLETED = "course_not_completed"
    EXAM_CLOSED = "exam_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a candidate may take an exam, and the reason that is shown to them."""

    exam_id: ExamId
    reason: EligibilityReason
    course_id: CourseId | None = None

    @property
    def eligible(self) -> bool:
        """Whether the candidate may register."""
        return self.reason in (EligibilityReason.NOTHING_ASKED, EligibilityReason.COURSE_COMPLETED)


def eligibility_for(exam: Exam, *, course_completed: bool) -> Eligibility:
    """Decide about one candidate, whose completion of the exam's course (if it asks for one) is known."""
    if exam.state is ExamState.CLOSED:
        reason = EligibilityReason.EXAM_CLOSED
    elif exam.course_id is None:
        reason = EligibilityReason.NOTHING_ASKED
    else:
        reason = EligibilityReason.COURSE_COMPLETED if course_completed else EligibilityReason.COURSE_NOT_COMPLETED
    return Eligibility(exam_id=exam.id, reason=reason, course_id=exam.course_id)
