"""Every word of the pages is there in Hindi, and dates and numbers are written as people in India write them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.words import LOCALE, words

API = Path(__file__).parents[2] / "api"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
NOVEMBER = datetime(2026, 11, 22, 12, 30, 5, tzinfo=UTC)


def said_by_pages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    how = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    for file, _line, message, _comments, _context in extract_from_dir(API, method_map=how, keywords=KEYWORDS):
        yield file, message


def test_every_word_of_every_page_has_a_hindi_translation() -> None:
    hindi = words("hi")

    missing = sorted(
        {
            (file, str(message))
            for file, message in said_by_pages()
            if (message[0] not in hindi.plurals if isinstance(message, tuple) else message not in hindi.texts)
        }
    )

    assert missing == []


def test_no_english_text_has_two_hindi_translations() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for path in LOCALE.glob("hi/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="hi"):
                if message.id:
                    said[str(message.id)].add(str(message.string))

    assert {text: forms for text, forms in said.items() if len(forms) > 1} == {}


def test_translations_fill_in_the_same_values() -> None:
    wrong = [text for text, hindi in words("hi").texts.items() if _names(text) != _names(hindi)]

    assert wrong == []


def _names(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize(("lang", "moment"), [("en", "22 Nov 2026, 18:00"), ("hi", "22 नव॰ 2026, 18:00")])
def test_moments_are_shown_where_the_exams_are_held(lang: str, moment: str) -> None:
    assert words(lang).moment(NOVEMBER) == moment


def test_clocks_and_numbers_are_written_as_in_india() -> None:
    assert words("en").clock(NOVEMBER) == "18:00:05"
    assert words("en").number(123456) == "1,23,456"


def test_an_unknown_language_is_english() -> None:
    assert words("fr") is words("en")


def test_the_number_chooses_the_form() -> None:
    said = words("en").ngettext

    assert said("One day left", "%(n)s days left", 1) == "One day left"
    assert said("One day left", "%(n)s days left", 1200) == "1,200 days left"
