"""Whether a candidate may take an exam, and the reason that is shown to them. Facts are handed in; services/exams.py gathers them."""

from dataclasses import dataclass
from enum import StrEnum

from assessment_engine.exams.exam import Exam, ExamState
from assessment_engine.kernel.ids import CourseId, ExamId


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
