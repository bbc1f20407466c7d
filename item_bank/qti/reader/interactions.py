"""Reads the kinds of interaction (QTI 3.0, "Interactions"; defaults as its information model states them).

Tolerant: an attribute that does not parse counts as absent. body.py hands in how blocks are read, so that neither module needs the
other's insides.
"""

from collections.abc import Callable, Mapping
from typing import TypedDict

from item_bank.qti.model import interactions as kinds
from item_bank.qti.model.body import Blocks, Interaction, Markup
from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.attributes import flag, floating, integer, raw, shown_by_template, text, whole, words
from item_bank.qti.reader.declarations import read_area
from item_bank.qti.reader.pictures import read_object, read_picture

Read = Callable[[Node], Blocks]

_MEDIA = ("audio", "video", "object", "img", "picture")


class _Common(TypedDict):
    """What every interaction has."""

    response: str
    prompt: Blocks
    classes: tuple[str, ...]
    label: str
    attributes: Mapping[str, str]


def _common(node: Node, read: Read) -> _Common:
    prompt = node.first("qti-prompt")
    return _Common(
        response=text(node, "response-identifier"),
        prompt=() if prompt is None else read(prompt),
        classes=words(node, "class"),
        label=text(node, "label"),
        attributes=node.attributes,
    )


def _choices(node: Node, read: Read, *names: str) -> tuple[kinds.Choice, ...]:
    return tuple(_choice(child, read) for child in node.named(*names))


def _choice(node: Node, read: Read) -> kinds.Choice:
    pictured = node.name == "qti-gap-img"
    return kinds.Choice(
        identifier=text(node, "identifier"),
        content=() if pictured else read(node),
        fixed=flag(node, "fixed", False),
        shown=shown_by_template(node),
        match_max=integer(node, "match-max", 1),
        match_min=integer(node, "match-min", 0),
        match_group=frozenset(words(node, "match-group")),
        image=read_picture(node) if pictured else None,
        label=text(node, "object-label") or text(node, "label"),
        attributes=node.attributes,
    )


def _hotspots(node: Node) -> tuple[kinds.Hotspot, ...]:
    return tuple(
        kinds.Hotspot(
            identifier=text(child, "identifier"),
            area=read_area(child),
            label=text(child, "hotspot-label") or text(child, "label"),
            shown=shown_by_template(child),
            match_max=integer(child, "match-max", 1),
            match_min=integer(child, "match-min", 0),
            match_group=frozenset(words(child, "match-group")),
        )
        for child in node.named("qti-hotspot-choice", "qti-associable-hotspot")
    )


def _choice_interaction(node: Node, read: Read) -> Interaction:
    return kinds.ChoiceInteraction(
        **_common(node, read),
        choices=_choices(node, read, "qti-simple-choice"),
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
        shuffle=flag(node, "shuffle", False),
        orientation=text(node, "orientation", "vertical"),
    )


def _inline_choice(node: Node, read: Read) -> Interaction:
    return kinds.InlineChoiceInteraction(
        **_common(node, read),
        choices=_choices(node, read, "qti-inline-choice"),
        shuffle=flag(node, "shuffle", False),
        required=flag(node, "required", False) or integer(node, "min-choices", 0) > 0,
    )


def _text_entry(node: Node, read: Read) -> Interaction:
    return kinds.TextEntryInteraction(
        **_common(node, read),
        expected_length=whole(node, "expected-length"),
        pattern_mask=raw(node, "pattern-mask") or "",
        placeholder=text(node, "placeholder-text"),
        base=integer(node, "base", 10),
        string_identifier=text(node, "string-identifier"),
        format=text(node, "format"),
    )


