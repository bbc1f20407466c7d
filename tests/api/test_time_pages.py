"""The invigilators' pages of time: what they ask, whom they name before anything happens, and what they refuse."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.closing import settle
from assessment_engine.services.engine import Engine
from assessment_engine.storage.schema import metadata
from tests.api.browsers import Browser, a_browser
from tests.builders import World, a_person, a_stored_sitting, an_organisation, steer


@pytest.fixture
def app(engine: Engine) -> Iterator[FastAPI]:
    ledger = delivery.open_ledger(engine)
    yield create_app(engine, ledger)
    ledger.stop()


@pytest.fixture
def browser(app: FastAPI, engine: Engine, world: World) -> Browser:
    return a_browser(app, engine, a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das"))


def sitting_of(engine: Engine, sitting_id: SittingId) -> Sitting:
    with engine.store.read() as tx:
        return tx.sittings.get(sitting_id)


def path(world: World, rest: str = "") -> str:
    return f"/invigilator/sessions/{world.session_id}/time{rest}"


def pause_all(**changes: str) -> dict[str, str]:
    return {"verb": "pause", "whom": "session", "reason": "Fire alarm", **changes}


def act_id_in(html: str) -> str:
    found = re.search(r'name="act_id" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_pages_are_there_in_both_languages(browser: Browser, engine: Engine, world: World, lang: str) -> None:
    desk = browser.get(path(world, f"?lang={lang}"))
    shown = browser.send(path(world, f"/preview?lang={lang}"), **pause_all())

    assert desk.status_code == shown.status_code == 200
    assert "Asha Rao" in desk.text and "Asha Rao" in shown.text
    assert sitting_of(engine, world.sitting_id).state is SittingState.IN_PROGRESS


def test_a_pause_is_shown_then_done_once_and_can_be_found_again(browser: Browser, engine: Engine, world: World) -> None:
    shown = browser.send(path(world, "/preview"), **pause_all())
    form = pause_all(act_id=act_id_in(shown.text))

    first, again = browser.send(path(world), **form), browser.send(path(world), **form)

    assert first.status_code == again.status_code == 303
    assert sitting_of(engine, world.sitting_id).state is SittingState.PAUSED
    desk = browser.get(path(world)).text
    assert desk.count("Fire alarm") == 1 and "Ravi Das" in desk and "stands still" in desk
    wall = browser.get(f"/invigilator/sessions/{world.session_id}/wall").text
    assert re.search(r"data-paused>", wall)
    assert browser.get(f"/api/v1/sessions/{world.session_id}/wall").json()["paused"] == [world.sitting_id]


def test_who_is_left_out_is_listed_with_the_reason(browser: Browser, engine: Engine, world: World) -> None:
    other = a_person(engine, world.organisation_id, name="Bina Sen")
    a_stored_sitting(engine, other, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)

    shown = browser.send(path(world, "/preview"), **pause_all()).text

    assert "Bina Sen" in shown.split("Left out", 1)[1] and "has ended already" in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"verb": "dance"},
        {"whom": ""},
        {"whom": "chosen"},
        {"whom": "chosen", "sitting": "sit_other"},
        {"reason": " "},
        {"verb": "give_time", "minutes": "0"},
        {"verb": "give_time", "minutes": "1e9"},
        {"verb": "give_time", "since": "99:00", "until": "10:00"},
        {"verb": "give_time", "since": "10:10", "until": "10:00"},
        {"verb": "give_time", "since": "17:00", "until": "23:59"},
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_lost_of_the_form(
    browser: Browser, engine: Engine, world: World, changes: dict[str, str]
) -> None:
    answer = browser.send(path(world, "/preview"), **pause_all(**changes))

    assert answer.status_code == 422 and "Nothing was done" in answer.text
    assert changes.get("reason", "Fire alarm") in answer.text


def test_an_outage_is_credited_from_when_to_when(browser: Browser, engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["exams"]).values(policy={"outage": "person_decides"}))
    steer(engine).advance(1200)  # noon in UTC is 17:30 in the hall
    form = pause_all(verb="give_time", since="17:25:00", until="17:40:00")
    shown = browser.send(path(world, "/preview"), **form).text
    before = sitting_of(engine, world.sitting_id)

    browser.send(path(world), **{**form, "act_id": act_id_in(shown)})

    after = sitting_of(engine, world.sitting_id)
    assert before.deadline_at and after.deadline_at == before.deadline_at + timedelta(minutes=10)
    assert "17:25:00–17:40:00" in browser.get(path(world)).text


def test_ending_an_exam_needs_the_second_page_and_seals(browser: Browser, engine: Engine, world: World) -> None:
    form = {"verb": "terminate", "whom": "chosen", "sitting": world.sitting_id, "reason": "Left the hall"}

    shown = browser.send(path(world, "/preview"), **form).text
    assert sitting_of(engine, world.sitting_id).state is SittingState.IN_PROGRESS
    done = browser.send(path(world), **{**form, "act_id": act_id_in(shown)})
    late = browser.send(path(world), **{**form, "act_id": "tac_other1"})

    assert done.status_code == 303 and late.status_code == 409
    assert sitting_of(engine, world.sitting_id).closed_by == "terminate"


def test_who_ended_an_exam_is_told_to_the_cell_and_why_to_the_candidate(
    browser: Browser, app: FastAPI, engine: Engine, world: World
) -> None:
    officer = a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))
    form = {"verb": "terminate", "whom": "chosen", "sitting": world.sitting_id, "reason": "Left the hall", "act_id": "tac_first"}
    other = a_person(engine, world.organisation_id, name="Bina Sen")
    a_stored_sitting(engine, other, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
    browser.send(path(world), **form)

    receipt = a_browser(app, engine, world.candidate).get(f"/candidate/sittings/{world.sitting_id}/done").text
    listed = officer.get(f"/cell/sessions/{world.session_id}?state=terminated").text
    csv = officer.get(f"/cell/sessions/{world.session_id}/seats.csv?state=terminated").text

    assert "Left the hall" in receipt
    assert "chip--caution" in listed and "Ended by an invigilator (1)" in listed
    assert "Asha Rao" in listed and "Bina Sen" not in listed
    assert csv.splitlines()[0].endswith(",closed_by") and csv.splitlines()[1].endswith(",submitted,terminate")


def test_time_that_the_rule_gave_back_is_said_at_the_desk_and_in_the_preview(browser: Browser, engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["exams"]).values(policy={"outage": "time_stops", "most_stopped_s": 900}))
        tx.sittings.save(tx.sittings.get(world.sitting_id).heard(engine.clock.now()))
    steer(engine).advance(109)  # noon in UTC is 17:30 in the hall
    with engine.store.begin() as tx:
        settle(tx, tx.sittings.get_locked(world.sitting_id), engine.clock.now())

    desk = browser.get(path(world)).text
    outage = pause_all(verb="give_time", since="17:30:00", until="17:31:49")
    shown = browser.send(path(world, "/preview"), **outage).text

    assert "given back by itself: 1 min 49 s" in desk and "Give this time" not in desk
    assert "given twice: 1 min 49 s" in shown and "given back already</p>" in shown


def test_the_page_of_a_rooms_code_leads_back_to_where_one_came_from(browser: Browser, app: FastAPI, engine: Engine, world: World) -> None:
    officer = a_browser(app, engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER))
    code = f"/sessions/{world.session_id}/paper-code"

    assert 'href="/invigilator">← Live' in browser.get(code).text
    assert f'href="/cell/sessions/{world.session_id}">← Session' in officer.send(code).text


def test_names_are_in_the_readers_language(browser: Browser, engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        people = metadata.tables["people"]
        tx.connection.execute(update(people).where(people.c.id == world.candidate.person_id).values(name_hi="आशा राव"))

    pages = [path(world), f"/invigilator/sessions/{world.session_id}/wall", f"/invigilator/sittings/{world.sitting_id}"]
    texts = [browser.get(f"{page}?lang=hi").text for page in pages]
    texts.append(browser.send(path(world, "/preview?lang=hi"), **pause_all()).text)

    assert all("आशा राव" in text and "Asha Rao" not in text for text in texts)


def test_the_panel_offers_what_fits_and_frees_a_lease(browser: Browser, engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), writer="window-one"))
    panel = browser.get(f"/invigilator/sittings/{world.sitting_id}/panel").text
    freed = browser.send(f"/invigilator/sittings/{world.sitting_id}/lease", lease_reason="The screen broke")

    assert 'value="pause"' in panel and "Let another device go on" in panel
    assert freed.status_code == 303
    assert sitting_of(engine, world.sitting_id).writer is None
    assert "Let another device go on" not in browser.get(f"/invigilator/sittings/{world.sitting_id}/panel").text


def test_what_became_of_moving_an_exam_to_another_device_is_said(browser: Browser, engine: Engine, world: World) -> None:
    lease = f"/invigilator/sittings/{world.sitting_id}/lease"
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), writer="window-one"))

    said = [browser.get(browser.send(lease, lease_reason=why).headers["location"]).text for why in (" ", "The screen broke", "Once more")]

    assert "Please write why the exam moves to another device." in said[0]
    assert "Another device can go on now." in said[1]
    assert "No device had this exam." in said[2]


def test_others_sessions_are_not_there(app: FastAPI, engine: Engine, world: World) -> None:
    person = a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR, name="Noor Ali")
    stranger = a_browser(app, engine, person)

    assert stranger.get(path(world)).status_code == 404
    assert stranger.send(path(world, "/preview"), **pause_all()).status_code == 404
    assert stranger.send(path(world), **pause_all(act_id="tac_12345")).status_code == 404
    assert stranger.get(f"/api/v1/sessions/{world.session_id}/wall").status_code == 404
