"""Items and their immutable versions: records, states and digests.

A version is QTI XML per language (ADR 0006) and the files beside it. Not here: that its languages are one question (parity.py), what an
exam asks of it (readiness.py), how QTI is read (qti/), where it is kept (storage/items.py, storage/item_parts.py).
"""

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote

from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemId, ItemVersionId, OrganisationId, PersonId
from assessment_engine.kernel.machine import advance
from item_bank.facts import MAX_LEVEL, ItemFacts
from item_bank.qti.reader import title_of

LONGEST_IDENTIFIER = 255
LONGEST_TITLE = 300
LONGEST_LANGUAGE = 40
LONGEST_PATH = 1024
LONGEST_MEDIA_TYPE = 100
"""Characters that are kept of each; the columns of storage/ have room for as many."""


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
    ORIGINAL = "original"  # the item's own file as it came, where the variant is not that file byte for byte


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPart:
    """A file that one language of a version needs, kept by digest; `path` is relative to the item's own file, as its XML says it."""

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
    facts: ItemFacts = field(default_factory=ItemFacts)
    identifier: str = ""  # the item's
    bank_id: BankId | None = None
    author_id: PersonId | None = None  # who saved it; nobody is known of one that the log does not tell of
    saved_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether the content is the one that the version's digest names."""
        return content_digest(self.variants, self.parts) == self.sha256

    def advance(self, verb: ItemVerb) -> "ItemVersion":
        """Return the version after `verb`; raises IllegalTransition."""
        return replace(self, state=advance(TRANSITIONS, self.state, verb))

    def parts_in(self, lang: str, kind: PartKind) -> tuple[ItemPart, ...]:
        """Return the files of one kind that a language needs."""
        return tuple(part for part in self.parts if part.lang == lang and part.kind is kind)

    def language_for(self, lang: str) -> str:
        """Return a language that the version speaks: this one, or its first."""
        return lang if lang in self.variants else min(self.variants)

    def title_in(self, lang: str) -> str:
        """Return the title in a language, or the first one when the version does not speak it."""
        return title_of(self.variants[lang]) if lang in self.variants else self.title


def content_digest(variants: Mapping[str, str], parts: Sequence[ItemPart] = ()) -> str:
    """Return the SHA-256 that names a version's content: its XML in every language, and the digests of the files beside it, if any."""
    if not parts:
        return digest(dict(variants))
    named = sorted((part.lang, part.path, part.sha256) for part in parts)
    return digest({"variants": dict(variants), "parts": [list(each) for each in named]})


def check_level(level: int | None) -> None:
    """Refuse a level that there is not; raises Invalid."""
    if level is not None and not 1 <= level <= MAX_LEVEL:
        raise Invalid(f"a level is between 1 and {MAX_LEVEL}")


def plain_path(path: str) -> str:
    """Write a path one way, without `./`, `a/../`, %20 and fragment: two that are the same then lead to the same file."""
    return posixpath.normpath(unquote(path.strip().partition("#")[0]))


def item_seed(sitting_id: str, item_version_id: str) -> int:
    """Return where chance begins in one candidate's copy of an item: 63 bits of SHA-256 over both ids (docs/adr/0016)."""
    return int.from_bytes(hashlib.sha256(f"{sitting_id} {item_version_id}".encode()).digest()[:8], "big") >> 1
