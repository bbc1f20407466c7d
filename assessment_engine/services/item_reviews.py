"""The way of a version from draft to approved: author, two reviewers of its subject, an officer of the cell; and its retirement.

Each verb takes several versions and moves all or none. Who may do what is decided by item_bank/item_reviews.py, and held once more by
the database's triggers. See docs/adr/0048-who-may-approve-a-question.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, EditedMeanwhile, Invalid, ItemInUse, NotAllowed, NotFound, NotYet
from assessment_engine.kernel.ids import ItemId, ItemVersionId, PersonId
from assessment_engine.people import BANK_STAFF, WRITERS, Actor, Role, civil_date, require, roles_on
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import best_score, shortfalls_of
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
    is_ready,
)
from item_bank.items import ItemState, ItemVerb, ItemVersion


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
    read = _read(engine, version_ids)
    with engine.store.begin() as tx:
        versions = _held(tx, actor, read)
        subjects = tx.item_reviews.subjects_of(actor.person_id, actor.organisation_id)
        authors, earlier = _authors(tx, versions), tx.item_reviews.of(read)
        for version in versions:
            check_reviewer(actor.person_id, authors[version.id], version.facts.subject, subjects)
            version.advance(ItemVerb.RETURN)  # only what is in review is reviewed
        new = [
            ItemReview(version_id=each.id, ordinal=len(earlier[each.id]) + 1, person_id=actor.person_id, verdict=verdict, text=said, at=now)
            for each in versions
        ]
        tx.item_reviews.add(new)
        tx.item_states.say_ready({each.version_id: is_ready((*earlier[each.version_id], each)) for each in new})
        about: dict[str, Json] = {each.version_id: {"verdict": str(verdict), "ordinal": each.ordinal} for each in new}
        tx.audit.append_all("item_reviewed", about, actor=actor.person_id, now=now)
        if verdict is Verdict.RETURN:
            return _moved(tx, actor, versions, ItemVerb.RETURN, now)
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
    versions = list(tx.items.many(version_ids).values())
    facts = _known(engine, tx, actor, versions, _unready(verb, versions))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the rules look at, of several versions; `unready` is what keeps one out of exams."""

    actor: Actor
    versions: Sequence[ItemVersion]
    authors: dict[ItemVersionId, frozenset[PersonId]]
    newest: dict[ItemId, int]
    reviews: dict[ItemVersionId, tuple[ItemReview, ...]]
    asked_by: dict[ItemVersionId, list[str]]
    unready: Mapping[ItemVersionId, NotYet]


def _known(
    engine: Engine, tx: Transaction, actor: Actor, versions: Sequence[ItemVersion], unready: Mapping[ItemVersionId, NotYet]
) -> _Known:
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
        unready=unready,
    )


def _check(known: _Known, version: ItemVersion, verb: ItemVerb) -> None:
    """Refuse what a version's state, its people or its use do not allow."""
    version.advance(verb)
    if verb is ItemVerb.SEND_TO_REVIEW:
        if (newest := known.newest[version.item_id]) != version.version:  # nobody reviews what is overtaken
            raise EditedMeanwhile(f"somebody saved version {newest} of {version.identifier} meanwhile", newest=newest)
        check_sendable(version)
    if verb is ItemVerb.APPROVE:
        check_approver(known.actor.person_id, known.authors[version.id], known.reviews[version.id])
    if version.id in known.unready:
        raise known.unready[version.id]
    if verb is ItemVerb.RETIRE and (titles := list(dict.fromkeys(known.asked_by.get(version.id, ())))):
        said = ", ".join(titles)
        raise ItemInUse(f"a session that is not over yet asks this item: {said}", sessions=said, count=len(titles))


def _all_moved(engine: Engine, actor: Actor, verb: ItemVerb, version_ids: Sequence[ItemVersionId]) -> list[ItemVersion]:
    """Move all or none. What versions say never changes: it is read and judged before, and only their states are looked at again."""
    require(actor, *DOERS[verb])
    read, now = _read(engine, version_ids), engine.clock.now()
    unready = _unready(verb, read.values())
    best = {version.id: best_score(version) for version in read.values()} if verb is ItemVerb.APPROVE and not unready else {}
    with engine.store.begin() as tx:
        versions = _held(tx, actor, read)
        known = _known(engine, tx, actor, versions, unready)
        for version in versions:
            _check(known, version, verb)
        if verb is ItemVerb.APPROVE:
            tx.item_reviews.approve(read, actor.person_id, now)
            tx.blueprints.keep_marks(best)
        return _moved(tx, actor, versions, verb, now)


def _read(engine: Engine, version_ids: Iterable[ItemVersionId]) -> dict[ItemVersionId, ItemVersion]:
    """Read versions, each once, in the order in which they are named; raises NotFound for one that there is not."""
    wanted = tuple(dict.fromkeys(version_ids))
    with engine.store.read() as tx:
        found = tx.items.many(wanted)
    if len(found) != len(wanted):
        raise NotFound("no such item")
    return {version_id: found[version_id] for version_id in wanted}


def _held(tx: Transaction, actor: Actor, read: Mapping[ItemVersionId, ItemVersion]) -> list[ItemVersion]:
    """Return versions that were read before, as they stand now and until this transaction ends; raises NotFound."""
    states = tx.item_states.hold(actor, read)
    return [replace(version, state=states[version.id]) for version in read.values()]


def _unready(verb: ItemVerb, versions: Iterable[ItemVersion]) -> dict[ItemVersionId, NotYet]:
    """Return what keeps versions out of exams, where a verb asks for that; their questions are parsed for it."""
    if verb not in (ItemVerb.SEND_TO_REVIEW, ItemVerb.APPROVE):
        return {}
    return {version.id: lack for version in versions if (lack := _lack(version)) is not None}


def _lack(version: ItemVersion) -> NotYet | None:
    for shortfall in shortfalls_of(version):
        return NotYet(f"this item cannot be in an exam: {shortfall.message}. {shortfall.advice}", problem=shortfall.code)
    return None


def check_ready(version: ItemVersion) -> None:
    """Refuse a version that no exam could have; raises NotYet with the code of what it lacks."""
    if (lack := _lack(version)) is not None:
        raise lack


def _authors(tx: Transaction, versions: Sequence[ItemVersion]) -> dict[ItemVersionId, frozenset[PersonId]]:
    steps = tx.items.steps_of({version.item_id for version in versions})
    return {version.id: authors_of(version.version, steps[version.item_id]) for version in versions}


def _moved(tx: Transaction, actor: Actor, versions: Sequence[ItemVersion], verb: ItemVerb, now: datetime) -> list[ItemVersion]:
    after = [version.advance(verb) for version in versions]
    moves: dict[tuple[ItemState, ItemState], list[ItemVersionId]] = {}
    for old, new in zip(versions, after, strict=True):
        moves.setdefault((old.state, new.state), []).append(old.id)
    for (was, to), ids in moves.items():
        tx.item_states.move(ids, was, to, now)
    about: dict[str, Json] = {each.id: {"verb": str(verb), "state": str(each.state)} for each in after}
    tx.audit.append_all("item_moved", about, actor=actor.person_id, now=now)
    return after
