"""Items: import, review, show, check a response. The only door to item_bank.qti: pages, routes and jobs get rendered items from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, UnreadableFile
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemId, ItemVersionId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.items import ItemCard
from item_bank.items import Bank, Item, ItemState, ItemVerb, ItemVersion, check_parity, content_digest
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import Outcomes, max_score, score
from item_bank.qti.reader import read_item
from item_bank.qti.render import render

MAX_LEVEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What is imported: the QTI 3.0 XML of one item in each of its languages."""

    variants: Mapping[str, bytes]
    competency_id: CompetencyId | None = None
    level: int | None = None


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
class BankPage:
    """The organisation's banks and all versions in them."""

    banks: tuple[Bank, ...]
    cards: tuple[ItemCard, ...]


def create_bank(engine: Engine, actor: Actor, name: str) -> Bank:
    """Open an empty bank."""
    require(actor, Role.CELL_OFFICER)
    if not name.strip():
        raise Invalid("a bank needs a name")
    now = engine.clock.now()
    bank = Bank(id=BankId(new_id("bnk", now)), organisation_id=actor.organisation_id, name=name.strip())
    with engine.store.begin() as tx:
        tx.items.add_bank(bank)
        tx.audit.append("bank_created", subject=bank.id, actor=actor.person_id, now=now)
    return bank


def import_item(engine: Engine, actor: Actor, bank_id: BankId, new: NewItem) -> ItemVersion:
    """Import one item as a draft; a known identifier becomes its next version. All languages or nothing."""
    return import_items(engine, actor, bank_id, [new])[0]


def import_items(engine: Engine, actor: Actor, bank_id: BankId, new: Sequence[NewItem]) -> list[ItemVersion]:
    """Import many items as drafts, all or nothing; raises UnreadableFile or Invalid with the place of what is wrong."""
    require(actor, Role.CELL_OFFICER)
    read = [(each, _checked(each)) for each in new]
    identifiers = [item.identifier for _, item in read]
    if len(set(identifiers)) != len(identifiers):
        raise Invalid("two of these items have the same identifier")
    with engine.store.begin() as tx:
        bank = tx.items.bank(actor, bank_id)
        return [_add(engine, tx, actor, bank, each, item) for each, item in read]


def import_files(
    engine: Engine,
    actor: Actor,
    bank_id: BankId,
    files: Mapping[str, bytes],
    *,
    competency_id: CompetencyId | None = None,
    level: int | None = None,
) -> list[ItemVersion]:
    """Import QTI files by name: files with the same identifier are the languages of one item. All or nothing."""
    grouped: dict[str, dict[str, bytes]] = {}
    for name, xml in files.items():
        item = _read_in(name, xml)
        lang = item.lang.split("-")[0]
        if lang in grouped.setdefault(item.identifier, {}):
            raise Invalid(f"{name}: {item.identifier} is there twice in the language {lang!r}")
        grouped[item.identifier][lang] = xml
    if not grouped:
        raise Invalid("choose at least one file")
    new = [NewItem(variants=variants, competency_id=competency_id, level=level) for variants in grouped.values()]
    return import_items(engine, actor, bank_id, new)


def _checked(new: NewItem) -> QtiItem:
    variants = {lang: _read_in(lang, xml) for lang, xml in new.variants.items()}
    check_parity(variants)
    first = variants[min(variants)]
    best = max_score(first)
    if best is None or best <= 0:
        raise Invalid(f"{first.identifier}: say the best score there is (MAXSCORE, or normal-maximum of SCORE)")
    if "SCORE" not in first.outcomes or not first.interactions:
        raise Invalid(f"{first.identifier}: an item needs an interaction and the outcome SCORE")
    if new.level is not None and not 1 <= new.level <= MAX_LEVEL:
        raise Invalid(f"{first.identifier}: a level is between 1 and {MAX_LEVEL}")
    return first


def _read_in(place: str, xml: bytes) -> QtiItem:
    try:
        return read_item(xml)
    except UnreadableFile as error:
        raise UnreadableFile(f"{place}: {error.message}", **{**error.details, "place": place}) from error


