from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from item_bank.qti.render import render, sanitised
from tests.item_bank.items import choice, demo_items, multiple_choice, numeric, qti, response, single_choice

DEMO = demo_items()


class Page(HTMLParser):
    """The inputs, labels and groups of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def without_key(item: QtiItem) -> QtiItem:
    bare = {name: replace(declared, correct=None, mapping=None) for name, declared in item.responses.items()}
    return QtiItem(
        identifier=item.identifier, title=item.title, lang=item.lang, responses=bare, outcomes={}, body=item.body, processing=None
    )


@pytest.mark.parametrize("identifier", DEMO)
def test_the_page_is_the_same_with_and_without_key_mapping_and_processing(identifier: str) -> None:
    for lang, item in DEMO[identifier].items():
        assert render(item, lang, None, "q-") == render(without_key(item), lang, None, "q-")


@given(st.sets(st.sampled_from("ABCD"), min_size=1))
def test_whatever_the_key_is_the_page_is_the_same(key: set[str]) -> None:
    declared = response("identifier", *sorted(key), cardinality="multiple")
    item = read_item(qti(responses=declared, body=choice("A", "B", "C", "D", max_choices=0)))

    assert render(item, "en", None, "") == render(without_key(item), "en", None, "")


@pytest.mark.parametrize("identifier", DEMO)
def test_every_control_has_a_label_and_a_name(identifier: str) -> None:
    for lang, item in DEMO[identifier].items():
        page = Page(render(item, lang, None, "q7-"))

        inputs = page.all("input")
        assert inputs
        assert {each["id"] for each in inputs} == {each["for"] for each in page.all("label")}
        assert all(each["name"] == "q7-RESPONSE" and each["data-response"] == "RESPONSE" for each in inputs)


def test_what_was_answered_is_filled_in() -> None:
    ticked = Page(render(multiple_choice(), "en", {"RESPONSE": ["A", "D"]}, ""))
    written = Page(render(numeric("0"), "en", {"RESPONSE": "१२.५"}, ""))

    assert [each["value"] for each in ticked.all("input") if "checked" in each] == ["A", "D"]
    assert written.all("input")[0]["value"] == "१२.५"


def test_one_answer_is_a_radio_and_several_are_boxes() -> None:
    assert {each["type"] for each in Page(render(single_choice(), "en", None, "")).all("input")} == {"radio"}
    assert {each["type"] for each in Page(render(multiple_choice(), "en", None, "")).all("input")} == {"checkbox"}


def test_hints_are_in_the_language_of_the_page() -> None:
    assert "एक उत्तर चुनिए" in render(single_choice(), "hi", None, "")


@given(st.text(max_size=40))
def test_a_response_can_never_break_out_of_its_field(text: str) -> None:
    item = read_item(qti(responses=response("string", "x"), body="<p><qti-text-entry-interaction response-identifier='RESPONSE'/></p>"))

    page = Page(render(item, "en", {"RESPONSE": text}, ""))

    assert [name for name, _ in page.found] == ["div", "p", "span", "label", "input"]


def test_the_second_fence_removes_what_the_first_should_have_refused() -> None:
    assert sanitised('<p onclick="x()">a<script>b</script><a href="javascript:c()">d</a></p>') == "<p>ad</p>"


def test_shuffled_choices_keep_the_fixed_ones_and_their_order_per_seed() -> None:
    options = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABCDEFG")
    fixed = '<qti-simple-choice identifier="Z" fixed="true">None of these</qti-simple-choice>'
    start = '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true">'
    body = f"{start}{options}{fixed}</qti-choice-interaction>"
    item = read_item(qti(responses=response("identifier", "A"), body=body))

    orders = {seed: [each["value"] for each in Page(render(item, "en", None, "", order_seed=seed)).all("input")] for seed in ("s1", "s2")}

    assert all(sorted(str(each) for each in order) == list("ABCDEFGZ") and order[-1] == "Z" for order in orders.values())
    assert orders["s1"] != orders["s2"]
    assert orders["s1"] == [each["value"] for each in Page(render(item, "en", None, "", order_seed="s1")).all("input")]
