"""Expressions that make containers and look into them (QTI 3.0, "multiple" to "repeat"): multiple, ordered, containerSize, index,
fieldValue, member, delete, contains, repeat.

A single value where a container belongs counts as a container of one, as some systems have it. What is made is paid for, so that
nothing grows without end.
"""

from collections import Counter
from collections.abc import Iterator

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import TEXTS, null, strict, whole_of, whole_reference
from item_bank.qti.processing.scope import Compile, Expression, Family, Maker, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.values import NUMERIC, Atom, BaseType, Cardinality, Value, boolean, container, integer, key_of, single


def gathered(values: list[Value], cardinality: Cardinality) -> Value | None:
    """Put values of one base type into one container; integers among floats become floats; NULL when the types do not go together."""
    types = {value.base_type for value in values}
    if types == NUMERIC:
        return container(cardinality, BaseType.FLOAT, (float(atom) for atom in _atoms(values) if isinstance(atom, int | float)))
    if len(types) == 1 and None not in types:
        return container(cardinality, types.pop(), _atoms(values))
    return container(cardinality, BaseType.STRING, _atoms(values)) if types and types <= TEXTS else None


def _atoms(values: list[Value]) -> Iterator[Atom]:
    for value in values:
        yield from value.atoms


def _gather(cardinality: Cardinality) -> Maker:
    def make(node: Node, compiling: Compile) -> Expression:
        operands = compiling.operands(node)

        def run(scope: Scope) -> Value | None:
            values = [value for operand in operands if (value := operand(scope)) is not None]  # NULLs are left out
            return gathered(values, cardinality) if scope.spend(sum(len(value.atoms) for value in values)) else None

        return run

    return make


def _repeat(node: Node, compiling: Compile) -> Expression:
    """Evaluate all operands again and again, so that what is random differs (QTI 3.0, "repeat")."""
    operands, read_times = compiling.operands(node), whole_reference(node, "number-repeats")
    size = sum(1 for _ in node.walk())

    def run(scope: Scope) -> Value | None:
        times = read_times(scope)
        if times is None or times < 1 or not scope.spend(times * size):
            return None
        values = [value for _ in range(times) for operand in operands if (value := operand(scope)) is not None]
        return gathered(values, Cardinality.ORDERED) if scope.spend(sum(len(value.atoms) for value in values)) else None

    return run if operands else null


def _container_size(node: Node, compiling: Compile) -> Expression:
    """Count; NULL is an empty container (QTI 3.0, "containerSize")."""
    operands = compiling.operands(node)
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        value = operands[0](scope)
        return integer(0 if value is None else len(value.atoms))

    return run


def _index(node: Node, compiling: Compile) -> Expression:
    operands, read_place = compiling.operands(node), whole_reference(node, "n")
    if not operands:
        return null

    def run(scope: Scope) -> Value | None:
        value = operands[0](scope)
        place = read_place(scope)
        if place is None and len(operands) == 2:
            place = whole_of(operands[1](scope))  # not the specification's way to say it
        if value is None or value.base_type is None or place is None or not 1 <= place <= len(value.atoms):
            return None
        return single(value.base_type, value.atoms[place - 1])

    return run


def _field_value(node: Node, compiling: Compile) -> Expression:
    operands, name = compiling.operands(node), text(node, "field-identifier")
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        record = operands[0](scope)
        return record.fields.get(name) if record is not None and record.cardinality is Cardinality.RECORD else None

    return run


def comparable_types(left: Value, right: Value) -> bool:
    """Tell whether the atoms of two values can be the same: of one base type, both numbers or both texts."""
    types = {left.base_type, right.base_type}
    return len(types) == 1 or types <= NUMERIC or types <= TEXTS or BaseType.INT_OR_IDENTIFIER in types


def _keys(value: Value, base_type: BaseType | None) -> list[Atom]:
    return [key_of(base_type, atom) for atom in value.atoms]


def _member(values: list[Value]) -> Value | None:
    sought, within = values
    if not comparable_types(sought, within) or sought.cardinality is not Cardinality.SINGLE:
        return None
    return boolean(key_of(within.base_type, sought.atom) in _keys(within, within.base_type))


def _delete(values: list[Value]) -> Value | None:
    """Take a value out of a container; some systems name the container first, or take out all of a second one."""
    sought, within = values if values[0].cardinality is Cardinality.SINGLE else reversed(values)
    if not comparable_types(sought, within) or Cardinality.RECORD in (sought.cardinality, within.cardinality):
        return None
    gone = set(_keys(sought, within.base_type))
    kept = (atom for atom in within.atoms if key_of(within.base_type, atom) not in gone)
    return container(within.cardinality, within.base_type, kept)


def _contains(node: Node, compiling: Compile) -> Expression:
    """Look for all of one container in another: in a row when they are ordered, in any place when not (QTI 3.0, "contains")."""
    operands = compiling.operands(node)
    if len(operands) != 2:
        return null

    def run(scope: Scope) -> Value | None:
        whole, part = operands[0](scope), operands[1](scope)
        if whole is None or part is None or whole.base_type is None or not comparable_types(whole, part):
            return None
        held, sought = _keys(whole, whole.base_type), _keys(part, whole.base_type)
        if whole.cardinality is not Cardinality.ORDERED or part.cardinality is not Cardinality.ORDERED:
            return boolean(not Counter(sought) - Counter(held))
        if not scope.spend(len(held) * len(sought) // 100):
            return None
        return boolean(any(held[at : at + len(sought)] == sought for at in range(len(held) - len(sought) + 1)))

    return run


FAMILY: Family = {
    "qti-multiple": _gather(Cardinality.MULTIPLE),
    "qti-ordered": _gather(Cardinality.ORDERED),
    "qti-repeat": _repeat,
    "qti-container-size": _container_size,
    "qti-index": _index,
    "qti-field-value": _field_value,
    "qti-member": strict(_member, 2, 2),
    "qti-delete": strict(_delete, 2, 2),
    "qti-contains": _contains,
}
