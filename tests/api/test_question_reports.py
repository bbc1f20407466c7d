"""A reported question goes from the candidate's page to the cell's list, where it is answered; no other list has its words."""

import csv
import io

import pytest
from fastapi import FastAPI

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser, a_program
from tests.builders import World, a_person

PAGE = "/cell/question-reports"
WORDS = "=Two answers are right"


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


@pytest.fixture
def officer(app: FastAPI, engine: Engine, world: World) -> Browser:
    return a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))


def report(app: FastAPI, engine: Engine, world: World, **changes: object) -> tuple[int, str]:
    body = {"item": world.items[0], "language": "hi", "text": WORDS, **changes}
    answer = a_program(app, engine, world.candidate).post(f"/api/v1/sittings/{world.sitting_id}/question-reports", json=body)
    return answer.status_code, answer.json().get("id") or answer.json()["error"]["code"]


def test_an_empty_list_teaches_where_reports_come_from(officer: Browser) -> None:
    assert "Report this question" in officer.get(PAGE).text
    assert "इस प्रश्न में गड़बड़ी बताएँ" in officer.get(f"{PAGE}?lang=hi").text


def test_a_report_is_listed_with_version_and_language_and_links_to_the_item(
    app: FastAPI, engine: Engine, world: World, officer: Browser
) -> None:
    status, report_id = report(app, engine, world)

    page = officer.get(PAGE).text

    assert status == 201
    assert WORDS in page and report_id in page
    assert f"/cell/items/{world.items[0]}?show=hi" in page
    assert "1 report waits." in page


def test_filters_are_in_the_address(app: FastAPI, engine: Engine, world: World, officer: Browser) -> None:
    report(app, engine, world)
    report(app, engine, world, item=world.items[1], language="en", text="The picture is missing")

    assert WORDS not in officer.get(f"{PAGE}?language=en").text
    assert WORDS not in officer.get(f"{PAGE}?item={world.items[1]}").text
    assert WORDS in officer.get(f"{PAGE}?item={world.items[0]}&state=new&sort=-time").text
    assert "No report fits this filter" in officer.get(f"{PAGE}?state=answered").text


def test_a_report_is_answered_with_a_note_and_opened_again(app: FastAPI, engine: Engine, world: World, officer: Browser) -> None:
    _, report_id = report(app, engine, world)

    without = officer.send(f"{PAGE}/{report_id}", verb="answer", note=" ", back="?state=new")
    answered = officer.send(f"{PAGE}/{report_id}", verb="answer", note="B is right; A is not.", back="?state=new")

    assert without.headers["location"].startswith(f"{PAGE}?state=new&problem=note")
    assert answered.headers["location"] == f"{PAGE}?state=new&done=answer"
    assert "B is right; A is not." in officer.get(f"{PAGE}?state=answered").text
    assert officer.send(f"{PAGE}/{report_id}", verb="dismiss", note="late").headers["location"] == f"{PAGE}?problem=moved_on"
    assert officer.send(f"{PAGE}/{report_id}", verb="reopen").headers["location"] == f"{PAGE}?done=reopen"


def test_the_csv_has_what_the_list_shows_and_no_formula(app: FastAPI, engine: Engine, world: World, officer: Browser) -> None:
    report(app, engine, world)
    report(app, engine, world, language="en", text="The picture is missing")

    rows = list(csv.DictReader(io.StringIO(officer.get(f"{PAGE}.csv?language=hi").content.decode("utf-8-sig"))))

    assert [(row["version_id"], row["text"], row["state"]) for row in rows] == [(world.items[0], f"'{WORDS}", "new")]


def test_bad_reports_have_a_stable_code(app: FastAPI, engine: Engine, world: World) -> None:
    assert report(app, engine, world, text="") == (422, "invalid")
    assert report(app, engine, world, text="x" * 1001) == (422, "invalid")
    assert report(app, engine, world, language="fr") == (422, "invalid")
    assert report(app, engine, world, item="itv_other") == (422, "unknown_item")
    other = a_person(engine, world.organisation_id, name="Bina Das")
    body = {"item": world.items[0], "language": "en", "text": WORDS}
    assert a_program(app, engine, other).post(f"/api/v1/sittings/{world.sitting_id}/question-reports", json=body).status_code == 404


def test_an_event_cannot_carry_the_words(app: FastAPI, engine: Engine, world: World) -> None:
    body = {"kind": "question_reported", "item": world.items[0], "data": {"text": WORDS}}

    answer = a_program(app, engine, world.candidate).post(f"/api/v1/sittings/{world.sitting_id}/question-reports", json=body)

    assert answer.status_code == 422


def test_only_the_cell_reads_reports(app: FastAPI, engine: Engine, world: World) -> None:
    report(app, engine, world)

    assert a_browser(app, engine, world.candidate).get(PAGE).status_code == 403
    assert a_browser(app, engine, a_person(engine, world.organisation_id, Role.INVIGILATOR)).get(PAGE).status_code == 403
