"""`assessment-engine bench NAME`: measure one of the product's promises on this machine."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assessment_engine.cli.output import add, report

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands

NAMES = ("answers", "attacks", "chain", "checkin", "faults", "items", "review", "start", "uplink", "vision", "wall")


def add_bench(commands: "Commands") -> None:
    """Declare the benchmarks."""
    bench = add(commands, "bench", "measure on this machine, beside the bar that was set", _bench)
    bench.add_argument("name", choices=NAMES)
    bench.add_argument("--short", action="store_true", help="a small part of the work, to see that it runs")
    bench.add_argument("--recordings", type=Path, metavar="DIR", help="vision: recordings with their truth, as for proctor evaluate")


def _bench(arguments: argparse.Namespace) -> int:
    from assessment_engine.bench import BENCHMARKS

    if arguments.recordings and arguments.name != "vision":
        print("--recordings is for bench vision", file=sys.stderr)
        return 2
    given = [arguments.recordings] if arguments.recordings else []
    seen = BENCHMARKS[arguments.name](arguments.short, *given)
    figures = [f"{name:24} {each.value:12.3f} {each.unit:10} {each.bar or ''}" for name, each in seen.figures.items()]
    ratios = [f"{name:24} {value:12.2f} times" for name, value in seen.ratios.items()]
    report(arguments, seen.as_json(), "\n".join(figures + ratios))
    return 0
