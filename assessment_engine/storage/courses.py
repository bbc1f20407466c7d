"""Tables and queries of courses. What a person has completed is read by services/exams.py for eligibility."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assessment_engine.courses import Course, CourseState, Enrolment, EnrolmentState, Module
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import CourseId, OrganisationId, PersonId
from assessment_engine.storage.schema import Instant, metadata

courses = Table(
    "courses",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("code", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("title_hi", String(200), nullable=False),
    Column("summary", Text, nullable=False),
    Column("summary_hi", Text, nullable=False),
    Column("state", String(20), nullable=False),
    UniqueConstraint("organisation_id", "code"),
)

course_modules = Table(
    "course_modules",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("course_id", String(40), ForeignKey("courses.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("title_hi", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hi", Text, nullable=False),
    UniqueConstraint("course_id", "ordinal"),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("course_id", String(40), ForeignKey("courses.id"), nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("completed_at", Instant),
    UniqueConstraint("course_id", "person_id"),
)

module_completions = Table(
    "module_completions",
    metadata,
    Column("enrolment_id", String(40), ForeignKey("enrolments.id"), primary_key=True),
    Column("module_id", String(40), ForeignKey("course_modules.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)


class Courses:
    """Courses, enrolments and progress in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, course: Course) -> None:
        """Store a new course; raises Conflict when the organisation has its code already."""
        try:
            self._connection.execute(insert(courses).values(**asdict(course)))
        except IntegrityError as error:
            raise Conflict("this code is taken", code=course.code) from error

    def save(self, course: Course) -> None:
        """Store the state of a course."""
        self._connection.execute(update(courses).where(courses.c.id == course.id).values(state=course.state))

    def of(self, organisation_id: OrganisationId, course_id: CourseId) -> Course:
        """Return a course of the organisation; raises NotFound."""
        return self._one((courses.c.id == course_id) & (courses.c.organisation_id == organisation_id))

    def all_of(self, organisation_id: OrganisationId) -> list[Course]:
        """Return an organisation's courses by code."""
        query = select(courses).where(courses.c.organisation_id == organisation_id).order_by(courses.c.code)
        return [_course(row) for row in self._connection.execute(query)]

    def add_module(self, module: Module) -> None:
        """Store a module at the end of its course."""
        self._connection.execute(insert(course_modules).values(**asdict(module)))

    def modules(self, course_id: CourseId) -> list[Module]:
        """Return a course's modules in order."""
        query = select(course_modules).where(course_modules.c.course_id == course_id).order_by(course_modules.c.ordinal)
        return [Module(**row._mapping) for row in self._connection.execute(query)]

    def enrol(self, enrolment: Enrolment) -> None:
        """Store a new enrolment; raises Conflict when the person is enrolled already."""
        row = {name: value for name, value in asdict(enrolment).items() if name != "finished"}
        try:
            self._connection.execute(insert(enrolments).values(**row))
        except IntegrityError as error:
            raise Conflict("you are enrolled in this course already") from error

    def enrolment(self, course_id: CourseId, person_id: PersonId) -> Enrolment | None:
        """Return a person's enrolment in a course, if there is one."""
        query = select(enrolments).where(enrolments.c.course_id == course_id, enrolments.c.person_id == person_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._enrolment(row)

    def enrolments_of_course(self, course_id: CourseId) -> list[Enrolment]:
        """Return everybody's enrolment in a course, oldest first."""
        query = select(enrolments).where(enrolments.c.course_id == course_id).order_by(enrolments.c.enrolled_at)
        return [self._enrolment(row) for row in self._connection.execute(query).all()]

    def finish_module(self, enrolment: Enrolment, module_id: str, now: datetime) -> None:
        """Store that a module was finished, and what became of the enrolment."""
        self._connection.execute(insert(module_completions).values(enrolment_id=enrolment.id, module_id=module_id, at=now))
        changed = update(enrolments).where(enrolments.c.id == enrolment.id)
        self._connection.execute(changed.values(state=enrolment.state, completed_at=enrolment.completed_at))

    def completed_at(self, course_id: CourseId, person_id: PersonId) -> datetime | None:
        """Return when a person completed a course, None while they have not: what eligibility asks."""
        query = select(enrolments.c.completed_at).where(enrolments.c.course_id == course_id, enrolments.c.person_id == person_id)
        return self._connection.execute(query).scalar_one_or_none()

    def _one(self, condition: ColumnElement[bool]) -> Course:
        row = self._connection.execute(select(courses).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such course")
        return _course(row)

    def _enrolment(self, row: Row[tuple[object, ...]]) -> Enrolment:
        finished = select(module_completions.c.module_id).where(module_completions.c.enrolment_id == row.id)
        values = {**row._mapping, "state": EnrolmentState(row.state)}
        return Enrolment(**values, finished=frozenset(self._connection.execute(finished).scalars()))


def _course(row: Row[tuple[object, ...]]) -> Course:
    return Course(**{**row._mapping, "state": CourseState(row.state)})
