"""Responses and the interactions that ask for them: who is bound to what, of which type, and whether a key names choices that there are.

(QTI information model, "Interactions": each kind says the base type and cardinality of its response.)
"""

from collections.abc import Iterator, Mapping

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import Problem
from item_bank.qti.reader.declarations import read_atom
from item_bank.qti.validity.codes import finding, harmless
from item_bank.qti.validity.references import Variable, Variables
from item_bank.qti.values import BaseType, Cardinality, parse_atom

_B, _C = BaseType, Cardinality
_TEXT = (_B.STRING, _B.INTEGER, _B.FLOAT)
_BASES: Mapping[str, tuple[BaseType, ...]] = {
    **dict.fromkeys(("choice", "inline-choice", "order", "hottext", "hotspot", "graphic-order"), (_B.IDENTIFIER,)),
    **dict.fromkeys(("associate", "graphic-associate"), (_B.PAIR,)),
    **dict.fromkeys(("match", "gap-match", "graphic-gap-match"), (_B.DIRECTED_PAIR,)),
    **dict.fromkeys(("select-point", "position-object"), (_B.POINT,)),
    "slider": (_B.INTEGER, _B.FLOAT),
    "media": (_B.INTEGER,),
    **dict.fromkeys(("drawing", "upload"), (_B.FILE,)),
    **dict.fromkeys(("text-entry", "extended-text"), _TEXT),
    "end-attempt": (_B.BOOLEAN,),
}
_PAIRS = {_B.PAIR, _B.DIRECTED_PAIR}
_SEVERAL = (_C.SINGLE, _C.MULTIPLE)
_CARDINALITIES: Mapping[str, tuple[Cardinality, ...]] = {
    **dict.fromkeys(("inline-choice", "slider", "media", "drawing", "upload", "end-attempt"), (_C.SINGLE,)),
    **dict.fromkeys(("order", "graphic-order"), (_C.ORDERED,)),
    "text-entry": (_C.SINGLE, _C.RECORD),
    "extended-text": tuple(_C),
}
_CHOICES: Mapping[str, tuple[tuple[str, ...], ...]] = {  # the elements that offer identifiers, in groups that have identifiers of their own
    **dict.fromkeys(("choice", "order"), (("qti-simple-choice",),)),
    "inline-choice": (("qti-inline-choice",),),
    "associate": (("qti-simple-associable-choice",),),
    "match": (("qti-simple-associable-choice",),),
    "gap-match": (("qti-gap-text", "qti-gap-img"), ("qti-gap",)),
    "graphic-gap-match": (("qti-gap-text", "qti-gap-img"), ("qti-associable-hotspot",)),
    "hottext": (("qti-hottext",),),
    **dict.fromkeys(("hotspot", "graphic-order"), (("qti-hotspot-choice",),)),
    "graphic-associate": (("qti-associable-hotspot",),),
}
_FITTING_ALL_THE_SAME: Mapping[str, frozenset[BaseType]] = {  # what a response may be so that answers and key can be compared
    **dict.fromkeys(("choice", "inline-choice", "order", "hottext", "hotspot", "graphic-order"), frozenset({_B.STRING})),
    **dict.fromkeys(("text-entry", "extended-text"), frozenset(_B) - {_B.FILE}),
    "media": frozenset({_B.FLOAT}),
}
_LIMITED = frozenset({"choice", "hottext", "hotspot"})
_MANY = frozenset({_B.IDENTIFIER, _B.PAIR, _B.DIRECTED_PAIR})


def bindings(document: Document, known: Variables) -> Iterator[Problem]:
    """Yield what is wrong between responses and interactions, and values that are not of their type."""
    root, version = document.root, document.version
    asked: dict[str, list[Node]] = {}
    for node in root.walk():
        if node.name.endswith("-interaction") and node.name.startswith("qti-"):
            yield from _duplicate_choices(node, version)
            name = node.attributes.get("response-identifier", "").strip()
            if name:
                asked.setdefault(name, []).append(node)
    for name, nodes in asked.items():
        yield from _bound(name, nodes, known.get(name), version)
    for node in root.elements:
        if node.name.endswith("-declaration") and node.name.startswith("qti-"):
            yield from _values(node, version)
            if node.name == "qti-response-declaration":
                yield from _key(node, asked.get(node.attributes.get("identifier", "").strip(), []), version)


