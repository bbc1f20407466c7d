"""Brings what QTI 2.x says into the shape of QTI 3.0 (Best Practices, "Migrating from QTI 2.x"); names are already 3.0's, from reading.

What QTI 3.0 says in the same way is left alone; an `object` for a picture, for example, is as good in 3.0 as in 2.x.
"""

import re
from collections.abc import Callable, Mapping

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.problems import refuse
from item_bank.qti.reader.body import LEGACY
from item_bank.qti.writer.addresses import template_address
from item_bank.qti.writer.portable import as_portable, portable_child
from item_bank.qti.writer.trees import Children, Losses, blank, child_of, each_child, renamed

_NAME = re.compile(r"[^\W\d][\w.-]*")


def upgraded(root: Node, losses: Losses) -> Node:
    """Return a 2.x document in the shape of 3.0; a 3.0 document comes back as it is. Raises UnreadableFile for a root that 3.0 lacks."""
    if not root.written or root.written.startswith("qti-"):
        return root
    nodes = _Upgrade(losses).node(root)
    if len(nodes) != 1 or not isinstance(nodes[0], Node):
        refuse(root, "not_qti", "this root is none of QTI's: it cannot be written as QTI 3.0")
    return nodes[0]


class _Upgrade:
    def __init__(self, losses: Losses) -> None:
        self.losses = losses

    def node(self, node: Node) -> Children:
        if node.name == "apipAccessibility":
            advice = "say it again as a QTI 3.0 catalog (qti-catalog-info)"
            self.losses.note(node, "accessibility_not_kept", "APIP's accessibility information has another form in QTI 3.0", advice)
            return ()
        if node.namespace:
            return (renamed(node, node.name, children=each_child(node, self.node)),)
        if node.written in LEGACY:
            message = f"{node.written} is HTML that QTI does not know; it is written as {LEGACY[node.written]}"
            self.losses.note(node, "element_replaced", message)
            return (renamed(node, LEGACY[node.written], children=each_child(node, self.node)),)
        change = _CHANGES.get(node.name, _same)
        return (change(self, renamed(node, node.name, children=each_child(node, self.node))),)


def _same(_: _Upgrade, node: Node) -> Node:
    return node


def _wrapped(_: _Upgrade, node: Node) -> Node:
    """Put the words of feedback and rubrics into a qti-content-body; style sheets and the space around it stand outside."""
    if node.first("qti-content-body") is not None:
        return node
    sheets = node.named("qti-stylesheet")
    words = [child for child in node.children if child not in sheets]
    before = [words.pop(0)] if words and blank(words[0]) else []
    after = [words.pop()] if words and blank(words[-1]) else []
    return renamed(node, node.name, children=(*before, *sheets, child_of(node, "qti-content-body", {}, words), *after))


def _rubric(upgrade: _Upgrade, node: Node) -> Node:
    """A rubric must say what it is for (QTI 3.0, "RubricBlock"): 2.x did not ask, so that its readers decide."""
    views = node.attributes.get("view", "").split()
    use = "scoring" if "scorer" in views and "candidate" not in views else "instructions"
    return _wrapped(upgrade, renamed(node, node.name, {**node.attributes, "use": node.attributes.get("use") or use}))


def _processing(_: _Upgrade, node: Node) -> Node:
    if "template" not in node.attributes:
        return node
    address = template_address(node.attributes["template"], Version.QTI_30)
    return renamed(node, node.name, {**node.attributes, "template": address})


def _positioned(_: _Upgrade, node: Node) -> Node:
    """QTI 2.1 wrote centrePoint, QTI 2.2 and 3.0 write it in American."""
    attributes = {"center-point" if name == "centre-point" else name: value for name, value in node.attributes.items()}
    return renamed(node, node.name, attributes)


def _info_control(upgrade: _Upgrade, node: Node) -> Node:
    """Words behind a button: QTI 3.0 has HTML's details for that."""
    upgrade.losses.note(node, "element_replaced", "infoControl is written as details: QTI 3.0 has no infoControl")
    summary = child_of(node, "summary", {}, (node.attributes.get("title", "").strip(),))
    return renamed(node, "details", children=(summary, *node.children))


def _custom(upgrade: _Upgrade, node: Node) -> Node:
    inner = portable_child(node)
    return node if inner is None else as_portable(node, inner, upgrade.losses)


def _item(upgrade: _Upgrade, node: Node) -> Node:
    return _named(upgrade, renamed(node, node.name, {**node.attributes, "time-dependent": node.attributes.get("time-dependent", "false")}))


def _named(upgrade: _Upgrade, node: Node) -> Node:
    """QTI 3.0 wants a name where QTI 2.x took any words for an identifier; it is kept, for other files refer to it."""
    identifier = node.attributes.get("identifier", "")
    if not _NAME.fullmatch(identifier):
        upgrade.losses.note(node, "identifier_kept", f"{identifier!r} is no identifier in QTI 3.0; it is kept all the same")
    return node


_CHANGES: Mapping[str, Callable[[_Upgrade, Node], Node]] = {
    "qti-assessment-item": _item,
    "qti-assessment-test": _named,
    "qti-custom-interaction": _custom,
    "qti-feedback-block": _wrapped,
    "qti-info-control": _info_control,
    "qti-modal-feedback": _wrapped,
    "qti-position-object-interaction": _positioned,
    "qti-response-processing": _processing,
    "qti-rubric-block": _rubric,
    "qti-template-block": _wrapped,
    "qti-test-feedback": _wrapped,
}
