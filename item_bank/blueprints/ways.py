"""Counting every way to fill some strata, and drawing one of them, each as likely as the next.

What may be drawn falls apart into lots that do not hinder each other: units that are alike and free, and knots of units that bar one
another. Each lot is a polynomial: how many ways it can give so many items to each stratum. Their product counts all ways together; read
backwards, lot by lot, with whole numbers throughout, it draws one way exactly (docs/adr/0051).
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import comb
from typing import Protocol

from item_bank.blueprints.chance import Chance
from item_bank.blueprints.pool import PoolItem

Gift = tuple[int, ...]
"""Items by stratum."""

MOST_CHOICES = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What is drawn as one: an item, or all items of a passage. `places` are the strata that it fits into."""

    items: tuple[PoolItem, ...]
    places: frozenset[int]


Choice = tuple[tuple[Unit, int], ...]
"""Units with the stratum that each is drawn for."""


class Lot(Protocol):
    """Units that hinder nobody outside."""

    def ways(self, most: Gift) -> Mapping[Gift, int]:
        """Return how many ways there are for each gift that asks no stratum for more than `most`."""

    def draw(self, gift: Gift, chance: Chance) -> list[tuple[Unit, int]]:
        """Return one of the ways to make a gift, each as likely as the next."""


@dataclass(frozen=True, slots=True)
class FreeLot:
    """Units of one size that fit into the same strata (by their position) and bar nobody."""

    units: tuple[Unit, ...]
    places: tuple[int, ...]
    size: int

    def ways(self, most: Gift) -> Mapping[Gift, int]:
        """Count: so many for the first stratum, so many of the rest for the next."""
        found: dict[Gift, int] = {tuple(0 for _ in most): 1}
        for place in self.places:
            found = {gift: count for before, ways in found.items() for gift, count in self._with(before, ways, place, most[place])}
        return found

    def _with(self, before: Gift, ways: int, place: int, most: int) -> Iterator[tuple[Gift, int]]:
        left = len(self.units) - sum(before) // self.size
        for units in range(min(left, most // self.size) + 1):
            yield (*before[:place], units * self.size, *before[place + 1 :]), ways * comb(left, units)

    def draw(self, gift: Gift, chance: Chance) -> list[tuple[Unit, int]]:
        """Draw as many units as the gift needs, and deal them out."""
        wanted = [place for place in self.places for _ in range(gift[place] // self.size)]
        return list(zip(chance.some(self.units, len(wanted)), wanted, strict=True))


@dataclass(frozen=True, slots=True)
class Knot:
    """Units that bar one another: every choice of them without two that do, written out."""

    choices: tuple[Choice, ...]
    width: int
    _by_gift: dict[Gift, list[Choice]] = field(default_factory=lambda: defaultdict(list), init=False)

    def __post_init__(self) -> None:
        for choice in self.choices:
            self._by_gift[self._gift(choice)].append(choice)

    def _gift(self, choice: Choice) -> Gift:
        given = Counter[int]()
        for unit, place in choice:
            given[place] += len(unit.items)
        return tuple(given[place] for place in range(self.width))

    def ways(self, most: Gift) -> Mapping[Gift, int]:
        """Count the choices that make each gift."""
        return {gift: len(found) for gift, found in self._by_gift.items() if all(g <= m for g, m in zip(gift, most, strict=True))}

    def draw(self, gift: Gift, chance: Chance) -> list[tuple[Unit, int]]:
        """Draw one of the choices that make the gift."""
        found = self._by_gift[gift]
        return list(found[chance.below(len(found))])


def knot_of(units: Sequence[Unit], width: int, barred: Callable[[Unit, Unit], bool]) -> Knot | None:
    """Write out the choices of units that bar one another; None where there are too many to."""
    choices: list[Choice] = [()]
    for unit in units:
        free = [choice for choice in choices if not any(barred(unit, other) for other, _ in choice)]
        choices += [(*choice, (unit, place)) for choice in free for place in sorted(unit.places)]
        if len(choices) > MOST_CHOICES:
            return None
    return Knot(tuple(choices), width)


class Ways:
    """All ways to give each stratum exactly what it asks for, out of lots."""

    def __init__(self, lots: Sequence[Lot], asked: Gift) -> None:
        self._lots, self.asked = lots, asked
        self._terms = [list(lot.ways(asked).items()) for lot in lots]
        self._rest: list[dict[Gift, int]] = [{tuple(0 for _ in asked): 1}]  # by how many lots count: the ways to fill so much
        for terms in reversed(self._terms):
            self._rest.append(self._joined(terms, self._rest[-1]))
        self._rest.reverse()
        self._tables: dict[tuple[int, Gift], tuple[list[int], list[Gift]]] = {}

    def _joined(self, terms: Sequence[tuple[Gift, int]], rest: Mapping[Gift, int]) -> dict[Gift, int]:
        joined: dict[Gift, int] = defaultdict(int)
        for gift, ways in terms:
            for filled, others in rest.items():
                both = tuple(map(int.__add__, gift, filled))
                if all(map(int.__le__, both, self.asked)):
                    joined[both] += ways * others
        return dict(joined)

    @property
    def count(self) -> int:
        """How many ways there are; 0 where the strata cannot be filled."""
        return self._rest[0].get(self.asked, 0)

    @property
    def best(self) -> Gift:
        """What can be given at most, the earlier strata first where there is a choice."""
        return max(self._rest[0], key=lambda filled: (sum(filled), filled))

    def draw(self, chance: Chance) -> list[tuple[Unit, int]]:
        """Draw one way; there must be one."""
        left, drawn = self.asked, list[tuple[Unit, int]]()
        for number, lot in enumerate(self._lots):
            sums, gifts = self._table(number, left)
            gift = gifts[bisect_right(sums, chance.below(sums[-1]))]
            drawn += lot.draw(gift, chance)
            left = tuple(map(int.__sub__, left, gift))
        return drawn

    def _table(self, number: int, left: Gift) -> tuple[list[int], list[Gift]]:
        """Return what a lot may give while so much is left to fill: the running sums of the ways, and the gifts."""
        known = self._tables.get((number, left))
        if known is None:
            rest, ways, gifts = self._rest[number + 1], list[int](), list[Gift]()
            for gift, count in self._terms[number]:
                others = rest.get(tuple(map(int.__sub__, left, gift)), 0)
                if others:
                    ways.append(count * others)
                    gifts.append(gift)
            known = self._tables[number, left] = (list(accumulate(ways)), gifts)
        return known
