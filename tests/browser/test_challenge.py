"""The camera check on the exam's page, in a real Chromium: light around the question, in words, without taking focus, place or text."""

from itertools import pairwise
from statistics import median

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from proctoring.challenge.colours import Light
from tests.browser.person import AT_REST, PICTURES, keep_picture
from tests.browser.test_exam_beside import Desk, desk

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.browser

# Wide and narrow, each in one language; where pictures are wanted, in both.
SCREENS = [(1280, 800, "en"), (390, 844, "hi")]
EVERY_SCREEN = [*SCREENS, (1280, 800, "hi"), (390, 844, "en")]
COLOURS = Light((0, 2, 4, 6, 1, 5)).colours
LIGHT = {"type": "challenge", "id": 3, "ask": "light", "in_ms": 300, "step_ms": 1000, "colours": COLOURS}
TURN = {"type": "challenge", "id": 4, "ask": "turn", "try": 1, "turns": ["left", "up"], "lasts_ms": 15000}
HEARS = """async (message) => {
  if (!window.hearsCheck) {
    const [{ checksOf }, { words }] = await Promise.all([import("/static/challenge.js"), import("/static/exam_words.js")]);
    window.told = [];
    window.hearsCheck = checksOf({ words, tell: (data) => told.push(data) });
  }
  window.hearsCheck(message);
}"""
NOTES_COLOURS = """() => {
  window.seen = [];
  const body = document.body;
  setInterval(() => {
    const now = body.hasAttribute("data-light") ? body.style.getPropertyValue("--light") : "";
    if (now !== seen.at(-1)?.[0]) seen.push([now, performance.now()]);
  }, 20);
}"""
PAINTED = "getComputedStyle(document.querySelector('.sheet')).backgroundColor"


def _rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)})"


def _places(page: Page) -> object:
    which = "#question *, .sheet__actions button, #palette a"
    return page.evaluate("(which) => [...document.querySelectorAll(which)].map((one) => one.getBoundingClientRect().toJSON())", which)


@pytest.mark.parametrize(("width", "height", "lang"), EVERY_SCREEN if PICTURES else SCREENS)
def test_the_light_is_painted_around_the_question_and_moves_nothing(
    desk: Desk, browser: Browser, width: int, height: int, lang: str
) -> None:
    page = desk.open(browser, width=width, height=height, lang=lang)
    page.locator("#question input").first.focus()
    before, focused = _places(page), page.evaluate("document.activeElement.outerHTML")

    page.evaluate(HEARS, {**LIGHT, "step_ms": 5000})
    expect(page.locator(".sheet")).to_have_css("background-color", _rgb(COLOURS[0]))

    assert page.locator("#question").evaluate("(form) => getComputedStyle(form).backgroundColor") == "rgb(255, 255, 255)"
    assert _places(page) == before
    assert page.evaluate("document.activeElement.outerHTML") == focused
    assert page.evaluate("told") == [{"number": 3}]
    expect(page.locator("#check")).to_be_visible()
    keep_picture(page, f"camera-check-light-{width}-{lang}")
    page.context.close()


def test_every_colour_comes_once_a_second_in_order_and_the_page_is_white_again(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    page.evaluate(NOTES_COLOURS)

    page.evaluate(HEARS, LIGHT)
    expect(page.locator("#check")).to_be_visible()
    expect(page.locator("#check")).to_be_hidden()
    expect(page.locator(".sheet")).to_have_css("background-color", "rgb(255, 255, 255)")

    seen = [(colour, at) for colour, at in page.evaluate("seen") if colour]
    assert [colour for colour, _ in seen] == COLOURS
    # a busy page may be late with one and in time with the next
    assert median(after - before for (_, before), (_, after) in pairwise(seen)) > 700
    assert page.evaluate(PAINTED) == "rgb(255, 255, 255)"
    expect(page.locator("#check")).to_be_hidden()
    page.context.close()


@pytest.mark.parametrize(("width", "height", "lang"), SCREENS)
def test_a_request_to_turn_is_said_beside_the_work_and_goes_when_it_is_answered(
    desk: Desk, browser: Browser, width: int, height: int, lang: str
) -> None:
    page = desk.open(browser, width=width, height=height, lang=lang)
    before = _places(page)

    page.evaluate(HEARS, TURN)
    keep_picture(page, f"camera-check-turn-{width}-{lang}")

    expect(page.locator("#check-words")).to_contain_text("left" if lang == "en" else "बाईं")
    assert _places(page) == before
    assert page.evaluate("document.body.hasAttribute('data-light')") is False
    page.evaluate(HEARS, {**TURN, "ask": "hand", "lasts_ms": 10000})
    keep_picture(page, f"camera-check-hand-{width}-{lang}")
    assert page.evaluate("told") == [{"number": 4}]
    page.evaluate(HEARS, {"type": "challenge", "id": 4, "ask": "done"})
    expect(page.locator("#check")).to_be_hidden()
    page.context.close()


def test_whoever_asked_the_browser_for_less_motion_sees_no_light_and_the_page_does_not_say_that_it_showed_one(
    desk: Desk, browser: Browser
) -> None:
    page = desk.open(browser)
    page.emulate_media(reduced_motion="reduce")

    page.evaluate(HEARS, LIGHT)
    page.wait_for_timeout(900)

    assert page.evaluate("document.body.hasAttribute('data-light')") is False
    assert page.evaluate("told") == []
    page.context.close()


def test_the_painted_page_can_be_read(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)

    page.evaluate(HEARS, {**LIGHT, "step_ms": 60_000})
    expect(page.locator("body[data-light]")).to_have_count(1)
    page.evaluate(AT_REST)

    grave = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    page.context.close()


def test_in_the_dark_theme_the_light_stays_low_and_words_stay_light(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    page.emulate_media(color_scheme="dark")

    page.evaluate(HEARS, {**LIGHT, "step_ms": 60_000})
    expect(page.locator("body[data-light]")).to_have_count(1)
    page.evaluate(AT_REST)
    keep_picture(page, "camera-check-light-dark")

    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(232, 236, 241)"
    grave = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    page.context.close()
