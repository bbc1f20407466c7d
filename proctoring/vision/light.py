"""Dark pictures as a longer exposure would have shown them. What the dark has swallowed does not come back, and its grain grows with it."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.vision.models import Pixels

# Level, 0–255, than which a tenth of a face is brighter: one below the first is brought to the second before a network reads it
# (docs/adr/0035-who-sits-in-the-dark.md). What is lighter is left alone, and so are bright eyes above a dark veil.
DARK, LIT, BRIGHT = 80.0, 190.0, 0.9


def brought(picture: Pixels, seen: float, wanted: float) -> Pixels:
    """Return a picture whose lightness is `seen` as if it were `wanted` (both 0–255); one that is light enough as it is."""
    return picture if seen >= wanted else times(picture, wanted / max(seen, 1.0))


def needed(seen: float, haze: float = 0.0) -> float:
    """Return how many times more light a face of this level needs, the lens's `haze` taken away; 1 if it is light enough."""
    return LIT / max(seen - haze, 1.0) if seen < DARK else 1.0


def times(picture: Pixels, more: float, *, haze: float = 0.0) -> Pixels:
    """Return a picture as with more light, so many times brighter; by 1 as it is.

    `haze` is the level that the lens's own stray light has everywhere: it is taken away first.
    """
    if more == 1.0:
        return picture
    # Levels follow light by a power law (gamma), so that more light multiplies them all by one number.
    clear = np.maximum(picture, np.uint8(haze)) if haze else picture
    return np.asarray(cv2.convertScaleAbs(clear, alpha=more, beta=-more * int(haze)), np.uint8)


def level(values: npt.NDArray[Any], share: float = 0.5) -> float:
    """Return the level below which a share of the values lies, the median if left out; a good deal faster than asking for it."""
    place = int(share * (values.size - 1))
    return float(np.partition(values, place, axis=None)[place])


def levels(values: npt.NDArray[Any], shares: Sequence[float]) -> list[float]:
    """Return the levels below which these shares of the values lie."""
    places = [int(share * (values.size - 1)) for share in shares]
    return [float(each) for each in np.partition(values, places, axis=None)[places]]


def lightness(picture: Pixels) -> Pixels:
    """Return L* of every pixel, 0–255."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)[..., 0], np.uint8)
