"""The evidence of away.py for many simulated candidates at once: the same arithmetic on arrays.

Frames are evenly spaced and none is missing. tests/proctoring/test_away.py holds it to AwayTime, frame by frame.
"""

from typing import Any

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
    """As Filter, Noise, Beside and the centre; columns are candidates, `first` is the frame that the filter begins with."""

    def __init__(self, scores: Scores, first: int, late: int, step_s: float) -> None:
        self.first, self.late, self.step_s = first, late, step_s
        people = len(scores)
        self.centre = np.clip(away.SHRUNK * np.median(scores[:, :first], axis=1), -away.BOUND, away.BOUND)
        self.now = np.repeat(np.array(away.START)[:, None], people, axis=1)
        self.seen_s, self.square, self.next, self.expected = np.zeros((4, people))
        self.watched_s = np.full(people, away.LIKE_WATCHED_S)
        self.beside_s, self.summed = np.full(people, away.LIKE_WATCHED_S * away.BESIDE_SHARE), np.zeros(people)
        self.before = np.zeros(people), np.zeros(people)
        self.z = np.clip(scores[:, first] - self.centre, away.LEAST, away.MOST)
        self._drift(0.0)

    def likely(self, scores: Scores) -> Scores:
        """Return how likely each frame is away, with hindsight (frames × candidates), from the one after `first` on."""
        decided: list[Scores] = []
        undecided: list[tuple[Scores, Scores, Scores]] = []
        for frame in range(self.first + 1, scores.shape[1]):
            z = np.clip(scores[:, frame] - self.centre, away.LEAST, away.MOST)
            fits = self._fits(self.z, z)
            self.now = _shares((self.now[:, None] * fits).sum(axis=0), away.SURE)
            undecided.append((z, self.now, fits))
            if len(undecided) > self.late:
                decided.append(self._decided(undecided))
            self.z = z
            self._drift(self.step_s)
        return np.array(decided)

    def _drift(self, step_s: float) -> None:
        drifts = np.array(away.DRIFTS) @ self.now * np.clip(self.z, -away.DRIFT_STEP, away.DRIFT_STEP)
        self.centre = np.clip(self.centre + step_s / away.DRIFT_S * drifts, -away.BOUND, away.BOUND)

    def _fits(self, before: Scores, now: Scores) -> Scores:
        """Return from each (4) to each (4) of each candidate."""
        usually = np.exp(-self.step_s / away.NOISE_S)
        usual = away.LIKE_NOISE_S * away.NOISE**2
        variance = np.clip((usual + self.square) / (away.LIKE_NOISE_S + self.seen_s), away.QUIETEST**2, away.LOUDEST**2)
        kept = usually * (usual * usually + self.next) / (usual * usually + self.expected)
        kept = np.clip(kept, away.LEAST_KEPT * usually, away.MOST_KEPT)
        seen_s = self.beside_s - away.LIKE_WATCHED_S * away.BESIDE_SHARE
        beside = (away.LIKE_BESIDE_S * away.BESIDE + self.summed) / (away.LIKE_BESIDE_S + seen_s)
        there = np.clip(beside, away.NEAREST, away.FURTHEST)
        scores = np.stack([np.zeros_like(now), there, np.full_like(now, away.AWAY), np.full_like(now, away.MOVED)])
        stray = (now - scores)[None] - (kept * (before - scores))[:, None]
        fits: Scores = self._moves() * np.exp(-0.5 / (variance * (1 - kept * kept)) * stray**2)
        return fits

    def _moves(self) -> Scores:
        share = np.minimum(away.MOST_BESIDE, self.beside_s / self.watched_s)
        once = (away.GLANCES_PER_S, 1 / away.STAYS_S, away.MOVES_PER_S, 1 / away.MOVED_S)
        leaves, returns, moved, settles = (np.full_like(share, 1 - np.exp(-self.step_s * one)) for one in once)
        turns, back = 1 - np.exp(-self.step_s / away.BESIDE_S * share / (1 - share)), 1 - np.exp(-self.step_s / away.BESIDE_S)
        stays, never = (1 - leaves) * (1 - moved), np.zeros_like(share)
        return np.array(
            [
                [stays * (1 - turns), stays * turns, leaves * (1 - moved), moved],
                [stays * back, stays * (1 - back), leaves * (1 - moved), moved],
                [returns * (1 - share), returns * share, 1 - returns, never],
                [(1 - leaves) * settles, never, leaves, (1 - leaves) * (1 - settles)],
            ]
        )

    def _decided(self, undecided: list[tuple[Scores, Scores, Scores]]) -> Scores:
        z, likely, _ = undecided.pop(0)
        later = np.ones_like(likely)
        for number, (*_, fits) in enumerate(reversed(undecided)):
            later = np.einsum("abn,bn->an", fits, later)
            if number % 4 == 3:  # before it becomes too small to be a number
                later = later / (later.sum(axis=0) + away.NOTHING)
        likely = _shares(likely * later, away.SURE)
        self._learn(z, likely)
        gone: Scores = likely[2]
        return gone

    def _learn(self, z: Scores, likely: Scores) -> None:
        at_work = np.where(np.abs(z) < away.AT_WORK, likely[0], 0.0)
        before, was_at_work = self.before
        both = at_work * was_at_work * self.step_s
        self.seen_s = self.seen_s + at_work * self.step_s
        self.square = self.square + at_work * self.step_s * z * z
        self.next = self.next + both * z * before
        self.expected = self.expected + both * np.exp(-self.step_s / away.NOISE_S) * (z * z + before * before) / 2
        self.before = z, at_work
        self.watched_s = self.watched_s + (likely[0] + likely[1] + likely[3]) * self.step_s
        self.beside_s = self.beside_s + likely[1] * self.step_s
        self.summed = self.summed + likely[1] * self.step_s * z


