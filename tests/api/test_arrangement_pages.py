"""The pages of access arrangements over the real app: nothing typed is lost, and what is refused is said in the reader's words."""

import pytest
from fastapi import FastAPI

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Role
from assessment_engine.services import arrangements
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_world

WHY = "My certificate of disability is beside this."


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.ADMITTED)


@pytest.fixture
def candidate(app: FastAPI, engine: Engine, world: World) -> Browser:
    return a_browser(app, engine, world.candidate)


def test_a_candidate_is_told_in_their_words_and_loses_nothing(world: World, candidate: Browser) -> None:
    path = f"/candidate/sittings/{world.sitting_id}/arrangements"

    half = candidate.send(f"{path}?lang=hi", breaks="2", allowed=["scribe", "read_aloud"], text=WHY)
    much = candidate.send(f"{path}?lang=en", extra="999", allowed=["scribe"], text="short")
    short = candidate.send(path, allowed=["scribe"], text="short")
    paper = candidate.client.post(
        path, data={"_csrf": candidate.csrf, "allowed": "scribe", "text": WHY}, files={"documents": ("a.txt", b"a")}
    )

    assert half.status_code == much.status_code == short.status_code == paper.status_code == 422
    assert "विराम के लिए दोनों चाहिए" in half.text
    assert WHY in half.text and half.text.count(" checked") == 2
    assert 'id="extra-error"' in much.text
    assert "Write between 10 and 4000 characters." in short.text
    assert "a.txt is no PDF, JPEG or PNG." in paper.text
    assert "A scribe who writes for you" in paper.text and "for the candidate" not in paper.text


def test_an_officer_who_gives_less_hears_that_a_second_one_decides(app: FastAPI, engine: Engine, world: World, candidate: Browser) -> None:
    candidate.send(f"/candidate/sittings/{world.sitting_id}/arrangements", extra="20", allowed=["scribe"], text=WHY)
    kavita = a_person(engine, world.organisation_id, Role.CELL_OFFICER)
    officer = a_browser(app, engine, kavita)
    [view] = arrangements.desk(engine, kavita, open_only=True)
    path = f"/cell/arrangements/{view.arrangement.id}"

    asked = officer.get(path).text
    first = officer.send(f"{path}/decide", extra="20", text="The scribe is not needed for this exam.")
    second = officer.send(f"{path}/decide?lang=hi", extra="20", text="The scribe is not needed for this exam.")

    assert "A scribe who writes for the candidate" in asked
    assert first.headers["location"] == f"{path}?done=proposed"
    assert second.status_code == 422
    assert "माँगे से कम देने के लिए दूसरा अधिकारी चाहिए।" in second.text


def test_an_appeal_and_an_enrolment_that_do_not_fit_are_said_on_their_form(
    app: FastAPI, engine: Engine, world: World, candidate: Browser
) -> None:
    path = f"/candidate/sittings/{world.sitting_id}/arrangements"
    candidate.send(path, extra="20", allowed=["scribe"], text=WHY)
    [view] = arrangements.mine(engine, world.candidate, world.sitting_id)[1]
    for _ in range(2):
        officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER)
        a_browser(app, engine, officer).send(f"/cell/arrangements/{view.arrangement.id}/decide", allowed=["scribe"], text=WHY)
    own = f"/candidate/arrangements/{view.arrangement.id}"

    short = candidate.send(f"{own}/appeal", appeal="too short")
    nobody = candidate.send(f"{own}/scribe", name="Meena Iyer")
    form = {"_csrf": candidate.csrf, "name": "Meena Iyer", "declared": "true"}
    text = candidate.client.post(f"{own}/scribe?lang=hi", data=form, files={"face": ("face.txt", b"no picture")})
    taken = candidate.client.post(f"{own}/scribe?lang=en", data=form, files={"face": ("face.jpg", b"\xff\xd8\xff")}, follow_redirects=False)

    assert short.status_code == nobody.status_code == text.status_code == 422
    assert 'id="appeal-error"' in short.text and "too short</textarea>" in short.text
    assert "Write between 10 and 4000 characters." in short.text
    assert 'value="Meena Iyer"' in nobody.text and "Both of you must give the declaration." in nobody.text
    assert 'value="Meena Iyer"' in text.text and "यह JPEG नहीं है" in text.text and text.text.count(" checked") == 1
    assert taken.headers["location"] == f"{path}?done=enrolled"
