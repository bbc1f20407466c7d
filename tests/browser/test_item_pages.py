"""The cell's import and export in a real Chromium: readable in Hindi on a telephone, and honest before anything is sent."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Role
from assessment_engine.services import people
from tests.browser.test_front import SIZES, small_targets
from tests.builders import a_person, an_engine, an_organisation
from tests.certification.parts import ASSETS
from tests.running import free_port, served
from tests.services.packages import PICTURE, a_broken_item, an_item, zipped

pytestmark = pytest.mark.browser

NARROW = 390


@pytest.fixture
def desk(tmp_path: Path, browser: Browser) -> Iterator[Page]:
    """A cell officer's telephone, in the dark."""
    engine = replace(an_engine(tmp_path), clock=SystemClock())
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    with served(create_app(engine, assets_dir=ASSETS), port := free_port()):
        base = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport={"width": NARROW, "height": 844}, base_url=base, color_scheme="dark")
        context.add_cookies([{"name": "session", "value": people.open_session(engine, officer.person_id).token, "url": base}])
        yield context.new_page()
        context.close()


def send(page: Page, lang: str, data: bytes, **asked: str) -> None:
    page.goto(f"/cell/items/import?lang={lang}")
    page.locator("#files").set_input_files(FilePayload(name="package.zip", mimeType="application/zip", buffer=data))
    page.locator("#new_bank").fill("Bank")
    for name, value in asked.items():
        page.locator(f"#{name}").select_option(value)
    page.locator("main form button[type=submit]").first.click()


def is_fit_for_everybody(page: Page) -> None:
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert small_targets(page.evaluate(SIZES)) == []


def test_a_report_can_be_read_in_hindi_on_a_telephone(desk: Page) -> None:
    package = zipped({"broken.xml": a_broken_item(), "one.xml": an_item(), "unused.png": PICTURE})

    send(desk, "hi", package)
    expect(desk.get_by_text("QTI में इस नाम का कोई तत्व नहीं है")).to_be_visible()
    is_fit_for_everybody(desk)

    send(desk, "hi", package, reading="lenient")
    expect(desk.get_by_role("link", name="Title of broken")).to_be_visible()
    is_fit_for_everybody(desk)

    desk.get_by_role("link", name="Title of broken").click()
    is_fit_for_everybody(desk)


def test_imports_are_found_again_and_withdrawn_on_a_telephone(desk: Page) -> None:
    send(desk, "hi", zipped({"one.xml": an_item()}))
    report = desk.url.split("?")[0]

    desk.get_by_role("link", name="वापस लीजिए…").click()
    is_fit_for_everybody(desk)
    desk.get_by_role("button", name="यह आयात वापस लीजिए").click()
    expect(desk.get_by_text("यह आयात वापस ले लिया गया")).to_be_visible()
    is_fit_for_everybody(desk)

    desk.goto("/cell/items/imports?lang=hi")
    is_fit_for_everybody(desk)
    desk.get_by_role("link", name="package.zip").click()
    assert desk.url == report
    desk.goto("/cell/items/import?lang=hi")
    desk.get_by_text("स्तंभों का अर्थ").click()
    is_fit_for_everybody(desk)


def test_what_is_chosen_is_looked_at_and_downloaded(desk: Page) -> None:
    send(desk, "en", zipped({"one.xml": an_item(), "two.xml": an_item("two")}))

    desk.goto("/cell/items")
    desk.get_by_role("checkbox", name="Title of two").check()
    desk.get_by_role("button", name="Export").click()
    expect(desk.get_by_text("1 item will be written.")).to_be_visible()
    is_fit_for_everybody(desk)

    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "items-qti3.zip"


def test_all_that_are_shown_are_chosen_at_once(desk: Page) -> None:
    send(desk, "en", zipped({"one.xml": an_item(), "two.xml": an_item("two")}))
    desk.goto("/cell/items")
    every = desk.get_by_label("Choose all that are shown")

    desk.get_by_role("checkbox", name="Title of two").check()
    assert every.evaluate("one => one.indeterminate")
    every.check()
    expect(desk.locator("#chosen-count")).to_have_text("2 / 2")
    is_fit_for_everybody(desk)
    desk.get_by_role("button", name="See what would happen").click()

    expect(desk.get_by_role("heading", name="2 items stay as they are")).to_be_visible()
    is_fit_for_everybody(desk)


def test_files_that_are_too_large_are_not_even_sent(desk: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    large.write_bytes(b"PK" + bytes(17 * 2**20))
    desk.goto("/cell/items/import?lang=en")
    sent = []
    desk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    desk.locator("#files").set_input_files(large)
    desk.locator("#new_bank").fill("Bank")
    desk.get_by_role("button", name="Import these files").click()

    expect(desk.locator("#files-large")).to_contain_text("larger than 16 MiB")
    expect(desk.locator("#files")).to_be_focused()
    assert sent == []
