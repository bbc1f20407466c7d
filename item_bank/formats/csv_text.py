"""CSV: the template as text, in and out. UTF-8; commas, semicolons or tabs; quoted as RFC 4180 says.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, which is taken off again: nobody who opens an
export runs what an author wrote.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from item_bank.formats.findings import Notes, refuse, text_of
from item_bank.formats.questions import Question, Reading, Writing
from item_bank.formats.table_writing import table_of
from item_bank.formats.tables import MAX_ROWS, read_rows

LONGEST_CELL = 1_000_000
_RUN = ("=", "+", "-", "@", "\t", "'")


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read a CSV file; raises UnreadableFile for what is no table of the template."""
    rows = list(_rows(text_of(data, file), file))  # whole, so that a table that is too long says so at once
    return read_rows(rows, file, lang, Notes(file))


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, number = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                number += 1
                if number > MAX_ROWS + 1:
                    message = f"a table may have {MAX_ROWS} questions; this one has more"
                    refuse("too_many_rows", message, file, line=line, advice="Split the file.")
                yield line, [_shown(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"line {line}: a row cannot be read: {error}"
        refuse("not_csv", message, file, line=line, advice="Close every quotation mark; write a mark that is meant twice.")


def _shown(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _RUN and cell[1:] else cell


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write a CSV file, with the mark by which spreadsheets know UTF-8."""
    notes = Notes(file)
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerows([_guarded(cell) for cell in row] for row in table_of(questions, notes))
    return Writing(data=target.getvalue().encode("utf-8-sig"), problems=tuple(notes.found))


def _guarded(cell: str) -> str:
    is_number = cell[:1] in "+-" and cell[1:].replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(_RUN) and not is_number else cell
