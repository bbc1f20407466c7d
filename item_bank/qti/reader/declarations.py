"""Reads response, outcome and template declarations (QTI 3.0, "Variable Declarations").

Tolerant: a value that is not of its type is left out, an unknown base type reads as string; validity/ reports both.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from item_bank.qti.model.declarations import (
    Area,
    AreaMapEntry,
    AreaMapping,
    InterpolationEntry,
    InterpolationTable,
    MapEntry,
    MatchTable,
    OutcomeDeclaration,
    ResponseDeclaration,
    TemplateDeclaration,
    ValueMapping,
)
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.attributes import flag, floating, raw, text, whole, word
from item_bank.qti.text import whole_part
from item_bank.qti.values import Atom, BaseType, Cardinality, RecordField, Value, container, parse_atom, single


def read_response(node: Node) -> ResponseDeclaration:
    """Read one response declaration."""
    cardinality, base_type = read_type(node)
    mapping, areas = node.first("qti-mapping"), node.first("qti-area-mapping")
    return ResponseDeclaration(
        identifier=text(node, "identifier"),
        cardinality=cardinality,
        base_type=base_type,
        default=read_value(node.first("qti-default-value"), cardinality, base_type),
        correct=read_value(node.first("qti-correct-response"), cardinality, base_type),
        mapping=None if mapping is None else _mapping(mapping, base_type or BaseType.STRING),
        area_mapping=None if areas is None else _area_mapping(areas),
    )


def read_outcome(node: Node) -> OutcomeDeclaration:
    """Read one outcome declaration."""
    cardinality, base_type = read_type(node)
    mapping = node.first("qti-mapping")
    return OutcomeDeclaration(
        identifier=text(node, "identifier"),
        cardinality=cardinality,
        base_type=base_type,
        default=read_value(node.first("qti-default-value"), cardinality, base_type),
        normal_minimum=floating(node, "normal-minimum"),
        normal_maximum=floating(node, "normal-maximum"),
        mastery_value=floating(node, "mastery-value"),
        external_scored=text(node, "external-scored"),
        table=_table(node, cardinality, base_type),
        mapping=None if mapping is None else _mapping(mapping, base_type or BaseType.STRING),
    )


def read_template(node: Node) -> TemplateDeclaration:
    """Read one template declaration."""
    cardinality, base_type = read_type(node)
    return TemplateDeclaration(
        identifier=text(node, "identifier"),
        cardinality=cardinality,
        base_type=base_type,
        default=read_value(node.first("qti-default-value"), cardinality, base_type),
        param_variable=flag(node, "param-variable", False),
        math_variable=flag(node, "math-variable", False),
    )


def read_type(node: Node) -> tuple[Cardinality, BaseType | None]:
    """Return the cardinality and base type that a declaration names; a record has no base type."""
    cardinality = word(node, "cardinality", Cardinality) or Cardinality.SINGLE
    if cardinality is Cardinality.RECORD:
        return cardinality, None
    return cardinality, word(node, "base-type", BaseType) or BaseType.STRING


def read_value(node: Node | None, cardinality: Cardinality, base_type: BaseType | None) -> Value | None:
    """Read the qti-value children of a node; NULL where there are none."""
    values = () if node is None else node.named("qti-value")
    if cardinality is Cardinality.RECORD:
        return container(cardinality, None, _fields(values))
    atoms = [atom for value in values if (atom := read_atom(base_type or BaseType.STRING, value.text)) is not None]
    return container(cardinality, base_type, atoms[:1] if cardinality is Cardinality.SINGLE else atoms)


def _fields(values: Iterable[Node]) -> Iterable[Atom]:
    for value in values:
        base_type = word(value, "base-type", BaseType) or BaseType.STRING
        atom = read_atom(base_type, value.text)
        yield RecordField(text(value, "field-identifier"), None if atom in (None, "") else single(base_type, atom))


def read_atom(base_type: BaseType, written: str) -> Atom | None:
    """Read one atom of a file: text in NFC without outer spaces; None when it is not of the type.

    Some systems write 3.0 for an integer, True for a truth, a comma between the two of a pair or point: what they mean is plain.
    """
    word = unicodedata.normalize("NFC", written.strip())
    for spelling in (word, _meant(base_type, word)):
        try:
            return parse_atom(base_type, spelling)
        except ValueError:
            continue
    return None


def _meant(base_type: BaseType, word: str) -> str:
    match base_type:
        case BaseType.INTEGER | BaseType.INT_OR_IDENTIFIER:
            return whole_part(word)
        case BaseType.BOOLEAN:
            return word.lower()
        case BaseType.PAIR | BaseType.DIRECTED_PAIR | BaseType.POINT:
            return word.replace(",", " ")
        case _:
            return word


def read_area(node: Node) -> Area:
    """Read shape and coords: numbers with commas or spaces between; a percentage reads as its number."""
    numbers = text(node, "coords").replace(",", " ").replace("%", " ").split()
    try:
        coords = tuple(float(number) for number in numbers[:2000])
    except ValueError:
        coords = ()
    return Area(shape=text(node, "shape", "default"), coords=coords)


def _mapping(node: Node, base_type: BaseType) -> ValueMapping:
    case = flag(node, "case-sensitive", True)  # not the specification's place for it, but some systems write it here
    entries = (_entry(child, base_type, case) for child in node.named("qti-map-entry"))
    return ValueMapping(
        entries=tuple(entry for entry in entries if entry is not None),
        default=floating(node, "default-value") or 0.0,
        lower=floating(node, "lower-bound"),
        upper=floating(node, "upper-bound"),
    )


def _entry(node: Node, base_type: BaseType, case: bool) -> MapEntry | None:
    key = read_atom(base_type, text(node, "map-key"))
    if key is None:
        return None
    return MapEntry(key=key, value=floating(node, "mapped-value") or 0.0, case_sensitive=flag(node, "case-sensitive", case))


def _area_mapping(node: Node) -> AreaMapping:
    entries = (
        AreaMapEntry(area=read_area(child), value=floating(child, "mapped-value") or 0.0) for child in node.named("qti-area-map-entry")
    )
    return AreaMapping(
        entries=tuple(entries),
        default=floating(node, "default-value") or 0.0,
        lower=floating(node, "lower-bound"),
        upper=floating(node, "upper-bound"),
    )


def _table(node: Node, cardinality: Cardinality, base_type: BaseType | None) -> MatchTable | InterpolationTable | None:
    def target(child: Node, name: str) -> Value | None:
        atom = read_atom(base_type or BaseType.STRING, found) if (found := raw(child, name)) is not None else None
        return None if atom is None else container(cardinality, base_type, (atom,))

    match = node.first("qti-match-table")
    if match is not None:
        entries = ((_source(child), target(child, "target-value")) for child in match.named("qti-match-table-entry"))
        return MatchTable(entries=tuple(entry for entry in entries if entry[0] != ""), default=target(match, "default-value"))
    steps = node.first("qti-interpolation-table")
    if steps is None:
        return None
    thresholds = tuple(
        InterpolationEntry(
            source=floating(child, "source-value") or 0.0,
            include_boundary=flag(child, "include-boundary", True),
            target=target(child, "target-value"),
        )
        for child in steps.named("qti-interpolation-table-entry")
    )
    return InterpolationTable(entries=_in_order(thresholds), default=target(steps, "default-value"))


def _in_order(entries: tuple[InterpolationEntry, ...]) -> tuple[InterpolationEntry, ...]:
    """The first threshold that is reached counts (QTI 3.0, "InterpolationTable"), so they go down; some systems write them going up."""
    goes_up = all(lower.source < higher.source for lower, higher in pairwise(entries))
    return entries[::-1] if goes_up else entries


def _source(entry: Node) -> int | str:
    number = whole(entry, "source-value")
    return text(entry, "source-value") if number is None else number
