"""The rules of docs/adr/0017-when-two-texts-are-the-same.md, one by one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.text import comparable, latin_digits, latin_number

SAME: dict[str, tuple[str, str]] = {
    "a nukta letter in both its spellings": ("\u0958", "\u0915\u093c"),
    "a nukta and a joiner between": ("\u0915\u200d\u093c", "\u0958"),
    "letters and marks in either order": ("\u0915\u094d\u093c", "\u0915\u093c\u094d"),
    "a conjunct with a joiner": ("क्\u200dष", "क्ष"),
    "a conjunct with a non-joiner": ("क्\u200cष", "क्ष"),
    "a Latin letter with its accent beside it": ("e\u0301", "é"),
    "a space that does not break": ("a\u00a0b", "a b"),
    "a narrow and an ideographic space": ("a\u202fb\u3000c", "a b c"),
    "a byte order mark": ("\ufeffलोक", "लोक"),
    "a soft hyphen": ("लोक\u00adसभा", "लोकसभा"),
    "a space without width": ("लोक\u200bसभा", "लोकसभा"),
    "signs of direction": ("\u200fاردو\u200e", "اردو"),
}
DIFFERENT: dict[str, tuple[str, str]] = {
    "a letter with and without nukta": ("क़", "क"),
    "chandrabindu and anusvara": ("हँस", "हंस"),
    "an anusvara and its nasal": ("हिंदी", "हिन्दी"),
    "short and long vowels": ("कि", "की"),
    "danda and full stop": ("है।", "है."),
    "danda and a vertical line": ("।", "|"),
    "visarga and colon": ("अः", "अ:"),
    "digits of two scripts": ("१४", "14"),
    "typographic and plain quotes": ("don’t", "don't"),
    "Latin and Cyrillic letters": ("A", "А"),
    "upper and lower case": ("Sabha", "sabha"),
    "outer spaces": (" a", "a"),
    "two spaces": ("a  b", "a b"),
    "a hyphen and a dash": ("a-b", "a–b"),
}


@pytest.mark.parametrize("name", SAME)
def test_these_are_the_same_text(name: str) -> None:
    one, other = SAME[name]

    assert comparable(one) == comparable(other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_these_are_two_texts(name: str) -> None:
    one, other = DIFFERENT[name]

    assert comparable(one) != comparable(other)


@given(st.text())
def test_the_comparable_form_is_stable_and_in_nfc(text: str) -> None:
    once = comparable(text)

    assert comparable(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert comparable(unicodedata.normalize("NFD", text)) == once


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_its_own_comparable_form(text: str) -> None:
    assert comparable(text) is text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", "12"),
        ("१२", "12"),
        ("১২", "12"),
        ("۱۲٫۵", "12.5"),
        ("１２．５", "12.5"),
        ("−12", "-12"),
        ("–12", "-12"),
        ("＋12", "+12"),
        (" 12\u00a0", "12"),
        ("12,50,000", "1250000"),
        ("1,250,000.5", "1250000.5"),
        ("-1,000", "-1000"),
        ("१२,५०,०००", "1250000"),
        ("1٬000", "1000"),
        ("0,63", "0,63"),
        ("12,5", "12,5"),
        ("1,2,3", "1,2,3"),
        ("1,0000", "1,0000"),
        ("12 000", "12 000"),
        ("२ गाँव", "2 गाँव"),
    ],
)
def test_numbers_are_written_in_ascii(written: str, number: str) -> None:
    assert latin_number(written) == number


def test_only_decimal_digits_are_digits() -> None:
    assert latin_digits("४² ½ ⅳ 五") == "4² ½ ⅳ 五"
