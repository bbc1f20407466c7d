"""`bench faults`: what becomes of acknowledged answers when things are killed, full and lost (docs/faults.md).

stages.py breaks, candidates.py answers and writes down (books.py), judge.py compares. The long form takes a quarter of an hour, the short
one is what tests run. A stage that this machine cannot do (no root for a disk, no PostgreSQL) is left out of the figures.
"""

import sys
from collections.abc import Callable, Mapping

import structlog

from assessment_engine.bench.faults import stages
from assessment_engine.bench.faults.judge import COUNTS
from assessment_engine.bench.faults.stages import Outcome, Size
from assessment_engine.bench.measure import Figure, Report

Stage = Callable[[Size], Outcome | None]

STAGES: Mapping[str, tuple[Stage, Size, Size]] = {
    "delivery_killed": (
        stages.delivery_killed,
        Size(candidates=500, faults=110, think_s=12.0, short_s=240, patience_s=30.0),
        Size(candidates=12, faults=4, short_s=8),
    ),
    "postgres_killed": (
        stages.postgres_killed,
        Size(candidates=100, faults=12, think_s=2.0, short_s=30),
        Size(candidates=8, faults=2, short_s=8),
    ),
    "valkey_killed": (
        stages.valkey_killed,
        Size(candidates=100, faults=10, think_s=2.0, short_s=20),
        Size(candidates=8, faults=2, short_s=6),
    ),
    "disk_full": (
        stages.disk_full,
        Size(candidates=100, faults=12, think_s=2.0, short_s=30),
        Size(candidates=8, faults=2, short_s=8),
    ),
    "bad_line": (
        stages.bad_line,
        Size(candidates=100, faults=4000, think_s=1.0, short_s=60, patience_s=2.0),
        Size(candidates=12, faults=60, think_s=0.5, short_s=8, patience_s=1.0),
    ),
}
"""Each stage with its long and its short form."""

BARS = {"delivery_killed": 100, "postgres_killed": 10, "valkey_killed": 10, "disk_full": 10, "bad_line": 1000}


def run(short: bool) -> Report:
    """Break everything, one kind after the other."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is the report's
    seen = {name: outcome for name in STAGES if (outcome := run_stage(name, short)) is not None}
    figures = {f"{name}_{what}": figure for name, outcome in seen.items() for what, figure in _figures(name, outcome, short).items()}
    figures |= {f"all_{count}": Figure(value=sum(each.counts[count] for each in seen.values()), unit="", bar="== 0") for count in COUNTS}
    return Report(name="faults", runs=[{what: figure.value for what, figure in figures.items()}], figures=figures, ratios={})


def run_stage(name: str, short: bool) -> Outcome | None:
    """Do one stage; None where this machine cannot."""
    stage, long_size, short_size = STAGES[name]
    return stage(short_size if short else long_size)


def _figures(name: str, outcome: Outcome, short: bool) -> Mapping[str, Figure]:
    bar = None if short else f">= {BARS[name]}"
    counted = {count: Figure(value=number, unit="", bar="== 0") for count, number in outcome.counts.items()}
    return {
        "faults": Figure(value=outcome.faults, unit="faults", bar=bar),
        "acknowledged": Figure(value=outcome.acknowledged, unit="answers"),
        "unanswered": Figure(value=outcome.unanswered, unit="requests"),
        "refused": Figure(value=outcome.refused, unit="requests"),
        "sealed": Figure(value=outcome.sealed, unit="sittings"),
        "back": Figure(value=outcome.back_s, unit="s"),
        **counted,
    }
