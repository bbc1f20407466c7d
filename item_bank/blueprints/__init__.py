"""Blueprints: the rules that papers are drawn by, and drawing by them. Pure: a pool of items comes in, papers and reports go out.

blueprint   sections, strata and their JSON       pool     what a blueprint knows of an item; which items may be used
chance      whole numbers from a seed             ways     counting every way to fill strata, and drawing one of them
strata      who fits where; strata that overlap   drawing  one paper from a seed (docs/adr/0051); repair: where little fits
assembly    what was asked, what there is, what is missing, what a paper holds

Choosing the best paper by an objective is item assembly, and not here.
"""

from item_bank.blueprints.assembly import Counts, Shortage, StratumCount, Survey, counts_of, survey
from item_bank.blueprints.blueprint import Blueprint, BlueprintSection, Passages, Span, Stratum, Wanted, blueprint_of
from item_bank.blueprints.drawing import Drawing, DrawnSection
from item_bank.blueprints.pool import LeftOut, Pool, PoolItem, pool_from, pool_of

__all__ = [
    "Blueprint",
    "BlueprintSection",
    "Counts",
    "Drawing",
    "DrawnSection",
    "LeftOut",
    "Passages",
    "Pool",
    "PoolItem",
    "Shortage",
    "Span",
    "Stratum",
    "StratumCount",
    "Survey",
    "Wanted",
    "blueprint_of",
    "counts_of",
    "pool_from",
    "pool_of",
    "survey",
]
