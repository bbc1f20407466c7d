"""Reads response and outcome declarations (QTI 3.0, "responseDeclaration", "outcomeDeclaration", "mapping")."""

import unicodedata

from item_bank.qti.attributes import flag, floating, only, required, word
from item_bank.qti.model import MapEntry, Node, OutcomeDeclaration, ResponseDeclaration, ValueMapping
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import Atom, BaseType, Cardinality, Value, container, parse_atom

_VARIABLE = {"identifier", "cardinality", "base-type"}
_OUTCOME = _VARIABLE | {"normal-maximum", "normal-minimum", "interpretation", "view"}


def read_response(node: Node) -> ResponseDeclaration:
    """Read one response declaration."""
    only(node, _VARIABLE)
    parts = _parts(node, "qti-correct-response", "qti-mapping")
    cardinality, base_type = word(node, "cardinality", Cardinality), word(node, "base-type", BaseType)
    mapping = parts.get("qti-mapping")
    return ResponseDeclaration(
        identifier=identifier(node),
        cardinality=cardinality,
        base_type=base_type,
        correct=_value(parts.get("qti-correct-response"), cardinality, base_type),
        mapping=None if mapping is None else _mapping(mapping, base_type),
    )


def read_outcome(node: Node) -> OutcomeDeclaration:
    """Read one outcome declaration; a numeric outcome without default starts at 0 (QTI 3.0, "outcomeDeclaration")."""
    only(node, _OUTCOME)
    parts = _parts(node, "qti-default-value")
    cardinality, base_type = word(node, "cardinality", Cardinality), word(node, "base-type", BaseType)
    return OutcomeDeclaration(
        identifier=identifier(node),
        cardinality=cardinality,
        base_type=base_type,
        default=_value(parts.get("qti-default-value"), cardinality, base_type),
        normal_maximum=floating(node, "normal-maximum"),
    )


def identifier(node: Node, name: str = "identifier") -> str:
    """Return an attribute that must be a QTI identifier."""
    return str(atom(node, BaseType.IDENTIFIER, required(node, name)))


def atom(node: Node, base_type: BaseType, text: str) -> Atom:
    """Read one atom of the file, text in NFC; refuses what is not of the type."""
    try:
        return parse_atom(base_type, unicodedata.normalize("NFC", text.strip()))
    except ValueError as error:
        refuse(node, str(error))


def _parts(node: Node, *known: str) -> dict[str, Node]:
    parts: dict[str, Node] = {}
    for child in node.elements:
        if child.name not in known or child.name in parts:
            refuse(child, f"not expected here, in {node.name}")
        parts[child.name] = child
    return parts


def _value(node: Node | None, cardinality: Cardinality, base_type: BaseType) -> Value | None:
    if node is None:
        return None
    only(node, ("interpretation",))
    for child in node.elements:
        if child.name != "qti-value":
            refuse(child, "only qti-value is expected here")
        only(child, ())
    atoms = tuple(atom(child, base_type, child.text) for child in node.elements)
    if cardinality is Cardinality.SINGLE and len(atoms) > 1:
        refuse(node, "a single value has one qti-value")
    return container(cardinality, base_type, atoms)


def _mapping(node: Node, base_type: BaseType) -> ValueMapping:
    only(node, ("default-value", "lower-bound", "upper-bound"))
    if not node.elements:
        refuse(node, "a mapping has at least one qti-map-entry")
    return ValueMapping(
        entries=tuple(_entry(child, base_type) for child in node.elements),
        default=floating(node, "default-value") or 0.0,
        lower=floating(node, "lower-bound"),
        upper=floating(node, "upper-bound"),
    )


def _entry(node: Node, base_type: BaseType) -> MapEntry:
    if node.name != "qti-map-entry":
        refuse(node, "only qti-map-entry is expected here")
    only(node, ("map-key", "mapped-value", "case-sensitive"))
    value = floating(node, "mapped-value")
    if value is None:
        refuse(node, "attribute mapped-value is missing")
    return MapEntry(key=atom(node, base_type, required(node, "map-key")), value=value, case_sensitive=flag(node, "case-sensitive", True))
