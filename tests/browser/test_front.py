"""The front's pages in a real browser: readable by everybody (axe), whole at 390 px, in both languages, light and dark."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services import courses, people
from assessment_engine.services.courses import NewCourse, NewModule
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson
from tests.builders import an_engine, an_organisation
from tests.running import free_port, served

PASSWORD = "correct horse"
PAGES = {
    "": ("/", "/login", "/nothing"),
    "candidate": ("/candidate", "/candidate/courses", "/candidate/grievances"),
    "cell_officer": ("/cell/people", "/cell/people/new", "/cell/courses", "/cell/courses/new", "/grievances"),
}

pytestmark = pytest.mark.browser


def furnish(engine: Engine) -> None:
    """Put somebody of each role and something to read into the house."""
    organisation_id = an_organisation(engine)
    for role in Role:
        new = NewPerson(login=role, name="Asha Rao", name_hi="आशा राव", password=PASSWORD, roles=(role,))
        people.add_person(engine, organisation_id, new)
    teach(engine)


def teach(engine: Engine) -> None:
    cell = people.sign_in(engine, Role.CELL_OFFICER, PASSWORD).actor
    course = courses.add_course(engine, cell, NewCourse(code="RTI-101", title="Right to Information", title_hi="सूचना का अधिकार"))
    courses.add_module(engine, cell, course.id, NewModule(title="One", title_hi="एक", text="Text", text_hi="पाठ"))
    courses.open_course(engine, cell, course.id)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the app on a free port."""
    engine = an_engine(tmp_path_factory.mktemp("front"))
    furnish(engine)
    port = free_port()
    with served(create_app(engine), port):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 1280, "light"), ("hi", 390, "dark")])
def test_every_page_of_the_front_can_be_read_by_everybody(
    browser: Browser, address: str, who: str, lang: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    if who:
        page.goto(f"{address}/login")
        page.fill("#login", who)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")

    for path in PAGES[who]:
        page.goto(f"{address}{path}?lang={lang}")
        found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
        assert found == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("html").get_attribute("lang") == lang
        assert small_targets(page.evaluate(SIZES)) == [], path
    assert complaints == []
    context.close()


SIZES = """() => [...document.querySelectorAll('a.button, button, input:not([type=hidden]), select, textarea, .navigation a, .languages a')]
  .map(one => ({ box: one.getBoundingClientRect(), html: one.outerHTML.slice(0, 80), kind: one.type }))
  .filter(one => one.box.width && !['checkbox', 'radio'].includes(one.kind)).map(one => ({ height: one.box.height, html: one.html }))"""


def small_targets(boxes: list[dict[str, object]]) -> list[object]:
    """Name what is lower than a finger needs (44 px)."""
    return [one["html"] for one in boxes if float(str(one["height"])) < 43.5]


def test_the_keyboard_reaches_the_content_first(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=en")

    page.keyboard.press("Tab")

    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
