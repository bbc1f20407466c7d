"""How long somebody looked away, and how unusual that is for them: from a score of each frame to one number of evidence.

Three steps, each with one sentence for a reviewer. A filter with correlated noise (Hamilton, Econometrica 57 (1989) 357) says how likely
a frame is at work, beside it (a place that is learnt: a second monitor, paper), away, or at work from a new posture, with eight seconds
of hindsight; its noise is the candidate's own. The time away is added up in windows of growing length. Each sum is held against what
this candidate usually does: the likelihood ratio of a scan statistic (Kulldorff, Comm. Statist. Theory 26 (1997) 1481), where looks come
at random and are of random length (a compound sum: Jørgensen, J. R. Statist. Soc. B 49 (1987) 127), less what chance has in somebody who
looks away often; the largest is the evidence. What is usual is learnt from the candidate's own time away, two minutes late, shrunk
towards many people's (Gamma-Poisson). See docs/adr/0032. Raised against a limit by signals.py; the limit is solved by simulation.py.
"""

import math
from collections import deque
from collections.abc import Iterable
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
HINDSIGHT_S = 8.0
# The place beside: how far off, for which share of the time, how long at a time; many people's, as if watched for so long.
BESIDE = 1.1
NEAREST, FURTHEST = 0.7, 1.7
LIKE_BESIDE_S = 30.0
BESIDE_SHARE, MOST_BESIDE = 0.02, 0.5
LIKE_WATCHED_S = 200.0
BESIDE_S = 8.0
# A new posture: nearer than a look away, and it stays; how far off, how often, for how long it takes the centre to follow.
MOVED = 1.7
MOVES_PER_S = 1 / 3600
MOVED_S = 60.0
# Many people's looks away, and how many of them a candidate has to show before their own count as much.
GLANCES_PER_S = 40 / 3600
GLANCE_S = 1.9
LIKE_GLANCES = 2.0
LIKE_GLANCES_OF_LENGTH = 100.0
LEAST_GLANCE_S, LONGEST_GLANCE_S = 1.7, 6.0  # of the usual length; what a habit can learn from one look about it
STAYS_S = 4.6
MOST_USUAL = 0.25  # share of time
LEARNT_AFTER_S = 120.0
# Hysteresis of one look; what the longer windows count of it; a tic is shorter, and teaches a habit nothing.
BEGINS, ENDS = 0.7, 0.3
TIC_S, COUNTED_S = 0.5, 4.0
# Chance has more occasions in somebody who looks away often: taken off, times the logarithm of how much more often.
MORE_CHANCES = (0.1, 0.8)  # in the first window, in the longer ones
# The centre of the score: learnt, then drifting, less so while beside it and hardly while away; it follows a new posture.
CALIBRATION_S = 60.0
SHRUNK = 0.95
BOUND = 4.0
DRIFT_S = 50.0
DRIFT_STEP = 1.2
DRIFTS = (1.0, 0.6, 0.2, 1.0)
SURE = 1e-4  # the filter is never surer of anything than this
HAIR = 1e-6
NOTHING = 1e-300

