"""A CSV file as people send it, read with no trust in it: bytes in; a table of texts with line numbers, or problems, out.

UTF-8 (with or without its mark), UTF-16 and Windows-1252 are told apart; commas, semicolons and tabs too. What a cell means is roster.py's
and oneroster.py's matter. See docs/operations.md, "Rosters".
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_ROWS = 10_000
LONGEST_CELL = 400
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATORS = (",", ";", "\t")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = frozenset(chr(number) for number in range(32)) - {"\t", "\n", "\r"} | {"\x7f", "\ufffd", "\ufeff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterProblem:
    """What keeps a roster out: where, what, and what to do. Line 0 is the file as a whole."""

    code: str
    message: str
    advice: str
    line: int = 0
    column: str = ""
    file: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One line below the heading: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell, empty where the file has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A file's heading and lines; with problems there is nothing to go on with."""

    columns: tuple[str, ...] = ()
    lines: tuple[TableLine, ...] = ()
    problems: tuple[RosterProblem, ...] = ()


def read_table(data: bytes, file: str = "") -> CsvTable:
    """Read a CSV file; whatever is wrong with it as a file is a problem of the table."""
    try:
        text = decoded(data)
        heading, *rows = _rows(text)
        columns = tuple(name.strip().lstrip("\ufeff").lower() for name in heading[1])
        return CsvTable(columns=columns, lines=tuple(_lines(columns, rows)))
    except _Unreadable as problem:
        return CsvTable(problems=(problem.said(file),))


class _Unreadable(Exception):
    """The file cannot be read as a table."""

    def __init__(self, code: str, message: str, advice: str, line: int = 0) -> None:
        super().__init__(message)
        self._about = (code, message, advice, line)

    def said(self, file: str) -> RosterProblem:
        """Return the problem for a report."""
        code, message, advice, line = self._about
        return RosterProblem(code=code, message=message, advice=advice, line=line, file=file)


def decoded(data: bytes) -> str:
    """Return a file's text in NFC; raises the table's own problem for what is no text."""
    if not data.strip():
        raise _Unreadable("empty_file", "the file is empty", "Choose the file with the candidates.")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise _Unreadable(
            "wrong_encoding",
            "the letters of this file cannot be read",
            "Save it again as “CSV UTF-8” (in Excel: Save as, CSV UTF-8) and choose it again.",
        ) from None
    if not _CONTROLS.isdisjoint(text):
        raise _Unreadable("not_text", "this is not a text file", "Save the sheet as “CSV UTF-8”; an .xlsx or .pdf file cannot be read.")
    return unicodedata.normalize("NFC", text)


def _unmarked(data: bytes) -> str:
    """Tell the encoding of a file without a mark: UTF-16 has zeros in every other byte, UTF-8 is strict, the rest is old Windows."""
    start = data[:4000]
    if start.count(0) > len(start) // 4:
        return "utf-16-be" if start[:2].startswith(b"\0") else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _rows(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((line, cells))
            if len(found) > MOST_ROWS + 1:
                raise _Unreadable("too_many_rows", f"a file has at most {MOST_ROWS} rows", "Split it, and import the parts one by one.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable("broken_row", f"this row cannot be read: {error}", "Look at the quotation marks of this row.", line) from None
    if not found:
        raise _Unreadable("empty_file", "the file is empty", "Choose the file with the candidates.")
    return found


def _separator(text: str) -> str:
    heading = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    return max(_SEPARATORS, key=heading.count)


def _lines(columns: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Iterator[TableLine]:
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise _Unreadable("column_twice", f"the column “{twice}” is there twice", "Name each column once, in the first row.", 1)
    for number, cells in rows:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            advice = "Put a cell that has a comma into quotation marks."
            raise _Unreadable("too_many_cells", f"this row has {len(cells)} cells, the first row {len(columns)}", advice, number)
        yield TableLine(number=number, cells=dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
