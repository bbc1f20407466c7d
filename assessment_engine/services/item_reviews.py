"""The way of a version from draft to approved: author, two reviewers of its subject, an officer of the cell; and its retirement.

Each verb takes several versions and moves all or none. Who may do what is decided by item_bank/item_reviews.py, and held once more by
the database's triggers. See docs/adr/0048-who-may-approve-a-question.md.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, ItemInUse, NotYet
from assessment_engine.kernel.ids import ItemVersionId, PersonId
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, Role, civil_date, require, roles_on
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import shortfalls_of
from assessment_engine.storage.database import Transaction
from item_bank.facts import ItemFacts, tidy
from item_bank.item_reviews import (
    ItemComment,
    ItemReview,
    Verdict,
    authors_of,
    check_approver,
    check_reviewer,
    check_sendable,
    checked_text,
)
from item_bank.items import ItemVerb, ItemVersion


def send(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Send drafts to review; raises NotYet for one without a subject, or that no exam could have."""
    require(actor, *WRITERS)
    with engine.store.begin() as tx:
        versions = tx.items.to_move(actor, version_ids)
        for version in versions:
            check_sendable(version)
            check_ready(version)
        return [_moved(tx, actor, version, ItemVerb.SEND_TO_REVIEW, engine.clock.now()) for version in versions]


def take_back(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Take versions out of review, as drafts; what reviewers said of them stays."""
    require(actor, *WRITERS)
    with engine.store.begin() as tx:
        return [_moved(tx, actor, version, ItemVerb.RETURN, engine.clock.now()) for version in tx.items.to_move(actor, version_ids)]


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
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        versions = tx.items.to_move(actor, version_ids)
        authors, reviews = _authors(tx, versions), tx.item_reviews.of(version_ids)
        for version in versions:
            version.advance(ItemVerb.APPROVE)
            check_approver(actor.person_id, authors[version.id], reviews[version.id])
            check_ready(version)
        tx.item_reviews.approve(version_ids, actor.person_id, now)
        return [_moved(tx, actor, version, ItemVerb.APPROVE, now) for version in versions]


def retire(engine: Engine, actor: Actor, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Retire approved versions: no new form may have them; raises ItemInUse while a session that is not over asks one of them."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        versions = tx.items.to_move(actor, version_ids)
        if using := tx.item_use.sessions_after(now, version_ids):
            titles = list(dict.fromkeys(each.title for each in using))
            raise ItemInUse(
                f"a session that is not over yet asks this item: {', '.join(titles)}", sessions=", ".join(titles), count=len(titles)
            )
        return [_moved(tx, actor, version, ItemVerb.RETIRE, now) for version in versions]


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
