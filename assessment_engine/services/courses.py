"""Courses: the cell writes and opens them, learners enrol, read and complete. No competency record is ever written here."""

from dataclasses import dataclass, field

from assessment_engine.courses import Course, CourseState, Enrolment, EnrolmentState, Module
from assessment_engine.kernel.errors import NotFound, NotYet
from assessment_engine.kernel.ids import CourseId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.events import ExamEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCourse:
    """What is asked for a course to be added."""

    code: str
    title: str
    title_hi: str
    summary: str = ""
    summary_hi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModule:
    """What is asked for a module to be added."""

    title: str
    title_hi: str
    text: str
    text_hi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """A course with its modules and where the one who asks is in it."""

    course: Course
    modules: tuple[Module, ...]
    enrolment: Enrolment | None = None
    learners: tuple[Enrolment, ...] = field(default=())

    @property
    def finished(self) -> int:
        """How many modules the reader has finished."""
        return len(self.enrolment.finished) if self.enrolment else 0

    @property
    def completed(self) -> bool:
        """Whether the reader completed the course."""
        return self.enrolment is not None and self.enrolment.state is EnrolmentState.COMPLETED


def add_course(engine: Engine, actor: Actor, new: NewCourse) -> Course:
    """Add a course as a draft; raises Invalid or Conflict."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    course = Course(
        id=CourseId(new_id("crs", now)),
        organisation_id=actor.organisation_id,
        code=new.code.strip(),
        title=new.title.strip(),
        title_hi=new.title_hi.strip(),
        summary=new.summary.strip(),
        summary_hi=new.summary_hi.strip(),
    ).checked()
    with engine.store.begin() as tx:
        tx.courses.add(course)
        tx.audit.append("course_added", subject=course.id, actor=actor.person_id, now=now)
    return course


def add_module(engine: Engine, actor: Actor, course_id: CourseId, new: NewModule) -> Module:
    """Add a module to the end of a draft; raises Invalid or Conflict."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.courses.of(actor.organisation_id, course_id).check_writable()
        module = Module(
            id=new_id("mod", now),
            course_id=course_id,
            ordinal=len(tx.courses.modules(course_id)) + 1,
            title=new.title.strip(),
            title_hi=new.title_hi.strip(),
            text=new.text.strip(),
            text_hi=new.text_hi.strip(),
        ).checked()
        tx.courses.add_module(module)
    return module


def open_course(engine: Engine, actor: Actor, course_id: CourseId) -> Course:
    """Open a course to learners; raises NotYet while it has no module."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.begin() as tx:
        course = tx.courses.of(actor.organisation_id, course_id).open(tx.courses.modules(course_id))
        tx.courses.save(course)
        tx.audit.append("course_opened", subject=course.id, actor=actor.person_id, now=engine.clock.now())
    return course


def close_course(engine: Engine, actor: Actor, course_id: CourseId) -> Course:
    """Close a course to new learners."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.begin() as tx:
        course = tx.courses.of(actor.organisation_id, course_id).close()
        tx.courses.save(course)
        tx.audit.append("course_closed", subject=course.id, actor=actor.person_id, now=engine.clock.now())
    return course


def all_courses(engine: Engine, actor: Actor) -> list[CourseView]:
    """Return every course of the organisation with its learners, for the cell."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return [
            CourseView(
                course=course, modules=tuple(tx.courses.modules(course.id)), learners=tuple(tx.courses.enrolments_of_course(course.id))
            )
            for course in tx.courses.all_of(actor.organisation_id)
        ]


def course_of_cell(engine: Engine, actor: Actor, course_id: CourseId) -> CourseView:
    """Return one course with its learners, for the cell; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        course = tx.courses.of(actor.organisation_id, course_id)
        return CourseView(
            course=course, modules=tuple(tx.courses.modules(course_id)), learners=tuple(tx.courses.enrolments_of_course(course_id))
        )


def my_courses(engine: Engine, actor: Actor) -> list[CourseView]:
    """Return the courses a learner can begin or has begun."""
    with engine.store.read() as tx:
        views = [
            CourseView(
                course=course,
                modules=tuple(tx.courses.modules(course.id)),
                enrolment=tx.courses.enrolment(course.id, actor.person_id),
            )
            for course in tx.courses.all_of(actor.organisation_id)
        ]
    return [view for view in views if view.enrolment or view.course.state is CourseState.OPEN]


def my_course(engine: Engine, actor: Actor, course_id: CourseId) -> CourseView:
    """Return one course as a learner reads it; a draft does not exist for them (NotFound)."""
    found = next((view for view in my_courses(engine, actor) if view.course.id == course_id), None)
    if found is None:
        raise NotFound("no such course")
    return found


def enrol(engine: Engine, actor: Actor, course_id: CourseId) -> Enrolment:
    """Enrol in an open course; raises NotYet when it is not open, Conflict when enrolled already."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        course = tx.courses.of(actor.organisation_id, course_id)
        if course.state is not CourseState.OPEN:
            raise NotYet("this course is not open to new learners")
        enrolment = Enrolment(
            id=new_id("enr", now), course_id=course.id, person_id=actor.person_id, organisation_id=actor.organisation_id, enrolled_at=now
        )
        tx.courses.enrol(enrolment)
        tx.events.record(
            ExamEvent(kind="course_enrolled", at=now, organisation_id=actor.organisation_id, actor_id=actor.person_id, subject=course.id)
        )
    return enrolment


def finish_module(engine: Engine, actor: Actor, course_id: CourseId, module_id: str) -> Enrolment:
    """Finish a module; the last one completes the course. Finishing one twice changes nothing."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        course = tx.courses.of(actor.organisation_id, course_id)
        before = tx.courses.enrolment(course_id, actor.person_id)
        if before is None:
            raise NotFound("you are not enrolled in this course")
        after = before.finish(module_id, tx.courses.modules(course_id), now)
        if after is before:
            return before
        tx.courses.finish_module(after, module_id, now)
        if after.state is EnrolmentState.COMPLETED:
            tx.audit.append("course_completed", subject=after.id, actor=actor.person_id, now=now, payload={"course": course.code})
            tx.events.record(
                ExamEvent(
                    kind="course_completed", at=now, organisation_id=actor.organisation_id, actor_id=actor.person_id, subject=course.id
                )
            )
    return after
