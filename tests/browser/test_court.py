"""The whole way of a fair decision in a real Chromium: two uphold, the candidate is heard between them, appeals, and is cleared.

The candidate's browser has no script: everything that is asked of somebody who is accused works without.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Actor
from assessment_engine.services import hearings, invigilation, judgements, people
from tests.api.test_appeal_pages import BECAUSE, PASSWORD, WHY, a_grievance_officer, state
from tests.browser.person import take_pictures
from tests.browser.test_review import look_at
from tests.builders import a_person, an_engine
from tests.certification.parts import ASSETS
from tests.running import free_port, served
from tests.services.court import DISMISS, FIRST_SAYS, Court, a_court, a_phone

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)

ANSWER = "It was my calculator.\nThe notice says that it is allowed."


@dataclass(frozen=True)
class Hall:
    """A running delivery process with a court before it."""

    court: Court
    base: str

    def page(self, browser: Browser, actor: Actor, *, lang: str = "en", script: bool = True) -> Page:
        """A page of somebody who is signed in."""
        context = browser.new_context(viewport={"width": 1280, "height": 860}, base_url=self.base, java_script_enabled=script)
        token = people.open_session(self.court.engine, actor.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": self.base}, {"name": "lang", "value": lang, "url": self.base}])
        return context.new_page()

    def go_on(self) -> None:
        """Do what the sweep and the jobs do by themselves."""
        judgements.take_effect(self.court.engine)
        invigilation.settle(self.court.engine, self.court.world.sitting_id)
        hearings.open_due(self.court.engine)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    engine = replace(an_engine(tmp_path), clock=SystemClock(), undo_s=0)
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        yield Hall(court=a_court(engine), base=f"http://127.0.0.1:{port}")


def uphold(page: Page, case: str, words: str) -> None:
    page.goto(f"/invigilator/review/{case}")
    page.get_by_role("button", name="Uphold…").click()
    page.get_by_role("radio", name="Forbidden material or device").check()
    page.locator("#uphold-reason").fill(words)
    page.get_by_role("button", name="Uphold the case").click()
    page.wait_for_url("**done=judged")


def test_two_uphold_the_candidate_is_heard_between_them_appeals_and_is_cleared(hall: Hall, browser: Browser) -> None:
    court, incident = hall.court, a_phone(hall.court)
    officer, own = a_grievance_officer(court), f"/candidate/sittings/{court.world.sitting_id}/watch"

    uphold(hall.page(browser, court.first), incident, FIRST_SAYS)
    hall.go_on()
    court.package()

    second = hall.page(browser, court.second)
    second.goto(f"/invigilator/review/{incident}")
    expect(second.get_by_role("button", name="Uphold…")).to_be_disabled()

    hearing = hall.page(browser, court.candidate, lang="hi")
    hearing.goto(f"/candidate/hearings/{incident}")
    look_at(hearing, "hearing")
    take_pictures(hearing, "court-hearing", languages=False)
    candidate = hall.page(browser, court.candidate, script=False)
    candidate.goto("/candidate")
    candidate.get_by_role("link", name="Read and answer").click()
    expect(candidate.get_by_role("img").first).to_be_visible()
    candidate.get_by_label("What happened?").fill(ANSWER)
    candidate.get_by_role("checkbox").check()
    candidate.get_by_role("button", name="Send my answer").click()
    expect(candidate.locator("blockquote")).to_have_text(ANSWER)

    uphold(second, incident, "It is lit like a screen.")
    hall.go_on()
    assert state(court, incident) is CaseState.UPHELD

    candidate.goto(own)
    expect(candidate.get_by_text("Two people decided that one thing was against the rules.")).to_be_visible()
    candidate.get_by_role("link", name="Appeal").click()
    expect(candidate.get_by_role("radio")).to_be_checked()
    candidate.get_by_label("What is wrong, in your words?").fill(WHY)
    candidate.get_by_role("button", name="File the grievance").click()

    desk = hall.page(browser, officer)
    desk.goto("/grievances")
    desk.get_by_role("link", name="Asha Rao").click()
    look_at(desk, "appeal")
    desk.get_by_role("radio", name="Upheld: the candidate is right", exact=True).check()
    desk.get_by_label("Reason").fill(BECAUSE)
    desk.get_by_label("Your password").fill(PASSWORD)
    desk.get_by_role("button", name="Resolve").click()
    desk.wait_for_url("**done=overturned")
    hall.go_on()

    candidate.goto(own)
    expect(candidate.get_by_text("A decision was taken back on your appeal. Nothing is held against you.")).to_be_visible()
    watch = hall.page(browser, court.candidate, lang="hi")
    watch.goto(own)
    look_at(watch, "own watch")
    take_pictures(watch, "court-own-watch", languages=False)


def test_a_half_written_answer_survives_reload_and_sign_out_and_is_nobody_elses(hall: Hall, browser: Browser) -> None:
    court = hall.court
    incident = court.asked()
    here = f"/candidate/hearings/{incident}"
    page = hall.page(browser, court.candidate)
    page.goto(here)
    field, kept = page.locator("#text"), page.locator("#draft-kept")
    expect(kept).to_be_visible()
    expect(page.locator("#draft-none")).to_be_hidden()
    field.fill(ANSWER)
    expect(page.locator("#draft-clear")).to_be_visible()
    look_at(page, "draft")
    page.reload()
    expect(field).to_have_value(ANSWER)

    page.get_by_role("button", name="Sign out").click()
    neighbour = a_person(court.engine, court.world.organisation_id, name="Neighbour")
    for who, seen in ((neighbour, ""), (court.candidate, ANSWER)):
        token = people.open_session(court.engine, who.person_id).token
        page.context.add_cookies([{"name": "session", "value": token, "url": hall.base}])
        page.goto(here)
        assert ANSWER.split(".")[0] not in (page.content() if not seen else "")
        if seen:
            expect(field).to_have_value(seen)

    page.locator("#draft-clear").click()
    expect(field).to_have_value("")
    page.reload()
    expect(field).to_have_value("")
    field.fill("One more word about my calculator.")
    court.judge(incident, DISMISS, court.second)  # people decide meanwhile
    page.reload()
    expect(page.locator("#unsent-text")).to_have_text("One more word about my calculator.")
    page.locator("#unsent-clear").click()
    expect(page.locator("#unsent")).to_be_hidden()


def test_what_was_sent_is_not_kept_on_the_device(hall: Hall, browser: Browser) -> None:
    incident = hall.court.asked()
    page = hall.page(browser, hall.court.candidate)
    page.goto(f"/candidate/hearings/{incident}")
    page.locator("#text").fill(ANSWER)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator("blockquote.told__reply")).to_have_text(ANSWER)

    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('hearing-draft'))") == []
