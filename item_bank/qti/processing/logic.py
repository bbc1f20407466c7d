"""Expressions that answer true or false about true and false. NULL follows the specification's three-valued logic.

A number where a boolean belongs is true unless it is 0, as some systems have it; any other value counts as NULL. A condition is more
generous.
"""

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import null, whole_reference
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import raw
from item_bank.qti.values import FALSE, NUMERIC, TRUE, BaseType, Cardinality, Value, boolean


def truth(value: Value | None) -> bool | None:
    """Return the truth of a single boolean or number, None for NULL and for any other value."""
    if value is None or value.cardinality is not Cardinality.SINGLE:
        return None
    if value.base_type is BaseType.BOOLEAN:
        return bool(value.atoms[0])
    found = value.atoms[0] if value.base_type in NUMERIC else None
    return None if found is None or found != found else found != 0


def holds(value: Value | None) -> bool:
    """Tell whether a condition is met: NULL never is; a value that is no boolean is when it is not 0 (QTI 3.0, "responseIf")."""
    known = truth(value)
    if known is not None or value is None:
        return known is True
    return value.cardinality is not Cardinality.SINGLE or value.base_type not in NUMERIC  # NaN is not met


def _and(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)

    def run(scope: Scope) -> Value | None:
        result: Value | None = TRUE
        for operand in operands:
            known = truth(operand(scope))
            if known is False:
                return FALSE
            if known is None:
                result = None
        return result

    return run if operands else null


def _or(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)

    def run(scope: Scope) -> Value | None:
        result: Value | None = FALSE
        for operand in operands:
            known = truth(operand(scope))
            if known:
                return TRUE
            if known is None:
                result = None
        return result

    return run if operands else null


def _not(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        known = truth(operands[0](scope))
        return None if known is None else boolean(not known)

    return run


def _is_null(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    return (lambda scope: boolean(operands[0](scope) is None)) if len(operands) == 1 else null


def _any_n(node: Node, compiling: Compile) -> Expression:
    """Count truths; NULL where the unknown ones could still decide (QTI 3.0, "anyN"). Without its bounds it is `or`, as some have it."""
    operands = compiling.operands(node)
    read_least, read_most = whole_reference(node, "min"), whole_reference(node, "max")
    from_one, to_all = raw(node, "min") is None, raw(node, "max") is None

    def run(scope: Scope) -> Value | None:
        least, most = 1 if from_one else read_least(scope), len(operands) if to_all else read_most(scope)
        if least is None or most is None:
            return None
        truths = [truth(operand(scope)) for operand in operands]
        sure, possible = truths.count(True), truths.count(True) + truths.count(None)
        if least <= sure and possible <= most:
            return TRUE
        return FALSE if possible < least or sure > most or least > most else None

    return run if operands else null


FAMILY: Family = {
    "qti-and": _and,
    "qti-or": _or,
    "qti-not": _not,
    "qti-is-null": _is_null,
    "qti-any-n": _any_n,
}
