"""What a browser gets says nothing of keys, mappings, defaults or processing: put other ones in their place, and not one byte changes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.services.samples import KINDS
from item_bank.qti.model import Document, Feedback, Node, QtiItem, nested
from item_bank.qti.reader.item import item_of
from tests.item_bank.items import choice, response
from tests.item_bank.qti.render.html import all_of, item, sample, sample_stimuli, shown, tree
from tests.item_bank.qti.render.test_valid_html import DEMO, FOREIGN

OTHER: Mapping[str, str] = {
    "identifier": "zz-other",
    "string": "zz-other",
    "uri": "zz-other",
    "file": "zz-other",
    "intOrIdentifier": "zz-other",
    "integer": "4711",
    "float": "47.11",
    "duration": "4711",
    "boolean": "true",
    "point": "4711 4712",
    "pair": "zz-one zz-two",
    "directedPair": "zz-one zz-two",
}
KEYS = {"qti-correct-response", "qti-default-value", "qti-mapping", "qti-area-mapping", "qti-match-table", "qti-interpolation-table"}
RULES = {"qti-response-processing", "qti-template-processing", "qti-outcome-processing"}
TOLD = re.compile(r"correct|map-?key|mapped|default|mapping|processing|score|tolerance", re.IGNORECASE)


def without_secrets(one: QtiItem) -> QtiItem:
    """The item with nothing in it that says what is right."""
    return _remade(one, lambda node, _: None if node.name in KEYS | RULES else node)


def with_other_secrets(one: QtiItem) -> QtiItem:
    """The item with other keys, other worths, other defaults and other rules."""
    return _remade(one, _with_other)


def _with_other(node: Node, base_type: str) -> Node | None:
    if node.name in RULES:
        return Node(name=node.name, attributes={"template": "zz-other"}, children=())
    if node.name == "qti-value":
        return replace(node, children=(OTHER.get(node.attributes.get("base-type", base_type), "zz-other"),))
    changed = {
        "map-key": OTHER.get(base_type, "zz-other"),
        "mapped-value": "4711",
        "default-value": "4712",
        "lower-bound": "-9",
        "upper-bound": "99",
    }
    if node.name in KEYS or node.name.endswith(("map-entry", "table-entry")):
        return replace(node, attributes={name: changed.get(name, value) for name, value in node.attributes.items()})
    return node


def _remade(one: QtiItem, change: Callable[[Node, str], Node | None]) -> QtiItem:
    def of(node: Node, base_type: str) -> Node | None:
        made = change(node, base_type)
        if made is None:
            return None
        inner = made.attributes.get("base-type", base_type)
        children = (child if isinstance(child, str) else of(child, inner) for child in made.children)
        return replace(made, children=tuple(child for child in children if child is not None))

    root = one.root
    declarations = tuple(
        made
        for child in root.children
        if (made := child if isinstance(child, str) or child.name == "qti-item-body" else of(child, "string")) is not None
    )
    return item_of(Document(root=replace(root, children=declarations), version=one.version))


def assert_nothing_is_told(one: QtiItem, lang: str = "en", **page: Any) -> None:
    html = shown(one, lang, **page)
    names = {
        name for each in tree(html).iter() if isinstance(each.tag, str) for name in (each.tag, *each.attrib, *each.get("class", "").split())
    }

    assert html == shown(without_secrets(one), lang, **page)
    assert html == shown(with_other_secrets(one), lang, **page)
    assert "zz-" not in html
    assert [name for name in names if TOLD.search(name)] == []


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_sample_tells_what_is_right(kind: str, lang: str) -> None:
    assert_nothing_is_told(sample(kind, lang), lang, order_seed="s", stimuli=sample_stimuli(kind, lang))


@pytest.mark.parametrize("identifier", DEMO)
def test_no_item_of_the_demonstration_tells_what_is_right(identifier: str) -> None:
    for lang, one in DEMO[identifier].items():
        assert_nothing_is_told(one, lang, order_seed="s")


@pytest.mark.skipif(not FOREIGN, reason="the test data of other systems is not here")
@pytest.mark.parametrize("name", FOREIGN)
def test_no_item_of_other_systems_tells_what_is_right(name: str) -> None:
    assert_nothing_is_told(FOREIGN[name])


@given(st.sets(st.sampled_from("ABCD"), min_size=1), st.booleans())
def test_whatever_the_key_is_the_page_is_the_same(key: set[str], shuffled: bool) -> None:
    declared = response("identifier", *sorted(key), cardinality="multiple")
    one = item(choice("A", "B", "C", "D", max_choices=0, extra=f'shuffle="{str(shuffled).lower()}"'), responses=declared)

    assert_nothing_is_told(one, order_seed="s")


def test_the_other_secrets_are_really_others() -> None:
    """The proof above proves nothing if this fails."""
    one = sample("choice-multiple")
    other = with_other_secrets(one)

    assert other.responses["RESPONSE"].correct != one.responses["RESPONSE"].correct
    assert other.responses["RESPONSE"].mapping != one.responses["RESPONSE"].mapping
    assert other.outcomes["MAXSCORE"].default != one.outcomes["MAXSCORE"].default
    assert other.processing != one.processing
    assert without_secrets(one).responses["RESPONSE"].correct is None
    assert other.body == one.body


def test_feedback_that_does_not_show_is_not_there_at_all() -> None:
    one = sample("end-attempt")
    hidden = [block for block in nested(one.body) if isinstance(block, Feedback)]
    html = shown(one)

    assert len(hidden) == 2
    assert "about one month" not in html
    assert "FEEDBACK" not in html
    assert "thirty days" not in html


def test_what_authors_write_into_data_attributes_stays_here() -> None:
    one = item('<p data-answer="B" data-response="RESPONSE" data-kind="text">x</p>' + choice("A", "B", extra='data-correct="B"'))
    html = shown(one)

    assert all_of(html, "//p/@*") == []
    assert "data-correct" not in html
    assert "data-answer" not in html


def test_the_properties_of_a_custom_interaction_stay_here() -> None:
    html = shown(
        item(
            '<qti-portable-custom-interaction response-identifier="RESPONSE" custom-interaction-type-identifier="x" data-key="zz-1">'
            '<properties><property key="answer">zz-2</property></properties>'
            '<qti-interaction-markup><p data-key="zz-3">Words to show</p><script>zz-4</script></qti-interaction-markup>'
            "</qti-portable-custom-interaction>"
        )
    )

    assert "Words to show" in html
    assert "zz-" not in html


def test_a_key_that_stands_in_the_body_is_not_shown() -> None:
    html = shown(item("<div><qti-correct-response><qti-value>zz-1</qti-value></qti-correct-response></div>"))

    assert "zz-" not in html
    assert "cannot be shown here" in html


def test_the_pattern_of_a_field_stays_here() -> None:
    """A careless author's pattern is the answer itself; it is checked on the server (binding/)."""
    html = shown(item('<p><qti-text-entry-interaction response-identifier="RESPONSE" pattern-mask="zz-answer"/></p>'))

    assert "zz-" not in html
