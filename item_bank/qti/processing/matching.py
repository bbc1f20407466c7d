"""Expressions that ask whether values, or texts, are the same: match, stringMatch, patternMatch, substring (QTI 3.0, "match" to
"substring").

Which texts are the same beneath case is said in ../text.py; how patterns are read, in ../patterns.py.
"""

from collections.abc import Callable

from item_bank.qti.model.nodes import Node
from item_bank.qti.patterns import fits
from item_bank.qti.processing.containers import comparable_types
from item_bank.qti.processing.operands import null, strict, text_of, whole_of
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import flag, raw
from item_bank.qti.text import comparable
from item_bank.qti.values import BaseType, Cardinality, Value, boolean, container, matches

MAX_TEXT = 10_000
_PATTERN_COST = 1_000
_ANYTHING = r"(.|\s)*"


def same(left: Value, right: Value) -> Value | None:
    """Tell whether two values are the same; NULL when their types do not go together (QTI 3.0, "match")."""
    if left.cardinality is not right.cardinality or not comparable_types(left, right):
        return None
    return boolean(matches(left, right))


def _match(node: Node, compiling: Compile) -> Expression:
    operands = compiling.operands(node)
    if len(operands) != 2:
        return null
    first, second = operands

    def run(scope: Scope) -> Value | None:
        left, right = first(scope), second(scope)
        return None if left is None or right is None else same(left, right)

    return run


def _folding(node: Node) -> Callable[[str], str]:
    if flag(node, "case-sensitive", True):
        return comparable
    return lambda text: comparable(text).casefold()


def _string_match(node: Node, compiling: Compile) -> Expression:
    fold, part = _folding(node), flag(node, "substring", False)

    def decide(values: list[Value]) -> Value | None:
        whole, sought = text_of(values[0]), text_of(values[1])
        if whole is None or sought is None:
            return None
        return boolean(fold(sought) in fold(whole) if part else fold(sought) == fold(whole))

    return strict(decide, 2, 2)(node, compiling)


def _substring(node: Node, compiling: Compile) -> Expression:
    """Tell whether the first text is in the second; with a place (and a length), cut that part out, as some systems have it."""
    fold = _folding(node)

    def decide(values: list[Value]) -> Value | None:
        first, second = text_of(values[0]), text_of(values[1])
        if first is None:
            return None
        if second is None:
            return _cut(first, values[1:])
        return boolean(fold(first) in fold(second)) if len(values) == 2 else None

    return strict(decide, 2, 3)(node, compiling)


def _cut(whole: str, where: list[Value]) -> Value | None:
    places = [place for value in where if (place := whole_of(value)) is not None]
    if len(places) != len(where):
        return None
    begin = max(places[0] - 1, 0)
    end = begin + max(places[1], 0) if len(places) == 2 else len(whole)
    return container(Cardinality.SINGLE, BaseType.STRING, (whole[begin:end],))


def _pattern_match(node: Node, compiling: Compile) -> Expression:
    """Match the whole text; a pattern that is not understood, or too long a text, is NULL.

    Some systems have the pattern as a second operand, and look for it anywhere in the text.
    """
    operands, written = compiling.operands(node), raw(node, "pattern")
    if not operands:
        return null

    def run(scope: Scope) -> Value | None:
        text = text_of(operands[0](scope))
        pattern = _anywhere(operands[1](scope)) if written is None and len(operands) == 2 else _pattern(scope, written)
        if text is None or pattern is None or len(text) > MAX_TEXT or not scope.spend(len(text) + _PATTERN_COST):
            return None
        told = fits(pattern, comparable(text))
        return None if told is None else boolean(told)

    return run


def _anywhere(operand: Value | None) -> str | None:
    pattern = text_of(operand)
    if pattern is None:
        return None
    before, after = "" if pattern.startswith("^") else _ANYTHING, "" if pattern.endswith("$") else _ANYTHING
    return f"{before}({pattern.removeprefix('^').removesuffix('$')}){after}"


def _pattern(scope: Scope, written: str | None) -> str | None:
    """Return the pattern, or the text of the variable that it names (QTI 3.0, "stringOrVariableRef")."""
    if written is None:
        return None
    named = scope.values.get(written.strip("{} "))
    return text_of(named) if named is not None else written


FAMILY: Family = {
    "qti-match": _match,
    "qti-string-match": _string_match,
    "qti-substring": _substring,
    "qti-pattern-match": _pattern_match,
}
