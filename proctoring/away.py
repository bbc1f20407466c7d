"""How long somebody looked away, and how unusual that is for them: from a score of each frame to one number of evidence.

Three steps, each with one sentence for a reviewer. A two-state filter with correlated noise (Hamilton, Econometrica 57 (1989) 357), whose
noise is the candidate's own, says how likely a frame is away, with three seconds of hindsight. The time away is added up in windows of
growing length. Each sum is held against what this candidate usually does: the likelihood ratio of a scan statistic (Kulldorff, Comm.
Statist. Theory 26 (1997) 1481) of negative binomial counts, as wide as the habit is unknown; the largest is the evidence.
What is usual is learnt from the candidate's own time away, two minutes late, shrunk towards many people's (Gamma-Poisson). See
docs/adr/0032. Raised against a limit by signals.py; the limit is solved by simulation.py.
"""

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

WINDOWS_S = (12.0, 40.0, 120.0)

# The score: 0 is at work, AWAY away; its noise is correlated over about a second and a half, until the candidate shows their own.
AWAY = 2.4
NOISE = 0.9
NOISE_S = 1.4
LEAST, MOST = -2.0, 4.5
LIKE_NOISE_S = 30.0
QUIETEST, LOUDEST = 0.8, 1.0
AT_WORK = 3.0  # a score beyond this says nothing about the noise
LEAST_KEPT, MOST_KEPT = 0.5, 0.97  # of the usual correlation; of the noise
HINDSIGHT_S = 3.0
# Many people's glances, and how much of them a candidate has to show before their own count as much.
GLANCES_PER_S = 40 / 3600
GLANCE_S = 1.9
LIKE_GLANCES = 2.0
LIKE_GLANCES_OF_LENGTH = 40.0
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
LONG_ODDS = 1e12
HAIR_S = 1e-6


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
        while self._parts[0][0] <= at - self.length_s + HAIR_S:
            self.away_s -= self._parts.popleft()[1]


class Noise:
    """How far this candidate's score strays while at work, and how much of that the next frame keeps."""

    def __init__(self) -> None:
        self._seen_s = self._square = self._pairs_s = self._next = self._expected = 0.0
        self._before: tuple[float, float] | None = None

    def receive(self, z: float, away: float, step_s: float) -> None:
        """Take in a score about its centre, and how likely it was away."""
        at_work_s = (1 - away) * step_s if abs(z) < AT_WORK else 0.0
        self._seen_s += at_work_s
        self._square += at_work_s * z * z
        if self._before is not None:
            before, was_at_work = self._before
            both = at_work_s * was_at_work
            self._next += both * z * before
            self._expected += both * _usually_kept(step_s) * (z * z + before * before) / 2
        self._before = z, at_work_s / step_s

    def pause(self) -> None:
        """Say that the next score does not follow the last one."""
        self._before = None

    @property
    def variance(self) -> float:
        """Return the square of the noise."""
        usual = LIKE_NOISE_S * NOISE**2
        return _inside((usual + self._square) / (LIKE_NOISE_S + self._seen_s), QUIETEST**2, LOUDEST**2)

    def kept(self, step_s: float) -> float:
        """Return the correlation of scores `step_s` seconds apart."""
        usually = _usually_kept(step_s)
        usual = LIKE_NOISE_S * NOISE**2 * usually
        return _inside(usually * (usual + self._next) / (usual + self._expected), LEAST_KEPT * usually, MOST_KEPT)


