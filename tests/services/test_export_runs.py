"""Exports of all that a filter finds: written by a job, once, found again with their report, and kept for a day."""

import hashlib

import pytest

from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound, NotYet
from assessment_engine.people import Actor, Role
from assessment_engine.services import export_runs, import_runs
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_exports import READ_AT_ONCE, export_items
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.item_filters import Exposure, ItemFilter, Rights, filter_from
from tests.builders import a_person, an_organisation, steer, told
from workers import jobs

MANY = READ_AT_ONCE + 5


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    actor = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    rows = "".join(f"q{number:04},truefalse,Is {number} even?,{str(number % 2 == 0).lower()},Law\n" for number in range(MANY))
    rows += "other,truefalse,Is it so?,true,Finance\n"
    data = f"id,type,question,correct,subject\n{rows}".encode()
    assert import_package(any_engine, actor, from_files({"a.csv": data}, lang="en"), ImportRules(new_bank="Bank")).imported == MANY + 1
    return actor


LAW = ItemFilter(equal={"subject": "Law"})


def test_all_that_a_filter_finds_is_written_by_a_job_and_downloaded(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="qti3")
    run, report = export_runs.shown_run(any_engine, officer, run_id)
    assert (run.ended_at, report) == (None, None)
    with pytest.raises(NotFound):
        export_runs.take(any_engine, officer, run_id)

    assert jobs.do(any_engine, told(any_engine)[-1])

    run, report = export_runs.shown_run(any_engine, officer, run_id)
    file = export_runs.take(any_engine, officer, run_id)
    assert report is not None
    assert (run.imported, run.done, run.total, report.size, report.kept) == (MANY, MANY, MANY, len(file.data), True)
    ids = [card_id for card_id in _versions(any_engine, officer) if card_id]
    assert file.data == export_items(any_engine, officer, ids).package
    assert (file.name, file.media_type) == ("items-qti3.zip", "application/zip")
    assert [each.id for each in export_runs.runs(any_engine, officer)] == [run_id]


def _versions(engine: Engine, officer: Actor) -> list[str]:
    with engine.store.read() as tx:
        return [card.id for card in tx.item_cards.every(officer) if card.facts.subject == "Law"]


def test_who_took_which_keys_out_is_in_the_log(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="csv")
    export_runs.carry_out(any_engine, run_id)
    data = export_runs.take(any_engine, officer, run_id).data

    with any_engine.store.read() as tx:
        entries = {each.kind: each for each in tx.audit.unsequenced(1000) if each.subject == run_id}

    sha256 = hashlib.sha256(data).hexdigest()
    assert entries["items_exported"].payload == {"format": "csv", "sha256": sha256, "versions": _versions(any_engine, officer)}
    assert entries["export_taken"].payload == {"sha256": sha256}
    assert {each.actor_id for each in entries.values()} == {officer.person_id}


def test_an_export_is_written_once_by_one_at_a_time(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="csv")
    with any_engine.store.begin() as tx:
        assert tx.item_imports.claim(run_id, any_engine.clock.now())

    with pytest.raises(NotYet):
        export_runs.carry_out(any_engine, run_id)
    steer(any_engine).advance(301)
    export_runs.carry_out(any_engine, run_id)
    ended = export_runs.shown_run(any_engine, officer, run_id)[0].ended_at
    steer(any_engine).advance(5)
    export_runs.carry_out(any_engine, run_id)

    assert export_runs.shown_run(any_engine, officer, run_id)[0].ended_at == ended


def test_what_a_form_cannot_say_is_reported_and_left_out(any_engine: Engine, officer: Actor) -> None:
    essay = b"id,type,question,points\nessay,essay,Say why.,5\n"
    import_package(any_engine, officer, from_files({"e.csv": essay}, lang="en"), ImportRules(new_bank="Essays"))
    run_id = export_runs.ask(any_engine, officer, ItemFilter(), form="aiken")

    export_runs.carry_out(any_engine, run_id)

    run, report = export_runs.shown_run(any_engine, officer, run_id)
    assert report is not None
    assert (run.imported, report.left_out) == (MANY + 1, ("essay",))
    assert "type_not_said" in {problem.code for problem in report.problems}


def test_a_file_is_kept_for_a_day(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="csv")
    export_runs.carry_out(any_engine, run_id)
    written = any_engine.blobs.under(export_runs.FOLDER)[0].written_at

    steer(any_engine).moment = written + import_runs.KEPT / 2
    assert export_runs.forget_exports(any_engine) == 0
    steer(any_engine).moment = written + import_runs.KEPT * 2
    assert export_runs.forget_exports(any_engine) == 1

    report = export_runs.shown_run(any_engine, officer, run_id)[1]
    assert report is not None and not report.kept
    with pytest.raises(NotFound):
        export_runs.take(any_engine, officer, run_id)


def test_an_export_of_nothing_says_so(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, ItemFilter(equal={"subject": "Nothing"}), form="csv")

    export_runs.carry_out(any_engine, run_id)

    run = export_runs.shown_run(any_engine, officer, run_id)[0]
    assert (run.problem_code, run.problem) == ("nothing_to_export", "no item fits the filter any more")
    assert any_engine.blobs.under(export_runs.FOLDER) == []


def test_imports_and_exports_are_not_taken_for_each_other(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="csv")
    (imported,) = import_runs.runs(any_engine, officer)

    assert imported.id != run_id
    for shown, other in ((import_runs.shown_run, run_id), (export_runs.shown_run, imported.id)):
        with pytest.raises(NotFound):
            shown(any_engine, officer, other)


def test_only_an_officer_of_the_same_organisation_gets_one(any_engine: Engine, officer: Actor) -> None:
    run_id = export_runs.ask(any_engine, officer, LAW, form="csv")
    stranger = a_person(any_engine, an_organisation(any_engine, name="Another"), Role.CELL_OFFICER)
    author = a_person(any_engine, officer.organisation_id, Role.ITEM_AUTHOR)

    with pytest.raises(NotFound):
        export_runs.shown_run(any_engine, stranger, run_id)
    with pytest.raises(NotAllowed):
        export_runs.ask(any_engine, author, LAW, form="csv")
    with pytest.raises(Invalid):
        export_runs.ask(any_engine, officer, LAW, form="pdf")


def test_a_filter_is_kept_as_it_was_asked() -> None:
    asked = ItemFilter(words="so", equal={"level": 2}, rights=Rights.ENDING, exposure=Exposure.SEEN, calibrated=False, lang="hi")

    assert filter_from(asked.document) == asked
    assert filter_from(ItemFilter().document) == ItemFilter()
