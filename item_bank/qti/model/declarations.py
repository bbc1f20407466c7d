"""Variables as an item declares them (QTI 3.0 information model, "Variable Declarations"). Records only."""

from dataclasses import dataclass

from item_bank.qti.values import Atom, BaseType, Cardinality, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """What one response value is worth."""

    key: Atom
    value: float
    case_sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMapping:
    """A response's worth, value by value (QTI 3.0, "Mapping")."""

    entries: tuple[MapEntry, ...]
    default: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A shape with its coordinates in pixels (QTI 3.0, "Shape"): circle, rect, ellipse, poly or default (everywhere)."""

    shape: str
    coords: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMapEntry:
    """What a point inside an area is worth."""

    area: Area
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMapping:
    """A point's worth, area by area; the first area that holds it counts (QTI 3.0, "AreaMapping")."""

    entries: tuple[AreaMapEntry, ...]
    default: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchTable:
    """Exact numbers to values (QTI 3.0, "MatchTable"); some systems write words for numbers."""

    entries: tuple[tuple[int | str, Value | None], ...]
    default: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpolationEntry:
    """The value from a threshold on."""

    source: float
    include_boundary: bool
    target: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpolationTable:
    """Thresholds to values, in the order they are tried (QTI 3.0, "InterpolationTable")."""

    entries: tuple[InterpolationEntry, ...]
    default: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDeclaration:
    """One response variable: its type, its key, its mappings. A record has no base type."""

    identifier: str
    cardinality: Cardinality
    base_type: BaseType | None
    default: Value | None = None
    correct: Value | None = None
    mapping: ValueMapping | None = None
    area_mapping: AreaMapping | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDeclaration:
    """One outcome variable, the value it starts with and its lookup table."""

    identifier: str
    cardinality: Cardinality
    base_type: BaseType | None
    default: Value | None = None
    normal_minimum: float | None = None
    normal_maximum: float | None = None
    mastery_value: float | None = None
    external_scored: str = ""  # "human" or "externalMachine": scored by somebody else
    table: MatchTable | InterpolationTable | None = None
    mapping: ValueMapping | None = None  # not the specification's: some systems map outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDeclaration:
    """One template variable, drawn when an item is cloned for a candidate."""

    identifier: str
    cardinality: Cardinality
    base_type: BaseType | None
    default: Value | None = None
    param_variable: bool = False
    math_variable: bool = False


Declaration = ResponseDeclaration | OutcomeDeclaration | TemplateDeclaration
