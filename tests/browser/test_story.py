"""The whole story in three real browsers, against the demonstration as `assessment-engine demo` starts it. Nothing is mocked.

A candidate is checked, let in, sits the exam while the camera watches, and leaves the seat; a flag comes up on the wall; two people
decide; two officers publish; a grievance about the result is answered by somebody who decided nothing of it; the certificate is verified
by a stranger and by the console script.
"""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from assessment_engine.demo.content import demo_exam
from item_bank.qti.reader import read_item
from tests.browser.conftest import Deployment
from tests.browser.person import SCREENS, Person, keep_picture, sign_in
from tests.browser.seats import soon

pytestmark = [pytest.mark.browser, pytest.mark.slow]

T = TypeVar("T")
ENDED = "SELECT id FROM incidents WHERE sitting_id = ? AND kind = 'nobody' AND ended_at IS NOT NULL"
DETAILS = {name: f"table a[href^='/cell/{name}/']" for name in ("items", "forms", "exams", "sessions", "courses", "people")}


def test_the_whole_story(deployment: Deployment, watched_browser: Browser, browser: Browser) -> None:
    candidate = sign_in(watched_browser, deployment.url, "asha")
    invigilator = sign_in(browser, deployment.url, "meera")

    come_to_the_door(candidate)
    let_in(invigilator)
    sitting = begin(candidate)
    answer_everything(candidate)
    see_the_flag_on_the_wall(invigilator, deployment, sitting)
    hand_in(candidate, deployment, sitting)
    decide_as_two_people(invigilator, browser, deployment, sitting)
    publish_as_two_officers(browser, deployment)
    answer_the_grievance(browser, deployment, contest(candidate, sitting))
    hold_the_certificate(candidate, sitting)
    check_it_as_a_stranger(candidate, browser, deployment)
    assert candidate.faults == []
    assert invigilator.faults == []


def come_to_the_door(candidate: Person) -> None:
    candidate.picture("candidate-1-dashboard")
    candidate.page.get_by_role("link", name="Check camera and connection").click()
    go_on = candidate.page.locator("#go-on")
    expect(go_on).to_be_enabled()
    candidate.shot("candidate-2-check")
    go_on.click()
    candidate.picture("candidate-3-notice")
    candidate.page.get_by_label("I have read this", exact=False).check()
    candidate.click("Agree and go on")
    assert soon(candidate.page, lambda: candidate.page.evaluate("live.videoWidth > 0 && live.currentTime > 0.2")), "no picture"
    candidate.click("Take the picture")
    candidate.shot("candidate-4-picture-taken")
    candidate.click("Ask to be let in")
    expect(candidate.page.get_by_text("Your place in the queue")).to_be_visible()
    candidate.picture("candidate-5-queue")


def let_in(invigilator: Person) -> None:
    invigilator.go("/invigilator/checkin")
    until(lambda: hint_is_there(invigilator), within_s=120)
    invigilator.picture("invigilator-1-door")
    invigilator.click("Admit")
    expect(invigilator.page.get_by_text("Nobody is waiting")).to_be_visible()


def hint_is_there(invigilator: Person) -> bool:
    """The machine's comparison is a background job; a person need not wait for it, but this test does."""
    invigilator.page.reload()
    return "finds the faces alike" in invigilator.page.locator(".guest").inner_text()


def begin(candidate: Person) -> str:
    candidate.page.wait_for_url("**/calibrate")
    sitting = candidate.page.url.split("/")[-2]
    candidate.picture("candidate-6-dots")
    candidate.click("Skip the dots")
    candidate.picture("candidate-7-start")
    candidate.click("Start the exam")
    expect(candidate.page.locator("#question .qti-item")).to_be_visible()
    return sitting


def answer_everything(candidate: Person) -> None:
    page = candidate.page
    items = [item for section in demo_exam().sections for item in section.items]
    for number, item in enumerate(items, start=1):
        expect(page.locator("#number")).to_have_text(f"Question {number} of {len(items)}")
        expect(page.locator("#question .qti-item")).to_be_visible()
        if number == 3:
            candidate.shot("exam-1-question-en")
            page.locator("[data-language=hi]").click()
            expect(page.locator("#question .qti-item[lang=hi]")).to_be_visible()
            candidate.shot("exam-2-question-hi")
        if number != 7:  # one is left out, and one is marked for review
            give(page, item.variants["en"])
        candidate.click("Mark for review & next" if number == 5 else "Save & next")
    expect(page.locator("#saved-words")).to_contain_text("aved")
    candidate.picture("exam-3-palette", languages=False)


def give(page: Page, xml: bytes) -> None:
    """Answer the question on the screen as its key says."""
    for identifier, declared in read_item(xml).responses.items():
        correct = declared.correct
        assert correct is not None
        control = page.locator(f'#question [data-response="{identifier}"]')
        if page.locator("#question .qti-order").count():
            put_into_order(page, [str(value) for value in correct.atoms])
            continue
        for value in correct.atoms:
            if control.first.evaluate("one => one.tagName") == "SELECT":
                control.first.select_option(str(value))
            elif control.first.get_attribute("type") == "text":
                control.first.fill(str(value))
            else:
                page.locator(f'#question [data-response="{identifier}"][value="{value}"]').check()


