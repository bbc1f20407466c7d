"""What people see of the watch itself: what is not looked for, on every page that promises it; and a sitting's risk, after judging."""

from dataclasses import replace
from datetime import timedelta

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.people import Role
from assessment_engine.services import eyes
from assessment_engine.services.engine import Engine
from tests.api.browsers import Browser, a_browser
from tests.api.test_invigilator import WORDS, a_flag, a_minute_later, an_invigilator
from tests.builders import World, a_person, a_world


def an_officer(engine: Engine, world: World) -> Browser:
    return a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))


def test_with_every_network_no_page_says_a_word_about_it(engine: Engine, world: World) -> None:
    incident, officer, invigilator = a_flag(engine, world), an_officer(engine, world), an_invigilator(engine, world)
    eyes.report(engine, "one", [])

    for browser, path in (
        (officer, "/cell"),
        (officer, f"/cell/exams/{world.exam_id}"),
        (officer, "/cell/exams/new"),
        (invigilator, f"/invigilator/sessions/{world.session_id}/wall"),
        (invigilator, f"/invigilator/sittings/{world.sitting_id}/panel"),
        (invigilator, f"/invigilator/review/{incident}"),
    ):
        assert "ot looked for" not in browser.get(path).text, path
    assert "models_missing" not in officer.get("/readyz").json()


def test_a_missing_network_is_said_by_operations_cell_and_wall(engine: Engine, world: World) -> None:
    officer, invigilator = an_officer(engine, world), an_invigilator(engine, world)
    eyes.report(engine, "one", ["identity"])

    for browser, path in (
        (officer, "/cell"),
        (officer, f"/cell/exams/{world.exam_id}"),
        (invigilator, f"/invigilator/sessions/{world.session_id}/wall"),
    ):
        assert "Not looked for now: A different face" in browser.get(f"{path}?lang=en").text, path
        assert "अभी नहीं देखा जाता" in browser.get(f"{path}?lang=hi").text, path
    assert "A different face (not now)" in officer.get(f"/cell/exams/{world.exam_id}?lang=en").text
    assert officer.get("/readyz").json()["models_missing"] == ["identity"]


def test_a_sitting_and_its_cases_say_what_was_not_looked_for(engine: Engine, world: World) -> None:
    incident, invigilator = a_flag(engine, world), an_invigilator(engine, world)
    eyes.watched_without(engine, world.sitting_id, ["objects"])

    for path in (f"/invigilator/sittings/{world.sitting_id}", f"/invigilator/review/{incident}"):
        html = invigilator.get(f"{path}?lang=en").text
        assert "Not looked for in this sitting: Nobody in the picture · A phone in the picture" in html, path
        assert "इस परीक्षा में नहीं देखा गया" in invigilator.get(f"{path}?lang=hi").text, path


def test_the_notice_promises_only_what_can_be_seen(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    browser, path = a_browser(create_app(engine), engine, world.candidate), f"/candidate/sittings/{world.sitting_id}/notice"
    with_all = browser.get(f"{path}?lang=en").text
    eyes.report(engine, "one", ["objects"])
    without, hindi = browser.get(f"{path}?lang=en").text, browser.get(f"{path}?lang=hi").text

    assert "<li>A phone in the picture</li>" in with_all and "Not looked for" not in with_all
    assert "<li>A phone in the picture</li>" not in without
    assert "its program is missing here: Nobody in the picture · A phone in the picture" in without
    assert "उसका प्रोग्राम यहाँ नहीं है" in hindi


def test_the_notice_says_that_the_budget_is_not_yet_shown(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    html = a_browser(create_app(engine), engine, world.candidate).get(f"/candidate/sittings/{world.sitting_id}/notice?lang=en").text

    assert "at most 0.5 false alarms in an hour of one candidate" in html
    assert "is not yet shown" in html
    assert "The limit for looking away is a fixed time" in html


def test_a_sittings_risk_is_shown_with_its_reasons_after_ones_own_judgement(engine: Engine, world: World) -> None:
    incident = a_flag(engine, world)
    glances(engine, world, incident, 9)
    first, second = an_invigilator(engine, world), an_invigilator(engine, world, "Meera Nair")
    panel, case = f"/invigilator/sittings/{world.sitting_id}/panel", f"/invigilator/review/{incident}"
    before = first.get(panel).text
    first.send(f"{case}/judge", verdict="uphold", reason_code="left_the_seat", reason=WORDS)
    a_minute_later(engine)

    assert "It shows after your judgement" in before and "of 100" not in before
    for path in (panel, case):
        html = first.get(path).text
        assert "1 × Nobody in the picture: 52 of 100" in html, path
        assert "9 × Looking away for long: 25 of 100" in html and "(the most that this counts)" in html, path
    assert "of 100" not in second.get(panel).text


def test_what_people_dismissed_is_not_in_the_risk(engine: Engine, world: World) -> None:
    incident, invigilator = a_flag(engine, world), an_invigilator(engine, world)

    invigilator.send(f"/invigilator/review/{incident}/judge", verdict="dismiss", reason_code="ordinary", reason="")
    a_minute_later(engine)

    assert "nothing was found that weighs" in invigilator.get(f"/invigilator/sittings/{world.sitting_id}/panel").text


def glances(engine: Engine, world: World, like: str, count: int) -> None:
    """Looks away of medium severity, each sure: on the timeline only."""
    with engine.store.begin() as tx:
        flag = tx.incidents.get(like, world.organisation_id)  # type: ignore[arg-type]
        for number in range(count):
            changed = {"id": f"inc_{number}", "rule": "looking_away", "kind": "looking_away", "tier": "detection", "severity": "medium"}
            at = flag.opened_at + timedelta(minutes=number)
            tx.incidents.add(replace(flag, **changed, first_seq=100 + number, confidence=1.0, opened_at=at, raised_at=at))  # type: ignore[arg-type]
