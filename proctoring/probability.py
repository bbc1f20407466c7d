"""How likely a finding is true: what people labelled of findings like it, of one kind and one quality of picture.

A finding's own score is the share of looks that showed it, which is no probability. A table counts, score by score, how many labelled
findings were true; it is monotone, and few labels stay near one half (Jeffreys' prior). Labelled by evaluation.py, kept in a calibration
record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from assessment_engine.kernel.canonical import Json
from proctoring.intervals import share_between

FEWEST = 20  # labels from which a table is spoken of as calibrated: the 95 % interval is then no wider than ± .23
EDGES = (0.0, 0.7, 0.85, 0.95)  # scores at which a step may begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One finding, and whether it was true."""

    kind: str
    picture: str
    score: float
    true: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Labelled findings of scores from `above` up to the next step's."""

    above: float
    true: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.above <= 1 or not 0 <= self.true <= self.total or not self.total:
            raise ValueError("of the findings of a step some are true")

    @property
    def probability(self) -> float:
        """Return the mean of Jeffreys' posterior, Beta(true + ½, total - true + ½)."""
        return (self.true + 0.5) / (self.total + 1)

    @property
    def between(self) -> tuple[float, float]:
        """Return the exact 95 % interval."""
        return share_between(self.true, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The steps of one kind in one quality of picture, lowest first."""

    kind: str
    picture: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        likely, begins = [step.probability for step in self.steps], [step.above for step in self.steps]
        if not begins or begins[0] != 0 or begins != sorted(set(begins)) or likely != sorted(likely):
            raise ValueError("a table begins at 0 and never falls")

    @property
    def labels(self) -> int:
        """Return how many labelled findings it rests on."""
        return sum(step.total for step in self.steps)

    def at(self, score: float) -> Step:
        """Return the step of a score."""
        return [step for step in self.steps if step.above <= score or step is self.steps[0]][-1]

    def as_json(self) -> dict[str, Json]:
        """Return plain values."""
        steps: list[Json] = [{"above": step.above, "true": step.true, "total": step.total} for step in self.steps]
        return {"kind": self.kind, "picture": self.picture, "steps": steps}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote; anything else raises KeyError, TypeError or ValueError."""
        steps = tuple(Step(above=float(one["above"]), true=int(one["true"]), total=int(one["total"])) for one in given["steps"])
        return cls(kind=str(given["kind"]), picture=str(given["picture"]), steps=steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """How sure to be of a finding: a probability when `labels` are enough, otherwise only its own score."""

    value: float
    labels: int

    @property
    def calibrated(self) -> bool:
        """Say whether the value is a probability."""
        return self.labels >= FEWEST


def sure(tables: Sequence[Table], kind: str, picture: str, score: float) -> Sure:
    """Return the probability of a finding of this score, or the score itself where too few were labelled."""
    table = next((one for one in tables if (one.kind, one.picture) == (kind, picture)), None)
    labels = table.labels if table is not None else 0
    if table is None or labels < FEWEST:
        return Sure(value=score, labels=labels)
    return Sure(value=round(table.at(score).probability, 3), labels=labels)


def solved(labels: Iterable[Label]) -> tuple[Table, ...]:
    """Return a table for every kind and quality of picture that was labelled."""
    each = sorted(labels, key=lambda label: (label.kind, label.picture))
    cells = dict.fromkeys((label.kind, label.picture) for label in each)
    return tuple(
        Table(kind=kind, picture=picture, steps=_steps([one for one in each if (one.kind, one.picture) == (kind, picture)]))
        for kind, picture in cells
    )


def _steps(labels: Sequence[Label]) -> tuple[Step, ...]:
    """Count labels by score, and put steps together until none is less likely than one below it (pool adjacent violators)."""
    kept: list[Step] = []
    for low, high in zip(EDGES, (*EDGES[1:], float("inf")), strict=True):
        inside = [label.true for label in labels if low <= label.score < high]
        if not inside:
            continue
        kept.append(Step(above=low if kept else 0.0, true=sum(inside), total=len(inside)))
        while len(kept) > 1 and kept[-2].probability >= kept[-1].probability:
            above = kept.pop()
            below = kept.pop()
            kept.append(Step(above=below.above, true=below.true + above.true, total=below.total + above.total))
    return tuple(kept)
