"""One document of a package: parsed, with its own response processing template put in, and as it is stored: QTI 3.0 in UTF-8."""

import posixpath
import re
from dataclasses import replace
from urllib.parse import quote, urlsplit

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.package.paths import is_elsewhere, resolved
from item_bank.qti.package.records import Package
from item_bank.qti.package.references import Use, rewritten
from item_bank.qti.reader.safe_xml import parse
from item_bank.qti.writer import write

_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def document_of(package: Package, path: str) -> Document:
    """Parse a document of a package; raises UnreadableFile or TooLarge, with its file."""
    try:
        return parse(package.files[path])
    except AssessmentError as error:
        kind = TooLarge if isinstance(error, TooLarge) else UnreadableFile
        raise kind(error.message, **{**error.details, "file": path}) from error


def stored(package: Package, path: str) -> bytes:
    """Return a document as it would be stored: QTI 3.0 in UTF-8; a file that is that already stays byte for byte."""
    document = document_of(package, path)
    if stays_as_it_is(package, path, document):
        return package.files[path]
    return write(with_template(document.root, package, path), Version.QTI_30)


def stays_as_it_is(package: Package, path: str, document: Document) -> bool:
    """Tell whether a file is stored byte for byte: QTI 3.0 in plain UTF-8, with no template of the package's own."""
    return _is_plain(package.files[path], document) and with_template(document.root, package, path) is document.root


def _is_plain(xml: bytes, document: Document) -> bool:
    if document.version is not Version.QTI_30 or not document.root.name.startswith("qti-") or xml.startswith(b"\xef\xbb\xbf"):
        return False
    declared = _DECLARED.match(xml)
    if declared and declared[1].lower() not in _UTF8:
        return False
    try:
        xml.decode()
    except UnicodeDecodeError:
        return False
    return True


def rebased(package: Package, path: str, owner: str) -> bytes:
    """Return a stimulus as it is stored beside an item: its references are made relative to the item's file `owner`."""
    root = document_of(package, path).root
    moved = rewritten(root, lambda address, use: moved_address(path, owner, address) if use is not Use.STIMULUS else address)
    return stored(package, path) if moved is root else write(moved, Version.QTI_30)


def moved_address(source: str, owner: str, address: str) -> str:
    """Return a relative address of one document as another one, in another folder, would write it."""
    folders = posixpath.dirname(source), posixpath.dirname(owner)
    if folders[0] == folders[1] or is_elsewhere(address) or address.startswith(("#", "data:")):
        return address
    target = resolved(source, address)
    if target is None:
        return address
    fragment = urlsplit(address).fragment
    return quote(posixpath.relpath(target, folders[1] or ".")) + (f"#{fragment}" if fragment else "")


def with_template(root: Node, package: Package, path: str) -> Node:
    """Put a response processing template of the package's own into the item (QTI 3.0, "ResponseProcessing", template-location)."""
    processing = root.first("qti-response-processing")
    if processing is None or processing.elements:
        return root
    template = own_template(processing, package, path)
    if template is None:
        return root
    rules = document_of(package, template).root
    if rules.name != "qti-response-processing":
        return root
    attributes = {name: value for name, value in processing.attributes.items() if name not in ("template", "template-location")}
    filled = replace(processing, attributes=attributes, children=rules.children)
    return replace(root, children=tuple(filled if child is processing else child for child in root.children))


def own_template(processing: Node, package: Package, path: str) -> str | None:
    """Return the file of the template that a response processing names, when it is in the package."""
    for name in ("template-location", "template"):
        address = processing.attributes.get(name, "").strip()
        found = None if not address or is_elsewhere(address) else resolved(path, address)
        if found is not None and found in package.files:
            return found
    return None
