"""Packages that we write: our own reader reads them, and the same items give the same bytes."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from item_bank.qti.model import Version
from item_bank.qti.package import ExportedItem, ExportedPart, export_package, open_folder, open_package, plan_import
from item_bank.qti.processing import score
from item_bank.qti.values import BaseType, Value, single
from tests.item_bank.qti.package.test_plan import STIMULUS, an_item
from tests.item_bank.qti.package.zips import PICTURE

REF = '<qti-assessment-stimulus-ref identifier="S" href="../texts/s.xml"/>'


def exported(*, lang: str = "en", identifier: str = "item-1") -> ExportedItem:
    """An item with a picture and a shared text."""
    xml = an_item(identifier, body='<p><img src="a%20b.png" alt="a picture"/></p>', lang=lang, more=REF)
    plan = plan_import(open_folder({"items/a.xml": xml, "items/a b.png": PICTURE, "texts/s.xml": STIMULUS, "texts/img/a.png": PICTURE}))
    (item,) = plan.items
    parts = [ExportedPart(path=part.path, kind=part.kind, data=part.data, media_type=part.media_type) for part in item.parts]
    return ExportedItem(identifier=item.identifier, lang=item.lang, xml=item.xml, parts=parts)


def packed(items: Sequence[ExportedItem], version: Version = Version.QTI_30) -> bytes:
    """The items' package."""
    return export_package(items, version).data


@pytest.mark.parametrize("version", list(Version))
def test_our_own_reader_reads_what_we_write(version: Version) -> None:
    package = packed([exported(), exported(lang="hi"), exported(identifier="item 2/x")], version)

    plan = plan_import(open_package(package))

    assert [problem for problem in plan.problems if problem.code in ("missing_file", "unused_file", "no_manifest")] == []
    assert sorted((item.identifier, item.lang) for item in plan.items) == [("item 2/x", "en"), ("item-1", "en"), ("item-1", "hi")]
    assert all(PICTURE in [part.data for part in item.parts] for item in plan.items)


def test_a_shared_text_is_written_once_and_comes_back() -> None:
    package = open_package(packed([exported(), exported(lang="hi")]))

    assert len([path for path in package.files if path.startswith("stimuli/")]) == 1
    assert len([path for path in package.files if path.startswith("media/")]) == 1
    (first, _) = plan_import(package).items
    assert {part.kind for part in first.parts} == {"media", "stimulus"}


def test_qti_2_1_has_the_shared_text_in_the_item() -> None:
    written = export_package([exported()], Version.QTI_21)

    (item,) = plan_import(open_package(written.data)).items
    assert b"qti-shared-stimulus" in item.xml
    assert item.item.stimuli == ()
    assert [problem.code for problem in written.problems if problem.code == "stimulus_not_written"] == []


def test_the_same_items_give_the_same_bytes() -> None:
    first, second = packed([exported()]), packed([exported()])

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_manifest_names_types_and_dependencies() -> None:
    package = open_package(packed([exported()]))

    types = {resource.path.partition("/")[0]: resource.type for resource in package.resources}
    assert types == {"items": "imsqti_item_xmlv3p0", "media": "webcontent", "stimuli": "imsqti_stimulus_xmlv3p0"}
    paths = {resource.identifier: resource.path for resource in package.resources}
    needed = {paths[name].partition("/")[0] for each in package.resources for name in each.dependencies}
    assert needed == {"media", "stimuli"}


def test_two_items_whose_names_are_one_file_name_do_not_meet() -> None:
    items = [exported(identifier=name) for name in ("a/b", "a b", "A-B")]

    plan = plan_import(open_package(packed(items)))

    assert sorted(item.identifier for item in plan.items) == ["A-B", "a b", "a/b"]


@pytest.mark.parametrize("version", list(Version))
def test_an_item_scores_the_same_after_a_journey(version: Version) -> None:
    responses: dict[str, Value | None] = {"RESPONSE": single(BaseType.IDENTIFIER, "A")}

    (item,) = plan_import(open_package(packed([exported()], version))).items

    assert score(item.item, responses).score == 1.0


def test_what_a_version_cannot_say_is_listed_with_its_file() -> None:
    item = replace(exported(), xml=an_item(body='<p dir="rtl">right to left</p>'), parts=())

    written = export_package([item], Version.QTI_21)

    assert [(problem.code, problem.file) for problem in written.problems] == [("attribute_not_kept", "items/item-1.en.xml")]


def test_every_item_of_the_gallery_makes_the_journey() -> None:
    folder = Path(__file__).parents[4] / "assessment_engine" / "demo" / "interactions"
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    plan = plan_import(open_folder(files))
    items = [
        ExportedItem(
            identifier=item.identifier,
            lang=item.lang,
            xml=item.xml,
            parts=[ExportedPart(path=part.path, kind=part.kind, data=part.data, media_type=part.media_type) for part in item.parts],
        )
        for item in plan.items
    ]

    for version in Version:
        again = plan_import(open_package(packed(items, version)), lenient=True)
        assert {(item.identifier, item.lang) for item in again.items} == {(item.identifier, item.lang) for item in plan.items}
        assert [problem for problem in again.problems if problem.code in ("missing_file", "unused_file")] == []


def test_a_file_that_is_not_with_an_item_is_said_to_be_missing() -> None:
    written = export_package([replace(exported(), xml=an_item(body='<p><img src="gone.png" alt=""/></p>'), parts=())])

    assert [(problem.code, problem.file) for problem in written.problems] == [("missing_file", "items/item-1.en.xml")]
