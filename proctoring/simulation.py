"""Which limit keeps looking away within a budget of false alarms, and what is then found: by simulation, never by an asymptotic formula.

The generator follows the description in PROCTORING section 2 and its signal simulation: a score with a candidate's own offset, correlated
noise, glances whose rate differs between people, and short bursts of bad light. All of it is made up; it compares limits, and is no
evidence about people. Recorded clean scores take its place where there are any, drawn in blocks (Künsch, Ann. Statist. 17 (1989) 1217).
Incidents and recall are counted as PROCTORING section 6 says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment_engine.kernel.errors import Invalid
from proctoring.away import WINDOWS_S
from proctoring.away_many import Scores, evidence
from proctoring.calibration import CalibrationRecord, Found
from proctoring.intervals import rate_between, share_between

GENERATOR = "signal-2"
FPS = 2.0
HOUR_S = 3600
APART_S, LATE_S = 30.0, 10.0
BLOCK_S = 300.0
MOST_FPS = 30
KINDS = ("continuous", "repeated")
WORST = 0.05
_AT_ONCE = 100  # candidates whose arrays are in memory
_HALVINGS = 30

Spans = list[list[tuple[float, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How simulated people differ from the common ground; times in seconds, rates per hour, the rest in units of the score."""

    name: str = "common ground"
    glance_s: float = 1.5  # the median
    glances: float = 40.0
    noise: float = 0.8
    kept: float = 0.7  # of the noise, from one half-second to the next
    drift: float = 0.0  # of the centre within an hour
    tics: float = 0.0
    second_screen: float = 0.0  # share of time with the eyes beside the centre,
    beside: float = 1.0  # by so much,
    beside_s: float = 10.0  # so long at a time, on average
    postures: float = 0.0  # new centres, each 0.8 away from the first (standard deviation)
    random: bool = False  # episodes of random length and period


SECOND_MONITOR = Variant(name="second monitor", second_screen=0.2)
FAR_MONITOR = Variant(name="far second monitor", second_screen=0.25, beside=1.5, beside_s=5.0)
LONGER_GLANCES = Variant(name="longer glances", glance_s=2.0)
NEW_POSTURES = Variant(name="new postures", postures=3.0)
VARIANTS = (
    Variant(name="random episodes", random=True),
    Variant(name="drift", drift=1.0),
    Variant(name="strong drift", drift=2.0),
    NEW_POSTURES,
    Variant(name="tics", tics=200.0),
    SECOND_MONITOR,
    FAR_MONITOR,
    Variant(name="slower noise", kept=0.85),
    Variant(name="faster noise", kept=0.5),
    Variant(name="louder noise", noise=1.0),
    LONGER_GLANCES,
    Variant(name="more glances", glances=60.0),
)
# Who a limit is solved for: half like the common ground, and a sixth each of those who are hardest to tell from somebody who looks away.
POPULATION = (*[Variant()] * 3, SECOND_MONITOR, LONGER_GLANCES, NEW_POSTURES)
MOST_OF_A_BUDGET = 1.5  # what any of them may spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """One hour of each candidate: scores (candidates × frames), and the episodes in seconds."""

    scores: Scores
    truth: Spans
    fps: float


def hours(people: int, rng: np.random.Generator, kind: str | None = None, variant: Variant | None = None, *, fps: float = FPS) -> Hours:
    """Make an hour of each of `people`; `kind` is None for clean hours, or one of KINDS."""
    if kind not in (None, *KINDS):
        raise Invalid(f"episodes are {' or '.join(KINDS)}, not {kind}")
    of = variant or Variant()
    frames = round(HOUR_S * fps)
    truth, looks = _episodes(people, rng, kind, random=of.random)
    glances = rng.poisson(rng.gamma(2, of.glances / 2, people))
    start_s = rng.uniform(0, HOUR_S, glances.sum())
    length_s = np.maximum(1 / fps, rng.lognormal(np.log(of.glance_s), 0.6, glances.sum()))
    away = _painted(people, frames, fps, np.repeat(np.arange(people), glances), start_s, length_s)
    for row, one in enumerate(looks):
        for begins_s, ends_s in one:
            away[row, round(begins_s * fps) : round(ends_s * fps)] = 1
    scores = 2.5 * (away > 0) + of.noise * (_noise(people, frames, rng, of.kept ** (FPS / fps)) + _bad_light(people, frames, fps, rng))
    scores += rng.normal(0, 0.8, people)[:, None]
    return Hours(scores=scores + _beside(people, frames, fps, rng, of), truth=truth, fps=fps)


