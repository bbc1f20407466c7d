"""The blueprint pages in a real Chromium: a blueprint is made by keys alone, live counts say what is short, and a form is made from it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Role
from assessment_engine.services import blueprints, people
from assessment_engine.services.engine import Engine
from tests.browser.keys import keys_on, tab_to
from tests.browser.test_item_bank import is_fit_for_everybody
from tests.builders import a_person, an_engine, an_organisation
from tests.certification.parts import ASSETS
from tests.running import free_port, served
from tests.services.drawn import a_bank, rules

pytestmark = pytest.mark.browser


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell whose bank has eight easy and eight hard approved questions of each of two competencies, and one blueprint."""

    browser: Browser
    base: str
    token: str
    blueprint_id: str

    def page(self, width: int, scheme: str = "light") -> Page:
        """A window in which the officer is signed in."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 844},
            base_url=self.base,
            color_scheme=scheme,  # type: ignore[arg-type]  # light or dark
        )
        context.add_cookies([{"name": "session", "value": self.token, "url": self.base}])
        return context.new_page()


@pytest.fixture
def cell(tmp_path: Path, browser: Browser) -> Iterator[Cell]:
    engine: Engine = replace(an_engine(tmp_path), clock=SystemClock())
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    competencies, _ = a_bank(engine, officer)
    kept = blueprints.save(engine, officer, rules(competencies, each=9))  # one more of each row than there are
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        token = people.open_session(engine, officer.person_id).token
        yield Cell(browser=browser, base=f"http://127.0.0.1:{port}", token=token, blueprint_id=kept.id)
    for context in browser.contexts:
        context.close()


def typed(page: Page, field: str, words: str) -> None:
    """Reach a field by Tab and type into it, over what is there."""
    keys_on(page, page.locator(f"#{field}"), "ControlOrMeta+a")
    page.keyboard.type(words)


def chosen(page: Page, field: str, words: str) -> None:
    """Reach a closed list by Tab and go down to an entry."""
    select = page.locator(f"#{field}")
    tab_to(page, select)
    for _ in range(select.locator("option").count()):
        if select.evaluate("one => one.selectedOptions[0].textContent.trim()").startswith(words):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no {words} in {field}")


WORDS = {
    "en": {
        "easy": "Easy",
        "short": "8 · 1 missing",
        "asked": "9 questions asked",
        "check": "Check",
        "keep": "Keep the blueprint",
        "enough": "The bank has enough for it",
        "make": "Make a fixed form…",
        "form": "Make the form",
        "made": "By the keys",
        "known": "Drawn paper",
        "missing": "4 questions are missing",
    },
    "hi": {
        "easy": "आसान",
        "short": "8 · 1 कम",
        "asked": "9 प्रश्न माँगे गए",
        "check": "जाँचें",
        "keep": "ब्लूप्रिंट सहेजें",
        "enough": "प्रश्न बैंक में इसके लिए पर्याप्त प्रश्न हैं",
        "make": "एक निश्चित प्रश्नपत्र बनाएँ…",
        "form": "प्रश्नपत्र बनाएँ",
        "made": "कुंजियों से",
        "known": "चुना गया प्रश्नपत्र",
        "missing": "4 प्रश्न कम हैं",
    },
}


@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "en", "light"), (390, "hi", "dark")])
def test_a_blueprint_is_made_by_keys_alone_and_a_form_from_it(cell: Cell, width: int, lang: str, scheme: str) -> None:
    page, words = cell.page(width, scheme), WORDS[lang]
    page.goto(f"/cell/blueprints/new?lang={lang}")
    typed(page, "title", "By the keys")
    typed(page, "title_hi", "कुंजियों से")
    expect(page.locator("#languages-en")).to_be_checked()
    typed(page, "title-A", "First")
    typed(page, "title_hi-A", "पहला")
    chosen(page, "competency-A-1", "RTI")
    chosen(page, "difficulty-A-1", words["easy"])
    typed(page, "count-A-1", "9")

    row = page.locator('[data-row="A-1"]')
    expect(row).to_have_text(words["short"])
    expect(row).to_have_attribute("data-short", "")
    expect(page.locator("#blueprint-said")).to_have_text(words["asked"])
    is_fit_for_everybody(page, width)

    typed(page, "count-A-1", "3")
    expect(row).to_have_text("8")
    assert row.get_attribute("data-short") is None
    keys_on(page, page.get_by_role("button", name=words["check"], exact=True), "Enter")
    expect(page.locator("#count-A-1")).to_have_value("3")
    expect(page.locator("details.card[open]")).to_have_count(1)  # sections that nobody has begun stay folded
    expect(row).to_have_text("8")
    is_fit_for_everybody(page, width)

    keys_on(page, page.get_by_role("button", name=words["keep"]).last, "Enter")
    expect(page.get_by_text(words["enough"])).to_be_visible()
    is_fit_for_everybody(page, width)
    keys_on(page, page.get_by_role("button", name=words["make"]), "Enter")
    is_fit_for_everybody(page, width)
    keys_on(page, page.get_by_role("button", name=words["form"], exact=True), "Enter")

    page.wait_for_url("**/cell/forms/for_*")
    is_fit_for_everybody(page, width)
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["made"])


@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "en", "light"), (390, "hi", "dark")])
def test_what_is_missing_is_said_and_no_form_is_offered(cell: Cell, width: int, lang: str, scheme: str) -> None:
    page, words = cell.page(width, scheme), WORDS[lang]
    page.goto(f"/cell/blueprints?lang={lang}")
    is_fit_for_everybody(page, width)

    page.get_by_role("link", name=words["known"]).click()

    expect(page.get_by_text(words["missing"])).to_be_visible()
    expect(page.get_by_role("button", name=words["make"])).to_have_count(0)
    is_fit_for_everybody(page, width)
    page.goto(f"/cell/blueprints/{cell.blueprint_id}/edit?lang={lang}")
    expect(page.locator('[data-row="B-2"]')).to_have_text(words["short"])
    is_fit_for_everybody(page, width)
