"""The way into the exam, page by page and as JSON."""

import pytest

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Role
from assessment_engine.services import checkin
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_world, an_organisation

FACE = b"\xff\xd8\xff\xe0 a face"


def at_the(state: SittingState, engine: Engine) -> tuple[World, Browser, str]:
    """A candidate whose sitting is in this state, in their browser; and the sitting's path."""
    world = a_world(engine, state=state)
    return world, a_browser(create_app(engine), engine, world.candidate), f"/candidate/sittings/{world.sitting_id}"


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (SittingState.REGISTERED, "check"),
        (SittingState.CONSENTED, "checkin"),
        (SittingState.ADMITTED, "calibrate"),
        (SittingState.IN_PROGRESS, "exam"),
        (SittingState.SUBMITTED, "done"),
    ],
)
def test_a_sitting_leads_to_the_step_that_is_due(engine: Engine, state: SittingState, step: str) -> None:
    _, browser, path = at_the(state, engine)

    assert browser.get(path).headers["location"] == f"{path}/{step}"


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize(
    ("state", "step"),
    [
        (SittingState.REGISTERED, "check"),
        (SittingState.REGISTERED, "notice"),
        (SittingState.REGISTERED, "camera/denied"),
        (SittingState.REGISTERED, "camera/absent"),
        (SittingState.REGISTERED, "camera/in_use"),
        (SittingState.REGISTERED, "camera/black"),
        (SittingState.CONSENTED, "checkin"),
        (SittingState.ADMITTED, "calibrate"),
    ],
)
def test_every_step_is_a_page_in_both_languages(engine: Engine, state: SittingState, step: str, lang: str) -> None:
    _, browser, path = at_the(state, engine)

    answer = browser.get(f"{path}/{step}?lang={lang}")

    assert answer.status_code == 200
    assert answer.headers["content-language"] == lang


def test_a_step_that_is_not_due_leads_to_the_one_that_is(engine: Engine) -> None:
    _, browser, path = at_the(SittingState.CONSENTED, engine)

    assert browser.get(f"{path}/notice").headers["location"] == f"{path}/checkin"
    assert browser.get(f"{path}/calibrate").headers["location"] == f"{path}/checkin"


def test_consent_is_given_in_the_language_that_was_read(engine: Engine) -> None:
    world, browser, path = at_the(SittingState.REGISTERED, engine)

    assert browser.send(f"{path}/consent", agreed="1", language="hi").headers["location"] == f"{path}/checkin"
    with engine.store.read() as tx:
        assert tx.sittings.get(world.sitting_id).language == "hi"


def test_without_the_tick_there_is_no_consent(engine: Engine) -> None:
    _, browser, path = at_the(SittingState.REGISTERED, engine)

    assert browser.send(f"{path}/consent", language="en").status_code == 422


def test_declining_the_camera_leads_to_a_seat_in_a_centre(engine: Engine) -> None:
    _, browser, path = at_the(SittingState.REGISTERED, engine)

    back = browser.send(f"{path}/decline-camera").headers["location"]

    assert "A seat in a centre is kept for you" in browser.get(back).text


def test_a_call_comes_back_to_the_page_it_was_made_from(engine: Engine) -> None:
    _, browser, path = at_the(SittingState.REGISTERED, engine)

    assert browser.send(f"{path}/call", problem="black").headers["location"] == f"{path}/camera/black?done=called"
    assert browser.send(f"{path}/call", problem="nonsense").status_code == 422


def test_a_face_is_sent_and_the_queue_goes_on_to_the_dots(engine: Engine) -> None:
    world, browser, path = at_the(SittingState.CONSENTED, engine)
    invigilator = a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, Role.INVIGILATOR))
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "image/jpeg"}

    asked = browser.client.post(f"/api/v1/sittings/{world.sitting_id}/admission", content=FACE, headers=headers)
    rows = invigilator.get(f"/api/v1/sessions/{world.session_id}/checkins").json()
    decided = invigilator.send(f"/invigilator/checkin/{world.sitting_id}/decide", decision="admit", session=world.session_id)

    assert (asked.status_code, asked.json()["place"]) == (200, 1)
    assert [row["machine_view"] for row in rows] == ["not_compared"]
    assert decided.headers["location"].endswith("done=admit")
    assert browser.get(f"/api/v1/sittings/{world.sitting_id}/admission").json()["state"] == "admitted"
    assert browser.get(path).headers["location"] == f"{path}/calibrate"


def test_the_pictures_are_the_candidates_and_the_invigilators(engine: Engine) -> None:
    world, browser, _ = at_the(SittingState.CONSENTED, engine)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR))
    picture = f"/api/v1/sittings/{world.sitting_id}/pictures/live"

    assert browser.get(picture).content == FACE
    assert browser.get(picture).headers["cache-control"] == "no-store"
    assert stranger.get(picture).status_code == 404


def test_the_dots_are_done_or_skipped_once(engine: Engine) -> None:
    world, browser, path = at_the(SittingState.ADMITTED, engine)
    headers = {"X-CSRF-Token": browser.csrf}
    dots = {"seconds": 30, "looks": 30, "observable": 29}

    assert browser.client.post(f"/api/v1/sittings/{world.sitting_id}/calibration", json=dots, headers=headers).status_code == 204
    assert checkin.gaze_watched(engine, world.sitting_id)
    assert browser.send(f"{path}/calibrate/skip").headers["location"] == f"{path}/exam"
    assert not checkin.gaze_watched(engine, world.sitting_id)


def test_the_line_is_measured_within_a_limit(engine: Engine) -> None:
    _, browser, _ = at_the(SittingState.REGISTERED, engine)
    headers = {"X-CSRF-Token": browser.csrf}

    assert len(browser.get("/api/v1/check/download?size=1000").content) == 1000
    assert browser.client.post("/api/v1/check/upload", content=b"x" * 5000, headers=headers).json() == {"bytes": 5000}
    assert browser.client.post("/api/v1/check/upload", content=b"x" * 300_000, headers=headers).status_code == 413
    assert browser.get("/api/v1/check/download?size=99999999").status_code == 422
