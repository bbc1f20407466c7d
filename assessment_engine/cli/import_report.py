"""The report of an import as text for a terminal: what refuses it first, place by place; notes of one kind in one line; why, at the end.

As JSON: ImportReport.as_json. On a page: api/pages/item_imports.py. Nothing is decided here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from item_bank.qti.package import as_lines
from item_bank.qti.problems import Problem, Severity

if TYPE_CHECKING:
    from item_bank.imports import ImportReport

FEW = 12
"""Notes that are still listed one by one."""

NAMED = 3
"""Places of a kind of note that are named before the rest are counted."""


def as_text(found: "ImportReport", *, dry_run: bool, lenient: bool) -> str:
    """Write a report for people."""
    wrong = [each for each in found.problems if each.severity is Severity.INVALID]
    notes = [each for each in found.problems if each.severity is not Severity.INVALID]
    return "\n".join([*as_lines(wrong), *noted(notes), *_end(found, wrong, dry_run=dry_run, lenient=lenient)])


def noted(notes: Sequence[Problem]) -> Iterator[str]:
    """Yield notes: a few one by one, many by kind, the most frequent first."""
    if len(notes) <= FEW:
        yield from as_lines(notes)
        return
    yield f"{len(notes)} notes, which refuse nothing (each of them: --json):"
    by_code = sorted(notes, key=lambda each: each.code)
    kinds = [list(alike) for _, alike in groupby(by_code, key=lambda each: each.code)]
    for alike in sorted(kinds, key=len, reverse=True):
        yield f"  {len(alike)} × {_said(alike)} [{alike[0].code}]"
        yield f"      {_places(alike)}"


def _said(alike: Sequence[Problem]) -> str:
    messages = {each.message for each in alike}
    advice = f" → {alike[0].advice}" if alike[0].advice else ""
    return f"{alike[0].message}{', and the like' if len(messages) > 1 else ''}{advice}"


def _places(alike: Sequence[Problem]) -> str:
    places = [f"{each.file or 'the package'}{f':{each.line}' if each.line else ''}" for each in alike]
    distinct = list(dict.fromkeys(places))
    more = len(distinct) - NAMED
    return ", ".join(distinct[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _end(found: "ImportReport", wrong: Sequence[Problem], *, dry_run: bool, lenient: bool) -> Iterator[str]:
    unready = sum(1 for each in found.items if each.needs)
    if unready and not found.refused:
        yield f"{_items(unready)} cannot be in an exam yet; the notes say why"
    if found.refused:
        instead = " (--lenient keeps the items as drafts all the same)" if found.items and not lenient else ""
        yield f"refused: {_why(wrong)}; nothing was changed{instead}"
    elif dry_run:
        yield f"{_items(len(found.items))} could be imported; nothing was changed"
    else:
        yield f"{_items(found.imported)} imported as drafts"


def _why(wrong: Sequence[Problem]) -> str:
    """Say in a few words what refuses: how many things, in how many files, and of which kinds most."""
    if not wrong:
        return "there is nothing in it that can be imported"
    files = len({each.file for each in wrong})
    kinds = Counter(each.code for each in wrong).most_common()
    most = ", ".join(f"{count} × {code}" if count > 1 else code for code, count in kinds[:NAMED])
    more = f" and {len(kinds) - NAMED} other kinds" if len(kinds) > NAMED + 1 else " and one other kind" if len(kinds) > NAMED else ""
    things = "1 thing is wrong" if len(wrong) == 1 else f"{len(wrong)} things are wrong"
    return f"{things} in {'one file' if files == 1 else f'{files} files'} ({most}{more})"


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
