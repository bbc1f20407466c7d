"""Reads a body: text, HTML, MathML and SSML, what shows by a variable, and interactions (QTI 3.0, "ItemBody").

Whatever stands there is kept: what nobody here knows becomes Unsupported. Scripts, event attributes and addresses stay as the file says
them; render/ decides what a candidate's browser gets. Recursion is bounded by safe_xml's MAX_DEPTH.
"""

from collections.abc import Callable, Mapping
from itertools import chain

from item_bank.qti.model.body import (
    Block,
    Blocks,
    Feedback,
    Gap,
    Hottext,
    Markup,
    PrintedVariable,
    RubricBlock,
    Unsupported,
)
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader import names
from item_bank.qti.reader.attributes import flag, integer, shown, shown_by_template, text, words
from item_bank.qti.reader.interactions import INTERACTIONS, read_stage
from item_bank.qti.reader.pictures import read_object

LEGACY: Mapping[str, str] = {"center": "div", "font": "span", "strike": "s", "nobr": "span", "basefont": "span"}  # HTML that no QTI has
_SPOKEN = frozenset({"mathml", "ssml"})


def read_blocks(node: Node) -> Blocks:
    """Read the children of a body, prompt or choice."""
    return tuple(chain.from_iterable((child,) if isinstance(child, str) else _read(child) for child in node.children))


def _read(node: Node) -> Blocks:
    if node.namespace:
        return (_markup(node) if node.namespace in _SPOKEN else Unsupported(node=node),)
    if node.name in names.HTML:
        return (read_object(node, read_blocks(node)) if node.name == "object" else _markup(node),)
    interaction = INTERACTIONS.get(node.name)
    if interaction is not None:
        return (interaction(node, read_blocks),)
    kind = _KINDS.get(node.name)
    if kind is not None:
        return (kind(node),)
    several = _SEVERAL.get(node.name)
    return several(node) if several is not None else (_unknown(node),)


def _markup(node: Node) -> Markup:
    return Markup(tag=node.name, attributes=node.attributes, children=read_blocks(node), namespace=node.namespace)


def _unknown(node: Node) -> Block:
    tag = LEGACY.get(node.written)
    return Unsupported(node=node) if tag is None else Markup(tag=tag, attributes=node.attributes, children=read_blocks(node))


def _feedback(node: Node) -> Feedback:
    by_template = node.name.startswith("qti-template-")
    return Feedback(
        shown=shown(node, "template-identifier" if by_template else "outcome-identifier"),
        inline=node.name.endswith("-inline"),
        content=read_blocks(node),
        by_template=by_template,
        attributes=node.attributes,
    )


def _printed_variable(node: Node) -> PrintedVariable:
    return PrintedVariable(
        identifier=text(node, "identifier"),
        format=text(node, "format"),
        power_form=flag(node, "power-form", False),
        base=integer(node, "base", 10),
        index=text(node, "index"),
        delimiter=node.attributes.get("delimiter", ";"),
        field=text(node, "field"),
        mapping_indicator=node.attributes.get("mapping-indicator", "="),
    )


def _rubric_block(node: Node) -> RubricBlock:
    return RubricBlock(view=frozenset(words(node, "view")), use=text(node, "use"), content=read_blocks(node), attributes=node.attributes)


def _gap(node: Node) -> Gap:
    return Gap(
        identifier=text(node, "identifier"),
        required=flag(node, "required", False),
        match_group=frozenset(words(node, "match-group")),
        shown=shown_by_template(node),
        label=text(node, "label"),
    )


def _hottext(node: Node) -> Hottext:
    return Hottext(
        identifier=text(node, "identifier"), content=read_blocks(node), shown=shown_by_template(node), attributes=node.attributes
    )


def _info_control(node: Node) -> Markup:
    """Words behind a button (QTI 2.2, "infoControl"): HTML has an element for that."""
    summary = Markup(tag="summary", attributes={}, children=(text(node, "title"),))
    return Markup(tag="details", attributes=node.attributes, children=(summary, *read_blocks(node)))


def _nothing(_: Node) -> Blocks:
    return ()


_KINDS: Mapping[str, Callable[[Node], Block]] = {
    "qti-feedback-block": _feedback,
    "qti-feedback-inline": _feedback,
    "qti-template-block": _feedback,
    "qti-template-inline": _feedback,
    "qti-printed-variable": _printed_variable,
    "qti-rubric-block": _rubric_block,
    "qti-gap": _gap,
    "qti-hottext": _hottext,
    "qti-info-control": _info_control,
}
_SEVERAL: Mapping[str, Callable[[Node], Blocks]] = {
    "qti-content-body": read_blocks,  # QTI 3.0 wraps the words of feedback and rubrics, QTI 2.x does not
    "qti-position-object-stage": lambda node: read_stage(node, read_blocks),
    "qti-prompt": _nothing,  # each interaction reads its own
    "qti-stylesheet": _nothing,
    "qti-catalog-info": _nothing,
}
