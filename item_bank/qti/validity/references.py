"""Names and what they refer to: variables, identifiers of choices, parts of tests (QTI information model, "Variable Declarations",
"identifier").

Works on Nodes in QTI 3.0's names, so that whatever structure.py complains of does not matter here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import Problem
from item_bank.qti.validity.codes import finding, harmless
from item_bank.qti.values import BaseType, Cardinality

_KINDS: Mapping[str, str] = {
    "qti-response-declaration": "response",
    "qti-outcome-declaration": "outcome",
    "qti-template-declaration": "template",
    "qti-context-declaration": "context",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A declared or built-in variable; a type that the file does not say, or says wrongly, is None."""

    kind: str
    cardinality: Cardinality | None
    base_type: BaseType | None
    node: Node | None = None


Variables = Mapping[str, Variable]
BUILT_IN: Variables = {
    "numAttempts": Variable(kind="response", cardinality=Cardinality.SINGLE, base_type=BaseType.INTEGER),
    "duration": Variable(kind="response", cardinality=Cardinality.SINGLE, base_type=BaseType.DURATION),
    "completionStatus": Variable(kind="outcome", cardinality=Cardinality.SINGLE, base_type=BaseType.IDENTIFIER),
    "completion_status": Variable(kind="outcome", cardinality=Cardinality.SINGLE, base_type=BaseType.IDENTIFIER),
    "QTI_CONTEXT": Variable(kind="context", cardinality=Cardinality.RECORD, base_type=None),
}
_CARDINALITIES = {each.value: each for each in Cardinality}
_BASE_TYPES = {each.value: each for each in BaseType}
_FEEDBACK = frozenset({"qti-feedback-block", "qti-feedback-inline", "qti-modal-feedback", "qti-test-feedback"})
_TEMPLATED = "template-identifier"
_READING: Mapping[str, tuple[str, ...]] = {  # expressions that look a variable up, and what kinds they may look up
    "qti-variable": ("response", "outcome", "template", "context"),
    "qti-default": ("response", "outcome", "template", "context"),
    "qti-correct": ("response",),
    "qti-map-response": ("response",),
    "qti-map-response-point": ("response",),
}
_SETTING: Mapping[str, tuple[str, ...]] = {
    "qti-set-outcome-value": ("outcome", "response"),  # QTI 2.2 and later may set a response, too ("setValue")
    "qti-lookup-outcome-value": ("outcome",),
    "qti-set-template-value": ("template",),
    "qti-set-correct-response": ("response",),
    "qti-set-default-value": ("response", "outcome"),
}
_PARTS = frozenset({"qti-test-part", "qti-assessment-section", "qti-assessment-section-ref", "qti-assessment-item-ref"})
_EXITS = frozenset({"EXIT_TEST", "EXIT_TESTPART", "EXIT_SECTION"})


def variable(node: Node, kind: str) -> Variable:
    """Read what a declaration says of its variable's type."""
    return Variable(
        kind=kind,
        cardinality=_CARDINALITIES.get(node.attributes.get("cardinality", "")),
        base_type=_BASE_TYPES.get(node.attributes.get("base-type", "")),
        node=node,
    )


def variables(root: Node) -> Variables:
    """Collect the variables of an item or test; the first of two with one name counts."""
    found = dict(BUILT_IN)
    for node in root.elements:
        kind = _KINDS.get(node.name)
        if kind is not None and found.get(_name(node), found[next(iter(BUILT_IN))]).node is None:
            found[_name(node)] = variable(node, kind)
    return found


