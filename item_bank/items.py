"""Items and their immutable versions: states, and the rule that all languages of a version are one item.

A version is QTI XML per language (ADR 0006). Not here: how QTI is read (qti/), where it is kept (storage/items.py).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemId, ItemVersionId, OrganisationId
from assessment_engine.kernel.machine import advance
from item_bank.qti.binding import latin_number
from item_bank.qti.model import ChoiceInteraction, QtiItem, plain_text
from item_bank.qti.reader import title_of


class ItemState(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETIRED = "retired"


class ItemVerb(StrEnum):
    """What can be done to a version."""

    SEND_TO_REVIEW = "send_to_review"
    RETURN = "return"
    APPROVE = "approve"
    RETIRE = "retire"


TRANSITIONS: Mapping[tuple[ItemState, ItemVerb], ItemState] = {
    (ItemState.DRAFT, ItemVerb.SEND_TO_REVIEW): ItemState.IN_REVIEW,
    (ItemState.IN_REVIEW, ItemVerb.RETURN): ItemState.DRAFT,
    (ItemState.IN_REVIEW, ItemVerb.APPROVE): ItemState.APPROVED,
    (ItemState.APPROVED, ItemVerb.RETIRE): ItemState.RETIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A folder of items that belongs to one organisation."""

    id: BankId
    organisation_id: OrganisationId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question, through all its versions; its identifier is the QTI one."""

    id: ItemId
    bank_id: BankId
    organisation_id: OrganisationId
    identifier: str


class PartKind(StrEnum):
    """What a file beside an item's XML is."""

    MEDIA = "media"  # a picture, a sound, a film, captions, a style sheet
    STIMULUS = "stimulus"  # the XML of a text that several items share


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPart:
    """A file that one language of a version needs; `path` is relative to the item's own file, as its XML says it. The bytes are kept by digest."""

    lang: str
    path: str
    kind: PartKind
    sha256: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemVersion:
    """One immutable version of an item; only its state ever changes."""

    id: ItemVersionId
    item_id: ItemId
    organisation_id: OrganisationId
    version: int
    state: ItemState
    title: str
    competency_id: CompetencyId | None
    level: int | None
    variants: Mapping[str, str]  # language → QTI 3.0 XML
    sha256: str
    parts: tuple[ItemPart, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether the content is the one that the version's digest names."""
        return content_digest(self.variants, self.parts) == self.sha256

    def advance(self, verb: ItemVerb) -> "ItemVersion":
        """Return the version after `verb`; raises IllegalTransition."""
        return replace(self, state=advance(TRANSITIONS, self.state, verb))

    def title_in(self, lang: str) -> str:
        """Return the title in a language, or the first one when the version does not speak it."""
        return title_of(self.variants[lang]) if lang in self.variants else self.title


def content_digest(variants: Mapping[str, str], parts: Sequence[ItemPart] = ()) -> str:
    """Return the SHA-256 that names a version's content: its XML in every language, and the digests of the files beside it, if any."""
    if not parts:
        return digest(dict(variants))
    named = sorted((part.lang, part.path, part.sha256) for part in parts)
    return digest({"variants": dict(variants), "parts": [list(each) for each in named]})


_NUMBER = re.compile(r"\d+(?:,\d{2,3})*(?:\.\d+)?")


def check_parity(variants: Mapping[str, QtiItem]) -> None:
    """Refuse languages that are not one item: other identifiers, keys, processing, choices or numbers. Raises Invalid."""
    if not variants:
        raise Invalid("an item needs at least one language")
    first_lang, *other_langs = sorted(variants)
    for lang, item in variants.items():
        if item.lang.split("-")[0] != lang:
            raise Invalid(f"the file for {lang} says xml:lang={item.lang!r}", lang=lang)
    for lang in other_langs:
        for what, first, other in _parts(variants[first_lang], variants[lang]):
            if first != other:
                raise Invalid(f"{variants[lang].identifier}: {what} differs between {first_lang} and {lang}", lang=lang, part=what)


def _parts(first: QtiItem, other: QtiItem) -> Iterator[tuple[str, object, object]]:
    yield "the identifier", first.identifier, other.identifier
    yield "a response declaration (type, key or mapping)", first.responses, other.responses
    yield "an outcome declaration", first.outcomes, other.outcomes
    yield "the response processing", first.processing, other.processing
    yield "an interaction", _skeleton(first), _skeleton(other)
    yield "a number in the text", _numbers(first), _numbers(other)


def _skeleton(item: QtiItem) -> list[tuple[object, ...]]:
    return [
        (each.response, tuple(choice.identifier for choice in each.choices), each.max_choices, each.min_choices, each.shuffle)
        if isinstance(each, ChoiceInteraction)
        else (each.response,)
        for each in item.interactions
    ]


def _numbers(item: QtiItem) -> list[tuple[str, Counter[str]]]:
    """Return the numbers of the stem and of each choice, in the digits 0-9."""
    found = [("stem", _numbers_in(plain_text(item.body)))]
    for interaction in item.interactions:
        if isinstance(interaction, ChoiceInteraction):
            found.append(("prompt", _numbers_in(plain_text(interaction.prompt))))
            found.extend((choice.identifier, _numbers_in(plain_text(choice.content))) for choice in interaction.choices)
    return found


def _numbers_in(text: str) -> Counter[str]:
    return Counter(latin_number(number) for number in _NUMBER.findall(text))
