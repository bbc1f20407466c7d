"""Which items of a test one candidate gets, and in which order (QTI 3.0, "Selection" and "Ordering").

A Plan follows from the test and a seed alone. It is flat: every item knows its part and the sections around it, because an invisible
section that is not kept together is mixed into its parent and then stands in no one place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model.assessment import (
    DEFAULT_CONTROL,
    AssessmentTest,
    ItemRef,
    ItemSessionControl,
    Section,
    SectionRef,
    TestPart,
    inner,
)

MAX_ITEMS = 5_000
MAX_PLACES = 20_000  # sections too: empty ones, drawn again and again inside each other, would never end
MAX_DEPTH = 100

_EXITS = frozenset({"EXIT_SECTION", "EXIT_TESTPART", "EXIT_TEST"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedSection:
    """One instance of a section: drawn twice, it stands twice in a plan, under one identifier."""

    section: Section

    @property
    def identifier(self) -> str:
        """The section's identifier."""
        return self.section.identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """One item of a plan. `key` is the reference's identifier, with ".1", ".2" … where it was drawn again; `sections` outermost first."""

    key: str
    ref: ItemRef
    part: TestPart
    sections: tuple[PlannedSection, ...]
    control: ItemSessionControl
    scopes: frozenset[str]  # the identifiers of the sections and the part around it


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The items of every part, in the candidate's order."""

    parts: tuple[tuple[TestPart, tuple[PlannedItem, ...]], ...]

    @property
    def items(self) -> tuple[PlannedItem, ...]:
        """All items."""
        return tuple(item for _, items in self.parts for item in items)

    def of(self, part: int) -> tuple[PlannedItem, ...]:
        """The items of one part, by its position."""
        return self.parts[part][1]


def plan(test: AssessmentTest, seed: int = 0) -> Plan:
    """Draw a candidate's plan; raises TooLarge beyond MAX_ITEMS, UnreadableFile for a branch rule that leads backwards."""
    refuse_backward_branches(test)
    drawing = _Drawing(np.random.Generator(np.random.PCG64(seed)))  # by name: docs/adr/0016
    drawn = [(part, tuple(drawing.part(part))) for part in test.parts]
    if sum(len(items) for _, items in drawn) > MAX_ITEMS:
        raise TooLarge(f"a candidate's test may have {MAX_ITEMS} items", problem="too_many_items")
    totals = Counter(item.ref.identifier for _, items in drawn for item in items)
    seen: Counter[str] = Counter()
    return Plan(parts=tuple((part, tuple(_numbered(items, totals, seen))) for part, items in drawn))


def _numbered(items: Iterable[PlannedItem], totals: Mapping[str, int], seen: Counter[str]) -> Iterator[PlannedItem]:
    """Number the instances of what was drawn several times, in the candidate's order (QTI 3.0, "variable")."""
    for item in items:
        name = item.ref.identifier
        seen[name] += 1
        yield replace(item, key=f"{name}.{seen[name]}") if totals[name] > 1 else item


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """What moves as one when a section is shuffled."""

    fixed: bool
    items: tuple[PlannedItem, ...]
    loose: "tuple[_Unit, ...]" = ()  # what an invisible section falls into when its parent is shuffled


