"""The only module that parses XML: no entities, no network, no DTD, bounded size and depth.

What comes out is a Document of Nodes in QTI 3.0's names; what is refused names its line. One parser serves items, tests, results and
manifests.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from lxml import etree

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import megabytes
from item_bank.qti.reader import names

MAX_BYTES = 8_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 500  # of one element

_XML = "http://www.w3.org/XML/1998/namespace"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_REASONS: Mapping[str, str] = {  # what libxml2 says in words → our code; anything else is not_well_formed
    "amplification": "entities_forbidden",
    "entity": "entities_forbidden",
    "entityref": "not_well_formed",  # a lone & in the text
    "too long": "too_large",
    "huge": "too_large",
    "resource limit": "too_large",
    "encoding": "wrong_encoding",
    "not proper utf-8": "wrong_encoding",
    "excessive depth": "too_deep",
}


def parse(xml: bytes) -> Document:
    """Parse a document; raises TooLarge or UnreadableFile, whose detail `problem` is a code of docs/import-problems.md."""
    if len(xml) > MAX_BYTES:
        raise TooLarge(f"an XML file may have {megabytes(MAX_BYTES)}; this one has {megabytes(len(xml))}", problem="too_large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False, remove_pis=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or 0
        raise UnreadableFile(f"line {line}: not well-formed XML: {error}", problem=_reason(str(error)), line=line) from error
    if root is None:
        raise UnreadableFile("there is no XML in this file", problem="not_well_formed", line=0)
    _refuse_declarations(root)
    if len(xml) > 4 * MAX_ELEMENTS and root.xpath("count(//*)") > MAX_ELEMENTS:  # counted before a Node is made of each
        line = root.sourceline
        raise UnreadableFile(f"line {line}: there are more than {MAX_ELEMENTS} elements", problem="too_large", line=line)
    return _Parsing(root).document()


def _reason(message: str) -> str:
    said = message.lower()
    return next((code for words, code in reversed(tuple(_REASONS.items())) if words in said), "not_well_formed")


def _refuse_declarations(root: etree._Element) -> None:
    """A document type may name a public DTD, which is never fetched; declarations of its own, entities above all, are refused."""
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and (any(True for _ in dtd.iterentities()) or any(True for _ in dtd.iterelements())):
        message = "a document type declaration with entities or elements of its own is not allowed"
        raise UnreadableFile(f"line 1: {message}", problem="entities_forbidden", line=1)


class _Parsing:
    """One walk over one tree; counts what it leaves behind."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.address, local = _split(str(root.tag))
        self.version = names.version_of(self.address, local)
        self.is_qti = names.is_meant(self.address or "", local)
        self.left_behind = 0

    def document(self) -> Document:
        node = self._node(self.root, 1)
        if not node.namespace and names.VERSIONS.get(self.address or "") is not self.version:
            node = replace(node, written=f"other:{node.written}")
        return Document(root=node, version=self.version, left_behind=self.left_behind)

    def _node(self, element: etree._Element, depth: int) -> Node:
        line = int(element.sourceline or 0)
        if depth > MAX_DEPTH:
            self._refuse(line, "too_deep", f"elements are nested more than {MAX_DEPTH} deep")
        name, namespace, written = _called(str(element.tag), self.address, self.version, self.is_qti)
        children: list[Node | str] = [element.text] if element.text else []
        for child in element:
            if isinstance(child.tag, str):
                children.append(self._node(child, depth + 1))
            else:
                self._leave_behind(child)
            if child.tail:
                children.append(child.tail)
        attributes = self._attributes(element, name, line)
        return Node(name=name, attributes=attributes, children=tuple(children), line=line, namespace=namespace, written=written)

    def _leave_behind(self, child: etree._Element) -> None:
        """A comment or a processing instruction is not kept; an entity is not allowed."""
        if isinstance(child, etree._Entity):
            self._refuse(int(child.sourceline or 0), "entities_forbidden", "an entity is not allowed")
        self.left_behind += 1

    def _attributes(self, element: etree._Element, name: str, line: int) -> dict[str, str]:
        if len(element.attrib) > MAX_ATTRIBUTES:
            self._refuse(line, "too_large", f"an element has more than {MAX_ATTRIBUTES} attributes")
        kept: dict[str, str] = {}
        for key, value in element.items():
            address, local = _split(str(key))
            if address == _INSTANCE:
                continue  # where a schema might be found is nothing we would follow
            read = names.attribute_name(local, name, self.version)
            kept[read if address is None else f"xml:{read}" if address == _XML else str(key)] = str(value)
        return kept

    def _refuse(self, line: int, code: str, message: str) -> None:
        raise UnreadableFile(f"line {line}: {message}", problem=code, line=line)


@lru_cache(maxsize=4096)
def _split(tag: str) -> tuple[str | None, str]:
    address, brace, local = tag.removeprefix("{").partition("}")
    return (address, local) if brace else (None, tag)


@lru_cache(maxsize=4096)
def _called(tag: str, root: str | None, version: Version, is_qti: bool) -> tuple[str, str, str]:
    """Return an element's QTI 3.0 name, its kind of namespace and what the file calls it.

    What the file calls it has a prefix where its namespace is not the root's, or not one that its version knows: `qh5:audio` is of 2.2's
    HTML5 profile, `other:p` of a namespace that its reader does not ask for, but validity/ does.
    """
    address, local = _split(tag)
    namespace = "" if is_qti and address == root else names.namespace_of(address)
    name = local if namespace else names.element_name(local, version)
    return name, namespace, names.prefix_of(address, root, version) + local
