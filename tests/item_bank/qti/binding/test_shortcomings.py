"""What may be left as it is, but is said: every kind of interaction once short and once not."""

import pytest

from assessment_engine.kernel.canonical import Json
from item_bank.qti.binding import bind, shortcomings
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from tests.item_bank.items import choice, qti, response
from tests.item_bank.qti.binding.test_constraints import INLINE, ORDER, PICTURE, associable, item, spots

LEAST = 'min-choices="1"'
GAPS = (
    '<qti-gap-text identifier="A" match-max="0">A</qti-gap-text><p><qti-gap identifier="G1" required="true"/><qti-gap identifier="G2"/></p>'
)
SETS = (
    '<qti-simple-match-set><qti-simple-associable-choice identifier="A" match-max="0" match-min="1">A</qti-simple-associable-choice>'
    f"{associable('B')}</qti-simple-match-set><qti-simple-match-set>{associable('X', 'Y')}</qti-simple-match-set>"
)


def entry(base_type: str, mask: str, more: str = "") -> QtiItem:
    return item("text-entry", typed=f"{base_type} single", more=f'pattern-mask="{mask}" {more}')


CASES: dict[str, tuple[QtiItem, Json, Json]] = {  # item, a short response, one that is not
    "choice": (read_item(qti(responses=response("identifier"), body=choice("A", "B", extra='min-choices="1"'))), None, "A"),
    "inline choice": (item("inline-choice", INLINE, typed="identifier single", more='required="true"'), None, "A"),
    "order of all": (item("order", ORDER, typed="identifier ordered"), ["A", "B"], ["A", "B", "C"]),
    "order with a maximum alone": (item("order", ORDER, typed="identifier ordered", more='max-choices="2"'), ["A", "B"], ["A", "B", "C"]),
    "order of some": (item("order", ORDER, typed="identifier ordered", more='min-choices="2" max-choices="3"'), ["A"], ["A", "B"]),
    "hotspot": (item("hotspot", PICTURE + spots("qti-hotspot-choice", "A"), more='min-choices="1"'), [], ["A"]),
    "graphic order": (
        item("graphic-order", PICTURE + spots("qti-hotspot-choice", "A", "B"), typed="identifier ordered"),
        ["A"],
        ["A", "B"],
    ),
    "associate": (
        item("associate", associable("A", "B", "C", most=0), typed="pair multiple", more='max-associations="0" min-associations="2"'),
        ["A B"],
        ["A B", "B C"],
    ),
    "match": (item("match", SETS, typed="directedPair multiple", more='max-associations="0"'), ["B X"], ["A X"]),
    "a required gap": (item("gap-match", GAPS, typed="directedPair multiple"), ["A G2"], ["A G1"]),
    "select point": (item("select-point", PICTURE, typed="point multiple", more='min-choices="1" max-choices="0"'), [], ["1 1"]),
    "media": (item("media", '<audio src="a.mp3"></audio>', typed="integer single", more='min-plays="1"'), None, 1),
    "texts": (item("extended-text", typed="string multiple", more='min-strings="2"'), ["one"], ["one", "two"]),
    "a pattern": (entry("string", "[a-z]+"), "a1", "ab"),
    "a pattern of several texts": (item("extended-text", typed="string multiple", more='pattern-mask="[a-z]+"'), ["a", "1"], ["a", "b"]),
    "a pattern with an unseen joiner": (entry("string", "क्ष+"), "क", "क्\u200dष"),
    "a pattern of a number": (entry("float", r"[0-9]+\.[0-9]{2}"), "1.555", "1.50"),
    "a pattern of a whole number": (entry("integer", "[0-9]{2}"), "7", "१२"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_short_response_is_bound_and_named(name: str) -> None:
    asked, short, _ = CASES[name]

    assert shortcomings(asked, bind(asked, {"RESPONSE": short})) == ("RESPONSE",)


@pytest.mark.parametrize("name", CASES)
def test_one_that_is_not_short_is_not_named(name: str) -> None:
    asked, _, enough = CASES[name]

    assert shortcomings(asked, bind(asked, {"RESPONSE": enough})) == ()


def test_an_empty_field_breaks_no_pattern() -> None:
    asked = entry("string", "[a-z]+")

    assert shortcomings(asked, bind(asked, {})) == ()


def test_a_pattern_is_about_what_was_typed() -> None:
    second = '<qti-response-declaration identifier="TYPED" cardinality="single" base-type="string"/>'
    body = r'<p><qti-text-entry-interaction response-identifier="RESPONSE" string-identifier="TYPED" pattern-mask="[0-9]+\.[0-9]{2}"/></p>'
    asked = read_item(qti(responses=response("float") + second, body=body))

    assert shortcomings(asked, bind(asked, {"RESPONSE": "1.5"})) == ("RESPONSE",)
    assert shortcomings(asked, bind(asked, {"RESPONSE": "1.50"})) == ()


def test_a_record_is_judged_by_its_string() -> None:
    declared = '<qti-response-declaration identifier="RESPONSE" cardinality="record"/>'
    body = '<p><qti-text-entry-interaction response-identifier="RESPONSE" pattern-mask="[0-9]+"/></p>'
    asked = read_item(qti(responses=declared, body=body))

    assert shortcomings(asked, bind(asked, {"RESPONSE": "1.5"})) == ("RESPONSE",)
    assert shortcomings(asked, bind(asked, {"RESPONSE": "15"})) == ()


def test_an_interaction_that_shows_only_sometimes_asks_for_nothing() -> None:
    block = '<qti-template-block template-identifier="T" identifier="x" show-hide="show">'
    body = f"{block}{choice('A', 'B', extra=LEAST)}</qti-template-block>"
    asked = read_item(qti(responses=response("identifier"), body=body))

    assert shortcomings(asked, bind(asked, {})) == ()
