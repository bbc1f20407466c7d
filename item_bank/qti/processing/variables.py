"""Expressions that fetch a value: baseValue, variable, correct, mapResponse (QTI 3.0, "Built-in general expressions")."""

from item_bank.qti.attributes import only, word
from item_bank.qti.declarations import atom, identifier
from item_bank.qti.model import MapEntry, Node, ResponseDeclaration, ValueMapping
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import Atom, BaseType, Value, number, single


def _base_value(node: Node, _: Compile) -> Expression:
    only(node, ("base-type",))
    base_type = word(node, "base-type", BaseType)
    value = single(base_type, atom(node, base_type, node.text))
    return lambda scope: value


def _variable(node: Node, compiling: Compile) -> Expression:
    only(node, ("identifier",))
    name = identifier(node)
    if name not in compiling.item.responses and name not in compiling.item.outcomes:
        refuse(node, f"{name} is not declared")
    return lambda scope: scope.value(name)


def _declaration(node: Node, compiling: Compile) -> ResponseDeclaration:
    only(node, ("identifier",))
    declaration = compiling.item.responses.get(identifier(node))
    if declaration is None:
        refuse(node, f"{identifier(node)} is not a declared response")
    return declaration


def _correct(node: Node, compiling: Compile) -> Expression:
    value = _declaration(node, compiling).correct
    if value is None:
        refuse(node, "this response has no qti-correct-response")
    return lambda scope: value


def _map_response(node: Node, compiling: Compile) -> Expression:
    declaration = _declaration(node, compiling)
    mapping = declaration.mapping
    if mapping is None:
        refuse(node, "this response has no qti-mapping")

    def run(scope: Scope) -> Value | None:
        return number(mapped(mapping, scope.responses.get(declaration.identifier)))

    return run


def mapped(mapping: ValueMapping, response: Value | None) -> float:
    """Add up what each different atom of a response is worth, within the bounds (QTI 3.0, "mapResponse")."""
    atoms: tuple[Atom, ...] = () if response is None else tuple(dict.fromkeys(response.atoms))
    total = sum((_worth(mapping, each) for each in atoms), 0.0)
    if mapping.lower is not None:
        total = max(total, mapping.lower)
    return total if mapping.upper is None else min(total, mapping.upper)


def _worth(mapping: ValueMapping, given: Atom) -> float:
    return next((entry.value for entry in mapping.entries if _is_key(entry, given)), mapping.default)


def _is_key(entry: MapEntry, given: Atom) -> bool:
    if not entry.case_sensitive and isinstance(entry.key, str) and isinstance(given, str):
        return entry.key.casefold() == given.casefold()
    return entry.key == given


FAMILY: Family = {
    "qti-base-value": _base_value,
    "qti-variable": _variable,
    "qti-correct": _correct,
    "qti-map-response": _map_response,
}
