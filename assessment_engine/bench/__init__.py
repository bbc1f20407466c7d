"""Benchmarks of the product's own promises: `assessment-engine bench NAME [--short]`.

One module per benchmark, each with `run(short) -> Report`. Not here: tests;
a benchmark judges nothing, it prints what it saw beside the bar.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from assessment_engine.bench import answers, chain, checkin, faults, items, review, start, wall
from assessment_engine.bench.measure import Report


def _vision(short: bool, folder: Path | None = None) -> Report:
    from assessment_engine.bench import vision  # loads OpenCV and the networks' runtimes, which no other benchmark needs

    return vision.run(short, folder)


def _uplink(short: bool) -> Report:
    from assessment_engine.bench import uplink  # likewise

    return uplink.run(short)


def _attacks(short: bool) -> Report:
    from assessment_engine.bench import attacks  # likewise

    return attacks.run(short)


BENCHMARKS: Mapping[str, Callable[..., Report]] = {
    "answers": answers.run,
    "attacks": _attacks,
    "chain": chain.run,
    "checkin": checkin.run,
    "faults": faults.run,
    "items": items.run,
    "review": review.run,
    "start": start.run,
    "uplink": _uplink,
    "vision": _vision,
    "wall": wall.run,
}
