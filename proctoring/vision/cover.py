"""Whether an eye is there to be read, or something lies over it: a bar, a hand, a dark glass.

The iris network draws an eye wherever it is asked to. On a covered one what it draws lies beside its place, and no iris stands out from
what is around it. The weights were solved on drawn covers and on the open eyes of 127 people; of people left out one frame in a thousand
is taken for covered, whether made up, looking aside or with closed eyes (docs/adr/0040-eyes-that-cannot-be-seen.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.vision import crops, light
from proctoring.vision.models import Floats, Pixels

UNREADABLE = 1.5  # log odds from which an eye's direction is not taken: of open eyes one in a hundred
_COVERED, _LEAST = 4.0, 0.0  # sum over both eyes from which both are covered, unless one of them is rather an eye
_GLARE = 1.6  # times that an eye is lighter than the bridge of the nose: a mirrored window, not a cover
_FAINT = 7.0  # grey levels of spread below which a face is too faint to tell an eye from a cover
_FEWEST = 2  # rows and columns that are looked at of a face, below which there is nothing to tell
_CLIP = 6.0
_LID = 16  # of the drawn points, the first: those of the lids
# Of an open eye: how far below its middle the iris is, how much darker the iris is than what is beside it (of the place's own contrast),
# how wide the lids are, how much contrast there is (of the face's), how far below the lids the iris is.
_USUAL = (-0.056, 0.847, 0.874, 0.702, -0.033)
_SPREAD = (0.046, 0.557, 0.047, 0.203, 0.024)
_EVEN, _SLOPE, _BEND = -5.73, (0.19, -0.82, -1.38, -1.13, 0), (0.13, 0, 0, 0.269, 0.149)
_CORE, _BRIDGE = np.s_[20:44, 14:50], np.s_[24:40, 56:64]  # rows and columns of an eye's crop, inner corner to the right
_LOOKED = np.s_[22:42, 16:48]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How unlike an open eye a crop is (log odds of being covered), and whether it is light itself that hides the eye."""

    unlike: float
    glare: bool

    @property
    def readable(self) -> bool:
        """Say whether a direction may be taken from it."""
        return self.unlike <= UNREADABLE and not self.glare


def covered(eyes: Sequence[Look]) -> bool:
    """Say whether something lies over both eyes of a face; light in spectacles is nothing that lies over them."""
    unlike = [eye.unlike for eye in eyes]
    return len(eyes) == 2 and sum(unlike) > _COVERED and min(unlike) > _LEAST and not any(eye.glare for eye in eyes)


def look(crop: Pixels, lids: Floats, iris: Floats, *, width: float, contrast: float, more: float = 1.0) -> Look:
    """Judge a square RGB crop around an eye of `width` pixels by what was drawn on it (n × 2 points each) and the face's own contrast.

    `more` is how many times as light as the face the crop was made.
    """
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
    across, down = zip(*lids[:_LID].tolist(), strict=True)
    below = (sum(down) / _LID - len(crop) / 2) / width
    middle = (float(iris[0, 1]) - len(crop) / 2) / width
    core = float(cv2.meanStdDev(grey[_CORE])[1][0, 0])
    darker = min(2.0, max(-1.0, _darker(grey, iris) / max(core, 1.0)))
    opening = (max(across) - min(across)) / width
    seen = middle, darker, opening, min(1.5, core / max(contrast * more, 1.0)), middle - below
    unlike = _EVEN + sum(map(_odds, seen, _USUAL, _SPREAD, _SLOPE, _BEND)) if contrast >= _FAINT else 0.0
    glare = light.level(grey[_LOOKED], 0.9) > _GLARE * max(1.0, light.level(grey[_BRIDGE]))
    return Look(unlike=round(unlike, 3), glare=glare)


def _odds(seen: float, usual: float, spread: float, slope: float, bend: float) -> float:
    """Return what one measure adds to the log odds."""
    odd = min(_CLIP, max(-_CLIP, (seen - usual) / spread))
    return slope * odd + bend * min(odd * odd, 25.0)


def _darker(grey: Pixels, iris: Floats) -> float:
    """Return by how many grey levels the iris is darker than what is to both sides of it."""
    x, y = iris[0].tolist()
    radius = max(2.0, sum(math.dist(edge, (x, y)) for edge in iris[1:].tolist()) / (len(iris) - 1))
    reach = 2.2 * radius
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    near = grey[top : max(top, int(y + reach) + 2), left : max(left, int(x + reach) + 2)]
    rows = np.arange(top - y, top - y + near.shape[0] - 0.5, dtype=np.float32)[:, None]
    columns = np.arange(left - x, left - x + near.shape[1] - 0.5, dtype=np.float32)
    far = rows * rows + columns * columns
    level = slice(max(0, math.ceil(y - radius) - top), max(0, math.ceil(y + radius) - top))
    if not near[level].size:
        return 0.0
    inside = cv2.inRange(far, 0.0, (0.8 * radius) ** 2)
    beside = cv2.inRange(far[level], (1.3 * radius) ** 2, reach * reach)
    return _mean(near[level], beside) - _mean(near, inside) if inside.any() and beside.any() else 0.0


def _mean(grey: Pixels, where: npt.NDArray[np.uint8]) -> float:
    return float(cv2.mean(grey, where)[0])


def levels_of(picture: Pixels, mesh: Floats) -> tuple[float, float]:
    """Return the spread of grey levels over a face, and the level that a tenth of its middle is above; one pixel in sixteen is enough."""
    (left, top, _), (right, bottom, _) = crops.ends(mesh)
    rows = picture[max(0, int(top)) : math.ceil(bottom) : 4, max(0, int(left)) : math.ceil(right)]
    height, width = rows.shape[0], math.ceil(rows.shape[1] / 4)
    if min(height, width) < _FEWEST:
        return 0.0, light.LIT
    grey = np.ascontiguousarray(cv2.cvtColor(rows, cv2.COLOR_BGR2GRAY)[:, ::4], np.uint8)  # of whole rows: single pixels are picked sooner
    middle = grey[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
    return float(cv2.meanStdDev(grey)[1][0, 0]), light.level(middle, light.BRIGHT)
