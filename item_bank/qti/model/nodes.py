"""An XML document without its parser: Nodes in QTI 3.0's names, whatever version the file was written in.

Processing, validity and writing work on Nodes; item.py, body.py and interactions.py are what reading makes of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Version(StrEnum):
    """The QTI version that a document was written in."""

    QTI_21 = "2.1"
    QTI_22 = "2.2"
    QTI_30 = "3.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An XML element; two nodes are equal when they say the same, wherever they stand.

    `name` is QTI 3.0's (`qti-choice-interaction`, `p`, `math`), `written` the file's (`choiceInteraction`). `namespace` is "" for QTI and
    HTML, "mathml", "ssml" or "xinclude" for those, else the address itself.
    """

    name: str
    attributes: Mapping[str, str]
    children: "tuple[Node | str, ...]"
    line: int = field(default=0, compare=False)
    namespace: str = ""
    written: str = field(default="", compare=False)

    @property
    def elements(self) -> "tuple[Node, ...]":
        """The children that are elements."""
        return tuple(child for child in self.children if isinstance(child, Node))

    @property
    def text(self) -> str:
        """All text below, in order."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def named(self, *names: str) -> "tuple[Node, ...]":
        """The child elements of these names, in order."""
        return tuple(child for child in self.elements if child.name in names)

    def first(self, name: str) -> "Node | None":
        """The first child element of a name."""
        return next((child for child in self.elements if child.name == name), None)

    def walk(self) -> "Iterator[Node]":
        """Yield this node and all elements below it, in document order."""
        yield self
        for child in self.elements:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """A parsed file: its root, the version that its namespace names, and how many comments and instructions were left behind."""

    root: Node
    version: Version
    left_behind: int = 0
