"""Lists of items for the cell, authors and reviewers: one page of a filter, all of it for a file, and what a bulk action would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, Invalid
from assessment_engine.kernel.ids import EnemySetId, ItemVersionId, new_id
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, civil_date, require
from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.enemies import EnemySet
from assessment_engine.storage.item_cards import CardPage, Choices, ItemCard
from item_bank.facts import LONGEST_NAME
from item_bank.item_calibrations import ItemCalibration
from item_bank.item_filters import PAGE, ItemFilter, Order, Place
from item_bank.items import Bank, ItemState, ItemVerb

MOST_AT_ONCE = 500
"""Items in one bulk action: its transaction stays short, and a person can still look through its preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """A page of a list, with what its filters offer."""

    page: CardPage
    choices: Choices
    banks: tuple[Bank, ...]
    enemies: Mapping[EnemySetId, str]  # names of the sets of the items on the page, and of the one that is asked for
    calibrations: Mapping[ItemVersionId, ItemCalibration]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A version that a bulk action would not move, and why."""

    card: ItemCard
    error: AssessmentError


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPlan:
    """What a bulk action would do; nothing has been done."""

    verb: ItemVerb
    moved: tuple[ItemCard, ...]
    refused: tuple[Refused, ...]


def look(engine: Engine, actor: Actor, asked: ItemFilter, order: Order, place: Place | None = None, *, size: int = PAGE) -> ItemList:
    """Return one page of the newest versions that a filter finds, with the counts and what the filters offer."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        page = tx.item_cards.page(actor, asked, order, civil_date(engine.clock.now()), place=place, size=size)
        return ItemList(
            page=page,
            choices=tx.item_cards.choices(actor),
            banks=tuple(tx.items.banks(actor)),
            enemies=tx.enemies.named(actor, [card.item_id for card in page.cards], asked.enemies),
            calibrations=tx.item_calibrations.of([card.id for card in page.cards]),
        )


def every(engine: Engine, actor: Actor, asked: ItemFilter, order: Order, *, most: int | None = None) -> list[ItemCard]:
    """Return all newest versions that a filter finds, in order."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        return tx.item_cards.all(actor, asked, order, civil_date(engine.clock.now()), most=most)


def states(engine: Engine, actor: Actor) -> Mapping[ItemState, int]:
    """Return how many of the organisation's items are in which state."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        return tx.item_cards.states(actor, ItemFilter(), civil_date(engine.clock.now()))


def plan(engine: Engine, actor: Actor, verb: ItemVerb, version_ids: Sequence[ItemVersionId]) -> BulkPlan:
    """Return what `item_reviews.VERBS[verb]` would do to each of these versions alone; changes nothing. Raises Invalid for too many."""
    require(actor, *BANK_STAFF)
    if len(version_ids) > MOST_AT_ONCE:
        raise Invalid(f"at most {MOST_AT_ONCE} items at once; narrow the filter", problem="too_many_at_once", most=MOST_AT_ONCE)
    with engine.store.read() as tx:
        cards = tx.item_cards.some(actor, list(dict.fromkeys(version_ids)))
        refused = item_reviews.refusals(engine, tx, actor, verb, [card.id for card in cards])
    return BulkPlan(
        verb=verb,
        moved=tuple(card for card in cards if card.id not in refused),
        refused=tuple(Refused(card=card, error=refused[card.id]) for card in cards if card.id in refused),
    )


def make_enemies(engine: Engine, actor: Actor, name: str, version_ids: Sequence[ItemVersionId]) -> EnemySetId:
    """Say that no candidate may see two of these items; raises Invalid for fewer than two, or without saying why."""
    require(actor, *WRITERS)
    said, now = " ".join(name.split()), engine.clock.now()
    if not said or len(said) > LONGEST_NAME:
        raise Invalid(f"say what these items give away, in at most {LONGEST_NAME} characters", problem="enemies_unnamed")
    with engine.store.begin() as tx:
        item_ids = tuple(sorted({card.item_id for card in _found(tx, actor, version_ids)}))
        if len(item_ids) < 2:
            raise Invalid("enemies are two items or more", problem="enemies_too_few")
        made = EnemySet(id=EnemySetId(new_id("ene", now)), name=said, items=item_ids)
        tx.enemies.add(actor, made)
        tx.audit.append("enemies_made", subject=made.id, actor=actor.person_id, now=now, payload={"name": said, "items": [*item_ids]})
    return made.id


def end_enmity(engine: Engine, actor: Actor, set_id: EnemySetId, version_id: ItemVersionId) -> None:
    """Take an item out of a set of enemies; a set of one is none, and goes."""
    require(actor, *WRITERS)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.enemies.get(actor, set_id)
        (card,) = _found(tx, actor, [version_id])
        stays = tx.enemies.leave(set_id, card.item_id)
        about: Json = {"item": card.item_id, "stays": stays}
        tx.audit.append("enmity_ended", subject=set_id, actor=actor.person_id, now=now, payload=about)


def _found(tx: Transaction, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemCard]:
    wanted = list(dict.fromkeys(version_ids))
    found = tx.item_cards.some(actor, wanted)
    if len(found) != len(wanted):
        raise Invalid("one of these items is not there any more; choose again", problem="no_such_item")
    return found
