"""Whether a face still looks as it did when it was read, so that the reading may stand for a moment longer.

The whole face, each eye and the mouth are laid over the place where they were, moved by a pixel or two: their correlation hardly feels
light, a camera's grain or a swaying body, and falls when a head turns, an eye glances, a lid closes or lips open. What it lets pass was
measured: docs/adr/0031-what-a-frame-costs.md. Pixels here are those of the half-size picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.vision.models import Floats, Pixels

FACE, EYE, MOUTH = 0.95, 0.84, 0.9  # least correlation of each
_SLIP = 4  # pixels by which a calm face may have moved
# Points whose middle is an eye or the mouth, the first two being its corners; and how far around it is looked, in its own widths.
_EYES = ((33, 133, 159, 145), (362, 263, 386, 374))
_MOUTH = (78, 308, 13, 14)
_EYE_REACH, _MOUTH_REACH = (0.65, 0.35), (0.6, 0.4)
_SMALLEST = (3, 5)  # rows and columns of a piece that still show anything
_FLAT = 2.0  # grey levels of spread below which there is nothing to compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A face as it was when it was read: the small picture and the mesh (n × 2, its pixels); pieces are cut only to be compared."""

    small: Pixels
    points: Floats

    def calm(self, now: Pixels) -> bool:
        """Say whether the face looks as it did, there or very near, in a picture of the same size."""
        if now.shape != self.small.shape:
            return False
        face = np.concatenate([self.points.min(axis=0), self.points.max(axis=0)])
        return self._alike(now, face, FACE, step=2) and all(self._alike(now, box, least) for box, least in self._parts())

    def _parts(self) -> Iterator[tuple[Floats, float]]:
        for eye in _EYES:
            yield _around(self.points, eye, _EYE_REACH), EYE
        yield _around(self.points, _MOUTH, _MOUTH_REACH), MOUTH

    def _alike(self, now: Pixels, box: Floats, least: float, step: int = 1) -> bool:
        """Compare one box (left, top, right, bottom); too small, too near the edge or flat, it cannot be told, which is not calm."""
        left, top, right, bottom = (int(edge) for edge in (*np.floor(box[:2]), *np.ceil(box[2:])))
        height, width = self.small.shape[:2]
        if min(left, top) < _SLIP or right + _SLIP > width or bottom + _SLIP > height:
            return False
        before = _grey(self.small[top:bottom, left:right], step)
        if before.shape[0] < _SMALLEST[0] or before.shape[1] < _SMALLEST[1] or float(cv2.meanStdDev(before)[1][0, 0]) < _FLAT:
            return False
        around = _grey(now[top - _SLIP : bottom + _SLIP, left - _SLIP : right + _SLIP], step)
        return float(cv2.matchTemplate(around, before, cv2.TM_CCOEFF_NORMED).max()) >= least


def _around(points: Floats, numbers: tuple[int, ...], reach: tuple[float, float]) -> Floats:
    part = points[list(numbers)]
    middle, width = part.mean(axis=0), float(np.linalg.norm(part[1] - part[0]))
    half = np.array(reach, np.float32) * np.float32(width)
    return np.concatenate([middle - half, middle + half])


def _grey(piece: Pixels, step: int) -> Pixels:
    grey = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
    if step > 1:
        grey = cv2.resize(grey, (grey.shape[1] // step, grey.shape[0] // step), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)
