"""How long somebody looked away, and how unusual that is for them: from a score of each frame to one number of evidence.

Three steps, each with one sentence for a reviewer. A two-state filter with correlated noise (Hamilton, Econometrica 57 (1989) 357) says how
likely this frame is away. Its time away is added up in windows of growing length, and each sum is held against what this candidate usually
does: the likelihood ratio of Kulldorff's scan statistic (Comm. Statist. Theory 26 (1997) 1481), the largest of which is the evidence.
What is usual is learnt from the candidate's own glances, two minutes late, shrunk towards many people's (Gamma-Poisson). See
docs/adr/0032. Raised against a limit by signals.py; the limit is solved by simulation.py.
"""

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

WINDOWS_S = (12.0, 40.0, 120.0)

# The score: 0 is at work, AWAY clearly away; its noise is correlated over about a second and a half.
AWAY = 2.0
NOISE = 0.85
NOISE_S = 1.4
LEAST, MOST = -2.0, 4.5
# Many people's glances, and how much of them a candidate has to show before their own count as much.
GLANCES_PER_S = 40 / 3600
GLANCE_S = 1.9
LIKE_GLANCES = 2.0
LIKE_GLANCES_OF_LENGTH = 30.0
LONGEST_GLANCE_S = 6.0  # what a habit can learn from one glance
MOST_USUAL = 0.25  # share of time
LEARNT_AFTER_S = 120.0
STAYS_S = 2.5
# Hysteresis of one glance.
BEGINS, ENDS = 0.7, 0.3
# The centre of the score: learnt, then drifting, less so while away.
CALIBRATION_S = 60.0
SHRUNK = 0.95
BOUND = 4.0
DRIFT_S = 80.0
DRIFT_STEP = 1.2
LEAK = 0.2
SURE = 1e-4  # the filter is never surer than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The window that surprises most: `away_s` of `window_s` seconds away, usually `usual_s`; `surprise` has no unit."""

    surprise: float = 0.0
    window_s: float = 0.0
    away_s: float = 0.0
    usual_s: float = 0.0


class Window:
    """The time away in the last `length_s` seconds."""

    def __init__(self, length_s: float) -> None:
        self.length_s = length_s
        self.away_s = 0.0
        self._parts: deque[tuple[float, float]] = deque()

    def add(self, at: float, away_s: float) -> None:
        """Take in the time away that ended now, and let go what is too old."""
        self._parts.append((at, away_s))
        self.away_s += away_s
        while self._parts[0][0] <= at - self.length_s + 1e-9:
            self.away_s -= self._parts.popleft()[1]


class Habit:
    """How often and how long this candidate usually looks away."""

    def __init__(self) -> None:
        self._watched_s = self._run_s = 0.0
        self._glances, self._glanced_s = 0, 0.0
        self._recent: deque[tuple[float, float]] = deque()
        self._in_glance = False

    def receive(self, at: float, away: float, step_s: float) -> None:
        """Take in how likely the last `step_s` seconds were away; learnt from two minutes later."""
        self._watched_s += step_s
        was, self._in_glance = self._in_glance, away > (ENDS if self._in_glance else BEGINS)
        if self._in_glance:
            self._run_s += step_s
        elif was:
            self._recent.append((at, min(self._run_s, LONGEST_GLANCE_S)))
            self._run_s = 0.0
        while self._recent and self._recent[0][0] <= at - LEARNT_AFTER_S + 1e-9:
            self._glances += 1
            self._glanced_s += self._recent.popleft()[1]

    @property
    def glance_s(self) -> float:
        """Return the usual length of a glance, in seconds."""
        return (LIKE_GLANCES_OF_LENGTH * GLANCE_S + self._glanced_s) / (LIKE_GLANCES_OF_LENGTH + self._glances)

    @property
    def share(self) -> float:
        """Return the usual share of time away, 0–0.25."""
        learnt_s = max(0.0, self._watched_s - LEARNT_AFTER_S)
        per_s = (LIKE_GLANCES + self._glances) / (LIKE_GLANCES / GLANCES_PER_S + learnt_s)
        return min(MOST_USUAL, per_s * self.glance_s)


class AwayTime:
    """Fed with one score after another; holds how likely the last was away, and the evidence so far.

    `centre` is the score of a candidate at work where it is known; otherwise it is learnt in the first minute, which raises nothing.
    """

    def __init__(self, windows_s: tuple[float, ...] = WINDOWS_S, *, centre: float | None = None) -> None:
        self.centre, self.away, self.evidence = centre, GLANCES_PER_S * GLANCE_S, Evidence()
        self.windows = tuple(Window(length_s) for length_s in windows_s)
        self._habit = Habit()
        self._first: list[tuple[float, float]] = []
        self._before: tuple[float, float] | None = None

    def receive(self, at: float, score: float) -> None:
        """Take in the score at `at` seconds; times grow."""
        if self.centre is None:
            if not self._first or at - self._first[0][0] < CALIBRATION_S:
                self._first.append((at, score))
                return
            self.centre = _inside(SHRUNK * median(one for _, one in self._first), -BOUND, BOUND)
        z = _inside(score - self.centre, LEAST, MOST)
        before, self._before = self._before, (at, z)
        if before is None or at <= before[0]:
            return
        step_s = at - before[0]
        self.away = filtered(self.away, before[1], z, step_s)
        drift = step_s / DRIFT_S * max(LEAK, 1 - self.away) * _inside(z, -DRIFT_STEP, DRIFT_STEP)
        self.centre = _inside(self.centre + drift, -BOUND, BOUND)
        self._habit.receive(at, self.away, step_s)
        for window in self.windows:
            window.add(at, self.away * step_s)
        self._weigh()

    @property
    def usual_share(self) -> float:
        """Return the share of time that this candidate usually looks away."""
        return self._habit.share

    def pause(self) -> None:
        """Say that nothing was seen for a while: what was before says nothing about what comes next."""
        self._before, self.away = None, GLANCES_PER_S * GLANCE_S

    def _weigh(self) -> None:
        share, glance_s = self._habit.share, self._habit.glance_s
        surprises = [(surprise(window.away_s, share * window.length_s, glance_s), window) for window in self.windows]
        most, window = max(surprises, key=lambda one: one[0])
        self.evidence = Evidence(surprise=most, window_s=window.length_s, away_s=window.away_s, usual_s=share * window.length_s)


def filtered(away: float, before: float, now: float, step_s: float) -> float:
    """Return how likely `now` is away (0–1), from how likely the score `before` was, `step_s` seconds ago."""
    kept = math.exp(-step_s / NOISE_S)
    scale = -0.5 / (NOISE**2 * (1 - kept * kept))
    leaves, returns = 1 - math.exp(-step_s * GLANCES_PER_S), 1 - math.exp(-step_s / STAYS_S)
    new = now - kept * before
    work = (1 - away) * (1 - leaves) * math.exp(scale * new**2) + away * returns * math.exp(scale * (new + kept * AWAY) ** 2)
    gone = (1 - away) * leaves * math.exp(scale * (new - AWAY) ** 2)
    gone += away * (1 - returns) * math.exp(scale * (new - AWAY * (1 - kept)) ** 2)
    return _inside(gone / (gone + work + 1e-300), SURE, 1 - SURE)


def surprise(away_s: float, usual_s: float, glance_s: float) -> float:
    """Return the log-likelihood ratio of time away against the usual, counted in glances (of 1.9 s: typical)."""
    if away_s <= usual_s:
        return 0.0
    return (away_s * math.log(away_s / usual_s) - (away_s - usual_s)) / glance_s


def _inside(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
