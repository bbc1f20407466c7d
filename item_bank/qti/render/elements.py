"""How one element is written down. What may be written is decided elsewhere."""

from collections.abc import Mapping
from html import escape

VOID = frozenset({"br", "hr", "img", "wbr", "col", "input", "source", "track"})


def element(tag: str, attributes: Mapping[str, str], content: str = "") -> str:
    """Write an element; `content` is HTML already, attribute values are not."""
    written = "".join([f' {name}="{escape(value)}"' for name, value in attributes.items()])
    return f"<{tag}{written}>" if tag in VOID else f"<{tag}{written}>{content}</{tag}>"


def names(written: str) -> frozenset[str]:
    """Read a list of names with spaces between."""
    return frozenset(written.split())


def text(words: str) -> str:
    """Write text."""
    return escape(words, quote=False)


def classes(*names: str) -> dict[str, str]:
    """Return a class attribute, each name once, or none."""
    kept = " ".join(dict.fromkeys(filter(None, names)))
    return {"class": kept} if kept else {}