def mixed(people: int, rng: np.random.Generator, kind: str | None, among: Sequence[Variant]) -> Hours:
    """Make an hour of each of `people`, who are divided evenly among variants."""
    sizes = [len(part) for part in np.array_split(np.arange(people), len(among))]
    parts = [hours(size, rng, kind, one) for size, one in zip(sizes, among, strict=True)]
    return Hours(scores=np.concatenate([one.scores for one in parts]), truth=[row for one in parts for row in one.truth], fps=FPS)


def _noise(people: int, frames: int, rng: np.random.Generator, kept: float) -> Scores:
    fresh = rng.normal(0, 1, (frames, people))
    fresh[1:] *= np.sqrt(1 - kept * kept)
    for frame in range(1, frames):
        fresh[frame] += kept * fresh[frame - 1]
    return fresh.T


def _bad_light(people: int, frames: int, fps: float, rng: np.random.Generator) -> Scores:
    bursts = rng.poisson(2.0, people)
    total = bursts.sum()
    return 2 * _painted(people, frames, fps, np.repeat(np.arange(people), bursts), rng.uniform(0, HOUR_S, total), np.full(total, 3.0))


def _beside(people: int, frames: int, fps: float, rng: np.random.Generator, of: Variant) -> Scores:
    """Return what a variant adds: a random walk of the centre, new postures, tics of half a second, stretches at a second monitor."""
    added = np.zeros((people, frames))
    if of.drift:
        added += np.cumsum(rng.normal(0, of.drift / np.sqrt(frames), (people, frames)), axis=1)
    for row, moves in enumerate(rng.poisson(of.postures, people) if of.postures else []):
        for frame in np.sort(rng.integers(0, frames, moves)):
            added[row, frame:] = rng.normal(0, 0.8)
    if of.tics:
        tics = rng.poisson(rng.gamma(1, of.tics, people))
        rows, total = np.repeat(np.arange(people), tics), tics.sum()
        added += 2 * _painted(people, frames, fps, rows, rng.uniform(0, HOUR_S, total), np.full(total, 0.5))
    if of.second_screen:
        looks = rng.poisson(of.second_screen * HOUR_S / of.beside_s, people)
        rows, total = np.repeat(np.arange(people), looks), looks.sum()
        lengths_s = rng.exponential(of.beside_s, total)
        added += of.beside * (_painted(people, frames, fps, rows, rng.uniform(0, HOUR_S, total), lengths_s) > 0)
    return added


def _painted(
    people: int, frames: int, fps: float, rows: np.ndarray[Any, Any], start_s: np.ndarray[Any, Any], length_s: np.ndarray[Any, Any]
) -> Scores:
    """Return how many of the given stretches cover each frame."""
    edges = np.zeros((people, frames + 1))
    first = np.minimum((start_s * fps).astype(int), frames)
    np.add.at(edges, (rows, first), 1)
    np.add.at(edges, (rows, np.minimum(first + np.maximum(1, (length_s * fps).astype(int)), frames)), -1)
    return np.cumsum(edges, axis=1)[:, :-1]


def _episodes(people: int, rng: np.random.Generator, kind: str | None, *, random: bool) -> tuple[Spans, Spans]:
    """Return the true episodes of each candidate, and the looks away that they are made of."""
    truth: Spans = [[] for _ in range(people)]
    looks: Spans = [[] for _ in range(people)]
    for row in range(people if kind else 0):
        places = np.arange(450, HOUR_S - 100, 200) if kind == "continuous" else np.arange(450, HOUR_S - 250, 300)
        for start_s in rng.choice(places, 3 if kind == "continuous" else 2, replace=False).astype(float):
            if kind == "continuous":
                one = [(start_s, start_s + (rng.uniform(8, 20) if random else 12.0))]
            else:
                one = list(_glances(start_s, rng, random=random))
            looks[row] += one
            truth[row].append((start_s, one[-1][1] + (0.0 if kind == "continuous" or random else 6.0)))
    return truth, looks


