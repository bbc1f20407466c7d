"""Reads QTI Results Reporting, 2.1 to 3.0 (QTI 3.0 Results Reporting, "AssessmentResult").

Results keep camel case even in 3.0, so that every file is first brought to the one vocabulary. Tolerant: a variable without a base type
reads as text, and its `written` values can be typed by the item's own declaration. Written by
writer/results.py.
"""

from collections.abc import Mapping
from dataclasses import replace

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.model.results import AssessmentResult, ItemResult, ResultVariable, SessionStatus, TestResult, VariableKind
from item_bank.qti.problems import refuse
from item_bank.qti.reader import names
from item_bank.qti.reader.attributes import floating, text, whole, word, words
from item_bank.qti.reader.declarations import read_type, read_value
from item_bank.qti.reader.safe_xml import parse

_KINDS: Mapping[str, VariableKind] = {
    "qti-response-variable": VariableKind.RESPONSE,
    "qti-outcome-variable": VariableKind.OUTCOME,
    "qti-template-variable": VariableKind.TEMPLATE,
}


def read_results(xml: bytes) -> AssessmentResult:
    """Read a results file, whatever can be read of it; raises UnreadableFile when it is not one at all, or TooLarge."""
    return results_of(parse(xml))


def results_of(document: Document) -> AssessmentResult:
    """Read results from a parsed document; raises UnreadableFile."""
    root = _one_vocabulary(document.root)
    if root.name != "qti-assessment-result":
        refuse(document.root, "not_results", "this is not a QTI results file: its root must be assessmentResult")
    context = root.first("qti-context") or Node(name="qti-context", attributes={}, children=())
    test = root.first("qti-test-result")
    return AssessmentResult(
        candidate=text(context, "sourced-id"),
        sessions=tuple((text(each, "source-id"), text(each, "identifier")) for each in context.named("qti-session-identifier")),
        test=None if test is None else _test_result(test),
        items=tuple(_item_result(node) for node in root.named("qti-item-result")),
        version=document.version,
        root=document.root,
    )


def _one_vocabulary(node: Node) -> Node:
    if node.name.startswith("qti-"):
        return node  # 2.x: the parser has done it, and below it everything
    name = names.element_name(node.name, Version.QTI_22)
    attributes = {names.attribute_name(key, name, Version.QTI_22): value for key, value in node.attributes.items()}
    children = tuple(_one_vocabulary(child) if isinstance(child, Node) else child for child in node.children)
    return replace(node, name=name, attributes=attributes, children=children)


def _test_result(node: Node) -> TestResult:
    return TestResult(identifier=text(node, "identifier"), datestamp=text(node, "datestamp"), variables=_variables(node))


def _item_result(node: Node) -> ItemResult:
    comment = node.first("qti-candidate-comment")
    return ItemResult(
        identifier=text(node, "identifier"),
        datestamp=text(node, "datestamp"),
        status=word(node, "session-status", SessionStatus) or SessionStatus.FINAL,
        sequence_index=whole(node, "sequence-index"),
        variables=_variables(node),
        comment="" if comment is None else comment.text.strip(),
    )


def _variables(node: Node) -> tuple[ResultVariable, ...]:
    return tuple(_variable(child, _KINDS[child.name]) for child in node.elements if child.name in _KINDS)


def _variable(node: Node, kind: VariableKind) -> ResultVariable:
    cardinality, base_type = read_type(node)
    given = node.first("qti-candidate-response") if kind is VariableKind.RESPONSE else node
    return ResultVariable(
        identifier=text(node, "identifier"),
        kind=kind,
        cardinality=cardinality,
        base_type=base_type,
        value=read_value(given, cardinality, base_type),
        written=() if given is None else tuple(value.text.strip() for value in given.named("qti-value")),
        correct=read_value(node.first("qti-correct-response"), cardinality, base_type),
        choice_sequence=words(node, "choice-sequence"),
        scorer=text(node, "external-scored"),
        normal_minimum=floating(node, "normal-minimum"),
        normal_maximum=floating(node, "normal-maximum"),
    )
