"""The gallery of question types and trying an item of the bank: what the server says of an answer, attempt after attempt."""

import json
from collections.abc import Iterator

import pytest

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.samples import KINDS
from tests.api.browsers import Browser, a_browser
from tests.builders import a_person, a_world, an_organisation


@pytest.fixture
def officer(engine: Engine) -> Iterator[Browser]:
    yield a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))


def tried(browser: Browser, address: str, response: object, **form: str) -> str:
    answer = browser.send(address, response=json.dumps(response), **form)
    assert answer.status_code == 200, answer.text[:500]
    return str(answer.text)


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_gallery_shows_every_sample(officer: Browser, lang: str) -> None:
    html = officer.client.get(f"/cell/items/gallery?show={lang}&lang={lang}").text

    assert [name for name in KINDS if f'id="try-{name}"' not in html] == []
    assert "qti-value" not in html


def test_a_right_answer_has_all_marks_and_its_outcomes_in_words(officer: Browser) -> None:
    html = tried(officer, "/cell/items/gallery/choice/try", {"RESPONSE": "A"})

    assert "Score 1 of 1" in html
    assert "MAXSCORE" in html
    assert 'value="A" id="choice-RESPONSE-A"' in html


def test_an_answer_that_does_not_fit_is_said_kindly(officer: Browser) -> None:
    html = tried(officer, "/cell/items/gallery/choice/try", {"RESPONSE": "Z"})

    assert "This answer does not fit the question" in html
    assert "Score" not in html


def test_an_adaptive_question_goes_on_from_attempt_to_attempt(officer: Browser) -> None:
    address = "/cell/items/gallery/end-attempt/try"
    hint, wrong, right = {"HINT": "true"}, {"RESPONSE": "A"}, {"RESPONSE": "B"}

    assert "about one month" in tried(officer, address, hint)
    assert "2 attempts so far" in tried(officer, address, wrong, attempts=json.dumps([hint]))
    html = tried(officer, address, right, attempts=json.dumps([hint, wrong]))

    assert "The question is completed." in html
    assert "Score 1 of 2" in html
    assert "thirty days from the receipt" in html


def test_numbers_stay_those_that_were_drawn(officer: Browser) -> None:
    pages = [officer.client.get(f"/cell/items/gallery/template?drawn={drawn}").text for drawn in (1, 1, 2, 3, 4)]
    shown = [page[page.index("A section uses") :][:200] for page in pages]

    assert shown[0] == shown[1]
    assert len(set(shown)) > 1


def test_pictures_of_samples_are_served_and_nothing_else_is(officer: Browser) -> None:
    picture = officer.client.get("/cell/items/gallery/media/river.svg")

    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.headers["content-security-policy"] == "sandbox"
    assert officer.client.get("/cell/items/gallery/media/..%2Forder.en.xml").status_code == 404
    assert officer.client.get("/cell/items/gallery/nothing").status_code == 404


@pytest.mark.parametrize("attempts", ["{", "{}", "null"])
def test_attempts_that_cannot_be_read_are_refused(officer: Browser, attempts: str) -> None:
    assert officer.send("/cell/items/gallery/choice/try", response="{}", attempts=attempts).status_code == 422


def test_candidates_see_no_gallery(engine: Engine) -> None:
    candidate = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine)))

    for path in ("/cell/items/gallery", "/cell/items/gallery/choice", "/cell/items/gallery/media/river.svg"):
        assert candidate.client.get(path).status_code == 403, path


def test_an_item_of_the_bank_can_be_tried(engine: Engine) -> None:
    world = a_world(engine)
    officer = a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))
    address = f"/cell/items/{world.items[0]}"

    assert f'action="{address}/try"' in officer.client.get(address).text
    assert "Score 1 of 1" in tried(officer, f"{address}/try", {"RESPONSE": "A"})
    assert "Score 0 of 1" in tried(officer, f"{address}/try", {"RESPONSE": "B"})
    for role in (Role.ITEM_AUTHOR, Role.ITEM_REVIEWER):
        reader = a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, role))
        assert "Score 1 of 1" in tried(reader, f"{address}/try", {"RESPONSE": "A"})
    candidate = a_browser(create_app(engine), engine, a_person(engine, world.organisation_id))
    assert candidate.send(f"{address}/try", response="{}").status_code == 403
    assert stranger.send(f"{address}/try", response="{}").status_code == 404
