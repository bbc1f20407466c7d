"""Reads and writes QTI Results Reporting, 2.1 to 3.0 (QTI 3.0 Results Reporting, "AssessmentResult").

Results keep camel case even in 3.0, so that every file is first brought to the one vocabulary. Tolerant: a variable without a base type
reads as text, and its `written` values can be typed by the item's own declaration. Writing makes 3.0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.model.results import AssessmentResult, ItemResult, ResultVariable, SessionStatus, TestResult, VariableKind
from item_bank.qti.problems import refuse
from item_bank.qti.reader import names
from item_bank.qti.reader.attributes import floating, text, whole, word, words
from item_bank.qti.reader.declarations import read_type, read_value
from item_bank.qti.reader.safe_xml import parse
from item_bank.qti.values import Atom, BaseType, FileValue, RecordField, Value

RESULTS = "http://www.imsglobal.org/xsd/imsqti_result_v3p0"

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


def write_results(result: AssessmentResult) -> bytes:
    """Write results as QTI 3.0."""
    root = etree.Element(f"{{{RESULTS}}}assessmentResult", nsmap={None: RESULTS})
    context = _add(root, "context", sourcedId=result.candidate)
    for source, identifier in result.sessions:
        _add(context, "sessionIdentifier", sourceID=source, identifier=identifier)
    if result.test is not None:
        test = _add(root, "testResult", identifier=result.test.identifier, datestamp=result.test.datestamp)
        for variable in result.test.variables:
            _write_variable(test, variable)
    for item in result.items:
        _write_item(root, item)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _write_item(root: etree._Element, item: ItemResult) -> None:
    index = "" if item.sequence_index is None else str(item.sequence_index)
    element = _add(
        root, "itemResult", identifier=item.identifier, sequenceIndex=index, datestamp=item.datestamp, sessionStatus=item.status.value
    )
    for variable in item.variables:
        _write_variable(element, variable)
    if item.comment:
        _add(element, "candidateComment").text = item.comment


def _write_variable(parent: etree._Element, variable: ResultVariable) -> None:
    element = _add(
        parent,
        f"{variable.kind.value}Variable",
        identifier=variable.identifier,
        cardinality=variable.cardinality.value,
        baseType="" if variable.base_type is None else variable.base_type.value,
        choiceSequence=" ".join(variable.choice_sequence),
        externalScored=variable.scorer,
        normalMinimum="" if variable.normal_minimum is None else repr(variable.normal_minimum),
        normalMaximum="" if variable.normal_maximum is None else repr(variable.normal_maximum),
    )
    if variable.correct is not None:
        _write_values(_add(element, "correctResponse"), variable.correct)
    _write_values(_add(element, "candidateResponse") if variable.kind is VariableKind.RESPONSE else element, variable.value)


def _write_values(parent: etree._Element, value: Value | None) -> None:
    for atom in () if value is None else value.atoms:
        if isinstance(atom, RecordField):
            for base_type, written in _field(atom):
                _add(parent, "value", fieldIdentifier=atom.name, baseType=base_type).text = written
        else:
            _add(parent, "value").text = written_atom(atom)


def _field(atom: RecordField) -> Iterator[tuple[str, str]]:
    for each in () if atom.value is None else atom.value.atoms:
        yield ((atom.value and atom.value.base_type) or BaseType.STRING), written_atom(each)


def written_atom(atom: Atom) -> str:
    """Return an atom's lexical form (QTI 3.0, "BaseType")."""
    if isinstance(atom, bool):
        return "true" if atom else "false"
    if isinstance(atom, FileValue):
        return atom.data
    if isinstance(atom, tuple):
        return " ".join(written_atom(each) for each in atom if isinstance(each, str | int | float))
    return atom if isinstance(atom, str) else {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(atom), repr(atom))


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Add an element; an attribute that is empty is left out, and what XML cannot say is left out of the text."""
    kept = {key: value for key, value in attributes.items() if value}
    return etree.SubElement(parent, f"{{{RESULTS}}}{name}", kept)
