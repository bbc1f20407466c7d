"""Benchmarks of the product's own promises: `assessment-engine bench NAME [--short]`.

One module per benchmark, each with `run(short) -> Report`. Not here: tests;
a benchmark judges nothing, it prints what it saw beside the bar.
"""

from collections.abc import Callable, Mapping

from assessment_engine.bench import answers, checkin, faults, items, start
from assessment_engine.bench.measure import Report

BENCHMARKS: Mapping[str, Callable[[bool], Report]] = {
    "answers": answers.run,
    "checkin": checkin.run,
    "faults": faults.run,
    "items": items.run,
    "start": start.run,
}
