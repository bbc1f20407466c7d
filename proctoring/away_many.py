"""The evidence of away.py for many simulated candidates at once: the same arithmetic on arrays.

Frames are evenly spaced and none is missing. tests/proctoring/test_away.py holds it to AwayTime, frame by frame.
"""

import numpy as np
from numpy.typing import NDArray

from proctoring import away
from proctoring.away import WINDOWS_S

Scores = NDArray[np.float64]


def evidence(scores: Scores, fps: float, windows_s: tuple[float, ...] = WINDOWS_S) -> Scores:
    """Return the surprise (candidates × frames) of scores of that shape, where what was decided last is away; otherwise 0."""
    first, late = round(away.CALIBRATION_S * fps), round(away.HINDSIGHT_S * fps)
    surprises = np.zeros_like(scores)
    if scores.shape[1] > first + late + 1:
        likely = _Filters(scores, first, late, 1 / fps).likely(scores)
        surprises[:, first + late + 1 :] = np.where(likely > 0.5, _surprises(likely, fps, windows_s), 0.0).T
    return surprises


class _Filters:
    """As Filter, Noise and the centre; rows are candidates, `first` is the frame that the filter begins with."""

    def __init__(self, scores: Scores, first: int, late: int, step_s: float) -> None:
        self.first, self.late, self.step_s = first, late, step_s
        self.centre = np.clip(away.SHRUNK * np.median(scores[:, :first], axis=1), -away.BOUND, away.BOUND)
        self.z = np.clip(scores[:, first] - self.centre, away.LEAST, away.MOST)
        self._drift(np.full(len(scores), away.GLANCES_PER_S * away.GLANCE_S), 0.0)
        nobody = np.zeros(len(scores))
        self.seen_s, self.square, self.next, self.expected = nobody, nobody, nobody, nobody
        self.before = nobody, nobody

    def likely(self, scores: Scores) -> Scores:
        """Return how likely each frame is away, with hindsight (frames × candidates), from the one after `first` on."""
        now = np.full(len(scores), away.GLANCES_PER_S * away.GLANCE_S)
        decided, undecided = [], []
        for frame in range(self.first + 1, scores.shape[1]):
            z = np.clip(scores[:, frame] - self.centre, away.LEAST, away.MOST)
            says = self._step(self.z, z)
            now = says.after(now)
            undecided.append((z, now, says))
            if len(undecided) > self.late:
                decided.append(self._decided(undecided))
            self.z = z
            self._drift(now, self.step_s)
        return np.array(decided)

    def _drift(self, now: Scores, step_s: float) -> None:
        step = np.clip(self.z, -away.DRIFT_STEP, away.DRIFT_STEP) * np.maximum(away.LEAK, 1 - now)
        self.centre = np.clip(self.centre + step_s / away.DRIFT_S * step, -away.BOUND, away.BOUND)

    def _step(self, before: Scores, now: Scores) -> "_Step":
        usually = np.exp(-self.step_s / away.NOISE_S)
        usual = away.LIKE_NOISE_S * away.NOISE**2
        variance = np.clip((usual + self.square) / (away.LIKE_NOISE_S + self.seen_s), away.QUIETEST**2, away.LOUDEST**2)
        kept = usually * (usual * usually + self.next) / (usual * usually + self.expected)
        return _Step(before, now, self.step_s, np.clip(kept, away.LEAST_KEPT * usually, away.MOST_KEPT), variance)

    def _decided(self, undecided: list[tuple[Scores, Scores, "_Step"]]) -> Scores:
        z, likely, _ = undecided.pop(0)
        odds = np.ones_like(likely)
        for _, _, later in reversed(undecided):
            odds = later.before(odds)
        likely = np.clip(likely * odds / (likely * odds + 1 - likely), away.SURE, 1 - away.SURE)
        self._learn(z, likely)
        return likely

    def _learn(self, z: Scores, likely: Scores) -> None:
        at_work = np.where(np.abs(z) < away.AT_WORK, 1 - likely, 0.0)
        before, was_at_work = self.before
        both = at_work * was_at_work * self.step_s
        self.seen_s = self.seen_s + at_work * self.step_s
        self.square = self.square + at_work * self.step_s * z * z
        self.next = self.next + both * z * before
        self.expected = self.expected + both * np.exp(-self.step_s / away.NOISE_S) * (z * z + before * before) / 2
        self.before = z, at_work


