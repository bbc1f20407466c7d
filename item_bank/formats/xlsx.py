"""XLSX: the template as a workbook, in and out. ECMA-376, as much of it as a table of words and numbers needs.

The zip is opened as suspiciously as a package (qti/package/archive.py), its XML without entities; the first visible sheet is read row by
row. What would not be what the author sees is refused: formulas, merged cells, dates, errors. Why no library: docs/adr/0047.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from posixpath import normpath

from lxml import etree

from item_bank.formats.findings import Notes, Unfit, check_size, refuse
from item_bank.formats.questions import Question, Reading, Writing, plain
from item_bank.formats.table_writing import table_of
from item_bank.formats.tables import MAX_ROWS, read_rows
from item_bank.formats.trees import parsed
from item_bank.formats.xlsx_writing import workbook
from item_bank.qti.package.archive import Archive

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_OLE = b"\xd0\xcf\x11\xe0"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_SIGNS = re.compile(r"[dmyhs]", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_WRONG = 20
_WRONG: Mapping[str, tuple[str, str, str]] = {
    "formula": ("formula", "is a formula; its value depends on the program that opens it", "Paste its value in its place."),
    "error": ("cell_error", "holds an error of the spreadsheet", "Correct the cell."),
    "date": ("date_cell", "is a date, not what was typed; 3/4 may have become one", "Format the column as text, and type it again."),
}


def read(data: bytes, file: str, lang: str = "") -> Reading:
    """Read a workbook; raises UnreadableFile or TooLarge for what is none, or would not be what its author sees."""
    check_size(data, file)
    if data.startswith(_OLE):
        message = "this is an old workbook (XLS), or one with a password"
        refuse("old_workbook", message, file, advice="Save it as XLSX without a password.")
    notes = Notes(file)
    book = _Book(Archive(io.BytesIO(data)), file, notes)
    rows = book.rows()
    return read_rows(rows, file, lang, notes)


@dataclass(slots=True)
class _Book:
    """One workbook; rows hold texts, or the number of a shared one."""

    archive: Archive
    file: str
    notes: Notes
    wrong: list[Unfit] = field(default_factory=list)

    def rows(self) -> list[tuple[int, list[str]]]:
        """Read the first visible sheet."""
        path = self._sheet()
        dates = self._date_styles()
        found = list(self._sheet_rows(path, dates))
        for unfit in self.wrong[:_MOST_WRONG]:
            self.notes.wrong(unfit)
        if len(self.wrong) > _MOST_WRONG:
            more = f"{len(self.wrong) - _MOST_WRONG} more cells are formulas, errors or dates"
            self.notes.wrong(Unfit("more_problems", more, "Mend the ones above first."))
        shared = self._shared() if any(isinstance(cell, int) for _, cells in found for cell in cells) else []
        return [(line, [self._resolved(cell, shared) for cell in cells]) for line, cells in found]

    def _resolved(self, cell: str | int, shared: list[str]) -> str:
        if isinstance(cell, str):
            return cell
        if not 0 <= cell < len(shared):
            refuse("damaged_workbook", "a cell names a text that is not there", self.file, advice="Save the workbook again.")
        return shared[cell]

    def _part(self, path: str) -> etree._Element:
        if path not in self.archive:
            refuse("damaged_workbook", f"{path} is not in the workbook", self.file, advice="Save the workbook again as XLSX.")
        return parsed(self.archive[path], self.file)

    def _sheet(self) -> str:
        """Return the path of the first visible sheet; the others are named."""
        book = self._part("xl/workbook.xml")
        links = {each.get("Id", ""): each.get("Target", "") for each in self._part("xl/_rels/workbook.xml.rels")}
        sheets = [each for each in book.iter() if _local(each) == "sheet" and each.get("state", "visible") == "visible"]
        if not sheets:
            refuse("damaged_workbook", "there is no visible sheet in the workbook", self.file, advice="Save the workbook again as XLSX.")
        for other in sheets[1:]:
            self.notes.note("sheet_not_read", f"the sheet {other.get('name', '')[:60]} is not read; only the first one is", 0)
        link = next((value for name, value in sheets[0].items() if str(name).endswith("}id")), "")
        target = links.get(str(link), "")
        return target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")

    def _date_styles(self) -> frozenset[int]:
        """Return which styles show a number as a date or a time."""
        if "xl/styles.xml" not in self.archive:
            return frozenset()
        root = self._part("xl/styles.xml")
        custom = {each.get("numFmtId", ""): each.get("formatCode", "") for each in root.iter() if _local(each) == "numFmt"}
        cells = next((each for each in root if _local(each) == "cellXfs"), None)
        ids = [] if cells is None else [each.get("numFmtId", "0") for each in cells]
        return frozenset(place for place, name in enumerate(ids) if _is_date(name, custom.get(name, "")))

    def _shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.archive:
            return []
        return [_text(each) for each in self._part("xl/sharedStrings.xml")]

    def _sheet_rows(self, path: str, dates: frozenset[int]) -> Iterator[tuple[int, list[str | int]]]:
        if path not in self.archive:
            refuse("damaged_workbook", f"{path} is not in the workbook", self.file, advice="Save the workbook again as XLSX.")
        count = 0
        for tag, element in self._elements(self.archive[path]):
            if tag == "mergeCell":
                message = f"the cells {element.get('ref', '')[:30]} are merged; what belongs to which row cannot be told"
                first = _CELL.match(element.get("ref", ""))
                line = int(first[2]) if first is not None else 0
                refuse("merged_cells", message, self.file, line=line, advice="Unmerge all cells of the sheet.")
            if tag == "row":
                line = int(element.get("r") or 0) or count + 1
                known = len(self.wrong)
                cells = self._cells(element, line, dates)
                if any(cell != "" for cell in cells) and known == len(self.wrong):  # of a row with a wrong cell no more is said
                    count += 1
                    if count > MAX_ROWS + 1:
                        message = f"a table may have {MAX_ROWS} questions; this one has more"
                        refuse("too_many_rows", message, self.file, line=line, advice="Split the file.")
                    yield line, cells

    def _elements(self, data: bytes) -> Iterator[tuple[str, etree._Element]]:
        """Walk a sheet without holding it whole."""
        tags = tuple(f"{space}{name}" for space in (_MAIN, _STRICT) for name in ("row", "mergeCell"))
        walk = etree.iterparse(
            io.BytesIO(data), events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            for _, element in walk:
                if element.getroottree().docinfo.internalDTD is not None:
                    refuse("entities_forbidden", "a document type declaration is not allowed", self.file, advice="Save the workbook again.")
                yield _local(element), element
                element.clear()
        except etree.XMLSyntaxError as error:
            refuse("damaged_workbook", f"the sheet cannot be read: {error}", self.file, advice="Save the workbook again as XLSX.")

    def _cells(self, row: etree._Element, line: int, dates: frozenset[int]) -> list[str | int]:
        cells: list[str | int] = []
        for element in row:
            found = _CELL.fullmatch(element.get("r", ""))
            place = _column(found[1]) if found is not None else len(cells)
            if place > 1_000:
                refuse("too_many_cells", f"row {line} has more than 1000 columns", self.file, line=line, advice="Take columns out.")
            cells.extend("" for _ in range(place - len(cells)))
            cells.append(self._cell(element, line, dates))
        return cells

    def _cell(self, element: etree._Element, line: int, dates: frozenset[int]) -> str | int:
        kind = element.get("t", "n")
        parts = {_local(child): child for child in element}
        written = "".join(parts["v"].itertext()) if "v" in parts else ""
        style = element.get("s", "0")
        if "f" in parts:
            return self._amiss("formula", element, line)
        if kind == "e":
            return self._amiss("error", element, line)
        if kind == "d" or (kind == "n" and written and style.isdecimal() and int(style) in dates):
            return self._amiss("date", element, line)
        if kind == "s":
            return int(written) if written.strip().isdecimal() else ""
        if kind == "inlineStr":
            return _text(parts["is"]) if "is" in parts else ""
        if kind == "b":
            return {"1": "true", "0": "false"}.get(written.strip(), "")
        return _number(written) if kind == "n" else _unescaped(written)

    def _amiss(self, what: str, element: etree._Element, line: int) -> str:
        code, message, advice = _WRONG[what]
        self.wrong.append(Unfit(code, f"{element.get('r', 'a cell')[:12]} {message}", advice, line))
        return ""


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _column(letters: str) -> int:
    place = 0
    for sign in letters:
        place = place * 26 + ord(sign) - ord("A") + 1
    return place - 1


def _text(element: etree._Element) -> str:
    """Return the words of a text with runs; how it is spoken (phonetic runs) aside."""
    words = (each for each in element.iter() if _local(each) == "t" and not any(_local(around) == "rPh" for around in each.iterancestors()))
    return _unescaped("".join("".join(each.itertext()) for each in words))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _number(written: str) -> str:
    """Write a number as people typed it: 0.1, not its 17 digits."""
    try:
        return plain(Decimal(repr(float(written)))) if written.strip() else ""
    except (ValueError, InvalidOperation, OverflowError):
        return written


def _is_date(name: str, code: str) -> bool:
    return (name.isdecimal() and int(name) in _DATES) or bool(_DATE_SIGNS.search(_QUOTED.sub("", code)))


def write(questions: Iterable[Question], file: str = "") -> Writing:
    """Write a workbook with one sheet."""
    notes = Notes(file)
    return Writing(data=workbook(table_of(questions, notes)), problems=tuple(notes.found))
