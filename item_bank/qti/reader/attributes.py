"""Typed attributes of a Node. Tolerant: what does not parse counts as absent, for validity/ has already said so.

A name or a fixed word that is written in another case or without its dashes (`basetype`, "Multiple", QTI 3.0 with 2.x's `baseType`) is
read all the same.
"""

from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from item_bank.qti.model.body import Shown
from item_bank.qti.model.nodes import Node
from item_bank.qti.text import whole_part

T = TypeVar("T", bound=StrEnum)


def raw(node: Node, name: str) -> str | None:
    """Return an attribute as it is written; None where there is none."""
    found = node.attributes.get(name)
    if found is not None or not node.attributes:
        return found
    bare = _bare(name)
    return next((value for key, value in node.attributes.items() if _bare(key) == bare), None)


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    return name.replace("-", "").lower()


def text(node: Node, name: str, default: str = "") -> str:
    """Return an attribute without its outer spaces."""
    found = raw(node, name)
    return (default if found is None else found).strip()


def words(node: Node, name: str) -> tuple[str, ...]:
    """Return a list of words."""
    return tuple(text(node, name).split())


def integer(node: Node, name: str, default: int) -> int:
    """Return a whole number."""
    found = whole(node, name)
    return default if found is None else found


def whole(node: Node, name: str) -> int | None:
    """Return a whole number, or None when there is none; 3.0 is 3."""
    word = whole_part(text(node, name))
    digits = word.removeprefix("+").removeprefix("-")
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


def floating(node: Node, name: str) -> float | None:
    """Return a number, or None when there is none."""
    try:
        return float(text(node, name)) if len(text(node, name)) < 60 else None
    except ValueError:
        return None


def flag(node: Node, name: str, default: bool) -> bool:
    """Return a boolean attribute."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text(node, name).lower(), default)


def word(node: Node, name: str, kind: type[T]) -> T | None:
    """Return an attribute whose words are an enum, or None."""
    found = text(node, name).lower()
    return next((each for each in kind if each.value.lower() == found), None) if found else None


def shown(node: Node, variable: str) -> Shown:
    """Return when a node's content shows; `variable` is the attribute that names the variable (QTI 3.0, "show-hide")."""
    return Shown(variable=text(node, variable), identifier=text(node, "identifier"), show=text(node, "show-hide", "show") != "hide")


def shown_by_template(node: Node) -> Shown | None:
    """Return when a choice shows, by a template variable; None for always (QTI 3.0, "Choice")."""
    return shown(node, "template-identifier") if text(node, "template-identifier") else None
