"""Imports that are asked for on a page: done at once or by a job, exactly once, and found again with their report."""

import random
from dataclasses import replace
from typing import Any

import pytest

from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound, NotYet, StorageUnavailable
from assessment_engine.kernel.ids import ImportId
from assessment_engine.people import Actor, Role
from assessment_engine.services import import_runs
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package, rules_of
from assessment_engine.services.items import create_bank
from assessment_engine.storage.item_imports import ItemImports
from item_bank.imports import ImportReport
from tests.builders import GENERAL, a_person, an_organisation, steer, told
from tests.services.packages import a_broken_item, an_item, zipped
from workers import jobs

RULES = ImportRules(new_bank="Bank", facts=GENERAL)


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    return a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)


def a_large_package() -> bytes:
    """More than is imported while a page waits."""
    noise = random.Random(4).randbytes(import_runs.SMALL_BYTES * 2)
    return zipped({"one.xml": an_item(), "two.xml": an_item("two"), "unused.bin": noise})


def asked(engine: Engine, officer: Actor, data: bytes, rules: ImportRules = RULES) -> ImportId:
    return import_runs.ask(engine, officer, {"package.zip": data}, rules)


def test_a_small_import_is_done_at_once_and_listed(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, zipped({"one.xml": an_item()}))

    run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert report is not None
    assert (run.imported, run.bank, run.person, report.imported, report.items[0].version) == (1, "Bank", officer.name, 1, 1)
    assert [each.id for each in import_runs.runs(any_engine, officer)] == [run_id]
    assert (rules_of(run).facts, rules_of(run).new_bank) == (GENERAL, "Bank")
    assert told(any_engine) == []
    assert any_engine.blobs.under(import_runs.FOLDER) == []


def test_a_large_import_is_a_job_that_can_be_left(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, a_large_package())

    run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert (run.ended_at, report) == (None, None)
    (job,) = told(any_engine)
    assert jobs.do(any_engine, job)
    run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert (run.imported, run.done, run.total) == (2, 2, 2)


def test_an_import_is_carried_out_once_whatever_is_told_again(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, zipped({"one.xml": an_item()}))

    import_runs.carry_out(any_engine, run_id)

    _run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert report is not None and [item.version for item in report.items] == [1]


def test_nobody_begins_what_somebody_is_at_and_what_broke_off_is_taken_up(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, a_large_package())
    with any_engine.store.begin() as tx:
        assert tx.item_imports.claim(run_id, any_engine.clock.now())

    with pytest.raises(NotYet):
        import_runs.carry_out(any_engine, run_id)
    steer(any_engine).advance(301)
    import_runs.carry_out(any_engine, run_id)

    assert import_runs.shown_run(any_engine, officer, run_id)[0].imported == 2


