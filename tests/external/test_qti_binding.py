"""Four binding cases of another engine: what was typed, the value it stands for, and whether it is valid."""

import re

import pytest

from item_bank.qti.binding import bind, shortcomings
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, single
from tests.external.testdata import ABSENT, FOLDER, cases

pytestmark = ABSENT

CASES = {str(case["id"]): case for case in cases("response_binding.json")}


@pytest.mark.parametrize("name", list(CASES) or [None])
def test_typed_text_is_bound_and_judged_as_in_the_engine_that_it_came_from(name: str) -> None:
    case = CASES[name]
    expect = case["expect"]
    assert isinstance(expect, dict)
    text = re.fullmatch(r'new StringValue\("(.*)"\)', str(expect["bound_value_java"]))
    assert text is not None
    item = read_item((FOLDER / str(case["item"])).read_bytes())
    [response] = item.responses

    bound = bind(item, {response: case["raw_input"]})

    assert bound == {response: single(BaseType.STRING, text[1])}
    assert (shortcomings(item, bound) == ()) is expect["valid"]
