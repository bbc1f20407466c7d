"""Writes QTI Results Reporting 3.0 (QTI 3.0 Results Reporting, "AssessmentResult"). Read by reader/results.py."""

from collections.abc import Iterator

from lxml import etree

from item_bank.qti.model.results import AssessmentResult, ItemResult, ResultVariable, VariableKind
from item_bank.qti.values import Atom, BaseType, FileValue, RecordField, Value

RESULTS = "http://www.imsglobal.org/xsd/imsqti_result_v3p0"


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
            _add(parent, "value").text = _written(atom)


def _field(atom: RecordField) -> Iterator[tuple[str, str]]:
    for each in () if atom.value is None else atom.value.atoms:
        yield ((atom.value and atom.value.base_type) or BaseType.STRING), _written(each)


def _written(atom: Atom) -> str:
    """Return an atom's lexical form (QTI 3.0, "BaseType")."""
    if isinstance(atom, bool):
        return "true" if atom else "false"
    if isinstance(atom, FileValue):
        return atom.data
    if isinstance(atom, tuple):
        return " ".join(_written(each) for each in atom if isinstance(each, str | int | float))
    return atom if isinstance(atom, str) else {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(atom), repr(atom))


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Add an element; an attribute that is empty is left out, and what XML cannot say is left out of the text."""
    kept = {key: value for key, value in attributes.items() if value}
    return etree.SubElement(parent, f"{{{RESULTS}}}{name}", kept)
