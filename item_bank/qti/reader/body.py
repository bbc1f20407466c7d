"""Reads the body of an item: HTML that a candidate may see, and interactions.

An element that is neither is refused with its line. Scripts, styles, forms and embedded objects are neither.
"""

from collections.abc import Callable, Mapping

from item_bank.qti.attributes import flag, integer, only, required
from item_bank.qti.declarations import identifier
from item_bank.qti.model import Block, Choice, ChoiceInteraction, Interaction, Markup, Node, TextEntryInteraction
from item_bank.qti.safe_xml import refuse

_TEXT = {"strong", "em", "b", "i", "u", "s", "small", "sub", "sup", "code", "q", "cite", "abbr", "dfn", "kbd", "samp", "var", "span", "br"}
_BLOCKS = {"p", "div", "hr", "h2", "h3", "h4", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "ruby", "rt", "rp"}
_TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}

TAGS = frozenset(_TEXT | _BLOCKS | _TABLES)
ATTRIBUTES = frozenset({"class", "id", "lang", "dir", "title", "colspan", "rowspan", "scope", "start", "abbr"})

_CHOICE = {"response-identifier", "max-choices", "min-choices", "shuffle", "orientation", "class", "id", "xml:lang"}
_ENTRY = {"response-identifier", "expected-length", "placeholder-text", "class", "id"}


def read_blocks(node: Node) -> tuple[Block, ...]:
    """Read the children of a body, prompt or choice."""
    return tuple(child if isinstance(child, str) else _block(child) for child in node.children)


def _block(node: Node) -> Block:
    if node.name in TAGS:
        attributes = {"lang" if name == "xml:lang" else name: value for name, value in node.attributes.items()}
        unknown = sorted(set(attributes) - ATTRIBUTES)
        if unknown:
            refuse(node, f"attribute not supported: {', '.join(unknown)}")
        return Markup(tag=node.name, attributes=attributes, children=read_blocks(node))
    reader = _INTERACTIONS.get(node.name)
    if reader is None:
        refuse(node, "this element is not supported in an item's body")
    return reader(node)


def _choice_interaction(node: Node) -> ChoiceInteraction:
    only(node, _CHOICE)
    prompts = [child for child in node.elements if child.name == "qti-prompt"]
    choices = tuple(_choice(child) for child in node.elements if child.name != "qti-prompt")
    if len(prompts) > 1 or not choices:
        refuse(node, "a choice interaction has at most one prompt and at least one choice")
    if len({choice.identifier for choice in choices}) != len(choices):
        refuse(node, "two choices have the same identifier")
    return ChoiceInteraction(
        response=identifier(node, "response-identifier"),
        prompt=read_blocks(prompts[0]) if prompts else (),
        choices=choices,
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
        shuffle=flag(node, "shuffle", False),
    )


def _choice(node: Node) -> Choice:
    if node.name != "qti-simple-choice":
        refuse(node, "only qti-simple-choice is expected here")
    only(node, ("identifier", "fixed"))
    return Choice(identifier=identifier(node), fixed=flag(node, "fixed", False), content=read_blocks(node))


def _text_entry(node: Node) -> TextEntryInteraction:
    only(node, _ENTRY)
    required(node, "response-identifier")
    return TextEntryInteraction(
        response=identifier(node, "response-identifier"),
        expected_length=integer(node, "expected-length", 0) or None,
        placeholder=node.attributes.get("placeholder-text", ""),
    )


_INTERACTIONS: Mapping[str, Callable[[Node], Interaction]] = {
    "qti-choice-interaction": _choice_interaction,
    "qti-text-entry-interaction": _text_entry,
}
