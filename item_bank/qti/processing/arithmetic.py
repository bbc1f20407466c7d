"""Expressions of arithmetic: sum, product, subtract, divide, power, integerDivide, integerModulus, max, min, gcd, lcm.

Integers stay integers, one float makes a float. Any NULL operand, any operand that is no number, makes the result NULL; so does what
has no result: a division by zero, a root of a negative number, an integer that 64 bits do not hold.
"""

import math
from collections.abc import Callable

from item_bank.qti.processing.operands import as_number, bounded, numbers_of, of_two_numbers, strict, whole_of
from item_bank.qti.processing.scope import Family, Maker
from item_bank.qti.values import Value, number

Fold = Callable[[list[float]], float]


def _fold(fold: Fold) -> Maker:
    """Make an operator over all numbers of its operands, containers among them."""

    def decide(values: list[Value]) -> Value | None:
        found = numbers_of(values)
        if not found:
            return None
        if all(isinstance(each, int) for each in found):
            return as_number(fold(found))
        return number(fold([float(each) for each in found]))

    return strict(decide, 1)


def _sum(found: list[float]) -> float:
    """Add; floats without losing what is small, as long as they are finite."""
    if not isinstance(found[0], float):
        return sum(found)
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):
        return sum(found)


def _extreme(choose: Callable[[list[float]], float]) -> Fold:
    """Choose; NaN among the numbers is the result, wherever it stands."""
    return lambda found: next((each for each in found if each != each), choose(found))


def _product(found: list[float]) -> float:
    """Multiply; integers as far as 64 bits go (an early stop keeps long products short)."""
    result = found[0]
    for each in found[1:]:
        result = result * each
        if isinstance(result, int) and result.bit_length() > 4096:
            return result
    return result


def _subtract(left: float, right: float) -> Value | None:
    return as_number(left - right)


def _divide(left: float, right: float) -> Value | None:
    return None if right == 0 else _finite(float(left) / float(right), left, right)


def _power(left: float, right: float) -> Value | None:
    try:
        return _finite(math.pow(left, right), left, right)
    except (OverflowError, ValueError):
        return None


def _finite(result: float, left: float, right: float) -> Value | None:
    """Wrap a result; NULL when two numbers have none that a float can hold."""
    if math.isnan(result) or (math.isinf(result) and math.isfinite(left) and math.isfinite(right)):
        return None
    return number(result)


def _wholes(decide: Callable[[int, int], int]) -> Maker:
    """Make an operator of two integers, the second not 0. Both round down: 7 by -2 is -4, remainder -1 (QTI 3.0, "integerDivide")."""

    def run(values: list[Value]) -> Value | None:
        left, right = whole_of(values[0]), whole_of(values[1])
        return None if left is None or not right else bounded(decide(left, right))

    return strict(run, 2, 2)


def _common(decide: Callable[[list[int]], int]) -> Maker:
    """Make an operator over all integers of its operands."""

    def run(values: list[Value]) -> Value | None:
        found = numbers_of(values)
        if not found or not all(float(each).is_integer() for each in found):
            return None
        return bounded(decide([int(each) for each in found]))

    return strict(run, 1)


def _lcm(found: list[int]) -> int:
    result = 0 if 0 in found else 1
    for each in found:
        result = math.lcm(result, each)
        if result.bit_length() > 4096:
            return result
    return result


FAMILY: Family = {
    "qti-sum": _fold(_sum),
    "qti-product": _fold(_product),
    "qti-subtract": of_two_numbers(_subtract),
    "qti-divide": of_two_numbers(_divide),
    "qti-power": of_two_numbers(_power),
    "qti-integer-divide": _wholes(lambda left, right: left // right),
    "qti-integer-modulus": _wholes(lambda left, right: left % right),
    "qti-max": _fold(_extreme(max)),
    "qti-min": _fold(_extreme(min)),
    "qti-gcd": _common(lambda found: math.gcd(*found)),
    "qti-lcm": _common(_lcm),
}
