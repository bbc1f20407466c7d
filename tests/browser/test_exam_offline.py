"""The exam without a line, in a real Chromium: reloads, a start by a code, two windows, another device, the last resort."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from assessment_engine.delivery.answer_file import open_file
from assessment_engine.delivery.sitting import PauseReason, SittingState
from assessment_engine.kernel.errors import ForeignFile
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import papers
from assessment_engine.storage.schema import metadata
from tests.browser.seats import Address, an_address, choice, held, saved, soon, start
from tests.services.packages import PICTURE
from tests.services.parts import give_parts

pytestmark = pytest.mark.browser

KEPT = "Not saved yet. Kept on this device; trying again. Go on answering."
NOT_KEPT = "Not saved yet. This browser keeps nothing, so do not close this page; trying again. Go on answering."


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    with an_address(tmp_path) as address:
        yield address


@pytest.fixture
def seat(address: Address, chrome: Browser) -> Iterator[Page]:
    context = address.device(chrome)
    yield context.new_page()
    context.close()


def answer(page: Page, number: int, name: str) -> None:
    page.get_by_role("link", name=f"Question {number}:").click()
    expect(page.locator("#number")).to_have_text(f"Question {number} of 4")
    expect(page.locator("#question")).to_contain_text(f"Question {number}")  # the number changes a moment before
    choice(page, name).check()


def place_kept(page: Page, item: str) -> None:
    """Wait until the disk has the place: where the candidate is, is written a moment after they went there."""
    until = """async (item) => {
        const database = await new Promise((resolve) => {
            const request = indexedDB.open("assessment-engine");
            request.onsuccess = () => resolve(request.result);
        });
        const [kept] = await new Promise((resolve) => {
            const request = database.transaction("keepsakes").objectStore("keepsakes").getAll();
            request.onsuccess = () => resolve(request.result);
        });
        database.close();
        return kept?.current === item;
    }"""
    assert soon(page, lambda: page.evaluate(until, item)), "the device does not hold the place"


def test_what_is_chosen_as_the_page_goes_is_kept(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    seat.evaluate("""addEventListener("pagehide", () => document.querySelector("#question input[type=radio]").click())""")
    seat.reload()

    expect(choice(seat, "Yes")).to_be_checked()
    seat.context.set_offline(False)
    saved(seat)
    assert address.final() == {address.world.items[0]: {"RESPONSE": "A"}}


def test_a_device_that_keeps_nothing_any_more_says_so_until_the_answer_is_saved(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    choice(seat, "Yes").check()
    expect(seat.locator("#offline")).to_have_text(KEPT)

    seat.evaluate("new Promise((done) => (indexedDB.open('assessment-engine', 99).onsuccess = done))")  # the page lets go of its database
    choice(seat, "No").check()

    expect(seat.locator("#offline")).to_have_text(NOT_KEPT)
    seat.context.set_offline(False)
    saved(seat)
    assert address.final() == {address.world.items[0]: {"RESPONSE": "B"}}


def test_an_outage_with_a_reload_in_the_middle_loses_nothing(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    choice(seat, "Yes").check()
    saved(seat)

    seat.context.set_offline(True)
    answer(seat, 2, "No")
    expect(seat.locator("#offline")).to_have_text(KEPT)
    seat.get_by_role("button", name="Mark for review & next").click()
    place_kept(seat, address.world.items[2])
    seat.reload()

    expect(seat.locator("#number")).to_have_text("Question 3 of 4")
    expect(seat.locator("#offline")).to_have_text(KEPT)
    assert [link.get_attribute("data-state") for link in seat.locator(".palette [data-number]").all()] == [
        "answered",
        "answered_and_marked",
        "not_answered",
        "not_visited",
    ]
    choice(seat, "Yes").check()
    assert address.revisions() == [1]

    seat.context.set_offline(False)
    saved(seat)

    assert address.revisions() == [1, 2, 3]
    items = address.world.items
    assert address.final() == {items[0]: {"RESPONSE": "A"}, items[1]: {"RESPONSE": "B"}, items[2]: {"RESPONSE": "A"}}


def test_handing_in_without_a_line_waits_and_then_happens(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    choice(seat, "Yes").check()
    seat.set_viewport_size({"width": 390, "height": 844})
    seat.get_by_role("button", name="Questions", exact=True).click()
    seat.get_by_role("button", name="Submit …").click()
    seat.get_by_role("button", name="Hand in", exact=True).click()
    expect(seat.locator("#offline")).to_contain_text("waiting for the connection")
    expect(seat.locator("#palette")).not_to_be_in_viewport()  # as a drawer it covered these words
    expect(seat.locator("#number")).to_be_focused()
    expect(seat.get_by_role("button", name="Save my answers as a file")).to_be_visible()
    seat.reload()
    expect(seat.locator("#offline")).to_contain_text("waiting for the connection")

    seat.context.set_offline(False)
    seat.wait_for_url("**/done")

    assert address.revisions() == [1]
    assert address.sitting().state is SittingState.SUBMITTED
    left = "async () => [(await caches.keys()).filter((name) => name.startsWith('sitting-')).length, sessionStorage.length]"
    assert seat.evaluate(left)[0] == 0


def give(address: Address, seconds: int) -> None:
    """Let the time end so many seconds from now."""
    with address.engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(address.world.sitting_id)
        assert sitting.deadline_at is not None
        left = round((sitting.deadline_at - address.engine.clock.now()).total_seconds())
        tx.sittings.save(sitting.give_time(seconds - left))


def test_time_given_while_the_line_was_away_is_the_candidates_when_it_is_back(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    give(address, 8)
    seat.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(seat.locator("#clock")).to_have_text(re.compile("^00:00:0"))
    seat.context.set_offline(True)
    expect(seat.locator("#offline")).to_contain_text("waiting for the connection")
    expect(seat.locator("#submit")).to_be_disabled()
    give(address, 600)

    seat.context.set_offline(False)
    expect(seat.locator("#submit")).to_be_enabled(timeout=60_000)
    choice(seat, "Yes").check()
    saved(seat)

    assert address.sitting().state is SittingState.IN_PROGRESS
    assert address.revisions() == [1]


def test_a_second_window_goes_on_in_one_step_and_the_first_says_so(address: Address, seat: Page) -> None:
    start(seat, address)
    choice(seat, "Yes").check()
    saved(seat)
    other = seat.context.new_page()
    other.goto(address.exam)

    expect(other.locator("#notice-title")).to_have_text("This exam was last open in another window or on another device.")
    choice(other, "No").check()
    assert address.revisions() == [1]
    other.get_by_role("button", name="Go on here").click()
    saved(other)
    assert address.revisions() == [1, 2]
    expect(other.locator("#notice")).to_be_hidden()

    expect(seat.locator("#notice-title")).to_have_text("This exam was last open in another window or on another device.")
    answer(seat, 2, "Yes")
    assert seat.evaluate("document.activeElement.type") == "radio"
    assert address.revisions() == [1, 2]
    seat.get_by_role("button", name="Go on here").click()
    saved(seat)
    assert address.revisions() == [1, 2, 3]
    assert address.final()[address.world.items[0]] == {"RESPONSE": "B"}
    expect(other.locator("#notice-title")).to_have_text("This exam was last open in another window or on another device.")


def test_a_reload_keeps_the_lease(address: Address, seat: Page) -> None:
    start(seat, address)
    choice(seat, "Yes").check()
    saved(seat)

    seat.reload()
    choice(seat, "No").check()
    saved(seat)

    assert address.revisions() == [1, 2]
    expect(seat.locator("#notice")).to_be_hidden()


def test_another_device_goes_on_where_the_first_one_was(address: Address, seat: Page, chrome: Browser) -> None:
    start(seat, address)
    choice(seat, "Yes").check()
    seat.get_by_role("button", name="Mark for review & next").click()
    answer(seat, 2, "No")
    saved(seat)

    device = address.device(chrome)
    second = device.new_page()
    second.goto(address.exam)
    second.get_by_role("button", name="Go on here").click()
    answer(second, 2, "Yes")
    saved(second)

    assert address.revisions() == [1, 2, 3]
    answer(seat, 1, "No")  # the first device hears of it when it saves
    expect(seat.locator("#notice-title")).to_have_text("This exam was last open in another window or on another device.")
    assert address.revisions() == [1, 2, 3]
    device.close()


def test_where_only_an_invigilator_moves_an_exam_the_second_device_says_so_until_it_is_freed(
    address: Address, seat: Page, chrome: Browser
) -> None:
    with address.engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["exams"]).values(policy={"pass_share": "0.5", "device_change": "invigilator"}))
    start(seat, address)
    choice(seat, "Yes").check()
    saved(seat)

    device = address.device(chrome)
    second = device.new_page()
    second.goto(address.exam)
    expect(second.locator("#notice-words")).to_contain_text("In this exam an invigilator moves it to another window.")
    expect(second.locator("#notice-do")).to_have_text("Call the invigilator")
    choice(second, "No").check()
    assert address.revisions() == [1]

    free(address)
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    second.get_by_role("button", name="Go on here").click()
    saved(second)
    assert address.revisions() == [1, 2]
    answer(seat, 2, "No")
    seat.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it may have heard of it while nobody had it
    expect(seat.locator("#notice-do")).to_have_text("Call the invigilator")
    device.close()


def free(address: Address) -> None:
    """Let an invigilator move the exam."""
    with address.engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get_locked(address.world.sitting_id), writer=None))


def test_the_exam_begins_with_a_code_where_there_is_no_line(address: Address, seat: Page) -> None:
    seat.goto(address.exam)
    held(seat)
    code = papers.release_code(address.engine, address.world.session_id)

    seat.context.set_offline(True)
    seat.get_by_role("button", name="Start the exam").click()
    expect(seat.locator("#start-says")).to_contain_text("There is no connection.")
    seat.get_by_label("Code").fill("AAAA-BBBB-CCCC")
    seat.get_by_role("button", name="Open the paper").click()
    expect(seat.locator("#code-problem")).to_contain_text("does not open")
    seat.get_by_label("Code").fill(code.lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    seat.get_by_role("button", name="Open the paper").click()

    expect(choice(seat, "Yes")).to_be_visible()
    choice(seat, "Yes").check()
    expect(seat.locator("#offline")).to_have_text(KEPT)
    seat.reload()
    expect(choice(seat, "Yes")).to_be_checked()
    assert address.sitting().state is SittingState.ADMITTED

    seat.context.set_offline(False)
    saved(seat)
    assert address.sitting().state is SittingState.IN_PROGRESS
    assert address.final() == {address.world.items[0]: {"RESPONSE": "A"}}


def test_the_answer_file_opens_with_its_own_sittings_key_only(address: Address, seat: Page) -> None:
    seat.clock.install()
    start(seat, address)
    seat.clock.run_for(10_000)
    held(seat)
    seat.context.set_offline(True)
    choice(seat, "Yes").check()
    expect(seat.locator("#offline")).to_have_text(KEPT)
    expect(seat.get_by_role("button", name="Save my answers as a file")).to_be_hidden()

    seat.clock.run_for(130_000)
    with seat.expect_download() as download:
        seat.get_by_role("button", name="Save my answers as a file").click()

    data = Path(download.value.path()).read_bytes()
    key = address.engine.signer.tickets
    opened = open_file(key, address.world.sitting_id, data)
    assert [(one["item"], one["response"]) for one in opened.answers] == [(address.world.items[0], {"RESPONSE": "A"})]
    assert b"RESPONSE" not in data
    with pytest.raises(ForeignFile):
        open_file(key, SittingId("sit_other"), json.dumps({**json.loads(data), "sitting": "sit_other"}).encode())


def test_a_pause_covers_the_question_and_what_was_written_is_saved_afterwards(address: Address, seat: Page) -> None:
    start(seat, address)
    choice(seat, "Yes").check()
    saved(seat)
    with address.engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get_locked(address.world.sitting_id).pause(address.engine.clock.now(), PauseReason.INVIGILATOR))

    choice(seat, "No").check()
    expect(seat.locator("#notice-title")).to_have_text("The exam is paused")
    expect(seat.locator("#question")).to_have_css("opacity", "0")
    expect(seat.locator(".sheet__actions")).to_be_hidden()
    assert address.revisions() == [1]
    seat.route("**/a-picture", lambda route: route.fulfill(status=404))
    seat.evaluate("new Promise((d) => question.append(Object.assign(new Image(), { id: 'late', onerror: d, src: '/a-picture' })))")
    seat.unroute("**/a-picture")
    seat.route("**/a-picture", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))

    with address.engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get_locked(address.world.sitting_id).resume(address.engine.clock.now()))
    seat.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    saved(seat)
    expect(seat.locator("#notice")).to_be_hidden()
    expect(choice(seat, "No")).to_be_checked()
    assert address.revisions() == [1, 2]
    seat.wait_for_function("late.naturalWidth === 1")  # what the server kept back meanwhile comes now


def test_what_comes_after_the_seal_goes_to_a_persons_decision_and_the_page_says_so(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    choice(seat, "Yes").check()
    expect(seat.locator("#offline")).to_have_text(KEPT)
    with address.engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(address.world.sitting_id)
        tx.sittings.save(sitting.give_time(-7200))

    seat.context.set_offline(False)
    expect(seat.locator("#notice-title")).to_have_text("Your exam is closed")
    expect(seat.locator("#notice-words")).to_contain_text("a person decides")
    for said in ("#offline", "#saved", "#clock"):  # nothing on the page asks to go on answering
        expect(seat.locator(said)).to_be_hidden()
    expect(choice(seat, "No")).to_be_disabled()
    seat.get_by_role("button", name="Go on", exact=True).click()
    seat.wait_for_url("**/done")
    assert address.revisions() == []


def test_the_notices_fit_a_telephone(address: Address, seat: Page) -> None:
    seat.set_viewport_size({"width": 390, "height": 844})
    start(seat, address)
    choice(seat, "Yes").check()
    saved(seat)
    other = seat.context.new_page()
    other.set_viewport_size({"width": 390, "height": 844})
    other.goto(address.exam)

    expect(other.get_by_role("button", name="Go on here")).to_be_in_viewport()
    assert other.evaluate("document.documentElement.scrollWidth") <= 390


def test_answers_that_a_closed_exam_left_on_the_device_are_handed_over_from_the_receipts_page(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    choice(seat, "Yes").check()
    expect(seat.locator("#offline")).to_have_text(KEPT)
    seat.goto("about:blank")
    with address.engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get_locked(address.world.sitting_id).give_time(-7200))

    seat.context.set_offline(False)
    seat.goto(address.exam)
    seat.wait_for_url("**/done")

    expect(seat.locator("#held-late-words")).to_contain_text("a person decides")
    seat.reload()
    expect(seat.locator("#held-late")).to_be_hidden()
    assert address.revisions() == []


def test_an_answer_to_a_question_that_left_the_paper_stays_on_the_device_and_is_said_so(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    seat.context.set_offline(True)
    answer(seat, 2, "No")
    expect(seat.locator("#offline")).to_have_text(KEPT)
    items = address.world.items
    give_parts(address.engine, replace(address.world, items=(items[0], items[2])), [{}])

    seat.context.set_offline(False)
    expect(seat.locator("#refused-words")).to_contain_text("Your answer is kept on this device.")
    seat.reload()
    expect(seat.locator("#number")).to_have_text("Question 1 of 2")
    expect(seat.locator("#notice-title")).to_have_text("An answer to a question that is not in your paper")
    expect(seat.locator("#saved-words")).to_have_text("One answer could not be saved")
    choice(seat, "Yes").check()
    seat.get_by_role("button", name="Submit …").click()
    seat.get_by_role("button", name="Hand in", exact=True).click()
    seat.wait_for_url("**/done")

    expect(seat.locator("#held-late-words")).to_contain_text("Save it as a file and give it to an invigilator.")
    with seat.expect_download() as download:
        seat.locator("#held-late-file").click()
    opened = open_file(address.engine.signer.tickets, address.world.sitting_id, Path(download.value.path()).read_bytes())
    assert [(one["item"], one["response"]) for one in opened.answers] == [(items[1], {"RESPONSE": "B"})]
    assert address.final() == {items[0]: {"RESPONSE": "A"}}


def test_signing_out_forgets_the_exam_but_no_answer_that_is_not_saved(address: Address, seat: Page) -> None:
    start(seat, address)
    held(seat)
    choice(seat, "Yes").check()
    saved(seat)
    seat.goto(f"{address.base}/candidate")
    seat.get_by_role("button", name="Sign out").click()
    expect(seat.get_by_role("link", name="Sign in").first).to_be_visible()

    assert seat.evaluate(LEFT) == [0, 0, 0]


LEFT = """async () => {
    const pages = (await caches.keys()).filter((name) => name.startsWith("sitting-")).length;
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("assessment-engine");
        request.onsuccess = () => resolve(request.result);
    });
    const count = (store) => new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).count();
        request.onsuccess = () => resolve(request.result);
    });
    const left = [pages, await count("things"), await count("outbox")];
    database.close();
    return left;
}"""
