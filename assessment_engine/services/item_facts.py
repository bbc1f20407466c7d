"""Telling several items at once what they are about: a preview, and the act, which saves a new draft of each of them or of none.

What an item asks stays as it is, to the byte; only what is said of it changes. One item alone is changed by authoring.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.errors import AssessmentError, EditedMeanwhile, Invalid, ItemInReview, NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import WRITERS, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_cards import MOST_AT_ONCE, Refused
from assessment_engine.services.item_versions import write
from assessment_engine.services.new_items import Saved, a_version
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_cards import ItemCard
from assessment_engine.storage.items import NewVersion
from item_bank.facts import GivenFacts
from item_bank.imports import CheckedItem, NewItem
from item_bank.items import Item, ItemState, ItemVersion, check_level


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsPlan:
    """What `give` would do; nothing has been done. `same` say already what they would be told."""

    given: GivenFacts
    changed: tuple[ItemCard, ...]
    same: tuple[ItemCard, ...]
    refused: tuple[Refused, ...]


def plan(engine: Engine, actor: Actor, given: GivenFacts, version_ids: Sequence[ItemVersionId]) -> FactsPlan:
    """Return what `give` would do to each of these versions alone; changes nothing."""
    require(actor, *WRITERS)
    wanted = _checked(given, version_ids)
    with engine.store.read() as tx:
        _check_competency(tx, actor, wanted)
        cards = tx.item_cards.some(actor, list(dict.fromkeys(version_ids)))
        refused = _refusals(tx, cards)
    free = [card for card in cards if card.id not in refused]
    return FactsPlan(
        given=wanted,
        changed=tuple(card for card in free if _changes(wanted, card)),
        same=tuple(card for card in free if not _changes(wanted, card)),
        refused=tuple(Refused(card=card, error=refused[card.id]) for card in cards if card.id in refused),
    )


def give(engine: Engine, actor: Actor, given: GivenFacts, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Save a new draft of each of these versions that says so, all or none; those that say so already stay as they are.

    Raises ItemInReview for one in review, EditedMeanwhile for one that is not its item's newest any more.
    """
    require(actor, *WRITERS)
    wanted, now = _checked(given, version_ids), engine.clock.now()
    with engine.store.begin() as tx:
        _check_competency(tx, actor, wanted)
        cards = tx.item_cards.some(actor, list(dict.fromkeys(version_ids)))
        for bank_id in sorted({card.bank_id for card in cards}):
            tx.items.lock_bank(bank_id)  # no import takes the next numbers meanwhile
        held = tx.items.held(actor, {card.item_id for card in cards})  # nobody saves them now
        versions = tx.items.to_move(actor, list(dict.fromkeys(version_ids)))  # and nobody sends them to review
        for error in _refusals(tx, versions).values():
            raise error
        last, saved = tx.items.last_numbers(held), Saved(actor.person_id, now)
        new = [_restated(held[one.item_id], last[one.item_id], one, wanted, saved) for one in versions if _changes(wanted, one)]
        return write(tx, actor, new, held, now)


def _checked(given: GivenFacts, version_ids: Sequence[ItemVersionId]) -> GivenFacts:
    if not 1 <= len(version_ids) <= MOST_AT_ONCE:
        raise Invalid(f"between one item and {MOST_AT_ONCE} at once; narrow the filter", problem="too_many_at_once", most=MOST_AT_ONCE)
    wanted = given.tidy()
    if wanted == GivenFacts():
        raise Invalid("say at least one thing of the items", problem="nothing_given")
    check_level(wanted.level)
    return wanted


def _check_competency(tx: Transaction, actor: Actor, given: GivenFacts) -> None:
    if given.competency_id and tx.competency.get(given.competency_id).organisation_id != actor.organisation_id:
        raise NotFound("no such competency")


def _refusals(tx: Transaction, found: Sequence[ItemCard | ItemVersion]) -> Mapping[ItemVersionId, AssessmentError]:
    """Return for each version that cannot be followed by another one now why not."""
    steps = tx.items.steps_of({one.item_id for one in found})
    refused: dict[ItemVersionId, AssessmentError] = {}
    for one in found:
        newest = steps[one.item_id][-1].version
        if newest != one.version:
            refused[one.id] = EditedMeanwhile(f"somebody saved version {newest} of {one.identifier} meanwhile", newest=newest)
        elif one.state is ItemState.IN_REVIEW:
            refused[one.id] = ItemInReview(f"{one.identifier} is in review; its reviewers read what it says now")
    return refused


def _changes(given: GivenFacts, one: ItemCard | ItemVersion) -> bool:
    return given.upon(one.facts, one.competency_id, one.level) != (one.facts, one.competency_id, one.level)


def _restated(item: Item, last: int, before: ItemVersion, given: GivenFacts, saved: Saved) -> NewVersion:
    facts, competency_id, level = given.upon(before.facts, before.competency_id, before.level)
    variants = {lang: xml.encode() for lang, xml in before.variants.items()}
    new = NewItem(variants=variants, competency_id=competency_id, level=level, facts=facts)
    checked = CheckedItem(new=new, identifier=item.identifier, title=before.title)  # it was read when it came
    return a_version(item, last, checked, before.parts, saved)
