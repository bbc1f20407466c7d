"""One item, all of it: a version with its facts and its people, how it came about, where it is used, what differs, and what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.kernel.ids import ItemVersionId, PersonId
from assessment_engine.people import BANK_STAFF, Actor, Person, civil_date, require
from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.services.review_queue import reviewing_today
from assessment_engine.storage.audit import AuditEntry
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.enemies import EnemySet
from assessment_engine.storage.item_cards import ItemCard
from assessment_engine.storage.item_use import FormOfItem, SessionOfItem
from item_bank.item_calibrations import ItemCalibration
from item_bank.item_reviews import ItemComment, ItemReview, is_ready, last_words
from item_bank.items import ItemState, ItemVerb, ItemVersion, PartKind
from item_bank.version_diff import VersionDiff, diff


@dataclass(frozen=True, slots=True, kw_only=True)
class Enmity:
    """A set of enemies that an item is in, and the others in it."""

    enemies: EnemySet
    others: tuple[ItemCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How far the review of a version is."""

    reviews: tuple[ItemReview, ...]
    earlier: tuple[ItemReview, ...]  # of the item's other versions
    comments: tuple[ItemComment, ...]  # on every version of the item
    reviewers: int  # of its subject
    mine: AssessmentError | None  # why the actor may not review it; None: they may
    ready: bool
    former: frozenset[PersonId]  # who spoke as a reviewer of its subject, and reviews it no more: their word stands

    @property
    def standing(self) -> tuple[ItemReview, ...]:
        """Return what each reviewer said last."""
        return tuple(last_words(self.reviews).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a version is used."""

    forms: tuple[FormOfItem, ...]
    sessions: tuple[SessionOfItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSheet:
    """A version and everything around it. `verbs` says for each move why the actor cannot make it; None: they can."""

    version: ItemVersion
    card: ItemCard
    versions: tuple[ItemCard, ...]
    review: Review
    history: tuple[AuditEntry, ...]
    people: Mapping[PersonId, Person]
    use: Use
    enmities: tuple[Enmity, ...]
    beside: tuple[ItemCard, ...]
    calibration: ItemCalibration | None
    verbs: Mapping[ItemVerb, AssessmentError | None]
    base: ItemCard | None  # what its changes are shown against: the approved version before it, or the one before
    changes: VersionDiff | None

    @property
    def number_of(self) -> Mapping[str, int]:
        """Return the numbers of the item's versions, by id."""
        return {card.id: card.version for card in self.versions}

    @property
    def stimulus(self) -> str:
        """Return the digest of the text that it stands beside, "" for none."""
        return next((part.sha256 for part in self.version.parts if part.kind is PartKind.STIMULUS), "")


def sheet(engine: Engine, actor: Actor, version_id: ItemVersionId) -> ItemSheet:
    """Return a version of the actor's organisation with everything around it; raises NotFound."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        version = tx.items.of_actor(actor, version_id)
        versions = tuple(tx.item_cards.versions_of(version.item_id))
        ids = [card.id for card in versions]
        history, review = tuple(tx.audit.about_all(ids)), _review(tx, actor, version, ids, civil_date(engine.clock.now()))
        base = _base(version, versions)
        return ItemSheet(
            version=version,
            card=next(card for card in versions if card.id == version_id),
            versions=versions,
            review=review,
            history=history,
            people=_people(tx, versions, review, history),
            use=_use(engine, tx, version_id),
            enmities=_enmities(tx, version),
            beside=_beside(tx, actor, version),
            calibration=tx.item_calibrations.of([version_id]).get(version_id),
            verbs={verb: item_reviews.refusals(engine, tx, actor, verb, [version_id]).get(version_id) for verb in ItemVerb},
            base=base,
            changes=None if base is None else diff(tx.items.get(base.id), version),
        )


def compared(engine: Engine, actor: Actor, before: ItemVersionId, after: ItemVersionId) -> tuple[ItemVersion, ItemVersion, VersionDiff]:
    """Compare two versions of the actor's organisation; raises NotFound."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        first, second = tx.items.of_actor(actor, before), tx.items.of_actor(actor, after)
    return first, second, diff(first, second)


def _base(version: ItemVersion, versions: tuple[ItemCard, ...]) -> ItemCard | None:
    earlier = [card for card in versions if card.version < version.version]
    approved = (card for card in earlier if card.state in (ItemState.APPROVED, ItemState.RETIRED))
    return next(approved, earlier[0] if earlier else None)


def _review(tx: Transaction, actor: Actor, version: ItemVersion, ids: list[ItemVersionId], day: date) -> Review:
    said = tx.item_reviews.of(ids)
    reviews = said[version.id]
    spoke = {each.person_id for each in reviews}
    today = reviewing_today(tx, version.organisation_id, day, spoke)
    return Review(
        reviews=reviews,
        earlier=tuple(each for version_id, words in said.items() if version_id != version.id for each in words),
        comments=tuple(tx.item_reviews.comments_on(ids)),
        reviewers=len(tx.item_reviews.reviewers_of(version.organisation_id, version.facts.subject)),
        mine=item_reviews.why_not_review(tx, actor, version),
        ready=is_ready(reviews),
        former=frozenset(each for each in spoke if (each, version.facts.subject) not in today),
    )


def _people(tx: Transaction, versions: tuple[ItemCard, ...], review: Review, history: tuple[AuditEntry, ...]) -> Mapping[PersonId, Person]:
    acted = {PersonId(entry.actor_id) for entry in history if entry.actor_id}
    wrote = {card.author_id for card in versions if card.author_id is not None}
    spoke = {each.person_id for each in (*review.reviews, *review.earlier)} | {each.person_id for each in review.comments}
    return tx.people.many(acted | wrote | spoke)


def _use(engine: Engine, tx: Transaction, version_id: ItemVersionId) -> Use:
    sessions = tx.item_use.sessions_after(engine.clock.now(), [version_id])
    return Use(forms=tuple(tx.item_use.forms_with([version_id])), sessions=tuple(sessions))


def _enmities(tx: Transaction, version: ItemVersion) -> tuple[Enmity, ...]:
    sets = tx.enemies.of_items([version.item_id])
    cards = {card.item_id: card for card in tx.item_cards.of_items({item for each in sets for item in each.items})}
    return tuple(
        Enmity(enemies=each, others=tuple(cards[item] for item in each.items if item != version.item_id and item in cards)) for each in sets
    )


def _beside(tx: Transaction, actor: Actor, version: ItemVersion) -> tuple[ItemCard, ...]:
    texts = {part.sha256 for part in version.parts if part.kind is PartKind.STIMULUS}
    return tuple(card for card in tx.item_cards.beside(actor, texts) if card.item_id != version.item_id) if texts else ()
