"""QTI's typed values (QTI 3.0 information model, "Value").

A Value is never empty: the empty container and the empty string are QTI's NULL, which is None here.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from assessment_engine.kernel.canonical import Json
from item_bank.qti.text import comparable


class BaseType(StrEnum):
    """What one atom of a value is."""

    BOOLEAN = "boolean"
    DIRECTED_PAIR = "directedPair"
    DURATION = "duration"
    FILE = "file"
    FLOAT = "float"
    IDENTIFIER = "identifier"
    INTEGER = "integer"
    INT_OR_IDENTIFIER = "intOrIdentifier"
    PAIR = "pair"
    POINT = "point"
    STRING = "string"
    URI = "uri"


class Cardinality(StrEnum):
    """How many atoms there may be, whether their order counts, or whether they have names (record)."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"
    RECORD = "record"


NUMERIC = frozenset({BaseType.INTEGER, BaseType.FLOAT})


class Point(NamedTuple):
    """Pixels from the left and from the top."""

    x: float
    y: float


class Pair(NamedTuple):
    """Two identifiers; their order counts only in a directedPair."""

    first: str
    second: str


class FileValue(NamedTuple):
    """A file that a candidate handed in: kept elsewhere under its digest, or its content as base64 inside a QTI file."""

    name: str
    media_type: str
    data: str


class RecordField(NamedTuple):
    """One named value of a record."""

    name: str
    value: "Value | None"


Atom = str | int | float | bool | Point | Pair | FileValue | RecordField


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One or more atoms of one base type; the atoms of a record are RecordFields, and it has no base type."""

    cardinality: Cardinality
    base_type: BaseType | None
    atoms: tuple[Atom, ...]

    @property
    def atom(self) -> Atom:
        """The only atom of a single value."""
        return self.atoms[0]

    @property
    def fields(self) -> "Mapping[str, Value | None]":
        """A record's values by name."""
        return {atom.name: atom.value for atom in self.atoms if isinstance(atom, RecordField)}


def single(base_type: BaseType, atom: Atom) -> Value:
    """Wrap one atom."""
    return Value(cardinality=Cardinality.SINGLE, base_type=base_type, atoms=(atom,))


TRUE = single(BaseType.BOOLEAN, True)
FALSE = single(BaseType.BOOLEAN, False)


def boolean(truth: bool) -> Value:
    """Return QTI's true or false."""
    return TRUE if truth else FALSE


def number(value: float) -> Value:
    """Wrap a float."""
    return single(BaseType.FLOAT, value)


def integer(value: int) -> Value:
    """Wrap an integer."""
    return single(BaseType.INTEGER, value)


def container(cardinality: Cardinality, base_type: BaseType | None, atoms: Iterable[Atom]) -> Value | None:
    """Wrap atoms; no atoms, or the one empty string, are NULL."""
    kept = tuple(atoms)
    empty = not kept or (cardinality is Cardinality.SINGLE and kept[0] == "")
    return None if empty else Value(cardinality=cardinality, base_type=base_type, atoms=kept)


def record(fields: Mapping[str, Value | None]) -> Value | None:
    """Wrap named values; an empty record is NULL."""
    return container(Cardinality.RECORD, None, (RecordField(name, value) for name, value in fields.items()))


