"""Reads the body of an item: HTML that a candidate may see, and interactions."""

from item_bank.qti.model.body import Blocks, Markup, Shown
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.attributes import text


def read_blocks(node: Node) -> Blocks:
    """Read the children of a body, prompt or choice."""
    return tuple(
        child
        if isinstance(child, str)
        else Markup(tag=child.name, attributes=child.attributes, children=read_blocks(child), namespace=child.namespace)
        for child in node.children
    )


def read_shown(node: Node, variable: str) -> Shown:
    """Read when a node's content shows."""
    return Shown(variable=text(node, variable), identifier=text(node, "identifier"), show=text(node, "show-hide", "show") != "hide")
