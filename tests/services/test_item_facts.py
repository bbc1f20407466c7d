"""Several items are told at once what they are about: all of them or none, each as a new draft. On both databases."""

from pathlib import Path

import pytest

from assessment_engine.kernel.errors import EditedMeanwhile, Invalid, ItemInReview, NotAllowed, NotFound
from assessment_engine.kernel.ids import BankId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_facts, item_reviews
from assessment_engine.services.competency import add_competency
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_versions import save, write
from assessment_engine.services.items import create_bank
from assessment_engine.services.new_items import Saved, a_version
from assessment_engine.storage.database import Store, Transaction, open_database
from item_bank.facts import GivenFacts, ItemFacts
from item_bank.imports import CheckedItem, NewItem, NewPart
from item_bank.items import ItemState, ItemVersion, PartKind
from tests.builders import GENERAL, a_choice_item, a_person, an_engine, an_organisation, approved, stored
from tests.services.test_item_versions import a_bank, new_item
from tests.services.test_two_at_once import while_it_waits

LAW = GivenFacts(subject="  Law ", topic="Contracts")


def saved(engine: Engine, actor: Actor, bank_id: BankId, number: int, facts: ItemFacts | None = None) -> ItemVersion:
    return save(engine, actor, bank_id=bank_id, item_id=None, based_on=0, new=new_item(number, facts or ItemFacts()))


def kept(engine: Engine, officer: Actor) -> list[tuple[str, int, ItemState, str]]:
    return [(each.identifier, each.version, each.state, each.facts.subject) for each in stored(engine, officer)]


def test_imported_items_without_a_subject_get_one_and_go_to_review(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    skill = add_competency(any_engine, officer, code="LAW", name="Law", name_hi="विधि").id
    part = NewPart(lang="en", path="a.png", kind=PartKind.MEDIA, data=b"picture", media_type="image/png")
    new = NewItem(variants={"en": a_choice_item(1).encode()}, parts=(part,), level=2, facts=ItemFacts(topic="Old", seconds=40))
    first = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new)
    second = saved(any_engine, officer, bank_id, 2)

    told = item_facts.give(any_engine, officer, GivenFacts(subject="  Law ", topic="Contracts", competency_id=skill), [first.id, second.id])

    with any_engine.store.read() as tx:
        assert [tx.items.newest_of(each.item_id) for each in told] == told
        assert tx.items.get(told[0].id).variants == first.variants
    assert [(each.version, each.facts.subject, each.facts.topic, each.level) for each in told] == [
        (2, "Law", "Contracts", 2),
        (2, "Law", "Contracts", None),
    ]
    assert {each.competency_id for each in told} == {skill}
    assert {each.author_id for each in told} == {officer.person_id}
    assert (told[0].facts.seconds, told[0].parts, told[0].sha256) == (40, first.parts, first.sha256)
    item_reviews.send(any_engine, officer, [told[1].id])
    assert kept(any_engine, officer)[2:] == [("item-2", 2, ItemState.IN_REVIEW, "Law"), ("item-2", 1, ItemState.DRAFT, "")]


