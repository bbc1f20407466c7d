"""Whole packages into a bank: all or nothing, with a report; QTI 2.x becomes 3.0; media come along. On real databases."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StorageUnavailable
from assessment_engine.kernel.ids import BankId, ImportId, ItemId
from assessment_engine.people import Actor, OrganisationKind, Role
from assessment_engine.services import new_items
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files, from_path
from assessment_engine.services.item_imports import CONSOLE, ImportRules, at_the_console, bank_named, import_package
from assessment_engine.services.item_reviews import send
from assessment_engine.services.items import banks_of, create_bank, rendered_item, scored_variant
from assessment_engine.services.media import ADDRESS
from assessment_engine.services.people import add_organisation
from assessment_engine.storage.items import Items, NewVersion
from item_bank.imports import ImportReport
from item_bank.items import Item, ItemState, PartKind
from tests.builders import GENERAL, a_person, an_organisation, approved, stored
from tests.services.packages import PICTURE, a_broken_item, an_item, an_old_item, zipped

WITH_PICTURE = '<p><img src="../media/one.png" alt="A dot"/></p>'


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


def imported(engine: Engine, actor: Actor, files: Mapping[str, bytes], *, lenient: bool = False, dry_run: bool = False) -> ImportReport:
    rules = ImportRules(new_bank="Bank", lenient=lenient, dry_run=dry_run, facts=GENERAL)
    return import_package(engine, actor, from_files(files), rules)


def codes(report: ImportReport) -> list[str]:
    return [each.code for each in report.problems]


def test_a_package_becomes_drafts_with_their_pictures(any_engine: Engine) -> None:
    officer = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    files = {
        "items/one.xml": an_item(body=WITH_PICTURE),
        "items/one-hi.xml": an_item(lang="hi", body=WITH_PICTURE),
        "media/one.png": PICTURE,
        "items/two.xml": an_item("two"),
    }

    report = imported(any_engine, officer, {"package.zip": zipped(files)})

    assert (report.imported, report.refused) == (2, False)
    assert [(line.identifier, line.languages, line.version, line.needs) for line in report.items] == [
        ("one", ("en", "hi"), 1, ()),
        ("two", ("en",), 1, ()),
    ]
    cards = {version.identifier: version for version in stored(any_engine, officer)}
    assert [(part.lang, part.path, part.kind, part.media_type, part.size) for part in cards["one"].parts] == [
        (lang, "../media/one.png", PartKind.MEDIA, "image/png", len(PICTURE)) for lang in ("en", "hi")
    ]
    assert all(version.is_whole and version.state is ItemState.DRAFT for version in cards.values())
    assert f'src="{ADDRESS}{cards["one"].parts[0].sha256}"' in rendered_item(any_engine, cards["one"].id, "hi").html


def test_the_same_package_again_is_the_next_version_and_keeps_its_pictures_once(engine: Engine, officer: Actor) -> None:
    bank = create_bank(engine, officer, "Bank")
    package = from_files({"p.zip": zipped({"one.xml": an_item(body='<p><img src="a.png" alt=""/></p>'), "a.png": PICTURE})})

    for version in (1, 2):
        report = import_package(engine, officer, package, ImportRules(bank_id=bank.id))
        assert [line.version for line in report.items] == [version]


def test_one_bad_item_keeps_the_whole_package_out(engine: Engine, officer: Actor) -> None:
    report = imported(engine, officer, {"p.zip": zipped({"one.xml": an_item(), "broken.xml": a_broken_item()})})

    assert (report.refused, report.imported) == (True, 0)
    assert banks_of(engine, officer) == []
    wrong = next(each for each in report.problems if each.element == "blink")
    assert (wrong.file, wrong.line) == ("broken.xml", 1)


def test_lenient_import_keeps_what_is_wrong_as_a_draft_and_lists_it(engine: Engine, officer: Actor) -> None:
    report = imported(engine, officer, {"one.xml": an_item(), "broken.xml": a_broken_item()}, lenient=True)

    assert (report.refused, report.imported) == (False, 2)
    assert any(each.element == "blink" for each in report.problems)
    assert all(version.state is ItemState.DRAFT for version in stored(engine, officer))


def test_a_check_changes_nothing(engine: Engine, officer: Actor) -> None:
    report = imported(engine, officer, {"one.xml": an_item()}, dry_run=True)

    assert (report.refused, report.imported, [line.identifier for line in report.items]) == (False, 0, ["one"])
    assert banks_of(engine, officer) == []


def test_an_item_that_no_exam_can_have_is_a_draft_and_is_never_approved(engine: Engine, officer: Actor) -> None:
    essay = an_item("essay", best=' external-scored="human" normal-maximum="5"')

    report = imported(engine, officer, {"essay.xml": essay})

    assert (report.imported, report.refused) == (1, False)
    assert report.items[0].needs == ("needs_human_scoring",)
    assert "needs_human_scoring" in codes(report)
    version_id = report.items[0].version_id
    assert version_id is not None
    with pytest.raises(Conflict, match="cannot be in an exam") as refused:
        send(engine, officer, [version_id])
    assert refused.value.details["problem"] == "needs_human_scoring"
    assert [version.state for version in stored(engine, officer)] == [ItemState.DRAFT]


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1"])
def test_an_item_of_qti_2_is_kept_as_3_with_its_original_beside_it(engine: Engine, officer: Actor, encoding: str) -> None:
    original = an_old_item(encoding=encoding)

    report = imported(engine, officer, {"old.xml": original})

    assert "changed_by_upgrade" not in codes(report)
    version = stored(engine, officer)[0]
    assert "qti-assessment-item" in version.variants["en"]
    assert (version.title, scored_variant(version).version) == ("Älter", "3.0")
    kept = version.parts_in("en", PartKind.ORIGINAL)
    with engine.store.read() as tx:
        assert [tx.items.parts.contents(part.sha256) for part in kept] == [original]
    assert approved(engine, officer, version.id)[0].state is ItemState.APPROVED


def test_two_files_of_one_item_in_one_language_are_said(engine: Engine, officer: Actor) -> None:
    files = {"a.xml": an_item(), "b.xml": an_item(key="B")}

    strict, lenient = imported(engine, officer, files), imported(engine, officer, files, lenient=True)

    assert strict.refused
    assert lenient.imported == 1
    assert "duplicate" in " ".join(codes(lenient))


def test_languages_that_are_not_one_question_are_refused_or_listed(engine: Engine, officer: Actor) -> None:
    files = {"a.xml": an_item(), "b.xml": an_item(lang="hi", key="B")}

    strict, lenient = imported(engine, officer, files), imported(engine, officer, files, lenient=True)

    assert strict.refused
    assert "languages_differ" in codes(strict)
    assert (lenient.imported, lenient.items[0].needs) == (1, ("languages_differ",))


HOPELESS = {
    "not XML": {"a.xml": b"no XML"},
    "entities": {"a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
    "an empty zip": {"a.zip": zipped({})},
    "no zip at all": {"a.zip": b"PK\x03\x04 nonsense"},
    "a path outside": {"a.zip": zipped({"../one.xml": an_item()})},
    "nothing to import": {"a.txt": b"hello"},
}


@pytest.mark.parametrize("name", HOPELESS)
@pytest.mark.parametrize("lenient", [False, True])
def test_what_is_no_package_of_items_is_refused_with_a_code(engine: Engine, officer: Actor, name: str, lenient: bool) -> None:
    report = imported(engine, officer, HOPELESS[name], lenient=lenient)

    assert (report.refused, report.imported) == (True, 0)
    assert all(each.code.replace("_", "").isalnum() and each.message for each in report.problems)
    assert stored(engine, officer) == []


def test_a_package_is_imported_by_itself(engine: Engine, officer: Actor) -> None:
    with pytest.raises(Invalid, match="by itself"):
        from_files({"a.zip": zipped({}), "b.xml": an_item()})
    with pytest.raises(Invalid, match="at least one"):
        from_files({})


def test_a_folder_is_read_without_its_links(engine: Engine, officer: Actor, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "media").mkdir(parents=True)
    (folder / "one.xml").write_bytes(an_item(body='<p><img src="media/a.png" alt=""/></p>'))
    (folder / "media" / "a.png").write_bytes(PICTURE)
    (tmp_path / "secret.xml").write_bytes(an_item("secret"))
    (folder / "link.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "everything").symlink_to(tmp_path)

    report = import_package(engine, officer, from_path(folder), ImportRules(new_bank="Bank"))

    assert [(line.identifier, line.parts) for line in report.items] == [("one", 1)]


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        from_path(tmp_path / "none")


def test_packages_come_from_the_cell_into_its_own_banks_only(engine: Engine, officer: Actor) -> None:
    foreign = create_bank(engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER), "Theirs")

    for bank_id in (foreign.id, BankId("bnk_none")):
        with pytest.raises(NotFound):
            import_package(engine, officer, from_files({"a.xml": an_item()}), ImportRules(bank_id=bank_id))
    with pytest.raises(NotAllowed):
        imported(engine, a_person(engine, officer.organisation_id, Role.INVIGILATOR), {"a.xml": an_item()})


def test_progress_is_told_file_by_file(engine: Engine, officer: Actor) -> None:
    told: list[tuple[int, int]] = []
    files = {f"{number}.xml": an_item(f"item{number}") for number in range(5)}

    import_package(engine, officer, from_files(files), ImportRules(new_bank="Bank"), lambda done, total: told.append((done, total)))

    assert told[-1] == (5, 5)


def test_the_console_acts_for_the_only_agency_or_for_the_one_that_is_named(engine: Engine) -> None:
    with pytest.raises(Invalid, match="which organisation"):
        at_the_console(engine)
    agency = add_organisation(engine, OrganisationKind.AGENCY, "Agency", "एजेंसी")
    department = add_organisation(engine, OrganisationKind.DEPARTMENT, "Department", "विभाग")

    assert at_the_console(engine).organisation_id == agency.id
    assert at_the_console(engine, "Department").organisation_id == department.id
    actor = at_the_console(engine)
    report = imported(engine, actor, {"a.xml": an_item()})
    with engine.store.read() as tx:
        assert [(entry.kind, entry.actor_id) for entry in tx.audit.about(str(report.items[0].version_id))] == [("item_staged", CONSOLE)]
    assert bank_named(engine, actor, "Bank") is not None
    assert bank_named(engine, actor, "Other") is None


def test_an_import_that_breaks_off_leaves_nothing_to_be_found(any_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    bank = create_bank(any_engine, officer, "Bank")
    files = from_files({f"{number}.xml": an_item(f"item{number}") for number in range(5)})
    monkeypatch.setattr(new_items, "STAGED_AT_ONCE", 2)
    whole = Items.add_versions

    def breaks_off(self: Items, new: Sequence[NewVersion], of: Mapping[ItemId, Item], import_id: ImportId | None) -> None:
        if len(new) < 2:
            raise StorageUnavailable("the machine is gone")
        whole(self, new, of, import_id)

    monkeypatch.setattr(Items, "add_versions", breaks_off)
    with pytest.raises(StorageUnavailable):
        import_package(any_engine, officer, files, ImportRules(bank_id=bank.id))
    assert stored(any_engine, officer) == []

    monkeypatch.setattr(Items, "add_versions", whole)
    report = import_package(any_engine, officer, files, ImportRules(bank_id=bank.id))

    assert report.imported == 5
    assert {version.id for version in stored(any_engine, officer)} == {line.version_id for line in report.items}


def test_what_is_longer_than_a_column_is_kept_all_the_same(any_engine: Engine) -> None:
    officer = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    long = an_item("i" * 400, lang="x" * 200).replace(b"Title of", b"Title " * 200)

    report = imported(any_engine, officer, {"long.xml": long}, lenient=True)

    assert report.imported == 1
    version = stored(any_engine, officer)[0]
    assert (len(version.identifier), version.is_whole) == (255, True)
    assert "Which?" in rendered_item(any_engine, version.id, "en").html


def test_two_items_without_an_identifier_are_not_one(engine: Engine, officer: Actor) -> None:
    files = {"a.xml": an_item(""), "b.xml": an_item("", lang="hi", key="B")}

    report = imported(engine, officer, files, lenient=True)

    assert report.imported >= 1
    assert any(each.file in ("a.xml", "b.xml") and each.element for each in report.problems)