def _extended_text(node: Node, read: Read) -> Interaction:
    return kinds.ExtendedTextInteraction(
        **_common(node, read),
        expected_length=whole(node, "expected-length"),
        expected_lines=whole(node, "expected-lines"),
        max_strings=whole(node, "max-strings"),
        min_strings=integer(node, "min-strings", 0),
        format=text(node, "format", "plain"),
        pattern_mask=raw(node, "pattern-mask") or "",
        placeholder=text(node, "placeholder-text"),
        base=integer(node, "base", 10),
        string_identifier=text(node, "string-identifier"),
    )


def _order(node: Node, read: Read) -> Interaction:
    return kinds.OrderInteraction(
        **_common(node, read),
        choices=_choices(node, read, "qti-simple-choice"),
        max_choices=whole(node, "max-choices"),
        min_choices=whole(node, "min-choices"),
        shuffle=flag(node, "shuffle", False),
        orientation=text(node, "orientation", "vertical"),
    )


def _associate(node: Node, read: Read) -> Interaction:
    return kinds.AssociateInteraction(
        **_common(node, read),
        choices=_choices(node, read, "qti-simple-associable-choice"),
        max_associations=integer(node, "max-associations", 1),
        min_associations=integer(node, "min-associations", 0),
        shuffle=flag(node, "shuffle", False),
    )


def _match(node: Node, read: Read) -> Interaction:
    sets = [_choices(each, read, "qti-simple-associable-choice") for each in node.named("qti-simple-match-set")]
    return kinds.MatchInteraction(
        **_common(node, read),
        sources=sets[0] if sets else (),
        targets=sets[1] if len(sets) > 1 else (),
        max_associations=integer(node, "max-associations", 1),
        min_associations=integer(node, "min-associations", 0),
        shuffle=flag(node, "shuffle", False),
    )


def _gap_match(node: Node, read: Read) -> Interaction:
    choices = ("qti-gap-text", "qti-gap-img")
    return kinds.GapMatchInteraction(
        **_common(node, read),
        choices=_choices(node, read, *choices),
        content=read(_body(node, *choices)),
        max_associations=integer(node, "max-associations", 0),
        min_associations=integer(node, "min-associations", 0),
        shuffle=flag(node, "shuffle", False),
    )


def _hottext(node: Node, read: Read) -> Interaction:
    return kinds.HottextInteraction(
        **_common(node, read),
        content=read(_body(node)),
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
    )


def _body(node: Node, *choices: str) -> Node:
    """The interaction without its prompt and its choices: the text with gaps or hottexts."""
    kept = tuple(child for child in node.children if isinstance(child, str) or child.name not in ("qti-prompt", *choices))
    return Node(name=node.name, attributes=node.attributes, children=kept, line=node.line)


def _hotspot(node: Node, read: Read) -> Interaction:
    return kinds.HotspotInteraction(
        **_common(node, read),
        image=read_picture(node),
        hotspots=_hotspots(node),
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
    )


def _graphic_order(node: Node, read: Read) -> Interaction:
    return kinds.GraphicOrderInteraction(
        **_common(node, read),
        image=read_picture(node),
        hotspots=_hotspots(node),
        max_choices=whole(node, "max-choices"),
        min_choices=whole(node, "min-choices"),
    )


def _graphic_associate(node: Node, read: Read) -> Interaction:
    return kinds.GraphicAssociateInteraction(
        **_common(node, read),
        image=read_picture(node),
        hotspots=_hotspots(node),
        max_associations=integer(node, "max-associations", 1),
        min_associations=integer(node, "min-associations", 0),
    )


def _graphic_gap_match(node: Node, read: Read) -> Interaction:
    return kinds.GraphicGapMatchInteraction(
        **_common(node, read),
        image=read_picture(node),
        choices=_choices(node, read, "qti-gap-img", "qti-gap-text"),
        hotspots=_hotspots(node),
        max_associations=integer(node, "max-associations", 0),
        min_associations=integer(node, "min-associations", 0),
    )


def _select_point(node: Node, read: Read) -> Interaction:
    return kinds.SelectPointInteraction(
        **_common(node, read),
        image=read_picture(node),
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
    )


