"""The exam page in a real Chromium: answers given without a connection survive a reload and reach the server; nothing takes the focus."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from tests.browser.seats import held
from tests.builders import World, a_world, an_engine
from tests.running import free_port, served

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Seat:
    """A candidate whose exam page is open."""

    engine: Engine
    world: World
    page: Page
    base: str

    def revisions(self) -> list[int]:
        with self.engine.store.read() as tx:
            return [receipt.revision for receipt in tx.answers.receipts(self.world.sitting_id)]

    def states(self) -> list[str | None]:
        return [link.get_attribute("data-state") for link in self.page.locator(".palette [data-number]").all()]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[Engine, World, str]]:
    engine = replace(an_engine(tmp_path), clock=SystemClock())
    world = a_world(engine, state=SittingState.ADMITTED)
    ledger = delivery.open_ledger(engine)
    port = free_port()
    with served(create_app(engine, ledger), port):
        yield engine, world, f"http://127.0.0.1:{port}"
    ledger.stop()
    engine.store.engine.dispose()


@pytest.fixture
def seat(address: tuple[Engine, World, str], chrome: Browser) -> Iterator[Seat]:
    engine, world, base = address
    with chrome.new_context(viewport={"width": 1280, "height": 800}) as context:
        token = people.open_session(engine, world.candidate.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/candidate/sittings/{world.sitting_id}/exam")
        page.get_by_role("button", name="Start the exam").click()
        expect(choice(page, "Yes")).to_be_visible()
        yield Seat(engine=engine, world=world, page=page, base=base)


def choice(page: Page, name: str) -> Any:
    return page.get_by_role("radio", name=name)


def saved(page: Page) -> None:
    expect(page.locator("#saved[data-kind=good]")).to_be_visible()


def test_answers_survive_a_lost_connection_and_a_reload(seat: Seat) -> None:
    page = seat.page
    choice(page, "Yes").check()
    saved(page)
    held(page)

    page.context.set_offline(True)
    choice(page, "No").check()
    expect(page.locator("#offline")).to_have_text("Not saved yet. Kept on this device; trying again. Go on answering.")
    assert page.evaluate("document.activeElement.type") == "radio"
    page.get_by_role("button", name="Save & next").click()
    expect(page.locator("#number")).to_have_text("Question 2 of 4")
    choice(page, "Yes").check()
    assert seat.revisions() == [1]

    page.context.set_offline(False)
    page.reload()
    saved(page)

    assert seat.revisions() == [1, 2, 3]
    assert seat.states() == ["answered", "answered", "not_visited", "not_visited"]
    with seat.engine.store.read() as tx:
        final = tx.answers.final(seat.world.sitting_id)
    assert final == {seat.world.items[0]: {"RESPONSE": "B"}, seat.world.items[1]: {"RESPONSE": "A"}}


def test_two_tabs_end_in_one_ledger(seat: Seat) -> None:
    choice(seat.page, "Yes").check()
    saved(seat.page)
    other = seat.page.context.new_page()
    other.goto(seat.page.url)
    expect(choice(other, "Yes")).to_be_checked()

    choice(other, "No").check()
    expect(other.locator("#saved-words")).to_have_text("Not saved yet")
    other.get_by_role("button", name="Go on here").click()
    saved(other)
    expect(other.locator("#number")).to_be_focused()
    expect(seat.page.locator("#camera-words")).to_have_text("Camera open in another window")
    shown = "document.getElementById('me').srcObject !== null"
    assert (seat.page.evaluate(shown), other.evaluate(shown)) == (False, True)

    assert seat.revisions() == [1, 2]
    with seat.engine.store.read() as tx:
        assert tx.answers.final(seat.world.sitting_id) == {seat.world.items[0]: {"RESPONSE": "B"}}


def test_nothing_stands_under_the_next_number_until_its_question_is_there(seat: Seat) -> None:
    held_back: list[Route] = []
    with seat.page.context.browser.new_context(service_workers="block") as context:  # type: ignore[union-attr]  # a page of ours has a browser
        context.add_cookies(seat.page.context.cookies())  # type: ignore[arg-type]  # what it returns, it takes
        page = context.new_page()
        page.route("**/paper", lambda route: route.abort())
        page.route(f"**/items/{seat.world.items[1]}*", lambda route: held_back.append(route))
        page.goto(seat.page.url)
        expect(choice(page, "Yes")).to_be_visible()

        with page.expect_request(f"**/items/{seat.world.items[1]}*"):
            page.get_by_role("button", name="Save & next").click()

        expect(page.locator("#number")).to_have_text("Question 2 of 4")
        assert page.locator("#question").inner_text() == ""
        for route in held_back:
            route.continue_()
        expect(choice(page, "Yes")).to_be_visible()


def test_handing_in_asks_once_with_the_counts_and_shows_the_receipt(seat: Seat) -> None:
    page = seat.page
    choice(page, "Yes").check()
    page.get_by_role("button", name="Mark for review & next").click()
    page.get_by_role("button", name="Submit …").click()
    expect(page.locator("#ask")).to_match_aria_snapshot("- listitem: /^1.* Answered and marked/")
    page.get_by_role("button", name="Go back to the questions").click()
    expect(page.locator("#ask")).to_be_hidden()

    page.get_by_role("button", name="Submit …").click()
    page.get_by_role("button", name="Hand in", exact=True).click()

    page.wait_for_url("**/done")
    expect(page.get_by_role("heading", name="Your exam is handed in")).to_be_visible()
    assert seat.revisions() == [1]
    state = delivery.my_sitting(seat.engine, seat.world.candidate, seat.world.sitting_id).state
    assert state is SittingState.SUBMITTED


def test_the_palette_is_a_drawer_on_a_telephone(seat: Seat) -> None:
    page = seat.page
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#palette")).not_to_be_in_viewport()

    page.get_by_role("button", name="Questions", exact=True).click()
    expect(page.locator("#close-palette")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#open-palette")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Question 2: Not visited").click()

    expect(page.locator("#number")).to_have_text("Question 2 of 4")
    expect(page.locator("#palette")).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
