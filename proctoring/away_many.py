"""The evidence of away.py for many simulated candidates at once: the same arithmetic on arrays.

Frames are evenly spaced and none is missing. tests/proctoring/test_away.py holds it to AwayTime, frame by frame.
"""

import numpy as np
from numpy.typing import NDArray

from proctoring import away
from proctoring.away import WINDOWS_S

Scores = NDArray[np.float64]


def evidence(scores: Scores, fps: float, windows_s: tuple[float, ...] = WINDOWS_S) -> Scores:
    """Return the surprise (candidates × frames) of scores of that shape, where the frame itself is away; otherwise 0."""
    frames = scores.shape[1]
    many = _Many(scores, fps, windows_s)
    surprises = np.zeros_like(scores)
    for frame in range(many.first + 1, frames):
        surprises[:, frame] = many.receive(scores[:, frame], frame)
    return surprises


class _Many:
    """As AwayTime; rows are candidates, `first` is the frame with which the filter begins."""

    def __init__(self, scores: Scores, fps: float, windows_s: tuple[float, ...]) -> None:
        people, frames = scores.shape
        self.first = round(away.CALIBRATION_S * fps)
        self.step_s, self.lag = 1 / fps, round(away.LEARNT_AFTER_S * fps)
        self.windows = [(length_s, round(length_s * fps)) for length_s in windows_s]
        centre = away.SHRUNK * np.median(scores[:, : self.first], axis=1)
        self.centre = np.clip(centre, -away.BOUND, away.BOUND)
        self.before = np.clip(scores[:, self.first] - self.centre, away.LEAST, away.MOST)
        self.away = np.full(people, away.GLANCES_PER_S * away.GLANCE_S)
        self.in_glance, self.run_s = np.zeros(people, bool), np.zeros(people)
        # Sums so far, by frame, so that any window is a difference.
        self.away_s, self.glances, self.glanced_s = (np.zeros((frames, people)) for _ in range(3))

    def receive(self, scores: Scores, frame: int) -> Scores:
        """Take in one frame of everybody and return its surprise."""
        z = np.clip(scores - self.centre, away.LEAST, away.MOST)
        self._filter(z)
        step = np.clip(z, -away.DRIFT_STEP, away.DRIFT_STEP) * np.maximum(away.LEAK, 1 - self.away)
        self.centre = np.clip(self.centre + self.step_s / away.DRIFT_S * step, -away.BOUND, away.BOUND)
        self._count(frame)
        return np.where(self.away > 0.5, self._weigh(frame), 0.0)

    def _filter(self, z: Scores) -> None:
        kept = np.exp(-self.step_s / away.NOISE_S)
        scale = -0.5 / (away.NOISE**2 * (1 - kept * kept))
        leaves, returns = 1 - np.exp(-self.step_s * away.GLANCES_PER_S), 1 - np.exp(-self.step_s / away.STAYS_S)
        new = z - kept * self.before
        work = (1 - self.away) * (1 - leaves) * np.exp(scale * new**2)
        work += self.away * returns * np.exp(scale * (new + kept * away.AWAY) ** 2)
        gone = (1 - self.away) * leaves * np.exp(scale * (new - away.AWAY) ** 2)
        gone += self.away * (1 - returns) * np.exp(scale * (new - away.AWAY * (1 - kept)) ** 2)
        self.away, self.before = np.clip(gone / (gone + work + 1e-300), away.SURE, 1 - away.SURE), z

    def _count(self, frame: int) -> None:
        was, self.in_glance = self.in_glance, self.away > np.where(self.in_glance, away.ENDS, away.BEGINS)
        ended = was & ~self.in_glance
        self.away_s[frame] = self.away_s[frame - 1] + self.away * self.step_s
        self.glances[frame] = self.glances[frame - 1] + ended
        self.glanced_s[frame] = self.glanced_s[frame - 1] + np.where(ended, np.minimum(self.run_s, away.LONGEST_GLANCE_S), 0.0)
        self.run_s = np.where(self.in_glance, self.run_s + self.step_s, 0.0)

    def _weigh(self, frame: int) -> Scores:
        learnt = max(self.first, frame - self.lag)
        glances, glanced_s = self.glances[learnt], self.glanced_s[learnt]
        glance_s = (away.LIKE_GLANCES_OF_LENGTH * away.GLANCE_S + glanced_s) / (away.LIKE_GLANCES_OF_LENGTH + glances)
        per_s = (away.LIKE_GLANCES + glances) / (away.LIKE_GLANCES / away.GLANCES_PER_S + (learnt - self.first) * self.step_s)
        share: Scores = np.minimum(away.MOST_USUAL, per_s * glance_s)
        most: Scores = np.zeros_like(share)
        for length_s, frames in self.windows:
            away_s, usual_s = self.away_s[frame] - self.away_s[max(0, frame - frames)], share * length_s
            ratio = away_s * np.log(np.maximum(away_s, 1e-9) / usual_s) - (away_s - usual_s)
            most = np.maximum(most, np.where(away_s > usual_s, ratio / glance_s, 0.0))
        return most
