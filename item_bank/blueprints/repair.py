"""Mending a drawn paper in which something meets that may not: one unit after another is exchanged for one of its stratum, by chance.

Nothing here looks at who a unit is, so items that are alike in every respect keep exactly the same chance. Not every paper is as likely as
the next any more; drawing.py therefore mends only where drawing whole papers again found none (docs/adr/0051).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from item_bank.blueprints.blueprint import Blueprint
from item_bank.blueprints.chance import Chance
from item_bank.blueprints.strata import Strata
from item_bank.blueprints.ways import Unit

MOST_STEPS = 20_000
_WORSE = 10**9
"""One pair that may not meet weighs more than any number of seconds or words outside of their bounds."""

Placed = tuple[Unit, int]
"""A unit and the stratum that it was drawn for."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a paper breaks: pairs that may not meet, and how far its seconds and words lie outside."""

    twice: int = 0
    enemies: int = 0
    seconds: int = 0
    words: int = 0

    @property
    def weight(self) -> int:
        """How bad it is; 0 is a good paper."""
        return (self.twice + self.enemies) * _WORSE + self.seconds + self.words

    @property
    def problem(self) -> str:
        """The worst of it in a word, as refusals name it."""
        return next((name for name in ("twice", "enemies", "seconds", "words") if getattr(self, name)), "")


def is_good(blueprint: Blueprint, placed: Sequence[Placed]) -> bool:
    """Tell whether a paper breaks nothing."""
    items = [item for unit, _ in placed for item in unit.items]
    names = [name for item in items for name in item.enemies]
    if len({item.id for item in items}) != len(items) or len(set(names)) != len(names):
        return False
    seconds, words = sum(item.seconds or 0 for item in items), sum(item.words or 0 for item in items)
    return not (blueprint.seconds.miss(seconds) or blueprint.words.miss(words))


class Tally:
    """What a paper holds, kept up while units come and go."""

    def __init__(self, blueprint: Blueprint, placed: Sequence[Placed]) -> None:
        self._blueprint = blueprint
        self._ids, self._names = Counter[str](), Counter[str]()
        self._seconds = self._words = 0
        self._twice = self._meeting = 0
        for unit, _ in placed:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """Put a unit in."""
        for item in unit.items:
            self._twice += self._ids[item.id]
            self._ids[item.id] += 1
            for name in item.enemies:
                self._meeting += self._names[name]
                self._names[name] += 1
            self._seconds += item.seconds or 0
            self._words += item.words or 0

    def remove(self, unit: Unit) -> None:
        """Take a unit out."""
        for item in unit.items:
            self._ids[item.id] -= 1
            self._twice -= self._ids[item.id]
            for name in item.enemies:
                self._names[name] -= 1
                self._meeting -= self._names[name]
            self._seconds -= item.seconds or 0
            self._words -= item.words or 0

    @property
    def broken(self) -> Broken:
        """What the paper breaks now."""
        seconds, words = self._blueprint.seconds.miss(self._seconds), self._blueprint.words.miss(self._words)
        return Broken(twice=self._twice, enemies=self._meeting, seconds=seconds, words=words)

    def meets(self, unit: Unit) -> bool:
        """Tell whether a unit of the paper meets one that it may not."""
        return any(self._ids[item.id] > 1 or any(self._names[name] > 1 for name in item.enemies) for item in unit.items)


class Mender:
    """Mends papers of one blueprint over one pool."""

    def __init__(self, blueprint: Blueprint, strata: Strata) -> None:
        self._blueprint = blueprint
        self._others: Mapping[tuple[int, int], list[Unit]] = defaultdict(list)
        for unit in strata.units:
            for place in unit.places:
                self._others[place, len(unit.items)].append(unit)

    def mend(self, drawn: Sequence[Placed], chance: Chance) -> tuple[list[Placed], Broken]:
        """Exchange units until nothing is broken, or for so many steps; returns the paper and what it still breaks."""
        placed, tally = list(drawn), Tally(self._blueprint, drawn)
        broken = tally.broken
        for _ in range(MOST_STEPS):
            if not broken.weight:
                break
            meeting = [place for place, (unit, _) in enumerate(placed) if tally.meets(unit)] if broken.twice or broken.enemies else []
            place = meeting[chance.below(len(meeting))] if meeting else chance.below(len(placed))
            unit, stratum = placed[place]
            others = self._others[stratum, len(unit.items)]
            other = others[chance.below(len(others))]
            tally.remove(unit)
            tally.add(other)
            after = tally.broken
            if after.weight <= broken.weight:
                placed[place], broken = (other, stratum), after
            else:
                tally.remove(other)
                tally.add(unit)
        return placed, broken
