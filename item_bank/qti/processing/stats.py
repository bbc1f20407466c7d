"""statsOperator: mean, variance and standard deviation of a container of numbers (QTI 3.0, "statsOperator").

NULL when any value in the container is NULL or no number. A container cannot hold a NULL, so that of a container that is put together
right here the parts are asked. A sample's variance needs two values.
"""

import math
from collections.abc import Callable, Mapping

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import null, numbers_of
from item_bank.qti.processing.scope import Compile, Expression, Family, Maker, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.values import Value, number


def _total(found: list[float]) -> float:
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):
        return sum(found)


def _mean(found: list[float]) -> float:
    return _total(found) / len(found)


def _variance(found: list[float], fewer: int) -> float:
    middle = _mean(found)
    return _total([(each - middle) * (each - middle) for each in found]) / (len(found) - fewer)


_STATISTICS: Mapping[str, tuple[int, Callable[[list[float]], float]]] = {
    "mean": (1, _mean),
    "sampleVariance": (2, lambda found: _variance(found, 1)),
    "sampleSD": (2, lambda found: math.sqrt(_variance(found, 1))),
    "popVariance": (1, lambda found: _variance(found, 0)),
    "popSD": (1, lambda found: math.sqrt(_variance(found, 0))),
}

NAMES = frozenset(_STATISTICS)


def statistic(name: str) -> Maker:
    """Make the operator of one statistic; NULL for a name that is none."""

    def make(node: Node, compiling: Compile) -> Expression:
        least, compute = _STATISTICS.get(name, (1, None))
        if compute is None or len(node.elements) != 1:
            return null
        parts = _parts(node.elements[0], compiling)

        def run(scope: Scope) -> Value | None:
            values = [value for part in parts if (value := part(scope)) is not None]
            found = numbers_of(values) if len(values) == len(parts) else None
            return number(compute([float(each) for each in found])) if found is not None and len(found) >= least else None

        return run

    return make


def _parts(container: Node, compiling: Compile) -> tuple[Expression, ...]:
    if container.name in ("qti-multiple", "qti-ordered"):
        return compiling.operands(container)
    return (compiling.expression(container),)


FAMILY: Family = {"qti-stats-operator": lambda node, compiling: statistic(text(node, "name"))(node, compiling)}
