"""Who fits where: the units of a pool, the strata that each may fill, which units bar each other, and strata that must be filled together.

Strata that share units are filled together as long as counting all ways stays cheap; the others, and enemies in strata that are filled
apart, are left to chance: a paper in which they meet is drawn again (drawing.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from math import prod

from item_bank.blueprints.blueprint import Blueprint, Passages, Stratum
from item_bank.blueprints.pool import Pool, PoolItem
from item_bank.blueprints.ways import FreeLot, Gift, Lot, Unit, Ways, knot_of

MOST_WORK = 400_000
"""Steps of counting that strata may cost together."""


@dataclass(frozen=True, slots=True)
class Group:
    """Strata that are filled together, and all ways to."""

    strata: tuple[int, ...]
    ways: Ways


class Strata:
    """A blueprint's strata over a pool whose items may all be used. Strata are numbered through all sections."""

    def __init__(self, blueprint: Blueprint, pool: Pool) -> None:
        self.rows: tuple[Stratum, ...] = tuple(row for section in blueprint.sections for row in section.strata)
        self.asked: Gift = tuple(count for section in blueprint.sections for count in section.counts)
        self.section_of: tuple[int, ...] = tuple(number for number, section in enumerate(blueprint.sections) for _ in section.strata)
        whole = blueprint.passages is Passages.WHOLE
        fits = {item.id: frozenset(n for n, row in enumerate(self.rows) if row.wanted.fits(item)) for item in pool.items}
        self.units = tuple(unit for unit in _units(pool.items, fits, whole=whole) if unit.places)
        self.torn = sum(bool(fits[item.id]) for item in pool.items) - sum(len(unit.items) for unit in self.units)
        self._enemies = {unit: frozenset(name for item in unit.items for name in item.enemies) for unit in self.units}

    @cached_property
    def available(self) -> Gift:
        """How many items each stratum could have if it were alone."""
        found = Counter[int]()
        for unit in self.units:
            for place in unit.places:
                found[place] += len(unit.items)
        return tuple(found[place] for place in range(len(self.rows)))

    @cached_property
    def marks(self) -> tuple[tuple[Decimal, ...], ...]:
        """What the items of each stratum are worth: where that differs, so do whole papers."""
        found = [set[Decimal]() for _ in self.rows]
        for unit in self.units:
            for place in unit.places:
                found[place].update(item.marks for item in unit.items)
        return tuple(tuple(sorted(marks)) for marks in found)

    @cached_property
    def placed(self) -> Gift:
        """How many items each stratum has when as many as can be are placed, none twice: what overlapping strata must share."""
        atoms = Counter[frozenset[int]]()
        for unit in self.units:
            atoms[unit.places] += len(unit.items)
        return _most_placed(atoms, self.asked)

    def bars(self, one: Unit, other: Unit) -> bool:
        """Tell whether two units are enemies."""
        return not self._enemies[one].isdisjoint(self._enemies[other])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The strata, those together that are filled together."""
        return tuple(self._group(strata) for strata in self._together())

    def _together(self) -> list[tuple[int, ...]]:
        """Join strata that share units, those that share most first, as long as counting stays cheap."""
        shared = Counter(pair for unit in self.units for pair in combinations(sorted(unit.places), 2))
        home: dict[int, tuple[int, ...]] = {place: (place,) for place in range(len(self.rows))}
        for one, other in sorted(shared, key=lambda pair: (-shared[pair], pair)):
            joined = tuple(sorted({*home[one], *home[other]}))
            if self._work(joined) <= MOST_WORK:
                home |= dict.fromkeys(joined, joined)
        return sorted(set(home.values()))

    def _work(self, strata: Sequence[int]) -> int:
        kinds = {unit.places.intersection(strata) for unit in self.units} - {frozenset()}
        states = prod(self.asked[place] + 1 for place in strata)
        return states * sum(prod(self.asked[place] + 1 for place in kind) for kind in kinds)

    def _group(self, strata: tuple[int, ...]) -> Group:
        position = {place: number for number, place in enumerate(strata)}
        local = {
            Unit(unit.items, frozenset(position[place] for place in unit.places if place in position)): unit
            for unit in self.units
            if not unit.places.isdisjoint(position)
        }
        lots, free = list[Lot](), list[Unit]()
        for knot in _knots(local, {one: self._enemies[unit] for one, unit in local.items()}):
            tied = knot_of(knot, len(strata), lambda one, other: self.bars(local[one], local[other])) if len(knot) > 1 else None
            if tied is None:
                free += knot  # alone, or too many to write out: then enemies that meet have the paper drawn again
            else:
                lots.append(tied)
        return Group(strata, Ways([*_free_lots(free), *lots], tuple(self.asked[place] for place in strata)))


def _units(items: Iterable[PoolItem], fits: Mapping[str, frozenset[int]], *, whole: bool) -> list[Unit]:
    """Return the units; a whole passage fits where all its items do, and cannot be drawn if two of them are enemies."""
    by_passage: dict[str, list[PoolItem]] = defaultdict(list)
    for item in items:
        by_passage[item.stimulus if whole and item.stimulus else f" {item.id}"].append(item)
    units = []
    for members in by_passage.values():
        names = [name for item in members for name in item.enemies]
        if len(names) == len(set(names)):
            units.append(Unit(tuple(members), frozenset.intersection(*(fits[item.id] for item in members))))
    return units


def _knots(units: Iterable[Unit], enemies: Mapping[Unit, frozenset[str]]) -> list[list[Unit]]:
    """Return units in lists: those that bar one another, also by way of others, in one."""
    lists: dict[str, list[Unit]] = {}
    found: list[list[Unit]] = []
    for unit in units:
        mine = [unit]
        joined = list({id(lists[name]): lists[name] for name in enemies[unit] if name in lists}.values())
        for other in joined:
            mine = other + mine
            found = [one for one in found if one is not other]
        found.append(mine)
        for name in {name for one in mine for name in enemies[one]}:
            lists[name] = mine
    return found


def _free_lots(units: Iterable[Unit]) -> list[FreeLot]:
    alike: dict[tuple[tuple[int, ...], int], list[Unit]] = defaultdict(list)
    for unit in units:
        alike[tuple(sorted(unit.places)), len(unit.items)].append(unit)
    return [FreeLot(tuple(same), places, size) for (places, size), same in alike.items()]


def _most_placed(atoms: Mapping[frozenset[int], int], asked: Gift) -> Gift:
    """Place as many items as can be (a greatest flow from kinds of items to strata): each stratum's lack is filled along a way of moves."""
    left, placed = dict(atoms), Counter[tuple[frozenset[int], int]]()
    for place, wanted in enumerate(asked):
        for _ in range(wanted):
            way = _way_to(place, left, placed)
            if way is None:
                break
            for kind, taker, giver in way:
                placed[kind, taker] += 1
                if giver is None:
                    left[kind] -= 1
                else:
                    placed[kind, giver] -= 1
    return tuple(sum(placed[kind, place] for kind in atoms) for place in range(len(asked)))


_Move = tuple[frozenset[int], int, int | None]
"""An item of a kind goes to a stratum, from another one or (None) from those that are left."""


def _way_to(place: int, left: Mapping[frozenset[int], int], placed: Mapping[tuple[frozenset[int], int], int]) -> list[_Move] | None:
    """Return moves that give one stratum one more item and take none from the others, None where there are none."""
    came: dict[int, list[_Move]] = {place: []}
    waiting = [place]
    for taker in waiting:
        kinds = [kind for kind in left if taker in kind]
        for kind in kinds:
            if left[kind]:
                return [*came[taker], (kind, taker, None)]
        for kind in kinds:
            for giver in kind:
                if giver not in came and placed[kind, giver]:
                    came[giver] = [*came[taker], (kind, taker, giver)]
                    waiting.append(giver)
    return None
