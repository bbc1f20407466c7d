"""Expressions over numbers. Any NULL operand makes the result NULL.

`equal` compares the decimals that were written, not their binary neighbours, so that an answer on the edge of a tolerance is inside it.
"""

import math
import operator
from collections.abc import Callable
from decimal import Decimal

from assessment_engine.kernel.errors import Invalid
from item_bank.qti.attributes import flag, only
from item_bank.qti.model import Node
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import NUMERIC, BaseType, Value, boolean, parse_atom, single

_EQUAL = ("tolerance-mode", "tolerance", "include-lower-bound", "include-upper-bound")


def _numbers(operands: tuple[Expression, ...], scope: Scope) -> list[float] | None:
    values = [operand(scope) for operand in operands]
    return None if None in values else [number for value in values if value is not None for number in _floats(value)]


def _floats(value: Value) -> list[float]:
    if value.base_type not in NUMERIC:
        raise Invalid(f"arithmetic needs numbers, not {value.base_type}")
    return [float(atom) for atom in value.atoms]


def _compare(truth: Callable[[float, float], bool]) -> Callable[[Node, Compile], Expression]:
    def make(node: Node, compiling: Compile) -> Expression:
        only(node, ())
        operands = compiling.operands(node, 2)

        def run(scope: Scope) -> Value | None:
            pair = _numbers(operands, scope)
            return None if pair is None else boolean(truth(pair[0], pair[1]))

        return run

    return make


def _fold(fold: Callable[[list[float]], float], count: int | None = None) -> Callable[[Node, Compile], Expression]:
    def make(node: Node, compiling: Compile) -> Expression:
        only(node, ())
        operands = compiling.operands(node, count)

        def run(scope: Scope) -> Value | None:
            found = _numbers(operands, scope)
            return None if found is None else single(BaseType.FLOAT, fold(found))

        return run

    return make


def _equal(node: Node, compiling: Compile) -> Expression:
    only(node, _EQUAL)
    operands = compiling.operands(node, 2)
    mode = node.attributes.get("tolerance-mode", "exact")
    if mode not in ("exact", "absolute", "relative"):
        refuse(node, f"tolerance-mode {mode!r} is not one of exact, absolute, relative")
    below, above = _tolerance(node, mode)
    low_in, high_in = flag(node, "include-lower-bound", True), flag(node, "include-upper-bound", True)

    def run(scope: Scope) -> Value | None:
        pair = _numbers(operands, scope)
        if pair is None:
            return None
        centre, given = (Decimal(repr(each)) for each in pair)
        unit = abs(centre) / 100 if mode == "relative" else Decimal(1)
        low, high = centre - below * unit, centre + above * unit
        return boolean((low < given < high) or (given == low and low_in) or (given == high and high_in))

    return run


def _tolerance(node: Node, mode: str) -> tuple[Decimal, Decimal]:
    """Read t0 and t1; one number serves as both (QTI 3.0, "equal")."""
    if mode == "exact":
        return Decimal(0), Decimal(0)
    words = node.attributes.get("tolerance", "").split()
    try:
        bounds = [Decimal(repr(float(parse_atom(BaseType.FLOAT, word)))) for word in words]
    except ValueError as error:
        refuse(node, str(error))
    if len(bounds) not in (1, 2) or min(bounds) < 0:
        refuse(node, "tolerance must be one or two numbers, zero or more")
    return bounds[0], bounds[-1]


FAMILY: Family = {
    "qti-equal": _equal,
    "qti-gt": _compare(operator.gt),
    "qti-gte": _compare(operator.ge),
    "qti-lt": _compare(operator.lt),
    "qti-lte": _compare(operator.le),
    "qti-sum": _fold(math.fsum),
    "qti-product": _fold(math.prod),
    "qti-subtract": _fold(lambda pair: pair[0] - pair[1], 2),
}
