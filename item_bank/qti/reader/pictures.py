"""Pictures, sounds and films: `img`, `picture`, `audio`, `video` and 2.x's `object`, made one kind of record.

Where a file is fetched from is not decided here: `src` is what the file says (render/ is handed the address).
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from item_bank.qti.model.body import Blocks, Markup
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.attributes import text

_PICTURES = ("img", "picture", "object")
_ENDINGS: Mapping[str, str] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".avif"), "image"),
    **dict.fromkeys((".mp3", ".wav", ".ogg", ".oga", ".m4a", ".aac", ".opus", ".flac"), "audio"),
    **dict.fromkeys((".mp4", ".webm", ".ogv", ".mov", ".m4v"), "video"),
}
_TAGS: Mapping[str, str] = {"image": "img", "audio": "audio", "video": "video"}


def read_picture(node: Node) -> Markup:
    """Return the picture that an interaction or choice stands on, as an `img`; one without `src` where there is none."""
    found = next((child for child in node.elements if child.name in _PICTURES), None)
    if found is None:
        return Markup(tag="img", attributes={}, children=())
    if found.name == "picture":  # its sources are other sizes of the one img (HTML)
        return read_picture(found)
    return _img(found) if found.name == "object" else Markup(tag="img", attributes=found.attributes, children=())


def read_object(node: Node, fallback: Blocks) -> Markup:
    """Read an `object`: as img, audio or video where its type, else its ending, says so."""
    tag = _TAGS.get(_kind(node), "object")
    if tag == "img":
        return _img(node)
    if tag == "object":
        return Markup(tag=tag, attributes=node.attributes, children=fallback)
    return Markup(tag=tag, attributes=_with_source(node), children=fallback)


def _img(node: Node) -> Markup:
    """The words inside an object are what stands for it where it cannot be seen (HTML 4.01, 13.3.1), so they are its alt."""
    words = text(node, "alt") or text(node, "aria-label") or " ".join(node.text.split())
    return Markup(tag="img", attributes={**_with_source(node), "alt": words}, children=())


def _with_source(node: Node) -> Mapping[str, str]:
    return {"src": text(node, "data"), **{name: value for name, value in node.attributes.items() if name != "data"}}


def _kind(node: Node) -> str:
    written = text(node, "type").partition("/")[0].lower()
    return written or _ENDINGS.get(PurePosixPath(text(node, "data").partition("?")[0]).suffix.lower(), "")
