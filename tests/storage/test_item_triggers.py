"""The database's own hold on the bank: whatever a program tries, versions stay as they were saved and approval has its people."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from item_bank.item_reviews import ItemReview, Verdict
from item_bank.items import ItemState
from tests.services.test_item_reviews import Cast, a_cast

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANGES = {
    "the title": "UPDATE item_versions SET title = 'x'",
    "the subject": "UPDATE item_versions SET subject = 'Law'",
    "the author": "UPDATE item_versions SET author_id = 'per_x'",
    "the licence": "UPDATE item_versions SET licence_ends = NULL",
    "the text": "UPDATE item_contents SET variants = '{}'",
    "a version gone": "DELETE FROM item_versions",
    "the text gone": "DELETE FROM item_contents",
    "a comment": "UPDATE item_comments SET text = 'x'",
    "a comment gone": "DELETE FROM item_comments",
    "a draft that is approved at once": "UPDATE item_versions SET state = 'approved'",
    "a version that begins approved": (
        "INSERT INTO item_versions (id, item_id, version, state, title, sha256) "
        "SELECT 'itv_x', item_id, 2, 'approved', title, sha256 FROM item_versions"
    ),
}


def attempt(engine: Engine, statement: str) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(text(statement))


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_saved_stays(any_engine: Engine, what: str) -> None:
    cast = a_cast(any_engine)
    item_reviews.comment(any_engine, cast.author, cast.version.id, "A first draft.")

    with pytest.raises(DatabaseError):
        attempt(any_engine, CHANGES[what])

    with any_engine.store.read() as tx:
        assert tx.items.get(cast.version.id) == cast.version
        assert [each.text for each in tx.item_reviews.comments_on([cast.version.id])] == ["A first draft."]


def a_word(cast: Cast, person: str, ordinal: int = 1) -> ItemReview:
    who = getattr(cast, person).person_id
    return ItemReview(version_id=cast.version.id, ordinal=ordinal, person_id=who, verdict=Verdict.ACCEPT, text="", at=NOW)


@pytest.mark.parametrize("person", ["author", "other", "officer"])
def test_only_a_reviewer_of_the_subject_who_did_not_write_it_has_a_word(any_engine: Engine, person: str) -> None:
    cast = a_cast(any_engine)
    item_reviews.send(any_engine, cast.author, [cast.version.id])
    with any_engine.store.begin() as tx:
        tx.item_reviews.set_subjects(cast.author.person_id, cast.author.organisation_id, [cast.version.facts.subject])

    with pytest.raises(DatabaseError, match="a review is by a reviewer of the subject"), any_engine.store.begin() as tx:
        tx.item_reviews.add([a_word(cast, person)])


@pytest.mark.parametrize(("words", "approver"), [((), "officer"), (("first",), "officer"), (("first", "first"), "officer")])
def test_approval_needs_two_different_reviewers(any_engine: Engine, words: tuple[str, ...], approver: str) -> None:
    cast = a_cast(any_engine)
    item_reviews.send(any_engine, cast.author, [cast.version.id])
    with any_engine.store.begin() as tx:
        tx.item_reviews.add([a_word(cast, person, number) for number, person in enumerate(words, start=1)])
        tx.item_reviews.approve([cast.version.id], getattr(cast, approver).person_id, NOW)

    with pytest.raises(DatabaseError, match="approval needs two reviewers"):
        attempt(any_engine, "UPDATE item_versions SET state = 'approved'")


@pytest.mark.parametrize("approver", ["author", "first"])
def test_approval_is_by_neither_an_author_nor_a_reviewer(any_engine: Engine, approver: str) -> None:
    cast = a_cast(any_engine)
    item_reviews.send(any_engine, cast.author, [cast.version.id])
    with any_engine.store.begin() as tx:
        tx.item_reviews.add([a_word(cast, "first", 1), a_word(cast, "second", 2)])

    with pytest.raises(DatabaseError, match="neither written nor reviewed"), any_engine.store.begin() as tx:
        tx.item_reviews.approve([cast.version.id], getattr(cast, approver).person_id, NOW)


def test_two_reviewers_and_a_third_person_are_enough(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    item_reviews.send(any_engine, cast.author, [cast.version.id])
    with any_engine.store.begin() as tx:
        tx.item_reviews.add([a_word(cast, "first", 1), a_word(cast, "second", 2)])
        tx.item_reviews.approve([cast.version.id], cast.officer.person_id, NOW)
    attempt(any_engine, "UPDATE item_versions SET state = 'approved'")

    with any_engine.store.read() as tx:
        assert tx.items.get(cast.version.id).state is ItemState.APPROVED