def put_into_order(page: Page, wanted: list[str]) -> None:
    """Move rows up until they stand as wanted, and keep it so."""
    for place, identifier in enumerate(wanted):
        row = page.locator(f'#question .qti-row:has([data-order="{identifier}"])')
        for _ in range(row.evaluate("one => [...one.parentElement.children].indexOf(one)") - place):
            row.get_by_role("button", name="Move up").click()
    if page.locator(".qti-keep").is_visible():
        page.locator(".qti-keep").click()


def see_the_flag_on_the_wall(invigilator: Person, deployment: Deployment, sitting: str) -> None:
    page = invigilator.page
    invigilator.go("/invigilator")
    invigilator.picture("invigilator-2-sessions")
    page.get_by_role("link", name="Watch").first.click()
    tile = page.locator(f'[data-sitting="{sitting}"]')
    expect(tile).to_be_visible()
    until(lambda: "Nobody" in tile.inner_text(), within_s=120, every_s=0.1)
    shown_at = datetime.now(UTC)  # noqa: TID251  # a real clock against a real one
    raised_at = until(lambda: flag_raised_at(deployment, sitting), within_s=120)
    delay = (shown_at - raised_at).total_seconds()
    note_figure("event_to_wall_s", round(delay, 2))
    assert delay < 10  # the aim is 3 s and the figure is kept; the assertion allows for a busy machine
    invigilator.shot("invigilator-3-wall-flag")
    tile.click()
    expect(page.locator("#panel .panel__parts")).to_be_visible()
    invigilator.shot("invigilator-4-wall-panel")


