"""Drawing papers by a blueprint: from one seed always the same paper, and every paper that the blueprint allows as likely as the next.

Groups of strata are drawn exactly (ways.py). What ties groups together (an item that two of them drew, enemies across them, seconds and
words of the whole) is looked at afterwards; a paper that breaks it is thrown away whole and drawn again, which favours none of the rest.
Where so many things may not meet that this finds nothing, the last one is mended (repair.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assessment_engine.kernel.errors import BlueprintCannotBeMet
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.blueprints.assembly import Shortage, shortages
from item_bank.blueprints.blueprint import Blueprint, BlueprintSection, Passages
from item_bank.blueprints.chance import Chance
from item_bank.blueprints.pool import Pool, PoolItem
from item_bank.blueprints.repair import Broken, Mender, Placed, is_good
from item_bank.blueprints.strata import Strata
from item_bank.form_sections import FormSection

MOST_TRIES = 40
TRIALS = 20


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """What one section got, in the order of the paper."""

    section: BlueprintSection
    items: tuple[PoolItem, ...]

    @property
    def form_section(self) -> FormSection:
        """The part of a form that this is."""
        section = self.section
        return FormSection(
            id=section.id,
            title=section.title,
            title_hi=section.title_hi,
            items=tuple(ItemVersionId(item.id) for item in self.items),
            navigation=section.navigation,
            time_limit_s=section.time_limit_s,
            locked=section.locked,
        )


class Drawing:
    """A blueprint over a pool whose items may all be used, made ready to draw many papers."""

    def __init__(self, blueprint: Blueprint, pool: Pool) -> None:
        self.blueprint = blueprint
        self.strata = Strata(blueprint, pool)
        self._mender = Mender(blueprint, self.strata)
        short = shortages(self.strata)
        if short:
            raise _refusal(blueprint, short[0], sum(one.missing for one in short))

    def draw(self, seed: str) -> tuple[DrawnSection, ...]:
        """Draw the paper of a seed; raises BlueprintCannotBeMet where chance does not find one."""
        chance = Chance(seed)
        for _ in range(self._tries):
            placed = self._drawn(chance)
            if is_good(self.blueprint, placed):
                return self._paper(placed, chance)
        placed, broken = self._mender.mend(placed, chance)
        if broken.weight:
            raise self._not_found(broken)
        return self._paper(placed, chance)

    @cached_property
    def _tries(self) -> int:
        """How often a paper is drawn whole before it is mended: once where none of some trial papers was good. The same for every seed."""
        trials = (is_good(self.blueprint, self._drawn(Chance(f"trial {number}"))) for number in range(TRIALS))
        return MOST_TRIES if any(trials) else 1

    def _drawn(self, chance: Chance) -> list[Placed]:
        return [(unit, group.strata[position]) for group in self.strata.groups for unit, position in group.ways.draw(chance)]

    def _not_found(self, broken: Broken) -> BlueprintCannotBeMet:
        missing = max(1, getattr(broken, broken.problem))
        message = f"no paper was found that keeps to the blueprint; what stands in the way: {broken.problem}, by {missing}"
        return BlueprintCannotBeMet(message, problem=broken.problem, missing=missing)

    def _paper(self, placed: Iterable[Placed], chance: Chance) -> tuple[DrawnSection, ...]:
        drawn: dict[int, list[PoolItem]] = defaultdict(list)
        for unit, place in placed:
            drawn[place] += unit.items
        paper = []
        for number, section in enumerate(self.blueprint.sections):
            strata = [place for place, its in enumerate(self.strata.section_of) if its == number]
            items = [item for place in strata for item in chance.mixed(drawn[place])]
            blocks = _blocks(items, apart=self.blueprint.passages is Passages.FREE)
            ordered = chance.mixed(blocks) if section.mixed else blocks
            paper.append(DrawnSection(section, tuple(item for block in ordered for item in block)))
        return tuple(paper)


def _blocks(items: Iterable[PoolItem], *, apart: bool) -> list[list[PoolItem]]:
    """Return the items in blocks that stand together: those of one passage, in the order of their questions."""
    blocks: dict[str, list[PoolItem]] = defaultdict(list)
    for item in items:
        blocks[item.stimulus if item.stimulus and not apart else f" {item.id}"].append(item)
    return [sorted(block, key=lambda item: item.item) for block in blocks.values()]


def _refusal(blueprint: Blueprint, short: Shortage, missing: int) -> BlueprintCannotBeMet:
    section = blueprint.sections[short.section]
    message = f"section {section.id}, row {short.row + 1}: {short.missing} of {short.asked} questions are missing"
    place: dict[str, str | int] = {"section": section.id, "row": short.row + 1, "row_missing": short.missing}
    return BlueprintCannotBeMet(message, problem=short.problem, missing=missing, **place)