def test_two_who_are_at_one_import_bring_its_items_in_once(any_engine: Engine, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    bank_id = create_bank(any_engine, officer, "Bank").id
    run_id = asked(any_engine, officer, a_large_package(), ImportRules(bank_id=bank_id, facts=GENERAL))

    def slow(*given: Any) -> ImportReport:
        monkeypatch.undo()
        steer(any_engine).advance(301)  # no sign of life for so long
        import_runs.carry_out(any_engine, run_id)
        return import_package(*given)

    monkeypatch.setattr(import_runs, "import_package", slow)
    import_runs.carry_out(any_engine, run_id)

    run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert report is not None
    assert (run.imported, run.problem, [item.version for item in report.items]) == (2, "", [1, 1])
    with any_engine.store.read() as tx:
        cards = tx.item_cards.every(officer)
    assert {card.id for card in cards} == {item.version_id for item in report.items}


def test_an_import_whose_report_could_not_be_kept_has_not_come_in(
    any_engine: Engine, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = asked(any_engine, officer, a_large_package())
    keep = ItemImports.end

    def breaks_off(*_: object, **__: object) -> None:
        raise StorageUnavailable("the machine is gone")

    monkeypatch.setattr(ItemImports, "end", breaks_off)
    with pytest.raises(StorageUnavailable):
        import_runs.carry_out(any_engine, run_id)
    monkeypatch.setattr(ItemImports, "end", keep)
    steer(any_engine).advance(301)
    import_runs.carry_out(any_engine, run_id)

    report = import_runs.shown_run(any_engine, officer, run_id)[1]
    assert report is not None and report.imported == 2
    with any_engine.store.read() as tx:
        assert all(tx.items.newest_of(tx.items.get(item.version_id).item_id).id == item.version_id for item in report.items)  # type: ignore[union-attr,arg-type]


def test_an_import_during_which_the_database_was_away_is_not_called_a_bad_file(
    any_engine: Engine, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = asked(any_engine, officer, a_large_package())

    def away(*_: object) -> None:
        raise StorageUnavailable("the database does not answer")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ItemImports, "progress", away)
        with pytest.raises(StorageUnavailable):
            import_runs.carry_out(any_engine, run_id)
    steer(any_engine).advance(301)
    import_runs.carry_out(any_engine, run_id)

    assert import_runs.shown_run(any_engine, officer, run_id)[0].imported == 2


def test_a_check_is_followed_by_the_import_without_sending_the_files_again(any_engine: Engine, officer: Actor) -> None:
    checked = asked(any_engine, officer, zipped({"one.xml": an_item()}), replace(RULES, dry_run=True))
    run, report = import_runs.shown_run(any_engine, officer, checked)
    assert report is not None
    assert (run.check_only, run.imported, len(report.items)) == (True, 0, 1)

    done = import_runs.ask_again(any_engine, officer, checked, RULES)

    assert import_runs.shown_run(any_engine, officer, done)[0].imported == 1


def test_files_of_a_check_are_let_go_of_after_a_day(any_engine: Engine, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = asked(any_engine, officer, zipped({"one.xml": an_item()}), replace(RULES, dry_run=True))
    written = any_engine.blobs.under(import_runs.FOLDER)[0].written_at

    steer(any_engine).moment = written + import_runs.KEPT / 2
    assert import_runs.forget_uploads(any_engine) == 0
    steer(any_engine).moment = written + 2 * import_runs.KEPT
    assert import_runs.forget_uploads(any_engine) == 1

    with pytest.raises(NotFound, match="no longer kept"):
        import_runs.ask_again(any_engine, officer, checked, RULES)


def test_a_refused_import_keeps_its_report_and_can_be_taken_leniently(any_engine: Engine, officer: Actor) -> None:
    refused = asked(any_engine, officer, zipped({"one.xml": an_item(), "broken.xml": a_broken_item()}))
    run, report = import_runs.shown_run(any_engine, officer, refused)
    assert report is not None
    assert (run.imported, report.refused, run.import_id) == (0, True, None)

    done = import_runs.ask_again(any_engine, officer, refused, replace(RULES, lenient=True))

    assert import_runs.shown_run(any_engine, officer, done)[0].imported == 2


def test_whoever_lost_the_role_meanwhile_imports_nothing(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, a_large_package())
    steer(any_engine).advance(400 * 86_400)  # the role of a_person may end; a removed one has none
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM roles")

    import_runs.carry_out(any_engine, run_id)

    run, report = import_runs.shown_run(any_engine, officer, run_id)
    assert (run.imported, report, run.problem_code, "needs one of" in run.problem) == (0, None, "not_allowed", True)


def test_what_makes_no_sense_is_refused_before_anything_is_kept(any_engine: Engine, officer: Actor) -> None:
    for files, rules in (
        ({}, RULES),
        ({"a.zip": zipped({}), "b.xml": an_item()}, RULES),
        ({"a.gift": b"::A::Q {T}", "b.xml": an_item()}, RULES),
        ({"a.xml": an_item()}, ImportRules(new_bank="  ")),
    ):
        with pytest.raises(Invalid):
            import_runs.ask(any_engine, officer, files, rules)

    assert import_runs.runs(any_engine, officer) == []
    with pytest.raises(NotAllowed):
        import_runs.ask(any_engine, a_person(any_engine, officer.organisation_id, Role.INVIGILATOR), {"a.xml": an_item()}, RULES)


def test_imports_of_others_are_not_found(any_engine: Engine, officer: Actor) -> None:
    run_id = asked(any_engine, officer, zipped({"one.xml": an_item()}))
    stranger = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)

    assert import_runs.runs(any_engine, stranger) == []
    with pytest.raises(NotFound):
        import_runs.shown_run(any_engine, stranger, run_id)


def test_an_import_past_the_page_is_listed_too(any_engine: Engine, officer: Actor) -> None:
    import_package(any_engine, officer, from_files({"one.xml": an_item()}), replace(RULES, name="questions.gift"))

    (run,) = import_runs.runs(any_engine, officer)
    assert (run.name, run.imported, run.bank) == ("questions.gift", 1, "Bank")


def test_the_list_is_read_page_by_page(any_engine: Engine, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runs, "ON_A_PAGE", 2)
    ids = [asked(any_engine, officer, zipped({"one.xml": an_item()}), replace(RULES, dry_run=True)) for _ in range(3)]

    first = import_runs.runs(any_engine, officer)
    rest = import_runs.runs(any_engine, officer, first[1].id)

    assert [run.id for run in (*first, *rest)] == [*sorted(ids, reverse=True), min(ids)]


def test_every_job_of_an_import_is_its_own(any_engine: Engine, officer: Actor) -> None:
    asked(any_engine, officer, a_large_package())

    with any_engine.store.read() as tx:
        (job_id,) = tx.outbox.waiting(any_engine.clock.now())
    with any_engine.store.begin() as tx:
        job = tx.outbox.claim(job_id, any_engine.clock.now())
    assert job is not None and job.name == JobName.IMPORT_ITEMS
