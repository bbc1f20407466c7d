"""What a person does at a sample question with the keyboard alone: everything is reached with Tab, and answered with keys."""

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.mouse import COUNTS_CHANGES, NOTE, printed_numbers
from tests.browser.seats import soon


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
        page.on("filechooser", lambda _: None)  # the browser is told now: told with the key, it may be told after it
        tab_to(page, page.locator("input[type=file]"))
        page.evaluate(COUNTS_CHANGES)
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        chooser.value.set_files(files)
        assert soon(page, lambda: page.evaluate("changes"))  # which is said when the file was read

    return act


def key_drawing(page: Page) -> None:
    keys_on(page, page.locator(".qti-drawing summary"), "Enter")
    key_file(FilePayload(name="plan.png", mimeType="image/png", buffer=a_png()))(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def a_png() -> bytes:
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
