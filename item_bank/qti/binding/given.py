"""The shapes that one response may come in, made one: entries without a type, or a record's named ones.

    "A"   12.5   true   ["A", "C"]   null                                    as a page of ours sends it
    {"name", "media_type", "data"}                                           a file (in base64)
    {"base": {"identifier": "A"}}   {"list": {"pair": [["A", "B"]]}}   {"record": [{"name", "base"}]}     1EdTech's JSON (PCI 1.0)
    {"value", "baseType", "cardinality"}                                     files of cases
    {"x": 1, "y": "A"}                                                       a record in short

The type that a shape names does not count: the response's declaration has the word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json

Entry = str | int | float | bool | Mapping[str, Json]
"""One value without a type; a mapping is a file."""


class Misfit(Exception):
    """One response that does not fit; `problem` is the stable code that WrongResponse carries."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One response as it came. `fields` are a record's: (name, value, the base type that it names or "")."""

    entries: tuple[Entry, ...] = ()
    fields: "tuple[tuple[str, Given, str], ...]" = ()

    @property
    def is_nothing(self) -> bool:
        """Tell whether it was left unanswered."""
        return not self.fields and all(isinstance(entry, str) and not entry.strip() for entry in self.entries)


NOTHING = Given()


def read_given(value: Json, *, depth: int = 0) -> Given:
    """Read any of the shapes; raises Misfit."""
    if value is None:
        return NOTHING
    if isinstance(value, str | int | float):
        return Given(entries=(value,))
    if isinstance(value, Mapping):
        return _from_mapping(value, depth)
    if isinstance(value, Sequence):
        return Given(entries=tuple(_entry(each) for each in value if each is not None))
    raise Misfit("wrong_shape", "a response is text, a number, a file, or a list of them")


def _entry(value: Json) -> Entry:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return _unwrapped(value)
    if isinstance(value, Sequence) and len(value) == 2 and all(isinstance(each, str | int | float) for each in value):
        return f"{value[0]} {value[1]}"  # a pair or a point
    raise Misfit("wrong_shape", "a response is text, a number, a file, or a list of them")


def _unwrapped(value: Mapping[str, Json]) -> Entry:
    if is_file(value):
        return value
    inner = _from_mapping(value, 1)
    if len(inner.entries) != 1:
        raise Misfit("wrong_shape", "a list inside a list is no response")
    return inner.entries[0]


def is_file(value: Mapping[str, Json]) -> bool:
    """Tell whether a mapping is a file: ours, or 1EdTech's with `mime`."""
    return "data" in value and value.keys() <= {"name", "media_type", "mime", "data"}


def _from_mapping(value: Mapping[str, Json], depth: int) -> Given:
    if depth > 2:
        raise Misfit("wrong_shape", "a response is nested too deeply")
    if is_file(value):
        return Given(entries=(value,))
    keys = value.keys()
    if keys == {"base"}:
        return Given(entries=() if (only := _only(value["base"])) is None else (_entry(only),))
    if keys == {"list"}:
        return read_given(_only(value["list"]), depth=depth + 1)
    if keys == {"record"} and isinstance(value["record"], Sequence):
        return Given(fields=tuple(_field(each, depth) for each in value["record"]))
    if "value" in keys and keys <= {"value", "baseType", "cardinality", "base_type"}:
        return read_given(value["value"], depth=depth + 1)
    return Given(fields=tuple((name, read_given(each, depth=depth + 1), "") for name, each in value.items()))


def _only(wrapped: Json) -> Json:
    """Return the value in {type: value}; null stands for none."""
    if wrapped is None:
        return None
    if not isinstance(wrapped, Mapping) or len(wrapped) != 1:
        raise Misfit("wrong_shape", "a typed value has one type and one value")
    return next(iter(wrapped.values()))


def _field(value: Json, depth: int) -> tuple[str, Given, str]:
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise Misfit("wrong_shape", "a record's field has a name")
    inner = {key: each for key, each in value.items() if key in ("base", "list")}
    wrapped = inner.get("base")
    named = next(iter(wrapped)) if isinstance(wrapped, Mapping) and wrapped else ""
    return str(value["name"]), read_given(inner, depth=depth + 1) if inner else NOTHING, named
