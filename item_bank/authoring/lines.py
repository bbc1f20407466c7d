"""The lines of a form, changed as a whole: one more, one away, one up. Pure: from fields to fields. What a line is: fields.py."""

import re

from item_bank.authoring.fields import LINES, MOST_LINES, Values, asked_of

_NUMBERED = re.compile(r"([a-z]+)-([0-9]{1,3})(-[A-Za-z-]+)?")
_OWN = {
    "option": ("option", "name", "worth", "fixed", "told"),
    "answer": ("answer", "pattern", "worth", "told"),
    "value": ("value", "tolerance", "worth", "told"),
    "source": ("source", "pair"),
    "target": ("target",),
}


def shown_lines(values: Values, line: str, more: int = 0) -> list[int]:
    """Return the numbers of the lines that a form shows: those that it has, else as many as a kind begins with; and some more."""
    found = (parts for name in values if (parts := _NUMBERED.fullmatch(name)) is not None)
    last = max((int(parts[2]) for parts in found if parts[1] == line), default=0)
    return list(range(1, min((last or LINES[asked_of(values)].get(line, 0)) + more, MOST_LINES) + 1))


def removed(values: Values, line: str, number: int) -> dict[str, str]:
    """Take a line out; those below it move up."""
    last = max(shown_lines(values, line))
    places = {place: place for place in range(1, number)} | {place: place - 1 for place in range(number + 1, last + 1)}
    return placed(values, line, places)


def raised(values: Values, line: str, number: int) -> dict[str, str]:
    """Change a line with the one above it."""
    last = max((*shown_lines(values, line), number))
    places = {place: place for place in range(1, last + 1)}
    if number > 1:
        places |= {number: number - 1, number - 1: number}
    return placed(values, line, places)


def fields_of_line(values: Values, line: str, number: int) -> dict[str, str]:
    """Return what a line and the fields beside it say."""
    found = ((name, value, _NUMBERED.fullmatch(name)) for name, value in values.items())
    return {name: value for name, value, parts in found if parts and parts[1] in _OWN[line] and int(parts[2]) == number}


def placed(values: Values, line: str, places: dict[int, int]) -> dict[str, str]:
    """Give a kind of lines new numbers, and what names them; one that has none is gone."""
    found: dict[str, str] = {}
    for name, value in values.items():
        parts = _NUMBERED.fullmatch(name)
        if parts is None or parts[1] not in _OWN[line]:
            found[name] = value
        elif int(parts[2]) in places:
            found[f"{parts[1]}-{places[int(parts[2])]}{parts[3] or ''}"] = value
    if line == "option":
        found["right"] = _numbers(values.get("right", ""), places)
    if line == "target":
        found |= {name: _numbers(value, places) for name, value in found.items() if name.startswith("pair-")}
    return found


def _numbers(said: str, places: dict[int, int]) -> str:
    numbers = [int(word) for word in said.split() if word.isascii() and word.isdecimal()]
    return " ".join(f"{places[number]}" for number in numbers if number in places)
