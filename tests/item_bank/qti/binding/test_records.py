import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding import bind, typed
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, Value, integer, number, single
from tests.item_bank.items import ENTRY, qti

DECLARED = '<qti-response-declaration identifier="RESPONSE" cardinality="record"/>'


def item(body: str = ENTRY) -> QtiItem:
    return read_item(qti(responses=DECLARED, body=body))


def fields(raw: Json, *, lenient: bool = False, body: str = ENTRY) -> dict[str, object]:
    value = bind(item(body), {"RESPONSE": raw}, lenient=lenient)["RESPONSE"]
    assert value is not None
    return {name: None if field is None else field.atom for name, field in value.fields.items()}


NUMBERS: dict[str, tuple[float, int | None, int, int, int, int, int | None]] = {
    # typed: float, integer, digits left and right of the point, decimal places, significant figures, exponent
    "1": (1.0, 1, 1, 0, 0, 1, None),
    "1.23e2": (123.0, None, 1, 2, 0, 3, 2),
    "1.23e-2": (0.0123, None, 1, 2, 4, 3, -2),
    "0.0120": (0.012, None, 1, 4, 4, 3, None),
    "-12.50": (-12.5, None, 2, 2, 2, 4, None),
    "007": (7.0, 7, 3, 0, 0, 1, None),
    "0": (0.0, 0, 1, 0, 0, 1, None),
    ".5": (0.5, None, 0, 1, 1, 1, None),
    "१२.५": (12.5, None, 2, 1, 1, 3, None),
    "12,50,000": (1250000.0, 1250000, 7, 0, 0, 7, None),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_taken_apart(text: str) -> None:
    names = ("floatValue", "integerValue", "leftDigits", "rightDigits", "ndp", "nsf", "exponent")

    assert fields(text) == {"stringValue": text, **dict(zip(names, NUMBERS[text], strict=True))}


@pytest.mark.parametrize("text", ["about ten", ".", "1e999", "e5", "INF"])
def test_other_text_has_only_its_string(text: str) -> None:
    assert fields(text) == {"stringValue": text}


def test_a_number_in_another_base_has_its_whole_value() -> None:
    body = '<p><qti-text-entry-interaction response-identifier="RESPONSE" base="16"/></p>'

    assert fields("ff", body=body) == {"stringValue": "ff", "integerValue": 255}
    assert fields("10", body=body)["integerValue"] == 16


def test_a_page_sends_what_was_typed_and_nothing_else_counts() -> None:
    told: Json = {"record": [{"name": "stringValue", "base": {"string": "1.5"}}, {"name": "floatValue", "base": {"float": 99}}]}

    assert fields(told) == fields("1.5")
    assert typed(item(), {"RESPONSE": told}) == {"RESPONSE": ("1.5",)}
    with pytest.raises(WrongResponse):
        bind(item(), {"RESPONSE": {"floatValue": 99}})
    with pytest.raises(WrongResponse):
        bind(item(), {"RESPONSE": ["1", "2"]})


def test_another_systems_record_is_taken_field_by_field() -> None:
    told: Json = {
        "record": [
            {"name": "whole", "base": {"integer": 7}},
            {"name": "text", "base": {"string": "seven"}},
            {"name": "many", "list": {"float": [1, 2]}},
            {"name": "none", "base": None},
            {"name": "bad", "base": {"integer": "x"}},
        ]
    }

    value = bind(item(), {"RESPONSE": told}, lenient=True)["RESPONSE"]

    assert value is not None
    assert value.fields["whole"] == integer(7)
    assert value.fields["text"] == single(BaseType.STRING, "seven")
    assert value.fields["many"] is not None
    assert value.fields["none"] is None
    assert value.fields["bad"] is None


def test_a_plain_object_is_a_record_in_short() -> None:
    value = bind(item(), {"RESPONSE": {"x": 1, "y": 2.5, "z": "A", "t": True, "n": None}}, lenient=True)["RESPONSE"]

    assert isinstance(value, Value)
    assert value.fields == {
        "x": integer(1),
        "y": number(2.5),
        "z": single(BaseType.STRING, "A"),
        "t": single(BaseType.BOOLEAN, True),
        "n": None,
    }


def test_a_blank_field_is_null() -> None:
    assert bind(item(), {"RESPONSE": " "}) == {"RESPONSE": None}
