"""What somebody typed into a form: read value by value, with everything that is wrong kept by field, so that nothing typed is lost.

`Sent.problems` maps a field's name to words and what goes into them; templates translate and show them at the field. Read everything, then
ask `is_right` once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import Depends, Request

from api.words import N_
from assessment_engine.kernel.errors import Invalid

Said = tuple[str, Mapping[str, object]]
"""An English text and what is filled in; translated where it is shown."""

LONGEST_TITLE = 200

MISSING: Said = (N_("This is needed."), {})
UNKNOWN: Said = (N_("Choose one of the list."), {})


@dataclass(frozen=True, slots=True)
class Sent:
    """The values of a form by name, and what is wrong with them."""

    values: Mapping[str, str]
    problems: dict[str, Said] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether nothing was found wrong so far."""
        return not self.problems

    def text(self, name: str, *, most: int = LONGEST_TITLE, needed: bool = True) -> str:
        """Return a text, without the spaces around it; an empty one is wrong where it is needed."""
        value = self.values.get(name, "").strip()
        if needed and not value:
            self.wrong(name, MISSING)
        if len(value) > most:
            self.wrong(name, (N_("At most %(most)s characters."), {"most": most}))
        return value

    def number(self, name: str, low: int | str, high: int | str, *, empty: Decimal | None = None) -> Decimal:
        """Return a number from `low` to `high`; an empty field is `empty`, and wrong where that is None."""
        value = self.values.get(name, "").strip()
        if not value and empty is not None:
            return empty
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not Decimal(low) <= number <= Decimal(high):
            self.wrong(name, (N_("A number from %(low)s to %(high)s."), {"low": low, "high": high}))
            return Decimal(low)
        return number

    def whole(self, name: str, low: int, high: int, *, empty: int | None = None) -> int:
        """Return a whole number."""
        number = self.number(name, low, high, empty=None if empty is None else Decimal(empty))
        if number != int(number):
            self.wrong(name, (N_("A whole number from %(low)s to %(high)s."), {"low": low, "high": high}))
        return int(number)

    def choice(self, name: str, options: Iterable[str], default: str = "") -> str:
        """Return one of the options; an empty field is the default."""
        value = self.values.get(name, "") or default
        if value not in set(options):
            self.wrong(name, UNKNOWN)
        return value

    def one_of(self, name: str, options: Collection[str], default: str) -> str:
        """Return one of the options, also where something else was sent: that is noted, and the default stands in its place."""
        value = self.choice(name, options, default)
        return value if value in options else default

    def several(self, name: str, options: Collection[str]) -> tuple[str, ...]:
        """Return those of the options that are ticked."""
        chosen = tuple(self.values.get(name, "").split())
        if not set(chosen) <= set(options):
            self.wrong(name, UNKNOWN)
        return tuple(each for each in chosen if each in options)

    def lines(self, name: str, is_right: Callable[[str], bool], said: Said) -> tuple[str, ...]:
        """Return the words of a text, one a line or more; `said` when one of them is not right."""
        words = tuple(self.values.get(name, "").split())
        if not all(map(is_right, words)):
            self.wrong(name, said)
        return words

    def ticked(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return bool(self.values.get(name))

    def wrong(self, name: str, said: Said) -> None:
        """Note what is wrong with a field; the first word stands."""
        self.problems.setdefault(name, said)

    def move(self, name: str, to: str) -> None:
        """Say at another field what was found wrong with one."""
        if name in self.problems:
            self.problems[to] = self.problems.pop(name)


def whole_number(typed: str, problem: str, **details: str) -> int:
    """Read a whole number of at most six digits; raises Invalid with `problem`."""
    digits = typed.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6):
        raise Invalid(problem, **details)
    return int(digits)


async def _posted(request: Request) -> Sent:
    values: dict[str, str] = {}
    for name, value in (await request.form()).multi_items():
        values[name] = f"{values[name]} {value}" if name in values else str(value)
    return Sent(values)


Posted = Annotated[Sent, Depends(_posted)]
"""The form that was sent; boxes of one name are one text of words."""
