"""Which files a document refers to, and where; and the same document with its references changed. Not here: what a file is (media.py)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urljoin

from item_bank.qti.model.nodes import Node


class Use(StrEnum):
    """What a document does with a file."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    MEDIUM = "medium"  # an object: whatever its type says
    CAPTIONS = "captions"
    STYLE = "style sheet"
    LINK = "link"
    STIMULUS = "stimulus"
    ITEM = "item"
    SECTION = "section"
    OTHER = "other"  # modules of custom interactions, catalogs' files, included XML, templates: nothing of these is kept


MEDIA = frozenset({Use.IMAGE, Use.AUDIO, Use.VIDEO, Use.MEDIUM, Use.CAPTIONS, Use.STYLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One address in a document, as it is written there; `base` is what xml:base says where it stands."""

    address: str
    use: Use
    line: int
    element: str
    base: str = ""


_USES: Mapping[tuple[str, str], Use] = {
    ("img", "src"): Use.IMAGE,
    ("img", "srcset"): Use.IMAGE,
    ("img", "longdesc"): Use.LINK,
    ("image", "href"): Use.IMAGE,  # a drawing inside the text
    ("source", "src"): Use.MEDIUM,
    ("source", "srcset"): Use.IMAGE,
    ("audio", "src"): Use.AUDIO,
    ("video", "src"): Use.VIDEO,
    ("video", "poster"): Use.IMAGE,
    ("track", "src"): Use.CAPTIONS,
    ("object", "data"): Use.MEDIUM,
    ("math", "altimg"): Use.IMAGE,
    ("a", "href"): Use.LINK,
    ("qti-stylesheet", "href"): Use.STYLE,
    ("qti-assessment-stimulus-ref", "href"): Use.STIMULUS,
    ("qti-assessment-item-ref", "href"): Use.ITEM,
    ("qti-assessment-section-ref", "href"): Use.SECTION,
    ("qti-response-processing", "template-location"): Use.OTHER,
    ("qti-interaction-modules", "primary-configuration"): Use.OTHER,
    ("qti-interaction-modules", "secondary-configuration"): Use.OTHER,
    ("qti-interaction-module", "primary-path"): Use.OTHER,
    ("qti-interaction-module", "fallback-path"): Use.OTHER,
    ("include", "href"): Use.OTHER,
}
_ATTRIBUTES = frozenset(attribute for _, attribute in _USES)
_TEXTS = frozenset({"qti-file-href", "qti-resource-icon"})  # catalogs and companion materials say a file as text
_CANDIDATE = re.compile(r"\s*(?P<address>[^\s,]\S*[^\s,]|[^\s,])(?P<rest>\s[^,]*)?(?:,|\Z)")  # one of HTML's srcset


def references(root: Node) -> Iterator[Reference]:
    """Yield every reference to a file, in document order."""
    waiting = [(root, "")]
    while waiting:
        node, around = waiting.pop()
        base = urljoin(around, node.attributes["xml:base"]) if "xml:base" in node.attributes else around
        element = node.written or node.name
        for address, use in _said(node):
            yield Reference(address=address, use=use, line=node.line, element=element, base=base)
        waiting.extend((child, base) for child in reversed(node.elements))


def _said(node: Node) -> Iterator[tuple[str, Use]]:
    for attribute, value in node.attributes.items():
        use = _use(node, attribute)
        if use is not None:
            yield from ((address, use) for address in _addresses(attribute, value))
    if node.name in _TEXTS and node.text.strip():
        yield node.text.strip(), Use.OTHER


def rewritten(root: Node, change: Callable[[str, Use], str]) -> Node:
    """Return the document with every reference changed; the very same Node where none changes."""
    attributes = {name: _changed(root, name, value, change) for name, value in root.attributes.items()}
    children = tuple(child if isinstance(child, str) else rewritten(child, change) for child in root.children)
    same = all(new is old for new, old in zip(children, root.children, strict=True)) and attributes == root.attributes
    return root if same else replace(root, attributes=attributes, children=children)


def _changed(node: Node, attribute: str, value: str, change: Callable[[str, Use], str]) -> str:
    use = _use(node, attribute)
    if use is None:
        return value
    if attribute != "srcset":
        return change(value.strip(), use) if value.strip() else value
    candidates = (f"{change(found['address'], use)}{found['rest'] or ''}" for found in _CANDIDATE.finditer(value))
    return ", ".join(candidates)


def _use(node: Node, attribute: str) -> Use | None:
    name = attribute.rpartition("}")[2]
    if name not in _ATTRIBUTES:
        return None
    use = _USES.get((node.name, name))
    return _medium_use(node) if use is Use.MEDIUM else use


def _medium_use(node: Node) -> Use:
    """An object or source says with its type what it is."""
    kind = node.attributes.get("type", "").partition("/")[0].lower()
    return {"image": Use.IMAGE, "audio": Use.AUDIO, "video": Use.VIDEO}.get(kind, Use.MEDIUM)


def _addresses(attribute: str, value: str) -> Iterator[str]:
    if attribute == "srcset":
        yield from (found["address"] for found in _CANDIDATE.finditer(value))
    elif value.strip():
        yield value.strip()
