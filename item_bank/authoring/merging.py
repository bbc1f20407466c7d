"""Two people changed one question: what each changed since the version that both began from, put together.

A unit is what is taken whole: a field; a line that one of them took out or wrote; the order of the lines. A unit that only one changed is
as they left it; one that both changed otherwise is for a person to choose. A line stays itself wherever it stands: a choice by its
identifier, others by what did not change around them. So in here lines have the numbers of the version before, new ones their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import count

from item_bank.authoring.fields import LINES, MOST_LINES, Values, asked_of, languages_of, lines_of
from item_bank.authoring.lines import fields_of_line, placed

_ORDER, _LINE = "order-", "line-"
_SILENT = frozenset({"kind", "langs", "identifier", "response"})
"""Fields that nobody types: they come along, and are not spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A form as both began from it, as the other saved it, and as it was when I was told of that."""

    before: Values
    theirs: Values
    mine: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit that the other changed: what it is taken by, the field that the form has for it now, and what it said and says, in words.

    `stands` is whose is in the form now: "theirs", "yours" or "" for neither.
    """

    unit: str
    field: str
    before: str
    theirs: str
    yours: str
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the other changed alone, and what both changed otherwise."""

    theirs_alone: tuple[Change, ...]
    both: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A form whose lines are numbered as those of the version before; `order` has their numbers as they stand."""

    values: Values
    order: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def line(self, line: str, number: int) -> dict[str, str]:
        """Return everything that a line says; nothing where there is no such line."""
        return fields_of_line(self.values, line, number) if number in self.order[line] else {}


def merged(sides: Sides) -> dict[str, str]:
    """Return my form with all that only the other changed. What both changed stays mine."""
    forms = _forms(sides)
    was, other, now = forms
    for unit in _units(forms):
        if _said(now, unit, forms) == _said(was, unit, forms):
            now = _with(now, other, unit)
    return _numbered(now)


def compared(sides: Sides, form: Values) -> Compared:
    """Say what the other changed, against what I had when I was told; `form` is what stands in the form by now."""
    forms, now = _forms(sides), _forms(replace(sides, mine=form))[2]
    alone: list[Change] = []
    both: list[Change] = []
    for unit in _units(forms):
        was, theirs, mine = (_said(each, unit, forms) for each in forms)
        if unit not in _SILENT and theirs not in (was, mine):
            (alone if mine == was else both).append(_change(unit, forms, now))
    return Compared(theirs_alone=tuple(alone), both=tuple(both))


def taken(sides: Sides, form: Values, unit: str, *, theirs: bool) -> dict[str, str]:
    """Return the form with one unit as they have it, or as I had it."""
    forms, now = _forms(sides), _forms(replace(sides, mine=form))[2]
    return _numbered(_with(now, forms[1 if theirs else 2], unit)) if unit in set(_units(forms)) else dict(form)


# — lines that stay themselves


def _forms(sides: Sides) -> tuple[_Form, _Form, _Form]:
    was = _lined(_tidy(sides.before), (), 0)
    other = _lined(_tidy(sides.theirs), (was,), MOST_LINES)
    return was, other, _lined(_tidy(sides.mine), (was, other), 2 * MOST_LINES)


def _tidy(values: Values) -> dict[str, str]:
    said = {name: value.replace("\r\n", "\n").strip() for name, value in values.items()}
    return {name: value for name, value in said.items() if value}


def _lined(values: Values, known: Sequence[_Form], new: int) -> _Form:
    """Give lines the numbers that they have in forms that are known; those that are in none, numbers from `new` on."""
    order: dict[str, tuple[int, ...]] = {}
    langs = _langs(values, *(each.values for each in known))
    for line in LINES[asked_of(values)]:
        places: dict[int, int] = {}
        numbers = list(lines_of(values, line, langs))
        for form in known:
            left = [number for number in numbers if number not in places]
            places |= _same_lines(form, set(places.values()), line, {number: _who(values, line, number, langs) for number in left})
        fresh = count(new + 1)
        places |= {number: next(fresh) for number in numbers if number not in places}
        values = placed(values, line, places)
        order[line] = tuple(places[number] for number in numbers)
    right = sorted(_numbers(values.get("right", "")))
    return _Form(values={**values, "right": " ".join(map(str, right))}, order=order)


def _who(values: Values, line: str, number: int, langs: Iterable[str]) -> str:
    """Return what a line is known by: its identifier, else its words."""
    return values.get(f"name-{number}", "") if line == "option" else _words(values, line, number, langs)


def _same_lines(form: _Form, found: Set[int], line: str, lines: Mapping[int, str]) -> dict[int, int]:
    """Return which lines are which of a form's, by their numbers; `found` ones are known already."""
    langs = _langs(form.values)
    theirs = {number: _who(form.values, line, number, langs) for number in form.order[line] if number not in found}
    if line == "option":
        named = {name: number for number, name in theirs.items() if name}
        return {number: named.pop(name) for number, name in lines.items() if name in named}
    same: dict[int, int] = {}
    old, now = list(theirs), list(lines)
    for verb, i, i_end, j, j_end in SequenceMatcher(None, list(theirs.values()), list(lines.values()), autojunk=False).get_opcodes():
        if verb == "equal" or (verb == "replace" and not found):
            same |= dict(zip(now[j:j_end], old[i:i_end], strict=False))
    return same


