"""Whether a candidate may take an exam, and the reason that is shown to them. Facts are handed in; services/places.py gathers them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from assessment_engine.exams.exam import Exam, ExamState
from assessment_engine.kernel.ids import CourseId, ExamId


class EligibilityReason(StrEnum):
    """Why somebody may, or may not yet, take an exam."""

    NOTHING_ASKED = "nothing_asked"
    COURSE_COMPLETED = "course_completed"
    COMPETENCY_HELD = "competency_held"
    COURSE_NOT_COMPLETED = "course_not_completed"
    COMPETENCY_MISSING = "competency_missing"
    SITTINGS_USED_UP = "sittings_used_up"
    TOO_SOON = "too_soon"
    PLACE_HELD = "place_held"
    EXAM_CLOSED = "exam_closed"


_YES = frozenset({EligibilityReason.NOTHING_ASKED, EligibilityReason.COURSE_COMPLETED, EligibilityReason.COMPETENCY_HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFacts:
    """What is known of a candidate and an exam. Voided and practice sittings are no sittings here.

    `held_level` is of the competency that the exam's policy names, by a certificate that stands today; 0 is none. `holds_place` is a place
    of this exam that they can still sit, or sit now.
    """

    course_completed: bool = False
    held_level: int = 0
    sat_on: tuple[date, ...] = ()
    holds_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a candidate may take an exam, and the reason that is shown to them; `free_on` is the first day for who comes too soon."""

    exam_id: ExamId
    reason: EligibilityReason
    course_id: CourseId | None = None
    competency: str = ""
    level: int = 0
    most_sittings: int = 0
    free_on: date | None = None

    @property
    def eligible(self) -> bool:
        """Whether the candidate may register."""
        return self.reason in _YES


def eligibility_for(exam: Exam, facts: CandidateFacts, on: date) -> Eligibility:
    """Decide about one candidate who would sit on a day."""
    policy = exam.policy
    free_on = max(facts.sat_on) + timedelta(days=policy.days_between) if facts.sat_on and policy.days_between else None
    return Eligibility(
        exam_id=exam.id,
        reason=_against(exam, facts, free_on, on) or _for(exam),
        course_id=exam.course_id,
        competency=policy.needs_competency,
        level=policy.needs_level if policy.needs_competency else 0,
        most_sittings=policy.most_sittings,
        free_on=free_on,
    )


def _against(exam: Exam, facts: CandidateFacts, free_on: date | None, on: date) -> EligibilityReason | None:
    policy = exam.policy
    if exam.state is ExamState.CLOSED:
        return EligibilityReason.EXAM_CLOSED
    if facts.holds_place:
        return EligibilityReason.PLACE_HELD
    if policy.most_sittings and len(facts.sat_on) >= policy.most_sittings:
        return EligibilityReason.SITTINGS_USED_UP
    if exam.course_id is not None and not facts.course_completed:
        return EligibilityReason.COURSE_NOT_COMPLETED
    if policy.needs_competency and facts.held_level < policy.needs_level:
        return EligibilityReason.COMPETENCY_MISSING
    return EligibilityReason.TOO_SOON if free_on is not None and on < free_on else None


def _for(exam: Exam) -> EligibilityReason:
    if exam.course_id is not None:
        return EligibilityReason.COURSE_COMPLETED
    return EligibilityReason.COMPETENCY_HELD if exam.policy.needs_competency else EligibilityReason.NOTHING_ASKED