def _glances(start_s: float, rng: np.random.Generator, *, random: bool) -> Iterator[tuple[float, float]]:
    """Yield two seconds of every eight for two minutes; or 1.5–3 s, 6–11 s apart on average but irregularly, for 90–180 s."""
    ends_s = start_s + (rng.uniform(90, 180) if random else 120.0)
    half_s = rng.uniform(3, 5.5)
    while start_s < ends_s:
        length_s = rng.uniform(1.5, 3) if random else 2.0
        yield start_s, start_s + length_s
        start_s += max(length_s + 1, half_s + rng.exponential(half_s)) if random else 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The scores of clean sittings, `fps` a second."""

    sittings: tuple[Scores, ...]
    fps: float

    @classmethod
    def from_json(cls, given: object) -> "Recorded":
        """Read `{"fps": 2, "sittings": [[…], …]}`; raises Invalid. Sittings of less than five minutes are left out: no block fits."""
        try:
            fps = float(given["fps"])  # type: ignore[index]  # whatever it is, it is refused below
            sittings = [np.asarray(one, dtype=np.float64) for one in given["sittings"]]  # type: ignore[index]
        except (KeyError, TypeError, ValueError) as wrong:
            raise Invalid('recorded scores are {"fps": 2, "sittings": [[0.1, …], …]}') from wrong
        if not 0 < fps <= MOST_FPS:
            raise Invalid(f"recorded scores come more than 0 and at most {MOST_FPS} times a second")
        whole = tuple(one for one in sittings if one.ndim == 1 and len(one) >= round(BLOCK_S * fps))
        if not whole or not all(np.isfinite(one).all() for one in whole):
            raise Invalid("a block bootstrap needs clean sittings of five minutes and more, and finite scores")
        return cls(sittings=whole, fps=fps)


def resampled(recorded: Recorded, people: int, rng: np.random.Generator) -> Hours:
    """Make clean hours of recorded clean scores: each candidate's hour is drawn from one sitting, in blocks of five minutes."""
    block = round(BLOCK_S * recorded.fps)
    rows = []
    for _ in range(people):
        sitting = recorded.sittings[rng.integers(len(recorded.sittings))]
        starts = rng.integers(0, len(sitting) - block + 1, round(HOUR_S / BLOCK_S))
        rows.append(np.concatenate([sitting[start : start + block] for start in starts]))
    return Hours(scores=np.array(rows), truth=[[] for _ in rows], fps=recorded.fps)


def strengths(made: Hours, windows_s: tuple[float, ...] = WINDOWS_S) -> Scores:
    """Return the evidence (candidates × frames) of made hours."""
    parts = [evidence(made.scores[row : row + _AT_ONCE], made.fps, windows_s) for row in range(0, len(made.scores), _AT_ONCE)]
    return np.concatenate(parts)


def incidents(row: Scores, threshold: float, fps: float) -> list[tuple[float, float]]:
    """Return one candidate's incidents in seconds: frames at the threshold, 30 s or less apart."""
    frames = np.flatnonzero(row >= threshold)
    if not len(frames):
        return []
    cuts = np.flatnonzero(np.diff(frames) > APART_S * fps)
    firsts, lasts = frames[np.r_[0, cuts + 1]], frames[np.r_[cuts, len(frames) - 1]]
    return [(first / fps, last / fps) for first, last in zip(firsts, lasts, strict=True)]


