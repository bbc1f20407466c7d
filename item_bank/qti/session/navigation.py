"""Where a linear part goes on after an item: branch rules, preconditions, what is over (QTI 3.0, "preCondition" and "branchRule").

A Way is computed, never kept: it is handed what has been entered and skipped so far and says where to go. It only leads forward, so that
it always ends. In a nonlinear part nobody asks it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from item_bank.qti.model.assessment import BranchRule
from item_bank.qti.model.nodes import Node
from item_bank.qti.session.plan import PlannedItem, PlannedSection

EXIT_SECTION, EXIT_TESTPART, EXIT_TEST = "EXIT_SECTION", "EXIT_TESTPART", "EXIT_TEST"

Holds = Callable[[Node], bool]
"""Whether a condition is true now; NULL is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Which instances of sections have been entered, and which were skipped by a precondition."""

    entered: frozenset[PlannedSection] = frozenset()
    skipped: frozenset[PlannedSection] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where to go: the position of the next item, or None with what is left (EXIT_TESTPART, also the natural end, or EXIT_TEST)."""

    position: int | None
    exit: str = ""
    sections: Sections


class Way:
    """One search through one part's items."""

    def __init__(self, items: tuple[PlannedItem, ...], sections: Sections, holds: Holds, is_over: Callable[[PlannedItem], bool]) -> None:
        self.items = items
        self.entered, self.skipped = set(sections.entered), set(sections.skipped)
        self.holds, self.is_over = holds, is_over
        self.ends = {section: position for position, item in enumerate(items) for section in item.sections}

    def first(self) -> Step:
        """Return the first item that may be entered."""
        return self._step(0)

    def after(self, position: int) -> Step:
        """Return where to go when an item has been left."""
        item = self.items[position]
        target = self._target(item.ref.branch_rules)
        return self._step(self._jump(position, target, item.sections[-1:]) or self._past(position, item.sections))

    def _step(self, heading: int | str) -> Step:
        """Go where it leads, over items that may not be entered, until one may be or the part is left."""
        while isinstance(heading, int) and heading < len(self.items) and not self._may_enter(self.items[heading]):
            heading = self._past(heading, self.items[heading].sections)
        sections = Sections(entered=frozenset(self.entered), skipped=frozenset(self.skipped))
        if isinstance(heading, int) and heading < len(self.items):
            return Step(position=heading, sections=sections)
        return Step(position=None, exit=heading if isinstance(heading, str) else EXIT_TESTPART, sections=sections)

    def _may_enter(self, item: PlannedItem) -> bool:
        for section in item.sections:
            if section not in self.entered and section not in self.skipped:
                (self.entered if all(map(self.holds, section.section.preconditions)) else self.skipped).add(section)
            if section in self.skipped:
                return False
        return not self.is_over(item) and all(map(self.holds, item.ref.preconditions))

    def _past(self, position: int, sections: tuple[PlannedSection, ...]) -> int | str:
        """Go on behind an item, by the branch rules of the sections that end with it, innermost first, unless they were skipped."""
        for depth in range(len(sections) - 1, -1, -1):
            section = sections[depth]
            if self.ends[section] == position and section in self.entered:
                heading = self._jump(position, self._target(section.section.branch_rules), sections[max(0, depth - 1) : depth])
                if heading is not None:
                    return heading
        return position + 1

    def _jump(self, position: int, target: str, around: tuple[PlannedSection, ...]) -> int | str | None:
        """Go to a target; one that is not ahead (it was not drawn, or shuffled to the front) has no effect, which is None."""
        if target in (EXIT_TESTPART, EXIT_TEST):
            return target
        if target == EXIT_SECTION:
            return self._leave(around)
        here = self.items[position].sections
        for ahead in range(position + 1, len(self.items)):
            item = self.items[ahead]
            if target in (item.key, item.ref.identifier, *(each.identifier for each in item.sections if each not in here)):
                return ahead
        return None

    def _leave(self, around: tuple[PlannedSection, ...]) -> int | str:
        """Leave a section for what comes behind it; without one around, the part is left."""
        if not around:
            return EXIT_TESTPART
        last = self.ends[around[0]]
        sections = self.items[last].sections
        return self._past(last, sections[: sections.index(around[0]) + 1])

    def _target(self, rules: Iterable[BranchRule]) -> str:
        return next((rule.target for rule in rules if rule.condition is not None and self.holds(rule.condition)), "")
