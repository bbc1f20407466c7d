"""What is in review, the longest waiting first, a page at a time; and whose turn it is with each.

Who may do what is decided by item_bank/item_reviews.py; the queries of storage/item_states.py ask the same of the database, so that a page
costs what it shows, however much waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assessment_engine.kernel.ids import OrganisationId, PersonId
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, Role, civil_date, require, roles_on
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_cards import ItemCard
from assessment_engine.storage.item_states import InReview, Queued
from item_bank.item_filters import PAGE, Waited
from item_bank.item_reviews import ItemReview, accepted_by, authors_of, is_ready

MANY = 1000
"""So many are counted of what waits; beyond that there are more."""


class Turn(StrEnum):
    """Whose turn it is with a version in review, as the actor sees it."""

    REVIEW = "review"  # the actor's, as a reviewer
    APPROVE = "approve"  # the actor's, as an officer
    OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A version in review, as the queue shows it. `former` are those who accept it and do not review its subject any more."""

    card: ItemCard
    reviews: tuple[ItemReview, ...]
    comments: int
    turn: Turn
    former: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A page of the queue. `mine` and `total` count what waits for the actor, and all, as far as one beyond MANY."""

    lines: tuple[Waiting, ...]
    mine: int
    total: int
    before: Waited | None
    after: Waited | None


def queue(engine: Engine, actor: Actor, place: Waited | None = None, *, everything: bool = False, size: int = PAGE) -> Queue:
    """Return a page of what waits for the actor, or of everything: of a reviewer's subjects, of every subject for others."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        subjects = tx.item_reviews.subjects_of(actor.person_id, actor.organisation_id)
        every = InReview(subjects=None if actor.roles.intersection(WRITERS) else subjects)
        mine = InReview(reviewing=subjects if Role.ITEM_REVIEWER in actor.roles else (), approving=Role.CELL_OFFICER in actor.roles)
        has_turns = bool(mine.reviewing or mine.approving)
        asked = every if everything else mine
        found = tx.item_states.in_review(actor, asked, place, size=size) if everything or has_turns else Queued(cards=())
        whole = not everything and place is None and found.after is None
        return Queue(
            lines=_lines(tx, actor, found.cards, subjects, civil_date(engine.clock.now())),
            mine=len(found.cards) if whole else tx.item_states.count(actor, mine, MANY + 1) if has_turns else 0,
            total=tx.item_states.count(actor, every, MANY + 1),
            before=found.before,
            after=found.after,
        )


def reviewing_today(
    tx: Transaction, organisation_id: OrganisationId, day: date, person_ids: Iterable[PersonId]
) -> set[tuple[PersonId, str]]:
    """Return which of these people review which subjects on a day, as pairs."""
    known = {each for each in set(person_ids) if Role.ITEM_REVIEWER in roles_on(tx.people.terms(each, organisation_id), day)}
    return {(each, subject) for each in known for subject in tx.item_reviews.subjects_of(each, organisation_id)}


def _lines(tx: Transaction, actor: Actor, cards: Sequence[ItemCard], subjects: Sequence[str], day: date) -> tuple[Waiting, ...]:
    ids = [card.id for card in cards]
    reviews, comments = tx.item_reviews.of(ids), tx.item_reviews.counts_of_comments(ids)
    accepted = {card.id: accepted_by(reviews[card.id]) for card in cards}
    today = reviewing_today(tx, actor.organisation_id, day, (each for some in accepted.values() for each in some))
    steps = tx.items.steps_of({card.item_id for card in cards})
    return tuple(
        Waiting(
            card=card,
            reviews=reviews[card.id],
            comments=comments.get(card.id, 0),
            turn=_turn(actor, card.facts.subject in subjects, authors_of(card.version, steps[card.item_id]), reviews[card.id]),
            former=tuple(each for each in accepted[card.id] if (each, card.facts.subject) not in today),
        )
        for card in cards
    )


def _turn(actor: Actor, knows_subject: bool, authors: frozenset[PersonId], reviews: Sequence[ItemReview]) -> Turn:
    if actor.person_id in authors or actor.person_id in accepted_by(reviews):
        return Turn.OTHERS
    if Role.ITEM_REVIEWER in actor.roles and knows_subject:
        return Turn.REVIEW
    free = actor.person_id not in {each.person_id for each in reviews}
    return Turn.APPROVE if Role.CELL_OFFICER in actor.roles and free and is_ready(reviews) else Turn.OTHERS
