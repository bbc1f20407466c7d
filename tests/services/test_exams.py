from datetime import timedelta

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.exams import EligibilityReason, ExamPolicy, ExamVerb
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotYet
from assessment_engine.kernel.ids import CourseId
from assessment_engine.people import Role
from assessment_engine.services.bookings import eligibility
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import (
    NewExam,
    NewRegistration,
    NewSession,
    create_exam,
    create_session,
    exams,
    move_exam,
    register,
    sessions,
)
from assessment_engine.services.sessions import session_list
from assessment_engine.storage.registrations import SeatQuery
from tests.builders import a_person, add_row, an_organisation, steer
from tests.services.paper import Paper, a_paper


@pytest.fixture
def paper(engine: Engine) -> Paper:
    return a_paper(engine)


def a_new_exam(paper: Paper, **changes: object) -> NewExam:
    plain: dict[str, object] = {"code": "E2", "title": "Exam", "title_hi": "परीक्षा", "form_id": paper.exam.form_id, "duration_s": 600}
    return NewExam(**{**plain, **changes})  # type: ignore[arg-type]


def test_an_exam_keeps_its_policy(any_engine: Engine) -> None:
    paper = a_paper(any_engine)

    (stored,) = exams(any_engine, paper.officer)

    assert stored == paper.exam
    assert len(stored.policy.cut_scores) == 4


@pytest.mark.parametrize("changes", [{"code": " "}, {"title_hi": ""}, {"duration_s": 0}, {"policy": ExamPolicy(outage="forever")}])
def test_an_exam_that_makes_no_sense_is_refused(engine: Engine, paper: Paper, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        create_exam(engine, paper.officer, a_new_exam(paper, **changes))


def test_a_code_is_used_once_in_an_organisation(engine: Engine, paper: Paper) -> None:
    with pytest.raises(Conflict):
        create_exam(engine, paper.officer, a_new_exam(paper, code=paper.exam.code))


def test_a_registered_candidate_has_a_place_and_a_sitting(engine: Engine, paper: Paper) -> None:
    candidate = a_person(engine, paper.officer.organisation_id)

    sitting = register(engine, paper.officer, NewRegistration(session_id=paper.session.id, candidate_id=candidate.person_id, seat="A7"))

    (line,) = session_list(engine, paper.officer, paper.session.id, SeatQuery())
    assert sitting.state is SittingState.REGISTERED
    assert (line.sitting_id, line.name, line.registration.seat) == (sitting.id, "Asha Rao", "A7")


def test_nobody_is_registered_twice_for_a_session(engine: Engine, paper: Paper) -> None:
    new = NewRegistration(session_id=paper.session.id, candidate_id=a_person(engine, paper.officer.organisation_id).person_id)
    register(engine, paper.officer, new)

    with pytest.raises(Conflict):
        register(engine, paper.officer, new)


def test_a_candidate_registers_themselves_but_grants_themselves_nothing(engine: Engine, paper: Paper) -> None:
    candidate, other = (a_person(engine, paper.officer.organisation_id) for _ in range(2))

    for arrangements, who in (({"extra_minutes_per_hour": 50}, candidate), ({}, other)):
        with pytest.raises(NotAllowed):
            new = NewRegistration(session_id=paper.session.id, candidate_id=who.person_id, arrangements=arrangements)
            register(engine, candidate, new)
    register(engine, candidate, NewRegistration(session_id=paper.session.id, candidate_id=candidate.person_id))


def test_an_officer_who_sits_the_exam_gives_themselves_no_more_time(engine: Engine, paper: Paper) -> None:
    own = NewRegistration(session_id=paper.session.id, candidate_id=paper.officer.person_id, arrangements={"extra_minutes_per_hour": 20})

    with pytest.raises(NotAllowed):
        register(engine, paper.officer, own)

    register(engine, paper.second, own)


def test_an_arrangement_that_is_no_rule_is_refused(engine: Engine, paper: Paper) -> None:
    candidate = a_person(engine, paper.officer.organisation_id)

    with pytest.raises(Invalid):
        new = NewRegistration(session_id=paper.session.id, candidate_id=candidate.person_id, arrangements={"extra_minutes_per_hour": "no"})
        register(engine, paper.officer, new)


def test_a_course_that_is_not_completed_keeps_a_candidate_out_and_says_so(engine: Engine, paper: Paper) -> None:
    course_id = CourseId("crs_1")
    words = {"code": "C1", "title": "Course", "title_hi": "पाठ्यक्रम", "summary": "", "summary_hi": "", "state": "open"}
    add_row(engine, "courses", id=course_id, organisation_id=paper.officer.organisation_id, **words)
    exam = create_exam(engine, paper.officer, a_new_exam(paper, course_id=course_id))
    now = engine.clock.now()
    window = NewSession(exam_id=exam.id, title="Later", opens_at=now, closes_at=now + timedelta(hours=1))
    session = create_session(engine, paper.officer, window)
    candidate = a_person(engine, paper.officer.organisation_id)

    decided = eligibility(engine, candidate, exam.id)

    assert (decided.eligible, decided.reason, decided.course_id) == (False, EligibilityReason.COURSE_NOT_COMPLETED, course_id)
    with pytest.raises(NotYet, match="course not completed"):
        register(engine, paper.officer, NewRegistration(session_id=session.id, candidate_id=candidate.person_id))


def test_a_closed_exam_takes_nobody_until_it_is_open_again(engine: Engine, paper: Paper) -> None:
    candidate = a_person(engine, paper.officer.organisation_id)
    new = NewRegistration(session_id=paper.session.id, candidate_id=candidate.person_id)
    move_exam(engine, paper.officer, paper.exam.id, ExamVerb.CLOSE)

    with pytest.raises(NotYet, match="exam closed"):
        register(engine, paper.officer, new)
    move_exam(engine, paper.officer, paper.exam.id, ExamVerb.REOPEN)

    register(engine, paper.officer, new)


def test_a_session_that_is_over_takes_nobody(engine: Engine, paper: Paper) -> None:
    candidate = a_person(engine, paper.officer.organisation_id)
    steer(engine).advance(5 * 3600)

    with pytest.raises(Conflict):
        register(engine, paper.officer, NewRegistration(session_id=paper.session.id, candidate_id=candidate.person_id))


def test_another_organisation_sees_no_exam_session_or_candidate(engine: Engine, paper: Paper) -> None:
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)

    assert exams(engine, stranger) == []
    assert sessions(engine, stranger) == []
    for attempt in (
        lambda: session_list(engine, stranger, paper.session.id, SeatQuery()),
        lambda: eligibility(engine, stranger, paper.exam.id),
        lambda: move_exam(engine, stranger, paper.exam.id, ExamVerb.CLOSE),
        lambda: create_exam(engine, stranger, a_new_exam(paper)),
        lambda: register(engine, stranger, NewRegistration(session_id=paper.session.id, candidate_id=stranger.person_id)),
        lambda: register(engine, paper.officer, NewRegistration(session_id=paper.session.id, candidate_id=stranger.person_id)),
    ):
        with pytest.raises(NotFound):
            attempt()
