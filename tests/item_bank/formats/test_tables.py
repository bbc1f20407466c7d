"""The template: what its columns mean, in CSV. The example of docs/formats.md is read here."""

import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats import FORMATS
from item_bank.formats.content import to_html, words
from item_bank.formats.xlsx_writing import workbook
from tests.item_bank.formats.scores import only, reading, scores, wrong

ROOT = Path(__file__).resolve().parents[3]


def table(row: str, header: str = "type,question,correct,option_1,option_2,option_3,worth_1,worth_2,points,scoring,id") -> str:
    return f"{header}\n{row}\n"


def test_the_example_of_the_page_is_read() -> None:
    found = re.search(r"```csv\n(.*?)```", (ROOT / "docs" / "formats.md").read_text(), re.DOTALL)
    assert found is not None

    read = reading("csv", found[1])

    assert wrong(read) == []
    assert [question.kind.value for question in read.questions] == ["choice"] * 2 + [
        "multiple",
        "choice",
        "number",
        "text",
        "match",
        "essay",
    ]
    assert [question.lang for question in read.questions[:2]] == ["en", "hi"]
    assert scores(read.questions[2], ["A", "C"], ["A"], ["A", "B", "C"]) == [2, 1, 1]


@pytest.mark.parametrize(
    ("row", "responses", "expected"),
    [
        ("choice,Q,B,a,b,c", ["A", "B", None], [0, 1, 0]),
        ("choice,Q,2,a,b,c,0.5,,2", ["A", "B", "C"], [0.5, 2, 0]),
        ("multiple,Q,1;3,a,b,c", [["A", "C"], ["A"], ["A", "B", "C"]], [1, 0, 0]),
        ("multiple,Q,1;2;3,a,b,c,,,1,each", [["A", "B", "C"], ["A"]], [1, 1 / 3]),
        ("multiple,Q,1,a,b,c,2,-1,2,each", [["A"], ["A", "B"], ["B"]], [2, 1, 0]),
        ("truefalse,Q,सही", ["true", "false"], [1, 0]),
        ("text,Q,,Delhi,नई दिल्ली,,,0.5", ["delhi", "नई दिल्ली", "x"], [1, 0.5, 0]),
        ("number,Q,,9.5:0.1,5..6", ["9.6", "5.5", "9.7"], [1, 1, 0]),
    ],
)
def test_a_row_scores_as_its_cells_say(row: str, responses: list[str | list[str] | None], expected: list[float]) -> None:
    assert scores(only("csv", table(row)), *responses) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("chioce,Q,A,a,b", "unknown_type"),
        ("choice,,A,a,b", "no_question"),
        ("choice,Q,,a,b", "no_right_answer"),
        ("choice,Q,D,a,b,c", "unknown_choice"),
        ("choice,Q,A,a", "too_few_choices"),
        ("choice,Q,A,a,,c", "empty_choice"),
        ("choice,Q,A,a,b,,x", "not_a_number"),
        ("choice,Q,A,a,b,,,,-1", "not_points"),
        ("multiple,Q,A,a,b,,,,,some", "unknown_word"),
        ("essay,Q,A", "cell_not_used"),
        ("truefalse,Q,perhaps", "no_right_answer"),
        ("choice,Q,A,a,b,,,,,,x,one more", "too_many_cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_said_with_its_line(row: str, code: str) -> None:
    text = table(f'choice,"two\nlines",A,a,b\n{row}')

    assert wrong(reading("csv", text)) == [(code, 4)]


def test_an_id_may_be_used_once_in_each_language() -> None:
    header = "id,lang,type,question,correct"
    rows = ["x,en,truefalse,Q,true", "x,hi,truefalse,Q,true", "x,en,truefalse,R,true"]

    assert wrong(reading("csv", table("\n".join(rows), header))) == [("id_used_twice", 4)]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        ("type,question\nessay,Q\n".encode("utf-16-le"), "wrong_encoding", 1),
        (b"\xff\xfe" + "type,question\nessay,Q\n".encode("utf-16-le") + b"\x00", "wrong_encoding", 1),
        ("type,question\nessay,Q\n".encode("utf-16-be"), "wrong_encoding", 1),
        ("type,question\nessay,“Qué?”\n".encode("windows-1252"), "wrong_encoding", 2),
        (b"type,question\nessay,a\x00b\n", "not_plain_text", 2),
        (b'type,question\nessay,"Q\n', "not_csv", 2),
        (b"", "no_header", 1),
        (b"name,text\na,b\n", "no_header", 1),
        (b"type,question,corect\nchoice,Q,A\n", "unknown_column", 1),
        (b"type,question,type\nchoice,Q,A\n", "duplicate_column", 1),
        (b"type,question\n" + b"essay,Q\n" * 20_001, "too_many_rows", 20_002),
    ],
)
def test_what_is_no_table_of_the_template_is_refused(data: bytes, code: str, line: int) -> None:
    with pytest.raises(AssessmentError) as refused:
        reading("csv", data)

    assert (refused.value.details["problem"], refused.value.details["line"]) == (code, line)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_text_that_begins_with_its_mark_is_read_by_it(encoding: str) -> None:
    text = "type\tquestion\tcorrect\r\ntruefalse\tक्या यह सही है?\ttrue\r\n"

    assert words(only("csv", text.encode(encoding)).stem) == "क्या यह सही है?"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_are_refused_in_little_memory(form: str) -> None:
    rows = 100_000
    if form == "csv":
        data = b"type,question\n" + b"essay,What is it\n" * rows
    else:
        data = workbook([["type", "question"], *([["essay", "What is it"]] * rows)])
    tracemalloc.start()

    with pytest.raises(AssessmentError) as refused:
        reading(form, data)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.details["problem"] == "too_many_rows"
    assert peak < 60_000_000


def test_a_misspelt_column_is_told_which_is_meant() -> None:
    with pytest.raises(AssessmentError, match="is correct meant"):
        reading("csv", b"type,question,corect\n")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_any_of_three_separators_is_read(mark: str) -> None:
    assert words(only("csv", "\ufefftype,question,correct\r\ntruefalse,Q,true\r\n".replace(",", mark)).stem) == "Q"


@pytest.mark.parametrize("said", ["=HYPERLINK(1)", "+cmd", "-1+2", "@SUM(1)", "'=1", "'"])
def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(said: str) -> None:
    question = replace(only("csv", "type,question\nessay,Q\n"), stem=(f"{said}x",))

    written = FORMATS["csv"].write([question]).data.decode("utf-8-sig")

    assert f",'{said}x," in written
    assert only("csv", written).stem == question.stem


def test_html_is_said_once_for_the_row() -> None:
    question = only("csv", 'type,question,format,correct\ntruefalse,"<p>a <b>b</b></p><p>c</p>",html,true\n')

    assert to_html(question.stem) == "<p>a <b>b</b></p><p>c</p>"
