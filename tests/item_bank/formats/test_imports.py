"""A file of another format goes the way of every import: planned first, all or nothing."""

import base64
from pathlib import Path

import pytest

from assessment_engine.services.import_sources import from_files, from_path
from item_bank.formats import FORMATS, export_as, guess
from item_bank.imports import check_import
from item_bank.qti.package import ExportedItem
from tests.item_bank.formats.test_moodle_xml import PIXEL, answer, question, quiz
from tests.item_bank.items import SCORE, choice, qti, response

SAMPLES = Path(__file__).resolve().parents[3] / "assessment_engine" / "demo" / "interactions"


def test_one_wrong_question_refuses_the_file_and_nothing_comes_in() -> None:
    found = check_import(from_files({"bank.gift": b"One {=a ~b}\n\nTwo {#x}\n"}))

    assert (found.report.refused, found.items) == (True, ())
    assert [(each.code, each.file, each.line) for each in found.report.problems if each.code == "not_a_number"] == [
        ("not_a_number", "bank.gift", 3)
    ]


def test_questions_come_in_as_valid_items_that_lead_back_to_their_lines() -> None:
    found = check_import(from_files({"my bank.gift": b"// [id:x]\nOne {=a#f ~b ####g}\n\nTwo {=a =b*c}\n"}, lang="en"))

    assert (found.report.refused, [item.identifier for item in found.items][:1]) == (False, ["x"])
    assert found.report.items[0].files == ("my-bank.gift/000002/x.en.xml",)
    assert all(not line.needs for line in found.report.items)


@pytest.mark.parametrize("name", ["con", "a.", "प्रश्न-1", "../../x", "a/b:c", "x" * 300, "12", "é ü"])
def test_an_id_of_any_kind_becomes_a_name(name: str) -> None:
    found = check_import(from_files({"t.csv": f"id,type,question,correct\n{name},truefalse,Q,true\n".encode()}))

    assert (found.report.refused, len(found.items)) == (False, 1), found.report.problems


def test_rows_of_one_id_are_languages_of_one_item_and_must_agree() -> None:
    header = b"id,lang,type,question,correct,option_1,option_2\n"
    rows = "x,en,choice,Q,A,yes,no\nx,hi,choice,प्रश्न,{key},हाँ,नहीं\n"

    good = check_import(from_files({"t.csv": header + rows.format(key="A").encode()}))
    bad = check_import(from_files({"t.csv": header + rows.format(key="B").encode()}))

    assert ([line.languages for line in good.report.items], good.report.refused) == ([("en", "hi")], False)
    assert (bad.report.refused, "languages_differ" in {each.code for each in bad.report.problems}) == (True, True)


def test_embedded_files_are_parts_of_their_item() -> None:
    files = f"<file name='a.png' path='/' encoding='base64'>{base64.b64encode(PIXEL).decode()}</file>"
    xml = quiz(question("multichoice", answer("100", "y") + answer("0", "n"), '<img src="@@PLUGINFILE@@/a.png" alt="dot">', files))

    found = check_import(from_files({"q.xml": xml.encode()}))

    [item] = found.items
    assert [(part.media_type, part.data) for part in item.new.parts] == [("image/png", PIXEL)]


def test_what_is_no_picture_refuses_the_file() -> None:
    files = f"<file name='a.png' path='/' encoding='base64'>{base64.b64encode(b'MZ not a picture').decode()}</file>"
    xml = quiz(question("essay", "", '<img src="@@PLUGINFILE@@/a.png" alt="dot">', files))

    assert check_import(from_files({"q.xml": xml.encode()})).report.refused


def test_a_file_without_a_question_says_so() -> None:
    report = check_import(from_files({"empty.gift": b"// nothing\n"})).report

    assert (report.refused, [each.code for each in report.problems]) == (True, ["no_questions"])


@pytest.mark.parametrize(
    ("name", "start", "form"),
    [
        ("a.gift", b"", "gift"),
        ("a.CSV", b"", "csv"),
        ("a.xlsx", b"PK", "xlsx"),
        ("a.json", b"{", "quml"),
        ("a.txt", b"Q\nA. x\nANSWER: A", "aiken"),
        ("a.txt", b"Q {T}", "gift"),
        ("a.txt", b"hello", "qti"),
        ("a.xml", b"<?xml version='1.0'?>\n<quiz>", "moodle-xml"),
        ("a.xml", b"<assessmentItem>", "qti"),
        ("a", b"", "qti"),
    ],
)
def test_a_format_is_told_by_name_and_beginning(name: str, start: bytes, form: str) -> None:
    assert guess(name, start) == form


def test_a_path_may_be_of_another_format(tmp_path: Path) -> None:
    (tmp_path / "bank.txt").write_text("One {=a ~b}")

    assert len(check_import(from_path(tmp_path / "bank.txt")).report.items) == 1
    assert check_import(from_path(tmp_path / "bank.txt", "aiken")).report.refused


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_sample_goes_out_whole_or_is_named(form: str) -> None:
    files = [path for path in sorted(SAMPLES.glob("*.en.xml")) if "passage" not in path.name]
    items = [ExportedItem(identifier=path.stem, lang="en", xml=path.read_bytes()) for path in files]

    written = export_as(FORMATS[form], items)

    read = FORMATS[form].read(written.data, "out").questions if len(written.left_out) < len(items) else ()
    assert len(read) + len(written.left_out) == len(items)
    assert set(written.left_out) <= {problem.file for problem in written.problems if problem.severity.value == "invalid"}


def test_where_a_format_has_one_language_the_others_are_noted() -> None:
    variants = [
        ExportedItem(
            identifier="x", lang=lang, xml=qti(responses=response("identifier", "A"), body=choice("A", "B"), lang=lang, outcomes=SCORE)
        )
        for lang in ("en", "hi")
    ]

    gift, csv = export_as(FORMATS["gift"], variants, "hi"), export_as(FORMATS["csv"], variants)

    assert b"[lang:hi]" in gift.data
    assert [problem.code for problem in gift.problems] == ["language_not_said"]
    assert csv.data.count(b"\r\nx,") == 2