def _add(engine: Engine, tx: Transaction, actor: Actor, bank: Bank, new: NewItem, read: QtiItem) -> ItemVersion:
    now = engine.clock.now()
    if new.competency_id is not None and tx.competency.get(new.competency_id).organisation_id != actor.organisation_id:
        raise NotFound("no such competency")
    item = tx.items.find(bank.id, read.identifier)
    if item is None:
        item = Item(id=ItemId(new_id("itm", now)), bank_id=bank.id, organisation_id=bank.organisation_id, identifier=read.identifier)
        tx.items.add_item(item)
    variants = {lang: xml.decode() for lang, xml in new.variants.items()}
    version = ItemVersion(
        id=ItemVersionId(new_id("itv", now)),
        item_id=item.id,
        organisation_id=item.organisation_id,
        version=tx.items.newest_number(item.id) + 1,
        state=ItemState.DRAFT,
        title=read.title,
        competency_id=new.competency_id,
        level=new.level,
        variants=variants,
        sha256=content_digest(variants),
    )
    tx.items.add_version(version)
    tx.audit.append("item_imported", subject=version.id, actor=actor.person_id, now=now, payload={"sha256": version.sha256})
    return version


def move_item(engine: Engine, actor: Actor, version_id: ItemVersionId, verb: ItemVerb) -> ItemVersion:
    """Send a version to review, return, approve or retire it; raises IllegalTransition."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.items.of_actor(actor, version_id)
        after = before.advance(verb)
        tx.items.move(after, was=before.state)
        tx.audit.append("item_moved", subject=version_id, actor=actor.person_id, now=now, payload={"verb": verb, "state": after.state})
    return after


def approve_item(engine: Engine, actor: Actor, version_id: ItemVersionId) -> ItemVersion:
    """Take a draft through review to approved; an approved version stays as it is."""
    with engine.store.read() as tx:
        version = tx.items.of_actor(actor, version_id)
    if version.state is ItemState.DRAFT:
        version = move_item(engine, actor, version_id, ItemVerb.SEND_TO_REVIEW)
    if version.state is ItemState.IN_REVIEW:
        version = move_item(engine, actor, version_id, ItemVerb.APPROVE)
    if version.state is not ItemState.APPROVED:
        raise Conflict("a retired version cannot be approved; import it again as a new one")
    return version


def bank_page(engine: Engine, actor: Actor) -> BankPage:
    """Return everything in the organisation's banks, for the cell."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return BankPage(banks=tuple(tx.items.banks(actor)), cards=tuple(tx.items.cards(actor)))


def previewed_item(engine: Engine, actor: Actor, version_id: ItemVersionId, lang: str) -> tuple[ItemVersion, RenderedItem]:
    """Return a version of the actor's organisation and the page that a candidate would see."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        version = tx.items.of_actor(actor, version_id)
    return version, _rendered(version, lang, None)


def rendered_item(engine: Engine, item_version_id: ItemVersionId, lang: str, response: Json = None) -> RenderedItem:
    """Return an item as HTML with `response` filled in; a language that it does not have gives its first one."""
    with engine.store.read() as tx:
        version = tx.items.get(item_version_id)
    return _rendered(version, lang, response)


def _rendered(version: ItemVersion, lang: str, response: Json) -> RenderedItem:
    languages = tuple(sorted(version.variants))
    shown = lang if lang in version.variants else languages[0]
    item = _read(version.variants[shown])
    return RenderedItem(
        id=version.id,
        identifier=item.identifier,
        title=item.title,
        lang=shown,
        languages=languages,
        html=render(item, shown, response, f"{version.id}-", order_seed=version.id),
        max_score=max_score(item) or 0.0,
    )


def scored_variant(version: ItemVersion) -> QtiItem:
    """Return the variant that is scored: the first language's (ADR 0006); parity makes them all equal in this."""
    return _read(version.variants[min(version.variants)])


def outcomes_of(version: ItemVersion, response: Json) -> Outcomes:
    """Score one response to a version."""
    item = scored_variant(version)
    return score(item, bind(item, response))


@lru_cache(maxsize=2048)
def _read(xml: str) -> QtiItem:
    return read_item(xml.encode())
