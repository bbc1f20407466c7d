"""Parts that bind the candidate, in a real Chromium: one way only, reached by marks; with a line and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assessment_engine.kernel.canonical import Json
from tests.browser.seats import Address, an_address, choice, held, saved, start
from tests.running import until
from tests.services.parts import give_parts

pytestmark = pytest.mark.browser

ONE_WAY: dict[str, Json] = {"navigation": "linear"}
IF_HALF_IS_RIGHT: dict[str, Json] = {"precondition": {"section": "A", "share_at_least": "0.5"}}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    with an_address(tmp_path) as address:
        give_parts(address.engine, address.world, [ONE_WAY, IF_HALF_IS_RIGHT])
        yield address


def test_a_part_goes_one_way_also_without_a_line_and_the_next_one_comes_by_marks(address: Address, chrome: Browser) -> None:
    with address.device(chrome) as device:
        page = device.new_page()
        start(page, address)
        held(page)
        expect(page.locator("#number")).to_have_text("Question 1 of 2")
        choice(page, "Yes").check()
        saved(page)

        page.context.set_offline(True)
        page.get_by_role("button", name="Save & next").click()
        expect(page.locator("#number")).to_have_text("Question 2 of 2")
        choice(page, "Yes").check()
        page.get_by_role("link", name="Question 1:").click()
        expect(page.locator("#toasts")).to_contain_text("needs a connection")
        leave_the_part(page, "Leave this part")
        expect(page.locator("#number")).to_have_text("Question 2 of 2")

        page.context.set_offline(False)
        saved(page)
        leave_the_part(page, "Stay in this part")
        expect(page.locator("#number")).to_have_text("Question 2 of 2")
        leave_the_part(page, "Leave this part")
        expect(page.locator("#number")).to_have_text("Question 3 of 4")
        expect(page.locator("#section")).to_contain_text("Section 2 of 2")
        expect(choice(page, "Yes")).not_to_be_checked()  # the number changes a moment before the question
        choice(page, "No").check()
        saved(page)

        page.locator("[data-tab=A]").click(force=True)  # it is reachable, and says why it is closed
        expect(page.locator("#tab-why")).not_to_be_empty()
        expect(page.locator("#number")).to_have_text("Question 3 of 4")
        assert address.final() == {item: {"RESPONSE": value} for item, value in zip(address.world.items, "AAB", strict=False)}


def test_the_page_goes_on_by_itself_when_the_time_of_a_question_is_over(tmp_path: Path, chrome: Browser) -> None:
    with an_address(tmp_path) as address, address.device(chrome) as device:
        give_parts(address.engine, address.world, [{**ONE_WAY, "item_limits": {address.world.items[0]: 8}}])
        page = device.new_page()
        page.goto(address.exam)
        page.get_by_role("button", name="Start the exam").click()

        expect(page.locator("#number")).to_contain_text("Question 2")
        choice(page, "No").check()
        saved(page)

        assert address.final() == {address.world.items[1]: {"RESPONSE": "B"}}


def test_without_a_line_the_page_goes_on_by_itself_too_also_after_a_reload(tmp_path: Path, chrome: Browser) -> None:
    with an_address(tmp_path) as address, address.device(chrome) as device:
        give_parts(address.engine, address.world, [{**ONE_WAY, "item_limits": {address.world.items[0]: 20}}])
        page = device.new_page()
        start(page, address)
        held(page)
        choice(page, "Yes").check()
        saved(page)

        page.context.set_offline(True)
        page.reload()
        expect(page.locator("[data-limit=item]")).to_be_visible()
        expect(page.locator("#number")).to_have_text("Question 2 of 2")
        expect(page.locator("[data-limit=item]")).to_be_hidden()
        expect(choice(page, "Yes")).not_to_be_checked()
        choice(page, "No").check()
        page.context.set_offline(False)
        saved(page)

        assert address.final() == {item: {"RESPONSE": value} for item, value in zip(address.world.items, "AB", strict=False)}
        assert address.sitting().progress["item"] == address.world.items[1]


def test_the_time_of_a_part_that_is_come_back_to_without_a_line_is_shown_and_counted(tmp_path: Path, chrome: Browser) -> None:
    with an_address(tmp_path) as address, address.device(chrome) as device:
        give_parts(address.engine, address.world, [{"time_limit_s": 900}, {"time_limit_s": 60}])
        page = device.new_page()
        start(page, address)
        held(page)
        go_to(page, 2)
        page.get_by_role("button", name="Save & next").click()
        expect(page.locator("[data-limit=section] time")).to_have_text(re.compile("^(01:00|00:5)"))

        page.context.set_offline(True)
        go_to(page, 1)
        expect(page.locator("[data-limit=section] time")).to_have_text(re.compile("^14:"))
        choice(page, "Yes").check()
        page.reload()
        expect(page.locator("[data-limit=section] time")).to_have_text(re.compile("^14:"))
        go_to(page, 3)
        expect(page.locator("[data-limit=section] time")).to_have_text(re.compile("^00:[1-5]"))
        page.context.set_offline(False)
        saved(page)

        assert until(lambda: address.sitting().progress["item"] == address.world.items[2])
        assert address.final() == {address.world.items[0]: {"RESPONSE": "A"}}


def go_to(page: Page, number: int) -> None:
    """Go to a question by the palette."""
    if not page.locator(f"[data-number='{number}']").is_visible():
        page.locator("[data-tab]").nth((number - 1) // 2).click()
    page.get_by_role("link", name=f"Question {number}:").click()
    expect(page.locator("#number")).to_have_text(f"Question {number} of 4")


def leave_the_part(page: Page, answer: str) -> None:
    """Go on from its last question; a part that closes is left only after this question."""
    page.get_by_role("button", name="Save & next").click()
    page.locator("#leaving").get_by_role("button", name=answer).click()
    expect(page.locator("#leaving")).to_be_hidden()
