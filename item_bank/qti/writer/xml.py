"""Writes a Node tree as XML: names, namespaces and escapes. Changes nothing else: what a version cannot say is downgrade.py's business.

White space stays as it was read, so that a written file is laid out like the one it came from.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.reader import names
from item_bank.qti.writer.addresses import INSTANCE, NAMESPACES, SCHEMAS, space_of

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_TEXT: Mapping[int, str] = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_VALUE: Mapping[int, str] = {**_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def serialise(root: Node, version: Version) -> bytes:
    """Write a document in UTF-8; `root` must already be in the shape of the version."""
    writing = _Writing(version)
    writing.element(root, None)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{"".join(writing.pieces)}\n'.encode()


class _Writing:
    """One walk over one tree."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.space = NAMESPACES[version]
        self.pieces: list[str] = []

    def element(self, node: Node, around: str | None) -> None:
        """Write an element; `around` is the default namespace where it stands, None at the root."""
        space = space_of(node.namespace, self.version)
        name = node.name if node.namespace else written_name(node.name, self.version)
        self.pieces.append(f"<{name}")
        if space != around:
            self.pieces.append(f' xmlns="{space.translate(_VALUE)}"')
        if around is None and space == self.space:
            self.pieces.append(f' xmlns:xsi="{INSTANCE}" xsi:schemaLocation="{space} {SCHEMAS[self.version]}"')
        self._attributes(node)
        if not node.children:
            self.pieces.append("/>")
            return
        self.pieces.append(">")
        for child in node.children:
            if isinstance(child, str):
                self.pieces.append(_FORBIDDEN.sub("\ufffd", child).translate(_TEXT))
            else:
                self.element(child, space)
        self.pieces.append(f"</{name}>")

    def _attributes(self, node: Node) -> None:
        foreign = 0
        for key, value in node.attributes.items():
            name = key if node.namespace else written_attribute(key, node.name, self.version)
            if key.startswith("{"):  # an attribute of another namespace, as safe_xml keeps it
                space, _, local = key[1:].partition("}")
                foreign += 1
                self.pieces.append(f' xmlns:a{foreign}="{space.translate(_VALUE)}"')
                name = f"a{foreign}:{local}"
            self.pieces.append(f' {name}="{_FORBIDDEN.sub(chr(0xFFFD), value).translate(_VALUE)}"')


@lru_cache(maxsize=4096)
def written_name(name: str, version: Version) -> str:
    """Return a version's name of an element: `qti-choice-interaction` is 2.x's `choiceInteraction`."""
    if version is Version.QTI_30 or not name.startswith("qti-"):
        return name
    return names.camel(name.removeprefix("qti-"))


@lru_cache(maxsize=4096)
def written_attribute(name: str, element: str, version: Version) -> str:
    """Return a version's name of an attribute of an element (by its 3.0 name)."""
    keeps = version is Version.QTI_30 or not element.startswith("qti-") or ":" in name or name.startswith(("data-", "aria-", "{"))
    return name if keeps else names.camel(name)
