import io
import zipfile
from collections.abc import Mapping

import pytest

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats import FORMATS
from item_bank.formats.content import words
from item_bank.formats.xlsx_writing import workbook
from tests.item_bank.formats.scores import noted, only, reading, scores, wrong

SHEET = "xl/worksheets/sheet1.xml"
HEADER = ["type", "question", "correct", "option_1", "option_2"]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(data: bytes, files: Mapping[str, str | bytes], **replaced: str) -> bytes:
    """The workbook with other files, or with words of its sheet replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *files}:
            content = files[name] if name in files else old.read(name)
            if name == SHEET and isinstance(content, bytes):
                for before, after in replaced.items():
                    content = content.replace(before.encode(), after.encode())
            new.writestr(name, content)
    return target.getvalue()


def sheet(rows: str, more: str = "") -> bytes:
    """A workbook whose sheet is written by hand."""
    return changed(workbook([["x"]]), {SHEET: f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{more}</worksheet>"})


def row(line: int, *cells: str) -> str:
    """A row of texts and of cells that are written by hand."""
    written = [each if each.startswith("<c") else f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in cells]
    return f'<row r="{line}">{"".join(written)}</row>'


HEAD = row(1, *HEADER)


def test_texts_of_every_kind_are_read() -> None:
    shared = (
        f'<sst {MAIN}><si><t>Which?</t></si><si><r><t>ye</t></r><r><t xml:space="preserve">s _x263A_</t></r><rPh><t>no</t></rPh></si></sst>'
    )
    rows = HEAD + row(2, "choice", '<c t="s"><v>0</v></c>', "<c><v>2</v></c>", "<c><v>0.10000000000000001</v></c>", '<c t="s"><v>1</v></c>')

    question = only("xlsx", changed(sheet(rows), {"xl/sharedStrings.xml": shared}))

    assert [words(option.content) for option in question.options] == ["0.1", "yes ☺"]
    assert scores(question, "A", "B") == [0, 1]


def test_empty_columns_between_are_kept_by_the_cells_names() -> None:
    rows = HEAD + '<row r="2"><c r="A2" t="str"><v>truefalse</v></c><c r="B2" t="str"><v>Q</v></c><c r="C2" t="b"><v>1</v></c></row>'

    assert scores(only("xlsx", sheet(rows)), "true", "false") == [1, 0]


def _styles(code: str) -> str:
    formats = f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
    return f'<styleSheet {MAIN}>{formats}<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("<c r='D2'><f>1+1</f><v>2</v></c>", "formula"),
        ("<c r='D2' t='e'><v>#REF!</v></c>", "cell_error"),
        ("<c r='D2' t='d'><v>2026-04-03</v></c>", "date_cell"),
        ("<c r='D2' s='1'><v>46115</v></c>", "date_cell"),
    ],
)
def test_a_cell_that_is_not_what_its_author_sees_is_wrong(cell: str, code: str) -> None:
    styles = _styles("d/m")
    data = changed(sheet(HEAD + row(2, "choice", "Q", "A", cell, "b")), {"xl/styles.xml": styles})

    assert wrong(reading("xlsx", data)) == [(code, 2)]


def test_a_number_is_no_date_for_its_words_in_quotation_marks() -> None:
    styles = _styles("0.0&quot; days&quot;")
    data = changed(sheet(HEAD + row(2, "number", "Q", "", "<c s='1'><v>9.5</v></c>")), {"xl/styles.xml": styles})

    assert scores(only("xlsx", data), "9.5") == [1]


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sheet(HEAD, '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'), "merged_cells"),
        (sheet(HEAD + "".join(row(line, "essay", "Q") for line in range(2, 20_003))), "too_many_rows"),
        (changed(sheet(HEAD), {SHEET: f"{BOMB}<worksheet {MAIN}><sheetData>{HEAD}&b;</sheetData></worksheet>"}), "entities_forbidden"),
        (changed(sheet(HEAD), {"xl/workbook.xml": f"{BOMB}<workbook {MAIN}>&b;</workbook>"}), "entities_forbidden"),
        (changed(sheet(HEAD), {"xl/other.xml": b"0" * 3_000_000}), "zip_bomb"),
        (changed(sheet(HEAD), {SHEET: "<worksheet><sheetData>"}), "damaged_workbook"),
        (changed(sheet(HEAD), {"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "damaged_workbook"),
        (sheet(HEAD + row(2, "essay", '<c t="s"><v>7</v></c>')), "damaged_workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 512, "old_workbook"),
        (b"type,question\n", "not_a_zip"),
        (workbook([["type", "text"]]), "no_header"),
    ],
    ids=range(11),
)
def test_what_is_hostile_or_no_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(AssessmentError) as refused:
        reading("xlsx", data)

    assert refused.value.details["problem"] == code


def test_other_sheets_are_named() -> None:
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    names = (("a", "rId9", "hidden"), ("q", "rId1", "visible"), ("z", "rId9", "visible"))
    sheets = "".join(f'<sheet name="{name}" r:id="{link}" state="{state}"/>' for name, link, state in names)
    book = f"<workbook {MAIN} {relation}><sheets>{sheets}</sheets></workbook>"

    found = reading("xlsx", changed(sheet(HEAD + row(2, "essay", "Q")), {"xl/workbook.xml": book}))

    assert (len(found.questions), noted(found)) == (1, {"sheet_not_read"})


def test_the_same_questions_give_the_same_bytes_and_odd_texts_stay() -> None:
    question = only("csv", 'type,question,correct,option_1,option_2\nchoice,"=1+1 & <b>",A,_x0041_,नमस्ते\n')

    first, second = (FORMATS["xlsx"].write([question]).data for _ in range(2))

    assert first == second
    again = only("xlsx", first)
    assert [words(option.content) for option in again.options] == ["_x0041_", "नमस्ते"]
    assert words(again.stem) == "=1+1 & <b>"