def _numbers(said: str) -> list[int]:
    return [int(word) for word in said.split() if word.isascii() and word.isdecimal() and len(word) < 4]


def _langs(*forms: Values) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lang for values in forms for lang in languages_of(values)))


def _words(values: Values, line: str, number: int, langs: Iterable[str]) -> str:
    said = (values.get(name, "") for name in (f"{line}-{number}", *(f"{line}-{number}-{lang}" for lang in langs)))
    return "\n".join(each for each in said if each)


# — units


def _units(forms: tuple[_Form, _Form, _Form]) -> Iterator[str]:
    """Yield every unit once: lines that not all have, then fields, then orders."""
    alike: dict[str, set[int]] = {}
    owned: dict[str, None] = {}
    for line in forms[0].order:
        orders = [each.order[line] for each in forms]
        alike[line] = set(orders[0]).intersection(*orders)
        for number in dict.fromkeys(number for order in orders for number in order):
            owned |= dict.fromkeys(name for each in forms for name in each.line(line, number))
            if number not in alike[line]:
                yield f"{_LINE}{line}-{number}"
    fields = dict.fromkeys(name for each in forms for name in each.values)
    yield from (name for name in fields if name not in owned)
    for line, numbers in alike.items():
        yield from dict.fromkeys(name for number in sorted(numbers) for each in forms for name in each.line(line, number))
    yield from (f"{_ORDER}{line}" for line in alike)


def _place(unit: str) -> tuple[str, int]:
    line, _, number = unit.removeprefix(_LINE).partition("-")
    return line, int(number)


def _said(form: _Form, unit: str, forms: Sequence[_Form]) -> object:
    """Return what a form says in a unit, so that two can be held against each other."""
    if unit.startswith(_ORDER):
        line = unit.removeprefix(_ORDER)
        alike = set(forms[0].order[line]).intersection(*(each.order[line] for each in forms))
        return [number for number in form.order[line] if number in alike]
    if unit.startswith(_LINE):
        return form.line(*_place(unit))
    return form.values.get(unit, "")


def _with(form: _Form, source: _Form, unit: str) -> _Form:
    """Return a form with one unit as another form has it."""
    if unit.startswith(_ORDER):
        line = unit.removeprefix(_ORDER)
        return replace(form, order={**form.order, line: _along(form.order[line], source.order[line])})
    if not unit.startswith(_LINE):
        return replace(form, values={**form.values, unit: source.values.get(unit, "")})
    line, number = _place(unit)
    gone = form.line(line, number)
    values = {name: value for name, value in form.values.items() if name not in gone} | source.line(line, number)
    order = [each for each in form.order[line] if each != number]
    if number in source.order[line]:
        order = _among(order, number, source.order[line])
    return _Form(values=values, order={**form.order, line: tuple(order)})


def _among(order: Sequence[int], number: int, like: Sequence[int]) -> list[int]:
    """Put a line behind the one that it stands behind elsewhere."""
    above = [each for each in like[: like.index(number)] if each in order]
    at = order.index(above[-1]) + 1 if above else 0
    return [*order[:at], number, *order[at:]]


def _along(order: Sequence[int], like: Sequence[int]) -> tuple[int, ...]:
    """Put lines into the order that they have elsewhere; those that are not there stay behind the one that they stand behind."""
    found = [number for number in like if number in order]
    for number in order:
        if number not in found:
            found = _among(found, number, order)
    return tuple(found)


def _numbered(form: _Form) -> dict[str, str]:
    """Return a form's fields with its lines numbered from one on."""
    values = dict(form.values)
    for line, order in form.order.items():
        values = placed(values, line, {number: place for place, number in enumerate(order, start=1)})
    return {name: value for name, value in values.items() if value}


# — words


def _change(unit: str, forms: tuple[_Form, _Form, _Form], now: _Form) -> Change:
    was, other, mine = forms
    here = _said(now, unit, forms)
    said = [_text(each, unit, forms) for each in forms]
    return Change(
        unit=unit,
        field=_field(unit, (now, other, was)),
        before=said[0],
        theirs=said[1],
        yours=said[2],
        stands="yours" if here == _said(mine, unit, forms) else "theirs" if here == _said(other, unit, forms) else "",
    )


def _field(unit: str, forms: Sequence[_Form]) -> str:
    """Return what the first form that has the unit's line calls its field: the place of a line, not who it is."""
    for line in forms[0].order:
        for form in forms:
            for place, number in enumerate(form.order[line], start=1):
                if unit == f"{_LINE}{line}-{number}":
                    return f"{line}-{place}"
                if unit in form.line(line, number):
                    return unit.replace(f"-{number}", f"-{place}", 1)
    return unit


def _text(form: _Form, unit: str, forms: Sequence[_Form]) -> str:
    """Return in words what a form says in a unit; lines go by what they say."""
    langs = _langs(*(each.values for each in forms))
    if unit.startswith(_LINE):
        return _words(form.values, *_place(unit), langs)
    line = unit.removeprefix(_ORDER) if unit.startswith(_ORDER) else "target" if unit.startswith("pair-") else "option"
    if unit.startswith((_ORDER, "pair-")) or unit == "right":
        numbers = form.order[line] if unit.startswith(_ORDER) else _numbers(form.values.get(unit, ""))
        return "\n".join(_words(form.values, line, number, langs[:1]) for number in numbers)
    return form.values.get(unit, "")
