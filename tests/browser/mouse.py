"""What a person does at a sample question with the mouse: one act for each kind, and the right answer in the end."""

from collections.abc import Callable, Mapping

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.seats import soon

COUNTS_CHANGES = "() => { window.changes = 0; document.addEventListener('change', () => (window.changes += 1)) }"
NOTE = FilePayload(name="note.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 a note for file")


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
    page.evaluate(COUNTS_CHANGES)
    canvas = page.locator(".qti-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 160, steps=5)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert soon(page, lambda: page.evaluate("changes"))  # the picture is made a moment later


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
