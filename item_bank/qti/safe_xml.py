"""The only module that parses XML: no entities, no network, no DTD, bounded size and depth.

What comes out is a Node; what is refused names its line.
"""

from typing import NoReturn

from lxml import etree

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model import Node

QTI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MAX_BYTES = 1_000_000
MAX_DEPTH = 60

_XML = "http://www.w3.org/XML/1998/namespace"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def refuse(node: Node, message: str) -> NoReturn:
    """Refuse a file at a node; raises UnreadableFile with the line and the element."""
    raise UnreadableFile(f"line {node.line}, {node.name}: {message}", line=node.line, element=node.name)


def parse(xml: bytes) -> Node:
    """Parse a QTI 3.0 document; raises TooLarge or UnreadableFile."""
    if len(xml) > MAX_BYTES:
        raise TooLarge(f"an item may have {MAX_BYTES} bytes; this one has {len(xml)}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"not well-formed XML: {error}") from error
    if root is None or root.getroottree().docinfo.doctype:
        raise UnreadableFile("a document type declaration is not allowed in an item")
    return _node(root, 1)


def _node(element: etree._Element, depth: int) -> Node:
    name = etree.QName(element)
    line = int(element.sourceline or 0)
    if name.namespace != QTI3:
        raise UnreadableFile(f"line {line}: {name.localname} is not in the QTI 3.0 namespace", line=line, element=name.localname)
    if depth > MAX_DEPTH:
        raise UnreadableFile(f"line {line}: elements are nested more than {MAX_DEPTH} deep", line=line)
    children: list[Node | str] = [element.text] if element.text else []
    for child in element:
        children.append(_node(child, depth + 1))
        if child.tail:
            children.append(child.tail)
    return Node(name=name.localname, attributes=_attributes(element), children=tuple(children), line=line)


def _attributes(element: etree._Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in element.items():
        name = etree.QName(str(key))
        if name.namespace == _INSTANCE:
            continue  # where a schema might be found is nothing we would follow
        if name.namespace not in (None, _XML):
            raise UnreadableFile(f"line {element.sourceline}: attribute {name.localname} is of a foreign namespace")
        kept[f"xml:{name.localname}" if name.namespace else name.localname] = str(value)
    return kept
