"""The start page, courses, grievances and people, as a person with a browser goes through them."""

import pytest
from fastapi import FastAPI

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Actor, Role
from assessment_engine.services import courses
from assessment_engine.services.courses import NewCourse, NewModule
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_world, add_row, an_exam


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


@pytest.fixture
def world(engine: Engine) -> World:
    world = a_world(engine, state=SittingState.SUBMITTED)
    with engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE sittings SET submitted_at = started_at")
        tx.connection.exec_driver_sql("UPDATE exams SET code = 'E0'")  # so that `an_exam` can make a second one
    return world


@pytest.fixture
def candidate(app: FastAPI, engine: Engine, world: World) -> Browser:
    return a_browser(app, engine, world.candidate)


def staff(app: FastAPI, engine: Engine, world: World, role: Role) -> tuple[Actor, Browser]:
    person = a_person(engine, world.organisation_id, role, name="Meera Iyer")
    return person, a_browser(app, engine, person)


def test_the_start_page_shows_each_sitting_with_its_state_and_next_step(candidate: Browser, world: World) -> None:
    page = candidate.get("/candidate").text

    assert "Handed in" in page
    assert f'href="/candidate/sittings/{world.sitting_id}"' in page
    assert f'href="/candidate/sittings/{world.sitting_id}/grievance"' in page


def test_the_start_page_says_why_an_exam_is_open_or_not_and_takes_a_registration(
    app: FastAPI, engine: Engine, world: World, candidate: Browser
) -> None:
    cell, officer = staff(app, engine, world, Role.CELL_OFFICER)
    course = courses.add_course(engine, cell, NewCourse(code="RTI", title="Right to Information", title_hi="सूचना का अधिकार"))
    courses.add_module(engine, cell, course.id, NewModule(title="One", title_hi="एक", text="Text", text_hi="पाठ"))
    officer.send(f"/cell/courses/{course.id}/state", state="open")
    _, session_id = an_exam(engine, world.organisation_id, world.form_id)
    with engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE exams SET course_id = ? WHERE id <> ?", (course.id, world.exam_id))

    assert "It asks for the course “Right to Information”. Complete it first." in candidate.get("/candidate").text
    assert candidate.send("/candidate/registrations", session_id=session_id).status_code == 409
    candidate.send(f"/candidate/courses/{course.id}/enrol")
    following = candidate.get(f"/candidate/courses/{course.id}").text.split("/modules/")[1].split('"')[0]
    done = candidate.send(f"/candidate/courses/{course.id}/modules/{following}/finish")

    assert done.headers["location"] == f"/candidate/courses/{course.id}?done=completed"
    assert "Because you completed the course “Right to Information” on 23 Nov 2026." in candidate.get("/candidate").text
    assert candidate.send("/candidate/registrations", session_id=session_id).headers["location"] == "/candidate?done=registered"
    assert "Check camera and connection" in candidate.get("/candidate").text


def test_a_flag_is_contested_answered_and_its_history_is_seen_by_both(
    app: FastAPI, engine: Engine, world: World, candidate: Browser
) -> None:
    _, officer = staff(app, engine, world, Role.GRIEVANCE_OFFICER)
    now = engine.clock.now()
    row = {"id": "inc_1", "sitting_id": world.sitting_id, "organisation_id": world.organisation_id, "rule": "nobody", "first_seq": 1}
    facts = {"kind": "nobody", "tier": "alert", "severity": "high", "confidence": 0.9, "start_s": 1.0, "end_s": 2.0}
    add_row(engine, "incidents", **row, **facts, opened_at=now, raised_at=now, ended_at=None, item_id=None, trace={}, models={})
    place = {"sitting_id": world.sitting_id, "organisation_id": world.organisation_id}
    add_row(engine, "cases", incident_id="inc_1", **place, state="upheld", opened_at=now)

    form = f"/candidate/sittings/{world.sitting_id}/grievance"
    assert "For a while nobody was in the picture." in candidate.get(form).text
    short = candidate.send(form, subject="inc_1", text="no")
    assert short.status_code == 422 and "at least ten characters" in short.text
    filed = candidate.send(form, subject="inc_1", text="The lamp fell over; I never left my seat.")
    grievance = filed.headers["location"].split("?")[0].rsplit("/", 1)[1]

    desk = officer.get("/grievances").text
    assert "21 days left" in desk and grievance in desk
    unsaid = officer.send(f"/grievances/{grievance}/resolve", outcome="upheld", reason="")
    assert unsaid.status_code == 422
    officer.send(f"/grievances/{grievance}/resolve", outcome="not_upheld", reason="The lamp cannot be seen falling.")

    seen = candidate.get(f"/candidate/grievances/{grievance}").text
    assert "Not upheld" in seen and "The lamp cannot be seen falling." in seen
    assert "Meera Iyer" not in seen
    assert "Meera Iyer" in officer.get(f"/grievances/{grievance}").text
    assert grievance in officer.get("/grievances?show=ended").text


