"""Pictures, sounds and films as QTI 2.1 writes them in interactions: `object`, with what stands for it inside (HTML 4.01, 13.3)."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from item_bank.qti.model.nodes import Node
from item_bank.qti.writer.trees import Losses, child_of

_TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
}
_UNKNOWN: Mapping[str, str] = {"img": "image/png", "audio": "audio/mpeg", "video": "video/mp4"}  # a type must be said
_SAID = frozenset(["src", "alt", "width", "height", "id", "class", "label", "xml:lang", "type"])


def picture_object(node: Node, losses: Losses) -> Node:
    """Return an `img` or `picture` as an object whose words are its alt text; an object stays."""
    if node.name == "object":
        return typed_object(node)
    picture = first_picture(node)
    words = picture.attributes.get("alt", "")
    return _object(picture, picture.attributes.get("src", ""), "img", (words,) if words else (), losses)


def first_picture(node: Node) -> Node:
    """Return the `img` of a `picture`; its sources are other sizes of the same picture."""
    return node if node.name != "picture" else (node.first("img") or child_of(node, "img", {}))


def medium_object(node: Node, losses: Losses) -> Node:
    """Return an `audio` or `video` as an object: its first source; the words for browsers without it stay."""
    sources, tracks = node.named("source"), node.named("track")
    address = node.attributes.get("src") or next((each.attributes["src"] for each in sources if each.attributes.get("src")), "")
    if len(sources) > 1:
        losses.note(node, "sources_not_kept", f"only the first source of {node.name} is written: QTI 2.1 has no place for others")
    if tracks:
        advice = "hand the captions over beside the package"
        losses.note(node, "captions_not_kept", f"QTI 2.1 cannot say the captions (track) of {node.name}", advice)
    words = tuple(child for child in node.children if child not in sources and child not in tracks)
    return _object(node, address, node.name, words, losses)


def typed_object(node: Node) -> Node:
    """Return an object with its type, which QTI 2.1 asks for."""
    if node.attributes.get("type"):
        return node
    data = node.attributes.get("data", "")
    return child_of(node, "object", {**node.attributes, "data": data, "type": media_type(data, "img")}, node.children)


def _object(node: Node, address: str, kind: str, inside: tuple[Node | str, ...], losses: Losses) -> Node:
    for name in node.attributes:
        if name not in _SAID:
            losses.note(node, "attribute_not_kept", f"QTI 2.1 cannot say {name} of {node.name}")
    kept = {name: value for name, value in node.attributes.items() if name in _SAID - {"src", "alt", "type"}}
    kind_said = node.attributes.get("type") or media_type(address, kind)
    return child_of(node, "object", {"data": address, "type": kind_said, **kept}, inside)


def media_type(address: str, kind: str) -> str:
    """Guess a media type from the ending of an address."""
    return _TYPES.get(PurePosixPath(address.partition("?")[0]).suffix.lower(), _UNKNOWN[kind])
