"""`assessment-engine rosters import`: the candidates of a session from a file, all or nothing, with a report."""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands
    from assessment_engine.exams.csv_text import RosterProblem
    from assessment_engine.services.rosters import RosterReport


def add_rosters(commands: "Commands") -> None:
    """Declare the commands about rosters."""
    rosters = group(commands, "rosters", "the candidates of a session, from a file")
    come = add(rosters, "import", "register everybody in a CSV file or in OneRoster's files; all or nothing", _import)
    come.add_argument("path", type=Path, help="a CSV file, a zip or a folder")
    come.add_argument("--session", required=True, help="the session's id, as its page's address has it")
    come.add_argument("--photos", type=Path, help="a zip or a folder of JPEG files")
    come.add_argument("--dry-run", action="store_true", help="check and report only; nothing is changed")
    come.add_argument("--passwords", type=Path, help="where to write the first passwords of new accounts (CSV, a new file)")
    come.add_argument("--organisation", default="", help="its id or its exact name, where there are several")


def _import(arguments: argparse.Namespace) -> int:
    from assessment_engine.kernel.errors import NotFound
    from assessment_engine.kernel.ids import SessionId
    from assessment_engine.runtime import build_engine
    from assessment_engine.services.item_imports import at_the_console
    from assessment_engine.services.roster_files import from_path
    from assessment_engine.services.rosters import import_roster
    from assessment_engine.settings import Settings

    if arguments.passwords is not None and arguments.passwords.exists():
        print(f"{arguments.passwords} is there already; name a new file", file=sys.stderr)
        return 2
    try:
        source = from_path(arguments.path, arguments.photos)
    except NotFound as missing:
        print(missing.message, file=sys.stderr)
        return 2
    engine = build_engine(Settings.from_environ(os.environ))
    actor = at_the_console(engine, arguments.organisation)
    found = import_roster(engine, actor, SessionId(arguments.session), source, dry_run=arguments.dry_run)
    if arguments.passwords is not None and found.accounts:
        _keep_passwords(arguments.passwords, found)
    report(arguments, found.as_json(), _as_text(found, told=arguments.passwords is None))
    return 1 if found.refused else 0


def _keep_passwords(path: Path, found: "RosterReport") -> None:
    """Write first passwords for whoever runs this, and nobody else on the machine."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("login", "name", "password"))
        writer.writerows((one.login, one.name, one.password) for one in found.accounts)


def _as_text(found: "RosterReport", *, told: bool) -> str:
    lines = [_said(problem) for problem in (*found.problems, *found.notes)]
    if found.refused:
        more = f" and {found.unsaid} more" if found.unsaid else ""
        return "\n".join([*lines, f"roster_refused: {len(found.problems)}{more} to mend; nothing was changed"])
    if found.dry_run:
        return "\n".join([*lines, f"{len(found.seats)} candidates could be registered; nothing was changed"])
    passwords = [f"{one.login}\t{one.password}" for one in found.accounts] if told else []
    return "\n".join([*lines, f"{found.imported} candidates registered, {len(found.accounts)} new accounts", *passwords])


def _said(problem: "RosterProblem") -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line or "", problem.column) if part)
    return f"{place or 'the file'}: {problem.message} → {problem.advice} [{problem.code}]"