def references(document: Document, known: Variables) -> Iterator[Problem]:
    """Yield what refers to nothing, or is named twice."""
    root, version = document.root, document.version
    yield from _duplicates(root, version)
    test = root.name != "qti-assessment-item"
    unknown = "unknown_in_test" if test else "undeclared_variable"
    for node in root.walk():
        if node.name in _FEEDBACK and "outcome-identifier" in node.attributes:
            yield from _look(node, "outcome-identifier", ("outcome",), known, version, "unknown_condition")
        elif node.name == "qti-printed-variable":
            yield from _printed(node, known, version, "unknown_in_test" if test else "unknown_condition")
        elif node.name in _READING:
            yield from _read(node, known, version, unknown)
        elif node.name in _SETTING and not node.namespace:
            yield from _set(node, known, version, unknown)
        if _TEMPLATED in node.attributes and not node.namespace and node.name != "qti-template-default" and not test:
            yield from _look(node, _TEMPLATED, ("template",), known, version, "unknown_condition")
    if test:
        yield from _parts(root, version)
    else:
        yield from _template(root.first("qti-response-processing"), known, version)


def _name(node: Node, attribute: str = "identifier") -> str:
    return node.attributes.get(attribute, "").strip()


def _duplicates(root: Node, version: Version) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in root.elements:
        if node.name in _KINDS:
            if _name(node) in seen:
                yield finding(node, "duplicate_variable", f"{_name(node)} is declared twice", version, "Variable Declarations")
            seen.add(_name(node))


def _look(node: Node, attribute: str, kinds: tuple[str, ...], known: Variables, version: Version, code: str) -> Iterator[Problem]:
    name = _name(node, attribute)
    found = known.get(name)
    if name and "." not in name and (found is None or found.kind not in kinds):
        what = "declared" if found is None else f"{_article(kinds[0])} variable, but {_article(found.kind)} variable"
        yield finding(node, code, f"{name} is not {what}", version)


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "outcome" else f"a {kind}"


def _read(node: Node, known: Variables, version: Version, unknown: str) -> Iterator[Problem]:
    yield from _look(node, "identifier", _READING[node.name], known, version, unknown)
    yield from _mapped(node, node.name.removeprefix("qti-"), _name(node), known, version)


def _set(node: Node, known: Variables, version: Version, unknown: str) -> Iterator[Problem]:
    """An outcome that is not declared takes what it is given, and is scored as it is meant."""
    found = _look(node, "identifier", _SETTING[node.name], known, version, unknown)
    yield from map(harmless, found) if node.name == "qti-set-outcome-value" and _name(node) not in known else found


def _mapped(node: Node, how: str, name: str, known: Variables, version: Version) -> Iterator[Problem]:
    """Look whether a response that is mapped has a mapping."""
    declared = known.get(name)
    wanted = {"map-response": "mapping", "map-response-point": "area-mapping"}.get(how)
    if wanted and declared and declared.kind == "response" and (declared.node is None or declared.node.first(f"qti-{wanted}") is None):
        yield finding(node, "missing_mapping", f"{name} has no {wanted}", version)


def _template(node: Node | None, known: Variables, version: Version) -> Iterator[Problem]:
    """Look whether RESPONSE has the mapping that a standard template asks for."""
    if node is not None and "template" in node.attributes:
        name = node.attributes["template"].strip().rstrip("/").rpartition("/")[2].removesuffix(".xml")
        yield from _mapped(node, name.replace("_", "-"), "RESPONSE", known, version)


def _printed(node: Node, known: Variables, version: Version, unknown: str) -> Iterator[Problem]:
    declared = known.get(_name(node))
    if declared is not None and declared.kind == "response":
        yield finding(
            node, "printed_response", f"{_name(node)} is a response; only outcomes and template variables may be printed", version
        )
        return
    yield from _look(node, "identifier", ("outcome", "template", "context"), known, version, unknown)


def _parts(root: Node, version: Version) -> Iterator[Problem]:
    parts = [node for node in root.walk() if node.name in _PARTS]
    seen: set[str] = set()
    for node in parts:
        if _name(node) in seen:
            yield finding(node, "duplicate_part", f"another part of the test is called {_name(node)} already", version, "assessmentTest")
        seen.add(_name(node))
    if any(node.name == "qti-assessment-section-ref" or node.namespace == "xinclude" for node in root.walk()):
        return  # a target may be in another file
    for node in root.walk():
        target = _name(node, "target")
        if node.name == "qti-branch-rule" and target and target not in seen | _EXITS:
            yield finding(node, "unknown_target", f"the test has no part, section or item reference {target}", version)
