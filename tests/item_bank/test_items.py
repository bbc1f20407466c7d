from itertools import product

import pytest

from assessment_engine.kernel.errors import IllegalTransition, Invalid
from assessment_engine.kernel.machine import advance
from item_bank.items import TRANSITIONS, ItemState, ItemVerb, check_parity
from item_bank.qti.reader import read_item
from tests.item_bank.items import choice, demo_items, qti, response


def variant(lang: str, *, key: str = "A", choices: str = "AB", text: str = "Article 14") -> bytes:
    return qti(responses=response("identifier", key), body=f"<p>{text}</p>" + choice(*choices), lang=lang)


@pytest.mark.parametrize(("state", "verb"), list(product(ItemState, ItemVerb)))
def test_a_version_moves_only_as_the_table_says(state: ItemState, verb: ItemVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert advance(TRANSITIONS, state, verb) is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


@pytest.mark.parametrize("identifier", demo_items())
def test_the_demo_items_are_the_same_question_in_both_languages(identifier: str) -> None:
    check_parity(demo_items()[identifier])


def test_numbers_are_the_same_in_any_digits() -> None:
    check_parity({"en": read_item(variant("en")), "hi": read_item(variant("hi", text="अनुच्छेद १४"))})


DIFFERENT = {
    "another key": (variant("hi", key="B"), "response declaration"),
    "another choice": (variant("hi", choices="ABC"), "an interaction"),
    "another number": (variant("hi", text="अनुच्छेद 15"), "a number in the text"),
    "a wrong language": (variant("en"), "xml:lang"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_languages_that_are_not_one_question_are_refused(name: str) -> None:
    other, words = DIFFERENT[name]

    with pytest.raises(Invalid, match=words):
        check_parity({"en": read_item(variant("en")), "hi": read_item(other)})
