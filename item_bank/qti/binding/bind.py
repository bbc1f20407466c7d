"""Binding: every response that an item declares gets its typed value.

Strict (a candidate's page): the first misfit refuses everything, with the response and a stable problem code. Lenient (responses that
another system recorded): what fits is kept, what does not is NULL, and nothing is asked of choices and counts.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding.atoms import Manner, read_atom
from item_bank.qti.binding.constraints import check
from item_bank.qti.binding.given import NOTHING, Entry, Given, Misfit, is_file, read_given
from item_bank.qti.binding.records import STRING_VALUE, given_record, typed_record
from item_bank.qti.model import (
    CustomInteraction,
    EndAttemptInteraction,
    ExtendedTextInteraction,
    Interaction,
    QtiItem,
    ResponseDeclaration,
    TextEntryInteraction,
)
from item_bank.qti.values import FALSE, Atom, BaseType, Cardinality, FileValue, Pair, Point, RecordField, Value, container

Responses = Mapping[str, Value | None]
Interactions = tuple[Interaction, ...]

MAX_ENTRIES = 1_000

_PAIRED = frozenset({BaseType.PAIR, BaseType.DIRECTED_PAIR, BaseType.POINT})


def bind(item: QtiItem, raw: Json, *, lenient: bool = False) -> Responses:
    """Return every declared response, typed: NULL where unanswered, its default where the page said nothing of it.

    A response that is not named and whose default template processing may set is left out: score() knows the candidate's copy.
    Strict binding raises WrongResponse (details `response`, `problem`) and binds nothing.
    """
    named = _named(item, raw, lenient)
    interactions = interactions_of(item)
    bound: dict[str, Value | None] = {}
    for name, declared in item.responses.items():
        if name in named:
            bound[name] = _bound(declared, named[name], interactions.get(name, ()), lenient)
        elif name not in _set_by_template(item):
            bound[name] = declared.default
        if bound.get(name) is None and _is_button(declared, interactions.get(name, ())):
            bound[name] = FALSE  # not pressed (QTI 3.0, "endAttemptInteraction")
    return bound | _as_typed(item, named, lenient)


def typed(item: QtiItem, raw: Json) -> Mapping[str, tuple[str, ...]]:
    """Return what to fill controls with, as text, by response: what was sent, else its default; a file is its name.

    Tolerant: what cannot be shown is left out.
    """
    try:
        named = _named(item, raw, lenient=True)
    except WrongResponse:
        return {}
    defaults = {name: declared.default for name, declared in item.responses.items() if name not in named}
    shown = {name: tuple(map(_written, value.atoms)) for name, value in defaults.items() if value and value.base_type}
    for name, value in named.items():
        try:
            given = read_given(value)
        except Misfit:
            continue
        strings = (inner for field, inner, _ in given.fields if field == STRING_VALUE)
        entries = given.entries if not given.fields else next(strings, NOTHING).entries
        shown[name] = tuple(_words(entry) for entry in entries)
    return shown


def _written(atom: Atom) -> str:
    if isinstance(atom, FileValue):
        return atom.name
    if isinstance(atom, Pair | Point):
        return f"{atom[0]} {atom[1]}"
    return "" if isinstance(atom, RecordField) else _words(atom)


def _words(entry: Entry) -> str:
    if isinstance(entry, Mapping):
        return f"{entry.get('name') or ''}"
    return f"{entry}".lower() if isinstance(entry, bool) else f"{entry}"


def _named(item: QtiItem, raw: Json, lenient: bool) -> Mapping[str, Json]:
    """Return the responses by name; an item with one response also takes the bare value."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or (is_file(raw) and "data" not in item.responses):
        if len(item.responses) != 1:
            raise WrongResponse("this question has several responses; name each one", problem="unnamed_response")
        return {next(iter(item.responses)): raw}
    unknown = sorted(str(name) for name in raw.keys() - item.responses.keys())
    if unknown and not lenient:
        name = unknown[0][:100]
        raise WrongResponse(f"this question has no response called {name}", response=name, problem="unknown_response")
    return {name: value for name, value in raw.items() if name in item.responses}


@lru_cache(maxsize=1024)
def interactions_of(item: QtiItem) -> Mapping[str, Interactions]:
    """Return an item's interactions by their response; several for one where template blocks show one of them."""
    found: dict[str, Interactions] = {}
    for interaction in item.interactions:
        found[interaction.response] = (*found.get(interaction.response, ()), interaction)
    return found


@lru_cache(maxsize=1024)
def _set_by_template(item: QtiItem) -> frozenset[str]:
    if item.template_processing is None:
        return frozenset()
    rules = (node for node in item.template_processing.walk() if node.name == "qti-set-default-value")
    return frozenset(node.attributes.get("identifier", "").strip() for node in rules)


