"""Findings of an import or export, put together for people: what refuses comes first, and what is alike stands together.

What each kind means in plain words: import_words.py. Shown by templates/cell/findings.html.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.import_words import MEANINGS
from assessment_engine.services.item_imports import Problem, Severity

MAX_SHOWN = 100
"""Findings of one kind that are listed; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All findings of one kind: what it means, what to do, and where they are."""

    code: str
    wrong: bool
    meaning: str
    advice: str
    count: int
    files: int
    shown: tuple[Problem, ...]


def grouped(problems: Iterable[Problem]) -> list[Findings]:
    """Put findings together by kind: first what breaks a clause, then what is only noted; the most frequent first."""
    kinds: dict[tuple[bool, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        kinds[problem.severity is Severity.INVALID, problem.code].append(problem)
    found = [_together(code, wrong, alike) for (wrong, code), alike in kinds.items()]
    return sorted(found, key=lambda each: (not each.wrong, -each.count))


def _together(code: str, wrong: bool, alike: list[Problem]) -> Findings:
    meaning, advice = MEANINGS.get(code, (alike[0].message, alike[0].advice))
    files = len({problem.file for problem in alike})
    return Findings(code=code, wrong=wrong, meaning=meaning, advice=advice, count=len(alike), files=files, shown=tuple(alike[:MAX_SHOWN]))
