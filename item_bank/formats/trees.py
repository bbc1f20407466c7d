"""XML of other formats, parsed with as little trust as QTI's own: no entities, no document type, no network, bounded in size and depth.

QTI's parser (qti/reader/safe_xml.py) gives QTI's names; these files have names of their own, and pictures inside.
"""

from lxml import etree

from item_bank.formats.findings import check_size, refuse

MAX_ELEMENTS = 2_000_000


def parsed(data: bytes, file: str) -> etree._Element:
    """Parse a document; raises UnreadableFile or TooLarge."""
    check_size(data, file)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or 0
        refuse(_reason(str(error)), f"line {line}: not well-formed XML: {error}", file, line=line, advice="Export the file again.")
    if root is None:
        refuse("not_well_formed", "there is no XML in this file", file)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None:
        message = "a document type declaration is not allowed"
        refuse("entities_forbidden", f"line 1: {message}", file, line=1, advice="Take the DOCTYPE and its entities out.")
    if len(data) > MAX_ELEMENTS and root.xpath("count(//*)") > MAX_ELEMENTS:
        refuse("too_large", f"there are more than {MAX_ELEMENTS} elements", file, advice="Split the file.")
    return root


def _reason(message: str) -> str:
    said = message.lower()
    if "entity" in said or "amplification" in said:
        return "not_well_formed" if "entityref" in said else "entities_forbidden"
    if "encoding" in said or "utf-8" in said:
        return "wrong_encoding"
    return "too_large" if any(word in said for word in ("too long", "huge", "limit", "depth")) else "not_well_formed"


def line_of(element: etree._Element) -> int:
    """Return the line in which an element begins."""
    return int(element.sourceline or 0)


def words_in(element: etree._Element | None, path: str) -> str:
    """Return the text at a path below an element; "" where there is none."""
    found = None if element is None else element.find(path)
    return "".join(found.itertext()) if found is not None else ""