def _is_button(declared: ResponseDeclaration, interactions: Interactions) -> bool:
    return declared.base_type is BaseType.BOOLEAN and any(isinstance(each, EndAttemptInteraction) for each in interactions)


def _bound(declared: ResponseDeclaration, raw: Json, interactions: Interactions, lenient: bool) -> Value | None:
    try:
        value = _value(declared, read_given(raw), interactions, lenient)
        if value is not None and not lenient:
            _check(value, interactions)
    except Misfit as misfit:
        if lenient:
            return None
        raise WrongResponse(misfit.message, response=declared.identifier, problem=misfit.problem) from None
    return value


def _check(value: Value, interactions: Interactions) -> None:
    """Check a value against its interaction; where several speak for one response, it must fit one of them."""
    if not interactions:
        raise Misfit("no_interaction", "nothing on this page asks for that response")
    misfits = []
    for interaction in interactions:
        try:
            check(interaction, value)
        except Misfit as misfit:
            misfits.append(misfit)
    if len(misfits) == len(interactions):
        raise misfits[0]


def _value(declared: ResponseDeclaration, given: Given, interactions: Interactions, lenient: bool) -> Value | None:
    if given.is_nothing:
        return None
    manner = _manner(interactions, lenient)
    if declared.cardinality is Cardinality.RECORD:
        return _record(given, interactions, manner)
    if given.fields:
        raise Misfit("wrong_cardinality", "no record is expected here")
    if len(given.entries) > MAX_ENTRIES:
        raise Misfit("too_many", f"at most {MAX_ENTRIES} entries")
    base_type = declared.base_type or BaseType.STRING
    entries = _joined(given.entries) if declared.cardinality is Cardinality.SINGLE and base_type in _PAIRED else given.entries
    atoms = [atom for entry in entries for atom in _atoms(base_type, entry, manner)]
    if declared.cardinality is Cardinality.SINGLE and len(atoms) > 1:
        raise Misfit("wrong_cardinality", "one answer is expected here, not several")
    return container(declared.cardinality, declared.base_type, atoms)


def _atoms(base_type: BaseType, entry: Entry, manner: Manner) -> Iterable[Atom]:
    try:
        atom = read_atom(base_type, entry, manner)
    except Misfit:
        if manner.lenient:
            return
        raise
    if atom is not None:
        yield atom


def _joined(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The two halves of the one pair or point, where they came as a list."""
    halves = len(entries) == 2 and all(
        isinstance(entry, int | float) or (isinstance(entry, str) and len(entry.split()) == 1) for entry in entries
    )
    return (f"{entries[0]} {entries[1]}",) if halves else entries


def _record(given: Given, interactions: Interactions, manner: Manner) -> Value | None:
    """A record is what was typed into a text field; its fields as they came only in other systems' data, or from a custom interaction."""
    if len(given.entries) == 1:
        return typed_record(given.entries[0], manner)
    if given.entries:
        raise Misfit("wrong_cardinality", "one answer is expected here, not several")
    text = next((inner for name, inner, _ in given.fields if name == STRING_VALUE), NOTHING)
    if manner.lenient or any(isinstance(each, CustomInteraction) for each in interactions):
        return given_record(given)
    if len(text.entries) != 1:
        raise Misfit("wrong_shape", "what was typed is expected here")
    return typed_record(text.entries[0], manner)


def _manner(interactions: Interactions, lenient: bool) -> Manner:
    field = next((each for each in interactions if isinstance(each, TextEntryInteraction | ExtendedTextInteraction)), None)
    if field is None:
        return Manner(lenient=lenient)
    return Manner(lenient=lenient, base=field.base, lines=isinstance(field, ExtendedTextInteraction))


def _as_typed(item: QtiItem, named: Mapping[str, Json], lenient: bool) -> dict[str, Value | None]:
    """Second responses that take what was typed, as text, besides its number (QTI 3.0, "textEntryInteraction", string-identifier)."""
    extra: dict[str, Value | None] = {}
    for name, interactions in interactions_of(item).items():
        for field in interactions:
            second = (
                item.responses.get(field.string_identifier) if isinstance(field, TextEntryInteraction | ExtendedTextInteraction) else None
            )
            if second is not None and name in named and second.base_type is BaseType.STRING:
                extra[second.identifier] = _bound(second, _string_of(named[name]), (field,), lenient)
    return extra


def _string_of(raw: Json) -> Json:
    try:
        given = read_given(raw)
    except Misfit:  # the first response has said so, or is lenient
        return None
    if given.fields:
        given = next((inner for name, inner, _ in given.fields if name == STRING_VALUE), NOTHING)
    return [entry if isinstance(entry, str) else f"{entry}" for entry in given.entries if not isinstance(entry, Mapping)]
