"""What breaks which clause of QTI: the one gate before strict import (docs/adr/0015-strictness-is-a-gate.md).

notation        the language that the tables are written in
*_tables        what the versions allow: elements, their content and attributes
datatypes       what attribute values may be
structure       asks the tables
references      names and what they refer to
bindings        responses and the interactions that ask for them
signatures      what expressions take and give
types           asks the signatures
kept            what is kept and not run or shown here
codes           every code, how bad it is, what to do
"""

from collections.abc import Collection, Iterator
from itertools import chain

from assessment_engine.kernel.errors import ImportRefused
from item_bank.qti.model.item import QtiItem
from item_bank.qti.model.nodes import Document
from item_bank.qti.problems import Problem, Severity
from item_bank.qti.reader.item import item_of
from item_bank.qti.reader.safe_xml import parse
from item_bank.qti.validity.bindings import bindings
from item_bank.qti.validity.codes import CODES, finding
from item_bank.qti.validity.kept import kept
from item_bank.qti.validity.references import references, variables
from item_bank.qti.validity.structure import structure
from item_bank.qti.validity.types import types

__all__ = ["CODES", "MAX_FINDINGS", "findings", "read_item_strictly"]

MAX_FINDINGS = 200


def findings(document: Document, operators: Collection[str] = ()) -> tuple[Problem, ...]:
    """Return what is wrong with a document, or worth knowing, by line; at most MAX_FINDINGS, and one that says how many more there are.

    `operators` are the custom operators, by class or definition, that have an adapter.
    """
    found = sorted(chain(_broken(document), kept(document, operators)), key=lambda problem: problem.line)
    if len(found) <= MAX_FINDINGS:
        return tuple(found)
    more = f"{len(found) - MAX_FINDINGS} more findings are not listed"
    return (*found[:MAX_FINDINGS], finding(document.root, "more_findings", more, document.version))


def _broken(document: Document) -> Iterator[Problem]:
    known = variables(document.root)
    if any(node.namespace == "xinclude" for node in document.root.walk()):
        return structure(document)  # what is named may stand in another file
    if document.root.name == "qti-assessment-item":
        return chain(structure(document), references(document, known), bindings(document, known), types(document, known))
    if document.root.name == "qti-assessment-test":
        return chain(structure(document), references(document, known), types(document, known))
    return structure(document)


def read_item_strictly(xml: bytes) -> QtiItem:
    """Read an item that breaks no clause; raises ImportRefused with the first that it breaks, UnreadableFile or TooLarge."""
    document = parse(xml)
    broken = next((each for each in findings(document) if each.severity is Severity.INVALID), None)
    if broken is not None:
        raise ImportRefused(
            f"line {broken.line}, {broken.element}: {broken.message}",
            problem=broken.code,
            line=broken.line,
            element=broken.element,
            clause=broken.clause,
        )
    return item_of(document)
