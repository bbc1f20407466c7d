"""The words of the pages in the reader's language: catalogues, and dates and numbers as that language writes them.

Templates say `_("English text")`; the Hindi is in api/locale/hi/*.po, one file per module of pages, merged here at start.
A missing translation shows English; tests/api/test_words.py insists that none is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from assessment_engine.people import CIVIL_TIME

LOCALE = Path(__file__).parent / "locale"
LANGUAGES: Mapping[str, str] = {"en": "English", "hi": "हिन्दी"}
_LOCALES = {"en": "en_IN", "hi": "hi_IN"}


def N_(text: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's catalogue and habits."""

    lang: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, str]]

    def gettext(self, text: str, **values: object) -> str:
        """Return the text in this language, with %(name)s filled in when values are given."""
        said = self.texts.get(text, text)
        return said % values if values else said

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form that fits a number; %(n)s is the number itself."""
        forms = self.plurals.get(one, (one, many))
        return forms[0 if number == 1 else 1] % {"n": self.number(number), **values}

    def day(self, value: date | datetime) -> str:
        """Write a calendar day: 22 Nov 2026."""
        return format_date(_civil(value), format="d MMM y", locale=_LOCALES[self.lang])

    def moment(self, value: datetime) -> str:
        """Write a day and a time: 22 Nov 2026, 18:00."""
        return format_datetime(_civil(value), format="d MMM y, HH:mm", locale=_LOCALES[self.lang])

    def clock(self, value: datetime) -> str:
        """Write a time of day with seconds: 14:03:22."""
        return format_time(value.astimezone(CIVIL_TIME), format="HH:mm:ss", locale=_LOCALES[self.lang], tzinfo=CIVIL_TIME)

    def number(self, value: int | float | Decimal) -> str:
        """Write a number with the grouping of India: 1,00,000."""
        return format_decimal(value, locale=_LOCALES[self.lang])


def _civil(value: date) -> date:
    """Put a moment on the wall clock of the exams; babel would move an aware one to UTC."""
    return value.astimezone(CIVIL_TIME).replace(tzinfo=None) if isinstance(value, datetime) else value


@cache
def words(lang: str) -> Words:
    """Return a language's words, merged from its catalogues once; an unknown language is English."""
    if lang not in LANGUAGES:
        return words("en")
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, str]] = {}
    for path in sorted((LOCALE / lang).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang)
        for message in catalogue:
            if isinstance(message.id, tuple) and isinstance(message.string, tuple) and all(message.string):
                plurals[message.id[0]] = (message.string[0], message.string[1])
            elif isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
                texts[message.id] = message.string
    return Words(lang=lang, texts=texts, plurals=plurals)
