"""The only module that parses XML: no entities, no network, no DTD, bounded size and depth.

What comes out is a Document of Nodes in QTI 3.0's names; what is refused names its line. One parser serves items, tests, results and manifests.
"""

from lxml import etree

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.reader import names

MAX_BYTES = 8_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 100_000

_XML = "http://www.w3.org/XML/1998/namespace"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def parse(xml: bytes) -> Document:
    """Parse a document; raises TooLarge or UnreadableFile (details `problem`: not_well_formed, entities_forbidden, too_deep, too_large)."""
    if len(xml) > MAX_BYTES:
        raise TooLarge(f"an XML file may have {MAX_BYTES} bytes; this one has {len(xml)}", problem="too_large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False, remove_pis=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        raise UnreadableFile(f"line {line}: not well-formed XML: {error}", problem="not_well_formed", line=line) from error
    if root is None:
        raise UnreadableFile("there is no XML in this file", problem="not_well_formed", line=0)
    _refuse_entities(root)
    return _Parsing(root).document()


def _refuse_entities(root: etree._Element) -> None:
    """A document type may name a public DTD, which is never fetched; declarations of its own, entities above all, are refused."""
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and (any(True for _ in dtd.iterentities()) or any(True for _ in dtd.iterelements())):
        message = "a document type declaration with entities or elements of its own is not allowed"
        raise UnreadableFile(f"line 1: {message}", problem="entities_forbidden", line=1)


class _Parsing:
    """One walk over one tree; counts what it leaves behind."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.version = names.VERSIONS.get(etree.QName(root).namespace or "", self._guess(root))
        self.left_behind = 0
        self.elements = 0

    @staticmethod
    def _guess(root: etree._Element) -> Version:
        """A file without QTI's namespace: tell the version by its words; validity/ says what is wrong."""
        return Version.QTI_30 if etree.QName(root).localname.startswith("qti-") else Version.QTI_22

    def document(self) -> Document:
        node = self._node(self.root, 1)
        return Document(root=node, version=self.version, left_behind=self.left_behind)

    def _node(self, element: etree._Element, depth: int) -> Node:
        line = int(element.sourceline or 0)
        self.elements += 1
        if depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            what = (
                f"elements are nested more than {MAX_DEPTH} deep" if depth > MAX_DEPTH else f"there are more than {MAX_ELEMENTS} elements"
            )
            raise UnreadableFile(f"line {line}: {what}", problem="too_deep", line=line)
        qualified = etree.QName(element)
        namespace = self._namespace(qualified.namespace)
        written = qualified.localname
        name = written if namespace else names.element_name(written, self.version)
        children: list[Node | str] = [element.text] if element.text else []
        for child in element:
            children.extend(self._child(child, depth))
            if child.tail:
                children.append(child.tail)
        attributes = self._attributes(element, name)
        return Node(name=name, attributes=attributes, children=tuple(children), line=line, namespace=namespace, written=written)

    def _child(self, child: etree._Element, depth: int) -> tuple[Node, ...]:
        if isinstance(child.tag, str):
            return (self._node(child, depth + 1),)
        if isinstance(child, etree._Entity):
            raise UnreadableFile(
                f"line {child.sourceline}: an entity is not allowed", problem="entities_forbidden", line=child.sourceline or 0
            )
        self.left_behind += 1  # a comment or a processing instruction
        return ()

    def _namespace(self, address: str | None) -> str:
        if address is None or address in names.VERSIONS or address in names.HTML_SPACES:
            return ""
        return (
            "mathml"
            if address in names.MATHML
            else "ssml"
            if address in names.SSML
            else "xinclude"
            if address == names.XINCLUDE
            else address
        )

    def _attributes(self, element: etree._Element, name: str) -> dict[str, str]:
        kept: dict[str, str] = {}
        for key, value in element.items():
            qualified = etree.QName(str(key))
            if qualified.namespace == _INSTANCE:
                continue  # where a schema might be found is nothing we would follow
            local = names.attribute_name(qualified.localname, name, self.version)
            kept[f"xml:{local}" if qualified.namespace == _XML else local if qualified.namespace is None else str(key)] = str(value)
        return kept
