"""Walks a document and says where it breaks the tables: elements, their order and number, attributes and their values (QTI information
model; bindings).

Tables of all versions are compiled once, when the first document asks. Not here: what names refer to (references.py), what types do
(types.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import Problem
from item_bank.qti.reader import names
from item_bank.qti.validity import (
    apip_tables,
    body_tables,
    interaction_tables,
    island_tables,
    processing_tables,
    root_tables,
    shared_tables,
)
from item_bank.qti.validity.codes import finding
from item_bank.qti.validity.datatypes import Check, checks, said
from item_bank.qti.validity.notation import ANY, OTHER, Rule, compile_rules, drafts

APIP = "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"
ROOTS: Mapping[Version, frozenset[str]] = {
    Version.QTI_21: frozenset(
        {"assessmentItem", "assessmentTest", "assessmentSection", "outcomeDeclaration", "responseProcessing", "rubricBlock"}
    ),
    Version.QTI_22: frozenset(
        {
            "assessmentItem",
            "assessmentTest",
            "assessmentSection",
            "assessmentStimulus",
            "outcomeDeclaration",
            "responseProcessing",
            "rubricBlock",
        }
    ),
    Version.QTI_30: frozenset(
        {
            "qti-assessment-item",
            "qti-assessment-test",
            "qti-assessment-section",
            "qti-assessment-stimulus",
            "qti-outcome-declaration",
            "qti-response-processing",
            "qti-outcome-processing",
        }
    ),
}
MOST_NAMED = 8
"""More elements than these are not listed to people."""

_TABLES = (
    shared_tables.ATTRIBUTES,
    shared_tables.CONTENT,
    body_tables.TEXT,
    body_tables.HTML,
    body_tables.HTML5,
    interaction_tables.INTERACTIONS,
    interaction_tables.CHOICES,
    processing_tables.DECLARATIONS,
    processing_tables.RULES,
    processing_tables.EXPRESSIONS,
    root_tables.ROOTS,
    root_tables.ACCESS,
    root_tables.PORTABLE,
    island_tables.ISLANDS,
    apip_tables.APIP,
)
_PREFIXES: Mapping[str, str] = {"mathml": "m", "ssml": "ssml", "xinclude": "xi", APIP: "apip"}
_SPACES = " \t\n\r"


@cache
def rules(version: Version) -> Mapping[str, Rule]:
    """Return a version's compiled tables by the element's name as it is written (`qh5:audio`, `m:math` where the namespace is another)."""
    return compile_rules(drafts(_TABLES, version), version)


def symbol(node: Node) -> str:
    """Return what the tables call an element."""
    written = node.written or node.name
    if not node.namespace or ":" in written:
        return written
    return f"{_PREFIXES.get(node.namespace, '')}:{written}"


def structure(document: Document) -> Iterator[Problem]:
    """Yield what breaks the tables, in document order."""
    root, version = document.root, document.version
    name = symbol(root)
    if ":" in name:
        yield finding(root, "wrong_namespace", "the root is in no namespace of QTI", version, "Namespaces")
        name = name.rpartition(":")[2]
    if name.removeprefix("qti-") in ("assessmentResult", "assessment-result"):
        return  # QTI Results Reporting is read, never imported: reader/results.py
    rule = rules(version).get(name)
    if rule is None or name not in ROOTS[version]:
        yield finding(root, "not_qti", f"{name} is not the root of a QTI {version} document", version, "Root elements")
        return
    yield from _Walk(version, rules(version), checks(version)).element(root, rule)


@dataclass(slots=True)
class _Walk:
    version: Version
    rules: Mapping[str, Rule]
    checks: Mapping[str, Check]
    ids: set[str] = field(default_factory=set)

    def element(self, node: Node, rule: Rule) -> Iterator[Problem]:
        yield from self._attributes(node, rule)
        if rule.text != "mixed" and rule.text != "string":
            yield from self._text(node, rule)
        yield from self._children(node, rule)

    def _attributes(self, node: Node, rule: Rule) -> Iterator[Problem]:
        attributes = node.attributes
        for name in rule.required:
            if name not in attributes:
                yield self._found(node, "missing_attribute", f"the attribute {self._said(name, node)} is missing")
        for name, value in attributes.items():
            known = rule.attributes.get(name)
            if known is None:
                if rule.open != ANY and not (rule.open == OTHER and name.startswith(("{", "xml:"))):
                    yield self._found(node, "unknown_attribute", f"the attribute {self._said(name, node)} does not exist here")
            elif not self.checks[known.datatype](value):
                message = f"{self._said(name, node)}={value[:60]!r}: it must be {said(known.datatype)}"
                yield self._found(node, "wrong_attribute_value", message)
            elif known.datatype == "id":
                yield from self._id(node, value.strip(_SPACES))

    def _id(self, node: Node, value: str) -> Iterator[Problem]:
        if value in self.ids:
            yield self._found(node, "duplicate_id", f"another element has the id {value} already")
        self.ids.add(value)

    def _text(self, node: Node, rule: Rule) -> Iterator[Problem]:
        for child in node.children:
            if isinstance(child, str) and (rule.text == "empty" or child.strip(_SPACES)):
                message = (
                    "it must be quite empty, without spaces"
                    if not child.strip(_SPACES)
                    else f"text is not allowed here: {child.strip()[:40]!r}"
                )
                yield self._found(node, "text_not_allowed", message)
                return

    def _children(self, node: Node, rule: Rule) -> Iterator[Problem]:
        state, sound = 0, True
        for child in node.children:
            if isinstance(child, str):
                continue
            name = symbol(child)
            moves = rule.states[state]
            move = moves.get(name) or (moves.get(ANY) or (moves.get(OTHER) if ":" in name else None) if len(moves) else None)
            if move is None:
                sound = False
                yield self._misplaced(node, child, name, rule, state)
                known = self.rules.get(name)
            else:
                state = move[0]
                known = self.rules.get(name if move[1].startswith("*") else move[1])
            yield from self.element(child, known) if known is not None else self._unknown(child)
        if sound and state not in rule.final:
            yield self._found(node, "missing_element", self._missing(node, rule, state))

    def _missing(self, node: Node, rule: Rule, state: int) -> str:
        """Say what is missing where that helps; where nearly anything may stand, a list of it does not."""
        if len(rule.states[state]) <= MOST_NAMED:
            return f"something is missing: {self._expected(rule, state)}"
        if not node.elements:
            return "there is nothing in it"
        return f"something is missing after {node.elements[-1].written or node.elements[-1].name}"

    def _unknown(self, node: Node) -> Iterator[Problem]:
        """Below an element that nobody knows, those that are known keep their rules (XML Schema 1.0, "lax")."""
        for child in node.elements:
            known = self.rules.get(symbol(child))
            yield from self.element(child, known) if known is not None else self._unknown(child)

    def _misplaced(self, node: Node, child: Node, name: str, rule: Rule, state: int) -> Problem:
        where = f"in {node.written or node.name}"
        if name not in self.rules:
            return self._found(child, "unknown_element", f"QTI {self.version} has no element {name}, {where}")
        if any(name in moves for moves in rule.states):
            expected = self._expected(rule, state)
            return self._found(child, "element_misplaced", f"not at this place {where}; here may stand: {expected}")
        return self._found(child, "element_not_allowed", f"it may not stand {where}")

    def _expected(self, rule: Rule, state: int) -> str:
        found = sorted(rule.states[state])
        return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "") if found else "nothing more"

    def _found(self, node: Node, code: str, message: str) -> Problem:
        return finding(node, code, message, self.version)

    def _said(self, name: str, node: Node) -> str:
        return name if self.version is Version.QTI_30 or name in ("xml:lang", "xml:base") or "{" in name else names.camel(name)
