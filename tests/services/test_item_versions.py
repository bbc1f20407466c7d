"""Saving an item: every save is the next version, and nobody overwrites what somebody else saved meanwhile. On both databases."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assessment_engine.kernel.errors import Conflict, EditedMeanwhile, Invalid, NotAllowed, NotFound, RightsLapsed
from assessment_engine.kernel.ids import BankId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm, build_form
from assessment_engine.services.item_versions import save
from assessment_engine.services.items import create_bank, import_items
from assessment_engine.storage.database import Store, Transaction, open_database
from item_bank.facts import Bloom, Difficulty, ItemFacts, Origin
from item_bank.forms import FormSection
from item_bank.imports import NewItem
from item_bank.items import ItemState
from tests.builders import GENERAL, a_choice_item, a_person, an_engine, an_organisation, approved, steer, stored
from tests.services.test_two_at_once import while_it_waits

FACTS = ItemFacts(
    subject="Ethics",
    topic="Gifts",
    bloom=Bloom.APPLY,
    difficulty=Difficulty.HARD,
    seconds=90,
    origin=Origin.BOUGHT,
    author="Asha Rao",
    owner="An agency",
    licence="For three exams",
    licence_ends=date(2027, 3, 31),
    contract="C-12",
)


def a_bank(engine: Engine) -> tuple[Actor, BankId]:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    return officer, create_bank(engine, officer, "Bank").id


def new_item(number: int = 1, facts: ItemFacts = GENERAL) -> NewItem:
    return NewItem(variants={"en": a_choice_item(number).encode()}, facts=facts)


def test_a_version_keeps_its_facts_its_author_and_its_moment(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)

    saved = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item(facts=FACTS))

    with any_engine.store.read() as tx:
        kept = tx.items.get(saved.id)
    assert kept == saved
    assert kept.facts == replace(FACTS, words=4, kind="choice")
    assert (kept.author_id, kept.saved_at, kept.state) == (officer.person_id, any_engine.clock.now(), ItemState.DRAFT)


def test_two_people_who_edit_one_item_both_know_of_it(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    author = a_person(any_engine, officer.organisation_id, Role.ITEM_AUTHOR, name="Leela Menon")
    first = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    theirs = save(any_engine, author, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    with pytest.raises(EditedMeanwhile) as refused:
        save(any_engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    when = any_engine.clock.now().isoformat()
    assert refused.value.details == {"newest": 2, "version_id": theirs.id, "by": "Leela Menon", "at": when}
    with any_engine.store.read() as tx:
        assert [(each.id, each.version) for each in tx.items.versions_of(first.item_id)] == [(theirs.id, 2), (first.id, 1)]
        assert tx.items.newest_of(first.item_id) == theirs


def test_saving_over_a_version_in_review_takes_it_back(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    first = save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    item_reviews.send(engine, officer, [first.id])

    save(engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    with engine.store.read() as tx:
        assert [each.state for each in tx.items.versions_of(first.item_id)] == [ItemState.DRAFT, ItemState.DRAFT]


def test_an_import_over_a_version_in_review_takes_it_back(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    first = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    item_reviews.send(any_engine, officer, [first.id])

    import_items(any_engine, officer, bank_id, [new_item()])

    with any_engine.store.read() as tx:
        assert [each.state for each in tx.items.versions_of(first.item_id)] == [ItemState.DRAFT, ItemState.DRAFT]


def test_a_draft_that_is_overtaken_does_not_go_to_review(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    first = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    save(any_engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    with pytest.raises(EditedMeanwhile) as refused:
        item_reviews.send(any_engine, officer, [first.id])

    assert refused.value.details == {"newest": 2}


def test_what_is_sent_to_review_while_it_is_saved_over_is_taken_back(postgres_url: str, tmp_path: Path) -> None:
    store = Store(open_database(postgres_url))
    engine = an_engine(tmp_path, store=store)
    officer, bank_id = a_bank(engine)
    first = save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())

    def send_it(tx: Transaction) -> None:
        tx.item_states.move([first.id], first.state, ItemState.IN_REVIEW, engine.clock.now())

    def save_over() -> int:
        return save(engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item()).version

    assert while_it_waits(engine, lambda tx: tx.items.to_move(officer, [first.id]), send_it, save_over) == 2
    with store.read() as tx:
        assert [each.state for each in tx.items.versions_of(first.item_id)] == [ItemState.DRAFT, ItemState.DRAFT]
    store.engine.dispose()


def test_a_change_to_an_approved_item_leaves_the_approved_version_in_use(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    first = save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    approved(engine, officer, first.id)

    save(engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    with engine.store.read() as tx:
        assert [each.state for each in tx.items.versions_of(first.item_id)] == [ItemState.DRAFT, ItemState.APPROVED]
    assert build_form(engine, officer, a_form_of(first.id)).items == (first.id,)


def a_form_of(*items: ItemVersionId) -> NewForm:
    section = FormSection(id="A", title="All", title_hi="सब", items=items)
    return NewForm(title="Form", title_hi="प्रश्नपत्र", sections=(section,))


def test_what_cannot_be_saved_is_refused_and_nothing_is_kept(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    first = save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    candidate, stranger = a_person(engine, officer.organisation_id), a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    long = replace(GENERAL, topic="t" * 121)
    attempts = (
        (NotAllowed, candidate, {"item_id": first.item_id, "based_on": 1, "new": new_item()}),
        (NotFound, stranger, {"item_id": first.item_id, "based_on": 1, "new": new_item()}),
        (NotFound, stranger, {"item_id": None, "based_on": 0, "new": new_item(2)}),
        (Conflict, officer, {"item_id": None, "based_on": 0, "new": new_item()}),
        (Invalid, officer, {"item_id": first.item_id, "based_on": 1, "new": new_item(2)}),
        (Invalid, officer, {"item_id": first.item_id, "based_on": 1, "new": NewItem(variants={})}),
        (Invalid, officer, {"item_id": first.item_id, "based_on": 1, "new": new_item(facts=long)}),
        (Invalid, officer, {"item_id": first.item_id, "based_on": 1, "new": new_item(facts=replace(GENERAL, seconds=0))}),
        (Invalid, officer, {"item_id": None, "based_on": 3, "new": new_item(2)}),
    )

    for error, actor, how in attempts:
        with pytest.raises(error):
            save(engine, actor, bank_id=bank_id, **how)

    assert stored(engine, officer) == [first]


def test_lapsed_rights_block_new_forms_from_the_day_after(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    facts = replace(GENERAL, licence_ends=date(2026, 11, 23))
    item = save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item(facts=facts))
    approved(engine, officer, item.id)

    assert build_form(engine, officer, a_form_of(item.id)).items == (item.id,)
    steer(engine).advance(24 * 3600)
    with pytest.raises(RightsLapsed, match="the right to use these items has ended: Item 1"):
        build_form(engine, officer, a_form_of(item.id))
