"""Whether a face still looks as it did when it was read, so that the reading may stand for a moment longer.

The whole face, each eye and the mouth are laid over the place where they were, moved by a pixel or two: their correlation hardly feels
light, a camera's grain or a swaying body, and falls when a head turns, an eye glances, a lid closes or lips open. What it lets pass was
measured: docs/adr/0031-what-a-frame-costs.md. Pixels here are those of the half-size picture.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

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

Edges: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A face as it was when it was read: the small picture and the mesh (n × 2, its pixels); pieces are cut only to be compared."""

    small: Pixels
    points: Floats

    def calm(self, now: Pixels) -> bool:
        """Say whether the face looks as it did, there or very near, in a picture of the same size."""
        if now.shape != self.small.shape:
            return False
        if not _alike(self.small, now, self._face(), FACE, step=2):
            return False
        return all(_alike(self.small, now, box, least) for box, least in self._parts())

    def _face(self) -> Edges:
        flat = self.points.T.copy()
        (left, top), (right, bottom) = flat.min(axis=1).tolist(), flat.max(axis=1).tolist()
        return left, top, right, bottom

    def _parts(self) -> Iterator[tuple[Edges, float]]:
        for eye in _EYES:
            yield _around(self.points, eye, _EYE_REACH), EYE
        yield _around(self.points, _MOUTH, _MOUTH_REACH), MOUTH


def _alike(before: Pixels, after: Pixels, box: Edges, least: float, step: int = 1) -> bool:
    """Compare one box of two pictures, in grey; too small, too near the edge or flat, it cannot be told, which is not calm."""
    left, top, right, bottom = math.floor(box[0]), math.floor(box[1]), math.ceil(box[2]), math.ceil(box[3])
    height, width = before.shape[:2]
    if min(left, top) < _SLIP or right + _SLIP > width or bottom + _SLIP > height:
        return False
    if bottom - top < _SMALLEST[0] * step or right - left < _SMALLEST[1] * step:
        return False
    piece = _smaller(_grey(before[top:bottom, left:right]), step)
    if float(cv2.meanStdDev(piece)[1][0, 0]) < _FLAT:
        return False
    around = _smaller(_grey(after[top - _SLIP : bottom + _SLIP, left - _SLIP : right + _SLIP]), step)
    return float(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED).max()) >= least


def _around(points: Floats, numbers: tuple[int, ...], reach: tuple[float, float]) -> Edges:
    """Return the box around the middle of some points, whose first two say how wide they lie."""
    part = points[list(numbers)].tolist()
    x, y = (sum(each) / len(part) for each in zip(*part, strict=True))
    width = math.dist(part[0], part[1])
    across, down = reach[0] * width, reach[1] * width
    return x - across, y - down, x + across, y + down


def _grey(picture: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _smaller(grey: Pixels, step: int) -> Pixels:
    if step == 1:
        return grey
    return np.asarray(cv2.resize(grey, (grey.shape[1] // step, grey.shape[0] // step), interpolation=cv2.INTER_AREA), np.uint8)
