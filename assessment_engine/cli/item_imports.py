"""`assessment-engine items import` and `items export`: packages, and files of other formats, in and out, with a report.

A check (`--dry-run`) needs no database.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, report
from assessment_engine.kernel.canonical import Json

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands
    from item_bank.imports import ImportReport, Progress, Source

OTHERS = ("gift", "moodle-xml", "aiken", "csv", "xlsx", "quml")
"""The names of item_bank.formats.FORMATS, which is not loaded to say how a command is called."""

FORMATS = ("auto", "qti", *OTHERS)
OUT = ("qti3", "qti21", *OTHERS)


def add_imports(items: "Commands") -> None:
    """Declare import and export among the commands about questions."""
    come = add(items, "import", "import a package, a file or a folder; all or nothing", _import)
    come.add_argument("path", type=Path)
    come.add_argument("--format", choices=FORMATS, default="auto", help="docs/formats.md; told by the file's name and beginning (auto)")
    come.add_argument("--lang", default="", help="the language of questions whose format, or file, says none: en, hi, …")
    come.add_argument("--lenient", action="store_true", help="keep what breaks the specification too, as drafts, and list what is wrong")
    come.add_argument("--dry-run", action="store_true", help="check and report only; needs no database")
    come.add_argument("--bank", help="the bank's name; a new name makes a new bank")
    come.add_argument("--organisation", default="", help="its id or its exact name, where there are several")
    go = add(items, "export", "write items as a QTI package, or in another format", _export)
    go.add_argument("items", nargs="*", metavar="ITEM", help="identifiers, or ids of versions; none for the whole bank")
    go.add_argument("--bank", help="only items of this bank; without ITEMs all of them, in their newest version")
    go.add_argument("--format", choices=OUT, default="qti3")
    go.add_argument("--lang", default="", help="the language to write, where a format has one only (each item's first)")
    go.add_argument("--out", type=Path, required=True, help="the package or file to write")
    go.add_argument("--organisation", default="", help="its id or its exact name, where there are several")


def _import(arguments: argparse.Namespace) -> int:
    from assessment_engine.cli.import_report import as_text
    from assessment_engine.kernel.errors import NotFound
    from assessment_engine.services.import_sources import from_path

    try:
        source = from_path(arguments.path, arguments.format, arguments.lang)
    except NotFound as missing:
        print(missing.message, file=sys.stderr)
        return 2
    with _progress(arguments) as progress:
        if arguments.dry_run:
            from item_bank.imports import check_import

            found = check_import(source, lenient=arguments.lenient, check_only=True, progress=progress).report
        else:
            found = _imported(arguments, source, progress)
    report(arguments, found.as_json(), as_text(found, dry_run=arguments.dry_run, lenient=arguments.lenient))
    return 1 if found.refused else 0


def _imported(arguments: argparse.Namespace, source: "Source", progress: "Progress | None") -> "ImportReport":
    from assessment_engine.runtime import build_engine
    from assessment_engine.services import item_imports
    from assessment_engine.settings import Settings

    engine = build_engine(Settings.from_environ(os.environ))
    actor = item_imports.at_the_console(engine, arguments.organisation)
    name = arguments.bank or item_imports.IMPORTED
    bank_id = item_imports.bank_named(engine, actor, name)
    rules = item_imports.ImportRules(lenient=arguments.lenient, bank_id=bank_id, new_bank=name, name=arguments.path.name)
    return item_imports.import_package(engine, actor, source, rules, progress)


def _export(arguments: argparse.Namespace) -> int:
    from assessment_engine.cli.import_report import noted
    from assessment_engine.runtime import build_engine
    from assessment_engine.services.item_exports import export_items
    from assessment_engine.services.item_imports import at_the_console
    from assessment_engine.settings import Settings
    from item_bank.qti.package import as_lines, as_record
    from item_bank.qti.problems import Severity

    engine = build_engine(Settings.from_environ(os.environ))
    actor = at_the_console(engine, arguments.organisation)
    exported = export_items(engine, actor, arguments.items, bank=arguments.bank, form=arguments.format, lang=arguments.lang)
    arguments.out.write_bytes(exported.package)
    facts: dict[str, Json] = {"exported": exported.items, "file": str(arguments.out)}
    facts |= {"left_out": [*exported.left_out], "problems": [as_record(each) for each in exported.problems]}
    lost = [each for each in exported.problems if each.severity is Severity.INVALID]
    notes = [each for each in exported.problems if each.severity is not Severity.INVALID]
    left = f"; {len(exported.left_out)} left out, see above" if exported.left_out else ""
    report(arguments, facts, "\n".join([*as_lines(lost), *noted(notes), f"{exported.items} items written to {arguments.out}{left}"]))
    return 0


@contextmanager
def _progress(arguments: argparse.Namespace) -> "Iterator[Progress | None]":
    """Show how far a long import is, on a terminal; a file or a program gets the report alone."""
    if arguments.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
