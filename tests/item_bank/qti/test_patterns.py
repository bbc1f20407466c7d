import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.qti.patterns import fits

YES: list[tuple[str, str]] = [
    ("", ""),
    ("abc", "abc"),
    ("foo.+bob", "foobarbob"),
    ("^foo.+bob$", "foobarbob"),
    (r"[0-9]{4}", "2026"),
    (r"\d{4}", "२०२६"),
    (r"\d+(\.\d{1,2})?", "12.5"),
    (r"(a|b)*c?", "abba"),
    (r"a{2}", "aa"),
    (r"a{2,}", "aaaa"),
    (r"a{0,2}", ""),
    (r"[^0-9]+", "abc"),
    (r"[a-z-[aeiou]]+", "xyz"),
    (r"[A-Za-z .'-]+", "O'Neill-Smith"),
    (r"[-a]+", "a-"),
    (r"[a-]+", "a-"),
    (r"[\d\s]+", "1 2"),
    (r"[\-\]]+", "-]"),
    (r"\p{Lu}\p{Ll}+", "Delhi"),
    (r"\P{L}", "1"),
    (r"\p{IsDevanagari}+", "लोकसभा"),
    (r"[\p{IsDevanagari} ]+", "लोक सभा"),
    (r"\w+", "हिन्दी"),
    (r"\i\c*", "Name-1.2"),
    (r"\S\D\W", "xy!"),
    (r"a\.b\\c", r"a.b\c"),
    (r"(?:a|b)+?", "ab"),
    ("a$b", "a$b"),
    ("^(yes|no)$", "no"),
    ("(yes$|^no$)", "yes"),
    (".", "\u0915"),
    ("क़", "\u0958"),
]
NO: list[tuple[str, str]] = [
    ("abc", "abcd"),
    ("abc", "zabc"),
    ("foo.+bob", "foobob"),
    ("^foo.+bob$", "foobobz"),
    (r"[0-9]{4}", "२०२६"),
    (r"a{2}", "aaa"),
    (r"a{2,3}", "aaaa"),
    (r"[^0-9]+", "a1"),
    (r"[a-z-[aeiou]]+", "xay"),
    (r"\p{Lu}", "a"),
    (r"\p{IsDevanagari}+", "Lok"),
    (r"\w+", "a b"),
    (".", "\n"),
    ("", "a"),
    ("A", "a"),
]


@pytest.mark.parametrize(("pattern", "text"), YES)
def test_a_text_of_the_pattern_fits(pattern: str, text: str) -> None:
    assert fits(pattern, unicodedata.normalize("NFC", text)) is True


@pytest.mark.parametrize(("pattern", "text"), NO)
def test_another_text_does_not(pattern: str, text: str) -> None:
    assert fits(pattern, text) is False


NOT_UNDERSTOOD = [
    "(",
    ")",
    "a)",
    "[a",
    "[]",
    "*",
    "a**",
    "a{",
    "a{x}",
    "a{3,1}",
    "a{2000}",
    r"\q",
    r"\1",
    "(?=a)",
    "(?i)a",
    r"\p{Nonsense}",
    "[z-a]",
    "a\\",
]


@pytest.mark.parametrize("pattern", [*NOT_UNDERSTOOD, "(" * 100 + ")" * 100, "((a{100}){100}){100}"])
def test_a_pattern_that_is_none_says_nothing(pattern: str) -> None:
    assert fits(pattern, "anything") is None


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a*)*b", "(a|aa)+b", "(a|a?)+b", "((a+)+)+b", "((a{1,50}){1,50}){1,50}b", "a{0,900}a{900}", "(.*)(.*)(.*)(.*)x"]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    began = time.process_time()

    told = fits(pattern, "a" * 10_000)

    assert not told
    assert time.process_time() - began < 2


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\s", "1", " "])


def quantified(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.lists(st.lists(parts, max_size=3).map("".join), min_size=1, max_size=3).map(lambda branches: f"({'|'.join(branches)})")
    return st.tuples(grouped | ATOMS, st.sampled_from(["", "?", "*", "+", "{2}", "{1,}", "{0,2}"])).map("".join)


@given(st.recursive(ATOMS, quantified, max_leaves=8), st.text(alphabet="ab1 c", max_size=8))
@settings(max_examples=500)
def test_patterns_mean_what_they_mean_to_python(pattern: str, text: str) -> None:
    assert fits(pattern, text) is (re.fullmatch(pattern, text) is not None)


def test_nested_stars_are_still_told_rightly() -> None:
    assert not fits("(a+)+b", "a" * 3_000)
    assert fits("(a+)+b", "a" * 3_000 + "b")
