"""Expressions that only a test can answer: what a sub-set of its items came to (QTI 3.0, "Expressions Used only in Outcomes Processing").

What they ask is TestResults, which session/ fills and hands in as Scope.items; elsewhere they are NULL. An item that was not presented
has its declared defaults, for its session has not begun.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.declarations import Declaration, OutcomeDeclaration, ResponseDeclaration
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import text, words
from item_bank.qti.values import NUMERIC, Atom, BaseType, Cardinality, Value, alike, container, integer, single


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenItem:
    """One item of a candidate's test, presented or not: its place, and its variables as they stand."""

    key: str  # the reference's identifier, and ".2" for a second instance of one that was drawn again
    identifier: str
    sections: frozenset[str]
    categories: frozenset[str]
    weights: Mapping[str, float]
    mappings: Mapping[str, str]  # the item's variable by its name in this test
    declarations: Mapping[str, Declaration]
    values: Mapping[str, Value | None]
    corrects: Mapping[str, Value | None]
    defaults: Mapping[str, Value | None]
    presented: bool
    attempts: int
    simultaneous: bool

    def value(self, variable: str, weight: str = "") -> Value | None:
        """Return a variable's value, by its name in this test, with its weight; a weight that is not declared counts 1."""
        found = self.values.get(self.mappings.get(variable, variable))
        return found if weight not in self.weights else weighted(found, self.weights[weight])

    def declared(self, variable: str) -> Declaration | None:
        """Return a variable's declaration, by its name in this test."""
        return self.declarations.get(self.mappings.get(variable, variable))

    @property
    def responses(self) -> tuple[ResponseDeclaration, ...]:
        """The declared responses."""
        return tuple(declared for declared in self.declarations.values() if isinstance(declared, ResponseDeclaration))

    @property
    def responded(self) -> bool:
        """Whether any response differs from its default (QTI 3.0, "numberResponded")."""
        return any(not alike(self.values.get(name), self.defaults.get(name)) for name in (each.identifier for each in self.responses))

    @property
    def correct(self) -> bool | None:
        """Whether every response is the correct one; None where one has no correct response (QTI 3.0, "numberCorrect")."""
        keys = [self.corrects.get(declared.identifier) for declared in self.responses]
        if not keys or None in keys:
            return None
        given = (self.values.get(declared.identifier) for declared in self.responses)
        return all(alike(value, key) for value, key in zip(given, keys, strict=True))


def weighted(value: Value | None, weight: float) -> Value | None:
    """Multiply numbers by a weight; the result is a float (QTI 3.0, "weight-identifier")."""
    if value is None or value.base_type not in NUMERIC:
        return value
    atoms = tuple(float(atom) * weight for atom in value.atoms if isinstance(atom, int | float))
    return container(value.cardinality, BaseType.FLOAT, atoms)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResults:
    """All items of a candidate's test, in order, and the time that was spent in its parts and sections. Implements ItemResults."""

    __test__ = False  # not pytest's

    items: tuple[TakenItem, ...]
    durations: Mapping[str, float] = field(default_factory=dict)

    def variable(self, item: str, variable: str, weight: str) -> Value | None:
        """Return `ITEM.VARIABLE`, `ITEM.2.VARIABLE`, or the duration of a section or part (QTI 3.0, "variable")."""
        words = f"{item}.{variable}".split(".")
        for cut in range(len(words) - 1, 0, -1):  # identifiers with a dot are reserved, but some systems write them
            place, name = ".".join(words[:cut]), ".".join(words[cut:])
            found = self._item(place)
            if found is not None:
                return found.value(name, weight)
            if name == "duration" and place in self.durations:
                return single(BaseType.DURATION, self.durations[place])
        return None

    def _item(self, name: str) -> TakenItem | None:
        """Of several instances the last that was submitted counts in simultaneous mode, otherwise none (QTI 3.0, "variable")."""
        found = [each for each in self.items if name in (each.key, each.identifier)]
        if len(found) == 1 or (found and found[0].key == name):
            return found[0]
        return next((each for each in reversed(found) if each.simultaneous and each.attempts), None)

    def subset(self, section: str, include: frozenset[str], exclude: frozenset[str]) -> tuple[TakenItem, ...]:
        """Return the items of a section (or all) that have an included category (or any) and no excluded one (QTI 3.0, "ItemSubset")."""
        return tuple(
            each
            for each in self.items
            if (not section or section in each.sections) and (not include or include & each.categories) and not (exclude & each.categories)
        )


