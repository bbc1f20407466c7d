"""Text entry and extended text."""

from html import unescape

import pytest

from tests.item_bank.items import numeric, text_entry
from tests.item_bank.qti.render.html import all_of, item, one, response, sample, shown

ENTRY = '<p>a <qti-text-entry-interaction response-identifier="RESPONSE" {}/> b</p>'
AREA = '<qti-extended-text-interaction response-identifier="RESPONSE" {}><qti-prompt>Write.</qti-prompt></qti-extended-text-interaction>'


def test_a_number_asks_for_a_keyboard_of_numbers() -> None:
    assert one(shown(numeric("0")), "//input").get("inputmode") == "decimal"
    assert one(shown(text_entry()), "//input").get("inputmode") == "text"
    assert one(shown(item(ENTRY.format('base="16"'), responses=response("integer"))), "//input").get("inputmode") == "text"


def test_what_was_written_is_there_again_digit_for_digit() -> None:
    assert one(shown(numeric("0"), response={"RESPONSE": "१२.५"}), "//input").get("value") == "१२.५"


@pytest.mark.parametrize(("lang", "base_type", "keyboard"), [("hi", "string", "inscript"), ("en", "string", None), ("hi", "integer", None)])
def test_hindi_words_are_written_with_the_on_screen_keyboard(lang: str, base_type: str, keyboard: str | None) -> None:
    for body in (ENTRY.format(""), AREA.format("")):
        field = one(shown(item(body, responses=response(base_type), lang=lang), lang), "//*[@data-kind='text']")

        assert field.get("data-keyboard") == keyboard


def test_one_field_is_your_answer_and_several_are_numbered() -> None:
    assert one(shown(item(ENTRY.format(""))), "//input").get("aria-label") == "Your answer"
    assert all_of(shown(sample("text-entry")), "//input/@aria-label") == ["Answer 1", "Answer 2"]
    assert all_of(shown(sample("text-entry", "hi"), "hi"), "//input/@aria-label") == ["उत्तर 1", "उत्तर 2"]
    assert one(shown(item(ENTRY.format('aria-label="The year"'))), "//input").get("aria-label") == "The year"


@pytest.mark.parametrize(
    ("expected", "size"), [("", "20"), ('expected-length="4"', "4"), ('expected-length="900"', "60"), ('expected-length="0"', "20")]
)
def test_a_field_is_as_wide_as_its_answer(expected: str, size: str) -> None:
    assert one(shown(item(ENTRY.format(expected))), "//input").get("size") == size


def test_the_placeholder_and_the_vocabulary_pass() -> None:
    html = shown(item(ENTRY.format('placeholder-text="one word" class="qti-input-width-4"')))

    assert one(html, "//input").get("placeholder") == "one word"
    assert "qti-input-width-4" in one(html, "//span[@data-kind-of='text-entry']").get("class")


def test_a_long_text_is_labelled_by_its_prompt() -> None:
    html = shown(item(AREA.format('expected-lines="8"'), responses=response("string")), response="one\ntwo")

    assert one(html, "//label").get("for") == one(html, "//textarea").get("id")
    assert one(html, "//textarea").get("rows") == "8"
    assert one(html, "//textarea").text == "one\ntwo"


@pytest.mark.parametrize("written", ["\nx", "\n\nx", "x\n", "  x", "<b>&amp;</b>", "</textarea>"])
def test_every_sign_of_a_long_text_is_there_again(written: str) -> None:
    """A browser eats the first line break of a textarea."""
    html = shown(item(AREA.format(""), responses=response("string")), response={"RESPONSE": written})
    inner = html.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]

    assert unescape(inner.removeprefix("\n")) == written


def test_several_texts_have_a_field_each() -> None:
    body = AREA.format('max-strings="3" min-strings="1"')
    html = shown(item(body, responses=response("string", "multiple")), response={"RESPONSE": ["one", "two"]})

    assert [area.text or "" for area in all_of(html, "//textarea")] == ["one", "two", ""]
    assert all_of(html, "//textarea/@aria-label") == ["Answer 1", "Answer 2", "Answer 3"]
    assert "Answers to write: 1 to 3." in html


def test_where_any_number_of_texts_may_be_written_there_is_always_room_for_more() -> None:
    html = shown(item(AREA.format(""), responses=response("string", "ordered")), response={"RESPONSE": ["a", "b", "c"]})

    assert len(all_of(html, "//textarea")) == 5


def test_on_a_locked_page_what_was_written_can_still_be_read_and_copied() -> None:
    field = one(shown(text_entry(), response="Sabha", locked=True), "//input")

    assert field.get("readonly") is not None
    assert field.get("disabled") is None
