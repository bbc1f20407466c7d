"""What an item examines goes out and comes back: a competency, by code or name, and a level, in every format with a place for it."""

import pytest

from assessment_engine.people import Actor, Role
from assessment_engine.services.competency import add_competency
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_exports import FORMS, export_items
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.imports import ImportReport
from item_bank.items import ItemVersion
from tests.builders import a_person, an_organisation

HEADER = "id,lang,type,question,correct,competency,level\n"


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    actor = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    add_competency(any_engine, actor, code="RTI-1", name="Right to information", name_hi="सूचना का अधिकार")
    add_competency(any_engine, actor, code="FIN-1", name="Finance", name_hi="वित्त")
    return actor


def came(engine: Engine, officer: Actor, data: bytes, name: str = "a.csv", rules: ImportRules | None = None) -> ImportReport:
    rules = rules or ImportRules(new_bank="Bank")
    return import_package(engine, officer, from_files({name: data}, lang="en"), rules)


def kept(engine: Engine, report: ImportReport) -> dict[str, ItemVersion]:
    ids = [line.version_id for line in report.items if line.version_id is not None]
    with engine.store.read() as tx:
        return {version.identifier: version for version in tx.items.many(ids).values()}


def aims(engine: Engine, officer: Actor, report: ImportReport) -> dict[str, tuple[str, int | None]]:
    with engine.store.read() as tx:
        codes = {one.id: one.code for one in tx.competency.all_of(officer.organisation_id)}
    versions = kept(engine, report)
    return {name: (codes[one.competency_id] if one.competency_id else "", one.level) for name, one in versions.items()}


def unknown(report: ImportReport) -> list[tuple[str, str]]:
    return [(problem.severity.value, problem.code) for problem in report.problems if problem.code == "unknown_competency"]


@pytest.mark.parametrize("form", ["qti3", "qti21", "csv", "xlsx", "gift", "moodle-xml"])
def test_what_an_item_examines_comes_back(any_engine: Engine, officer: Actor, form: str) -> None:
    rows = "one,en,truefalse,Q,true,RTI-1,2\ntwo,en,truefalse,R,false,,\nthree,en,truefalse,S,false,FIN-1,\n"
    first = came(any_engine, officer, (HEADER + rows).encode())
    expected = {"one": ("RTI-1", 2), "two": ("", None), "three": ("FIN-1", None)}
    assert aims(any_engine, officer, first) == expected

    exported = export_items(any_engine, officer, [], form=form)
    again = came(any_engine, officer, exported.package, f"a{FORMS[form].ending}", ImportRules(new_bank="Another bank"))

    assert (exported.items, aims(any_engine, officer, again), unknown(again)) == (3, expected, [])


@pytest.mark.parametrize("said", ["RTI-1", "Right to information", " Right  to information", "सूचना का अधिकार"])
def test_a_competency_is_known_by_its_code_or_name(any_engine: Engine, officer: Actor, said: str) -> None:
    report = came(any_engine, officer, f"{HEADER}one,en,truefalse,Q,true,{said},३\n".encode())

    assert (aims(any_engine, officer, report), unknown(report)) == ({"one": ("RTI-1", 3)}, [])


@pytest.mark.parametrize("said", ["RTI-2", "Right to", "Shared"])
def test_one_that_is_not_known_is_a_note_and_never_a_guess(any_engine: Engine, officer: Actor, said: str) -> None:
    for code in ("S-1", "S-2"):
        add_competency(any_engine, officer, code=code, name="Shared", name_hi="साझा")
    with any_engine.store.read() as tx:
        chosen = tx.competency.all_of(officer.organisation_id)[0].id
    rules = ImportRules(new_bank="Bank", competency_id=chosen, level=1)
    data = f"{HEADER}one,en,truefalse,Q,true,{said},2\ntwo,en,truefalse,R,true,,\n".encode()

    checked = came(any_engine, officer, data, rules=ImportRules(dry_run=True))
    report = came(any_engine, officer, data, rules=rules)

    assert unknown(checked) == unknown(report) == [("note", "unknown_competency")]
    versions = kept(any_engine, report)
    assert (versions["one"].competency_id, versions["one"].level) == (None, 2)
    assert (versions["two"].competency_id, versions["two"].level) == (chosen, 1)


def test_another_organisations_competency_is_not_known(any_engine: Engine, officer: Actor) -> None:
    other = a_person(any_engine, an_organisation(any_engine, name="Another"), Role.CELL_OFFICER)

    report = came(any_engine, other, f"{HEADER}one,en,truefalse,Q,true,RTI-1,\n".encode())

    assert (aims(any_engine, other, report), len(unknown(report))) == ({"one": ("", None)}, 1)
