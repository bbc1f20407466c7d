"""Whether a face still looks as it did when it was read, so that the reading may stand for a moment longer.

The whole face, each eye and the mouth are laid over the place where they were, moved by a pixel or two: their correlation hardly feels
light, a camera's grain or a swaying body, and falls when a head turns, an eye glances, a lid closes or lips open. What it lets pass was
measured: docs/adr/0031-what-a-frame-costs.md. Pixels here are those of the half-size picture.
"""

from dataclasses import dataclass
from typing import Self

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
class _Piece:
    """One piece of a picture as it was, where it was, and how alike it must be."""

    grey: Pixels
    left: int
    top: int
    least: float
    step: int

    @classmethod
    def of(cls, small: Pixels, box: Floats, least: float, step: int = 1) -> Self | None:
        """Cut a box (left, top, right, bottom) out of a picture; None when it is too small, too near the edge or shows nothing."""
        left, top, right, bottom = (int(edge) for edge in (*np.floor(box[:2]), *np.ceil(box[2:])))
        height, width = small.shape[:2]
        if min(left, top) < _SLIP or right + _SLIP > width or bottom + _SLIP > height:
            return None
        grey = _grey(small[top:bottom, left:right], step)
        if grey.shape[0] < _SMALLEST[0] or grey.shape[1] < _SMALLEST[1] or float(grey.std()) < _FLAT:
            return None
        return cls(grey=grey, left=left, top=top, least=least, step=step)

    def alike(self, small: Pixels) -> bool:
        """Say whether it looks as it did, there or very near."""
        height, width = (side * self.step for side in self.grey.shape)
        around = small[self.top - _SLIP : self.top + height + _SLIP, self.left - _SLIP : self.left + width + _SLIP]
        return float(cv2.matchTemplate(_grey(around, self.step), self.grey, cv2.TM_CCOEFF_NORMED).max()) >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A face as it was when it was read; about four kilobytes."""

    shape: tuple[int, ...]
    pieces: tuple[_Piece, ...]

    @classmethod
    def of(cls, small: Pixels, mesh: Floats, scale: float) -> Self | None:
        """Remember the face of a mesh (points in a picture of which `small` is `scale`); None when it cannot be told whether it stirs."""
        points = mesh[:, :2] * np.float32(scale)
        face = np.concatenate([points.min(axis=0), points.max(axis=0)])
        pieces = [
            _Piece.of(small, face, FACE, step=2),
            *(_Piece.of(small, _around(points, eye, _EYE_REACH), EYE) for eye in _EYES),
            _Piece.of(small, _around(points, _MOUTH, _MOUTH_REACH), MOUTH),
        ]
        found = tuple(piece for piece in pieces if piece is not None)
        return cls(shape=small.shape, pieces=found) if len(found) == len(pieces) else None

    def calm(self, small: Pixels) -> bool:
        """Say whether the face is as it was, in a picture of the same size."""
        return small.shape == self.shape and all(piece.alike(small) for piece in self.pieces)


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
