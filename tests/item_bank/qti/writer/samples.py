"""Every sample file at hand: the demonstration's, the gallery's, and those of the shared test data where that folder is."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from item_bank.qti.model import Document, Node, QtiItem
from item_bank.qti.reader import parse
from item_bank.qti.reader.item import item_of
from item_bank.qti.writer import write

ROOT = Path(__file__).parents[4]
SHARED = Path(os.environ.get("ASSESSMENT_TESTDATA", ROOT.parent / "shared" / "testdata")) / "qti"
ITEM_ROOT = "qti-assessment-item"


def item_files() -> Iterator[Path]:
    """Yield every file that is an item."""
    for folder in (ROOT / "assessment_engine" / "demo", SHARED):
        for path in sorted(folder.rglob("*.xml")):
            if parse(path.read_bytes()).root.name == ITEM_ROOT:
                yield path


def joined(node: Node) -> Node:
    """A node whose neighbouring texts are one: a comment between them may be gone."""
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str) and children and isinstance(children[-1], str):
            children[-1] += child
        else:
            children.append(child if isinstance(child, str) else joined(child))
    return replace(node, children=tuple(children))


def document(xml: bytes) -> Document:
    """A parsed document, comments forgotten."""
    parsed = parse(xml)
    return replace(parsed, root=joined(parsed.root))


def item(xml: bytes) -> QtiItem:
    """An item, comments forgotten."""
    return item_of(document(xml))


def rewritten(xml: bytes) -> bytes:
    """A file of any version as QTI 3.0."""
    return write(parse(xml).root)
