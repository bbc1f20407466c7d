"""Where this candidate looks when at work: the centre that all looking away is measured from.

Learnt from the first 30–60 good seconds by the median, then drifting slowly; clamped to what people do, and frozen while anything is
open, so that it can be neither poisoned nor dragged along. Out of bounds is said, not hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Self

from proctoring.observations import Gaze, Head, Observation

# Bounds of the population, degrees: where a working person's centre can lie, camera and face offsets included.
BOUNDS = {"across": 25.0, "up": 40.0, "yaw": 25.0, "pitch": 30.0}
_DRIFT_S = 120.0
_DRIFT_STEP = 4.0  # degrees of surprise at most that one frame may carry into the drift


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The centre in degrees; `seconds` of good frames behind it."""

    across: float = 0.0
    up: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    seconds: float = 0.0
    clamped: bool = False

    @classmethod
    def of(cls, looks: Sequence[tuple[Head, Gaze]], seconds: float) -> Self:
        """Return the median of looks, clamped."""
        return cls._inside(
            median(gaze.across for _, gaze in looks),
            median(gaze.up for _, gaze in looks),
            median(head.yaw for head, _ in looks),
            median(head.pitch for head, _ in looks),
            seconds,
        )

    def drifted(self, head: Head, gaze: Gaze, step_s: float) -> Self:
        """Return the centre moved a little towards this look."""
        share = min(1.0, step_s / _DRIFT_S)
        return self._inside(
            _towards(self.across, gaze.across, share),
            _towards(self.up, gaze.up, share),
            _towards(self.yaw, head.yaw, share),
            _towards(self.pitch, head.pitch, share),
            self.seconds + step_s,
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain values, rounded for people."""
        numbers = {name: round(getattr(self, name), 1) for name in (*BOUNDS, "seconds")}
        return {**numbers, "clamped": self.clamped}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(**given)

    @classmethod
    def _inside(cls, across: float, up: float, yaw: float, pitch: float, seconds: float) -> Self:
        given = (across, up, yaw, pitch)
        inside = [max(-bound, min(bound, value)) for value, bound in zip(given, BOUNDS.values(), strict=True)]
        clamped = any(kept != value for kept, value in zip(inside, given, strict=True))
        return cls(across=inside[0], up=inside[1], yaw=inside[2], pitch=inside[3], seconds=seconds, clamped=clamped)


class BaselineKeeper:
    """Fed with good frames; holds the baseline once enough were seen."""

    def __init__(self, calibration_s: float, known: Baseline | None = None) -> None:
        self._calibration_s = calibration_s
        self._looks: list[tuple[Head, Gaze]] = []
        self._seconds = 0.0
        self.baseline = known

    def receive(self, observation: Observation, step_s: float, *, frozen: bool) -> None:
        """Take one frame in; frames without a direction teach nothing."""
        if observation.head is None or observation.gaze is None or frozen:
            return
        if self.baseline is not None:
            self.baseline = self.baseline.drifted(observation.head, observation.gaze, step_s)
            return
        self._looks.append((observation.head, observation.gaze))
        self._seconds += step_s
        if self._seconds >= self._calibration_s:
            self.baseline, self._looks = Baseline.of(self._looks, self._seconds), []


def _towards(here: float, there: float, share: float) -> float:
    return here + share * max(-_DRIFT_STEP, min(_DRIFT_STEP, there - here))
