"""Where a piece of one picture lies in another, to a part of a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.vision.models import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How alike the likeliest place is (correlation, -1 to 1), and its left upper corner."""

    likeness: float
    column: float
    row: float


def best(around: Pixels, piece: Pixels) -> Match:
    """Return where a grey piece most likely lies in a grey picture that is no smaller; brighter or darker makes no difference."""
    likeness = np.asarray(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED), np.float32)
    _, most, _, (column, row) = cv2.minMaxLoc(likeness)
    return Match(likeness=most, column=_top(likeness[row].tolist(), column), row=_top(likeness[:, column].tolist(), row))


def _top(values: Sequence[float], place: int) -> float:
    """Return where between its neighbours the greatest value would be: the top of a parabola through the three."""
    if not 0 < place < len(values) - 1:
        return float(place)
    before, most, after = values[place - 1 : place + 2]
    return place + (before - after) / (2 * min(before - 2 * most + after, -1e-9))
