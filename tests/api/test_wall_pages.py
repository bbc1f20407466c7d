"""What the wall's pages offer and refuse: pausing by policy, declared things and scribes in words, nobody whom one knows."""

from dataclasses import replace

import pytest

from api.app import create_app
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.canonical import Json
from assessment_engine.services import delivery, interests
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from tests.api.browsers import a_browser
from tests.services.hall import Hall, a_found_thing, a_hall


@pytest.fixture
def hall(engine: Engine) -> Hall:
    return a_hall(engine)


def pause_for_the_cell(engine: Engine, hall: Hall) -> None:
    with engine.store.begin() as tx:
        exam = tx.exams.get(hall.world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, pauses="cell")))


def test_a_pause_is_offered_and_done_only_where_the_exam_allows_it(engine: Engine, hall: Hall) -> None:
    ledger = delivery.open_ledger(engine)
    app = create_app(engine, ledger)
    ravi, kavita = (a_browser(app, engine, one) for one in (hall.ravi, hall.officer))
    panel = f"/invigilator/sittings/{hall.sittings[0]}/panel"
    assert 'value="pause"' in ravi.get(panel).text

    pause_for_the_cell(engine, hall)

    assert 'value="pause"' not in ravi.get(panel).text
    assert 'value="pause"' in kavita.get(panel).text
    act = {"id": "tac_000001", "verb": "pause", "reason": "A fire alarm"}
    refused = ravi.client.post(f"/api/v1/sittings/{hall.sittings[0]}/act", json=act, headers={"X-CSRF-Token": ravi.csrf})
    ledger.stop()
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("lang", "declared", "scribe"), [("en", "Blood glucose meter", "recognised"), ("hi", "रक्त शर्करा मापक", "पहचाने गए")]
)
def test_the_panel_says_what_is_expected(engine: Engine, hall: Hall, lang: str, declared: str, scribe: str) -> None:
    with engine.store.begin() as tx:
        rules: dict[str, Json] = {"objects": ["glucose_meter"], "second_person": True, "scribe": {"name": "Meena Iyer", "face_blob": "b"}}
        tx.exams.arrange(tx.sittings.get(hall.sittings[0]).registration_id, rules)
        tx.incidents.save_watch(WatchRecord(sitting_id=hall.sittings[0], scribe="recognised"))
    phone = a_found_thing(engine, hall.sittings[0])
    browser = a_browser(create_app(engine), engine, hall.ravi)

    shown = browser.get(f"/invigilator/sittings/{hall.sittings[0]}/panel?lang={lang}").text

    assert declared in shown and "Meena Iyer" in shown and scribe in shown
    assert f'data-dismiss="{phone}"' in shown


def test_the_panel_of_somebody_whom_one_knows_is_not_shown(engine: Engine, hall: Hall) -> None:
    interests.declare(engine, hall.ravi, hall.sittings[0], Tie.KNOWS)
    browser = a_browser(create_app(engine), engine, hall.ravi)

    panel = browser.get(f"/invigilator/sittings/{hall.sittings[0]}/panel")
    wall = browser.get(f"/invigilator/sessions/{hall.world.session_id}/wall").text

    assert (panel.status_code, "Somebody else watches this candidate" in panel.text) == (403, True)
    assert "1 candidate whom you know is watched by somebody else." in wall
    assert hall.world.candidate.name not in wall


def test_the_order_is_told_in_steps_and_no_number_of_risk_is_on_the_wall(engine: Engine, hall: Hall) -> None:
    a_found_thing(engine, hall.sittings[0])
    browser = a_browser(create_app(engine), engine, hall.ravi)

    live = browser.get(f"/api/v1/sessions/{hall.world.session_id}/wall").json()

    assert live["order"] == {hall.sittings[0]: 3}  # ravi has still to judge it: without the machine's confidence
    assert "risk" not in browser.get(f"/invigilator/sessions/{hall.world.session_id}/wall").text.lower()
