"""Expressions that no version of QTI has, but that items of other systems use: understood, so that such items score as they do at home.

notEqual, isNotNull, isTypeOf, allN, mod, mean and its kin as elements of their own, record and recordEx, randomEx and its kin,
lookupTable, mapOutcome. Strict import refuses them all.
"""

import math
from dataclasses import replace

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.chance import FAMILY as CHANCE
from item_bank.qti.processing.comparisons import FAMILY as COMPARISONS
from item_bank.qti.processing.logic import truth
from item_bank.qti.processing.lookup import look_up
from item_bank.qti.processing.mapping import FAMILY as MAPPING
from item_bank.qti.processing.operands import as_number, null, of_two_numbers, text_of, whole_reference
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.processing.stats import statistic
from item_bank.qti.reader.attributes import text, words
from item_bank.qti.reader.declarations import read_outcome
from item_bank.qti.values import Value, boolean, record


def _not_equal(node: Node, compiling: Compile) -> Expression:
    equal = COMPARISONS["qti-equal"](node, compiling)

    def run(scope: Scope) -> Value | None:
        known = truth(equal(scope))
        return None if known is None else boolean(not known)

    return run


def _is_not_null(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    return (lambda scope: boolean(operands[0](scope) is not None)) if len(operands) == 1 else null


def _is_type_of(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    if len(operands) != 2:
        return null

    def run(scope: Scope) -> Value | None:
        value, name = operands[0](scope), text_of(operands[1](scope))
        return None if name is None else boolean(value is not None and value.base_type == name)

    return run


def _all_n(node: Node, compiling: Compile) -> Expression:
    """Tell whether no more than `max` operands are true."""
    operands, read_most = compiling.operands(node), whole_reference(node, "max")

    def run(scope: Scope) -> Value | None:
        most = read_most(scope) if text(node, "max") else len(operands)
        return None if most is None else boolean(sum(truth(operand(scope)) is True for operand in operands) <= most)

    return run


def _remainder(left: float, right: float) -> Value | None:
    """Return the remainder with the sign of the dividend, as programming languages mostly have it."""
    if right == 0 or not math.isfinite(left) or math.isnan(right):
        return None
    if isinstance(left, int) and isinstance(right, int):
        return as_number(abs(left) % abs(right) * (-1 if left < 0 else 1))
    return as_number(math.fmod(left, right))


def _record(node: Node, compiling: Compile) -> Expression:
    """Make a record of `fieldValue` children with one expression each."""
    fields = {
        text(child, "field-identifier"): compiling.expression(child.elements[0])
        for child in node.named("qti-field-value")
        if len(child.elements) == 1
    }
    return _recorded(fields)


def _record_ex(node: Node, compiling: Compile) -> Expression:
    """Make a record of expressions that `identifiers` name in order."""
    return _recorded(dict(zip(words(node, "identifiers"), compiling.operands(node), strict=False)))


def _recorded(fields: dict[str, Expression]) -> Expression:
    def run(scope: Scope) -> Value | None:
        values = {name: value for name, field in fields.items() if (value := field(scope)) is not None}
        return record(values)

    return run


def _lookup_table(node: Node, compiling: Compile) -> Expression:
    """Look a number up in a table that stands beside it."""
    typed = {**node.attributes, "base-type": text(node, "base-type", "float"), "cardinality": "single"}
    table = read_outcome(replace(node, attributes=typed)).table
    if table is None or len(node.elements) != 2:
        return null
    source = compiling.expression(node.elements[0])
    return lambda scope: look_up(table, source(scope))


FAMILY: Family = {
    "qti-not-equal": _not_equal,
    "qti-is-not-null": _is_not_null,
    "qti-is-type-of": _is_type_of,
    "qti-all-n": _all_n,
    "qti-map-outcome": MAPPING["qti-map-response"],
    "qti-mod": of_two_numbers(_remainder),
    "qti-mean": statistic("mean"),
    "qti-sample-variance": statistic("sampleVariance"),
    "qti-sample-sd": statistic("sampleSD"),
    "qti-pop-variance": statistic("popVariance"),
    "qti-pop-sd": statistic("popSD"),
    "qti-record": _record,
    "qti-record-ex": _record_ex,
    "qti-random-ex": CHANCE["qti-random"],
    "qti-random-integer-ex": CHANCE["qti-random-integer"],
    "qti-random-float-ex": CHANCE["qti-random-float"],
    "qti-lookup-table": _lookup_table,
}
