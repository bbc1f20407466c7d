"""Expressions that compare numbers and durations: equal, equalRounded, lt, lte, gt, gte, durationLT, durationGTE.

`equal` compares the decimals that were written, not their binary neighbours, so that an answer on the edge of a tolerance is inside it.
"""

import math
import operator
from collections.abc import Callable
from decimal import Decimal

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.matching import same
from item_bank.qti.processing.operands import null, number_of, number_reference, of_two_numbers, strict
from item_bank.qti.processing.rounding import rounder
from item_bank.qti.processing.scope import Compile, Expression, Family, Maker, Scope
from item_bank.qti.reader.attributes import flag, text
from item_bank.qti.values import BaseType, Value, boolean

Tolerance = Callable[[float, float, float, float], bool]
"""Tell whether the second number is within the tolerances, below and above, of the first."""


def _compare(truth: Callable[[float, float], bool]) -> Maker:
    return of_two_numbers(lambda left, right: boolean(truth(left, right)))


def _durations(truth: Callable[[float, float], bool]) -> Maker:
    def decide(values: list[Value]) -> Value | None:
        left, right = (number_of(value) if value.base_type is BaseType.DURATION else None for value in values)
        return None if left is None or right is None else boolean(truth(left, right))

    return strict(decide, 2, 2)


def _equal(node: Node, compiling: Compile) -> Expression:
    """Compare numbers (QTI 3.0, "equal"); two values of another type are compared as match does, as some systems have it."""
    operands = compiling.operands(node)
    if len(operands) != 2:
        return null
    first, second = operands
    within = _within(node)
    read_below, read_above = _tolerances(node)

    def run(scope: Scope) -> Value | None:
        left, right = first(scope), second(scope)
        if left is None or right is None:
            return None
        centre, given = number_of(left), number_of(right)
        if centre is None or given is None:
            return same(left, right) if centre is None and given is None and left.base_type is right.base_type else None
        below, above = read_below(scope), read_above(scope)
        if below is None or above is None or not (below >= 0 and above >= 0):
            return None
        return boolean(within(centre, given, below, above))

    return run


def _tolerances(node: Node) -> tuple[Callable[[Scope], float | None], Callable[[Scope], float | None]]:
    """Read t0 and t1; one number serves as both, none is no tolerance at all."""
    words = [word.strip("{}") for word in text(node, "tolerance").split()]
    if text(node, "tolerance-mode") not in ("absolute", "relative") or not words:
        return (lambda _: 0.0), (lambda _: 0.0)
    return number_reference(words[0]), number_reference(words[min(1, len(words) - 1)])


def _within(node: Node) -> Tolerance:
    low_in, high_in = flag(node, "include-lower-bound", True), flag(node, "include-upper-bound", True)
    mode = text(node, "tolerance-mode", "exact")
    if mode == "absolute":
        return lambda centre, given, below, above: _between(_edges(centre, Decimal(1), below, above), given, low_in, high_in)
    if mode == "relative":
        return lambda centre, given, below, above: _between(_edges(centre, None, below, above), given, low_in, high_in)
    return lambda centre, given, below, above: centre == given


def _edges(centre: float, unit: Decimal | None, below: float, above: float) -> tuple[Decimal, Decimal] | None:
    if not (math.isfinite(centre) and math.isfinite(below) and math.isfinite(above)):
        return None
    middle = _written(centre)
    unit = middle / 100 if unit is None else unit
    return middle - _written(below) * unit, middle + _written(above) * unit


def _written(found: float) -> Decimal:
    return Decimal(found) if isinstance(found, int) else Decimal(repr(found))


def _between(edges: tuple[Decimal, Decimal] | None, given: float, low_in: bool, high_in: bool) -> bool:
    """Compare with both edges; around a negative number relative edges change sides, and their bounds with them."""
    if edges is None or not math.isfinite(given):
        return False
    (low, low_is_in), (high, high_is_in) = sorted(((edges[0], low_in), (edges[1], high_in)), key=lambda edge: edge[0])
    place = _written(given)
    return low < place < high or (place == low and low_is_in) or (place == high and high_is_in)


def _equal_rounded(node: Node, compiling: Compile) -> Expression:
    """Compare after rounding; what is not finite is only equal to itself (QTI 3.0, "equalRounded")."""
    operands, read_round = compiling.operands(node), rounder(node)
    if len(operands) != 2:
        return null

    def run(scope: Scope) -> Value | None:
        left, right, rounded = number_of(operands[0](scope)), number_of(operands[1](scope)), read_round(scope)
        if left is None or right is None or rounded is None:
            return None
        if not (math.isfinite(left) and math.isfinite(right)):
            return boolean(left == right)
        return boolean(rounded(left) == rounded(right))

    return run


FAMILY: Family = {
    "qti-equal": _equal,
    "qti-equal-rounded": _equal_rounded,
    "qti-gt": _compare(operator.gt),
    "qti-gte": _compare(operator.ge),
    "qti-lt": _compare(operator.lt),
    "qti-lte": _compare(operator.le),
    "qti-duration-lt": _durations(operator.lt),
    "qti-duration-gte": _durations(operator.ge),
}
