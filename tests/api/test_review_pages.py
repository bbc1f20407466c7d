"""The review pages: the minute to take a judgement back, two people at one case, one's own keys, and the figures, in both languages."""

import re

import pytest
from sqlalchemy import update

from api.app import create_app
from assessment_engine.invigilation.keys import DEFAULT_KEYS
from assessment_engine.invigilation.unmarked import Shares
from assessment_engine.people import Actor, Role
from assessment_engine.services import exams, judgements, passwords
from assessment_engine.services.engine import Engine
from assessment_engine.storage.people import people
from tests.api.browsers import Browser, a_browser
from tests.api.test_calibration_pages import written
from tests.api.test_invigilator import WORDS, a_flag, a_minute_later, an_invigilator
from tests.builders import World, a_person, steer
from tests.services.paper import a_paper
from tests.services.test_demotion import demoted, until_demoted
from tests.services.test_invigilation import DISMISS
from tests.services.test_unmarked import a_simulated_flag

UPHOLD = {"verdict": "uphold", "reason_code": "left_the_seat", "reason": WORDS}
PASSWORD = "quiet-river-stone-42"


def an_officer(engine: Engine, world: World, name: str = "Lata Iyer") -> Browser:
    return a_browser(create_app(engine), engine, a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=name))


def test_a_judgement_can_be_taken_back_where_it_was_given_and_from_the_queue(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    case = f"/invigilator/review/{incident}"
    browser.send(f"{case}/judge", **UPHOLD)

    for path in (case, "/invigilator/review"):
        assert "You upheld a case. You can take it back." in browser.get(path).text
    assert browser.send(f"{case}/undo").headers["location"] == f"{case}?done=undone"

    again = browser.get(case).text
    assert "You took your judgement back" in again and WORDS in again


def test_after_the_minute_it_is_said_that_it_is_too_late(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    case = f"/invigilator/review/{incident}"
    browser.send(f"{case}/judge", **UPHOLD)
    a_minute_later(engine)

    answer = browser.send(f"{case}/undo")

    assert answer.headers["location"] == f"{case}?problem=too_late_to_undo"
    assert "It cannot be taken back any more" in browser.get(answer.headers["location"]).text


def test_who_was_slower_is_told_and_keeps_their_words(engine: Engine, world: World) -> None:
    incident = a_flag(engine, world)
    first, second = an_invigilator(engine, world), an_invigilator(engine, world, "Meera Nair")
    case = f"/invigilator/review/{incident}"
    assert "Ravi Das has this case open too" not in first.get(case).text
    assert "Ravi Das has this case open too" in second.get(case).text
    first.send(f"{case}/judge", state="open", **UPHOLD)

    within = second.send(f"{case}/judge", state="open", verdict="dismiss", reason_code="other", reason="It is the cleaner, seen twice.")
    a_minute_later(engine)
    after = second.send(f"{case}/judge", state="open", **{**UPHOLD, "reason": "I see an empty chair too."})

    assert within.status_code == after.status_code == 409
    assert "Somebody else judged this case meanwhile" in within.text
    assert "I see an empty chair too." in after.text and "You are the second person" in after.text
    with engine.store.read() as tx:
        assert [one.reason for one in tx.invigilation.adjudications_of(incident)] == [WORDS]


def test_erased_evidence_is_said(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    with engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, engine.clock.now())

    assert "The pictures were erased" in browser.get(f"/invigilator/review/{incident}").text


def test_a_page_that_is_open_says_so_and_one_that_is_signed_out_is_told(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    second = an_invigilator(engine, world, "Meera Nair")
    second.get(f"/invigilator/review/{incident}")
    seen = f"/api/v1/review/{incident}/seen"

    assert browser.send(seen).json() == {"others": ["Meera Nair"]}
    steer(engine).advance(13 * 3600)
    assert browser.send(seen).status_code == 401


def test_keys_are_chosen_and_a_clash_is_said_where_it_is(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)
    page = "/invigilator/review-keys"
    usual = {f"key_{act}": "Space" if key == " " else key for act, key in DEFAULT_KEYS.items()}

    clash = browser.send(page, on="on", **{**usual, "key_next": "k"})
    browser.send(page, **{**usual, "key_next": "n"})

    assert clash.status_code == 422 and clash.text.count('aria-invalid="true"') == 2
    case = browser.get(f"/invigilator/review/{incident}").text
    assert '"next": "n"' in case and '"on": false' in case and "Single keys are switched off for you." in case
    browser.send(page, reset="yes", **usual)
    assert '"next": "j"' in browser.get(f"/invigilator/review/{incident}").text


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_figures_say_how_few_they_are_from(engine: Engine, world: World, lang: str) -> None:
    invigilator, officer = an_invigilator(engine, world), an_officer(engine, world)

    for browser in (invigilator, officer):
        answer = browser.get(f"/invigilator/figures?lang={lang}")
        assert (answer.status_code, answer.headers["content-language"]) == (200, lang)
    if lang == "en":
        assert "none yet" in answer.text and "0 of 0" not in answer.text
        assert "nothing was audited yet" in answer.text
    assert officer.get(f"/invigilator/planted?lang={lang}").status_code == 200
    assert invigilator.get("/invigilator/planted").status_code == 403


def test_only_officers_are_told_where_reviewers_were_wrong(engine: Engine, world: World) -> None:
    ravi = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    browser, officer = a_browser(create_app(engine), engine, ravi), an_officer(engine, world)
    planted = a_simulated_flag(engine, world)
    assert officer.send("/invigilator/planted", incident_id=planted, truth="uphold").headers["location"].endswith("done=planted")
    judgements.give(engine, ravi, a_flag(engine, world), DISMISS)
    steer(engine).advance(60)
    judgements.take_effect(engine, shares=Shares(again=0.0, planted=1.0))
    with engine.store.read() as tx:
        [drawn] = tx.unmarked.waiting_for(ravi.person_id, world.organisation_id)
    browser.get(f"/invigilator/review/{drawn.id}")
    browser.send(f"/invigilator/review/{drawn.id}/judge", verdict="dismiss", reason_code="ordinary")
    a_minute_later(engine)

    told, hidden = officer.get("/invigilator/figures").text, browser.get("/invigilator/figures").text

    assert f"/invigilator/review/{drawn.id}" in told and officer.get(f"/invigilator/review/{drawn.id}").status_code == 200
    assert "A planted case" in told and "1 of 1: too few to say" in told
    assert "A planted case" not in hidden
    assert "planted" not in browser.get(f"/invigilator/review/{drawn.id}").text.lower()


def test_a_demoted_detector_is_said_everywhere_and_comes_back_with_two_passwords(engine: Engine, world: World) -> None:
    until_demoted(engine, world)
    [found] = demoted(engine, world)
    actors = [a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=name) for name in ("Lata Iyer", "Noor Ali")]
    first, second = (with_password(engine, actor) for actor in actors)
    restore = f"/invigilator/figures/{found.id}/restore"
    said = "Counted only since 23 Nov 2026: Nobody in the picture"

    for path in (f"/cell/exams/{world.exam_id}", "/invigilator/figures", f"/invigilator/sessions/{world.session_id}/wall"):
        assert said in first.get(path).text, path
    wrong = first.send(restore, reason="The chairs were exchanged.", password="no")
    assert wrong.status_code == 422 and "The password was wrong." in wrong.text
    assert first.send(restore, reason="The chairs were exchanged.", password=PASSWORD).headers["location"].endswith("done=signed")
    assert second.send(restore, reason="I looked at all of them.", password=PASSWORD).headers["location"].endswith("done=restored")
    assert said not in first.get(f"/cell/exams/{world.exam_id}").text


def test_a_recalibration_is_proposed_and_signed_on_the_exams_page(engine: Engine) -> None:
    paper = a_paper(engine)
    exams.attach_calibration(engine, paper.officer, paper.exam.id, written())
    actors = [a_person(engine, paper.officer.organisation_id, Role.CELL_OFFICER, name=name) for name in ("Lata Iyer", "Noor Ali")]
    first, second = (with_password(engine, actor) for actor in actors)
    exam, reason = f"/cell/exams/{paper.exam.id}", "Solved again on twice as many hours."

    wrong = first.send(f"{exam}/recalibrations", none="yes", reason=reason, password="no")
    made = first.send(f"{exam}/recalibrations", none="yes", reason=reason, password=PASSWORD)
    shown = second.get(f"{exam}?lang=en").text
    sign = re.search(r"/cell/recalibrations/\w+/sign", shown)

    assert wrong.status_code == 403 and "The password was wrong." in wrong.text
    assert made.headers["location"] == f"{exam}?done=proposed"
    assert reason in shown and "waits for a second officer" in shown and sign is not None
    assert first.send(sign[0], password=PASSWORD).status_code == 403
    assert second.send(sign[0], password=PASSWORD).headers["location"] == f"{exam}?done=applied"
    assert "Signed by: Lata Iyer, Noor Ali" in second.get(exam).text
    assert second.get(f"{exam}?lang=hi").status_code == 200


def with_password(engine: Engine, actor: Actor) -> Browser:
    """The browser of somebody who knows their password."""
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.id == actor.person_id).values(password_hash=passwords.hashed(PASSWORD)))
    return a_browser(create_app(engine), engine, actor)
