"""Whether the face that is followed may be another one than it was: it lost its place, its size, or its look.

A stranger who sits where the candidate sat is followed as if nothing had happened. A coarse picture of the face tells when to look who it
is, whatever share of the camera's picture the face takes; it says nothing about who that is.
"""

import math
from collections import deque

import cv2
import numpy as np

from proctoring.observations import Box
from proctoring.vision.faces import Mesh
from proctoring.vision.models import Floats
from proctoring.vision.quality import View

# Correlation of two looks at one face. Of people who stay 3 in 100 looks are less like the one before; of 40 strangers set in their place
# none was as much like them.
LIKE = 0.65
_SIDE = 12  # cells of the coarse picture, so that a pixel's shift of the box hardly counts
_KNOWN = 8


class Looks:
    """Fed with every face that was read; says whether it looks neither like the one before nor as the candidate is known to look."""

    def __init__(self) -> None:
        self._now: Floats | None = None
        self._known: deque[Floats] = deque(maxlen=_KNOWN)

    def strange(self, view: View, face: Box) -> bool:
        """Take in a face; say whether somebody else may sit there."""
        before, self._now = self._now, _coarse(view, face)
        return before is not None and all(float(np.vdot(one, self._now)) < LIKE for one in (before, *self._known))

    def recognised(self) -> None:
        """Remember the face that was taken in last: it is the candidate, who may turn away and back without being asked anew."""
        if self._now is not None:
            self._known.append(self._now)


def _coarse(view: View, face: Box) -> Floats:
    """Return a face in coarse cells, without its own light and contrast."""
    height, width = view.grey.shape
    top, left = min(height - 2, int(face.y * height)), min(width - 2, int(face.x * width))
    bottom, right = int((face.y + face.height) * height), int((face.x + face.width) * width)
    piece = view.grey[top : max(top + 2, bottom), left : max(left + 2, right)]
    cells = np.asarray(cv2.resize(piece, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    mean, spread = (float(each[0, 0]) for each in cv2.meanStdDev(cells))
    return (cells - np.float32(mean)) / np.float32(max(1.0, _SIDE * spread))


def lost(before: Mesh, now: Mesh) -> bool:
    """Say whether a mesh slid off: a face does not double or halve in a frame."""
    ratio = _side(now) / max(_side(before), 1e-6)
    return not 0.5 < ratio < 2.0


def jumped(before: Mesh, now: Mesh) -> bool:
    """Say whether the face is where it cannot have moved to."""
    return math.dist(_centre(now), _centre(before)) > 0.8 * _side(before)


def _centre(mesh: Mesh) -> tuple[float, float]:
    left, top, right, bottom = mesh.box
    return (left + right) / 2, (top + bottom) / 2


def _side(mesh: Mesh) -> float:
    left, top, right, bottom = mesh.box
    return max(right - left, bottom - top)
