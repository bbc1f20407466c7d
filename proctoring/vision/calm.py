"""Whether a face still looks as it did when it was read, so that the reading may stand for a moment longer.

The whole face, each eye and the mouth are laid over the place where they were, moved by a pixel or two: their correlation hardly feels
light, a camera's grain or a swaying body, and falls when a head turns, an eye glances, a lid closes or lips open. What it lets pass was
measured: docs/adr/0031-what-a-frame-costs.md. Pixels here are those of the half-size picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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

Edges: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One part of a face in grey, every `step`th pixel of it, where it was, and how alike it has to be."""

    grey: Pixels
    edges: Edges
    least: float
    step: int = 1

    def moved(self, now: Pixels, left: int, top: int) -> tuple[float, float] | None:
        """Return how far it has moved (pixels across and down) in a grey picture that begins at `left` and `top`; None: it is not alike."""
        rows = slice(self.edges[1] - _SLIP - top, self.edges[3] + _SLIP - top)
        columns = slice(self.edges[0] - _SLIP - left, self.edges[2] + _SLIP - left)
        likeness = np.asarray(cv2.matchTemplate(_smaller(now[rows, columns], self.step), self.grey, cv2.TM_CCOEFF_NORMED), np.float32)
        _, most, _, (column, row) = cv2.minMaxLoc(likeness)
        if not most >= self.least:
            return None
        return _between(likeness[row], column) * self.step - _SLIP, _between(likeness[:, column], row) * self.step - _SLIP


class Portrait:
    """A face as it was when it was read, from the small picture and the mesh (n × 2, its pixels); pieces are cut when first compared."""

    def __init__(self, *, small: Pixels, points: Floats) -> None:
        self._shape, self._read = small.shape, (small, points)

    def calm(self, now: Pixels) -> tuple[float, float] | None:
        """Return how far the face has moved (pixels across and down) if it looks as it did, there or very near; None if it does not.

        The picture must be of the same size.
        """
        if now.shape != self._shape or not self._pieces:
            return None
        left, top = (min(piece.edges[side] for piece in self._pieces) - _SLIP for side in (0, 1))
        right, bottom = (max(piece.edges[side] for piece in self._pieces) + _SLIP for side in (2, 3))
        grey = _grey(now[top:bottom, left:right])
        moved = self._pieces[0].moved(grey, left, top)
        return moved if moved is not None and all(piece.moved(grey, left, top) is not None for piece in self._pieces[1:]) else None

    @cached_property
    def _pieces(self) -> Sequence[_Piece]:
        """Cut the face, both eyes and the mouth; nothing, when one of them cannot be told."""
        small, points = self._read
        del self._read  # the picture is large
        flat = points.T.copy()
        (left, top), (right, bottom) = flat.min(axis=1).tolist(), flat.max(axis=1).tolist()
        parts = [_piece(small, (left, top, right, bottom), FACE, step=2)]
        parts += [_piece(small, _around(points, eye, _EYE_REACH), EYE) for eye in _EYES]
        parts.append(_piece(small, _around(points, _MOUTH, _MOUTH_REACH), MOUTH))
        pieces = [part for part in parts if part is not None]
        return pieces if len(pieces) == len(parts) else ()


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


def _between(values: Floats, place: int) -> float:
    """Return where the greatest of some values would be between two places: the top of a parabola through it and its neighbours."""
    if not 0 < place < len(values) - 1:
        return float(place)
    before, most, after = map(float, values[place - 1 : place + 2])
    return place + (before - after) / (2 * min(before - 2 * most + after, -1e-9))


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
