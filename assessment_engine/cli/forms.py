"""Commands about forms: assemble one by a blueprint from a pool of items."""

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, group, report
from assessment_engine.kernel.canonical import Json

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands


def add_forms(commands: "Commands") -> None:
    """Declare the commands about forms."""
    forms = group(commands, "forms", "papers")
    assemble = add(forms, "assemble", "draw a form by a blueprint, and say what was asked, what there was and what is missing", _assemble)
    assemble.add_argument("blueprint", type=Path, help="a JSON file: sections with rows of counts or weights")
    assemble.add_argument("--pool", type=Path, required=True, help="a CSV file: one item a row, with at least the column id")
    assemble.add_argument("--seed", help="what chance begins with; the same seed draws the same form (a fresh one unless given)")
    assemble.add_argument("--on", type=date.fromisoformat, help="the day of the exam, on which rights must not have lapsed (today)")


def _assemble(arguments: argparse.Namespace) -> int:
    import secrets

    from assessment_engine.kernel.clock import SystemClock
    from assessment_engine.people import civil_date
    from assessment_engine.services.blueprint_files import assemble

    on = arguments.on or civil_date(SystemClock().now())
    made = assemble(arguments.blueprint, arguments.pool, arguments.seed or secrets.token_hex(16), on)
    report(arguments, made, "\n".join(_in_words(made)))
    return 0 if made["met"] else 1


def _in_words(made: Mapping[str, Json]) -> list[str]:
    rows, counts, problem, form = made["rows"], made["counts"], made["problem"], made["form"]
    lines = [_row(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    if isinstance(problem, Mapping):
        return [*lines, f"{problem['code']}: {problem['message']}"]
    if isinstance(form, Mapping) and isinstance(counts, Mapping):
        lines += [f"{counts['questions']} questions, {counts['marks']} marks, {counts['seconds']} s, {counts['words']} words"]
        lines += [f"form {form['sha256']}", f"seed {made['seed']}"]
    return lines


def _row(row: Mapping[str, Json]) -> str:
    wanted = row["wanted"]
    asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) if isinstance(wanted, Mapping) and wanted else "anything"
    missing = f", {row['missing']} MISSING ({row['problem']})" if row["missing"] else ""
    return f"{row['section']}.{row['row']}  {row['asked']} of {row['available']}{missing}  {asked}"
