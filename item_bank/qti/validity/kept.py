"""What a file may say and nobody here does: it is kept, and these notes say so, for nothing is dropped silently."""

from collections.abc import Collection, Iterator, Mapping

from item_bank.qti.model.nodes import Document, Node
from item_bank.qti.problems import Problem
from item_bank.qti.validity.codes import finding
from item_bank.qti.validity.structure import APIP

_MARKED: Mapping[str, tuple[str, str]] = {
    "qti-custom-interaction": ("custom_interaction", "a custom interaction is not run here"),
    "qti-portable-custom-interaction": ("custom_interaction", "a portable custom interaction is not run here"),
    "qti-catalog-info": ("accessibility_not_shown", "alternative content of a catalogue is not shown here"),
    "qti-companion-materials-info": ("companion_not_shown", "companion materials are not shown here"),
}
_STANDARD = frozenset(
    f"{name}" for name in ("match_correct", "map_response", "map_response_point", "cc2_match_basic", "cc2_map_response", "cc2_match")
)


def kept(document: Document, operators: Collection[str]) -> Iterator[Problem]:
    """Yield a note for everything that is kept only; `operators` are the custom operators that have an adapter."""
    version = document.version
    if document.left_behind:
        count = f"{document.left_behind} comments or processing instructions are left out"
        yield finding(document.root, "comments_left_behind", count, version, "XML")
    for node in _seen(document.root):
        code, message = _MARKED.get(node.name) or _judged(node, operators)
        if code:
            yield finding(node, code, message, version)


def _seen(node: Node) -> Iterator[Node]:
    """Walk, but not into what is kept as a whole."""
    yield node
    if not node.namespace or node.namespace in ("mathml", "ssml"):
        for child in node.elements:
            yield from _seen(child)


def _judged(node: Node, operators: Collection[str]) -> tuple[str, str]:
    if node.namespace == "xinclude":
        return "include_not_followed", f"{node.attributes.get('href', '')[:80]!r} is not included"
    if node.namespace == APIP:
        return "accessibility_not_shown", "APIP's accessibility information is not shown here"
    if node.namespace and node.namespace not in ("mathml", "ssml"):
        return "vendor_extension", f"an element of {node.namespace[:80]}"
    if node.name == "qti-custom-operator" and not any(node.attributes.get(name) in operators for name in ("class", "definition")):
        return "unknown_operator", f"a custom operator {_name_of_operator(node)}"
    template = node.attributes.get("template", "") if node.name == "qti-response-processing" else ""
    if template and not _is_standard(template):
        return "unknown_template", f"{template[:80]} is not one of the standard templates"
    return "", ""


def _name_of_operator(node: Node) -> str:
    named = node.attributes.get("class") or node.attributes.get("definition")
    return named[:80] if named else "without a class"


def _is_standard(template: str) -> bool:
    return template.strip().rstrip("/").rpartition("/")[2].removesuffix(".xml").lower() in _STANDARD
