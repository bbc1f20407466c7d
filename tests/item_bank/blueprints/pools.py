"""Pools and blueprints for tests, with plain functions that take only what a test is about; and the papers of small ones, written out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

from item_bank.blueprints import Blueprint, BlueprintSection, Pool, PoolItem, Stratum, Wanted, pool_from

EXAM_DAY = date(2026, 12, 1)


def an_item(name: str, **said: Any) -> PoolItem:
    plain = PoolItem(id=name, item=f"question-{name}")
    enemies = frozenset(said.pop("enemies", ()))
    return replace(plain, enemies=enemies, **said)


def a_pool(*items: PoolItem) -> Pool:
    return pool_from(items)


def rows(*asked: tuple[int, dict[str, Any]]) -> tuple[Stratum, ...]:
    return tuple(Stratum(wanted=Wanted(**wanted), count=count) for count, wanted in asked)


def a_blueprint(*sections: Sequence[Stratum], **said: Any) -> Blueprint:
    parts = [
        BlueprintSection(id=letter, title=letter, title_hi=letter, strata=tuple(strata))
        for letter, strata in zip("ABCDEFGH", sections, strict=False)
    ]
    return Blueprint(title="Paper", title_hi="प्रश्नपत्र", sections=tuple(parts), **said)


def a_large_pool(size: int) -> Pool:
    """Some thousand items of five competencies, three levels, seven topics; every fifth has an enemy in another place."""
    return a_pool(
        *(
            an_item(
                f"v{number:05}",
                competency=f"C{number % 5}",
                level=1 + number // 5 % 3,
                topic=f"T{number % 7}",
                kind=("choice", "text-entry")[number % 2],
                difficulty=("easy", "medium", "hard")[number // 3 % 3],
                seconds=60 + number % 60,
                words=30 + number % 40,
                enemies={f"e{number // 5 % (size // 15)}"} if number % 5 == 0 else (),
            )
            for number in range(size)
        )
    )


def every_filling(blueprint: Blueprint, pool: Pool) -> list[tuple[frozenset[str], ...]]:
    """Every way to fill the strata of a blueprint, by trying them all: an oracle for small pools."""
    strata = [row for section in blueprint.sections for row in section.strata]

    def fill(place: int, taken: list[PoolItem]) -> Iterator[tuple[frozenset[str], ...]]:
        if place == len(strata):
            yield ()
            return
        fitting = [item for item in pool.items if strata[place].wanted.fits(item) and item not in taken]
        for chosen in combinations(fitting, strata[place].count or 0):
            if not meet([*taken, *chosen]):
                for rest in fill(place + 1, [*taken, *chosen]):
                    yield (frozenset(item.id for item in chosen), *rest)

    return list(fill(0, []))


def meet(items: Sequence[PoolItem]) -> bool:
    """Whether two enemies are among the items."""
    return any(one.enemies & other.enemies for one, other in combinations(items, 2))
