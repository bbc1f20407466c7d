"""What the fields of a question's form are called. `stem-hi` is the stem in Hindi, `option-2-en` the second choice in English.

A line (`option-2`, `answer-1`) counts when something is typed in it; numbers may have gaps, as they have when a line was emptied.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from item_bank.formats.questions import Kind
from item_bank.formats.reading import FALSE, TRUE, truth_words

Values = Mapping[str, str]
"""What stands in a form's fields, by name. Several ticked boxes of one name are words parted by spaces."""

MOST_LINES = 40
LONGEST_TEXT = 20_000


class Asked(StrEnum):
    """How a question is answered, as an author chooses it."""

    CHOICE = "choice"
    MULTIPLE = "multiple"
    LIST = "list"  # a choice that opens in the text
    TEXT = "text"
    NUMBER = "number"
    ORDER = "order"
    MATCH = "match"
    ESSAY = "essay"


TRUTH = "truth"
"""A way to begin, not a way to be answered: one choice of two whose words are there already."""

KINDS: Mapping[Asked, Kind] = {
    Asked.CHOICE: Kind.CHOICE,
    Asked.MULTIPLE: Kind.MULTIPLE,
    Asked.LIST: Kind.CHOICE,
    Asked.TEXT: Kind.TEXT,
    Asked.NUMBER: Kind.NUMBER,
    Asked.ORDER: Kind.ORDER,
    Asked.MATCH: Kind.MATCH,
    Asked.ESSAY: Kind.ESSAY,
}
OPTIONED = frozenset({Asked.CHOICE, Asked.MULTIPLE, Asked.LIST, Asked.ORDER})

LINES: Mapping[Asked, Mapping[str, int]] = {
    **{asked: {"option": 4} for asked in (Asked.CHOICE, Asked.MULTIPLE, Asked.LIST, Asked.ORDER)},
    Asked.TEXT: {"answer": 2},
    Asked.NUMBER: {"value": 1},
    Asked.MATCH: {"source": 3, "target": 4},
    Asked.ESSAY: {},
}
"""The lines that a kind has, by the field that makes one, and how many a new question begins with."""

_BESIDE: Mapping[str, tuple[str, ...]] = {
    "option": ("told",),
    "answer": ("told",),
    "value": ("tolerance", "told"),
    "source": (),
    "target": (),
}


def asked_of(values: Values) -> Asked:
    """Return how the question is answered; one choice where the form says nothing that is known."""
    found = values.get("kind", "")
    return Asked(found) if found in set(Asked) else Asked.CHOICE


def languages_of(values: Values) -> tuple[str, ...]:
    """Return the languages that the form has columns for."""
    return tuple(values.get("langs", "").split()) or ("en", "hi")


def _is_filled(values: Values, name: str, langs: Sequence[str]) -> bool:
    """Tell whether anything is typed under a name, in any language or in none."""
    return any(values.get(field, "").strip() for field in (name, *(f"{name}-{lang}" for lang in langs)))


def lines_of(values: Values, line: str, langs: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines in which something is typed."""
    for number in range(1, MOST_LINES + 1):
        if any(_is_filled(values, f"{name}-{number}", langs) for name in (line, *_BESIDE[line])):
            yield number


def begun(kind: str, langs: Sequence[str]) -> dict[str, str]:
    """Return the fields of a question that nobody has written yet."""
    asked = Asked.CHOICE if kind == TRUTH else asked_of({"kind": kind})
    values = {
        "kind": asked.value,
        "langs": " ".join(langs),
        "points": "1",
        "shuffle": "1" if asked in OPTIONED or asked is Asked.MATCH else "",
    }
    if kind == TRUTH:
        values |= {"shuffle": "", "name-1": TRUE, "name-2": FALSE}
        values |= {f"option-{place}-{lang}": said for lang in langs for place, said in enumerate(truth_words(lang), start=1)}
    if asked is Asked.MULTIPLE:
        values |= {"scoring": "each", "lower": "0"}
    return values
