"""What a blueprint asks, what a pool has for it, what is missing and why; and what a paper holds. Told before anything is made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from assessment_engine.kernel.canonical import Json
from item_bank.blueprints.blueprint import Blueprint
from item_bank.blueprints.pool import LeftOut, Pool, PoolItem
from item_bank.blueprints.strata import Strata
from item_bank.facts import Difficulty

COUNTED = ("competency", "level", "topic", "kind", "difficulty")


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumCount:
    """One row of a blueprint: what it asks, and how many items there are of its kind."""

    section: int
    row: int
    asked: int
    available: int
    missing: int = 0
    problem: str = ""
    marks: tuple[Decimal, ...] = ()  # what its items are worth, each value once


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """A row that cannot be filled, and why: too few items, too few that other rows do not need, or enemies and passages among them."""

    section: int
    row: int
    asked: int
    missing: int
    problem: str  # too_few, shared, enemies


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A blueprint held against a pool."""

    rows: tuple[StratumCount, ...]
    left_out: Mapping[LeftOut, int]
    torn: int  # items whose passage does not fit into one stratum as a whole
    usable: int

    @property
    def asked(self) -> int:
        """How many items a paper has."""
        return sum(row.asked for row in self.rows)

    @property
    def missing(self) -> int:
        """How many items are missing altogether."""
        return sum(row.missing for row in self.rows)

    @property
    def uneven(self) -> tuple[StratumCount, ...]:
        """The rows whose items differ in marks: two papers would not be worth the same."""
        return tuple(row for row in self.rows if len(row.marks) > 1)

    @property
    def is_met(self) -> bool:
        """Whether papers can be drawn, as far as counting tells."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a paper holds."""

    questions: int
    by: Mapping[str, Mapping[str, int]] = field(hash=False)
    seconds: int
    words: int
    marks: str
    untimed: int  # questions that say no time

    @property
    def document(self) -> dict[str, Json]:
        """The counts as JSON."""
        by: dict[str, Json] = {name: dict(counts) for name, counts in self.by.items()}
        whole: dict[str, Json] = {"questions": self.questions, "marks": self.marks, "seconds": self.seconds, "words": self.words}
        return {**whole, "without_time": self.untimed, "by": by}


def survey(blueprint: Blueprint, pool: Pool, on: date) -> Survey:
    """Hold a blueprint against a pool for papers of a day."""
    usable, left_out = pool.usable(blueprint.languages, on)
    return survey_of(Strata(blueprint, usable), len(usable.items), left_out)


def survey_of(strata: Strata, usable: int, left_out: Mapping[LeftOut, int]) -> Survey:
    """Tell what strata ask and have."""
    short = {(one.section, one.row): one for one in shortages(strata)}
    rows = []
    for place, asked in enumerate(strata.asked):
        section, row = _place(strata, place)
        lack = short.get((section, row))
        plain = StratumCount(section=section, row=row, asked=asked, available=strata.available[place], marks=strata.marks[place])
        rows.append(plain if lack is None else replace(plain, missing=lack.missing, problem=lack.problem))
    return Survey(rows=tuple(rows), left_out=dict(left_out), torn=strata.torn, usable=usable)


def _place(strata: Strata, place: int) -> tuple[int, int]:
    section = strata.section_of[place]
    return section, place - strata.section_of.index(section)


def shortages(strata: Strata) -> list[Shortage]:
    """Return the rows that cannot be filled; enemies are looked at only where there are items enough."""
    lack = {place: asked - strata.placed[place] for place, asked in enumerate(strata.asked)}
    found = [
        _shortage(strata, place, missing, "too_few" if strata.available[place] < strata.asked[place] else "shared")
        for place, missing in lack.items()
        if missing
    ]
    return found or [
        _shortage(strata, place, asked - best, "enemies")
        for group in strata.groups
        if not group.ways.count
        for place, asked, best in zip(group.strata, group.ways.asked, group.ways.best, strict=True)
        if asked > best
    ]


def _shortage(strata: Strata, place: int, missing: int, problem: str) -> Shortage:
    section, row = _place(strata, place)
    return Shortage(section=section, row=row, asked=strata.asked[place], missing=missing, problem=problem)


def counts_of(items: Iterable[PoolItem]) -> Counts:
    """Count what a paper holds."""
    held: Sequence[PoolItem] = list(items)
    return Counts(
        questions=len(held),
        by={name: _counted(held, name) for name in COUNTED},
        seconds=sum(item.seconds or 0 for item in held),
        words=sum(item.words or 0 for item in held),
        marks=f"{sum(item.marks for item in held):f}",
        untimed=sum(item.seconds is None for item in held),
    )


def _counted(items: Iterable[PoolItem], name: str) -> dict[str, int]:
    """Count the items by what they say of one thing: difficulties from easy to hard, all else by its name."""
    counts = Counter("" if (value := getattr(item, name)) is None else str(value) for item in items)
    places = {str(each): place for place, each in enumerate(Difficulty)} if name == "difficulty" else {}
    return dict(sorted(counts.items(), key=lambda pair: (places.get(pair[0], -1), pair[0])))
