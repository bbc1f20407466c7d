"""Expressions that answer true or false without arithmetic. NULL follows the specification's three-valued logic."""

from assessment_engine.kernel.errors import Invalid
from item_bank.qti.attributes import only
from item_bank.qti.model import Node
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.values import FALSE, TRUE, BaseType, Value, boolean, matches


def truth(value: Value | None) -> bool | None:
    """Return the truth of a single boolean, None for NULL; raises Invalid for any other value."""
    if value is not None and (value.base_type is not BaseType.BOOLEAN or len(value.atoms) != 1):
        raise Invalid(f"a condition needs a boolean, not {value.cardinality} {value.base_type}")
    return None if value is None else bool(value.atom)


def _and(node: Node, compiling: Compile) -> Expression:
    only(node, ())
    operands = compiling.operands(node)

    def run(scope: Scope) -> Value | None:
        truths = [truth(operand(scope)) for operand in operands]
        return FALSE if False in truths else None if None in truths else TRUE

    return run


def _or(node: Node, compiling: Compile) -> Expression:
    only(node, ())
    operands = compiling.operands(node)

    def run(scope: Scope) -> Value | None:
        truths = [truth(operand(scope)) for operand in operands]
        return TRUE if True in truths else None if None in truths else FALSE

    return run


def _not(node: Node, compiling: Compile) -> Expression:
    only(node, ())
    (operand,) = compiling.operands(node, 1)

    def run(scope: Scope) -> Value | None:
        known = truth(operand(scope))
        return None if known is None else boolean(not known)

    return run


def _is_null(node: Node, compiling: Compile) -> Expression:
    only(node, ())
    (operand,) = compiling.operands(node, 1)
    return lambda scope: boolean(operand(scope) is None)


def _match(node: Node, compiling: Compile) -> Expression:
    only(node, ())
    left, right = compiling.operands(node, 2)

    def run(scope: Scope) -> Value | None:
        first, second = left(scope), right(scope)
        return None if first is None or second is None else boolean(matches(first, second))

    return run


FAMILY: Family = {
    "qti-and": _and,
    "qti-or": _or,
    "qti-not": _not,
    "qti-is-null": _is_null,
    "qti-match": _match,
}
