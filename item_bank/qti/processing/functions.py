"""mathOperator and mathConstant (QTI 3.0, "mathOperator").

A number outside a function's natural domain gives NULL: the logarithm of 0, the arc sine of 2. floor, ceil and signum give integers,
infinity stays what it is.
"""

import math
from collections.abc import Callable, Mapping

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import as_number, null, number_of
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.values import Value, number

_FARTHEST = 710.0  # beyond it exp, sinh and cosh leave the floats


def _exp(angle: float) -> float:
    return math.inf if angle > _FARTHEST else math.exp(angle)


def _sinh(angle: float) -> float:
    return math.copysign(math.inf, angle) if abs(angle) > _FARTHEST else math.sinh(angle)


def _cosh(angle: float) -> float:
    return math.inf if abs(angle) > _FARTHEST else math.cosh(angle)


def _acot(cotangent: float) -> float:
    return math.pi / 2 if cotangent == 0 else math.atan(1 / cotangent)


def _whole(rounded: Callable[[float], int]) -> Callable[[float], float]:
    return lambda found: rounded(found) if math.isfinite(found) else found


def _signum(found: float) -> float:
    return (found > 0) - (found < 0) if found == found else found


_OF_ONE: Mapping[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda angle: 1 / math.cos(angle),
    "csc": lambda angle: 1 / math.sin(angle),
    "cot": lambda angle: 1 / math.tan(angle),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asec": lambda secant: math.acos(1 / secant),
    "acsc": lambda cosecant: math.asin(1 / cosecant),
    "acot": _acot,
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": math.tanh,
    "sech": lambda angle: 1 / _cosh(angle),
    "csch": lambda angle: 1 / _sinh(angle),
    "coth": lambda angle: 1 / math.tanh(angle),
    "log": math.log10,
    "ln": math.log,
    "exp": _exp,
    "abs": lambda found: float(abs(found)),
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "signum": _signum,
    "toDegrees": lambda angle: angle * 180.0 / math.pi,
    "toRadians": lambda angle: angle * math.pi / 180.0,
}
_OF_TWO: Mapping[str, Callable[[float, float], float]] = {"atan2": math.atan2}

NAMES = frozenset({*_OF_ONE, *_OF_TWO})


def _math_operator(node: Node, compiling: Compile) -> Expression:
    name, operands = text(node, "name"), compiling.operands(node)
    function: Callable[..., float] | None = _OF_ONE.get(name) or _OF_TWO.get(name)
    if function is None or len(operands) != (2 if name in _OF_TWO else 1):
        return null

    def run(scope: Scope) -> Value | None:
        found = [each for operand in operands if (each := number_of(operand(scope))) is not None]
        if len(found) != len(operands):
            return None
        try:
            result = function(*found)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        return None if math.isnan(result) else as_number(result)

    return run


def _math_constant(node: Node, _: Compile) -> Expression:
    value = {"pi": number(math.pi), "e": number(math.e)}.get(text(node, "name"))
    return lambda scope: value


FAMILY: Family = {
    "qti-math-operator": _math_operator,
    "qti-math-constant": _math_constant,
}
