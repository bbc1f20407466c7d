"""Courses: tables of states, progress, completion, what it opens and what it never writes."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from assessment_engine.courses import (
    COURSE_TRANSITIONS,
    ENROLMENT_TRANSITIONS,
    CourseState,
    CourseVerb,
    Enrolment,
    EnrolmentState,
    EnrolmentVerb,
    Module,
)
from assessment_engine.exams import EligibilityReason
from assessment_engine.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, NotYet
from assessment_engine.kernel.ids import CourseId, OrganisationId, PersonId
from assessment_engine.kernel.machine import advance
from assessment_engine.people import Actor, Role
from assessment_engine.services import bookings, courses
from assessment_engine.services.courses import NewCourse, NewModule
from assessment_engine.services.engine import Engine
from assessment_engine.storage.competency import competency_records
from assessment_engine.storage.exams import exams as exam_table
from tests.builders import NOON, a_form, a_person, an_exam, an_organisation

COURSE = CourseId("crs_1")
NEW = NewCourse(code="RTI", title="Right to Information", title_hi="सूचना का अधिकार")


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.fixture
def cell(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER, name="Meera")


@pytest.fixture
def learner(engine: Engine, cell: Actor) -> Actor:
    return a_person(engine, cell.organisation_id)


def modules(count: int) -> list[Module]:
    return [
        Module(id=f"mod_{n}", course_id=COURSE, ordinal=n, title="T", title_hi="श", text="Text", text_hi="पाठ") for n in range(1, count + 1)
    ]


def an_open_course(engine: Engine, cell: Actor, count: int = 2) -> CourseId:
    course = courses.add_course(engine, cell, NEW)
    for number in range(count):
        courses.add_module(engine, cell, course.id, NewModule(title=f"Part {number}", title_hi="भाग", text="Text", text_hi="पाठ"))
    courses.open_course(engine, cell, course.id)
    return course.id


def finish_all(engine: Engine, learner: Actor, course_id: CourseId) -> Enrolment:
    courses.enrol(engine, learner, course_id)
    return [
        courses.finish_module(engine, learner, course_id, module.id) for module in courses.my_course(engine, learner, course_id).modules
    ][-1]


@pytest.mark.parametrize(("state", "verb"), list(product(CourseState, CourseVerb)))
def test_every_pair_of_a_course_is_in_the_table_or_refused(state: CourseState, verb: CourseVerb) -> None:
    if (state, verb) in COURSE_TRANSITIONS:
        assert advance(COURSE_TRANSITIONS, state, verb) is COURSE_TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(COURSE_TRANSITIONS, state, verb)


@pytest.mark.parametrize(("state", "verb"), list(product(EnrolmentState, EnrolmentVerb)))
def test_a_completed_enrolment_never_changes_again(state: EnrolmentState, verb: EnrolmentVerb) -> None:
    assert ((state, verb) in ENROLMENT_TRANSITIONS) is (state is EnrolmentState.LEARNING)


@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5)))
def test_a_course_is_completed_by_its_last_module_in_any_order_and_with_repeats(order: list[int], repeats: list[int]) -> None:
    parts = modules(5)
    enrolment = Enrolment(id="enr_1", course_id=COURSE, person_id=PersonId("p"), organisation_id=OrganisationId("o"), enrolled_at=NOON)

    for number in order[:-1]:
        enrolment = enrolment.finish(f"mod_{number}", parts, NOON)
    for number in repeats:
        if number != order[-1]:
            assert enrolment.finish(f"mod_{number}", parts, NOON) is enrolment
    assert enrolment.state is EnrolmentState.LEARNING
    enrolment = enrolment.finish(f"mod_{order[-1]}", parts, NOON)

    assert enrolment.state is EnrolmentState.COMPLETED
    assert enrolment.completed_at == NOON
    assert enrolment.next_module(parts) is None


def test_a_draft_exists_for_the_cell_only(engine: Engine, cell: Actor, learner: Actor) -> None:
    course = courses.add_course(engine, cell, NEW)

    with pytest.raises(NotFound):
        courses.my_course(engine, learner, course.id)
    with pytest.raises(NotYet):
        courses.enrol(engine, learner, course.id)
    assert [view.course.id for view in courses.all_courses(engine, cell)] == [course.id]


def test_a_course_without_a_module_does_not_open(engine: Engine, cell: Actor) -> None:
    course = courses.add_course(engine, cell, NEW)

    with pytest.raises(NotYet):
        courses.open_course(engine, cell, course.id)


def test_an_open_course_gets_no_further_module(engine: Engine, cell: Actor) -> None:
    course_id = an_open_course(engine, cell)

    with pytest.raises(Conflict):
        courses.add_module(engine, cell, course_id, NewModule(title="Late", title_hi="देर", text="Text", text_hi="पाठ"))


def test_what_is_incomplete_is_refused(engine: Engine, cell: Actor) -> None:
    with pytest.raises(Invalid):
        courses.add_course(engine, cell, NewCourse(code=" ", title="T", title_hi="श"))
    course = courses.add_course(engine, cell, NEW)
    with pytest.raises(Conflict):
        courses.add_course(engine, cell, NEW)
    with pytest.raises(Invalid):
        courses.add_module(engine, cell, course.id, NewModule(title="T", title_hi="", text="Text", text_hi="पाठ"))


def test_learners_do_not_write_courses(engine: Engine, learner: Actor) -> None:
    with pytest.raises(NotAllowed):
        courses.add_course(engine, learner, NEW)
    with pytest.raises(NotAllowed):
        courses.all_courses(engine, learner)


def test_enrolling_twice_is_refused_and_changes_nothing(engine: Engine, cell: Actor, learner: Actor) -> None:
    course_id = an_open_course(engine, cell)
    courses.enrol(engine, learner, course_id)

    with pytest.raises(Conflict):
        courses.enrol(engine, learner, course_id)

    assert len(courses.course_of_cell(engine, cell, course_id).learners) == 1


def test_a_closed_course_takes_nobody_new_and_lets_its_learners_finish(engine: Engine, cell: Actor, learner: Actor) -> None:
    course_id = an_open_course(engine, cell, count=1)
    courses.enrol(engine, learner, course_id)
    courses.close_course(engine, cell, course_id)

    with pytest.raises(NotYet):
        courses.enrol(engine, a_person(engine, cell.organisation_id), course_id)
    module = courses.my_course(engine, learner, course_id).modules[0]
    assert courses.finish_module(engine, learner, course_id, module.id).state is EnrolmentState.COMPLETED


def test_only_who_is_enrolled_finishes_modules_and_only_of_that_course(engine: Engine, cell: Actor, learner: Actor) -> None:
    course_id = an_open_course(engine, cell)
    module = courses.my_course(engine, learner, course_id).modules[0]

    with pytest.raises(NotFound):
        courses.finish_module(engine, learner, course_id, module.id)
    courses.enrol(engine, learner, course_id)
    with pytest.raises(NotFound):
        courses.finish_module(engine, learner, course_id, "mod_of_another_course")


def test_finishing_a_module_twice_is_once(engine: Engine, cell: Actor, learner: Actor) -> None:
    course_id = an_open_course(engine, cell)
    courses.enrol(engine, learner, course_id)
    module = courses.my_course(engine, learner, course_id).modules[0]

    first, again = (courses.finish_module(engine, learner, course_id, module.id) for _ in range(2))

    assert first == again
    assert courses.my_course(engine, learner, course_id).finished == 1


def test_completing_the_course_opens_the_exam_that_names_it_and_says_why(engine: Engine, cell: Actor, learner: Actor) -> None:
    course_id = an_open_course(engine, cell)
    form_id, _ = a_form(engine, cell.organisation_id)
    exam_id, _ = an_exam(engine, cell.organisation_id, form_id)
    with engine.store.begin() as tx:
        tx.connection.execute(update(exam_table).where(exam_table.c.id == exam_id).values(course_id=course_id))

    assert bookings.eligibility(engine, learner, exam_id).reason is EligibilityReason.COURSE_NOT_COMPLETED
    finish_all(engine, learner, course_id)
    assert bookings.eligibility(engine, learner, exam_id).reason is EligibilityReason.COURSE_COMPLETED
    assert [offer.eligibility.eligible for offer in bookings.offers(engine, learner)] == [True]


def test_completing_a_course_never_writes_a_competency_record(engine: Engine, cell: Actor, learner: Actor) -> None:
    finish_all(engine, learner, an_open_course(engine, cell))

    with engine.store.read() as tx:
        assert tx.connection.execute(select(func.count()).select_from(competency_records)).scalar_one() == 0


def test_what_belongs_to_another_organisation_does_not_exist(engine: Engine, cell: Actor) -> None:
    course_id = an_open_course(engine, cell)
    elsewhere = an_organisation(engine)
    stranger, officer = a_person(engine, elsewhere), a_person(engine, elsewhere, Role.CELL_OFFICER)

    assert courses.my_courses(engine, stranger) == [] and courses.all_courses(engine, officer) == []
    for attempt in (
        lambda: courses.my_course(engine, stranger, course_id),
        lambda: courses.enrol(engine, stranger, course_id),
        lambda: courses.course_of_cell(engine, officer, course_id),
        lambda: courses.close_course(engine, officer, course_id),
    ):
        with pytest.raises(NotFound):
            attempt()