class Filter:
    """How likely scores about their centre are away: `likely` of the last one at once, and each once more with hindsight."""

    def __init__(self, hindsight_s: float) -> None:
        self.likely = GLANCES_PER_S * GLANCE_S
        self._hindsight_s, self._noise = hindsight_s, Noise()
        self._before: tuple[float, float] | None = None
        # Undecided frames: when, how long and what, how likely before it, and what it says of each pair of states.
        self._undecided: deque[tuple[float, float, float, float, Step]] = deque()

    def receive(self, at: float, z: float) -> list[tuple[float, float, float]]:
        """Take in a score; return what is decided now: (when, of how many seconds, how likely away)."""
        before, self._before = self._before, (at, z)
        if before is None:
            return []
        step_s = at - before[0]
        says = step(before[1], z, step_s, self._noise.kept(step_s), self._noise.variance)
        self._undecided.append((at, step_s, z, self.likely, says))
        self.likely = says.after(self.likely)
        return self._decided(at - self._hindsight_s)

    def pause(self) -> list[tuple[float, float, float]]:
        """Forget where the score was; return what was undecided."""
        decided = self._decided(math.inf)
        self._before, self.likely = None, GLANCES_PER_S * GLANCE_S
        self._noise.pause()
        return decided

    def _decided(self, until: float) -> list[tuple[float, float, float]]:
        decided = []
        while self._undecided and self._undecided[0][0] <= until + HAIR_S:
            at, step_s, z, likely, says = self._undecided.popleft()
            odds = 1.0
            for later in reversed(self._undecided):
                odds = later[4].before(odds)
            away = says.after(likely)
            away = _inside(away * odds / (away * odds + 1 - away), SURE, 1 - SURE)
            self._noise.receive(z, away, step_s)
            decided.append((at, step_s, away))
        return decided


@dataclass(frozen=True, slots=True)
class Step:
    """How well one score fits after the last one: each of work and gone, then work or gone."""

    worked: float
    left: float
    returned: float
    stayed: float

    def after(self, away: float) -> float:
        """Return how likely this score is away, from how likely the last one was."""
        gone, work = (1 - away) * self.left + away * self.stayed, (1 - away) * self.worked + away * self.returned
        return _inside(gone / (gone + work + 1e-300), SURE, 1 - SURE)

    def before(self, odds: float) -> float:
        """Return the odds that hindsight gives the last score, from those that it gives this one."""
        given = (self.returned + self.stayed * odds) / (self.worked + self.left * odds + 1e-300)
        return _inside(given, 1 / LONG_ODDS, LONG_ODDS)


class Habit:
    """How often and how long this candidate usually looks away."""

    def __init__(self) -> None:
        self._watched_s = self._run_s = 0.0
        self._glances, self._glanced_s, self._away_s = 0, 0.0, 0.0
        self._recent: deque[tuple[float, float, float | None]] = deque()
        self._in_glance = False

    def receive(self, at: float, away: float, step_s: float) -> None:
        """Take in how likely the last `step_s` seconds were away; learnt from two minutes later."""
        self._watched_s += step_s
        was, self._in_glance = self._in_glance, away > (ENDS if self._in_glance else BEGINS)
        glance_s = min(self._run_s, LONGEST_GLANCE_S) if was and not self._in_glance else None
        self._run_s = self._run_s + step_s if self._in_glance else 0.0
        self._recent.append((at, away * step_s if self._run_s <= LONGEST_GLANCE_S + HAIR_S else 0.0, glance_s))
        while self._recent[0][0] <= at - LEARNT_AFTER_S + HAIR_S:
            _, away_s, ended_s = self._recent.popleft()
            self._away_s += away_s
            if ended_s is not None:
                self._glances, self._glanced_s = self._glances + 1, self._glanced_s + ended_s

    @property
    def glance_s(self) -> float:
        """Return the usual length of a glance, in seconds."""
        return (LIKE_GLANCES_OF_LENGTH * GLANCE_S + self._glanced_s) / (LIKE_GLANCES_OF_LENGTH + self._glances)

    @property
    def share(self) -> float:
        """Return the usual share of time away, 0–0.25."""
        learnt_s = max(0.0, self._watched_s - LEARNT_AFTER_S)
        return min(MOST_USUAL, (LIKE_GLANCES * GLANCE_S + self._away_s) / (LIKE_GLANCES / GLANCES_PER_S + learnt_s))

    @property
    def known(self) -> float:
        """Return how many glances the habit rests on."""
        return LIKE_GLANCES + self._away_s / self.glance_s


