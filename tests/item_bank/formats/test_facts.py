"""What is known of a question beside its text goes out and comes in with it, where a format has a place for it."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from item_bank.facts import STATED, Aim, ItemFacts, aim_from, facts_from
from item_bank.formats import FORMATS, package_of, template_as
from item_bank.formats.template import EXAMPLE
from item_bank.imports import Source, check_import
from item_bank.qti.model import Version
from item_bank.qti.package import ExportedItem, export_package, open_package, plan_import
from tests.item_bank.formats.scores import noted, only, reading, wrong
from tests.services.packages import an_item, zipped

ROOT = Path(__file__).resolve().parents[3]
ALL = {
    "subject": "Law & order",
    "topic": "[Section] 3; a:b",
    "bloom": "analyse",
    "difficulty": "hard",
    "seconds": "90",
    "origin": "bought",
    "author": "Asha Rao, Patna",
    "owner": "आयोग",
    "licence": "One exam",
    "licence_ends": "2027-03-31",
    "contract": "C-12/2026",
    "competency": "RTI: 1, [a]",
    "level": "2",
}
IN_QUML = ("subject", "topic", "bloom", "author", "owner", "licence")


@pytest.mark.parametrize("form", ["gift", "moodle-xml", "csv", "xlsx"])
def test_all_facts_go_out_and_come_in_again(form: str) -> None:
    question = replace(only("csv", "type,question,correct\ntruefalse,Q,true\n"), facts=ALL)

    assert set(ALL) == set(STATED)
    assert only(form, FORMATS[form].write([question]).data).facts == ALL


def test_what_a_format_has_no_place_for_is_noted() -> None:
    question = replace(only("csv", "type,question,correct,option_1,option_2\nchoice,Q,A,a,b\n"), facts=ALL)

    for form, kept in (("quml", IN_QUML), ("aiken", ())):
        written = FORMATS[form].write([question])
        assert {problem.code for problem in written.problems} >= {"facts_not_said"}
        assert only(form, written.data).facts == {name: ALL[name] for name in kept}


@pytest.mark.parametrize(
    ("column", "cell"), [("bloom", "think"), ("seconds", "soon"), ("licence_ends", "31/3/2027"), ("origin", "found"), ("level", "5")]
)
def test_a_fact_that_cannot_be_is_wrong_with_its_row(column: str, cell: str) -> None:
    assert wrong(reading("csv", f"type,question,correct,{column}\ntruefalse,Q,true,{cell}\n")) == [("wrong_fact", 2)]


def test_a_tag_of_another_system_that_looks_like_a_fact_is_a_tag() -> None:
    found = reading("gift", "// [tag:difficulty:4] [tag:subject:Law]\n::T::Q {T}")

    assert found.questions[0].facts == {"subject": "Law"}
    assert noted(found) == {"tags_not_kept"}


@pytest.mark.parametrize("version", [Version.QTI_30, Version.QTI_21])
def test_a_package_says_the_facts_in_its_manifest(version: Version) -> None:
    items = [
        ExportedItem(identifier="one", lang="en", xml=an_item(), facts=ALL),
        ExportedItem(identifier="two", lang="en", xml=an_item("two")),
    ]

    package = open_package(export_package(items, version).data)

    facts = {item.identifier: dict(item.facts) for item in plan_import(package).items}
    assert facts == {"one": ALL, "two": {}}
    assert {**facts_from(facts["one"]).document, **aim_from(facts["one"]).document} == {**ALL, "seconds": 90, "level": 2}


def test_metadata_of_other_systems_is_read_as_far_as_it_is_known() -> None:
    lom = (
        '<metadata><imsmd:lom xmlns:imsmd="http://ltsc.ieee.org/xsd/LOM"><imsmd:educational><imsmd:difficulty><imsmd:value>very difficult'
        "</imsmd:value></imsmd:difficulty><imsmd:typicalLearningTime><imsmd:duration>PT1M30S</imsmd:duration></imsmd:typicalLearningTime>"
        "</imsmd:educational><imsmd:classification><imsmd:purpose><imsmd:value>discipline</imsmd:value></imsmd:purpose><imsmd:taxonPath>"
        "<imsmd:taxon><imsmd:entry><imsmd:string>Law</imsmd:string></imsmd:entry></imsmd:taxon></imsmd:taxonPath></imsmd:classification>"
        "</imsmd:lom></metadata>"
    )
    data = export_package([ExportedItem(identifier="one", lang="en", xml=an_item())]).data
    manifest = open_package(data).files["imsmanifest.xml"].decode().replace('<file href="items', f'{lom}<file href="items')

    files = {"imsmanifest.xml": manifest.encode(), "items/one.en.xml": an_item()}
    (item,) = plan_import(open_package(zipped(files))).items

    assert item.facts == {"difficulty": "hard", "seconds": "90", "subject": "Law"}


def test_the_facts_of_a_file_are_the_items() -> None:
    read = FORMATS["csv"].read(template_as("csv"), "template.csv")
    checked = check_import(Source(open=lambda: nullcontext(package_of(read, "template.csv")), loose=True))

    facts = {item.identifier: item.new.facts for item in checked.items}
    assert (facts["rti-1"].subject, facts["rti-1"].seconds, str(facts["ess-1"].difficulty)) == ("Law", 60, "hard")


def test_languages_that_say_other_facts_are_noted_and_the_first_counts() -> None:
    rows = "id,lang,type,question,correct,subject,competency\nx,en,truefalse,Q,true,Law,A-1\nx,hi,truefalse,प्रश्न,true,Finance,A-1\n"
    read = FORMATS["csv"].read(rows.encode(), "a.csv")
    checked = check_import(Source(open=lambda: nullcontext(package_of(read, "a.csv")), loose=True))

    assert checked.items[0].new.facts == ItemFacts(subject="Law")
    assert checked.aims == {"x": Aim(competency="A-1")}
    assert "facts_differ" in {problem.code for problem in checked.report.problems}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_that_authors_get_is_the_documented_one(form: str) -> None:
    page = (ROOT / "docs" / "formats.md").read_text()
    found = FORMATS[form].read(template_as(form), f"questions{FORMATS[form].ending}")

    assert f"```csv\n{EXAMPLE}```" in page
    assert (len(found.questions), found.problems) == (8, ())
