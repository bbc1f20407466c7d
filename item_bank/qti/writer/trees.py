"""Small changes to Nodes that upgrade and downgrade share. A change keeps the line and the written name, for later reports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from item_bank.qti.model.nodes import Node
from item_bank.qti.problems import Problem, Severity, problem

Children = tuple[Node | str, ...]


class Losses:
    """What was converted with a loss, each kind of loss once, at its first place."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Problem] = {}

    def note(self, node: Node, code: str, message: str, advice: str = "") -> None:
        """List something that the other version cannot say and that scoring does not need."""
        self._found.setdefault((code, message), problem(node, code, message, advice=advice, severity=Severity.NOTE))

    def lost(self, node: Node, code: str, message: str, advice: str = "") -> None:
        """List something without which the item or test does not do the same."""
        self._found.setdefault((code, message), problem(node, code, message, advice=advice))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was listed, in the order of the document."""
        return tuple(self._found.values())


def renamed(node: Node, name: str, attributes: Mapping[str, str] | None = None, children: Iterable[Node | str] | None = None) -> Node:
    """Return a node under another name, with other attributes or children where they are given."""
    return replace(
        node,
        name=name,
        attributes=node.attributes if attributes is None else attributes,
        children=node.children if children is None else tuple(children),
    )


def child_of(node: Node, name: str, attributes: Mapping[str, str], children: Iterable[Node | str] = (), namespace: str = "") -> Node:
    """Make a node that stands where another one stood."""
    return Node(
        name=name, attributes=attributes, children=tuple(children), line=node.line, namespace=namespace, written=node.written or node.name
    )


def each_child(node: Node, change: Callable[[Node], Children]) -> Children:
    """Return the children with every element changed."""
    changed: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            changed.append(child)
        else:
            changed.extend(change(child))
    return tuple(changed)


def blank(child: Node | str) -> bool:
    """Tell whether a child is only white space."""
    return isinstance(child, str) and not child.strip()
