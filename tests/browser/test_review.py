"""Reviewing in a real Chromium: from opening a case to judging it with the keyboard alone, taking it back, and what happens signed out."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState, Verdict
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.ids import IncidentId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import demotion, evidence, invigilation, judgements, people
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord, WatchRecord
from tests.browser.person import take_pictures
from tests.browser.test_front import SIZES, small_targets
from tests.builders import World, a_person, a_stored_sitting, a_world, an_engine
from tests.certification.parts import ASSETS
from tests.fakes.ports import SteeredClock
from tests.running import free_port, served, until
from tests.services.test_invigilation import DISMISS
from tests.services.test_invigilation import a_flag as a_stored_flag

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Desk:
    """A running delivery process with flags that wait, and one invigilator."""

    engine: Engine
    world: World
    base: str
    invigilator: Actor

    def context(self, browser: Browser, lang: str = "en") -> BrowserContext:
        """A browser of the invigilator's, signed in."""
        context = browser.new_context(viewport={"width": 1280, "height": 860}, base_url=self.base)
        token = people.open_session(self.engine, self.invigilator.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": self.base}, {"name": "lang", "value": lang, "url": self.base}])
        return context

    def state(self, incident: IncidentId) -> CaseState:
        with self.engine.store.read() as tx:
            return tx.invigilation.case(incident, self.world.organisation_id).state


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    engine = replace(an_engine(folder), clock=SystemClock(), undo_s=3)
    world = a_world(engine, state=SittingState.IN_PROGRESS)
    invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        yield Desk(engine=engine, world=world, base=f"http://127.0.0.1:{port}", invigilator=invigilator)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        yield opened


def a_flag(desk: Desk, number: int, kind: str = "nobody") -> IncidentId:
    """A flag with nine pictures, a score trace and the person's own centre."""
    engine, sitting = desk.engine, desk.world.sitting_id
    now = engine.clock.now()
    incident = IncidentId(new_id("inc", now))
    key = evidence.data_key(engine, sitting)
    shots = []
    for n in range(9):
        jpeg, blob = a_picture(n), f"{sitting}/{kind}-{number}/{n}"
        evidence.store_frame(engine, key, blob, jpeg)
        role = "before" if n < 4 else "peak" if n == 4 else "after"
        at = now + timedelta(seconds=2 * n)
        shots.append(
            EvidenceRecord(
                id=new_id("evi", at),
                incident_id=incident,
                sitting_id=sitting,
                seq=100 * number + n,
                at=at,
                role=role,
                blob=blob,
                sha256=sha256_hex(jpeg),
            )
        )
    trace = [[90.0 + n, min(0.95, 0.1 + 0.09 * n)] for n in range(20)]
    finding = {"kind": kind, "raised_s": 96.0, "threshold": 0.5, "trace": trace}
    baseline = {"across": 1.5, "up": -2.0, "seconds": 240.0}
    with engine.store.begin() as tx:
        tx.incidents.add(
            IncidentRecord(
                id=incident,
                sitting_id=sitting,
                organisation_id=desk.world.organisation_id,
                rule=kind,
                first_seq=number,
                kind=kind,
                tier="alert",
                severity="high",
                confidence=0.87,
                opened_at=now,
                raised_at=now + timedelta(seconds=8),
                ended_at=now + timedelta(seconds=18),
                start_s=92,
                end_s=110,
                item_id=desk.world.items[0],
                trace={"findings": [finding], "baseline": baseline},
                models={},
            )
        )
        tx.incidents.add_evidence(shots)
        tx.incidents.save_watch(WatchRecord(sitting_id=sitting, frames_received=100, observable_s=1000))
        tx.invigilation.open_case(incident, sitting, desk.world.organisation_id, now)
    return incident


def a_picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (40 + 20 * number, 90, 120)).save(out, "JPEG")
    return out.getvalue()


