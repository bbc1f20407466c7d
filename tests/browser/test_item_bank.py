"""The item bank in a real Chromium: fit for everybody on a telephone and a desk, in both languages, and walked through by keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Actor
from assessment_engine.services import item_cards, item_reviews, people
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_versions import save
from item_bank.imports import NewItem
from item_bank.item_reviews import Verdict
from tests.browser.keys import tab_to
from tests.browser.test_front import SIZES, small_targets
from tests.builders import GENERAL, a_choice_item, an_engine
from tests.certification.parts import ASSETS
from tests.running import free_port, served
from tests.services.test_item_reviews import Cast, a_cast, accepted_by_all
from tests.services.test_item_versions import new_item

pytestmark = pytest.mark.browser


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A bank that is served: an approved item with a newer draft, and two that wait for their reviewers."""

    engine: Engine
    browser: Browser
    base: str
    cast: Cast
    changed: str

    def page(self, actor: Actor, width: int, scheme: str = "light") -> Page:
        """A window in which somebody is signed in."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 844},
            base_url=self.base,
            color_scheme=scheme,  # type: ignore[arg-type]  # light or dark
        )
        token = people.open_session(self.engine, actor.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": self.base}])
        return context.new_page()


@pytest.fixture
def bank(tmp_path: Path, browser: Browser) -> Iterator[Bank]:
    engine = replace(an_engine(tmp_path), clock=SystemClock())
    cast = a_cast(engine)
    accepted_by_all(engine, cast, cast.version)
    text = a_choice_item(1).replace("Question 1", "Which Article?").encode()
    new = NewItem(variants={"en": text}, facts=replace(GENERAL, topic="Articles", seconds=90))
    changed = save(engine, cast.author, bank_id=cast.bank_id, item_id=cast.version.item_id, based_on=1, new=new)
    waiting = [save(engine, cast.author, bank_id=cast.bank_id, item_id=None, based_on=0, new=new_item(number)).id for number in range(2, 5)]
    item_reviews.send(engine, cast.author, waiting[:2])
    item_reviews.review(engine, cast.first, waiting[:1], Verdict.ACCEPT, "Clear.")
    item_cards.make_enemies(engine, cast.author, "Both name the Article", [changed.id, waiting[0]])
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        yield Bank(engine=engine, browser=browser, base=f"http://127.0.0.1:{port}", cast=cast, changed=changed.id)
    for context in browser.contexts:
        context.close()


def is_fit_for_everybody(page: Page, width: int) -> None:
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small_targets(page.evaluate(SIZES)) == []


@pytest.mark.parametrize(("width", "lang", "scheme"), [(390, "hi", "dark"), (1280, "en", "light")])
def test_every_page_of_the_bank_is_fit_for_everybody(bank: Bank, width: int, lang: str, scheme: str) -> None:
    page = bank.page(bank.cast.officer, width, scheme)

    for address in (
        f"/cell/items?lang={lang}",
        "/cell/items?lacks=hi&difficulty=hard",
        f"/cell/items/{bank.changed}",
        f"/cell/items/{bank.changed}/changes?since={bank.cast.version.id}",
        "/cell/item-reviews?show=all",
        f"/cell/people/{bank.cast.first.person_id}",
    ):
        page.goto(address)
        is_fit_for_everybody(page, width)
    page.goto("/cell/items")
    page.locator("#every, #choose-all").first.check()
    page.locator("#verb").select_option("approve")
    page.locator("#bulk button").first.click()
    page.wait_for_url("**/bulk")
    is_fit_for_everybody(page, width)


def test_the_whole_table_is_seen_at_a_desk(bank: Bank) -> None:
    page = bank.page(bank.cast.officer, 1280)
    page.goto("/cell/items?lang=en")

    assert page.evaluate("(frame => frame.scrollWidth - frame.clientWidth)(document.querySelector('.items-table .table-frame'))") <= 0


def test_a_reviewer_walks_through_the_queue_by_keys_alone(bank: Bank) -> None:
    page = bank.page(bank.cast.first, 1280)
    page.goto("/cell/item-reviews?lang=en&show=all")
    first, second = page.locator("tbody th a").all()

    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("form", name="Your review")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Accept"))
    page.keyboard.press("Enter")

    expect(page.get_by_text("You have accepted it.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()


def test_keys_choose_rows_only_while_the_focus_is_in_the_table(bank: Bank) -> None:
    page = bank.page(bank.cast.officer, 1280)
    page.goto("/cell/items?lang=en")

    page.locator("tbody th a").first.focus()
    page.keyboard.press("x")
    expect(page.locator("#chosen-count")).to_have_text("1 / 4")
    page.locator("#q").fill("x")
    expect(page.locator("#chosen-count")).to_have_text("1 / 4")


@pytest.mark.parametrize(("width", "lang", "scheme"), [(390, "hi", "dark"), (1280, "en", "light")])
def test_enter_in_the_form_of_facts_shows_what_would_become_of_the_chosen_items(bank: Bank, width: int, lang: str, scheme: str) -> None:
    page = bank.page(bank.cast.officer, width, scheme)
    page.goto(f"/cell/items?lang={lang}")
    page.locator("#choose-all").check()
    page.locator("#facts summary").click()
    is_fit_for_everybody(page, width)

    page.locator("#given_subject").fill("Law")
    page.locator("#given_topic").press("Enter")

    page.wait_for_url("**/cell/items/facts")
    expect(page.locator("ins", has_text="Law")).to_have_count(2)  # two of four are in review
    is_fit_for_everybody(page, width)
    page.locator("main form button").first.click()
    page.wait_for_url("**/cell/items?state=draft&done=given")
    is_fit_for_everybody(page, width)


def test_the_focus_is_where_words_are_missing(bank: Bank) -> None:
    page = bank.page(bank.cast.first, 390)
    page.goto("/cell/item-reviews?lang=en")
    page.locator("tbody th a").first.click()

    page.get_by_role("button", name="Return to its author").click()

    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text-error")).to_have_text("Say what you mean, so that the author can mend it.")
    is_fit_for_everybody(page, 390)
