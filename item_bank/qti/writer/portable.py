"""Portable custom interactions: QTI 3.0's element, and the one that QTI 2.x puts inside a customInteraction. Kept, never run here.

QTI 3.0, "PortableCustomInteraction"; IMS Portable Custom Interactions 1.0 for 2.x.
"""

from collections.abc import Iterator

from item_bank.qti.model.nodes import Node
from item_bank.qti.writer.addresses import PORTABLE
from item_bank.qti.writer.trees import Losses, child_of

_OWN = frozenset({"module", "custom-interaction-type-identifier"})


def portable_child(node: Node) -> Node | None:
    """Return the portable custom interaction inside a customInteraction of QTI 2.x."""
    return next((child for child in node.elements if _local(child) == "portableCustomInteraction"), None)


def as_portable(node: Node, inner: Node, losses: Losses) -> Node:
    """Return a 2.x portable custom interaction as QTI 3.0 writes it."""
    message = "a portable custom interaction is written in QTI 3.0's form; its modules are not in the file"
    losses.note(node, "interaction_rewritten", message)
    attributes = {
        **node.attributes,
        "custom-interaction-type-identifier": inner.attributes.get("customInteractionTypeIdentifier", ""),
        "module": inner.attributes.get("hook", ""),
        **{f"data-{key}": value for key, value in _properties(inner, "")},
    }
    return child_of(node, "qti-portable-custom-interaction", attributes, (_modules(inner), _markup(inner)))


def _properties(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield properties by their path: 2.x nests them, 3.0 has flat data- attributes."""
    for child in node.elements:
        key = child.attributes.get("key", "")
        if _local(child) == "property" and not child.elements:
            yield f"{prefix}{key}", child.text.strip()
        elif _local(child) in ("properties", "property"):
            yield from _properties(child, f"{prefix}{key}-" if key else prefix)


def _modules(inner: Node) -> Node:
    libraries = (node for node in inner.walk() if _local(node) == "lib")
    modules = [
        child_of(inner, "qti-interaction-module", {"id": node.attributes.get("id", ""), "primary-path": node.attributes.get("name", "")})
        for node in libraries
    ]
    return child_of(inner, "qti-interaction-modules", {}, modules)


def _markup(inner: Node) -> Node:
    markup = next((node for node in inner.elements if _local(node) == "markup"), None)
    return child_of(inner, "qti-interaction-markup", {}, () if markup is None else markup.children)


def as_custom(node: Node, losses: Losses) -> Node:
    """Return a 3.0 portable custom interaction as QTI 2.x writes it."""
    message = "a portable custom interaction is written in QTI 2.x's form; its modules are not in the file"
    losses.note(node, "interaction_rewritten", message)
    data = {name.removeprefix("data-"): value for name, value in node.attributes.items() if name.startswith("data-")}
    kept = {name: value for name, value in node.attributes.items() if name not in _OWN and not name.startswith("data-")}
    modules = [each for each in node.walk() if each.name == "qti-interaction-module"]
    markup = node.first("qti-interaction-markup")
    libraries = [_foreign(node, "lib", _library(each)) for each in modules]
    inner = _foreign(
        node,
        "portableCustomInteraction",
        {
            "customInteractionTypeIdentifier": node.attributes.get("custom-interaction-type-identifier", ""),
            "hook": node.attributes.get("module", ""),
        },
        _foreign(node, "resources", {}, _foreign(node, "libraries", {}, *libraries)),
        _foreign(node, "properties", {}, *(_foreign(node, "property", {"key": key}, value) for key, value in data.items())),
        _foreign(node, "markup", {}, *(() if markup is None else markup.children)),
    )
    return child_of(node, "qti-custom-interaction", kept, (inner,))


def _library(module: Node) -> dict[str, str]:
    return {"id": module.attributes.get("id", ""), "name": module.attributes.get("primary-path", "")}


def _foreign(node: Node, name: str, attributes: dict[str, str], *children: Node | str) -> Node:
    return child_of(node, name, attributes, children, namespace=PORTABLE)


def _local(node: Node) -> str:
    return node.name.rpartition(":")[2] if node.namespace else node.written