def solved(clean: Scores, budget: float, fps: float, weights: Scores | None = None) -> float:
    """Return the least evidence whose incidents in clean hours, each hour by its weight, keep within the budget (per candidate-hour)."""
    weights = np.ones(len(clean)) if weights is None else weights
    low, high = 0.5, float(clean.max()) + 1e-6
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        some = np.flatnonzero(clean.max(axis=1) >= middle)
        alarms = sum(weights[row] * len(incidents(clean[row], middle, fps)) for row in some)
        low, high = (middle, high) if alarms > budget * weights.sum() else (low, middle)
    return high


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Episodes of one kind found, with the seconds from their start to their incident."""

    kind: str
    found: int
    total: int
    delays_s: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, with the exact 95 % interval of the recall."""
        low, high = share_between(self.found, self.total)
        late = [float(np.quantile(self.delays_s, share)) for share in (0.5, 0.95)] if self.delays_s else [None, None]
        facts = {"kind": self.kind, "found": self.found, "total": self.total, "recall": self.found / self.total}
        return {**facts, "low": low, "high": high, "delay_median_s": late[0], "delay_p95_s": late[1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one limit does on fresh hours of one variant."""

    variant: str
    false_alarms: int
    clean_hours: int
    worst_share: float
    recalls: tuple[Recall, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, with the exact Poisson interval of the rate (95 %, per candidate-hour)."""
        low, high = rate_between(self.false_alarms, self.clean_hours)
        return {
            "variant": self.variant,
            "false_alarms": self.false_alarms,
            "clean_hours": self.clean_hours,
            "rate": self.false_alarms / self.clean_hours,
            "low": low,
            "high": high,
            "worst_5_percent_hold": self.worst_share,
            "recall": [one.as_json() for one in self.recalls],
        }


def tried(threshold: float, people: int, rng: np.random.Generator, *among: Variant) -> Trial:
    """Hold a limit against fresh hours of variants, evenly: `people` clean ones, and as many with each kind of episode, up to 400."""
    of = among or (Variant(),)
    clean = strengths(mixed(people, rng, None, of))
    counts = np.sort([len(incidents(row, threshold, FPS)) for row in clean])[::-1]
    worst = counts[: max(1, round(WORST * people))].sum() / max(1, counts.sum())
    recalls = tuple(_recall(kind, threshold, mixed(min(people, 400), rng, kind, of)) for kind in KINDS)
    name = of[0].name if len(of) == 1 else "population"
    return Trial(variant=name, false_alarms=int(counts.sum()), clean_hours=people, worst_share=float(worst), recalls=recalls)


def _recall(kind: str, threshold: float, made: Hours) -> Recall:
    found, total, delays = 0, 0, []
    for row, truth in zip(strengths(made), made.truth, strict=True):
        left = incidents(row, threshold, made.fps)
        for start_s, end_s in sorted(truth):
            total += 1
            mine = next((one for one in left if one[0] <= end_s + LATE_S and one[1] >= start_s), None)
            if mine is not None:
                left.remove(mine)  # one incident finds one episode
                found += 1
                delays.append(max(0.0, mine[0] - start_s))
    return Recall(kind=kind, found=found, total=total, delays_s=tuple(delays))


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A calibration and what it was held against: the common ground first, then the population that it was solved for, then variants."""

    calibration: CalibrationRecord
    trials: tuple[Trial, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"calibration": self.calibration.as_json(), "trials": [one.as_json() for one in self.trials]}


def simulate(*, budget: float, people: int, seed: int, variants: Sequence[Variant] = (), recorded: Recorded | None = None) -> Simulation:
    """Solve the limit for a budget on `people` clean hours of each kind of people, or of `recorded`, and try it on as many fresh ones."""
    if people < 20 or not budget > 0:
        raise Invalid("a limit is solved for a budget above zero, on 20 candidate-hours and more")
    rng = np.random.default_rng(seed)
    shares = {one: POPULATION.count(one) / len(POPULATION) for one in POPULATION}
    if recorded is None:
        threshold = _fair([strengths(hours(people, rng, None, one)) for one in shares], list(shares.values()), budget, FPS)
    else:
        threshold = solved(strengths(resampled(recorded, people, rng)), budget, recorded.fps)
    trials = tuple(tried(threshold, people, rng, *among) for among in ((Variant(),), POPULATION, *((one,) for one in variants)))
    own = trials[1]
    low, high = rate_between(own.false_alarms, people)
    calibration = CalibrationRecord(
        budget=budget,
        threshold=round(threshold, 4),
        windows_s=WINDOWS_S,
        false_alarms=own.false_alarms,
        fresh_hours=float(people),
        false_alarms_low=round(low, 4),
        false_alarms_high=round(high or 0.0, 4),
        hours=float(people * (len(shares) if recorded is None else 1)),
        seed=seed,
        generator=GENERATOR if recorded is None else "block-bootstrap-1",
        recall=tuple(_found(one) for one in own.recalls),
    )
    return Simulation(calibration=calibration, trials=trials)


def _fair(kinds: Sequence[Scores], shares: Sequence[float], budget: float, fps: float) -> float:
    """Return the limit that keeps the budget of all, each kind of people by its share, and of no kind more than one and a half of it."""
    each = [solved(clean, MOST_OF_A_BUDGET * budget, fps) for clean in kinds]
    weights = np.repeat(shares, [len(clean) for clean in kinds])
    return max(solved(np.concatenate(kinds), budget, fps, weights), *each)


def _found(recall: Recall) -> Found:
    low, high = share_between(recall.found, recall.total)
    return Found(kind=recall.kind, found=recall.found, total=recall.total, low=round(low, 4), high=round(high, 4))
