"""An exam (the definition), a session of it (one scheduled window) and a registration (one candidate's place in it).

Records and their rules only; what a sitting does with its time is delivery/timing.py. Stored by storage/exams.py, driven by
services/exams.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.exams.policy import ExamPolicy
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, OrganisationId, PersonId, RegistrationId, RoomId, SessionId
from assessment_engine.kernel.machine import advance

MOST_CHANGE_HOURS = 24 * 60


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
    practice_form_id: FormId | None = None
    state: ExamState = ExamState.OPEN

    def advance(self, verb: ExamVerb) -> "Exam":
        """Return the exam after `verb`; raises IllegalTransition."""
        return replace(self, state=advance(TRANSITIONS, self.state, verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSession:
    """One scheduled window in which candidates may start.

    With `starts_together` everybody's time counts from `opens_at`, whenever they come. `capacity` None is no limit; a `bookable` session
    is a slot that candidates choose themselves, and change or give back until `change_hours` before it opens. `practice_of` names the
    session whose candidates practise here.
    """

    id: SessionId
    exam_id: ExamId
    organisation_id: OrganisationId
    title: str
    opens_at: datetime
    closes_at: datetime
    title_hi: str = ""
    capacity: int | None = None
    bookable: bool = False
    starts_together: bool = False
    practice_of: SessionId | None = None
    change_hours: int = 24

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise Invalid("a session closes after it opens", problem="closes_before_opening")
        if not 0 <= self.change_hours <= MOST_CHANGE_HOURS:
            raise Invalid(f"places are changed until 0 to {MOST_CHANGE_HOURS} hours before the opening")
        if self.capacity is not None and self.capacity < 1:
            raise Invalid("a session has at least one seat")

    @property
    def changes_until(self) -> datetime:
        """Until when a candidate may give back or change a place that they booked."""
        return self.opens_at - timedelta(hours=self.change_hours)

    @property
    def booked_until(self) -> datetime:
        """Until when a place can be taken: who comes after everybody's start would only lose time."""
        return self.opens_at if self.starts_together else self.closes_at


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
    room_id: RoomId | None = None
