"""Staff speaks to a session by a form, candidates read it over JSON, and what is missing is said with the words kept."""

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from assessment_engine.storage.people import people
from tests.api.browsers import a_browser, a_program
from tests.builders import World, a_person, an_organisation

ENGLISH, HINDI = "In question 2 read 5 kg.", "प्रश्न 2 में 5 किलो पढ़ें।"


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


def test_what_an_invigilator_says_reaches_the_candidate(app: FastAPI, engine: Engine, world: World) -> None:
    invigilator = a_browser(app, engine, a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Nair"))
    page = f"/invigilator/sessions/{world.session_id}/announcements"
    assert "Nothing was announced yet" in invigilator.get(page).text

    done = invigilator.send(page, text=ENGLISH, text_hi=HINDI, item=world.items[1])

    assert done.headers["location"] == f"{page}?done=said"
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.name == "Ravi Nair").values(name_hi="रवि नायर"))
    assert "रवि नायर" in invigilator.get(f"{page}?lang=hi").text
    shown = invigilator.get(f"{page}?lang=en").text
    assert ENGLISH in shown and HINDI in shown and "Who has question 2" in shown and "Ravi Nair" in shown
    (heard,) = a_program(app, engine, world.candidate).get(f"/api/v1/sittings/{world.sitting_id}/announcements").json()
    assert (heard["text"], heard["text_hi"], heard["item"]) == (ENGLISH, HINDI, world.items[1])


@pytest.mark.parametrize("form", [{"text": ENGLISH, "text_hi": " "}, {"text": "", "text_hi": HINDI}, {"text": "x" * 501, "text_hi": HINDI}])
def test_what_is_missing_is_said_and_the_words_are_kept(app: FastAPI, engine: Engine, world: World, form: dict[str, str]) -> None:
    officer = a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))

    answer = officer.send(f"/invigilator/sessions/{world.session_id}/announcements", **form)

    assert answer.status_code == 422
    assert "Write it in both languages, with at most 500 characters each." in answer.text
    assert all(text in answer.text for text in form.values() if text.strip())
    assert a_program(app, engine, world.candidate).get(f"/api/v1/sittings/{world.sitting_id}/announcements").json() == []


def test_the_page_speaks_hindi(app: FastAPI, engine: Engine, world: World) -> None:
    officer = a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))

    page = officer.get(f"/invigilator/sessions/{world.session_id}/announcements?lang=hi").text

    assert "घोषणा कीजिए" in page and "Announce something" not in page


def test_a_room_that_is_not_of_the_session_is_refused(app: FastAPI, engine: Engine, world: World) -> None:
    officer = a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))

    answer = officer.send(f"/invigilator/sessions/{world.session_id}/announcements", text=ENGLISH, text_hi=HINDI, room="roo_other")

    assert (answer.status_code, "Not announced" in answer.text) == (422, True)


def test_candidates_and_strangers_speak_to_nobody(app: FastAPI, engine: Engine, world: World) -> None:
    stranger = a_person(engine, an_organisation(engine, "Another"), Role.CELL_OFFICER)
    page = f"/invigilator/sessions/{world.session_id}/announcements"

    assert a_browser(app, engine, world.candidate).send(page, text=ENGLISH, text_hi=HINDI).status_code == 403
    assert a_browser(app, engine, stranger).get(page).status_code == 404
    assert a_program(app, engine, stranger).get(f"/api/v1/sittings/{world.sitting_id}/announcements").status_code == 404
