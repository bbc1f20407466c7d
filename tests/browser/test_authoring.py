"""Writing a question in a real Chromium: with the keyboard alone, on a telephone, without script, and over a reload."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import authoring, items, people
from assessment_engine.services.authoring import Draft
from assessment_engine.services.engine import Engine
from tests.browser.keys import a_png, keys_on, tab_to
from tests.browser.test_front import SIZES, small_targets
from tests.builders import a_person, an_engine, an_organisation
from tests.certification.parts import ASSETS
from tests.running import free_port, served

pytestmark = pytest.mark.browser

WORDS = {
    "stem-en": "Which house may be dissolved?",
    "stem-hi": "कौन सा सदन भंग किया जा सकता है?",
    "option-1-en": "House of the People",
    "option-1-hi": "लोक सभा",
    "option-2-en": "Council of States",
    "option-2-hi": "राज्य सभा",
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return replace(an_engine(tmp_path), clock=SystemClock())


@pytest.fixture
def author(engine: Engine) -> Actor:
    return an_author(engine)


def an_author(engine: Engine) -> Actor:
    """Somebody who writes items, beside a bank for them."""
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    items.create_bank(engine, officer, "Bank")
    return a_person(engine, officer.organisation_id, Role.ITEM_AUTHOR)


@pytest.fixture
def base(engine: Engine) -> Iterator[str]:
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        yield f"http://127.0.0.1:{port}"


def signed_in(context: BrowserContext, engine: Engine, author: Actor, base: str) -> Page:
    context.add_cookies([{"name": "session", "value": people.open_session(engine, author.person_id).token, "url": base}])
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # leaving with words that are not saved is asked about
    return page


@pytest.fixture
def desk(engine: Engine, author: Actor, base: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=base)
    yield signed_in(context, engine, author, base)
    context.close()


@pytest.fixture
def telephone(engine: Engine, author: Actor, base: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=base, color_scheme="dark")
    yield signed_in(context, engine, author, base)
    context.close()


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    """A telephone on which forms are looked at, one after the other; nobody writes into any."""
    engine = replace(an_engine(tmp_path_factory.mktemp("forms")), clock=SystemClock())
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        base = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=base, color_scheme="dark")
        yield signed_in(context, engine, an_author(engine), base)
        context.close()


def saved_version(page: Page) -> ItemVersionId:
    page.wait_for_url("**/cell/items/itv_*done=saved")
    return ItemVersionId(page.url.rpartition("/")[2].split("?")[0])


def write(page: Page, field: str, words: str) -> None:
    tab_to(page, page.locator(f"#{field}"))
    page.keyboard.insert_text(words)


def test_a_question_in_two_languages_is_written_and_saved_with_the_keyboard_alone(desk: Page, engine: Engine, author: Actor) -> None:
    desk.goto("/cell/items/new?lang=en")
    keys_on(desk, desk.get_by_role("link", name="One right answer"), "Enter")
    for field, words in WORDS.items():
        write(desk, field, words)
    keys_on(desk, desk.locator("#right-1"), "Space")
    keys_on(desk, desk.get_by_role("button", name="One more answer"), "Enter")
    expect(desk.locator("#option-5-en")).to_be_focused()
    expect(desk.locator(".look__question")).to_contain_text("Council of States")
    expect(desk.get_by_text("The numbers are the same")).to_be_visible()
    write(desk, "negative", "1/3")
    keys_on(desk, desk.get_by_role("button", name="Save as a draft"), "Enter")

    version, english = items.previewed_item(engine, author, saved_version(desk), "en")

    assert sorted(version.variants) == ["en", "hi"]
    assert "Which house may be dissolved?" in english.html
    assert "लोक सभा" in items.previewed_item(engine, author, version.id, "hi")[1].html
    assert [items.outcomes_of(version, {"RESPONSE": name}).score for name in ("A", "B")] == [1.0, pytest.approx(-1 / 3)]


def test_the_preview_answers_as_the_candidate_would(desk: Page) -> None:
    desk.goto("/cell/items/new/choice?lang=en")
    for field, words in WORDS.items():
        desk.locator(f"#{field}").fill(words)
    desk.locator("#right-2").check()
    desk.locator("#points").fill("2")

    look = desk.locator(".look")
    expect(look.get_by_text("Council of States")).to_be_visible()
    look.get_by_label("Council of States").check()
    expect(look.locator(".look__earned")).to_contain_text("Score 2 of 2")

    desk.locator("#points").fill("3")
    expect(look.locator(".look__earned")).to_contain_text("Score 3 of 3")
    look.get_by_role("button", name="हिन्दी").click()
    expect(look.get_by_label("राज्य सभा")).to_be_checked()
    expect(look.get_by_role("button", name="हिन्दी")).to_be_focused()


def test_words_that_are_not_saved_survive_a_reload_until_they_are_saved_or_let_go(desk: Page) -> None:
    desk.goto("/cell/items/new/order?lang=en")
    desk.locator("#stem-en").fill("Put the stages into order.")
    for _ in range(2):
        before = desk.locator("textarea[id^=option][id$=-en]").count()
        desk.get_by_role("button", name="One more entry").click()
        expect(desk.locator("textarea[id^=option][id$=-en]")).to_have_count(before + 1)
    desk.locator("#option-6-en").fill("The last one")
    expect(desk.locator("[data-state]")).to_contain_text("Kept in this tab")

    desk.reload()

    expect(desk.get_by_text("Your unsaved words are back")).to_be_visible()
    expect(desk.locator("#option-6-en")).to_have_value("The last one")
    desk.get_by_role("button", name="Let them go").click()
    expect(desk.get_by_text("Your unsaved words are back")).to_be_hidden()
    expect(desk.locator("#stem-en")).to_have_value("")

    desk.goto("/cell/items/new/choice?lang=en")
    for field, words in WORDS.items():
        desk.locator(f"#{field}").fill(words)
    desk.locator("#right-1").check()
    desk.get_by_role("button", name="Save as a draft").click()
    saved_version(desk)
    desk.goto("/cell/items/new/choice?lang=en")
    expect(desk.locator(".look")).to_be_visible()
    expect(desk.locator("#stem-en")).to_have_value("")


def test_a_picture_shows_in_the_preview_before_anything_is_saved(desk: Page) -> None:
    desk.goto("/cell/items/new/choice?lang=en")
    desk.locator("#stem-en").fill("What is this?")
    desk.get_by_text("Add a picture").click()
    desk.locator("#file").set_input_files(FilePayload(name="plan.png", mimeType="image/png", buffer=a_png()))
    desk.get_by_role("button", name="Put it in").click()
    expect(desk.locator(".field--wrong #alt-en")).to_be_focused()
    desk.locator("#alt-en").fill("A plan of the hall")
    desk.get_by_role("button", name="Put it in").click()

    picture = desk.locator(".look__question img")
    expect(picture).to_have_attribute("alt", "A plan of the hall")
    desk.locator("#option-1-en").fill("A hall")  # the next look brings the picture along
    expect(desk.locator(".look__question")).to_contain_text("A hall")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 48


def test_the_form_saves_without_script(engine: Engine, author: Actor, base: str, browser: Browser) -> None:
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = signed_in(context, engine, author, base)
    page.goto("/cell/items/new/choice?lang=en")
    page.get_by_role("button", name="One more answer").click()
    for field, words in WORDS.items():
        page.locator(f"#{field}").fill(words)
    page.locator("#option-5-en").fill("Neither")
    page.get_by_role("button", name="Show the preview").last.click()
    expect(page.locator(".look__question")).to_contain_text("Neither")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Mark the right answer.").first).to_be_visible()
    page.locator("#option-5-en").fill("")
    page.locator("#right-1").check()
    page.get_by_role("button", name="Save as a draft").click()

    assert sorted(items.previewed_item(engine, author, saved_version(page), "en")[0].variants) == ["en", "hi"]
    context.close()


@pytest.mark.parametrize("size", [(1280, 720), (390, 740)])
def test_the_bar_never_covers_what_has_the_focus(desk: Page, size: tuple[int, int]) -> None:
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    desk.goto("/cell/items/new/choice?lang=hi")
    desk.locator("#stem-en").fill("What?")
    expect(desk.locator("[data-state]")).not_to_be_empty()

    for _ in range(45):
        desk.keyboard.press("Tab")
        assert desk.evaluate(COVERED) == ""


COVERED = """() => {
  const one = document.activeElement, bar = document.querySelector(".authoring__bar");
  if (!one.closest("form.authoring__form") || bar.contains(one)) return "";
  const [place, edge] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
  return place.bottom > edge.top + 1 && place.top < edge.bottom ? `${one.id} ${one.outerHTML.slice(0, 80)}` : "";
}"""


def test_the_second_of_two_people_sees_on_a_telephone_what_the_first_changed(telephone: Page, engine: Engine, author: Actor) -> None:
    values = {"kind": "choice", "langs": "en hi", "points": "1", "right": "1", **WORDS}
    bank = items.banks_of(engine, author)[0].id
    first = authoring.save(engine, author, Draft(values=values), bank)
    telephone.goto(f"/cell/items/{first.id}/edit?lang=hi")
    telephone.locator("#option-1-en").fill("Lok Sabha")
    ravi = a_person(engine, author.organisation_id, Role.ITEM_AUTHOR, name="Ravi Menon")
    authoring.save(engine, ravi, Draft(values={**values, "option-1-en": "The " + "House of the People " * 8, "points": "2"}, base=first.id))

    telephone.get_by_role("button", name="मसौदे के रूप में सहेजें").click()

    expect(telephone.get_by_text("Ravi Menon ने").first).to_be_visible()
    expect(telephone.locator("#option-1-en")).to_have_value("Lok Sabha")
    is_fit_for_everybody(telephone)
    expect(telephone.locator("#points")).to_have_value("2")  # which only Ravi changed
    telephone.get_by_role("button", name="उनका लें: उत्तर 1 · English").click()
    expect(telephone.locator("#option-1-en")).to_have_value(re.compile("^The House"))
    expect(telephone.get_by_role("button", name="मेरा लें: उत्तर 1 · English")).to_be_focused()
    telephone.keyboard.press("Enter")
    expect(telephone.locator("#option-1-en")).to_have_value("Lok Sabha")
    telephone.get_by_role("button", name="मसौदे के रूप में सहेजें").click()
    assert items.previewed_item(engine, author, saved_version(telephone), "en")[0].version == 3


def is_fit_for_everybody(page: Page) -> None:
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small_targets(page.evaluate(SIZES)) == []


@pytest.mark.parametrize("kind", ["choice", "multiple", "truth", "list", "text", "number", "order", "match", "essay"])
def test_every_form_is_fit_for_everybody_on_a_telephone(looked_at: Page, kind: str) -> None:
    looked_at.goto(f"/cell/items/new/{kind}?lang=hi")
    expect(looked_at.locator("[data-live]")).to_be_visible()
    looked_at.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")

    is_fit_for_everybody(looked_at)
