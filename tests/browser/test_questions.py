"""Every kind of question in a real Chromium: answered with the mouse, then with the keyboard alone, and the server gives full marks.

The questions are the gallery's samples. One exam walk besides: answers other than choices are saved, and filled in again after a reload.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from api.app import create_app
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Role
from assessment_engine.services import delivery, gallery, people
from assessment_engine.services.engine import Engine
from tests.browser.paper import an_exam_of
from tests.browser.test_front import SIZES, small_targets
from tests.builders import World, a_person, an_engine, an_organisation
from tests.running import free_port, served

pytestmark = pytest.mark.browser

NOTE = FilePayload(name="note.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 a note for file")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The app, and the session of an officer of the cell."""
    engine = replace(an_engine(tmp_path_factory.mktemp("questions")), clock=SystemClock())
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    port = free_port()
    with served(create_app(engine), port):
        yield f"http://127.0.0.1:{port}", people.open_session(engine, officer.person_id).token


@pytest.fixture(scope="module")
def desk(browser: Browser, address: tuple[str, str]) -> Iterator[Page]:
    """An officer's page; whatever its console complains about fails the tests."""
    base, token = address
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=base, locale="en-IN")
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    assert faults == []
    context.close()


# — what a person does: with the mouse


def options(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name in names:
            page.get_by_label(name, exact=True).check()

    return act


def lists(**chosen: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for response, words in chosen.items():
            page.locator(f'select[data-response="{response}"]').select_option(label=words)

    return act


def fields(**texts: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for response, text in texts.items():
            page.locator(f'[data-response="{response}"]').fill(text)

    return act


def drag(page: Page, one: Locator, other: Locator) -> None:
    one.scroll_into_view_if_needed()
    start, end = one.bounding_box(), other.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2
    page.mouse.move(x - 12, y - 4, steps=4)
    page.mouse.move(x, y, steps=2)
    page.mouse.up()


def drag_rows(page: Page) -> None:
    wanted = ["Introduction", "Reference to a committee", "Clause-by-clause consideration", "Third reading and passing"]
    for place, name in enumerate(wanted):
        row = page.locator(".qti-row", has_text=name)
        target = page.locator(".qti-row").nth(place)
        if target.inner_text() != row.inner_text():
            move_row(page, row, target)
    if page.locator(".qti-keep").is_visible():
        page.locator(".qti-keep").click()


def move_row(page: Page, row: Locator, target: Locator) -> None:
    handle, end = row.locator(".qti-handle"), target.bounding_box()
    handle.scroll_into_view_if_needed()
    box, end = handle.bounding_box(), target.bounding_box()
    assert box and end
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, end["y"] + 4, steps=12)
    page.mouse.up()


def pair_lists(page: Page) -> None:
    pairs = [("Ganga", "Varanasi"), ("Yamuna", "Agra"), ("Sabarmati", "Ahmedabad")]
    for number, pair in enumerate(pairs, 1):
        for part, words in zip(("first", "second"), pair, strict=True):
            page.locator(f'select[data-row="{number}"][data-part="{part}"]').select_option(label=words)


def tick_table(page: Page) -> None:
    pairs = {"Comptroller and Auditor-General": "148", "Finance Commission": "280", "Union Public Service Commission": "315"}
    page.get_by_label("Finance Commission – Article 356").check()  # changes its mind: a row holds one
    for name, article in pairs.items():
        page.get_by_label(f"{name} – Article {article}").check()


def carry_words(page: Page) -> None:
    drag(page, page.locator('[data-token="PAC"]'), page.locator('select[data-second="G1"]'))
    page.locator('[data-token="CAG"]').click()
    page.locator('select[data-second="G2"]').click()
    drag(page, page.locator('[data-token="EST"]'), page.locator('select[data-second="G3"]'))


def press_shapes(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name in names:
            page.locator(f'.qti-shape[aria-label^="{name}"]').click()

    return act


def carry_labels(page: Page) -> None:
    drag(page, page.locator('[data-token="SEC"]'), page.locator('.qti-shape[aria-label^="Middle box"]'))
    drag(page, page.locator(".qti-token--put"), page.locator('.qti-shape[aria-label^="Top box"]'))  # and moved on
    page.locator('[data-token="JS"]').click()
    page.locator('.qti-shape[aria-label^="Middle box"]').click()
    drag(page, page.locator('[data-token="US"]'), page.locator('.qti-shape[aria-label^="Bottom box"]'))


def press_at(x: int, y: int, *, width: int = 480) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        aim = page.locator(".qti-aim")
        box = aim.bounding_box()
        assert box
        aim.click(position={"x": x * box["width"] / width, "y": y * box["width"] / width})

    return act


def slide(page: Page) -> None:
    box = page.locator("input[type=range]").bounding_box()
    assert box
    page.locator("input[type=range]").click(position={"x": 8 + (box["width"] - 16) * 0.75, "y": box["height"] / 2})


def play_with_the_mouse(page: Page) -> None:
    box = page.locator("audio").bounding_box()
    assert box
    page.locator("audio").click(position={"x": 28, "y": box["height"] / 2})
    expect(page.locator(".qti-media .qti-hint[role=status]")).to_contain_text("Played 1 of 3")
    options("Three")(page)


def hand_in(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(NOTE)
    expect(page.locator(".qti-file")).to_contain_text("note.pdf")


def draw(page: Page) -> None:
    page.get_by_role("button", name="Red", exact=True).click()
    canvas = page.locator(".qti-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 160, steps=5)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.wait_for_timeout(200)  # the picture is made a moment later


def after_a_hint(page: Page) -> None:
    page.get_by_role("button", name="Show a hint").click()
    expect(page.locator(".try__result")).to_contain_text("One attempt so far")
    options("30 days")(page)


def product(page: Page) -> None:
    rate, days = printed_numbers(page)
    page.locator('[data-response="RESPONSE"]').fill(str(rate * days))


def printed_numbers(page: Page) -> list[int]:
    return [int(word) for word in page.locator(".qti-item p").first.inner_text().split() if word.isdigit()]


MOUSE: Mapping[str, Callable[[Page], None]] = {
    "choice": options("The Election Commission"),
    "choice-multiple": options("Equality before the law", "Protection of life and personal liberty"),
    "inline-choice": lists(HOUSE="House of the People", CONSENT="President"),
    "text-entry": fields(MONTHS="12", RIGHT="Information"),
    "extended-text": fields(RESPONSE="Dear Madam, the notings are enclosed."),
    "order": drag_rows,
    "associate": pair_lists,
    "match": tick_table,
    "gap-match": carry_words,
    "hottext": options("dissolved every five years"),
    "hotspot": press_shapes("First quarter", "Fourth quarter"),
    "graphic-order": press_shapes("Desk C", "Desk B", "Desk D", "Desk A"),
    "graphic-associate": press_shapes("Village 1", "Health centre P", "Village 2", "Health centre Q", "Health centre Q", "Village 3"),
    "graphic-gap-match": carry_labels,
    "select-point": press_at(240, 150),
    "position-object": press_at(370, 80),
    "slider": slide,
    "media": play_with_the_mouse,
    "upload": hand_in,
    "drawing": draw,
    "end-attempt": after_a_hint,
    "template": product,
    "mathml": lambda page: page.locator('input[value="B"]').check(),
    "stimulus": options("Sitapur", "Devgarh"),
}

# — what a person does: with the keyboard alone


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus; from the beginning of the page if need be."""
    for _ in range(80):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def keys_on(page: Page, wanted: Locator, *keys: str) -> None:
    tab_to(page, wanted)
    for key in keys:
        page.keyboard.press(key)


def key_radio(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        """One of a group has the focus; arrows go to the others and choose them."""
        tab_to(page, page.locator("input[type=radio]").first)
        page.keyboard.press("Space")
        for _ in range(8):
            if page.get_by_label(name, exact=True).is_checked():
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(name)

    return act


def key_boxes(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name in names:
            keys_on(page, page.get_by_label(name, exact=True), "Space")

    return act


def key_select(page: Page, select: Locator, words: str) -> None:
    """Type the beginning of an entry, as people do in a closed list."""
    tab_to(page, select)
    page.keyboard.type(words)
    assert select.evaluate("one => one.selectedOptions[0].textContent.trim()") == words


def key_lists(page: Page) -> None:
    key_select(page, page.locator('select[data-response="HOUSE"]'), "House of the People")
    key_select(page, page.locator('select[data-response="CONSENT"]'), "President")


def type_into(page: Page, response: str, text: str) -> None:
    tab_to(page, page.locator(f'[data-response="{response}"]'))
    page.keyboard.type(text)


def key_order(page: Page) -> None:
    wanted = ["Introduction", "Reference to a committee", "Clause-by-clause consideration", "Third reading and passing"]
    for place, name in enumerate(wanted):
        for _ in range(4):
            if name in page.locator(".qti-row").nth(place).inner_text():
                break
            keys_on(page, page.get_by_role("button", name=f"Move up: {name}"), "Enter")
    if page.locator(".qti-keep").is_visible():
        keys_on(page, page.locator(".qti-keep"), "Enter")


def key_pairs(page: Page) -> None:
    for number, pair in enumerate([("Ganga", "Varanasi"), ("Yamuna", "Agra"), ("Sabarmati", "Ahmedabad")], 1):
        for part, words in zip(("first", "second"), pair, strict=True):
            key_select(page, page.locator(f'select[data-row="{number}"][data-part="{part}"]'), words)


def key_table(page: Page) -> None:
    pairs = {"Comptroller and Auditor-General": "148", "Finance Commission": "280", "Union Public Service Commission": "315"}
    for name, article in pairs.items():
        keys_on(page, page.get_by_label(f"{name} – Article {article}"), "Space")


def key_gaps(page: Page) -> None:
    for gap, words in (("G1", "Committee on Public Accounts"), ("G2", "Comptroller and Auditor-General"), ("G3", "Committee on Estimates")):
        key_select(page, page.locator(f'select[data-second="{gap}"]'), words)


def key_shapes(*names: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name in names:
            keys_on(page, page.locator(f'.qti-shape[aria-label^="{name}"]'), "Enter")

    return act


def key_labels(page: Page) -> None:
    for token, place in (("SEC", "Top box"), ("JS", "Middle box"), ("US", "Bottom box")):
        keys_on(page, page.locator(f'[data-token="{token}"]'), "Enter")
        keys_on(page, page.locator(f'.qti-shape[aria-label^="{place}"]'), "Space")


def key_point(page: Page) -> None:
    keys_on(page, page.locator(".qti-aim"), "ArrowRight", "Shift+ArrowDown", "ArrowLeft", "Shift+ArrowUp", "Enter")


def key_object(page: Page) -> None:
    tab_to(page, page.locator(".qti-aim"))
    for key in ["Shift+ArrowRight"] * 13 + ["Shift+ArrowUp"] * 7 + ["Enter"]:
        page.keyboard.press(key)


def key_slider(page: Page) -> None:
    keys_on(page, page.locator("input[type=range]"), *["ArrowRight"] * 15)
    expect(page.locator("output")).to_have_text("75")


def key_media(page: Page) -> None:
    keys_on(page, page.locator("audio"), "Space")
    expect(page.locator(".qti-media .qti-hint[role=status]")).to_contain_text("Played 1 of 3")
    key_radio("Three")(page)


def key_file(files: FilePayload) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        tab_to(page, page.locator("input[type=file]"))
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        chooser.value.set_files(files)
        page.wait_for_timeout(200)

    return act


def key_drawing(page: Page) -> None:
    keys_on(page, page.locator(".qti-drawing summary"), "Enter")
    key_file(FilePayload(name="plan.png", mimeType="image/png", buffer=a_png()))(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def a_png() -> bytes:
    from io import BytesIO

    out = BytesIO()
    Image.new("RGB", (48, 30), "white").save(out, "PNG")
    return out.getvalue()


def key_hint(page: Page) -> None:
    keys_on(page, page.get_by_role("button", name="Show a hint"), "Enter")
    expect(page.locator(".try__result")).to_contain_text("One attempt so far")
    key_radio("30 days")(page)


def key_product(page: Page) -> None:
    rate, days = printed_numbers(page)
    type_into(page, "RESPONSE", str(rate * days))


def key_text(page: Page) -> None:
    type_into(page, "MONTHS", "12")
    type_into(page, "RIGHT", "Information")


def key_formula(page: Page) -> None:
    tab_to(page, page.locator("input[type=radio]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator('input[value="B"]')).to_be_checked()


KEYS: Mapping[str, Callable[[Page], None]] = {
    "choice": key_radio("The Election Commission"),
    "choice-multiple": key_boxes("Equality before the law", "Protection of life and personal liberty"),
    "inline-choice": key_lists,
    "text-entry": key_text,
    "extended-text": lambda page: type_into(page, "RESPONSE", "Dear Madam, the notings are enclosed."),
    "order": key_order,
    "associate": key_pairs,
    "match": key_table,
    "gap-match": key_gaps,
    "hottext": key_radio("dissolved every five years"),
    "hotspot": key_shapes("Second quarter", "Fourth quarter"),
    "graphic-order": key_shapes("Desk C", "Desk B", "Desk D", "Desk A"),
    "graphic-associate": key_shapes("Village 1", "Health centre P", "Village 2", "Health centre Q", "Health centre Q", "Village 3"),
    "graphic-gap-match": key_labels,
    "select-point": key_point,
    "position-object": key_object,
    "slider": key_slider,
    "media": key_media,
    "upload": key_file(NOTE),
    "drawing": key_drawing,
    "end-attempt": key_hint,
    "template": key_product,
    "mathml": key_formula,
    "stimulus": key_boxes("Sitapur", "Devgarh"),
}
MARKED_BY_PEOPLE = {"extended-text": "Dear Madam", "upload": "note.pdf", "drawing": ".png"}  # and what arrives
LESS_THAN_ALL = {"end-attempt": "Score 1 of 2"}  # the hint costs one


def test_every_sample_is_answered_here() -> None:
    assert set(MOUSE) == set(KEYS) == set(gallery.names()) - {"custom"}


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
    desk.get_by_role("button", name="Try it").click()

    the_server_is_content(desk, name)


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


# — the gallery as a page


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 1280, "light"), ("hi", 390, "dark")])
def test_the_gallery_can_be_read_by_everybody(browser: Browser, address: tuple[str, str], lang: str, width: int, scheme: str) -> None:
    base, token = address
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light")
    context.add_cookies([{"name": "session", "value": token, "url": base}])
    page = context.new_page()
    page.goto(f"{base}/cell/items/gallery?show={lang}&lang={lang}")
    expect(page.locator("[data-try]")).to_have_count(len(gallery.names()))

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
    with served(create_app(engine, ledger), port := free_port()):
        base = f"http://127.0.0.1:{port}"
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=base, locale="en-IN")
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
    expect(page.locator("#saved[data-kind=good]")).to_be_visible(timeout=20_000)


def go_on(page: Page, number: int) -> None:
    page.get_by_role("link", name=f"Question {number}:").click()
    expect(page.locator("#number")).to_contain_text(f"Question {number} of")


def test_answers_of_every_kind_are_saved_and_filled_in_again(seat: tuple[Page, Callable[[], Mapping[str, object]]]) -> None:
    page, answers = seat
    key_order(page)
    go_on(page, 2)
    carry_words(page)
    go_on(page, 3)
    type_in_hindi(page)
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
