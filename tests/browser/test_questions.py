"""Every kind of question in a real Chromium: answered with the mouse, then with the keyboard alone, and the server gives full marks.

The questions are the gallery's samples. One exam walk besides: answers other than choices are saved, and filled in again after a reload.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, FilePayload, Locator, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Role
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from assessment_engine.services.samples import KINDS
from tests.browser.keys import KEYS, key_order, keys_on
from tests.browser.mouse import MOUSE, carry_words, draw, press_at, slide
from tests.browser.paper import an_exam_of
from tests.browser.person import AT_REST, NARROW, WIDE, keep_picture
from tests.browser.test_front import SIZES, small_targets
from tests.builders import World, a_person, an_engine, an_organisation
from tests.certification.parts import ASSETS
from tests.running import free_port, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The app, and the session of an officer of the cell."""
    engine = replace(an_engine(tmp_path_factory.mktemp("questions")), clock=SystemClock())
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    port = free_port()
    with served(create_app(engine, assets_dir=ASSETS), port):
        yield f"http://127.0.0.1:{port}", people.open_session(engine, officer.person_id).token


@pytest.fixture(scope="module")
def desk(browser: Browser, address: tuple[str, str]) -> Iterator[Page]:
    """An officer's page; whatever its console complains about fails the tests."""
    base, token = address
    context = browser.new_context(viewport=WIDE, base_url=base, locale="en-IN")
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    assert faults == []
    context.close()


MARKED_BY_PEOPLE = {"extended-text": "Dear Madam", "upload": "note.pdf", "drawing": ".png"}  # and what arrives
LESS_THAN_ALL = {"end-attempt": "Score 1 of 2"}  # the hint costs one


def test_every_sample_is_answered_here() -> None:
    assert set(MOUSE) == set(KEYS) == set(KINDS) - {"custom"}


def the_server_is_content(page: Page, name: str) -> None:
    result = page.locator(".try__result")
    expect(result).to_be_focused()
    if name in MARKED_BY_PEOPLE:
        expect(result).to_contain_text("a person marks this")
        expect(result).to_contain_text(MARKED_BY_PEOPLE[name])
        return
    score = result.locator(".try__score").inner_text()
    assert score == LESS_THAN_ALL.get(name, score)
    got, most = (float(word) for word in score.removeprefix("Score ").split(" of "))
    assert name in LESS_THAN_ALL or got == most > 0, score


@pytest.mark.parametrize("name", MOUSE)
def test_a_question_is_answered_with_the_mouse(desk: Page, name: str) -> None:
    desk.goto(f"/cell/items/gallery/{name}?show=en&lang=en")

    MOUSE[name](desk)
    keep_picture(desk.locator(".qti-item").first, f"kinds/{name}")
    desk.get_by_role("button", name="Try it").click()

    the_server_is_content(desk, name)
    if name == "graphic-associate":
        keep_picture(desk, "questions-gallery")


@pytest.mark.parametrize("name", KEYS)
def test_a_question_is_answered_with_the_keyboard_alone(desk: Page, name: str) -> None:
    desk.goto(f"/cell/items/gallery/{name}?show=en&lang=en")
    desk.locator("#main").focus()

    KEYS[name](desk)
    keys_on(desk, desk.get_by_role("button", name="Try it"), "Enter")

    the_server_is_content(desk, name)


def test_a_custom_interaction_says_that_it_is_not_shown(desk: Page) -> None:
    desk.goto("/cell/items/gallery/custom?show=hi")

    expect(desk.locator(".qti-custom")).to_contain_text("समर्थित नहीं")


# — limits and ways back


def test_more_than_the_most_is_taken_back_with_a_word(desk: Page) -> None:
    desk.goto("/cell/items/gallery/choice-multiple?show=en&lang=en")
    boxes = desk.locator("input[type=checkbox]")

    for place in range(4):
        boxes.nth(place).click()

    assert [box.is_checked() for box in boxes.all()] == [True, True, True, False]
    expect(desk.locator(".qti-say")).to_have_text("You can choose at most 3. Take one back first.")


def test_a_slider_can_be_answered_where_it_stands_and_taken_back(desk: Page) -> None:
    desk.goto("/cell/items/gallery/slider?show=en&lang=en")
    expect(desk.locator("output")).to_have_text("not answered yet")

    desk.get_by_role("button", name="Answer with 0").click()
    expect(desk.locator("output")).to_have_text("0")
    desk.get_by_role("button", name="Take the answer back").click()

    expect(desk.locator("output")).to_have_text("not answered yet")


def test_a_file_of_another_kind_is_not_taken(desk: Page) -> None:
    desk.goto("/cell/items/gallery/upload?show=en&lang=en")

    desk.locator("input[type=file]").set_input_files(FilePayload(name="note.txt", mimeType="text/plain", buffer=b"text"))

    expect(desk.locator(".qti-say")).to_contain_text("note.txt is of another kind")
    expect(desk.locator(".qti-file")).to_contain_text("No file chosen yet")


