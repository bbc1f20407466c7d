"""Items: banks, show, score. Pages, routes and jobs get rendered items and scores from here, never from item_bank.qti.

Packages come in by item_imports.py and go out by item_exports.py; one is saved by item_versions.py, reviewed and approved by
item_reviews.py; versions are written by new_items.py, answers tried by tryout.py.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import ImportRefused, Invalid, UnreadableFile
from assessment_engine.kernel.ids import BankId, ItemVersionId, SittingId, new_id
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.media import address_of, stimuli_of
from assessment_engine.services.new_items import keep
from item_bank.facts import tidy
from item_bank.imports import CheckedItem, NewItem, NewPart
from item_bank.items import Bank, ItemPart, ItemVersion, check_level, item_seed, plain_path
from item_bank.parity import check_parity
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.processing import Outcomes, copy_of, max_score, score
from item_bank.qti.reader import read_item
from item_bank.qti.render import Page, render
from item_bank.qti.session import opening_values
from item_bank.qti.validity import read_item_strictly
from item_bank.readiness import Shortfall, shortfalls

_SHUFFLES = re.compile(r"shuffle\s*=\s*[\"']\s*(true|1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedItem:
    """One item as a candidate sees it. Nothing in it tells the key."""

    id: ItemVersionId
    identifier: str
    title: str
    lang: str
    languages: tuple[str, ...]
    html: str
    max_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """One language of a version, ready to be rendered."""

    version: ItemVersion
    lang: str
    item: QtiItem
    stimuli: tuple[Stimulus, ...]


def create_bank(engine: Engine, actor: Actor, name: str) -> Bank:
    """Open an empty bank."""
    require(actor, Role.CELL_OFFICER)
    if not name.strip():
        raise Invalid("a bank needs a name", problem="bank_unnamed")
    now = engine.clock.now()
    bank = Bank(id=BankId(new_id("bnk", now)), organisation_id=actor.organisation_id, name=name.strip())
    with engine.store.begin() as tx:
        tx.items.add_bank(bank)
        tx.audit.append("bank_created", subject=bank.id, actor=actor.person_id, now=now)
    return bank


def import_items(engine: Engine, actor: Actor, bank_id: BankId, new: Sequence[NewItem]) -> list[ItemVersion]:
    """Import items that are to be in an exam, all or nothing; raises UnreadableFile or Invalid with the place of what is wrong.

    A whole package, with a report and as drafts that may still fall short of an exam: services/item_imports.py.
    """
    require(actor, *WRITERS)
    checked = [_checked(each) for each in new]
    identifiers = [each.identifier for each in checked]
    if len(set(identifiers)) != len(identifiers):
        raise Invalid("two of these items have the same identifier")
    return keep(engine, actor, bank_id, checked)


def _checked(new: NewItem) -> CheckedItem:
    variants = {lang: read_in(lang, xml) for lang, xml in new.variants.items()}
    check_parity(variants)
    first = variants[min(variants)]
    for shortfall in shortfalls(variants, _paths(variants, new.parts)):
        raise Invalid(f"{first.identifier}: {shortfall.message}. {shortfall.advice}", problem=shortfall.code)
    check_level(new.level)
    return CheckedItem(new=replace(new, facts=tidy(new.facts)), identifier=first.identifier, title=first.title)


def read_in(place: str, xml: bytes) -> QtiItem:
    """Read an item strictly; what is raised says where: in which language or file."""
    try:
        return read_item_strictly(xml)
    except (UnreadableFile, ImportRefused) as error:
        raise type(error)(f"{place}: {error.message}", **{**error.details, "place": place}) from error


def shortfalls_of(version: ItemVersion) -> tuple[Shortfall, ...]:
    """Return what keeps a version out of exams; empty for one that may be approved."""
    return shortfalls({lang: _read(xml) for lang, xml in version.variants.items()}, _paths(version.variants, version.parts))


def _paths(langs: Iterable[str], parts: Sequence[NewPart | ItemPart]) -> dict[str, frozenset[str]]:
    """Return the paths of the files that each language came with."""
    return {lang: frozenset(plain_path(part.path) for part in parts if part.lang == lang) for lang in langs}


def banks_of(engine: Engine, actor: Actor) -> list[Bank]:
    """Return the organisation's banks, oldest first."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        return tx.items.banks(actor)


