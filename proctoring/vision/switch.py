"""Whether another camera took over: from one frame to the next another scene, without any motion on the way, and it stays.

Compared is what lies beside the candidate, in coarse cells, after any change of light (a gain, an offset and a slope for each channel) and
any push of the camera (a shift of some cells) is taken out. A room through which the camera is carried changes in every frame, and is no
switch; nor is somebody who passes before it and goes. A bare wall is a slope of light: of a switch between two nothing is said.
"""

from collections import deque
from dataclasses import dataclass
from itertools import product

import numpy as np

from proctoring.observations import Box, Observation, Reason
from proctoring.vision.models import Floats
from proctoring.vision.quality import View

LEAST_CHANGE = 9.0  # CIE Lab, root mean square of the cells beside the candidate, that another scene makes
CALM = 6.0  # what a scene that stays may differ from itself, frame to frame
UNLIKE = 0.4  # share of the new cells that the old ones, lit and shifted anyhow, leave unexplained
STAYS_S = 4.0
MOST_STEP_S = 2.6  # between two frames; over a longer time anything may have happened, and a gap brings its own check
_CELLS = (24, 32)
_SHIFTS = tuple(product(range(-4, 5, 2), range(-6, 7, 2)))
_FEWEST = 60  # cells


@dataclass(frozen=True, slots=True)
class _Scene:
    """One frame's cells, which of them show no candidate, and when."""

    at: float
    cells: Floats
    beside: "np.ndarray[tuple[int, ...], np.dtype[np.bool]]"


class SwitchWatch:
    """Fed with every frame's view and observation; says once, when it is sure, when the camera was switched."""

    def __init__(self) -> None:
        self._scenes: deque[_Scene] = deque(maxlen=3)
        self._before: _Scene | None = None  # the scene that was left, while the new one must prove that it stays
        self._since = 0.0
        self._place: Box | None = None

    def receive(self, view: View, seen: Observation) -> float | None:
        """Take in one frame; returns the second of the switch once the new scene has stayed, None else."""
        if seen.face is not None:
            self._place = seen.face
        if seen.reason in (Reason.COVERED, Reason.TOO_DARK):
            self._forget()
            return None
        now = _Scene(seen.at, view.cells, _beside(self._place))
        last = self._scenes[-1] if self._scenes else None
        self._scenes.append(now)
        if last is None or now.at - last.at > MOST_STEP_S:
            self._forget(now)
            return None
        if self._before is not None:
            return self._proven(self._before, last, now)
        if self._jumped(now):
            self._before, self._since = last, now.at
        return None

    def _jumped(self, now: _Scene) -> bool:
        """Say whether the scene stood until the frame before, and this is another one."""
        if len(self._scenes) < 3:
            return False
        earlier, last, _ = self._scenes
        return _change(earlier, last) <= CALM and _change(last, now) >= LEAST_CHANGE and _another(last, now)

    def _proven(self, before: _Scene, last: _Scene, now: _Scene) -> float | None:
        """Wait until the new scene has stood for long enough; one that moves, or the old one back, was no switch."""
        if _another(last, now) or not _another(before, now):
            self._before = None
            return None
        if now.at - self._since < STAYS_S:
            return None
        self._before = None
        return self._since

    def _forget(self, now: _Scene | None = None) -> None:
        self._before = None
        self._scenes.clear()
        if now is not None:
            self._scenes.append(now)


def _beside(face: Box | None) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool]]":
    """Return which cells show neither the candidate's head nor what is below and beside it."""
    rows, columns = _CELLS
    beside = np.ones(_CELLS, bool)
    if face is not None:
        top, left = int(rows * (face.y - 0.4 * face.height)), int(columns * (face.x - 1.1 * face.width))
        beside[max(0, top) :, max(0, left) : max(0, int(np.ceil(columns * (face.x + 2.1 * face.width))))] = False
    return beside


def _change(before: _Scene, now: _Scene) -> float:
    """Return how much the cells that show the room in both frames differ."""
    shared = before.beside & now.beside
    if shared.sum() < _FEWEST:
        return 0.0
    return float(np.sqrt(((before.cells - now.cells)[shared] ** 2).sum(axis=1).mean()))


def _another(before: _Scene, now: _Scene) -> bool:
    """Say whether neither other light nor a push of the camera makes the old scene into the new one."""
    if _change(before, now) < LEAST_CHANGE:
        return False
    return all(max(_unexplained(before, now, (y, x)), _unexplained(now, before, (-y, -x))) >= UNLIKE for y, x in _SHIFTS)


def _unexplained(before: _Scene, now: _Scene, shift: tuple[int, int]) -> float:
    """Return the share of the new cells' variance that a lit and shifted old scene leaves; 1 where too little is shared."""
    down, across = shift
    rows, columns = _CELLS
    here = (slice(max(0, down), rows + min(0, down)), slice(max(0, across), columns + min(0, across)))
    there = (slice(max(0, -down), rows + min(0, -down)), slice(max(0, -across), columns + min(0, -across)))
    shared = now.beside[here] & before.beside[there]
    if shared.sum() < _FEWEST:
        return 1.0
    new, old = now.cells[here][shared], before.cells[there][shared]
    places = np.argwhere(shared).astype(np.float32)
    slope = np.concatenate([np.ones((len(new), 1), np.float32), places - places.mean(axis=0)], axis=1)
    left = sum(_residual(new[:, channel], np.concatenate([slope, old[:, channel : channel + 1]], axis=1)) for channel in range(3))
    return left / max(float(new.var(axis=0).sum()), 1e-6)


def _residual(values: Floats, by: Floats) -> float:
    """Return the variance that a least-squares fit leaves."""
    fitted, *_ = np.linalg.lstsq(by, values, rcond=None)
    return float((values - by @ fitted).var())