def _shares(each: Scores, least: float = 0.0) -> Scores:
    shares = np.maximum(least, each / (each.sum(axis=0) + away.NOTHING))
    one: Scores = shares / (shares.sum(axis=0) + away.NOTHING)
    return one


def _surprises(likely: Scores, fps: float, windows_s: tuple[float, ...]) -> Scores:
    """As Look, Habit, Window and surprise: frames × candidates."""
    frames, late = len(likely), round(away.LEARNT_AFTER_S * fps)
    looks_s, each_s, ended_s = _looks(likely, 1 / fps)
    learnt_s, glances, glanced_s = (_learnt(one, late) for one in (each_s, ended_s > 0, np.minimum(ended_s, away.LONGEST_GLANCE_S)))
    watched_s = np.maximum(0.0, (np.arange(1, frames + 1) - late) / fps)[:, None]
    glance_s = (away.LIKE_GLANCES_OF_LENGTH * away.GLANCE_S + glanced_s) / (away.LIKE_GLANCES_OF_LENGTH + glances)
    glance_s = np.maximum(away.LEAST_GLANCE_S, glance_s)
    share = (away.LIKE_GLANCES * away.GLANCE_S + learnt_s) / (away.LIKE_GLANCES / away.GLANCES_PER_S + watched_s)
    share, known = np.minimum(away.MOST_USUAL, share), away.LIKE_GLANCES + learnt_s / glance_s
    most = np.zeros_like(likely)
    for number, length_s in enumerate(windows_s):
        counted_s = looks_s if number else likely / fps
        length, sums = round(length_s * fps), np.cumsum(counted_s, axis=0)
        sums[length:] -= sums[:-length].copy()
        ratio = _surprise(sums / glance_s, share * length_s / glance_s, known)
        most = np.maximum(most, _beyond_chance(ratio, share, longer=number > 0))
    return most


def _surprise(looks: Scores, usually: Scores, known: Scores) -> Scores:
    looks, wide = np.maximum(looks, usually), usually / known
    tilt = (2 + wide - np.sqrt(wide * wide + 4 * (1 + wide) * usually / looks)) / (2 + 2 * wide)
    ratio: Scores = looks * tilt + known * np.log(1 - wide * tilt / (1 - tilt))
    return ratio


def _beyond_chance(ratio: Scores, share: Scores, *, longer: bool) -> Scores:
    often = np.log(share / (away.GLANCES_PER_S * away.GLANCE_S))
    more: Scores = np.where(ratio > away.HAIR, ratio - away.MORE_CHANCES[longer] * often, 0.0)
    return more


def _looks(likely: Scores, step_s: float) -> tuple[Scores, Scores, Scores]:
    """Return of each frame (frames × candidates) the seconds away that count, those that a habit learns, and of the look that ended."""
    counted_s, learnt_s, ended_s = (np.zeros_like(likely) for _ in range(3))
    lasted_s = np.zeros(likely.shape[1])
    for frame, one in enumerate(likely):
        before_s = lasted_s
        in_look = one > np.where(before_s > 0, away.ENDS, away.BEGINS)
        lasted_s, ended_s[frame] = np.where(in_look, before_s + step_s, 0.0), np.where(in_look, 0.0, before_s)
        for seconds, least in ((counted_s, 0.0), (learnt_s, away.TIC_S)):
            part = np.clip(lasted_s, least, away.COUNTED_S) - np.clip(before_s, least, away.COUNTED_S)
            seconds[frame] = one * np.where(in_look, part, step_s)
    return counted_s, learnt_s, ended_s


def _learnt(values: NDArray[Any], late: int) -> Scores:
    """Return the sum of values up to `late` frames ago, of each frame."""
    sums = np.zeros(values.shape)
    sums[late:] = np.cumsum(values, axis=0)[: max(0, len(values) - late)]
    return sums