# Something of each: at work, beside, away, moved (to a new posture).
States = tuple[float, float, float, float]
Steps = tuple[States, States, States, States]  # from each, to each
START: States = (0.96, 0.02, 0.02, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The window that surprises most: `away_s` of `window_s` seconds away, usually `usual_s`; `surprise` has no unit."""

    surprise: float = 0.0
    window_s: float = 0.0
    away_s: float = 0.0
    usual_s: float = 0.0


class Window:
    """The time away in the last `length_s` seconds, and the same with at most four seconds of each look."""

    def __init__(self, length_s: float) -> None:
        self.length_s = length_s
        self.away_s = self.looks_s = 0.0
        self._parts: deque[tuple[float, float, float]] = deque()

    def add(self, at: float, away_s: float, looks_s: float) -> None:
        """Take in the time away that ended now, and let go what is too old."""
        self._parts.append((at, away_s, looks_s))
        self.away_s, self.looks_s = self.away_s + away_s, self.looks_s + looks_s
        while self._parts[0][0] <= at - self.length_s + HAIR:
            _, away_s, looks_s = self._parts.popleft()
            self.away_s, self.looks_s = self.away_s - away_s, self.looks_s - looks_s


class Noise:
    """How far this candidate's score strays while at work, and how much of that the next frame keeps."""

    def __init__(self) -> None:
        self._seen_s = self._square = self._pairs_s = self._next = self._expected = 0.0
        self._before: tuple[float, float] | None = None

    def receive(self, z: float, at_work: float, step_s: float) -> None:
        """Take in a score about its centre, and how likely it was at work."""
        at_work_s = at_work * step_s if abs(z) < AT_WORK else 0.0
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


class Beside:
    """Where beside the centre this candidate also works, and how much."""

    def __init__(self) -> None:
        self._watched_s, self._beside_s, self._summed = LIKE_WATCHED_S, LIKE_WATCHED_S * BESIDE_SHARE, 0.0

    def receive(self, z: float, likely: States, step_s: float) -> None:
        """Take in a score about its centre, and what it likely was."""
        at_work, beside, _, moved = likely
        self._watched_s += (at_work + beside + moved) * step_s
        self._beside_s += beside * step_s
        self._summed += beside * step_s * z

    @property
    def score(self) -> float:
        """Return the score of the place, 0.7–1.7."""
        seen_s = self._beside_s - LIKE_WATCHED_S * BESIDE_SHARE
        return _inside((LIKE_BESIDE_S * BESIDE + self._summed) / (LIKE_BESIDE_S + seen_s), NEAREST, FURTHEST)

    @property
    def share(self) -> float:
        """Return its share of the time at work, 0–0.5."""
        return min(MOST_BESIDE, self._beside_s / self._watched_s)


class Filter:
    """How likely scores about their centre are each: `likely` of the last one at once, and each once more with hindsight."""

    def __init__(self, hindsight_s: float) -> None:
        self.likely = START
        self._hindsight_s, self._noise, self._beside = hindsight_s, Noise(), Beside()
        self._before: tuple[float, float] | None = None
        # Undecided frames: when, how long and what, how likely each so far, and how well it fits after the one before.
        self._undecided: deque[tuple[float, float, float, States, Steps]] = deque()

    def receive(self, at: float, z: float) -> list[tuple[float, float, float]]:
        """Take in a score; return what is decided now: (when, of how many seconds, how likely away)."""
        before, self._before = self._before, (at, z)
        if before is None:
            return []
        step_s = at - before[0]
        fits = self._fits(before[1], z, step_s)
        self.likely = _shares((_dot(self.likely, given) for given in zip(*fits, strict=True)), SURE)
        self._undecided.append((at, step_s, z, self.likely, fits))
        return self._decided(at - self._hindsight_s)

    def pause(self) -> list[tuple[float, float, float]]:
        """Forget where the score was; return what was undecided."""
        decided = self._decided(math.inf)
        self._before, self.likely = None, START
        self._noise.pause()
        return decided

    def _fits(self, before: float, now: float, step_s: float) -> Steps:
        """Return how well the score `now` fits after the score `before`, where noise keeps some of itself: from each, to each."""
        kept, scores = self._noise.kept(step_s), (0.0, self._beside.score, AWAY, MOVED)
        scale = -0.5 / (self._noise.variance * (1 - kept * kept))
        stray = [[now - there - kept * (before - here) for there in scores] for here in scores]
        work, beside, away, moved = (
            _four(likely * math.exp(scale * far * far) for likely, far in zip(to, by, strict=True))
            for to, by in zip(moves(step_s, self._beside.share), stray, strict=True)
        )
        return work, beside, away, moved

    def _decided(self, until: float) -> list[tuple[float, float, float]]:
        decided = []
        while self._undecided and self._undecided[0][0] <= until + HAIR:
            at, step_s, z, before, _ = self._undecided.popleft()
            later: States = (1.0, 1.0, 1.0, 1.0)
            for *_, fits in reversed(self._undecided):
                later = _shares(_dot(later, to) for to in fits)
            likely = _shares((one * other for one, other in zip(before, later, strict=True)), SURE)
            self._noise.receive(z, likely[0], step_s)
            self._beside.receive(z, likely, step_s)
            decided.append((at, step_s, likely[2]))
        return decided


class Look:
    """The look away that is going on; `ended_s` is how long the one was that ended just now, or 0."""

    def __init__(self) -> None:
        self.ended_s = self._lasted_s = 0.0

    def receive(self, away: float, step_s: float) -> tuple[float, float]:
        """Return of these seconds those away that count (of a look the first four), and of them those that a habit learns."""
        before_s, self._lasted_s, self.ended_s = self._lasted_s, self._lasted_s + step_s, 0.0
        if away <= (ENDS if before_s else BEGINS):
            self._lasted_s, self.ended_s = 0.0, before_s
            return away * step_s, away * step_s
        counted, learnt = (_inside(self._lasted_s, least, COUNTED_S) - _inside(before_s, least, COUNTED_S) for least in (0.0, TIC_S))
        return away * counted, away * learnt


class Habit:
    """How much of the time, and for how long at a time, this candidate usually looks away."""

    def __init__(self) -> None:
        self._watched_s = self._away_s = self._glanced_s = 0.0
        self._glances = 0
        self._recent: deque[tuple[float, float, float]] = deque()

    def receive(self, at: float, away_s: float, ended_s: float, step_s: float) -> None:
        """Take in how many of the last `step_s` seconds teach, and how long the look was that ended in them (0: none); learnt later."""
        self._watched_s += step_s
        self._recent.append((at, away_s, min(ended_s, LONGEST_GLANCE_S)))
        while self._recent[0][0] <= at - LEARNT_AFTER_S + HAIR:
            _, away_s, ended_s = self._recent.popleft()
            self._away_s += away_s
            self._glances, self._glanced_s = self._glances + (ended_s > 0), self._glanced_s + ended_s

    @property
    def glance_s(self) -> float:
        """Return the usual length of a look, in seconds."""
        return max(LEAST_GLANCE_S, (LIKE_GLANCES_OF_LENGTH * GLANCE_S + self._glanced_s) / (LIKE_GLANCES_OF_LENGTH + self._glances))

    @property
    def share(self) -> float:
        """Return the usual share of time away, 0–0.25."""
        learnt_s = max(0.0, self._watched_s - LEARNT_AFTER_S)
        return min(MOST_USUAL, (LIKE_GLANCES * GLANCE_S + self._away_s) / (LIKE_GLANCES / GLANCES_PER_S + learnt_s))

    @property
    def known(self) -> float:
        """Return how many looks the habit rests on."""
        return LIKE_GLANCES + self._away_s / self.glance_s


class AwayTime:
    """Fed with one score after another; holds how likely the last was away, and the evidence so far.

    `now` is of the last score; `away` and all evidence are of `hindsight_s` seconds ago, when they are surer. `centre` is the score of a
    candidate at work where it is known; otherwise it is learnt in the first minute, which raises nothing.
    """

    def __init__(self, windows_s: tuple[float, ...] = WINDOWS_S, *, centre: float | None = None, hindsight_s: float = HINDSIGHT_S) -> None:
        self.centre, self.away, self.evidence, self.hindsight_s = centre, 0.0, Evidence(), hindsight_s
        self.windows = tuple(Window(length_s) for length_s in windows_s)
        self._filter, self._look, self._habit = Filter(hindsight_s), Look(), Habit()
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
            drift = (at - last_s) / DRIFT_S * _dot(self._filter.likely, DRIFTS) * _inside(z, -DRIFT_STEP, DRIFT_STEP)
            self.centre = _inside(self.centre + drift, -BOUND, BOUND)

    @property
    def now(self) -> float:
        """Return how likely the last score is away, without hindsight."""
        return self._filter.likely[2]

    @property
    def usual_share(self) -> float:
        """Return the share of time that this candidate usually looks away."""
        return self._habit.share

    def pause(self) -> None:
        """Say that nothing was seen for a while: what was before says nothing about what comes next."""
        self._take(self._filter.pause())
        self._last_s, self.away, self._look = None, 0.0, Look()

    def _take(self, decided: list[tuple[float, float, float]]) -> None:
        for at, step_s, self.away in decided:
            looks_s, learnt_s = self._look.receive(self.away, step_s)
            self._habit.receive(at, learnt_s, self._look.ended_s, step_s)
            for window in self.windows:
                window.add(at, self.away * step_s, looks_s)
            self._weigh()

    def _weigh(self) -> None:
        share, glance_s, known = self._habit.share, self._habit.glance_s, self._habit.known
        # One long look is for the shortest window; what comes often is for the others.
        counted_s = [self.windows[0].away_s, *(window.looks_s for window in self.windows[1:])]
        ratios = [surprise(away_s, share * one.length_s, glance_s, known) for away_s, one in zip(counted_s, self.windows, strict=True)]
        surprises = [beyond_chance(ratio, share, longer=number > 0) for number, ratio in enumerate(ratios)]
        most, window = max(zip(surprises, self.windows, strict=True), key=lambda one: one[0])
        self.evidence = Evidence(surprise=most, window_s=window.length_s, away_s=window.away_s, usual_s=share * window.length_s)


def moves(step_s: float, share: float) -> Steps:
    """Return how likely each state is followed by each, `step_s` seconds later, where a `share` of work is beside."""
    leaves, returns = 1 - math.exp(-step_s * GLANCES_PER_S), 1 - math.exp(-step_s / STAYS_S)
    turns, turns_back = 1 - math.exp(-step_s / BESIDE_S * share / (1 - share)), 1 - math.exp(-step_s / BESIDE_S)
    moved, settles = 1 - math.exp(-step_s * MOVES_PER_S), 1 - math.exp(-step_s / MOVED_S)
    stays = (1 - leaves) * (1 - moved)
    return (
        (stays * (1 - turns), stays * turns, leaves * (1 - moved), moved),
        (stays * turns_back, stays * (1 - turns_back), leaves * (1 - moved), moved),
        (returns * (1 - share), returns * share, 1 - returns, 0.0),
        ((1 - leaves) * settles, 0.0, leaves, (1 - leaves) * (1 - settles)),
    )


def surprise(away_s: float, usual_s: float, glance_s: float, known: float) -> float:
    """Return the log-likelihood ratio of time away against the usual, in looks of `glance_s`, where `known` looks are behind the usual.

    Looks are negative binomial in number and exponential in length; `tilt` is what makes this time away their mean.
    """
    if away_s <= usual_s:
        return 0.0
    looks, usually = away_s / glance_s, usual_s / glance_s
    wide = usually / known
    tilt = (2 + wide - math.sqrt(wide * wide + 4 * (1 + wide) * usually / looks)) / (2 + 2 * wide)
    return looks * tilt + known * math.log(1 - wide * tilt / (1 - tilt))


def beyond_chance(ratio: float, share: float, *, longer: bool) -> float:
    """Return a likelihood ratio less what chance has in a window, where a `share` of time away is usual; never below 0."""
    if ratio <= HAIR:
        return 0.0
    often = math.log(share / (GLANCES_PER_S * GLANCE_S))
    return max(0.0, ratio - MORE_CHANCES[longer] * often)


def _usually_kept(step_s: float) -> float:
    return math.exp(-step_s / NOISE_S)


def _dot(one: States, other: States) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2] + one[3] * other[3]


def _shares(each: Iterable[float], least: float = 0.0) -> States:
    """Return odds as shares of one, none of them much below `least`."""
    work, beside, away, moved = each
    total = work + beside + away + moved + NOTHING
    work, beside, away, moved = (max(least, one / total) for one in (work, beside, away, moved))
    total = work + beside + away + moved + NOTHING
    return work / total, beside / total, away / total, moved / total


def _four(each: Iterable[float]) -> States:
    work, beside, away, moved = each
    return work, beside, away, moved


def _inside(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