def read_stage(node: Node, read: Read) -> Blocks:
    """Read a stage: its interactions, each with the stage's picture (one and the same record in all of them)."""
    stage = read_picture(node)
    return tuple(_position_object(child, read, stage) for child in node.named("qti-position-object-interaction"))


def _position_object(node: Node, read: Read, stage: Markup | None = None) -> Interaction:
    written = words(node, "center-point") or words(node, "centre-point")  # QTI 2.1's spelling
    centre = [int(word) for word in written if word.isascii() and word.isdigit() and len(word) < 10]
    return kinds.PositionObjectInteraction(
        **_common(node, read),
        stage=stage or Markup(tag="img", attributes={}, children=()),
        image=read_picture(node),
        centre=(centre[0], centre[1]) if len(centre) == 2 else None,
        max_choices=integer(node, "max-choices", 1),
        min_choices=integer(node, "min-choices", 0),
    )


def _slider(node: Node, read: Read) -> Interaction:
    return kinds.SliderInteraction(
        **_common(node, read),
        lower=floating(node, "lower-bound") or 0.0,
        upper=floating(node, "upper-bound") or 0.0,
        step=floating(node, "step"),
        step_label=flag(node, "step-label", False),
        orientation=text(node, "orientation", "horizontal"),
        reverse=flag(node, "reverse", False),
    )


def _media(node: Node, read: Read) -> Interaction:
    return kinds.MediaInteraction(
        **_common(node, read),
        media=_medium(node, read),
        autostart=flag(node, "autostart", False),
        min_plays=integer(node, "min-plays", 0),
        max_plays=integer(node, "max-plays", 0),
        loop=flag(node, "loop", False),
    )


def _medium(node: Node, read: Read) -> Markup:
    found = next((child for child in node.elements if child.name in _MEDIA), None)
    if found is None or found.name in ("img", "picture"):
        return read_picture(node)
    if found.name == "object":
        return read_object(found, read(found))
    return Markup(tag=found.name, attributes=found.attributes, children=read(found))


def _upload(node: Node, read: Read) -> Interaction:
    return kinds.UploadInteraction(**_common(node, read), types=words(node, "type"))


def _drawing(node: Node, read: Read) -> Interaction:
    return kinds.DrawingInteraction(**_common(node, read), image=read_picture(node))


def _end_attempt(node: Node, read: Read) -> Interaction:
    return kinds.EndAttemptInteraction(**_common(node, read), title=text(node, "title"), count_attempt=flag(node, "count-attempt", True))


def _custom(node: Node, read: Read) -> Interaction:
    portable = any("portable" in each.name.lower() for each in (node, *node.elements))  # QTI 2.x puts it inside a customInteraction
    return kinds.CustomInteraction(**_common(node, read), node=node, portable=portable)


INTERACTIONS: Mapping[str, Callable[[Node, Read], Interaction]] = {
    "qti-choice-interaction": _choice_interaction,
    "qti-inline-choice-interaction": _inline_choice,
    "qti-text-entry-interaction": _text_entry,
    "qti-extended-text-interaction": _extended_text,
    "qti-order-interaction": _order,
    "qti-associate-interaction": _associate,
    "qti-match-interaction": _match,
    "qti-gap-match-interaction": _gap_match,
    "qti-hottext-interaction": _hottext,
    "qti-hotspot-interaction": _hotspot,
    "qti-graphic-order-interaction": _graphic_order,
    "qti-graphic-associate-interaction": _graphic_associate,
    "qti-graphic-gap-match-interaction": _graphic_gap_match,
    "qti-select-point-interaction": _select_point,
    "qti-position-object-interaction": _position_object,
    "qti-slider-interaction": _slider,
    "qti-media-interaction": _media,
    "qti-upload-interaction": _upload,
    "qti-drawing-interaction": _drawing,
    "qti-end-attempt-interaction": _end_attempt,
    "qti-custom-interaction": _custom,
    "qti-portable-custom-interaction": _custom,
}
