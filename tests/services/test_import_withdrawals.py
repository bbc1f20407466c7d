"""An import is taken back as a whole, until something of it is used; nothing is deleted, and what was there before is there again."""

import pytest
from sqlalchemy import text

from assessment_engine.kernel.errors import Conflict, ImportInUse, NotFound
from assessment_engine.kernel.ids import BankId, ImportId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import import_runs, item_facts, item_reviews, review_queue
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_withdrawals import look_at_withdrawal, withdraw
from assessment_engine.services.item_facts import give
from assessment_engine.services.item_imports import ImportRules
from assessment_engine.services.item_versions import save
from item_bank.facts import GivenFacts
from item_bank.imports import ImportReport, NewItem
from tests.builders import GENERAL, a_person, accepted, an_organisation, approved
from tests.services.packages import an_item, zipped


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    return a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)


def imported(engine: Engine, officer: Actor, *names: str, bank_id: BankId | None = None) -> tuple[ImportId, ImportReport, BankId]:
    rules = ImportRules(new_bank="Bank", bank_id=bank_id, facts=GENERAL)
    files = {f"{name}.xml": an_item(name, body=f"<p>What does {name} mean?</p>") for name in names}
    run_id = import_runs.ask(engine, officer, {"p.zip": zipped(files)}, rules)
    run, report = import_runs.shown_run(engine, officer, run_id)
    assert report is not None and run.bank_id is not None
    return run_id, report, run.bank_id


def newest(engine: Engine, version_id: ItemVersionId | None) -> ItemVersionId | None:
    """The version that is shown of the item of a version, which may itself be hidden."""
    with engine.store.read() as tx:
        item_id = tx.connection.execute(text("SELECT item_id FROM item_versions WHERE id = :id"), {"id": version_id}).scalar_one()
        found = tx.items.newest_of(item_id)
    return None if found is None else found.id


def test_all_items_of_an_import_leave_together(any_engine: Engine, officer: Actor) -> None:
    run_id, report, _ = imported(any_engine, officer, "one", "two")

    looked = look_at_withdrawal(any_engine, officer, run_id)
    assert (looked.gone, looked.back, looked.is_used) == (2, 0, False)
    withdraw(any_engine, officer, run_id)

    assert [newest(any_engine, item.version_id) for item in report.items] == [None, None]
    for item in report.items:
        with any_engine.store.read() as tx, pytest.raises(NotFound):
            tx.items.of_actor(officer, ItemVersionId(str(item.version_id)))
    run, kept = import_runs.shown_run(any_engine, officer, run_id)
    assert (run.withdrawn_by, kept) == (officer.name, report)
    with any_engine.store.read() as tx:
        assert ("import_withdrawn", officer.person_id) in {(each.kind, each.actor_id) for each in tx.audit.about(str(run.import_id))}


def test_an_item_that_was_there_before_goes_back_to_its_version(any_engine: Engine, officer: Actor) -> None:
    _, first, bank_id = imported(any_engine, officer, "one")
    second_run, second, _ = imported(any_engine, officer, "one", "two", bank_id=bank_id)
    assert newest(any_engine, first.items[0].version_id) == second.items[0].version_id

    looked = withdraw(any_engine, officer, second_run)

    assert (looked.gone, looked.back) == (1, 1)
    assert newest(any_engine, first.items[0].version_id) == first.items[0].version_id


def test_what_was_withdrawn_can_be_imported_again(any_engine: Engine, officer: Actor) -> None:
    run_id, _, bank_id = imported(any_engine, officer, "one")
    withdraw(any_engine, officer, run_id)

    _, again, _ = imported(any_engine, officer, "one", bank_id=bank_id)

    assert newest(any_engine, again.items[0].version_id) == again.items[0].version_id


def test_what_was_there_before_is_edited_told_and_reviewed_again(any_engine: Engine, officer: Actor) -> None:
    _, first, bank_id = imported(any_engine, officer, "one", "two")
    importer = a_person(any_engine, officer.organisation_id, Role.CELL_OFFICER)
    second_run, _, _ = imported(any_engine, importer, "one", "two", bank_id=bank_id)
    withdraw(any_engine, officer, second_run)
    one, two = (ItemVersionId(str(item.version_id)) for item in first.items)
    with any_engine.store.read() as tx:
        item_id = tx.items.get(one).item_id

    new = NewItem(variants={"en": an_item("one")}, facts=GENERAL)
    saved = save(any_engine, officer, bank_id=bank_id, item_id=item_id, based_on=1, new=new)
    (told,) = item_facts.give(any_engine, officer, GivenFacts(topic="Meaning"), [two])
    accepted(any_engine, officer, saved.id)
    item_reviews.approve(any_engine, importer, [saved.id])

    assert (saved.version, told.version) == (3, 3)
    assert newest(any_engine, one) == saved.id