def test_a_reviewer_opens_looks_and_decides_with_the_keyboard_alone(desk: Desk, browser: Browser) -> None:
    incident, other = a_flag(desk, 1), a_flag(desk, 2, "phone")
    page = desk.context(browser).new_page()
    page.goto("/invigilator/review")

    page.locator(f'a[href$="{incident}"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{incident}")
    expect(page.locator("#frame-said")).to_contain_text("Picture 5 of 9")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frame-said")).to_contain_text("Picture 6 of 9")
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_text("Pause")
    page.keyboard.press("?")
    expect(page.get_by_text("take the last judgement back, within its minute")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator("#dismiss")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#dismiss-ordinary")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**done=judged")
    with desk.engine.store.read() as tx:
        pending = tx.pending.pending_of(incident)
    assert pending is not None and pending.verdict is Verdict.DISMISS and pending.seconds is not None

    assert until(lambda: judgements.take_effect(desk.engine) == 1)
    assert desk.state(incident) is CaseState.DISMISSED
    page.keyboard.press("j")
    page.wait_for_url(f"**/{other}")


def test_u_upholds_with_words_and_z_takes_it_back(desk: Desk, browser: Browser) -> None:
    incident = a_flag(desk, 1)
    page = desk.context(browser).new_page()
    page.goto(f"/invigilator/review/{incident}")

    page.keyboard.press("u")
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    page.keyboard.type("The chair is empty; j and d are letters here.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=judged")
    expect(page.get_by_text("You upheld a case. You can take it back.")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url("**done=undone")

    expect(page.get_by_text("You took your judgement back")).to_be_visible()
    expect(page.locator("#uphold-reason")).to_have_value("The chair is empty; j and d are letters here.")
    assert judgements.take_effect(replace(desk.engine, clock=SteeredClock(desk.engine.clock.now() + timedelta(minutes=1)))) == 0
    assert desk.state(incident) is CaseState.OPEN


def test_keys_that_are_switched_off_do_nothing_and_changed_ones_do(desk: Desk, browser: Browser) -> None:
    incident = a_flag(desk, 1)
    page = desk.context(browser).new_page()
    page.goto("/invigilator/review-keys")
    page.locator("#key_dismiss").fill("x")
    page.get_by_role("button", name="Keep these keys").click()
    page.goto(f"/invigilator/review/{incident}")
    page.keyboard.press("d")
    expect(page.locator("#dismiss")).to_be_hidden()
    page.keyboard.press("x")
    expect(page.locator("#dismiss")).to_be_visible()

    page.goto("/invigilator/review-keys")
    page.locator("#on").uncheck()
    page.get_by_role("button", name="Keep these keys").click()
    page.goto(f"/invigilator/review/{incident}")
    page.keyboard.press("x")
    expect(page.locator("#dismiss")).to_be_hidden()


def test_words_survive_being_signed_out_in_the_middle(desk: Desk, browser: Browser) -> None:
    incident = a_flag(desk, 1)
    context = desk.context(browser)
    page = context.new_page()
    page.goto(f"/invigilator/review/{incident}")
    page.keyboard.press("u")
    page.keyboard.press("1")
    page.locator("#uphold-reason").fill("The chair is empty in every picture.")
    context.clear_cookies(name="session")

    page.locator("#uphold").get_by_role("button", name="Uphold the case").click()

    expect(page.get_by_text("You are signed out. What you wrote is kept in this tab")).to_be_visible()
    assert desk.state(incident) is CaseState.OPEN
    second = a_person(desk.engine, desk.invigilator.organisation_id, Role.INVIGILATOR, name="Noor Ali")
    context.add_cookies([{"name": "session", "value": people.open_session(desk.engine, second.person_id).token, "url": desk.base}])
    page.goto(f"/invigilator/review/{incident}")
    expect(page.locator("#uphold-reason")).to_have_value("")  # whoever comes next to this computer judges without the first one's words
    token = people.open_session(desk.engine, desk.invigilator.person_id).token
    context.add_cookies([{"name": "session", "value": token, "url": desk.base}])
    page.goto(f"/invigilator/review/{incident}")
    expect(page.get_by_text("What you had written here is back.")).to_be_visible()
    expect(page.locator("#uphold-reason")).to_have_value("The chair is empty in every picture.")


def test_a_picture_that_is_missing_or_altered_is_said(desk: Desk, browser: Browser) -> None:
    incident = a_flag(desk, 1)
    with desk.engine.store.read() as tx:
        peak = next(one for one in tx.incidents.evidence_of(incident) if one.role == "peak")
    desk.engine.blobs.put(peak.blob, b"something else")
    page = desk.context(browser).new_page()

    page.goto(f"/invigilator/review/{incident}")

    expect(page.locator("#frame-gone")).to_contain_text("This picture cannot be shown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frame-gone")).to_be_hidden()


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_pages_are_right_wide_and_narrow(desk: Desk, browser: Browser, lang: str) -> None:
    incident, _ = a_flag(desk, 1), a_flag(desk, 2, "phone")
    the_past(desk)
    page = desk.context(browser, lang).new_page()
    for name, path in (("queue", "/review"), ("case", f"/review/{incident}"), ("keys", "/review-keys"), ("figures", "/figures")):
        page.goto(f"/invigilator{path}")
        take_pictures(page, f"review-{name}-{lang}", languages=False)
        look_at(page, f"{name} {lang}")


def the_past(desk: Desk) -> None:
    """A detector that was demoted, and what speaks against it."""
    engine, world = desk.engine, desk.world
    for number in range(6):
        candidate = a_person(engine, world.organisation_id, name=f"Candidate {number}")
        sitting = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
        now = engine.clock.now()
        with engine.store.begin() as tx:
            tx.sittings.save(replace(tx.sittings.get(sitting), submitted_at=now))
            tx.incidents.save_watch(WatchRecord(sitting_id=sitting, observable_s=3600, drained_at=now))
        flag = a_stored_flag(engine, replace(world, sitting_id=sitting))
        with engine.store.begin() as tx:
            found = tx.invigilation.case_locked(flag, world.organisation_id)
            invigilation.record(tx, found, DISMISS, desk.invigilator.person_id, now)
        demotion.weigh(engine, flag)


def look_at(page: Page, what: str) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 860})
        found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
        assert found == [], what
        assert small_targets(page.evaluate(SIZES)) == [], what