_Subset = Callable[[Scope], "tuple[TakenItem, ...] | None"]


def _subset(node: Node) -> _Subset:
    section = text(node, "section-identifier")
    include, exclude = frozenset(words(node, "include-category")), frozenset(words(node, "exclude-category"))

    def items(scope: Scope) -> tuple[TakenItem, ...] | None:
        return scope.items.subset(section, include, exclude) if isinstance(scope.items, TestResults) else None

    return items


def _count(counts: Callable[[TakenItem], bool]) -> Callable[[Node, Compile], Expression]:
    def make(node: Node, _: Compile) -> Expression:
        subset = _subset(node)

        def run(scope: Scope) -> Value | None:
            items = subset(scope)
            return None if items is None else integer(sum(map(counts, items)))

        return run

    return make


def _test_variables(node: Node, _: Compile) -> Expression:
    """All values of one variable, NULL left out; without a base type all numbers, floats as soon as one is (QTI 3.0, "testVariables")."""
    subset, name, weight = _subset(node), text(node, "variable-identifier"), text(node, "weight-identifier")
    base_type = text(node, "base-type")

    def run(scope: Scope) -> Value | None:
        found = (each.value(name, weight) for each in subset(scope) or ())
        values = [value for value in found if value is not None and value.cardinality is Cardinality.SINGLE]
        fitting = [value for value in values if _fits(value, base_type, bool(weight))]
        return _gathered(fitting, BaseType(base_type) if base_type in list(BaseType) else None)

    return run


def _fits(value: Value, base_type: str, weighed: bool) -> bool:
    if not base_type or (weighed and base_type in NUMERIC):
        return value.base_type in NUMERIC
    return value.base_type == base_type


def _gathered(values: Iterable[Value], base_type: BaseType | None) -> Value | None:
    kept = list(values)
    kinds = {value.base_type for value in kept}
    if kinds <= NUMERIC and BaseType.FLOAT in kinds:
        return container(Cardinality.MULTIPLE, BaseType.FLOAT, (float(str(value.atom)) for value in kept))
    return container(Cardinality.MULTIPLE, base_type or BaseType.INTEGER, (value.atom for value in kept))


def _bounds(name: str) -> Callable[[Node, Compile], Expression]:
    """The normal minimum (or maximum) of one outcome in every item that declares it.

    An item without a declared minimum is left out, one without a declared maximum makes the result NULL (QTI 3.0, "outcomeMinimum",
    "outcomeMaximum").
    """

    def make(node: Node, _: Compile) -> Expression:
        subset, outcome, weight = _subset(node), text(node, "outcome-identifier"), text(node, "weight-identifier")

        def run(scope: Scope) -> Value | None:
            items = [each for each in subset(scope) or () if isinstance(each.declared(outcome), OutcomeDeclaration)]
            found = [_bound(each, outcome, weight, name) for each in items]
            if name == "normal_maximum" and None in found:
                return None
            atoms: list[Atom] = [bound for bound in found if bound is not None]
            return container(Cardinality.MULTIPLE, BaseType.FLOAT, atoms)

        return run

    return make


def _bound(item: TakenItem, outcome: str, weight: str, name: str) -> float | None:
    declared = item.declared(outcome)
    if not isinstance(declared, OutcomeDeclaration) or declared.cardinality is not Cardinality.SINGLE:
        return None
    bound: float | None = declared.normal_minimum if name == "normal_minimum" else declared.normal_maximum
    return None if bound is None else bound * item.weights.get(weight, 1.0)


def _selected(_: TakenItem) -> bool:
    return True


def _incorrect(item: TakenItem) -> bool:
    return item.presented and item.correct is False


FAMILY: Family = {
    "qti-test-variables": _test_variables,
    "qti-outcome-minimum": _bounds("normal_minimum"),
    "qti-outcome-maximum": _bounds("normal_maximum"),
    "qti-number-correct": _count(lambda item: item.correct is True),
    "qti-number-incorrect": _count(_incorrect),
    "qti-number-presented": _count(lambda item: item.presented),
    "qti-number-responded": _count(lambda item: item.presented and item.responded),
    "qti-number-selected": _count(_selected),
}
