"""Expressions that fetch a value: baseValue, variable, correct, default, null (QTI 3.0, "Built-in General Expressions").

A container that is read is paid for: it is what makes a program long. Of a test, `item.VARIABLE` fetches an item's variable.
"""

from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import null
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import text, word
from item_bank.qti.reader.declarations import read_atom
from item_bank.qti.values import BaseType, Cardinality, Value, container, single


def _base_value(node: Node, _: Compile) -> Expression:
    value = read_base_value(node)
    return lambda scope: value


def read_base_value(node: Node) -> Value | None:
    """Read a literal; an integer written with a fraction is the number that it says, anything else of the wrong form is NULL."""
    base_type = word(node, "base-type", BaseType) or BaseType.STRING
    atom = read_atom(base_type, node.text)
    if atom is None and base_type is BaseType.INTEGER:
        fraction = read_atom(BaseType.FLOAT, node.text)
        return None if fraction is None else single(BaseType.FLOAT, fraction)
    return None if atom is None else container(Cardinality.SINGLE, base_type, (atom,))


def _variable(node: Node, _: Compile) -> Expression:
    name, weight = text(node, "identifier"), text(node, "weight-identifier")
    item, dot, variable = name.partition(".")

    def run(scope: Scope) -> Value | None:
        value = scope.values.get(name)
        if value is None and dot and scope.items is not None and name not in scope.values:
            value = scope.items.variable(item, variable, weight)
        return _paid(scope, value)

    return run


def _paid(scope: Scope, value: Value | None) -> Value | None:
    size = 0 if value is None else len(value.atoms)
    return value if size <= 1 or scope.spend(size) else None


def _correct(node: Node, _: Compile) -> Expression:
    name = text(node, "identifier")
    return lambda scope: _paid(scope, scope.corrects.get(name))


def _default(node: Node, _: Compile) -> Expression:
    name = text(node, "identifier")
    return lambda scope: _paid(scope, scope.defaults.get(name))


FAMILY: Family = {
    "qti-base-value": _base_value,
    "qti-variable": _variable,
    "qti-correct": _correct,
    "qti-default": _default,
    "qti-null": lambda node, compiling: null,
}
