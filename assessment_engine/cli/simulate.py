"""`assessment-engine proctor simulate`: the limit for looking away that keeps a budget of false alarms, and what it finds."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment_engine.cli.output import add, report
from assessment_engine.kernel.errors import UnreadableFile

if TYPE_CHECKING:
    from assessment_engine.cli.output import Commands


def add_simulate(proctor: "Commands") -> None:
    """Declare the command."""
    simulate = add(proctor, "simulate", "solve the limit for looking away for a budget of false alarms, and try it", _simulate)
    simulate.add_argument("--budget", type=float, default=0.1, help="false alarms per candidate-hour")
    simulate.add_argument(
        "--hours", type=int, default=1000, metavar="N", help="clean hours of each kind of people to solve on, and as many fresh ones"
    )
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--variants", action="store_true", help="also on people unlike those that the limit was solved on")
    simulate.add_argument("--clean", type=Path, metavar="FILE", help='recorded clean scores instead: {"fps": 2, "sittings": [[…], …]}')
    simulate.add_argument("--out", type=Path, metavar="FILE", help="write the calibration record into this file")


def _simulate(arguments: argparse.Namespace) -> int:
    from proctoring.simulation import VARIANTS, Recorded, simulate

    recorded = Recorded.from_json(_document(arguments.clean)) if arguments.clean else None
    variants = VARIANTS if arguments.variants else ()
    found = simulate(budget=arguments.budget, people=arguments.hours, seed=arguments.seed, variants=variants, recorded=recorded)
    facts = found.as_json()
    if arguments.out:
        arguments.out.write_text(json.dumps(facts["calibration"], indent=1) + "\n")
    report(arguments, facts, "\n".join(_lines(facts)))
    return 0


def _document(file: Path) -> object:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError) as broken:
        raise UnreadableFile(f"{file.name} cannot be read as JSON: {broken}", file=file.name) from broken


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    record = facts["calibration"]
    made = f"solved on {record['hours']:.0f} clean hours, seed {record['seed']}"
    yield f"calibration {record['sha256'][:16]}: limit {record['threshold']}, {made}"
    for trial in facts["trials"]:
        yield ""
        yield trial["variant"]
        yield (
            f"  false alarms: {trial['false_alarms']} in {trial['clean_hours']} fresh hours, {trial['rate']:.3f} per candidate-hour "
            f"(95 %: {trial['low']:.3f} to {trial['high']:.3f}; {trial['rate'] / record['budget']:.2f} budgets)"
        )
        yield f"  the worst 5 % of candidates hold {trial['worst_5_percent_hold']:.0%} of them"
        for one in trial["recall"]:
            yield f"  {one['kind']:10} {_share(one)}{_delay(one)}"
    yield ""
    yield "All of it is simulation: it compares limits and is no evidence about people."


def _share(one: Mapping[str, Any]) -> str:
    return f"{one['found']:4d}/{one['total']:<4d} {one['recall']:4.0%} (95 %: {one['low']:.0%} to {one['high']:.0%})"


def _delay(one: Mapping[str, Any]) -> str:
    if one["delay_median_s"] is None:
        return ""
    return f"; {one['delay_median_s']:.1f} s after its start, p95 {one['delay_p95_s']:.1f} s"