class AwayTime:
    """Fed with one score after another; holds how likely the last was away, and the evidence so far.

    `now` is of the last score; `away` and all evidence are of `hindsight_s` seconds ago, when they are surer. `centre` is the score of a
    candidate at work where it is known; otherwise it is learnt in the first minute, which raises nothing.
    """

    def __init__(self, windows_s: tuple[float, ...] = WINDOWS_S, *, centre: float | None = None, hindsight_s: float = HINDSIGHT_S) -> None:
        self.centre, self.away, self.evidence = centre, 0.0, Evidence()
        self.windows = tuple(Window(length_s) for length_s in windows_s)
        self._habit, self._filter = Habit(), Filter(hindsight_s)
        self._first: list[tuple[float, float]] = []
        self._last_s: float | None = None

    def receive(self, at: float, score: float) -> None:
        """Take in the score at `at` seconds; times grow."""
        if self.centre is None:
            if not self._first or at - self._first[0][0] < CALIBRATION_S:
                self._first.append((at, score))
                return
            self.centre = _inside(SHRUNK * median(one for _, one in self._first), -BOUND, BOUND)
        if self._last_s is not None and at <= self._last_s:
            return
        last_s, self._last_s = self._last_s, at
        z = _inside(score - self.centre, LEAST, MOST)
        self._take(self._filter.receive(at, z))
        if last_s is not None:
            drift = (at - last_s) / DRIFT_S * max(LEAK, 1 - self.now) * _inside(z, -DRIFT_STEP, DRIFT_STEP)
            self.centre = _inside(self.centre + drift, -BOUND, BOUND)

    @property
    def now(self) -> float:
        """Return how likely the last score is away, without hindsight."""
        return self._filter.likely

    @property
    def usual_share(self) -> float:
        """Return the share of time that this candidate usually looks away."""
        return self._habit.share

    def pause(self) -> None:
        """Say that nothing was seen for a while: what was before says nothing about what comes next."""
        self._take(self._filter.pause())
        self._last_s, self.away = None, 0.0

    def _take(self, decided: list[tuple[float, float, float]]) -> None:
        for at, step_s, self.away in decided:
            self._habit.receive(at, self.away, step_s)
            for window in self.windows:
                window.add(at, self.away * step_s)
            self._weigh()

    def _weigh(self) -> None:
        habit = self._habit
        share, glance_s, known = habit.share, habit.glance_s, habit.known
        surprises = [(surprise(window.away_s, share * window.length_s, glance_s, known), window) for window in self.windows]
        most, window = max(surprises, key=lambda one: one[0])
        self.evidence = Evidence(surprise=most, window_s=window.length_s, away_s=window.away_s, usual_s=share * window.length_s)


def step(before: float, now: float, step_s: float, kept: float, variance: float) -> Step:
    """Return how well the score `now` fits after the score `before`, `step_s` seconds ago; noise keeps `kept` of itself."""
    scale = -0.5 / (variance * (1 - kept * kept))
    leaves, returns = 1 - math.exp(-step_s * GLANCES_PER_S), 1 - math.exp(-step_s / STAYS_S)
    new = now - kept * before
    return Step(
        (1 - leaves) * math.exp(scale * new**2),
        leaves * math.exp(scale * (new - AWAY) ** 2),
        returns * math.exp(scale * (new + kept * AWAY) ** 2),
        (1 - returns) * math.exp(scale * (new - AWAY * (1 - kept)) ** 2),
    )


def surprise(away_s: float, usual_s: float, glance_s: float, known: float) -> float:
    """Return the log-likelihood ratio of time away against the usual, counted in glances, where `known` glances are behind the usual."""
    if away_s <= usual_s:
        return 0.0
    glances, usually = away_s / glance_s, usual_s / glance_s
    return glances * math.log(glances / usually) - (glances + known) * math.log((glances + known) / (usually + known))


def _usually_kept(step_s: float) -> float:
    return math.exp(-step_s / NOISE_S)


def _inside(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
