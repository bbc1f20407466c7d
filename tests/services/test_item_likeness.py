"""Items that are nearly the same are told: to who imports them, and to who writes one; the index is kept with every version."""

from dataclasses import replace

import pytest

from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_checks
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from assessment_engine.services.item_likeness import index_missing
from assessment_engine.services.item_versions import save
from item_bank.imports import ImportReport, NewItem
from tests.builders import GENERAL, a_person, an_organisation
from tests.services.packages import an_item

STEM = "A citizen asks a public authority for copies of a contract that was signed last year. How many days may it take?"
CHANGED = STEM.replace("a contract", "a tender")
OTHER = "The auditor general lays a report before parliament. Which committee of members looks into what it says of grants?"
RULES = ImportRules(new_bank="Bank", facts=GENERAL)


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    return a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)


def item(name: str, stem: str, lang: str = "en") -> bytes:
    return an_item(name, lang=lang, body=f"<p>{stem}</p>")


def imported(engine: Engine, officer: Actor, rules: ImportRules = RULES, **stems: str) -> ImportReport:
    files = {f"{name}.xml": item(name, stem) for name, stem in stems.items()}
    return import_package(engine, officer, from_files(files), rules)


def alike(report: ImportReport) -> list[tuple[str, str]]:
    codes = ("duplicate_item", "near_duplicate")
    return [(problem.code, problem.message.split("those of ")[1].split()[0]) for problem in report.problems if problem.code in codes]


def seen(engine: Engine, actor: Actor, stem: str, name: str = "new", lang: str = "en") -> list[tuple[str, str, str]]:
    found = item_checks.check_draft(engine, actor, {lang: item(name, stem, lang)})
    return [(each.code, each.said, each.other) for each in found if each.code.endswith(("duplicate", "duplicate_item"))]


def test_an_import_says_what_is_like_what(any_engine: Engine, officer: Actor) -> None:
    assert alike(imported(any_engine, officer, one=STEM, two=CHANGED, three=OTHER)) == [("near_duplicate", "one")]

    again = imported(any_engine, officer, replace(RULES, new_bank="Other", dry_run=True), four=OTHER, five=CHANGED)

    assert sorted(alike(again)) == [("duplicate_item", "three"), ("duplicate_item", "two")]


def test_the_next_version_of_an_item_is_no_duplicate_of_itself(any_engine: Engine, officer: Actor) -> None:
    first = imported(any_engine, officer, one=STEM)
    with any_engine.store.read() as tx:
        bank_id = tx.items.banks(officer)[0].id

    again = imported(any_engine, officer, replace(RULES, bank_id=bank_id), one=CHANGED)
    elsewhere = imported(any_engine, officer, replace(RULES, new_bank="Copy"), one=CHANGED)

    assert alike(first) == alike(again) == []
    assert alike(elsewhere) == [("duplicate_item", "one")]


def test_an_author_is_told_of_items_in_every_bank_and_language_by_itself(any_engine: Engine, officer: Actor) -> None:
    report = imported(any_engine, officer, one=STEM, three=OTHER)

    assert seen(any_engine, officer, CHANGED) == [("near_duplicate", "one", report.items[0].version_id)]
    assert seen(any_engine, officer, STEM) == [("duplicate_item", "one", report.items[0].version_id)]
    assert seen(any_engine, officer, STEM, lang="mr") == []
    assert seen(any_engine, officer, "How many seats has the house of the people, and who fills them?") == []


def test_a_kept_version_is_not_like_itself_and_an_overtaken_one_is_not_named(any_engine: Engine, officer: Actor) -> None:
    report = imported(any_engine, officer, one=STEM)
    version_id = ItemVersionId(str(report.items[0].version_id))
    with any_engine.store.read() as tx:
        version, bank_id = tx.items.of_actor(officer, version_id), tx.items.banks(officer)[0].id
    assert [each.code for each in item_checks.check(any_engine, officer, version_id)] == []

    new = NewItem(variants={"en": item("one", OTHER)}, facts=GENERAL)
    save(any_engine, officer, bank_id=bank_id, item_id=version.item_id, based_on=1, new=new)

    assert seen(any_engine, officer, STEM) == []
    assert [code for code, _, _ in seen(any_engine, officer, OTHER)] == ["duplicate_item"]


def test_another_organisations_items_are_not_told(any_engine: Engine, officer: Actor) -> None:
    imported(any_engine, officer, one=STEM)
    stranger = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)

    assert seen(any_engine, stranger, STEM) == []
    assert alike(imported(any_engine, stranger, one=STEM)) == []


def test_items_from_before_the_index_are_indexed_afterwards(any_engine: Engine, officer: Actor) -> None:
    imported(any_engine, officer, one=STEM, two=OTHER)
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM item_texts")
        tx.connection.exec_driver_sql("DELETE FROM item_buckets")
    assert seen(any_engine, officer, STEM) == []

    assert index_missing(any_engine) == 2
    assert index_missing(any_engine) == 0

    assert [code for code, _, _ in seen(any_engine, officer, STEM)] == ["duplicate_item"]


def test_an_item_without_words_is_indexed_once(any_engine: Engine, officer: Actor) -> None:
    empty = an_item("empty").replace(b"Which?", b"").replace(b"Option A", b"").replace(b"Option B", b"")
    import_package(any_engine, officer, from_files({"a.xml": empty}), replace(RULES, lenient=True))

    assert index_missing(any_engine) == 0


def test_many_like_items_are_told_in_bounded_time(any_engine: Engine, officer: Actor) -> None:
    stems = {f"i{number}": STEM.replace("last year", f"in the year {1900 + number}") for number in range(120)}

    report = imported(any_engine, officer, RULES, **stems)

    assert len(alike(report)) == 119
    assert len(seen(any_engine, officer, STEM)) == 5
