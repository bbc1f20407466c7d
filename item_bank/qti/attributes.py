"""Typed attributes of a Node, and the refusal of those that the reader does not know: nothing is dropped silently."""

from collections.abc import Iterable
from typing import TypeVar

from item_bank.qti.model import Node
from item_bank.qti.safe_xml import refuse
from item_bank.qti.values import BaseType, Cardinality, parse_atom

T = TypeVar("T", bound=BaseType | Cardinality)


def only(node: Node, known: Iterable[str]) -> None:
    """Refuse attributes that are not in `known`."""
    unknown = sorted(set(node.attributes) - set(known))
    if unknown:
        refuse(node, f"attribute not supported: {', '.join(unknown)}")


def required(node: Node, name: str) -> str:
    """Return an attribute that must be there."""
    value = node.attributes.get(name, "").strip()
    if not value:
        refuse(node, f"attribute {name} is missing")
    return value


def integer(node: Node, name: str, default: int) -> int:
    """Return a whole number, zero or more."""
    text = node.attributes.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        refuse(node, f"{name} must be a whole number, not {text!r}")
    return int(text)


def floating(node: Node, name: str) -> float | None:
    """Return a number, or None when the attribute is absent."""
    text = node.attributes.get(name)
    if text is None:
        return None
    try:
        return float(parse_atom(BaseType.FLOAT, text))
    except ValueError:
        refuse(node, f"{name} must be a number, not {text!r}")


def flag(node: Node, name: str, default: bool) -> bool:
    """Return a boolean attribute."""
    text = node.attributes.get(name)
    if text is None:
        return default
    if text not in ("true", "false"):
        refuse(node, f"{name} must be true or false, not {text!r}")
    return text == "true"


def word(node: Node, name: str, kind: type[T]) -> T:
    """Return an attribute whose words are an enum."""
    text = required(node, name)
    words = [str(member) for member in kind]
    if text not in words:
        refuse(node, f"{name} {text!r} is not supported; it may be {', '.join(words)}")
    return kind(text)
