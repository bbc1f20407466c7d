"""What a candidate may still leave as it is, but should know of: valid-response constraints (QTI 3.0, "Response Validity").

Too few choices or pairs, a pattern that is not met, a required gap without its word. An exam may ask for them before it lets go of an item;
an answer with shortcomings is saved and scored like any other.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from item_bank.qti.binding.bind import Responses, interactions_of
from item_bank.qti.binding.constraints import gaps_of, identifiers
from item_bank.qti.binding.records import STRING_VALUE
from item_bank.qti.model import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    ExtendedTextInteraction,
    Feedback,
    GapMatchInteraction,
    GraphicAssociateInteraction,
    GraphicGapMatchInteraction,
    GraphicOrderInteraction,
    Hotspot,
    HotspotInteraction,
    HottextInteraction,
    InlineChoiceInteraction,
    Interaction,
    MatchInteraction,
    MediaInteraction,
    OrderInteraction,
    PositionObjectInteraction,
    QtiItem,
    SelectPointInteraction,
    TextEntryInteraction,
    nested,
)
from item_bank.qti.patterns import fits
from item_bank.qti.text import comparable
from item_bank.qti.values import Atom, Cardinality, Pair, Value

_PLACES = 7  # decimal places that a number may have been written with


def shortcomings(item: QtiItem, responses: Responses) -> tuple[str, ...]:
    """Return the responses that break a constraint, in the page's order; of several interactions for one, all must find it short.

    An interaction that shows only sometimes (in a template block or a feedback) asks for nothing.
    """
    sometimes = _sometimes(item)
    return tuple(
        name
        for name, interactions in interactions_of(item).items()
        if name not in sometimes and all(is_short(interaction, responses.get(name), responses) for interaction in interactions)
    )


@lru_cache(maxsize=1024)
def _sometimes(item: QtiItem) -> frozenset[str]:
    blocks = (block for block in nested(item.body) if isinstance(block, Feedback))
    return frozenset(inner.response for block in blocks for inner in nested(block.content) if isinstance(inner, Interaction))


def is_short(interaction: Interaction, value: Value | None, responses: Responses) -> bool:
    """Tell whether a value leaves something to be done at an interaction."""
    if isinstance(interaction, TextEntryInteraction | ExtendedTextInteraction):
        return _text_is_short(interaction, value, responses)
    judge = _JUDGES.get(type(interaction))
    return judge is not None and judge(interaction, value)


def _count(value: Value | None) -> int:
    return 0 if value is None else len(value.atoms)


Picked = ChoiceInteraction | HotspotInteraction | HottextInteraction | SelectPointInteraction | PositionObjectInteraction


def _picked(interaction: Picked, value: Value | None) -> bool:
    return _count(value) < interaction.min_choices


def _inline_choice(interaction: InlineChoiceInteraction, value: Value | None) -> bool:
    return interaction.required and value is None


def _ordered(interaction: OrderInteraction | GraphicOrderInteraction, value: Value | None) -> bool:
    """Without min-choices all choices are to be ordered (QTI 3.0, "orderInteraction")."""
    if interaction.min_choices is not None:
        return _count(value) < interaction.min_choices
    choices = interaction.choices if isinstance(interaction, OrderInteraction) else interaction.hotspots
    sometimes = sum(choice.shown is not None for choice in choices)  # a template may hide these
    return _count(value) < len(identifiers(interaction)) - sometimes


def _pairs(value: Value | None) -> tuple[Pair, ...]:
    return () if value is None else tuple(atom for atom in value.atoms if isinstance(atom, Pair))


def _too_seldom(choices: tuple[Choice | Hotspot, ...], value: Value | None) -> bool:
    uses = Counter(name for pair in _pairs(value) for name in pair)
    return any(uses[choice.identifier] < choice.match_min for choice in choices if choice.shown is None)


def _associated(interaction: AssociateInteraction, value: Value | None) -> bool:
    return _count(value) < interaction.min_associations or _too_seldom(interaction.choices, value)


def _graphic_associated(interaction: GraphicAssociateInteraction, value: Value | None) -> bool:
    return _count(value) < interaction.min_associations or _too_seldom(interaction.hotspots, value)


def _matched(interaction: MatchInteraction, value: Value | None) -> bool:
    return _count(value) < interaction.min_associations or _too_seldom(interaction.sources + interaction.targets, value)


def _gap_matched(interaction: GapMatchInteraction, value: Value | None) -> bool:
    filled = {name for pair in _pairs(value) for name in pair}
    missing = any(gap.required and gap.shown is None and gap.identifier not in filled for gap in gaps_of(interaction))
    return missing or _count(value) < interaction.min_associations or _too_seldom(interaction.choices, value)


def _graphic_gap_matched(interaction: GraphicGapMatchInteraction, value: Value | None) -> bool:
    ends: tuple[Choice | Hotspot, ...] = (*interaction.choices, *interaction.hotspots)
    return _count(value) < interaction.min_associations or _too_seldom(ends, value)


def _played(interaction: MediaInteraction, value: Value | None) -> bool:
    plays = 0 if value is None else value.atoms[0]
    return isinstance(plays, int | float) and plays < interaction.min_plays


_JUDGES: Mapping[type[Interaction], Callable[..., bool]] = {
    ChoiceInteraction: _picked,
    HotspotInteraction: _picked,
    HottextInteraction: _picked,
    SelectPointInteraction: _picked,
    PositionObjectInteraction: _picked,
    InlineChoiceInteraction: _inline_choice,
    OrderInteraction: _ordered,
    GraphicOrderInteraction: _ordered,
    AssociateInteraction: _associated,
    GraphicAssociateInteraction: _graphic_associated,
    MatchInteraction: _matched,
    GapMatchInteraction: _gap_matched,
    GraphicGapMatchInteraction: _graphic_gap_matched,
    MediaInteraction: _played,
}


def _text_is_short(interaction: TextEntryInteraction | ExtendedTextInteraction, value: Value | None, responses: Responses) -> bool:
    if isinstance(interaction, ExtendedTextInteraction) and _count(value) < interaction.min_strings:
        return True
    if not interaction.pattern_mask or value is None:
        return False
    typed = responses.get(interaction.string_identifier) or value  # the pattern is about what was typed, not about its number
    return not all(any(fits(interaction.pattern_mask, text) is not False for text in spellings) for spellings in _spellings(typed))


def _spellings(value: Value) -> Iterator[tuple[str, ...]]:
    """Yield for each text how it may have been typed; a number has lost that."""
    if value.cardinality is Cardinality.RECORD:
        text = value.fields.get(STRING_VALUE)
        if text is not None:
            yield (comparable(str(text.atom)),)
        return
    for atom in value.atoms:
        yield _written(atom)


def _written(atom: Atom) -> tuple[str, ...]:
    if isinstance(atom, int | float) and not isinstance(atom, bool):
        exact = (f"{atom:.{places}f}" for places in range(_PLACES))
        return (f"{atom}", *(text for text in exact if float(text) == atom))
    return (comparable(str(atom)),)
