"""How benchmarks measure and report: medians of at least three runs, with their peers in the same run (DESIGN section 8)."""

import os
import platform
import socket
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One median, its unit, and the bar it is held against (such as ">= 5000"), or None."""

    value: float
    unit: str
    bar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one benchmark saw."""

    name: str
    runs: Sequence[Mapping[str, float]]
    figures: Mapping[str, Figure]
    ratios: Mapping[str, float]

    def as_json(self) -> dict[str, Json]:
        """Write it in the form that DESIGN section 8 names."""
        return {
            "name": self.name,
            "machine": machine(),
            "runs": [dict(run) for run in self.runs],
            "figures": {name: {"value": figure.value, "unit": figure.unit, "bar": figure.bar} for name, figure in self.figures.items()},
            "ratios": dict(self.ratios),
        }


def free_port() -> int:
    """Return a port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def machine() -> dict[str, Json]:
    """Say what the benchmark ran on, as far as it matters."""
    return {"cores": os.cpu_count() or 0, "python": platform.python_version(), "architecture": platform.machine()}


def seconds(work: Callable[[], object]) -> float:
    """Run once and return the seconds of processor time that it took."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return each figure's median over the runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
