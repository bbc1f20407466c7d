"""Saving an item: every save is a new version, and nobody's change is lost to another's.

A draft must be QTI that can be read; what an exam asks beyond that is shown to the author and asked for when the item goes to review.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, EditedMeanwhile, Invalid, NotFound
from assessment_engine.kernel.ids import BankId, ItemId, PersonId
from assessment_engine.people import WRITERS, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_likeness import index
from assessment_engine.services.items import read_in
from assessment_engine.services.new_items import Saved, a_version, an_item, check_competencies, part_of, stage_bytes, take_back, told
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.items import NewVersion
from item_bank.facts import tidy
from item_bank.imports import CheckedItem, NewItem
from item_bank.items import Item, ItemState, ItemVersion, check_level


def save(engine: Engine, actor: Actor, *, bank_id: BankId, item_id: ItemId | None, based_on: int, new: NewItem) -> ItemVersion:
    """Save a new version of an item, or a new item (`item_id` None, `based_on` 0); it becomes the newest, as a draft.

    Raises EditedMeanwhile when `based_on` is not the newest version's number any more, Invalid for an item that cannot be read, Conflict
    for a new item whose identifier the bank has. A version that was in review goes back to its author: nobody reviews what is overtaken.
    """
    require(actor, *WRITERS)
    checked = _checked(new)
    parts = tuple(map(part_of, new.parts))
    stage_bytes(engine, [(checked, parts)])
    now = engine.clock.now()
    with engine.store.begin() as tx:
        check_competencies(tx, actor, [checked])
        tx.items.bank(actor, bank_id)
        tx.items.lock_bank(bank_id)  # no import takes the next number meanwhile
        item = _new_item(tx, engine, actor, bank_id, checked.identifier) if item_id is None else _known_item(tx, actor, item_id, bank_id)
        if (newest := tx.items.newest_of(item.id)) is not None:
            (newest,) = tx.items.to_move(actor, [newest.id])  # nobody sends it to review, or approves it, meanwhile
        _check_base(tx, newest, based_on)
        _check_identifier(item, checked)
        last = tx.items.last_numbers([item.id]).get(item.id, 0)
        (version,) = write(tx, actor, [a_version(item, last, checked, parts, Saved(actor.person_id, now))], {item.id: item}, now)
        if newest is not None and newest.state is ItemState.IN_REVIEW:
            take_back(tx, actor, newest, now)
    return version


def write(tx: Transaction, actor: Actor, new: Sequence[NewVersion], of: Mapping[ItemId, Item], now: datetime) -> list[ItemVersion]:
    """Keep the next versions of items, one each, whose numbers the caller has made sure of, and log them."""
    tx.items.save(new, of)
    versions = [version for version, _ in new]
    index(tx, versions)
    about: dict[str, Json] = {version.id: told(version) for version in versions}
    tx.audit.append_all("item_saved", about, actor=actor.person_id, now=now)
    return versions


def _checked(new: NewItem) -> CheckedItem:
    if not new.variants:
        raise Invalid("an item needs at least one language")
    read = {lang: read_in(lang, xml) for lang, xml in new.variants.items()}
    first = read[min(read)]
    if len({each.identifier for each in read.values()}) > 1:
        raise Invalid("the languages of an item have the same identifier", problem="languages_differ")
    check_level(new.level)
    return CheckedItem(new=replace(new, facts=tidy(new.facts)), identifier=first.identifier, title=first.title)


def _new_item(tx: Transaction, engine: Engine, actor: Actor, bank_id: BankId, identifier: str) -> Item:
    """Return the item of this identifier that nobody finds, because its import broke off or was withdrawn; else one that is new."""
    if known := tx.items.known(bank_id, [identifier]):
        item, _ = known[identifier]
        if tx.items.newest_of(item.id) is not None:
            raise Conflict(f"the bank has an item {identifier} already", problem="identifier_taken")
        return item
    item = an_item(actor, bank_id, identifier, engine.clock.now())
    tx.items.add_items([item])
    return item


def _known_item(tx: Transaction, actor: Actor, item_id: ItemId, bank_id: BankId) -> Item:
    item = tx.items.item(actor, item_id)
    if item.bank_id != bank_id:
        raise NotFound("no such item")
    return item


def _check_base(tx: Transaction, newest: ItemVersion | None, based_on: int) -> None:
    """Refuse a change that began from another version than the newest."""
    if (newest.version if newest else 0) == based_on:
        return
    if newest is None:
        raise Invalid("a new item is based on no version", problem="no_such_version")
    who = tx.people.names([newest.author_id] if newest.author_id else []).get(newest.author_id or PersonId(""), "")
    when = newest.saved_at.isoformat() if newest.saved_at else None
    raise EditedMeanwhile(
        f"somebody saved version {newest.version} meanwhile", newest=newest.version, version_id=newest.id, by=who, at=when
    )


def _check_identifier(item: Item, checked: CheckedItem) -> None:
    if checked.identifier != item.identifier:
        raise Invalid(f"this is the item {item.identifier}; an item with another identifier is another item", problem="identifier_changed")
