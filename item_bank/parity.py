"""The rule that all languages of a version are one item (ADR 0006): same identifiers, keys, processing, choices, limits and numbers.

Pictures, sounds and words may differ. Not here: what an exam asks of one item (readiness.py).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields

from assessment_engine.kernel.errors import Invalid
from item_bank.qti.model import Choice, Gap, Hotspot, Hottext, Interaction, QtiItem, nested, plain_text
from item_bank.qti.text import latin_number

NO_LANGUAGE = "und"
"""The language of a file that does not say its language (ISO 639-2, "undetermined")."""

_TO_CHOOSE = ("choices", "sources", "targets", "hotspots")
_SAME = (
    "max_choices",
    "min_choices",
    "max_associations",
    "min_associations",
    "max_strings",
    "min_strings",
    "min_plays",
    "max_plays",
    "lower",
    "upper",
    "step",
    "shuffle",
    "required",
    "pattern_mask",
    "base",
    "string_identifier",
    "format",
    "types",
    "centre",
    "count_attempt",
)
"""What of an interaction decides about its response, and so must not differ. How it looks and what it says may."""


def language_of(item: QtiItem) -> str:
    """Return the language that an item says, without its region."""
    return item.lang.split("-")[0].lower() or NO_LANGUAGE


def check_parity(variants: Mapping[str, QtiItem]) -> None:
    """Refuse languages that are not one item; raises Invalid."""
    if not variants:
        raise Invalid("an item needs at least one language")
    for lang, what in differences(variants):
        raise Invalid(f"{variants[lang].identifier}: {what}", lang=lang)


def differences(variants: Mapping[str, QtiItem]) -> Iterator[tuple[str, str]]:
    """Yield (language, what is wrong with it) for everything in which the languages are not one item."""
    for lang, item in variants.items():
        if language_of(item) != lang:
            yield lang, f"the file for {lang} says xml:lang={item.lang!r}"
    first_lang, *other_langs = sorted(variants)
    for lang in other_langs:
        for what in (*unlike(variants[first_lang], variants[lang]), *_unlike_processing(variants[first_lang], variants[lang])):
            yield lang, f"{what} differs between {first_lang} and {lang}"


def unlike(first: QtiItem, other: QtiItem) -> Iterator[str]:
    """Yield in what two items differ; the processing, which can be written in several ways, aside."""
    parts: tuple[tuple[str, object, object], ...] = (
        ("the identifier", first.identifier, other.identifier),
        ("whether it is adaptive", first.adaptive, other.adaptive),
        ("a response declaration (type, key or mapping)", first.responses, other.responses),
        ("an outcome declaration", first.outcomes, other.outcomes),
        ("a template declaration", first.templates, other.templates),
        ("an interaction", _skeletons(first), _skeletons(other)),
        ("a number in the text", _numbers(first), _numbers(other)),
    )
    return (what for what, one, another in parts if one != another)


def _unlike_processing(first: QtiItem, other: QtiItem) -> Iterator[str]:
    if first.template_processing != other.template_processing:
        yield "the template processing"
    if first.processing != other.processing or first.outcome_processing != other.outcome_processing:
        yield "the response processing"


def _skeletons(item: QtiItem) -> list[object]:
    return [_skeleton(each) for each in item.interactions]


def _skeleton(interaction: Interaction) -> tuple[object, ...]:
    """Return what of an interaction must be the same in every language."""
    known = {field.name for field in fields(interaction)}
    limits = tuple((name, getattr(interaction, name)) for name in _SAME if name in known)
    choices = tuple((name, tuple(map(_choice, getattr(interaction, name)))) for name in _TO_CHOOSE if name in known)
    places = tuple(
        (block.identifier, block.required, block.match_group) if isinstance(block, Gap) else (block.identifier,)
        for block in nested(interaction.inside)
        if isinstance(block, Gap | Hottext)
    )
    return type(interaction).__name__, interaction.response, limits, choices, places


def _choice(choice: Choice | Hotspot) -> tuple[object, ...]:
    fixed = isinstance(choice, Choice) and choice.fixed
    return choice.identifier, fixed, choice.match_max, choice.match_min, choice.match_group, choice.shown


def _numbers(item: QtiItem) -> list[tuple[str, Counter[str]]]:
    """Return the numbers of the stem, and of each interaction's prompt, text and choices, in the digits 0-9."""
    found = [("stem", numbers_in(plain_text(item.body)))]
    for interaction in item.interactions:
        found.append(("prompt", numbers_in(plain_text(interaction.prompt))))
        found.append(("text", numbers_in(plain_text(interaction.inside))))
        for name in _TO_CHOOSE[:3]:
            choices: tuple[Choice, ...] = getattr(interaction, name, ())
            found.extend((choice.identifier, numbers_in(plain_text(choice.content))) for choice in choices)
    return found


_NUMBER = re.compile(r"\d+(?:,\d{2,3})*(?:\.\d+)?")


def numbers_in(text: str) -> Counter[str]:
    """Return the numbers of a text in the digits 0-9, however a language writes them."""
    return Counter(latin_number(number) for number in _NUMBER.findall(text))