def previewed_item(engine: Engine, actor: Actor, version_id: ItemVersionId, lang: str) -> tuple[ItemVersion, RenderedItem]:
    """Return a version of the actor's organisation and the page that a candidate would see."""
    require(actor, *BANK_STAFF)
    shown = shown_version(engine, version_id, lang, actor)
    return shown.version, _rendered(shown)


def rendered_item(
    engine: Engine, item_version_id: ItemVersionId, lang: str, response: Json = None, *, sitting_id: SittingId | None = None
) -> RenderedItem:
    """Return an item as HTML with `response` filled in, in a sitting's copy of it; a language that it lacks gives its first one."""
    seed = item_seed(sitting_id, item_version_id) if sitting_id else 0
    return _rendered(shown_version(engine, item_version_id, lang), seed, response)


def is_drawn(engine: Engine, version_id: ItemVersionId) -> bool:
    """Tell whether chance has a hand in a version's page: values that are drawn, choices that are shuffled."""
    with engine.store.read() as tx:
        version = tx.items.get(version_id)
    return any(_read(xml).template_processing is not None or _SHUFFLES.search(xml) is not None for xml in version.variants.values())


def shown_version(engine: Engine, version_id: ItemVersionId, lang: str, actor: Actor | None = None) -> ShownVersion:
    """Read a version, of the actor's organisation where one asks, in a language, or in its first one; raises NotFound."""
    with engine.store.read() as tx:
        version = tx.items.get(version_id) if actor is None else tx.items.of_actor(actor, version_id)
        spoken = version.language_for(lang)
        item = _read(version.variants[spoken])
        return ShownVersion(version=version, lang=spoken, item=item, stimuli=stimuli_of(tx, version, spoken, item))


def _rendered(shown: ShownVersion, seed: int = 0, response: Json = None) -> RenderedItem:
    version, item = shown.version, shown.item
    return RenderedItem(
        id=version.id,
        identifier=item.identifier,
        title=item.title,
        lang=shown.lang,
        languages=tuple(sorted(version.variants)),
        html=render(item, page_of(shown, seed, response)),
        max_score=max_score(item) or 0.0,
    )


def page_of(shown: ShownVersion, seed: int = 0, response: Json = None) -> Page:
    """Return what the page of a version says of itself; `seed` draws the candidate's copy, 0 is a look outside of any sitting."""
    return Page(
        lang=shown.lang,
        prefix=f"{shown.version.id}-",
        response=response,
        order_seed=str(seed or shown.version.id),
        values=opening_values(shown.item, copy_of(shown.item, seed)),
        address=address_of(shown.version, shown.lang),
        stimuli=shown.stimuli,
    )


def scored_variant(version: ItemVersion) -> QtiItem:
    """Return the variant that is scored: the first language's (ADR 0006); parity makes them all equal in this."""
    return _read(version.variants[min(version.variants)])


def best_score(version: ItemVersion) -> Decimal:
    """Return what a version is worth at most."""
    return Decimal(str(max_score(scored_variant(version)) or 0).removesuffix(".0"))  # people read 1, not 1.0


def read_variant(version: ItemVersion, lang: str) -> QtiItem:
    """Return a version as it is read in a language, or in its first one."""
    return _read(version.variants[version.language_for(lang)])


def outcomes_of(version: ItemVersion, response: Json, *, seed: int = 0) -> Outcomes:
    """Score one response to a version, in the copy of the item that `seed` draws."""
    item = scored_variant(version)
    return score(item, bind(item, response), seed=seed)


@lru_cache(maxsize=2048)
def _read(xml: str) -> QtiItem:
    return read_item(xml.encode())