def test_what_was_withdrawn_in_review_waits_for_nobody_and_is_told_nothing(any_engine: Engine, officer: Actor) -> None:
    run_id, report, _ = imported(any_engine, officer, "one")
    version_id = ItemVersionId(str(report.items[0].version_id))
    item_reviews.send(any_engine, officer, [version_id])

    withdraw(any_engine, officer, run_id)

    assert review_queue.queue(any_engine, officer, everything=True).lines == ()
    assert item_facts.plan(any_engine, officer, GivenFacts(topic="Meaning"), [version_id]).changed == ()
    with any_engine.store.read() as tx:
        assert tx.item_cards.named(officer, [version_id]) == {}


def test_an_import_of_which_something_is_approved_stays(any_engine: Engine, officer: Actor) -> None:
    run_id, report, _ = imported(any_engine, officer, "one", "two")
    version_id = ItemVersionId(str(report.items[0].version_id))
    approved(any_engine, officer, version_id)

    looked = look_at_withdrawal(any_engine, officer, run_id)
    assert [each.identifier for each in looked.approved] == ["one"]
    with pytest.raises(ImportInUse) as refused:
        withdraw(any_engine, officer, run_id)

    assert refused.value.code == "import_in_use"
    assert refused.value.details["items"] == "one"
    assert [newest(any_engine, item.version_id) for item in report.items] == [item.version_id for item in report.items]


def test_an_import_that_somebody_built_upon_stays(any_engine: Engine, officer: Actor) -> None:
    run_id, report, bank_id = imported(any_engine, officer, "one")
    with any_engine.store.read() as tx:
        version = tx.items.of_actor(officer, ItemVersionId(str(report.items[0].version_id)))
    new = NewItem(variants={"en": an_item("one", key="B")}, facts=GENERAL)
    save(any_engine, officer, bank_id=bank_id, item_id=version.item_id, based_on=1, new=new)

    with pytest.raises(ImportInUse):
        withdraw(any_engine, officer, run_id)

    assert [each.identifier for each in look_at_withdrawal(any_engine, officer, run_id).built_upon] == ["one"]


def test_a_withdrawal_happens_once_and_a_check_has_nothing_to_withdraw(any_engine: Engine, officer: Actor) -> None:
    run_id, _, _ = imported(any_engine, officer, "one")
    withdraw(any_engine, officer, run_id)
    checked = import_runs.ask(any_engine, officer, {"a.xml": an_item()}, ImportRules(dry_run=True))

    for each in (run_id, checked):
        with pytest.raises(Conflict):
            withdraw(any_engine, officer, each)


def test_nobody_withdraws_the_import_of_another_organisation(any_engine: Engine, officer: Actor) -> None:
    run_id, _, _ = imported(any_engine, officer, "one")

    with pytest.raises(NotFound):
        withdraw(any_engine, a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER), run_id)


def test_an_item_that_went_back_to_its_version_can_be_changed_again(any_engine: Engine, officer: Actor) -> None:
    _, first, bank_id = imported(any_engine, officer, "one", "two")
    again, _, _ = imported(any_engine, officer, "one", "two", bank_id=bank_id)
    withdraw(any_engine, officer, again)
    one, two = (ItemVersionId(str(item.version_id)) for item in first.items)
    with any_engine.store.read() as tx:
        before = tx.items.get(one)
    new = NewItem(variants={"en": an_item("one", key="B")})

    edited = save(any_engine, officer, bank_id=bank_id, item_id=before.item_id, based_on=before.version, new=new)
    (told,) = give(any_engine, officer, GivenFacts(subject="Law"), [two])

    assert (edited.version, told.version) == (3, 3)
    assert newest(any_engine, one) == edited.id
    assert newest(any_engine, two) == told.id


def test_an_identifier_of_which_everything_was_withdrawn_is_free_again(any_engine: Engine, officer: Actor) -> None:
    run_id, _, bank_id = imported(any_engine, officer, "one")
    withdraw(any_engine, officer, run_id)

    written = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=NewItem(variants={"en": an_item("one")}))

    assert (written.version, newest(any_engine, written.id)) == (2, written.id)