_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?(([0-9]{1,18}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?|INF|NaN)")
_WORD = re.compile(r"\S{1,255}")  # stricter identifiers are a matter of validity/, not of reading
_ISO_DURATION = re.compile(
    r"P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


def parse_atom(base_type: BaseType, text: str) -> Atom:
    """Read one atom from its lexical form (ASCII digits, outer spaces kept only in strings); raises ValueError."""
    word = text if base_type is BaseType.STRING else text.strip()
    atom = _parse(base_type, word)
    if atom is None:
        raise ValueError(f"{text[:80]!r} is not of type {base_type}")
    return atom


def _parse(base_type: BaseType, word: str) -> Atom | None:
    match base_type:
        case BaseType.STRING | BaseType.URI:
            return word
        case BaseType.IDENTIFIER:
            return word if _WORD.fullmatch(word) else None
        case BaseType.INTEGER:
            return int(word) if _INTEGER.fullmatch(word) else None
        case BaseType.FLOAT:
            return float(word) if _FLOAT.fullmatch(word) else None
        case BaseType.BOOLEAN:
            return {"true": True, "1": True, "false": False, "0": False}.get(word)
        case BaseType.PAIR | BaseType.DIRECTED_PAIR:
            names = word.split()
            return Pair(*names) if len(names) == 2 and all(_WORD.fullmatch(name) for name in names) else None
        case BaseType.POINT:
            numbers = word.split()
            return Point(*map(_pixels, numbers)) if len(numbers) == 2 and all(map(_FLOAT.fullmatch, numbers)) else None
        case BaseType.INT_OR_IDENTIFIER:
            return int(word) if _INTEGER.fullmatch(word) else word if _WORD.fullmatch(word) else None
        case BaseType.DURATION:
            return _seconds(word)
        case BaseType.FILE:
            return FileValue("", "", word)


def _pixels(word: str) -> float:
    return int(word) if _INTEGER.fullmatch(word) else float(word)


def _seconds(word: str) -> float | None:
    """Read seconds (QTI 2.1 and later), or ISO 8601's years to seconds, as QTI 2.0 and some systems write; a month has 30 days."""
    if _FLOAT.fullmatch(word):
        return float(word)
    parts = _ISO_DURATION.fullmatch(word)
    if parts is None or word.endswith("T") or not any(parts.groups()):
        return None
    return float(sum(float(part or 0) * unit for part, unit in zip(parts.groups(), _SECONDS, strict=True)))


def key_of(base_type: BaseType | None, atom: Atom) -> Atom:
    """Return what stands for an atom when atoms are compared: a pair's identifiers in one order, a text's comparable form."""
    if base_type is BaseType.STRING:
        return comparable(atom) if isinstance(atom, str) else atom
    return Pair(*sorted(atom)) if base_type is BaseType.PAIR and isinstance(atom, Pair) else atom


def same(base_type: BaseType | None, left: Atom, right: Atom) -> bool:
    """Tell whether two atoms of one base type are equal: a pair in either order, text as text.py says, an integer and a float by value."""
    return left == right or key_of(base_type, left) == key_of(base_type, right)


def matches(left: Value, right: Value) -> bool:
    """Tell whether two values are the same; the order of a multiple does not count, nor that of a record's fields (QTI 3.0, "match")."""
    if left.cardinality is not right.cardinality or len(left.atoms) != len(right.atoms):
        return False
    if left.cardinality is Cardinality.RECORD:
        return _same_fields(left.fields, right.fields)
    if left.cardinality is Cardinality.MULTIPLE and len(left.atoms) > 1:
        return Counter(key_of(left.base_type, atom) for atom in left.atoms) == Counter(key_of(left.base_type, atom) for atom in right.atoms)
    return all(same(left.base_type, one, other) for one, other in zip(left.atoms, right.atoms, strict=True))


def alike(left: Value | None, right: Value | None) -> bool:
    """Tell whether two values are the same; NULL is like NULL alone."""
    return left is right or (left is not None and right is not None and matches(left, right))


def _same_fields(left: "Mapping[str, Value | None]", right: "Mapping[str, Value | None]") -> bool:
    return left.keys() == right.keys() and all(alike(left[name], right[name]) for name in left)


def values_json(values: Mapping[str, Value | None]) -> dict[str, Json]:
    """Write variables as JSON: NULL is null, a container a list, a record an object, pairs and points two words, a file its three facts."""
    return {name: value_json(value) for name, value in values.items()}


def value_json(value: Value | None) -> Json:
    """Write one value as JSON."""
    if value is None:
        return None
    if value.cardinality is Cardinality.RECORD:
        return values_json(value.fields)
    atoms = [_atom_json(atom) for atom in value.atoms]
    return atoms[0] if value.cardinality is Cardinality.SINGLE else atoms


def _atom_json(atom: Atom) -> Json:
    if isinstance(atom, FileValue):
        return {"name": atom.name, "media_type": atom.media_type, "data": atom.data}
    if isinstance(atom, tuple):  # a pair or a point
        return f"{atom[0]} {atom[1]}"
    if isinstance(atom, float) and not math.isfinite(atom):  # for which JSON has no number
        return "NaN" if math.isnan(atom) else "INF" if atom > 0 else "-INF"
    return atom