def test_a_sound_ends_after_its_plays(desk: Page) -> None:
    desk.goto("/cell/items/gallery/media?show=en&lang=en")

    desk.evaluate(
        """async () => {
          const audio = document.querySelector("audio");
          audio.muted = true;
          for (let play = 0; play < 3; play++) {
            const over = new Promise((resolve) => audio.addEventListener("ended", resolve, { once: true }));
            await audio.play();
            audio.currentTime = audio.duration;
            await over;
          }
          await audio.play().catch(() => {});
        }"""
    )

    expect(desk.locator(".qti-media .qti-hint[role=status]")).to_contain_text("Played 3 of 3 times. It cannot be played again.")
    assert desk.evaluate("document.querySelector('audio').paused")


LOCKED = """async () => {
  const { attachQuestion } = await import("/static/question_page.js");
  const words = JSON.parse(document.getElementById("question-words").textContent);
  const wrong = [];
  for (const place of document.querySelectorAll("[data-try]")) {
    const form = place.querySelector("form");
    const question = attachQuestion(form, { words, onChange: () => wrong.push(`${place.id} says that it changed`) });
    question.lock();
    const before = JSON.stringify(question.response());
    const open = [...form.querySelectorAll(".qti-item :is(button, select, input, textarea)")].filter((one) => !one.disabled);
    wrong.push(...open.map((one) => `${place.id}: ${one.outerHTML}`));
    for (const one of form.querySelectorAll(".qti-shape, .qti-aim, .qti-canvas, .qti-token, .qti-handle, label, td")) {
      const { left, top } = one.getBoundingClientRect();
      const at = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5, isPrimary: true, pointerType: "mouse" };
      for (const type of ["pointerdown", "pointerup"]) one.dispatchEvent(new PointerEvent(type, at));
      one.dispatchEvent(new MouseEvent("click", at));
      for (const key of ["Enter", " ", "ArrowRight"]) one.dispatchEvent(new KeyboardEvent("keydown", { ...at, key }));
    }
    if (JSON.stringify(question.response()) !== before) wrong.push(`${place.id} changed`);
  }
  return wrong;
}"""


def test_a_locked_question_takes_nothing(desk: Page) -> None:
    desk.route("**/try_page.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    desk.goto("/cell/items/gallery?show=hi&lang=en")

    wrong = desk.evaluate(LOCKED)

    desk.unroute("**/try_page.js*")
    assert wrong == []


def test_a_finger_carries_words_and_moves_rows(browser: Browser, address: tuple[str, str]) -> None:
    base, token = address
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=base)
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page = context.new_page()
    screen = context.new_cdp_session(page)

    page.goto("/cell/items/gallery/gap-match?show=en&lang=en")
    drag_by_finger(screen, page.locator('[data-token="PAC"]'), page.locator('select[data-second="G1"]'))
    expect(page.locator('select[data-second="G1"]')).to_have_value("PAC")

    page.goto("/cell/items/gallery/order?show=en&lang=en")
    last = page.locator(".qti-row").last.inner_text().splitlines()[-3]
    drag_by_finger(screen, page.locator(".qti-handle").last, page.locator(".qti-handle").first)
    expect(page.locator(".qti-row").first).to_contain_text(last)
    context.close()


def drag_by_finger(screen: CDPSession, one: Locator, other: Locator) -> None:
    one.scroll_into_view_if_needed()
    start, end = one.bounding_box(), other.bounding_box()
    assert start and end
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    far = (end["x"] + end["width"] / 2 - x, end["y"] + end["height"] / 3 - y)
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        point = {"x": x + far[0] * step / 8, "y": y + far[1] * step / 8}
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


# — the gallery as a page


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 1280, "light"), ("hi", 390, "dark")])
def test_the_gallery_can_be_read_by_everybody(browser: Browser, address: tuple[str, str], lang: str, width: int, scheme: str) -> None:
    base, token = address
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light")
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page = context.new_page()
    page.goto(f"{base}/cell/items/gallery?show={lang}&lang={lang}")
    expect(page.locator("[data-try]")).to_have_count(len(KINDS))

    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small_targets(page.evaluate(SIZES)) == []
    context.close()


def test_a_sample_opens_without_script(browser: Browser, address: tuple[str, str]) -> None:
    base, token = address
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page = context.new_page()

    page.goto(f"{base}/cell/items/gallery/order?show=en&lang=en")

    expect(page.locator("select[data-order]")).to_have_count(4)
    context.close()


# — in an exam