def test_the_cell_writes_a_course_and_what_is_missing_is_said_beside_the_form(app: FastAPI, engine: Engine, world: World) -> None:
    _, cell = staff(app, engine, world, Role.CELL_OFFICER)

    missing = cell.send("/cell/courses/new", code="RTI", title="Right to Information")
    made = cell.send("/cell/courses/new", code="RTI", title="Right to Information", title_hi="सूचना का अधिकार")
    again = cell.send("/cell/courses/new", code="RTI", title="Right to Information", title_hi="सूचना का अधिकार")
    place = made.headers["location"].split("?")[0]

    assert missing.status_code == 422 and "A course needs a code and a title in both languages." in missing.text
    assert again.status_code == 422 and "This code is taken." in again.text
    assert cell.send(f"{place}/state", state="open").status_code == 409
    assert cell.send(f"{place}/modules", title="One").status_code == 422
    cell.send(f"{place}/modules", title="One", title_hi="एक", text="First.\n\nSecond.", text_hi="पहला।")
    assert "<p>Second.</p>" in cell.get(place).text


def test_the_cell_adds_a_candidate_who_can_then_sign_in_and_gets_a_new_password(app: FastAPI, engine: Engine, world: World) -> None:
    _, cell = staff(app, engine, world, Role.CELL_OFFICER)
    ravi = {"login": "ravi", "name": "Ravi Menon", "name_hi": "रवि मेनन", "password": "correct horse"}

    assert cell.send("/cell/people/new", **{**ravi, "password": "short"}).status_code == 422
    assert cell.send("/cell/people/new", **ravi).headers["location"] == "/cell/people?done=added"
    assert "This log-in is taken." in cell.send("/cell/people/new", **ravi).text

    everybody, candidates = cell.get("/cell/people").text, cell.get("/cell/people?role=candidate").text
    assert "Ravi Menon" in candidates and "cell_officer" in everybody and "meera-" in everybody and "meera-" not in candidates
    assert "रवि मेनन" in cell.get("/cell/people?q=ravi&lang=hi").text
    assert "Nobody matches" in cell.get("/cell/people?q=nobody+so+called&lang=en").text
    ravi_page = cell.get("/cell/people?q=ravi&lang=en").text.split('scope="row"><a href="')[1].split('"')[0]
    assert cell.send(f"{ravi_page}/password", password="short").status_code == 422
    assert cell.send(f"{ravi_page}/password", password="battery staple").headers["location"] == f"{ravi_page}?done=password"
    answer = cell.client.post("/api/v1/login", json={"login": "ravi", "password": "battery staple"})
    assert answer.json()["roles"] == ["candidate"]


def test_sort_and_search_live_in_the_address(app: FastAPI, engine: Engine, world: World) -> None:
    _, cell = staff(app, engine, world, Role.CELL_OFFICER)

    page = cell.get("/cell/people?sort=-name&q=a").text

    table = page.split("<tbody>")[1]
    assert table.index("Meera Iyer") < table.index("Asha Rao")
    assert 'aria-sort="descending"' in page
    assert "sort=name" in page


def test_the_language_is_remembered(candidate: Browser) -> None:
    assert "मेरी परीक्षाएँ" in candidate.get("/candidate?lang=hi").text
    assert "मेरी परीक्षाएँ" in candidate.get("/candidate").text
    assert "My exams" in candidate.get("/candidate?lang=en").text
