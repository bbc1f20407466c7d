"""Problems for people and for programs: one line for each, and the same as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from assessment_engine.kernel.canonical import Json
from item_bank.qti.problems import Problem, Severity


def as_record(problem: Problem) -> dict[str, Json]:
    """Return a problem as JSON: file, line, element, what is wrong, by which clause, and what to do."""
    return {
        "file": problem.file,
        "line": problem.line,
        "element": problem.element,
        "code": problem.code,
        "severity": str(problem.severity),
        "message": problem.message,
        "clause": problem.clause,
        "advice": problem.advice,
    }


def from_record(said: Mapping[str, Any]) -> Problem:
    """Read a problem that as_record wrote."""
    return Problem(**{**said, "severity": Severity(said["severity"])})


def as_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield problems as lines to read, file by file, what refuses an import first."""
    ordered = sorted(problems, key=lambda each: (each.file, each.severity is not Severity.INVALID, each.line))
    for file, found in groupby(ordered, key=lambda each: each.file):
        yield f"{file or 'the package'}:"
        for problem in found:
            yield f"  {_line(problem)}"


def _line(problem: Problem) -> str:
    """Return a problem in one line, without its file."""
    place = ", ".join(filter(None, (f"line {problem.line}" if problem.line else "", problem.element)))
    sign = "wrong" if problem.severity is Severity.INVALID else "note"
    clause = f" ({problem.clause})" if problem.clause else ""
    advice = f" → {problem.advice}" if problem.advice else ""
    return f"{sign}: {f'{place}: ' if place else ''}{problem.message}{clause}{advice} [{problem.code}]"
