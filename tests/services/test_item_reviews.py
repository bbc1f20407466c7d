"""From draft to approved by four people, and nobody in two of their places. On both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event

from assessment_engine.kernel.errors import IllegalTransition, Invalid, ItemInUse, NotAllowed, NotFound, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import BankId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_reviews, item_sheets, items, review_queue
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, NewSession, create_exam, create_session
from assessment_engine.services.forms import build_form
from assessment_engine.services.item_versions import save
from assessment_engine.services.items import create_bank
from assessment_engine.services.review_queue import Turn
from assessment_engine.storage.database import Store, Transaction, open_database
from assessment_engine.storage.migrations import migrate
from item_bank.facts import ItemFacts
from item_bank.item_reviews import Verdict
from item_bank.items import ItemState, ItemVersion
from tests.builders import GENERAL, a_person, accepted, an_engine, an_organisation, steer
from tests.services.test_item_versions import a_form_of, new_item


@dataclass(frozen=True, kw_only=True)
class Cast:
    """An author with a draft, two reviewers of its subject and one of another, and an officer."""

    bank_id: BankId
    author: Actor
    first: Actor
    second: Actor
    other: Actor
    officer: Actor
    version: ItemVersion


def a_cast(engine: Engine) -> Cast:
    organisation_id = an_organisation(engine)
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER, name="Kavita Joshi")
    author = a_person(engine, organisation_id, Role.ITEM_AUTHOR, name="Leela Menon")
    first, second, other = (a_person(engine, organisation_id, Role.ITEM_REVIEWER, name=name) for name in ("Arjun", "Farida", "Gita"))
    for reviewer, subject in ((first, GENERAL.subject), (second, GENERAL.subject), (other, "Law")):
        item_reviews.give_subjects(engine, officer, reviewer.person_id, [subject])
    bank_id = create_bank(engine, officer, "Bank").id
    version = save(engine, author, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    return Cast(bank_id=bank_id, author=author, first=first, second=second, other=other, officer=officer, version=version)


def state(engine: Engine, version_id: ItemVersionId) -> ItemState:
    with engine.store.read() as tx:
        return tx.items.get(version_id).state


class WatchedStore(Store):
    """A store that knows how often a question was read, and its XML fetched, while a writing transaction was open."""

    seen = 0
    writing = False

    def watch(self) -> "WatchedStore":
        def note(connection: object, cursor: object, statement: str, *_: object) -> None:
            self.seen += self.writing and "item_contents" in statement

        event.listen(self.engine, "before_cursor_execute", note)
        return self

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with super().begin() as tx:
            before, self.writing = _looked_at(), True
            yield tx
            self.seen += _looked_at() - before
            self.writing = False


def _looked_at() -> int:
    info = items._read.cache_info()
    return info.hits + info.misses


def test_nothing_of_a_question_is_read_in_the_transaction_that_moves_it(tmp_path: Path) -> None:
    store = WatchedStore(open_database(f"sqlite:///{tmp_path / 'watched.sqlite'}")).watch()
    migrate(store.engine)
    engine = an_engine(tmp_path, store=store)
    cast = a_cast(engine)
    ids = [cast.version.id]
    store.seen = 0  # what saving it took

    item_reviews.send(engine, cast.author, ids)
    for reviewer in (cast.first, cast.second):
        item_reviews.review(engine, reviewer, ids, Verdict.ACCEPT)
    item_reviews.approve(engine, cast.officer, ids)

    assert (state(engine, ids[0]), store.seen) == (ItemState.APPROVED, 0)
    store.engine.dispose()


def test_four_people_take_an_item_from_draft_to_approved(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    ids = [cast.version.id]

    steer(any_engine).advance(60)
    item_reviews.send(any_engine, cast.author, ids)
    steer(any_engine).advance(60)
    item_reviews.review(any_engine, cast.first, ids, Verdict.ACCEPT)
    with pytest.raises(NotYet, match="2 reviewers must accept it first; 1 have"):
        item_reviews.approve(any_engine, cast.officer, ids)
    steer(any_engine).advance(60)
    item_reviews.review(any_engine, cast.second, ids, Verdict.ACCEPT)
    steer(any_engine).advance(60)
    item_reviews.approve(any_engine, cast.officer, ids)

    assert state(any_engine, cast.version.id) is ItemState.APPROVED
    with any_engine.store.read() as tx:
        told = [(each.kind, each.actor_id) for each in tx.audit.about(cast.version.id)]
    names = {getattr(cast, name).person_id: name for name in ("author", "first", "second", "officer")}
    assert [(kind, names[who]) for kind, who in told] == [
        ("item_saved", "author"),
        ("item_moved", "author"),
        ("item_reviewed", "first"),
        ("item_reviewed", "second"),
        ("item_moved", "officer"),
    ]


def test_an_author_never_reviews_own_work_through_another_role(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    both = replace(cast.author, roles=frozenset({Role.ITEM_AUTHOR, Role.ITEM_REVIEWER, Role.CELL_OFFICER}))
    with any_engine.store.begin() as tx:
        tx.item_reviews.set_subjects(both.person_id, both.organisation_id, [GENERAL.subject])
    item_reviews.send(any_engine, both, [cast.version.id])

    with pytest.raises(SecondPersonNeeded, match="you have written this item"):
        item_reviews.review(any_engine, both, [cast.version.id], Verdict.ACCEPT)
    for reviewer in (cast.first, cast.second):
        item_reviews.review(any_engine, reviewer, [cast.version.id], Verdict.ACCEPT)
    with pytest.raises(SecondPersonNeeded, match="somebody else approves it"):
        item_reviews.approve(any_engine, both, [cast.version.id])

    assert state(any_engine, cast.version.id) is ItemState.IN_REVIEW


def test_who_wrote_an_earlier_draft_does_not_review_the_later_one(engine: Engine) -> None:
    cast = a_cast(engine)
    wrote_too = replace(cast.first, roles=frozenset({Role.ITEM_AUTHOR, Role.ITEM_REVIEWER}))
    save(engine, wrote_too, bank_id=cast.bank_id, item_id=cast.version.item_id, based_on=1, new=new_item())
    newest = save(engine, cast.author, bank_id=cast.bank_id, item_id=cast.version.item_id, based_on=2, new=new_item())
    item_reviews.send(engine, cast.author, [newest.id])

    with pytest.raises(SecondPersonNeeded):
        item_reviews.review(engine, wrote_too, [newest.id], Verdict.ACCEPT)


def test_who_wrote_before_the_last_approval_may_review_what_came_after(engine: Engine) -> None:
    cast = a_cast(engine)
    accepted_by_all(engine, cast, cast.version)
    changer = a_person(engine, cast.officer.organisation_id, Role.ITEM_AUTHOR, name="Noor")
    newest = save(engine, changer, bank_id=cast.bank_id, item_id=cast.version.item_id, based_on=1, new=new_item())
    item_reviews.send(engine, changer, [newest.id])
    once_author = replace(cast.author, roles=frozenset({Role.ITEM_REVIEWER}))
    with engine.store.begin() as tx:
        tx.item_reviews.set_subjects(once_author.person_id, once_author.organisation_id, [GENERAL.subject])

    item_reviews.review(engine, once_author, [newest.id], Verdict.ACCEPT)

    with engine.store.read() as tx:
        assert [each.person_id for each in tx.item_reviews.of([newest.id])[newest.id]] == [cast.author.person_id]


def accepted_by_all(engine: Engine, cast: Cast, version: ItemVersion) -> None:
    item_reviews.send(engine, cast.author, [version.id])
    for reviewer in (cast.first, cast.second):
        item_reviews.review(engine, reviewer, [version.id], Verdict.ACCEPT)
    item_reviews.approve(engine, cast.officer, [version.id])


def test_a_returned_version_needs_the_same_reviewer_to_change_their_mind(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    ids = [cast.version.id]
    third = a_person(any_engine, cast.officer.organisation_id, Role.ITEM_REVIEWER, name="Hari")
    item_reviews.give_subjects(any_engine, cast.officer, third.person_id, [GENERAL.subject])
    item_reviews.send(any_engine, cast.author, ids)
    item_reviews.review(any_engine, cast.first, ids, Verdict.RETURN, "Two options say the same.")
    assert state(any_engine, ids[0]) is ItemState.DRAFT
    item_reviews.send(any_engine, cast.author, ids)
    for reviewer in (cast.second, third):
        item_reviews.review(any_engine, reviewer, ids, Verdict.ACCEPT)

    with pytest.raises(NotYet, match="a reviewer has returned this version"):
        item_reviews.approve(any_engine, cast.officer, ids)
    item_reviews.review(any_engine, cast.first, ids, Verdict.ACCEPT)

    assert item_reviews.approve(any_engine, cast.officer, ids)[0].state is ItemState.APPROVED


REFUSED: dict[str, tuple[type[Exception], Callable[[Engine, Cast], object]]] = {
    "a reviewer of another subject": (NotAllowed, lambda e, c: item_reviews.review(e, c.other, [c.version.id], Verdict.ACCEPT)),
    "somebody who is no reviewer": (NotAllowed, lambda e, c: item_reviews.review(e, c.officer, [c.version.id], Verdict.ACCEPT)),
    "a return without a reason": (Invalid, lambda e, c: item_reviews.review(e, c.first, [c.version.id], Verdict.RETURN, "  ")),
    "an author who approves": (NotAllowed, lambda e, c: item_reviews.approve(e, c.author, [c.version.id])),
    "sending what is in review": (IllegalTransition, lambda e, c: item_reviews.send(e, c.author, [c.version.id])),
    "retiring what is not approved": (IllegalTransition, lambda e, c: item_reviews.retire(e, c.officer, [c.version.id])),
    "a version that is not there": (NotFound, lambda e, c: item_reviews.take_back(e, c.author, [c.version.id, ItemVersionId("itv_0")])),
    "an empty comment": (Invalid, lambda e, c: item_reviews.comment(e, c.author, c.version.id, " ")),
    "subjects for somebody who is no reviewer": (Invalid, lambda e, c: item_reviews.give_subjects(e, c.officer, c.author.person_id, ["x"])),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_may_do_is_refused_and_changes_nothing(engine: Engine, name: str) -> None:
    error, attempt = REFUSED[name]
    cast = a_cast(engine)
    item_reviews.send(engine, cast.author, [cast.version.id])
    with engine.store.read() as tx:
        before = tx.audit.count()

    with pytest.raises(error):
        attempt(engine, cast)

    assert state(engine, cast.version.id) is ItemState.IN_REVIEW
    with engine.store.read() as tx:
        assert tx.audit.count() == before


def test_an_item_without_a_subject_has_no_reviewers_and_is_not_sent(engine: Engine) -> None:
    cast = a_cast(engine)
    unsaid = save(engine, cast.author, bank_id=cast.bank_id, item_id=None, based_on=0, new=new_item(2, ItemFacts()))

    with pytest.raises(NotYet, match="say what subject") as refused:
        item_reviews.send(engine, cast.author, [cast.version.id, unsaid.id])

    assert refused.value.details["problem"] == "no_subject"
    assert state(engine, cast.version.id) is ItemState.DRAFT


def test_an_item_that_a_session_still_asks_is_not_retired(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    accepted_by_all(any_engine, cast, cast.version)
    form = build_form(any_engine, cast.officer, a_form_of(cast.version.id))
    exam = create_exam(any_engine, cast.officer, NewExam(code="E", title="Exam", title_hi="परीक्षा", form_id=form.id, duration_s=600))
    now = any_engine.clock.now()
    window = NewSession(exam_id=exam.id, title="Morning", opens_at=now, closes_at=now.replace(hour=18))
    create_session(any_engine, cast.officer, window)

    with pytest.raises(ItemInUse) as refused:
        item_reviews.retire(any_engine, cast.officer, [cast.version.id])
    assert (refused.value.details, state(any_engine, cast.version.id)) == ({"sessions": "Morning", "count": 1}, ItemState.APPROVED)

    steer(any_engine).advance(7 * 3600)
    assert item_reviews.retire(any_engine, cast.officer, [cast.version.id])[0].state is ItemState.RETIRED


def test_many_are_moved_or_none(engine: Engine) -> None:
    cast = a_cast(engine)
    more = [save(engine, cast.author, bank_id=cast.bank_id, item_id=None, based_on=0, new=new_item(number)) for number in (2, 3)]
    accepted(engine, cast.author, cast.version.id, more[0].id)

    with pytest.raises(IllegalTransition):
        item_reviews.approve(engine, cast.officer, [cast.version.id, more[0].id, more[1].id])

    assert {state(engine, version.id) for version in (cast.version, more[0])} == {ItemState.IN_REVIEW}


def test_a_word_given_while_one_reviewed_the_subject_stands_when_it_is_taken_away(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    ids = [cast.version.id]
    item_reviews.send(any_engine, cast.author, ids)
    for reviewer in (cast.first, cast.second):
        item_reviews.review(any_engine, reviewer, ids, Verdict.ACCEPT)

    item_reviews.give_subjects(any_engine, cast.officer, cast.first.person_id, ["Law"])

    assert item_sheets.sheet(any_engine, cast.officer, ids[0]).review.former == {cast.first.person_id}
    [line] = review_queue.queue(any_engine, cast.officer).lines
    assert (line.former, line.turn) == ((cast.first.person_id,), Turn.APPROVE)
    assert item_reviews.approve(any_engine, cast.officer, ids)[0].state is ItemState.APPROVED
