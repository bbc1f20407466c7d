"""Drawings (SVG): how large they are, and whether one may be shown: not with script, events, foreign content or addresses of others.

Read with the one XML parser, so that entities, document types and depth are refused as in any other file.
"""

import re
from collections.abc import Iterator

from assessment_engine.kernel.errors import AssessmentError
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.safe_xml import parse

_SVG = "http://www.w3.org/2000/svg"
_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<(?:\w+:)?svg[\s>/]", re.DOTALL)
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*\Z")
_FORBIDDEN = frozenset(["script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener"])
_ADDRESSED = frozenset({"href", "src", "from", "to", "values", "by"})  # animations can set an address, too
_HARMLESS = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp);)", re.IGNORECASE)
_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?\s*(?!#|data:image/(?:png|jpeg|gif|webp);)|@import|expression\(|javascript:", re.IGNORECASE)


def looks_like_svg(content: bytes) -> bool:
    """Tell whether a file begins as a drawing does."""
    return _START.match(content[:4096]) is not None


def svg_size(content: bytes) -> tuple[int, int] | None:
    """Return a drawing's width and height in pixels, from its attributes, else from its view box."""
    try:
        root = parse(content).root
    except AssessmentError:
        return None
    found = [_NUMBER.match(root.attributes.get(name, "")) for name in ("width", "height")]
    if found[0] and found[1]:
        return int(float(found[0][1])), int(float(found[1][1]))
    box = root.attributes.get("viewBox", "").replace(",", " ").split()
    try:
        return int(float(box[2])), int(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        return None


def unsafe_svg(content: bytes) -> str:
    """Return why a drawing may not be shown; "" for one that may."""
    try:
        root = parse(content).root
    except AssessmentError as error:
        return error.message
    return next(_reasons(root), "")


def _reasons(root: Node) -> Iterator[str]:
    for node in root.walk():
        name = node.written.lower()
        if name in _FORBIDDEN:
            yield f"line {node.line}: {node.written} is not allowed in a drawing"
        if name == "style" and ("\\" in node.text or _CSS_ADDRESS.search(node.text)):  # a backslash can hide an address from us
            yield f"line {node.line}: its style sheet leads elsewhere"
        for key, value in node.attributes.items():
            yield from _wrong_attribute(node, key.rpartition("}")[2].rpartition(":")[2].lower(), value)


def _wrong_attribute(node: Node, name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"line {node.line}: {name} is not allowed in a drawing"
    elif name in ("href", "src") and value.strip() and not _HARMLESS.match(value):
        yield f"line {node.line}: it leads to {value.strip()[:60]}"
    elif name in _ADDRESSED and "javascript:" in value.lower().replace(" ", ""):
        yield f"line {node.line}: script is not allowed in a drawing"
    elif name == "attributename" and value.strip().lower().rpartition(":")[2] in ("href", "src"):
        yield f"line {node.line}: an animation may not change an address"
    elif name != "d" and (_CSS_ADDRESS.search(value) or (name == "style" and "\\" in value)):
        yield f"line {node.line}: {name} leads elsewhere"
