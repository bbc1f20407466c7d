"""A course in its smallest whole form: modules to read in order, an enrolment, progress, completion.

Completing a course can make a learner eligible for the exam that names it (exams.py); it never says that they are competent (promise 8).
Stored by storage/courses.py, driven by services/courses.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, NotYet
from assessment_engine.kernel.ids import CourseId, OrganisationId, PersonId
from assessment_engine.kernel.machine import advance


class CourseState(StrEnum):
    """Where a course is: being written, open to learners, or closed to new ones."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class CourseVerb(StrEnum):
    """What the cell does with a course."""

    OPEN = "open"
    CLOSE = "close"


COURSE_TRANSITIONS: Mapping[tuple[CourseState, CourseVerb], CourseState] = {
    (CourseState.DRAFT, CourseVerb.OPEN): CourseState.OPEN,
    (CourseState.OPEN, CourseVerb.CLOSE): CourseState.CLOSED,
    (CourseState.CLOSED, CourseVerb.OPEN): CourseState.OPEN,
}


class EnrolmentState(StrEnum):
    """Where a learner is in a course."""

    LEARNING = "learning"
    COMPLETED = "completed"


class EnrolmentVerb(StrEnum):
    """What happens to an enrolment: one module more, or the last one."""

    ADVANCE = "advance"
    COMPLETE = "complete"


ENROLMENT_TRANSITIONS: Mapping[tuple[EnrolmentState, EnrolmentVerb], EnrolmentState] = {
    (EnrolmentState.LEARNING, EnrolmentVerb.ADVANCE): EnrolmentState.LEARNING,
    (EnrolmentState.LEARNING, EnrolmentVerb.COMPLETE): EnrolmentState.COMPLETED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One part of a course: a title and a text, in both languages."""

    id: str
    course_id: CourseId
    ordinal: int
    title: str
    title_hi: str
    text: str
    text_hi: str

    def checked(self) -> "Module":
        """Return the module; raises Invalid when a title or a text is missing."""
        if not all(part.strip() for part in (self.title, self.title_hi, self.text, self.text_hi)):
            raise Invalid("a module needs a title and a text in both languages")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course of an organisation."""

    id: CourseId
    organisation_id: OrganisationId
    code: str
    title: str
    title_hi: str
    summary: str
    summary_hi: str
    state: CourseState = CourseState.DRAFT

    def checked(self) -> "Course":
        """Return the course; raises Invalid when a code or a title is missing."""
        if not all(part.strip() for part in (self.code, self.title, self.title_hi)):
            raise Invalid("a course needs a code and a title in both languages")
        return self

    def open(self, modules: Sequence[Module]) -> "Course":
        """Open the course to learners; raises NotYet while it has no module."""
        if not modules:
            raise NotYet("a course needs a module before it opens")
        return replace(self, state=advance(COURSE_TRANSITIONS, self.state, CourseVerb.OPEN))

    def close(self) -> "Course":
        """Close the course to new learners; who learns goes on."""
        return replace(self, state=advance(COURSE_TRANSITIONS, self.state, CourseVerb.CLOSE))

    def check_writable(self) -> None:
        """Refuse to change what learners have already begun to read; raises Conflict."""
        if self.state is not CourseState.DRAFT:
            raise Conflict("only a draft can get a module; learners would see the course change under them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """One learner in one course, with the modules they have finished."""

    id: str
    course_id: CourseId
    person_id: PersonId
    organisation_id: OrganisationId
    enrolled_at: datetime
    state: EnrolmentState = EnrolmentState.LEARNING
    completed_at: datetime | None = None
    finished: frozenset[str] = frozenset()

    def finish(self, module_id: str, modules: Sequence[Module], now: datetime) -> "Enrolment":
        """Finish a module; the last one completes the course. Finishing one twice changes nothing. Raises NotFound for a foreign module."""
        if module_id not in {module.id for module in modules}:
            raise NotFound("no such module in this course")
        if module_id in self.finished:
            return self
        finished = self.finished | {module_id}
        if len(finished) < len(modules):
            return replace(self, state=advance(ENROLMENT_TRANSITIONS, self.state, EnrolmentVerb.ADVANCE), finished=finished)
        completed = advance(ENROLMENT_TRANSITIONS, self.state, EnrolmentVerb.COMPLETE)
        return replace(self, state=completed, finished=finished, completed_at=now)

    def next_module(self, modules: Sequence[Module]) -> Module | None:
        """Return the first module that is not finished, None when all are."""
        return next((module for module in modules if module.id not in self.finished), None)
