"""Whether a face still looks as it did when it was read, so that the reading may stand for a moment longer.

The whole face and the mouth are laid over the place where they were, moved by a pixel or two: their correlation hardly feels light, a
camera's grain or a swaying body, and falls when a head turns or lips open. Eyes are gaze.py's: they are followed. What it lets pass was
measured: docs/adr/0031-what-a-frame-costs.md. Pixels here are those of the half-size picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np

from proctoring.vision import crops, matching
from proctoring.vision.models import Floats, Pixels

FACE, MOUTH = 0.95, 0.9  # least correlation of each
_SLIP = 4  # pixels by which a calm face may have moved
# Points whose middle is the mouth, the first two being its corners; and how far around it is looked, in its own widths.
_MOUTH, _MOUTH_REACH = (78, 308, 13, 14), (0.6, 0.4)
_SMALLEST = (3, 5)  # rows and columns of a piece that still show anything
_FLAT = 2.0  # grey levels of spread below which there is nothing to compare

Edges: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One part of a face in grey, every `step`th pixel of it, where it was, and how alike it has to be."""

    grey: Pixels
    edges: Edges
    least: float
    step: int = 1

    def moved(self, now: Pixels) -> tuple[float, float] | None:
        """Return how far it has moved (pixels across and down) in a picture of the same size; None: it is not alike there or very near."""
        left, top, right, bottom = self.edges
        around = _smaller(_grey(now[top - _SLIP : bottom + _SLIP, left - _SLIP : right + _SLIP]), self.step)
        found = matching.best(around, self.grey)
        return (found.column * self.step - _SLIP, found.row * self.step - _SLIP) if found.likeness >= self.least else None


class Portrait:
    """A face as it was when it was read, from the small picture and the mesh (n × 2, its pixels); each piece is cut when first compared."""

    def __init__(self, *, small: Pixels, points: Floats) -> None:
        self._small, self._points = small, points

    def calm(self, now: Pixels) -> tuple[float, float] | None:
        """Return how far the face has moved (pixels across and down) if it and its mouth look as they did, there or very near, else None.

        The picture must be of the same size.
        """
        if now.shape != self._small.shape or self._face is None:
            return None
        moved = self._face.moved(now)
        return moved if moved is not None and self._mouth is not None and self._mouth.moved(now) is not None else None

    @cached_property
    def _face(self) -> _Piece | None:
        (left, top), (right, bottom) = crops.ends(self._points)
        return _piece(self._small, (left, top, right, bottom), FACE, step=2)

    @cached_property
    def _mouth(self) -> _Piece | None:
        return _piece(self._small, _around(self._points, _MOUTH, _MOUTH_REACH), MOUTH)


def _piece(picture: Pixels, box: Sequence[float], least: float, step: int = 1) -> _Piece | None:
    """Cut a box out of a picture; too small, too near the edge or flat, nothing can be told of it."""
    left, top, right, bottom = math.floor(box[0]), math.floor(box[1]), math.ceil(box[2]), math.ceil(box[3])
    height, width = picture.shape[:2]
    if min(left, top) < _SLIP or right + _SLIP > width or bottom + _SLIP > height:
        return None
    if bottom - top < _SMALLEST[0] * step or right - left < _SMALLEST[1] * step:
        return None
    grey = _smaller(_grey(picture[top:bottom, left:right]), step)
    if float(cv2.meanStdDev(grey)[1][0, 0]) < _FLAT:
        return None
    return _Piece(grey=grey, edges=(left, top, right, bottom), least=least, step=step)


def _around(points: Floats, numbers: tuple[int, ...], reach: tuple[float, float]) -> tuple[float, float, float, float]:
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
