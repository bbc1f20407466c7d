"""Expressions that draw: randomInteger, randomFloat, random (QTI 3.0, "randomInteger").

What is drawn follows from the run's seed: docs/adr/0016. The order in which NumPy's PCG64 is asked is part of the record; a test pins
it.
"""

import math

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import bounded, null, number_reference, reference, whole_reference
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.values import Value, number, single


def _random_integer(node: Node, _: Compile) -> Expression:
    read_least, read_most, read_step = (whole_reference(node, name) for name in ("min", "max", "step"))
    stepped, from_zero = "step" in node.attributes, "min" not in node.attributes

    def run(scope: Scope) -> Value | None:
        least, most, step = 0 if from_zero else read_least(scope), read_most(scope), read_step(scope) if stepped else 1
        if least is None or most is None or step is None or step < 1 or most < least:
            return None
        count = (most - least) // step + 1
        return None if count >= 2**62 else bounded(least + step * int(scope.chance.integers(count)))

    return run


def _random_float(node: Node, _: Compile) -> Expression:
    read_least, read_most = (number_reference(reference(node, name)) for name in ("min", "max"))
    from_zero = "min" not in node.attributes

    def run(scope: Scope) -> Value | None:
        least, most = 0.0 if from_zero else read_least(scope), read_most(scope)
        if least is None or most is None or not (math.isfinite(least) and math.isfinite(most)) or most < least:
            return None
        part = float(scope.chance.random())
        return number(least * (1 - part) + most * part)  # never leaves the floats on its way

    return run


def _random(node: Node, compiling: Compile) -> Expression:
    """Draw one value of a container."""
    operands = compiling.operands(node)
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        value = operands[0](scope)
        if value is None or value.base_type is None:
            return None
        return single(value.base_type, value.atoms[int(scope.chance.integers(len(value.atoms)))])

    return run


FAMILY: Family = {
    "qti-random-integer": _random_integer,
    "qti-random-float": _random_float,
    "qti-random": _random,
}