def test_one_in_review_or_edited_meanwhile_keeps_all_as_they_are(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    free, waiting, old = (saved(any_engine, officer, bank_id, number, GENERAL) for number in (1, 2, 3))
    item_reviews.send(any_engine, officer, [waiting.id])
    save(any_engine, officer, bank_id=bank_id, item_id=old.item_id, based_on=1, new=new_item(3))
    before = kept(any_engine, officer)

    plan = item_facts.plan(any_engine, officer, LAW, [free.id, waiting.id, old.id])
    with pytest.raises(ItemInReview) as in_review:
        item_facts.give(any_engine, officer, LAW, [free.id, waiting.id])
    with pytest.raises(EditedMeanwhile) as edited:
        item_facts.give(any_engine, officer, LAW, [free.id, old.id])

    assert [card.id for card in plan.changed] == [free.id]
    assert {one.card.id: one.error.code for one in plan.refused} == {waiting.id: "item_in_review", old.id: "edited_meanwhile"}
    assert (in_review.value.code, edited.value.code, edited.value.details["newest"]) == ("item_in_review", "edited_meanwhile", 2)
    assert kept(any_engine, officer) == before


def test_an_approved_version_stays_in_use_beside_its_draft_and_what_says_so_already_is_left_alone(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    general, law = saved(any_engine, officer, bank_id, 1, GENERAL), saved(any_engine, officer, bank_id, 2, ItemFacts(subject="Law"))
    approved(any_engine, officer, general.id)
    given = GivenFacts(subject="Law")

    plan = item_facts.plan(any_engine, officer, given, [general.id, law.id])
    item_facts.give(any_engine, officer, given, [general.id, law.id])

    assert ([card.id for card in plan.changed], [card.id for card in plan.same]) == ([general.id], [law.id])
    assert kept(any_engine, officer) == [
        ("item-1", 2, ItemState.DRAFT, "Law"),
        ("item-1", 1, ItemState.APPROVED, "General"),
        ("item-2", 1, ItemState.DRAFT, "Law"),
    ]


def test_the_log_has_each_draft_and_who_saved_it(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    ids = [saved(engine, officer, bank_id, number).id for number in (1, 2)]

    told = item_facts.give(engine, officer, LAW, ids)

    with engine.store.read() as tx:
        entries = {each.subject: each.actor_id for each in tx.audit.unsequenced(100) if each.kind == "item_saved"}
    assert entries == dict.fromkeys([*ids, *(each.id for each in told)], officer.person_id)


@pytest.mark.parametrize(
    ("given", "problem"),
    [(GivenFacts(), "nothing_given"), (GivenFacts(topic=" "), "nothing_given"), (GivenFacts(subject="x" * 121), "fact_too_long")],
)
def test_what_makes_no_sense_is_refused(engine: Engine, given: GivenFacts, problem: str) -> None:
    officer, bank_id = a_bank(engine)
    version = saved(engine, officer, bank_id, 1)

    for act in (item_facts.plan, item_facts.give):
        with pytest.raises(Invalid) as refused:
            act(engine, officer, given, [version.id])
        assert refused.value.details["problem"] == problem


def test_items_and_competencies_of_others_are_not_there_and_reviewers_tell_nothing(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    version = saved(engine, officer, bank_id, 1)
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    theirs = saved(engine, stranger, create_bank(engine, stranger, "Bank").id, 1)
    skill = add_competency(engine, stranger, code="LAW", name="Law", name_hi="विधि").id

    for given, ids in ((LAW, [version.id, theirs.id]), (LAW, [ItemVersionId("itv_none")]), (GivenFacts(competency_id=skill), [version.id])):
        with pytest.raises(NotFound):
            item_facts.give(engine, officer, given, ids)
    with pytest.raises(NotAllowed):
        item_facts.give(engine, a_person(engine, officer.organisation_id, Role.ITEM_REVIEWER), LAW, [version.id])

    assert kept(engine, officer) == [("item-1", 1, ItemState.DRAFT, "")]


def test_a_save_or_a_sending_at_the_same_moment_is_seen(postgres_url: str, tmp_path: Path) -> None:
    store = Store(open_database(postgres_url))
    engine = an_engine(tmp_path, store=store)
    officer, bank_id = a_bank(engine)
    edited, sent, free = (saved(engine, officer, bank_id, number, GENERAL) for number in (1, 2, 3))

    def refused(*versions: ItemVersion) -> int:
        with pytest.raises((EditedMeanwhile, ItemInReview)):
            item_facts.give(engine, officer, LAW, [each.id for each in versions])
        return 1

    def save_it(tx: Transaction) -> None:
        (item,) = tx.items.held(officer, [edited.item_id]).values()
        new = CheckedItem(new=new_item(1), identifier=item.identifier, title=edited.title)
        write(tx, officer, [a_version(item, 1, new, (), Saved(officer.person_id, engine.clock.now()))], {item.id: item}, engine.clock.now())

    def send_it(tx: Transaction) -> None:
        (version,) = tx.items.to_move(officer, [sent.id])
        tx.item_states.move([version.id], version.state, ItemState.IN_REVIEW, engine.clock.now())

    while_it_waits(engine, lambda tx: tx.items.held(officer, [edited.item_id]), save_it, lambda: refused(free, edited))
    while_it_waits(engine, lambda tx: tx.items.to_move(officer, [sent.id]), send_it, lambda: refused(free, sent))

    assert [each[:3] for each in kept(engine, officer)] == [
        ("item-1", 2, ItemState.DRAFT),
        ("item-1", 1, ItemState.DRAFT),
        ("item-2", 1, ItemState.IN_REVIEW),
        ("item-3", 1, ItemState.DRAFT),
    ]
    store.engine.dispose()
