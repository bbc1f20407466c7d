"""Reads one item or stimulus of any version. Strict reading asks validity/ first; lenient reading keeps what it can.

The halves are declarations.py, body.py and interactions.py; processing stays a tree until processing/ compiles it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol, TypeVar

from item_bank.qti.model.body import Blocks
from item_bank.qti.model.item import ModalFeedback, QtiItem, Stimulus, StimulusRef
from item_bank.qti.model.nodes import Document, Node
from item_bank.qti.problems import refuse
from item_bank.qti.reader.attributes import flag, shown, text
from item_bank.qti.reader.body import read_blocks
from item_bank.qti.reader.declarations import read_outcome, read_response, read_template
from item_bank.qti.reader.safe_xml import parse


class _Declared(Protocol):
    @property
    def identifier(self) -> str: ...


D = TypeVar("D", bound=_Declared)


def read_item(xml: bytes) -> QtiItem:
    """Read an item, whatever can be read of it; raises UnreadableFile when it is not an item at all, or TooLarge."""
    return item_of(parse(xml))


def item_of(document: Document) -> QtiItem:
    """Read an item from its parsed document; raises UnreadableFile."""
    root = document.root
    if root.name != "qti-assessment-item":
        refuse(root, "not_an_item", "this is not a QTI item: its root must be assessmentItem or qti-assessment-item")
    body = root.first("qti-item-body")
    return QtiItem(
        identifier=text(root, "identifier"),
        title=text(root, "title"),
        lang=text(root, "xml:lang"),
        responses=read_declared(root, "qti-response-declaration", read_response),
        outcomes=read_declared(root, "qti-outcome-declaration", read_outcome),
        templates=read_declared(root, "qti-template-declaration", read_template),
        body=() if body is None else read_blocks(body),
        modal_feedbacks=tuple(_modal_feedback(node) for node in root.named("qti-modal-feedback")),
        template_processing=root.first("qti-template-processing"),
        processing=root.first("qti-response-processing"),
        outcome_processing=root.first("qti-outcome-processing"),
        adaptive=flag(root, "adaptive", False),
        time_dependent=flag(root, "time-dependent", False),
        stimuli=read_stimulus_refs(root),
        stylesheets=tuple(text(node, "href") for node in root.named("qti-stylesheet")),
        root=root,
        version=document.version,
    )


def read_stimulus(xml: bytes) -> Stimulus:
    """Read a shared stimulus; raises UnreadableFile or TooLarge."""
    document = parse(xml)
    root = document.root
    if root.name != "qti-assessment-stimulus":
        refuse(root, "not_a_stimulus", "this is not a QTI stimulus: its root must be assessmentStimulus or qti-assessment-stimulus")
    return Stimulus(
        identifier=text(root, "identifier"),
        title=text(root, "title"),
        lang=text(root, "xml:lang"),
        body=_stimulus_body(root),
        root=root,
        version=document.version,
    )


def read_stimulus_refs(node: Node) -> tuple[StimulusRef, ...]:
    """Read which shared stimuli an item or a section stands beside."""
    return tuple(
        StimulusRef(identifier=text(each, "identifier"), href=text(each, "href"), title=text(each, "title"))
        for each in node.named("qti-assessment-stimulus-ref")
    )


def _stimulus_body(root: Node) -> Blocks:
    body = root.first("qti-stimulus-body")
    return () if body is None else read_blocks(body)


@lru_cache(maxsize=4096)  # lists of items ask for it line by line
def title_of(xml: str) -> str:
    """Return an item's title and read nothing else of it; raises UnreadableFile."""
    return text(parse(xml.encode()).root, "title")


def read_declared(root: Node, name: str, read: Callable[[Node], D]) -> Mapping[str, D]:
    """Read declarations by identifier; of two with one name the first counts, and validity/ reports the second."""
    declared: dict[str, D] = {}
    for node in root.named(name):
        record = read(node)
        declared.setdefault(record.identifier, record)
    return declared


def _modal_feedback(node: Node) -> ModalFeedback:
    return ModalFeedback(shown=shown(node, "outcome-identifier"), title=text(node, "title"), content=read_blocks(node))
