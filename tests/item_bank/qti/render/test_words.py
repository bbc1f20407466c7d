"""Our own words: every language has all of them, with the same places to fill."""

import re

import pytest

from item_bank.qti.render.words import WORDS, limits, word

PLACES = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("lang", WORDS)
def test_every_language_has_every_word_with_the_same_places(lang: str) -> None:
    assert WORDS[lang].keys() == WORDS["en"].keys()
    for key, said in WORDS[lang].items():
        assert set(PLACES.findall(said)) == set(PLACES.findall(WORDS["en"][key])) or key.endswith((".one", ".exactly")), key


def test_a_language_without_a_table_reads_english() -> None:
    assert word("ta", "answer") == word("en", "answer")
    assert word("hi-IN", "answer") == word("hi", "answer")


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [(0, 0, "any"), (0, 1, "one"), (1, 1, "one"), (0, 3, "most"), (2, 0, "least"), (2, 3, "between"), (2, 2, "exactly")],
)
def test_limits_are_said_by_what_there_is(least: int, most: int, said: str) -> None:
    for noun in ("choose", "pairs", "points", "objects", "order", "texts", "plays"):
        assert limits("hi", noun, least, most) == word("hi", f"{noun}.{said}", least=least, most=most)
