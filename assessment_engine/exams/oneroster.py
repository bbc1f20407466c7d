"""OneRoster's CSV files (1.1 and 1.2) as a roster: students, their classes as rooms, their schools as centres. Bytes in, rows out.

Read are manifest.csv, users.csv and, as far as they are there, roles.csv (1.2), enrollments.csv, classes.csv and orgs.csv; only whole
exports (`bulk`), because a change (`delta`) says nothing of those who stay. A class with a `location` is a room of its school's centre.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from assessment_engine.exams.csv_text import FORMULA, RosterProblem, TableLine, read_table
from assessment_engine.exams.roster import Roster, RosterRow, a_roster, duplicates

USERS = "users.csv"
FILES = ("manifest.csv", USERS, "roles.csv", "enrollments.csv", "classes.csv", "orgs.csv")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    USERS: ("sourcedid", "username", "givenname", "familyname"),
    "roles.csv": ("usersourcedid", "role"),
    "enrollments.csv": ("classsourcedid", "usersourcedid", "role"),
    "classes.csv": ("sourcedid", "title"),
    "orgs.csv": ("sourcedid", "name"),
}
_EXPORT_ADVICE = "Export OneRoster CSV 1.1 or 1.2 again, as “bulk”, with users.csv."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The lines of each file that is there, without those that are to be deleted."""

    lines: Mapping[str, tuple[TableLine, ...]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[TableLine, ...]:
        """Return a file's lines; none where it is absent."""
        return self.lines.get(name, ())

    def by_id(self, name: str) -> Mapping[str, TableLine]:
        """Return a file's lines by their own id."""
        return {line.get("sourcedid"): line for line in self.of(name)}


def is_oneroster(names: Mapping[str, bytes]) -> bool:
    """Tell whether files are OneRoster's, rather than our own CSV with photographs."""
    return USERS in names


def read_oneroster(files: Mapping[str, bytes]) -> Roster:
    """Read the files of an export by their names."""
    tables = {name: read_table(files[name], name) for name in FILES if name in files}
    problems = [problem for table in tables.values() for problem in table.problems]
    problems += [problem for name, table in tables.items() if not table.problems for problem in _columns(name, table.columns)]
    kept = {name: tuple(line for line in table.lines if line.get("status") != "tobedeleted") for name, table in tables.items()}
    found = _Files(lines=kept)
    problems += _manifest(found)
    if problems:
        return a_roster((), problems)
    rows = [_row(user, found.by_id("orgs.csv"), place) for user, place in _students(found)]
    wrong = [problem for row in rows for problem in _wrong(row)]
    return a_roster(rows, [*wrong, *duplicates(rows)])


def _columns(name: str, columns: tuple[str, ...]) -> Iterator[RosterProblem]:
    for column in _NEEDED.get(name, ()):
        if column not in columns:
            message = f"{name} has no column “{column}”"
            yield RosterProblem(code="missing_column", message=message, advice=_EXPORT_ADVICE, line=1, column=column, file=name)


def _manifest(found: _Files) -> Iterator[RosterProblem]:
    for line in found.of("manifest.csv"):
        name, value = line.get("propertyname").lower(), line.get("value").lower()
        problem = partial(RosterProblem, line=line.number, column="value", file="manifest.csv", advice=_EXPORT_ADVICE)
        if name == "oneroster.version" and value not in ("1.1", "1.2"):
            yield problem(code="unknown_version", message=f"OneRoster {value[:20]} is not read here")
        if name.startswith("file.") and value == "delta" and f"{name.removeprefix('file.')}.csv" in FILES:
            yield problem(code="delta", message=f"{name.removeprefix('file.')}.csv holds changes only (delta)")


def _students(found: _Files) -> Iterator[tuple[TableLine, TableLine | None]]:
    """Yield each active student with the class that says where they sit."""
    classes, taught = found.by_id("classes.csv"), _taught(found)
    roles = {line.get("usersourcedid") for line in found.of("roles.csv") if line.get("role").lower() == "student"}
    for user in found.of(USERS):
        user_id = user.get("sourcedid")
        student = user_id in roles if found.of("roles.csv") else user.get("role").lower() in ("student", "")
        if not student or user.get("enableduser").lower() == "false" or (found.of("enrollments.csv") and user_id not in taught):
            continue
        mine = [classes[class_id] for class_id in taught.get(user_id, ()) if class_id in classes]
        yield user, next((one for one in mine if one.get("location")), mine[0] if mine else None)


def _taught(found: _Files) -> Mapping[str, list[str]]:
    taught: dict[str, list[str]] = {}
    for line in found.of("enrollments.csv"):
        if line.get("role").lower() == "student":
            taught.setdefault(line.get("usersourcedid"), []).append(line.get("classsourcedid"))
    return taught


def _row(user: TableLine, schools: Mapping[str, TableLine], place: TableLine | None) -> RosterRow:
    room = place.get("location") if place is not None else ""
    school = schools.get(place.get("schoolsourcedid")) if place is not None else None
    names = (user.get("givenname"), user.get("middlename"), user.get("familyname"))
    return RosterRow(
        line=user.number,
        login=(user.get("username") or user.get("email")).lower(),
        name=" ".join(part for part in names if part),
        centre=(school.get("identifier") or school.get("name")) if school is not None and room else "",
        room=room,
        file=USERS,
    )


def _wrong(row: RosterRow) -> Iterator[RosterProblem]:
    for column, cell in (("username", row.login), ("givenname", row.name), ("location", row.room)):
        if cell.startswith(FORMULA):
            yield row.problem("formula", f"“{cell[:20]}” would be a formula in an office program", "Mend it at its source.", column)
    if not row.login or any(letter.isspace() for letter in row.login) or len(row.login) > 120:
        yield row.problem("login_missing", "a candidate needs a log-in without spaces", "Fill in “username” at its source.", "username")
    if not row.name or len(row.name) > 200:
        yield row.problem("name_missing", "a candidate needs a name", "Fill in the names at their source.", "givenName")