@pytest.fixture
def seat(tmp_path: Path, browser: Browser) -> Iterator[tuple[Page, Callable[[], Mapping[str, object]]]]:
    """A candidate's exam page with some of the samples, and a look into the ledger: the last answers by sample."""
    names = ("order", "gap-match", "text-entry", "select-point", "drawing", "slider")
    engine = replace(an_engine(tmp_path), clock=SystemClock())
    world, versions = an_exam_of(engine, names)
    ledger = delivery.open_ledger(engine)
    with served(create_app(engine, ledger, assets_dir=ASSETS), port := free_port()):
        base = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport=WIDE, base_url=base, locale="en-IN")
        token = people.open_session(engine, world.candidate.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": base}])
        page = context.new_page()
        page.goto(f"/candidate/sittings/{world.sitting_id}/exam")
        page.get_by_role("button", name="Start the exam").click()
        yield page, lambda: answers_by_name(engine, world, dict(zip(versions, names, strict=True)))
        context.close()
    ledger.stop()


def answers_by_name(engine: Engine, world: World, names: Mapping[str, str]) -> Mapping[str, object]:
    with engine.store.read() as tx:
        return {names[item]: response for item, response in tx.answers.final(world.sitting_id).items()}


def saved(page: Page) -> None:
    expect(page.locator("#saved[data-kind=good]")).to_be_visible()


def go_on(page: Page, number: int) -> None:
    page.get_by_role("link", name=f"Question {number}:").click()
    expect(page.locator("#number")).to_contain_text(f"Question {number} of")


def test_answers_of_every_kind_are_saved_and_filled_in_again(seat: tuple[Page, Callable[[], Mapping[str, object]]]) -> None:
    page, answers = seat
    key_order(page)
    go_on(page, 2)
    carry_words(page)
    keep_picture(page, "questions-gaps")
    go_on(page, 3)
    type_in_hindi(page)
    page.set_viewport_size(NARROW)
    page.evaluate(AT_REST)  # the palette has become a drawer and slid away
    page.locator('[data-response="RIGHT"]').evaluate("one => { one.blur(); one.focus(); }")  # the keyboard uncovers it
    keep_picture(page, "questions-hindi")
    page.set_viewport_size(WIDE)
    go_on(page, 4)
    press_at(240, 150)(page)
    go_on(page, 5)
    draw(page)
    go_on(page, 6)
    slide(page)
    saved(page)

    page.reload()
    expect(page.locator("output")).to_have_text("75")
    go_on(page, 1)
    expect(page.locator(".qti-row").first).to_contain_text("Introduction")
    expect(page.locator(".qti-place").first).to_have_text("1")
    go_on(page, 2)
    expect(page.locator('select[data-second="G2"]')).to_have_value("CAG")
    go_on(page, 3)
    expect(page.locator('[data-response="RIGHT"]')).to_have_value("सूचना")
    go_on(page, 4)
    expect(page.locator(".qti-point")).to_be_visible()
    go_on(page, 5)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()

    given = answers()
    assert given["order"] == {"RESPONSE": ["A", "B", "C", "D"]}
    assert given["gap-match"] == {"RESPONSE": ["PAC G1", "CAG G2", "EST G3"]}
    assert given["text-entry"] == {"MONTHS": None, "RIGHT": "सूचना"}
    assert given["select-point"] == {"RESPONSE": "240 150"}
    assert given["slider"] == {"RESPONSE": "75"}
    assert given["drawing"]["RESPONSE"]["name"] == "drawing.png"  # type: ignore[index]


COVERED = """() => {
  const one = document.activeElement;
  if (!document.getElementById("question").contains(one)) return "";
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return at && (one.contains(at) || at.contains(one)) ? "" : one.outerHTML;
}"""


def test_what_the_keyboard_reaches_is_not_under_a_bar(seat: tuple[Page, Callable[[], Mapping[str, object]]]) -> None:
    page, _ = seat
    expect(page.locator(".qti-handle").first).to_be_visible()  # the script is there
    go_on(page, 2)
    page.set_viewport_size(NARROW)
    page.evaluate(AT_REST)  # the palette has become a drawer and slid away
    page.locator("#question").evaluate("one => { one.tabIndex = -1; one.focus(); }")

    covered = []
    for _ in range(10):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))

    assert [one for one in covered if one] == []


def type_in_hindi(page: Page) -> None:
    """Switch the question to Hindi and type with the keys of the panel; the field never loses the focus."""
    page.get_by_role("button", name="हिन्दी", exact=True).click()
    field = page.locator('[data-response="RIGHT"]')
    field.click()
    page.get_by_role("button", name="हिन्दी कीबोर्ड / Hindi keyboard").click()
    for sign in ("KeyM", "KeyT", "Semicolon", "KeyV", "KeyE"):
        page.locator(f'.keyboard [data-code="{sign}"]').click()
        assert field.evaluate("one => one === document.activeElement")
    expect(field).to_have_value("सूचना")
