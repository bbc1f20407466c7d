"""QTI's typed values (QTI 3.0 information model, "Value").

A Value is never empty: the empty container and the empty string are QTI's NULL, which is None here.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class BaseType(StrEnum):
    """What one atom of a value is."""

    IDENTIFIER = "identifier"
    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"


class Cardinality(StrEnum):
    """How many atoms there may be, and whether their order counts."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"


NUMERIC = frozenset({BaseType.INTEGER, BaseType.FLOAT})

Atom = str | int | float | bool

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][+-]?[0-9]{1,2})?")
_IDENTIFIER = re.compile(r"[^\W\d][\w.-]{0,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One or more atoms of one base type."""

    cardinality: Cardinality
    base_type: BaseType
    atoms: tuple[Atom, ...]

    @property
    def atom(self) -> Atom:
        """The only atom of a single value."""
        return self.atoms[0]


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


def container(cardinality: Cardinality, base_type: BaseType, atoms: Iterable[Atom]) -> Value | None:
    """Wrap atoms; no atoms are NULL."""
    kept = tuple(atoms)
    return Value(cardinality=cardinality, base_type=base_type, atoms=kept) if kept else None


def parse_atom(base_type: BaseType, text: str) -> Atom:
    """Read one atom from its lexical form (ASCII digits); raises ValueError."""
    match base_type:
        case BaseType.INTEGER if _INTEGER.fullmatch(text):
            return int(text)
        case BaseType.FLOAT if _FLOAT.fullmatch(text):
            return float(text)
        case BaseType.BOOLEAN if text in ("true", "false"):
            return text == "true"
        case BaseType.IDENTIFIER if _IDENTIFIER.fullmatch(text):
            return text
        case BaseType.STRING:
            return text
    raise ValueError(f"{text!r} is not of type {base_type}")


def matches(left: Value, right: Value) -> bool:
    """Tell whether two values are the same; the order of a multiple does not count (QTI 3.0, "match")."""
    if left.cardinality is not right.cardinality:
        return False
    if left.cardinality is Cardinality.MULTIPLE:
        return Counter(left.atoms) == Counter(right.atoms)
    return left.atoms == right.atoms
