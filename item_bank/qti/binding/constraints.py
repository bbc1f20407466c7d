"""What no page of ours can send, kind by kind (QTI 3.0, "Interactions"): a misfit of these is a mistake or an attack, and is refused.

What a candidate may leave unfinished is in shortcomings.py. A file may declare a response of a type that its interaction cannot have
(validity/ says so): then there is nothing to check here, and processing makes of it what it can.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from item_bank.qti.binding.files import check_kind
from item_bank.qti.binding.given import Misfit
from item_bank.qti.model import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    DrawingInteraction,
    ExtendedTextInteraction,
    Gap,
    GapMatchInteraction,
    GraphicAssociateInteraction,
    GraphicGapMatchInteraction,
    GraphicOrderInteraction,
    Hotspot,
    HotspotInteraction,
    Hottext,
    HottextInteraction,
    InlineChoiceInteraction,
    Interaction,
    Markup,
    MatchInteraction,
    MediaInteraction,
    OrderInteraction,
    PositionObjectInteraction,
    SelectPointInteraction,
    SliderInteraction,
    UploadInteraction,
    nested,
)
from item_bank.qti.values import BaseType, FileValue, Pair, Point, Value, key_of

DRAWN = ("image/png", "image/jpeg", "image/webp")  # what a canvas gives; an SVG could bring a script along
FARTHEST = 100_000  # pixels, on a picture that does not say how large it is


def check(interaction: Interaction, value: Value) -> None:
    """Raise Misfit when an interaction cannot have this value."""
    checking = _CHECKS.get(type(interaction))
    if checking is not None:
        checking(interaction, value)


class End(NamedTuple):
    """What can be one end of a pair: how often (0: any number of times), and with which others (none named: all)."""

    most: int
    group: frozenset[str]


def identifiers(interaction: Interaction) -> frozenset[str]:
    """Return what can be chosen, for interactions in which something is: choices, hotspots or hottexts."""
    if isinstance(interaction, HottextInteraction):
        return frozenset(block.identifier for block in nested(interaction.content) if isinstance(block, Hottext))
    if isinstance(interaction, HotspotInteraction | GraphicOrderInteraction):
        return frozenset(hotspot.identifier for hotspot in interaction.hotspots)
    if isinstance(interaction, ChoiceInteraction | InlineChoiceInteraction | OrderInteraction):
        return frozenset(choice.identifier for choice in interaction.choices)
    return frozenset()


def _chosen(interaction: Interaction, value: Value, most: int) -> None:
    names = [str(atom) for atom in value.atoms]
    if not identifiers(interaction).issuperset(names):
        raise Misfit("no_such_choice", "there is no such choice")
    if len(set(names)) != len(names):
        raise Misfit("chosen_twice", "a choice was given twice")
    _no_more(len(names), most, "choices may be made")


def _no_more(count: int, most: int, what: str) -> None:
    if 0 < most < count:
        raise Misfit("too_many", f"at most {most} {what}")


def _choice(interaction: ChoiceInteraction | HotspotInteraction | HottextInteraction, value: Value) -> None:
    _chosen(interaction, value, interaction.max_choices)


def _inline_choice(interaction: InlineChoiceInteraction, value: Value) -> None:
    _chosen(interaction, value, 1)


def _order(interaction: OrderInteraction | GraphicOrderInteraction, value: Value) -> None:
    """Without min-choices all are to be ordered, and max-choices is ignored (QTI 3.0, "orderInteraction")."""
    _chosen(interaction, value, 0 if interaction.min_choices is None else interaction.max_choices or 0)


def ends_of(choices: Iterable[Choice | Hotspot]) -> Mapping[str, End]:
    """Return choices or hotspots as ends of pairs."""
    return {choice.identifier: End(choice.match_max, choice.match_group) for choice in choices}


def gaps_of(interaction: GapMatchInteraction) -> tuple[Gap, ...]:
    """Return the gaps of a text, in its order."""
    return tuple(block for block in nested(interaction.content) if isinstance(block, Gap))


def _associate(interaction: AssociateInteraction, value: Value) -> None:
    ends = ends_of(interaction.choices)
    _paired(value, ends, ends)
    _no_more(len(value.atoms), interaction.max_associations, "pairs may be made")


def _graphic_associate(interaction: GraphicAssociateInteraction, value: Value) -> None:
    ends = ends_of(interaction.hotspots)
    _paired(value, ends, ends)
    _no_more(len(value.atoms), interaction.max_associations, "pairs may be made")


def _match(interaction: MatchInteraction, value: Value) -> None:
    _paired(value, ends_of(interaction.sources), ends_of(interaction.targets))
    _no_more(len(value.atoms), interaction.max_associations, "pairs may be made")


def _gap_match(interaction: GapMatchInteraction, value: Value) -> None:
    gaps = {gap.identifier: End(1, gap.match_group) for gap in gaps_of(interaction)}  # a gap holds one (QTI 3.0, "gap")
    _paired(value, ends_of(interaction.choices), gaps)
    _no_more(len(value.atoms), interaction.max_associations, "gaps may be filled")


def _graphic_gap_match(interaction: GraphicGapMatchInteraction, value: Value) -> None:
    _paired(value, ends_of(interaction.choices), ends_of(interaction.hotspots))
    _no_more(len(value.atoms), interaction.max_associations, "places may be filled")


def _paired(value: Value, firsts: Mapping[str, End], seconds: Mapping[str, End]) -> None:
    """Check pairs between two sets, which may be one and the same: direction, match-group, match-max (QTI 3.0, "Associable Choice")."""
    pairs = [_turned(atom, value.base_type, firsts, seconds) for atom in value.atoms if isinstance(atom, Pair)]
    if len({key_of(value.base_type, pair) for pair in pairs}) != len(pairs):
        raise Misfit("paired_twice", "a pair was given twice")
    for first, second in pairs:
        if not (_may_meet(firsts[first], second) and _may_meet(seconds[second], first)):
            raise Misfit("wrong_pair", "these two may not be paired")
    if firsts is seconds:
        _check_uses((name for pair in pairs for name in pair), firsts)
    else:
        _check_uses((pair.first for pair in pairs), firsts)
        _check_uses((pair.second for pair in pairs), seconds)


def _turned(pair: Pair, base_type: BaseType | None, firsts: Mapping[str, End], seconds: Mapping[str, End]) -> Pair:
    """Return a pair with its first end from the first set; one without direction may come in either order."""
    if not {*pair} <= firsts.keys() | seconds.keys():
        raise Misfit("no_such_choice", "there is no such choice")
    if pair.first in firsts and pair.second in seconds:
        return pair
    if base_type is BaseType.PAIR and pair.second in firsts and pair.first in seconds:
        return Pair(pair.second, pair.first)
    raise Misfit("wrong_pair", "a pair goes from one set to the other")


def _may_meet(end: End, other: str) -> bool:
    return not end.group or other in end.group


def _check_uses(names: Iterable[str], ends: Mapping[str, End]) -> None:
    if any(0 < ends[name].most < count for name, count in Counter(names).items()):
        raise Misfit("used_too_often", "a choice was used too often")


def _select_point(interaction: SelectPointInteraction, value: Value) -> None:
    _points(interaction.image, value, interaction.max_choices)


def _position_object(interaction: PositionObjectInteraction, value: Value) -> None:
    _points(interaction.stage, value, interaction.max_choices)


def _points(picture: Markup, value: Value, most: int) -> None:
    """A point lies on the picture, its edges included; the same point may be given twice."""
    width, height = _size(picture, "width"), _size(picture, "height")
    if not all(0 <= atom.x <= width and 0 <= atom.y <= height for atom in value.atoms if isinstance(atom, Point)):
        raise Misfit("outside_picture", "a point lies outside the picture")
    _no_more(len(value.atoms), most, "points may be set")


_PIXELS = re.compile(r"\s*([0-9]{1,6})(?:\.[0-9]+)?\s*(?:px)?\s*")


def _size(picture: Markup, side: str) -> int:
    pixels = _PIXELS.fullmatch(picture.attributes.get(side, ""))
    return int(pixels[1]) if pixels and int(pixels[1]) else FARTHEST


def _slider(interaction: SliderInteraction, value: Value) -> None:
    """Between the bounds, and on a step counted from the lower one; the upper bound is always reached (QTI 3.0, "sliderInteraction")."""
    for atom in value.atoms:
        if not isinstance(atom, int | float) or interaction.lower >= interaction.upper:
            continue
        if not interaction.lower <= atom <= interaction.upper:
            raise Misfit("out_of_range", f"the answer lies between {interaction.lower:g} and {interaction.upper:g}")
        steps = (atom - interaction.lower) / interaction.step if interaction.step and interaction.step > 0 else 0.0
        if abs(steps - round(steps)) > 1e-6 * max(1.0, abs(steps)) and atom != interaction.upper:
            raise Misfit("off_step", f"the answer goes in steps of {interaction.step:g}")


def _extended_text(interaction: ExtendedTextInteraction, value: Value) -> None:
    _no_more(len(value.atoms), interaction.max_strings or 0, "texts may be given")


def _media(interaction: MediaInteraction, value: Value) -> None:
    plays = value.atoms[0]
    if not isinstance(plays, int | float) or plays < 0:
        raise Misfit("out_of_range", "nothing is played less than never")
    _no_more(int(plays), interaction.max_plays, "plays are allowed")


def _upload(interaction: UploadInteraction, value: Value) -> None:
    for atom in value.atoms:
        if isinstance(atom, FileValue):
            check_kind(atom, interaction.types)


def _drawing(interaction: DrawingInteraction, value: Value) -> None:
    for atom in value.atoms:
        if isinstance(atom, FileValue):
            check_kind(atom, DRAWN)


_CHECKS: Mapping[type[Interaction], Callable[..., None]] = {
    ChoiceInteraction: _choice,
    HotspotInteraction: _choice,
    HottextInteraction: _choice,
    InlineChoiceInteraction: _inline_choice,
    OrderInteraction: _order,
    GraphicOrderInteraction: _order,
    AssociateInteraction: _associate,
    GraphicAssociateInteraction: _graphic_associate,
    MatchInteraction: _match,
    GapMatchInteraction: _gap_match,
    GraphicGapMatchInteraction: _graphic_gap_match,
    SelectPointInteraction: _select_point,
    PositionObjectInteraction: _position_object,
    SliderInteraction: _slider,
    ExtendedTextInteraction: _extended_text,
    MediaInteraction: _media,
    UploadInteraction: _upload,
    DrawingInteraction: _drawing,
}
