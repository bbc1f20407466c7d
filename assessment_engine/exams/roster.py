"""Whom a roster names: bytes in; rows, or a list of problems with line, column and what to do, out. Pure: no files, no database, no clock.

Two kinds are read: our own CSV (columns below; docs/operations.md, "Rosters", has an example) and OneRoster's files (oneroster.py). Whether
a room exists or a person may sit is services/rosters.py's to find.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from assessment_engine.exams.csv_text import FORMULA, LONGEST_CELL, CsvTable, RosterProblem, TableLine, read_table

COLUMNS = ("login", "name", "name_hi", "language", "email", "centre", "room", "seat", "photo")
LANGUAGES = ("en", "hi")
MOST_PROBLEMS = 200
_LONGEST: Mapping[str, int] = {"login": 120, "name": 200, "name_hi": 200, "seat": 20, "room": 60, "centre": 40, "email": 120, "photo": 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One candidate as a roster names them; empty texts are what it leaves open."""

    line: int
    login: str
    name: str
    name_hi: str = ""
    language: str = "en"
    centre: str = ""
    room: str = ""
    seat: str = ""
    photo: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        """The room in the words of the roster."""
        return f"{self.centre} / {self.room}" if self.centre else self.room

    def problem(self, code: str, message: str, advice: str, column: str = "") -> RosterProblem:
        """Say what is wrong with this row."""
        value = self.place.strip(" /") if column == "room" else str(getattr(self, column, ""))
        return RosterProblem(code=code, message=message, advice=advice, line=self.line, column=column, file=self.file, value=value[:60])


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster that was read; with problems none of it is taken. `unsaid` counts problems beyond those that are listed."""

    rows: tuple[RosterRow, ...] = ()
    problems: tuple[RosterProblem, ...] = ()
    unsaid: int = 0

    @property
    def refused(self) -> bool:
        """Whether the roster cannot be taken."""
        return bool(self.problems)


def a_roster(rows: Iterable[RosterRow], problems: Iterable[RosterProblem]) -> Roster:
    """Put a reading together; without a row there is nothing to import."""
    taken, wrong = tuple(rows), tuple(problems)
    if not taken and not wrong:
        advice = "Write one candidate a row, below the row with the columns' names."
        wrong = (RosterProblem(code="no_rows", message="there is no candidate in it", advice=advice),)
    return Roster(rows=taken, problems=wrong[:MOST_PROBLEMS], unsaid=max(0, len(wrong) - MOST_PROBLEMS))


def read_roster(data: bytes, file: str = "") -> Roster:
    """Read our own CSV."""
    table = read_table(data, file)
    if problems := [*table.problems, *(_headings(table, file) if not table.problems else ())]:
        return a_roster((), problems)
    rows = [_row(line, file) for line in table.lines]
    cells = [problem for line in table.lines for problem in _cells(line, file)]
    return a_roster(rows, [*cells, *(problem for row in rows for problem in _missing(row)), *duplicates(rows)])


def _headings(table: CsvTable, file: str) -> Iterator[RosterProblem]:
    known = ", ".join(COLUMNS)
    for column in table.columns:
        if column and column not in COLUMNS:
            yield RosterProblem(
                code="unknown_column",
                message=f"there is no column “{column}”",
                advice=f"Remove it, or call it one of: {known}.",
                line=1,
                column=column,
                file=file,
            )
    if "name" not in table.columns or not {"login", "email"} & set(table.columns):
        yield RosterProblem(
            code="missing_column",
            message="a roster has the columns “login” (or “email”) and “name”",
            advice=f"Write the columns' names into the first row: {known}.",
            line=1,
            file=file,
        )


def _row(line: TableLine, file: str) -> RosterRow:
    return RosterRow(
        line=line.number,
        login=(line.get("login") or line.get("email")).lower(),
        name=" ".join(line.get("name").split()),
        name_hi=" ".join(line.get("name_hi").split()),
        language=line.get("language").lower() or "en",
        centre=line.get("centre"),
        room=line.get("room"),
        seat=line.get("seat"),
        photo=line.get("photo"),
        file=file,
    )


def _cells(line: TableLine, file: str) -> Iterator[RosterProblem]:
    """Yield what is wrong with single cells: formulas, and what is too long."""
    for column, cell in line.cells.items():
        problem = partial(RosterProblem, line=line.number, column=column, file=file, value=cell[:40])
        if cell.startswith(FORMULA):
            message, advice = f"“{cell[:20]}” would be a formula in an office program", "Begin the cell with a letter or a digit."
            yield problem(code="formula", message=message, advice=advice)
        elif len(cell) > (longest := _LONGEST.get(column, LONGEST_CELL)):
            message = f"“{column}” has {len(cell)} characters; {longest} fit"
            yield problem(code="too_long", message=message, advice="Shorten it.")


def _missing(row: RosterRow) -> Iterator[RosterProblem]:
    if not row.login or any(letter.isspace() for letter in row.login):
        yield row.problem("login_missing", "a candidate needs a log-in without spaces", "Fill in “login”, or “email”.", "login")
    if not row.name:
        yield row.problem("name_missing", "a candidate needs a name", "Fill in “name”.", "name")
    if row.language not in LANGUAGES:
        yield row.problem("unknown_language", f"there is no language “{row.language[:20]}”", "Write en or hi.", "language")
    if row.centre and not row.room:
        yield row.problem("room_missing", "a centre needs a room", "Fill in “room”, or leave both empty.", "room")
    if row.seat and not row.room:
        yield row.problem("room_missing", "a seat needs a room", "Fill in “centre” and “room”, or leave “seat” empty.", "room")


def duplicates(rows: Iterable[RosterRow]) -> Iterator[RosterProblem]:
    """Yield every second row of a candidate, a seat or a photograph."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        keys = {
            "login": ("login", row.login) if row.login else None,
            "seat": ("seat", row.centre.casefold(), row.room.casefold(), row.seat.casefold()) if row.seat else None,
            "photo": ("photo", row.photo) if row.photo else None,
        }
        for column, key in keys.items():
            if key is None:
                continue
            if key in seen:
                message = f"this {column} is in line {seen[key]} already: {key[-1][:60]}"
                yield row.problem(f"{column}_twice", message, "Leave one of the two rows.", column)
            seen.setdefault(key, row.line)