class _Drawing:
    """One drawing of one plan: the chance, and how many places it has visited."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self.places = 0

    def part(self, part: TestPart) -> Iterator[PlannedItem]:
        control = part.control.inside(DEFAULT_CONTROL)
        for child in part.parts:
            yield from self._unit(child, part, (), control).items

    def _unit(
        self, child: Section | SectionRef | ItemRef, part: TestPart, above: tuple[PlannedSection, ...], control: ItemSessionControl
    ) -> _Unit:
        inside = child.control.inside(control)
        self.places += 1
        if self.places > MAX_PLACES:
            raise TooLarge(f"a candidate's test may have {MAX_PLACES} places", problem="too_many_items")
        if isinstance(child, ItemRef):
            scopes = frozenset({part.identifier, *(section.identifier for section in above)})
            item = PlannedItem(key=child.identifier, ref=child, part=part, sections=above, control=inside, scopes=scopes)
            return _Unit(fixed=child.fixed, items=(item,))
        if isinstance(child, SectionRef):
            return _Unit(fixed=child.fixed, items=())  # a file that is not there; validity/ reports it
        if len(above) >= MAX_DEPTH:
            raise TooLarge(f"sections may be nested {MAX_DEPTH} deep", problem="too_deep")
        return self._section(child, part, above, inside)

    def _section(self, section: Section, part: TestPart, above: tuple[PlannedSection, ...], control: ItemSessionControl) -> _Unit:
        here = (*above, PlannedSection(section=section))
        units = tuple(self._unit(child, part, here, control) for child in self.select(section))
        if section.shuffle:
            units = self.shuffle(tuple(loose for unit in units for loose in (unit.loose or (unit,))))
        mixes = not section.visible and not section.keep_together and not section.fixed
        return _Unit(fixed=section.fixed, items=tuple(item for unit in units for item in unit.items), loose=units if mixes else ())

    def select(self, section: Section) -> tuple[Section | SectionRef | ItemRef, ...]:
        """Draw a section's parts; required ones always, the others by chance, all in the file's order."""
        parts, wanted = section.parts, section.selection
        if wanted is None or not parts or (wanted.select >= len(parts) and not wanted.with_replacement):
            return parts
        if wanted.select > MAX_ITEMS:
            raise TooLarge(f"a section may draw {MAX_ITEMS} parts", problem="too_many_items")
        counts = [int(part.required) for part in parts]
        more = max(0, wanted.select - sum(counts))
        if wanted.with_replacement:
            drawn = [int(index) for index in self.chance.integers(0, len(parts), size=more)]
        else:
            free = [index for index, count in enumerate(counts) if not count]
            drawn = [free[int(index)] for index in self.chance.permutation(len(free))[:more]]
        for index in drawn:
            counts[index] += 1
        return tuple(part for part, count in zip(parts, counts, strict=True) for _ in range(count))

    def shuffle(self, units: tuple[_Unit, ...]) -> tuple[_Unit, ...]:
        """Bring units into an order by chance; those that are fixed stay where they are."""
        free = [index for index, unit in enumerate(units) if not unit.fixed]
        moved = [free[int(index)] for index in self.chance.permutation(len(free))]
        order = dict(zip(free, moved, strict=True))
        return tuple(units[order.get(index, index)] for index in range(len(units)))


def refuse_backward_branches(test: AssessmentTest) -> None:
    """Refuse a rule whose target stands before it, or around it, in the file: it could never end (QTI 3.0, "branchRule")."""
    for index, part in enumerate(test.parts):
        places = list(inner(part))
        again = {below.identifier for place in places if _draws_again(place) for below in inner(place)}
        last = {place.identifier: at for at, place in enumerate(places) if place.identifier not in again}
        for at, place in enumerate(places):
            for rule in place.branch_rules:
                if rule.target not in _EXITS and last.get(rule.target, at + 1) <= at:
                    _refuse_backwards(rule.target, rule.line)
        earlier = {each.identifier for each in test.parts[: index + 1]}
        for rule in part.branch_rules:
            if rule.target in earlier:
                _refuse_backwards(rule.target, rule.line)


def _draws_again(place: Section | SectionRef | ItemRef) -> bool:
    """What is drawn with replacement may lead on to its next instance."""
    return isinstance(place, Section) and place.selection is not None and place.selection.with_replacement


def _refuse_backwards(target: str, line: int) -> None:
    message = f"a branch rule leads back to {target}; it may only lead forward"
    raise UnreadableFile(f"line {line}: {message}", problem="branch_backwards", line=line, element="qti-branch-rule")
