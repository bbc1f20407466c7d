"""mapResponse and mapResponsePoint: what a response is worth (QTI 3.0, "Mapping", "AreaMapping").

Every different value counts once, every entry and every area counts once; what no entry names is worth the default, and so is NULL; the
total stays within the bounds.
"""

from collections.abc import Callable

from item_bank.qti.model.declarations import AreaMapping, ResponseDeclaration, TemplateDeclaration, ValueMapping
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.geometry import holds_point, points_of
from item_bank.qti.processing.operands import null
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.attributes import text
from item_bank.qti.text import comparable
from item_bank.qti.values import Atom, BaseType, Value, key_of, number

Worth = Callable[[Value | None], float]


def worth_by(mapping: ValueMapping, base_type: BaseType | None) -> Worth:
    """Compile a mapping: from a response to what it is worth."""
    exact: dict[Atom, int] = {}
    folded: dict[str, int] = {}
    for place, entry in enumerate(mapping.entries):
        if entry.case_sensitive or not isinstance(entry.key, str):
            exact.setdefault(key_of(base_type, entry.key), place)
        else:
            folded.setdefault(comparable(entry.key).casefold(), place)
    none = len(mapping.entries)

    def place_of(atom: Atom) -> int:
        found = exact.get(key_of(base_type, atom), none)
        return min(found, folded.get(comparable(atom).casefold(), none)) if folded and isinstance(atom, str) else found

    def worth(response: Value | None) -> float:
        if response is None:
            return _bounded(mapping, mapping.default)
        places = {key_of(base_type, atom): place_of(atom) for atom in response.atoms}
        total = sum((mapping.entries[place].value for place in sorted(set(places.values()) - {none})), 0.0)
        return _bounded(mapping, total + mapping.default * sum(place == none for place in places.values()))

    return worth


def worth_by_area(mapping: AreaMapping) -> Worth:
    """Compile an area mapping; a point counts for the first area that holds it."""

    def worth(response: Value | None) -> float:
        points = points_of(response)
        if points is None:
            return _bounded(mapping, mapping.default)
        places = {point: next((at for at, entry in enumerate(mapping.entries) if holds_point(entry.area, point)), None) for point in points}
        total = sum((mapping.entries[place].value for place in sorted({place for place in places.values() if place is not None})), 0.0)
        return _bounded(mapping, total + mapping.default * sum(place is None for place in places.values()))

    return worth


def _bounded(mapping: ValueMapping | AreaMapping, total: float) -> float:
    if mapping.lower is not None:
        total = max(total, mapping.lower)
    return total if mapping.upper is None else min(total, mapping.upper)


def _map_response(node: Node, compiling: Compile) -> Expression:
    name = text(node, "identifier")
    declared = compiling.declarations.get(name)
    if declared is None or isinstance(declared, TemplateDeclaration) or declared.mapping is None or declared.base_type is None:
        return null
    worth = worth_by(declared.mapping, declared.base_type)
    return lambda scope: number(worth(scope.values.get(name)))


def _map_response_point(node: Node, compiling: Compile) -> Expression:
    name = text(node, "identifier")
    declared = compiling.declarations.get(name)
    if not isinstance(declared, ResponseDeclaration) or declared.area_mapping is None:
        return null
    worth = worth_by_area(declared.area_mapping)
    cost = sum(len(entry.area.coords) for entry in declared.area_mapping.entries)

    def run(scope: Scope) -> Value | None:
        value = scope.values.get(name)
        return number(worth(value)) if value is None or scope.spend(len(value.atoms) * cost // 8) else None

    return run


FAMILY: Family = {
    "qti-map-response": _map_response,
    "qti-map-response-point": _map_response_point,
}
