"""What a QTI item is once it has been read. Records only.

Processing stays a tree of Nodes until processing/program.py compiles it; the body is ready to render.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.qti.values import BaseType, Cardinality, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An XML element without lxml; two nodes are equal when they say the same, wherever they stand."""

    name: str
    attributes: Mapping[str, str]
    children: "tuple[Node | str, ...]"
    line: int = field(compare=False)

    @property
    def elements(self) -> "tuple[Node, ...]":
        """The children that are elements."""
        return tuple(child for child in self.children if isinstance(child, Node))

    @property
    def text(self) -> str:
        """All text below, in order."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """What one response value is worth."""

    key: str | int | float | bool
    value: float
    case_sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMapping:
    """A response's worth, value by value (QTI 3.0, "mapping")."""

    entries: tuple[MapEntry, ...]
    default: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDeclaration:
    """One response variable: its type, its key, its mapping."""

    identifier: str
    cardinality: Cardinality
    base_type: BaseType
    correct: Value | None
    mapping: ValueMapping | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDeclaration:
    """One outcome variable and the value it starts with."""

    identifier: str
    cardinality: Cardinality
    base_type: BaseType
    default: Value | None
    normal_maximum: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """One HTML element of the body."""

    tag: str
    attributes: Mapping[str, str]
    children: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a choice interaction."""

    identifier: str
    fixed: bool
    content: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceInteraction:
    """Radio buttons or tick boxes."""

    response: str
    prompt: "tuple[Block, ...]"
    choices: tuple[Choice, ...]
    max_choices: int  # 0 means as many as there are
    min_choices: int
    shuffle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntryInteraction:
    """A field to write a word or a number in."""

    response: str
    expected_length: int | None
    placeholder: str


Interaction = ChoiceInteraction | TextEntryInteraction
Block = str | Markup | Interaction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QtiItem:
    """One item in one language."""

    identifier: str
    title: str
    lang: str
    responses: Mapping[str, ResponseDeclaration]
    outcomes: Mapping[str, OutcomeDeclaration]
    body: tuple[Block, ...]
    processing: Node | None

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """The interactions, in the order of the page."""
        return tuple(_interactions(self.body))


def _interactions(blocks: tuple[Block, ...]) -> Iterator[Interaction]:
    for block in blocks:
        if isinstance(block, Markup):
            yield from _interactions(block.children)
        elif not isinstance(block, str):
            yield block


def plain_text(blocks: tuple[Block, ...]) -> str:
    """Return the words of the blocks, interactions left out."""
    parts = (block if isinstance(block, str) else plain_text(block.children) for block in blocks if isinstance(block, str | Markup))
    return " ".join("".join(parts).split())