def note_figure(name: str, value: float) -> None:
    """Keep a measured figure beside the pictures."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    (SCREENS / "figures.json").write_text(json.dumps({name: value}))


def flag_raised_at(deployment: Deployment, sitting: str) -> datetime | None:
    rows = query(deployment, "SELECT raised_at FROM incidents WHERE sitting_id = ? AND kind = 'nobody'", sitting)
    return datetime.fromisoformat(rows[0][0]).replace(tzinfo=UTC) if rows else None


def hand_in(candidate: Person, deployment: Deployment, sitting: str) -> None:
    until(lambda: query(deployment, ENDED, sitting), within_s=120)  # back in the seat, so that the incident ends before the exam does
    candidate.click("Submit …")
    candidate.shot("exam-4-submit")
    candidate.click("Hand in")
    candidate.page.wait_for_url("**/done")
    candidate.picture("candidate-8-receipt")


def decide_as_two_people(first: Person, browser: Browser, deployment: Deployment, sitting: str) -> None:
    second = sign_in(browser, deployment.url, "imran")
    first.go("/invigilator/review")
    first.picture("invigilator-5-queue")
    incident = until(lambda: query(deployment, ENDED, sitting), within_s=120)[0][0]
    first.go(f"/invigilator/review/{incident}")
    first.picture("invigilator-6-case")
    judge(first, "Uphold", "Uphold the case", "left_the_seat")
    until(lambda: query(deployment, "SELECT 1 FROM adjudications WHERE incident_id = ?", incident), within_s=120)
    second.go(f"/invigilator/review/{incident}?lang=en")
    expect(second.page.get_by_text("You are the second person")).to_be_visible()
    second.shot("invigilator-7-second-person")
    judge(second, "Dismiss", "Dismiss the case", None)
    for each in query(deployment, "SELECT id FROM incidents WHERE sitting_id = ? AND tier = 'alert' AND id <> ?", sitting, incident):
        second.go(f"/invigilator/review/{each[0]}")
        judge(second, "Dismiss", "Dismiss the case", None)
    until(lambda: query(deployment, "SELECT 1 FROM proctoring_decisions WHERE sitting_id = ?", sitting), within_s=120)
    assert second.faults == []


def judge(person: Person, opener: str, confirm: str, reason: str | None) -> None:
    person.page.get_by_role("button", name=opener, exact=False).locator("visible=true").first.click()
    dialog = person.page.locator(".dialog:popover-open")
    dialog.locator(f'input[value="{reason}"]' if reason else "input[type=radio]").first.check()
    dialog.locator("textarea").fill("The seat was empty for about fourteen seconds in the pictures.")
    dialog.get_by_role("button", name=confirm).click()
    expect(person.page.get_by_text("Your judgement is recorded.")).to_be_visible()


def contest(candidate: Person, sitting: str) -> str:
    """File a grievance on the result, for nothing is held against her of the flag, and return the last part of its address."""
    candidate.go(f"/candidate/sittings/{sitting}/grievance?lang=en")
    candidate.picture("candidate-11-contest")
    candidate.page.locator("input[name=subject]").first.check()
    candidate.page.locator("textarea[name=text]").fill("I believe that the question about the appeal has two right answers.")
    candidate.click("File the grievance")
    expect(candidate.page.get_by_text("Your grievance was filed.")).to_be_visible()
    candidate.picture("candidate-12-grievance")
    return candidate.page.url.split("?")[0].split("/")[-1]


def answer_the_grievance(browser: Browser, deployment: Deployment, grievance: str) -> None:
    """Somebody who decided nothing of it answers, with a reason."""
    officer = sign_in(browser, deployment.url, "sunita")
    officer.go("/grievances")
    officer.picture("grievance-1-desk")
    officer.go(f"/grievances/{grievance}")
    officer.picture("grievance-2-one")
    officer.page.locator("#outcome-not_upheld").check()
    officer.page.locator("textarea[name=reason]").fill("Only one of them is in the Act; the key is right.")
    officer.click("Resolve")
    expect(officer.page.get_by_text("The grievance is resolved.", exact=False)).to_be_visible()
    assert officer.faults == []


def publish_as_two_officers(browser: Browser, deployment: Deployment) -> None:
    first, second = sign_in(browser, deployment.url, "kavita"), sign_in(browser, deployment.url, "joseph")
    first.picture("cell-1-overview")
    for number, name in enumerate(("items", "forms", "exams", "sessions", "certificates", "courses", "people", "audit"), start=2):
        first.go(f"/cell/{name}")
        first.picture(f"cell-{number}-{name}")
    for number, (name, link) in enumerate(DETAILS.items(), start=20):
        first.go(f"/cell/{name}?lang=en")
        first.page.locator(link).first.click()
        first.picture(f"cell-{number}-{name}-one")
    for number, name in enumerate(("items/import", "forms/new", "exams/new", "sessions/new", "courses/new", "people/new"), start=30):
        first.go(f"/cell/{name}")
        first.picture(f"cell-{number}-{name.replace('/', '-')}")
    first.go("/cell/results?lang=en")
    first.picture("cell-12-results")
    first.click("Draft a batch")
    first.picture("cell-10-batch")
    batch = first.page.url.split("?")[0].removeprefix(deployment.url)
    approve(first, "Approve…", "Approve", "Approved. A second officer is needed now.")
    second.go(f"{batch}?lang=en")
    approve(second, "Publish…", "Publish the results", "The results are published.")
    second.picture("cell-11-published")
    assert first.faults == []
    assert second.faults == []


def approve(officer: Person, opener: str, confirm: str, toast: str) -> None:
    from assessment_engine.demo.seed import PASSWORD

    officer.page.get_by_role("button", name=opener).locator("visible=true").first.click()
    dialog = officer.page.locator(".dialog:popover-open")
    dialog.locator("input[type=password]").fill(PASSWORD)
    officer.shot(f"cell-dialog-{confirm.split()[0].lower()}")
    dialog.get_by_role("button", name=confirm).click()
    expect(officer.page.get_by_text(toast)).to_be_visible()


def hold_the_certificate(candidate: Person, sitting: str) -> None:
    page = candidate.page

    def issued() -> bool:
        candidate.go(f"/candidate/sittings/{sitting}/result?lang=en")
        return page.get_by_role("link", name="Credential", exact=False).count() > 0

    until(issued, within_s=120, every_s=1)
    candidate.picture("candidate-9-result")
    candidate.go("/candidate/record?lang=en")
    candidate.picture("candidate-10-record")
    candidate.go(f"/candidate/sittings/{sitting}/result?lang=en")


def check_it_as_a_stranger(candidate: Person, browser: Browser, deployment: Deployment) -> None:
    pdf, credential = download(candidate, "PDF"), download(candidate, "Credential")
    stranger = browser.new_context(locale="en-IN").new_page()
    stranger.goto(f"{deployment.url}/verify")
    stranger.locator("input[type=file]").set_input_files(pdf)
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_text("Valid as of", exact=False).first).to_be_visible()
    keep_picture(stranger, "public-verified", full_page=True)

    for file in (pdf, credential):
        verified = deployment.run("credential", "verify", str(file), "--json")
        assert (verified.returncode, json.loads(verified.stdout)["answer"]) == (0, "valid")
    forged = credential.with_suffix(".forged.json")
    forged.write_text(credential.read_text().replace("Asha Rao", "Asha Roy"))
    assert deployment.run("credential", "verify", str(forged)).returncode == 1
    assert deployment.run("audit", "verify").returncode == 0


def download(person: Person, name: str) -> Path:
    """Fetch what a link on the page leads to, as the person."""
    link = person.page.get_by_role("link", name=name, exact=False).locator("visible=true").first
    answer = person.context.request.get(person.url + (link.get_attribute("href") or ""))
    assert answer.ok
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"certificate.{name.lower()}"
    path.write_bytes(answer.body())
    return path


def query(deployment: Deployment, statement: str, *values: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(f"file:{deployment.data_dir / 'engine.sqlite'}?mode=ro", uri=True)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def until(look: Callable[[], T | None], *, within_s: float, every_s: float = 0.5) -> T:
    """Look again and again until there is something to see."""
    limit = time.monotonic() + within_s
    while time.monotonic() < limit:
        if found := look():
            return found
        time.sleep(every_s)
    raise AssertionError(f"nothing within {within_s} s")
