"""Expressions that round: round, truncate, roundTo, integerToFloat; and rounding itself, which equalRounded shares.

Numbers are rounded as the decimals that were written: 3.175 to three figures is 3.18, though its binary neighbour lies below.
"""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import bounded, null, number_of, of_one_number, whole_reference
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.values import Value, number

_EXACT = Context(prec=800)  # every float has fewer digits before and after its point
_MOST_FIGURES = 400  # more figures than any float has change nothing


def rounder(node: Node) -> Callable[[Scope], Callable[[float], Decimal] | None]:
    """Read `rounding-mode` and `figures` of a node; None where figures do not go with the mode (QTI 3.0, "roundingMode")."""
    read_figures = whole_reference(node, "figures")
    places = text(node, "rounding-mode").lower().startswith("decimalplace")

    def run(scope: Scope) -> Callable[[float], Decimal] | None:
        figures = read_figures(scope)
        if figures is None or figures < (0 if places else 1):
            return None
        least = min(figures, _MOST_FIGURES)
        return (lambda found: _to_places(found, least)) if places else (lambda found: _to_figures(found, least))

    return run


def _to_places(found: float, places: int) -> Decimal:
    return Decimal(repr(found)).quantize(Decimal((0, (1,), -places)), ROUND_HALF_UP, _EXACT)


def _to_figures(found: float, figures: int) -> Decimal:
    written = Decimal(repr(found))
    return written if not written else _to_places(found, figures - 1 - written.adjusted())


def _round(found: float) -> Value | None:
    """Round half up: the whole number n for [n - 0.5, n + 0.5); infinity stays, NaN is NULL."""
    if isinstance(found, int) or not math.isfinite(found):
        return _unchanged(found)
    below = math.floor(found)
    return bounded(below + (found - below >= 0.5))


def _truncate(found: float) -> Value | None:
    """Round towards zero; infinity stays, NaN is NULL."""
    return _unchanged(found) if isinstance(found, int) or not math.isfinite(found) else bounded(math.trunc(found))


def _unchanged(found: float) -> Value | None:
    if isinstance(found, int):
        return bounded(found)
    return None if math.isnan(found) else number(found)


def _round_to(node: Node, compiling: Compile) -> Expression:
    operands, read_round = compiling.operands(node), rounder(node)
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        found, rounded = number_of(operands[0](scope)), read_round(scope)
        if found is None or rounded is None or math.isnan(found):
            return None
        return number(float(rounded(found)) if math.isfinite(found) else found)

    return run


FAMILY: Family = {
    "qti-round": of_one_number(_round),
    "qti-truncate": of_one_number(_truncate),
    "qti-round-to": _round_to,
    "qti-integer-to-float": of_one_number(lambda found: number(float(found))),
}