class _Step:
    """As Step."""

    def __init__(self, before: Scores, now: Scores, step_s: float, kept: Scores, variance: Scores) -> None:
        scale = -0.5 / (variance * (1 - kept * kept))
        leaves, returns = 1 - np.exp(-step_s * away.GLANCES_PER_S), 1 - np.exp(-step_s / away.STAYS_S)
        new = now - kept * before
        self.worked = (1 - leaves) * np.exp(scale * new**2)
        self.left = leaves * np.exp(scale * (new - away.AWAY) ** 2)
        self.returned = returns * np.exp(scale * (new + kept * away.AWAY) ** 2)
        self.stayed = (1 - returns) * np.exp(scale * (new - away.AWAY * (1 - kept)) ** 2)

    def after(self, likely: Scores) -> Scores:
        gone, work = (1 - likely) * self.left + likely * self.stayed, (1 - likely) * self.worked + likely * self.returned
        now: Scores = np.clip(gone / (gone + work + 1e-300), away.SURE, 1 - away.SURE)
        return now

    def before(self, odds: Scores) -> Scores:
        given = (self.returned + self.stayed * odds) / (self.worked + self.left * odds + 1e-300)
        last: Scores = np.clip(given, 1 / away.LONG_ODDS, away.LONG_ODDS)
        return last


def _surprises(likely: Scores, fps: float, windows_s: tuple[float, ...]) -> Scores:
    """As Habit, Window and surprise: frames × candidates."""
    frames, late = len(likely), round(away.LEARNT_AFTER_S * fps)
    counted_s, ended, glanced_s = (_learnt(one, late) for one in _glances(likely, 1 / fps))
    learnt_s = np.maximum(0.0, (np.arange(1, frames + 1) - late) / fps)[:, None]
    glance_s = (away.LIKE_GLANCES_OF_LENGTH * away.GLANCE_S + glanced_s) / (away.LIKE_GLANCES_OF_LENGTH + ended)
    share = (away.LIKE_GLANCES * away.GLANCE_S + counted_s) / (away.LIKE_GLANCES / away.GLANCES_PER_S + learnt_s)
    share, known = np.minimum(away.MOST_USUAL, share), away.LIKE_GLANCES + counted_s / glance_s
    away_s = np.cumsum(likely / fps, axis=0)
    most = np.zeros_like(likely)
    for length_s in windows_s:
        length = round(length_s * fps)
        glances, usually = away_s.copy(), share * length_s / glance_s
        glances[length:] -= away_s[:-length]
        glances /= glance_s
        ratio = glances * np.log(glances / usually) - (glances + known) * np.log((glances + known) / (usually + known))
        most = np.maximum(most, np.where(glances > usually, ratio, 0.0))
    return most


def _glances(likely: Scores, step_s: float) -> tuple[Scores, Scores, Scores]:
    """Return of each frame (frames × candidates): seconds away that a habit counts, glances ended, and their seconds."""
    counted_s, ended, glanced_s = (np.zeros_like(likely) for _ in range(3))
    in_glance, run_s = np.zeros(likely.shape[1], bool), np.zeros(likely.shape[1])
    for frame, one in enumerate(likely):
        was, in_glance = in_glance, one > np.where(in_glance, away.ENDS, away.BEGINS)
        ended[frame] = was & ~in_glance
        glanced_s[frame] = ended[frame] * np.minimum(run_s, away.LONGEST_GLANCE_S)
        run_s = np.where(in_glance, run_s + step_s, 0.0)
        counted_s[frame] = np.where(run_s <= away.LONGEST_GLANCE_S + away.HAIR_S, one * step_s, 0.0)
    return counted_s, ended, glanced_s


def _learnt(values: Scores, late: int) -> Scores:
    """Return the sum of values up to `late` frames ago, of each frame."""
    sums = np.zeros_like(values)
    sums[late:] = np.cumsum(values, axis=0)[: len(values) - late]
    return sums