def kind_of(node: Node) -> str:
    """Return the kind of an interaction: choice, order, …"""
    return node.name.removeprefix("qti-").removesuffix("-interaction")


def _bound(name: str, nodes: list[Node], response: Variable | None, version: Version) -> Iterator[Problem]:
    for second in nodes[1:]:
        yield finding(second, "response_bound_twice", f"{name} is bound to another interaction as well", version)
    for node in nodes:
        if response is None or response.kind != "response" or response.node is None:
            yield finding(node, "undeclared_response", f"{name} is not declared as a response", version)
        else:
            yield from _typed(node, name, response, version)


def _typed(node: Node, name: str, response: Variable, version: Version) -> Iterator[Problem]:
    kind, cardinality = kind_of(node), response.cardinality
    bases, fitting = _BASES.get(kind), _CARDINALITIES.get(kind, _SEVERAL)
    if bases is None or cardinality is None:
        return
    if cardinality is not _C.RECORD and response.base_type is not None and response.base_type not in bases:
        code = "unusual_pair" if {response.base_type, *bases} == _PAIRS else "wrong_response_type"
        found = finding(node, code, f"{name} is of base type {response.base_type}; it must be {' or '.join(bases)}", version)
        yield harmless(found) if response.base_type in _FITTING_ALL_THE_SAME.get(kind, ()) else found
    elif cardinality not in fitting:
        yield finding(node, "unusual_cardinality", f"{name} is {cardinality}; it should be {' or '.join(fitting)}", version)
    elif kind in _LIMITED and cardinality is _C.SINGLE and node.attributes.get("max-choices", "1").strip() not in ("1", "+1", "01"):
        yield finding(node, "several_choices_into_one", f"{name} is single, and several choices may be made", version)


def _duplicate_choices(node: Node, version: Version) -> Iterator[Problem]:
    for group in _CHOICES.get(kind_of(node), ()):
        holders = node.named("qti-simple-match-set") if kind_of(node) == "match" else (node,)
        for holder in holders:
            seen: set[str] = set()
            for choice in _offering(holder, group):
                name = choice.attributes.get("identifier", "").strip()
                if name in seen:
                    yield finding(choice, "duplicate_choice", f"another choice has the identifier {name} already", version)
                seen.add(name)


def _offering(node: Node, names: tuple[str, ...]) -> Iterator[Node]:
    return (each for each in node.walk() if each.name in names)


def _values(node: Node, version: Version) -> Iterator[Problem]:
    cardinality, base = node.attributes.get("cardinality", "").strip(), node.attributes.get("base-type", "").strip()
    if cardinality in ("single", "multiple", "ordered") and not base:
        yield finding(node, "missing_base_type", "the declaration has no base type", version)
    for holder in node.named("qti-default-value", "qti-correct-response"):
        for value in holder.named("qti-value"):
            yield from misfit(value, value.attributes.get("base-type", base).strip(), value.text, version)
    for mapping in node.named("qti-mapping"):
        for entry in mapping.named("qti-map-entry"):
            yield from map(harmless, misfit(entry, base, entry.attributes.get("map-key", ""), version))


def misfit(node: Node, base: str, written: str, version: Version) -> Iterator[Problem]:
    """Yield a finding when a value is not of its base type; an empty value is NULL, a file's content is not looked at.

    One that is read all the same (3.0 for an integer) does no harm.
    """
    if base not in list(BaseType) or base == BaseType.FILE or not written.strip():
        return
    try:
        parse_atom(BaseType(base), written.strip())
    except ValueError:
        found = finding(node, "value_not_of_type", f"{written.strip()[:60]!r} is not of base type {base}", version)
        yield found if read_atom(BaseType(base), written) is None else harmless(found)


def _key(node: Node, interactions: list[Node], version: Version) -> Iterator[Problem]:
    """Look a key's identifiers up among the choices; only where one interaction alone asks, and offers any."""
    groups = _CHOICES.get(kind_of(interactions[0]), ()) if len(interactions) == 1 else ()
    offered = {each.attributes.get("identifier", "").strip() for group in groups for each in _offering(interactions[0], group)}
    correct = node.first("qti-correct-response")
    if not offered or correct is None or node.attributes.get("base-type") not in _MANY:
        return
    for value in correct.named("qti-value"):
        for name in value.text.split():
            if name not in offered:
                yield finding(value, "unknown_choice", f"the interaction offers no choice {name}", version)
