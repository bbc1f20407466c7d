"""Benchmarks of the product's own promises: `assessment-engine bench NAME [--short]`.

One module per benchmark, each with `run(short) -> Report`. Not here: tests;
a benchmark judges nothing, it prints what it saw beside the bar.
"""

from collections.abc import Callable, Mapping

from assessment_engine.bench import faults, items
from assessment_engine.bench.measure import Report

BENCHMARKS: Mapping[str, Callable[[bool], Report]] = {"faults": faults.run, "items": items.run}
