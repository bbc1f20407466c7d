"""Reads one QTI 3.0 item. What it does not know it refuses, with the line: nothing is dropped silently.

The halves are declarations.py and markup.py; processing is compiled once here, so that an unknown operator never reaches an exam.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

from item_bank.qti.attributes import flag, only, required
from item_bank.qti.declarations import identifier, read_outcome, read_response
from item_bank.qti.markup import read_blocks
from item_bank.qti.model import ChoiceInteraction, Interaction, Node, QtiItem
from item_bank.qti.processing.program import compiled
from item_bank.qti.safe_xml import parse, refuse
from item_bank.qti.values import BaseType, Cardinality

_ITEM = {"identifier", "title", "label", "adaptive", "time-dependent", "xml:lang", "tool-name", "tool-version"}
_PARTS = {"qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-response-processing"}


class _Declared(Protocol):
    @property
    def identifier(self) -> str: ...


D = TypeVar("D", bound=_Declared)


def read_item(xml: bytes) -> QtiItem:
    """Read an item from its XML; raises UnreadableFile with the line, or TooLarge."""
    root = parse(xml)
    _check_root(root)
    processing = _one(root, "qti-response-processing")
    body = _one(root, "qti-item-body")
    if body is None:
        refuse(root, "qti-item-body is missing")
    only(body, ("class", "id"))
    item = QtiItem(
        identifier=identifier(root),
        title=required(root, "title"),
        lang=root.attributes.get("xml:lang", ""),
        responses=_declared(root, "qti-response-declaration", read_response),
        outcomes=_declared(root, "qti-outcome-declaration", read_outcome),
        body=read_blocks(body),
        processing=processing,
    )
    _check_interactions(item, body)
    compiled(item)
    return item


@lru_cache(maxsize=4096)  # lists of items ask for it line by line
def title_of(xml: str) -> str:
    """Return an item's title and read nothing else of it; raises UnreadableFile."""
    return required(parse(xml.encode()), "title")


def _check_root(root: Node) -> None:
    if root.name != "qti-assessment-item":
        refuse(root, "this is not a QTI 3.0 item: its root must be qti-assessment-item")
    only(root, _ITEM)
    if flag(root, "adaptive", False):
        refuse(root, "adaptive items are not supported")
    for child in root.elements:
        if child.name not in _PARTS:
            refuse(child, "this part of an item is not supported")


def _one(root: Node, name: str) -> Node | None:
    found = [child for child in root.elements if child.name == name]
    if len(found) > 1:
        refuse(found[1], "this may appear once")
    return found[0] if found else None


def _declared(root: Node, name: str, read: Callable[[Node], D]) -> dict[str, D]:
    declared: dict[str, D] = {}
    for node in _named(root, name):
        record = read(node)
        if record.identifier in declared:
            refuse(node, f"{record.identifier} is declared twice")
        declared[record.identifier] = record
    return declared


def _named(root: Node, name: str) -> Iterable[Node]:
    return (child for child in root.elements if child.name == name)


def _check_interactions(item: QtiItem, body: Node) -> None:
    seen: set[str] = set()
    for interaction in item.interactions:
        problem = _problem(item, interaction)
        if problem is None and interaction.response in seen:
            problem = f"two interactions share the response {interaction.response}"
        if problem is not None:
            refuse(body, problem)
        seen.add(interaction.response)


def _problem(item: QtiItem, interaction: Interaction) -> str | None:
    declaration = item.responses.get(interaction.response)
    if declaration is None:
        return f"the response {interaction.response} is not declared"
    if not isinstance(interaction, ChoiceInteraction):
        fits = declaration.cardinality is Cardinality.SINGLE and declaration.base_type in (
            BaseType.STRING,
            BaseType.INTEGER,
            BaseType.FLOAT,
        )
        return None if fits else f"{interaction.response} must be a single string, integer or float"
    if declaration.base_type is not BaseType.IDENTIFIER or declaration.cardinality is Cardinality.ORDERED:
        return f"{interaction.response} must be of identifiers, single or multiple"
    if declaration.cardinality is Cardinality.SINGLE and interaction.max_choices != 1:
        return f"{interaction.response} is single, so max-choices must be 1"
    return _stray_key(declaration.correct.atoms if declaration.correct else (), interaction)


def _stray_key(keys: Iterable[object], interaction: ChoiceInteraction) -> str | None:
    stray = sorted({str(key) for key in keys} - {choice.identifier for choice in interaction.choices})
    return f"the key names choices that do not exist: {', '.join(stray)}" if stray else None
