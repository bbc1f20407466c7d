"""The way of a version from draft to approved: author, two reviewers of its subject, an officer of the cell; and its retirement.

Each verb takes several versions and moves all or none. Who may do what is decided by item_bank/item_reviews.py, and held once more by
the database's triggers. See docs/adr/0048-who-may-approve-a-question.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, EditedMeanwhile, Invalid, ItemInUse, NotAllowed, NotYet
from assessment_engine.kernel.ids import ItemId, ItemVersionId, PersonId
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, Role, civil_date, require, roles_on
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import best_score, shortfalls_of
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_cards import ItemCard
from item_bank.facts import ItemFacts, tidy
from item_bank.item_reviews import (
    ItemComment,
    ItemReview,
    Verdict,
    accepted_by,
    authors_of,
    check_approver,
    check_reviewer,
    check_sendable,
    checked_text,
    is_ready,
)
from item_bank.items import ItemVerb, ItemVersion


def send(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Send drafts to review; raises NotYet for one without a subject, or that no exam could have, EditedMeanwhile for an overtaken one."""
    return _all_moved(engine, actor, ItemVerb.SEND_TO_REVIEW, version_ids)


def take_back(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Take versions out of review, as drafts; what reviewers said of them stays."""
    return _all_moved(engine, actor, ItemVerb.RETURN, version_ids)


def review(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId], verdict: Verdict, text: str = "") -> list[ItemVersion]:
    """Say as a reviewer of the subject that versions are fit, or give them back with a reason.

    Raises NotAllowed for another subject, SecondPersonNeeded for what one wrote oneself, Invalid for a return without a reason.
    """
    require(actor, Role.ITEM_REVIEWER)
    said, now = checked_text(text, needed=verdict is Verdict.RETURN), engine.clock.now()
    with engine.store.begin() as tx:
        versions = tx.items.to_move(actor, version_ids)
        subjects = tx.item_reviews.subjects_of(actor.person_id, actor.organisation_id)
        authors, earlier = _authors(tx, versions), tx.item_reviews.of(version_ids)
        for version in versions:
            check_reviewer(actor.person_id, authors[version.id], version.facts.subject, subjects)
            version.advance(ItemVerb.RETURN)  # only what is in review is reviewed
        new = [
            ItemReview(version_id=each.id, ordinal=len(earlier[each.id]) + 1, person_id=actor.person_id, verdict=verdict, text=said, at=now)
            for each in versions
        ]
        tx.item_reviews.add(new)
        about: dict[str, Json] = {each.version_id: {"verdict": str(verdict), "ordinal": each.ordinal} for each in new}
        tx.audit.append_all("item_reviewed", about, actor=actor.person_id, now=now)
        if verdict is Verdict.RETURN:
            return [_moved(tx, actor, version, ItemVerb.RETURN, now) for version in versions]
    return versions


def approve(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Approve versions that two reviewers accept; raises NotYet, or SecondPersonNeeded for what one wrote or reviewed oneself."""
    return _all_moved(engine, actor, ItemVerb.APPROVE, version_ids)


def retire(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Retire approved versions: no new form may have them; raises ItemInUse while a session that is not over asks one of them."""
    return _all_moved(engine, actor, ItemVerb.RETIRE, version_ids)


def give_subjects(engine: Engine, actor: Actor, person_id: PersonId, subjects: Iterable[str]) -> tuple[str, ...]:
    """Say which subjects a reviewer reviews, and no others; raises Invalid for somebody who is no reviewer today, or NotFound.

    Reviewers are made by the operator, as all staff are: the cell only says what they know.
    """
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    said = tuple(dict.fromkeys(tidy(ItemFacts(subject=each)).subject for each in subjects if each.strip()))
    with engine.store.begin() as tx:
        person = tx.people.of(actor, person_id)
        if Role.ITEM_REVIEWER not in roles_on(tx.people.terms(person.id, actor.organisation_id), civil_date(now)):
            raise Invalid("this person does not review items", problem="no_reviewer")
        tx.item_reviews.set_subjects(person.id, actor.organisation_id, said)
        tx.audit.append("review_subjects_given", subject=person.id, actor=actor.person_id, now=now, payload={"subjects": [*said]})
    return said


def subjects_of(engine: Engine, actor: Actor, person_id: PersonId | None = None) -> tuple[str, ...]:
    """Return which subjects a person of the actor's organisation reviews; the actor's own where nobody is named."""
    with engine.store.read() as tx:
        person = tx.people.of(actor, person_id or actor.person_id)
        return tx.item_reviews.subjects_of(person.id, actor.organisation_id)


def comment(engine: Engine, actor: Actor, version_id: ItemVersionId, text: str) -> None:
    """Write about a version, for its authors and reviewers."""
    require(actor, *BANK_STAFF)
    said, now = checked_text(text, needed=True), engine.clock.now()
    with engine.store.begin() as tx:
        tx.items.of_actor(actor, version_id)
        tx.item_reviews.comment(ItemComment(version_id=version_id, person_id=actor.person_id, text=said, at=now))
        tx.audit.append("item_commented", subject=version_id, actor=actor.person_id, now=now)


VERBS: dict[ItemVerb, Callable[[Engine, Actor, Sequence[ItemVersionId]], list[ItemVersion]]] = {
    ItemVerb.SEND_TO_REVIEW: send,
    ItemVerb.RETURN: take_back,
    ItemVerb.APPROVE: approve,
    ItemVerb.RETIRE: retire,
}
"""What the verbs of a version's state do."""

DOERS: dict[ItemVerb, tuple[Role, ...]] = {
    ItemVerb.SEND_TO_REVIEW: WRITERS,
    ItemVerb.RETURN: WRITERS,
    ItemVerb.APPROVE: (Role.CELL_OFFICER,),
    ItemVerb.RETIRE: (Role.CELL_OFFICER,),
}
"""Who may do them."""


def refusals(
    engine: Engine, tx: Transaction, actor: Actor, verb: ItemVerb, version_ids: Sequence[ItemVersionId]
) -> dict[ItemVersionId, AssessmentError]:
    """Return for each version that the actor cannot move so now why not; for previews, and for what a page offers."""
    if not actor.roles.intersection(DOERS[verb]):
        return {version_id: NotAllowed("somebody with another role does this") for version_id in version_ids}
    facts = _known(engine, tx, actor, list(tx.items.many(version_ids).values()))
    found: dict[ItemVersionId, AssessmentError] = {}
    for version in facts.versions:
        try:
            _check(facts, version, verb)
        except AssessmentError as error:
            found[version.id] = error
    return found


def why_not_review(tx: Transaction, actor: Actor, version: ItemVersion) -> AssessmentError | None:
    """Return why the actor may not review a version now; None: they may."""
    try:
        require(actor, Role.ITEM_REVIEWER)
        version.advance(ItemVerb.RETURN)
        subjects = tx.item_reviews.subjects_of(actor.person_id, actor.organisation_id)
        check_reviewer(actor.person_id, _authors(tx, [version])[version.id], version.facts.subject, subjects)
    except AssessmentError as error:
        return error
    return None


class Turn(StrEnum):
    """Whose turn it is with a version in review, as the actor sees it."""

    REVIEW = "review"  # the actor's, as a reviewer
    APPROVE = "approve"  # the actor's, as an officer
    OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A version in review, as the queue shows it."""

    card: ItemCard
    reviews: tuple[ItemReview, ...]
    comments: int
    turn: Turn


def queue(engine: Engine, actor: Actor) -> list[Waiting]:
    """Return what is in review, the longest waiting first: of a reviewer's subjects; of every subject for the cell and for authors."""
    require(actor, *BANK_STAFF)
    with engine.store.read() as tx:
        subjects = tx.item_reviews.subjects_of(actor.person_id, actor.organisation_id)
        cards = tx.item_cards.waiting(actor, None if actor.roles.intersection(WRITERS) else subjects)
        ids = [card.id for card in cards]
        reviews, comments = tx.item_reviews.of(ids), tx.item_reviews.counts_of_comments(ids)
        steps = tx.items.steps_of({card.item_id for card in cards})
    return [
        Waiting(
            card=card,
            reviews=reviews[card.id],
            comments=comments.get(card.id, 0),
            turn=_turn(actor, card.facts.subject in subjects, authors_of(card.version, steps[card.item_id]), reviews[card.id]),
        )
        for card in cards
    ]


def _turn(actor: Actor, knows_subject: bool, authors: frozenset[PersonId], reviews: Sequence[ItemReview]) -> Turn:
    if actor.person_id in authors or actor.person_id in accepted_by(reviews):
        return Turn.OTHERS
    if Role.ITEM_REVIEWER in actor.roles and knows_subject:
        return Turn.REVIEW
    free = actor.person_id not in {each.person_id for each in reviews}
    return Turn.APPROVE if Role.CELL_OFFICER in actor.roles and free and is_ready(reviews) else Turn.OTHERS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the rules look at, of several versions."""

    actor: Actor
    versions: Sequence[ItemVersion]
    authors: dict[ItemVersionId, frozenset[PersonId]]
    newest: dict[ItemId, int]
    reviews: dict[ItemVersionId, tuple[ItemReview, ...]]
    asked_by: dict[ItemVersionId, list[str]]


def _known(engine: Engine, tx: Transaction, actor: Actor, versions: Sequence[ItemVersion]) -> _Known:
    ids = [version.id for version in versions]
    asked_by: dict[ItemVersionId, list[str]] = {}
    for use in tx.item_use.sessions_after(engine.clock.now(), ids):
        asked_by.setdefault(use.version_id, []).append(use.title)
    steps = tx.items.steps_of({version.item_id for version in versions})
    return _Known(
        actor=actor,
        versions=versions,
        authors={each.id: authors_of(each.version, steps[each.item_id]) for each in versions},
        newest={item_id: some[-1].version for item_id, some in steps.items()},
        reviews=tx.item_reviews.of(ids),
        asked_by=asked_by,
    )


def _check(known: _Known, version: ItemVersion, verb: ItemVerb) -> None:
    """Refuse what a version's state, its people or its use do not allow."""
    version.advance(verb)
    if verb is ItemVerb.SEND_TO_REVIEW:
        if (newest := known.newest[version.item_id]) != version.version:  # nobody reviews what is overtaken
            raise EditedMeanwhile(f"somebody saved version {newest} of {version.identifier} meanwhile", newest=newest)
        check_sendable(version)
        check_ready(version)
    if verb is ItemVerb.APPROVE:
        check_approver(known.actor.person_id, known.authors[version.id], known.reviews[version.id])
        check_ready(version)
    if verb is ItemVerb.RETIRE and (titles := list(dict.fromkeys(known.asked_by.get(version.id, ())))):
        said = ", ".join(titles)
        raise ItemInUse(f"a session that is not over yet asks this item: {said}", sessions=said, count=len(titles))


def _all_moved(engine: Engine, actor: Actor, verb: ItemVerb, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    require(actor, *DOERS[verb])
    if verb in (ItemVerb.SEND_TO_REVIEW, ItemVerb.APPROVE):
        _read_ahead(engine, version_ids)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        versions = tx.items.to_move(actor, version_ids)
        known = _known(engine, tx, actor, versions)
        for version in versions:
            _check(known, version, verb)
        if verb is ItemVerb.APPROVE:
            tx.item_reviews.approve(version_ids, actor.person_id, now)
            tx.blueprints.keep_marks({version.id: best_score(version) for version in versions})  # the check has just read them
        return [_moved(tx, actor, version, verb, now) for version in versions]


def _read_ahead(engine: Engine, version_ids: Sequence[ItemVersionId]) -> None:
    """Read the questions, which never change, before they are judged: no save of an answer waits for five hundred of them to be parsed."""
    with engine.store.read() as tx:
        versions = tx.items.many(version_ids)
    for version in versions.values():
        shortfalls_of(version)


def check_ready(version: ItemVersion) -> None:
    """Refuse a version that no exam could have; raises NotYet with the code of what it lacks."""
    for shortfall in shortfalls_of(version):
        raise NotYet(f"this item cannot be in an exam: {shortfall.message}. {shortfall.advice}", problem=shortfall.code)


def _authors(tx: Transaction, versions: Sequence[ItemVersion]) -> dict[ItemVersionId, frozenset[PersonId]]:
    steps = tx.items.steps_of({version.item_id for version in versions})
    return {version.id: authors_of(version.version, steps[version.item_id]) for version in versions}


def _moved(tx: Transaction, actor: Actor, before: ItemVersion, verb: ItemVerb, now: datetime) -> ItemVersion:
    after = before.advance(verb)
    tx.items.move(after, was=before.state, now=now)
    tx.audit.append("item_moved", subject=after.id, actor=actor.person_id, now=now, payload={"verb": verb, "state": after.state})
    return after
