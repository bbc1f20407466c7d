"""Whether a picture can be seen into at all. Never whether somebody behaves.

Black, or smooth and unlike the scene that was there before: the camera is covered. Dark and without a face: too dark. An empty bright
wall is smooth too; that is why the scene is remembered while the candidate is in it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.observations import Quality, Reason
from proctoring.vision.models import Floats, Pixels

BLACK = 18.0  # brightest hundredth of a picture, of 255
SMOOTH = 1.6  # steepest twentieth of a softened 160×120 picture, grey levels per pixel
DARK = 38.0  # brightest tenth
BLURRED = 12.0  # edge energy below which a picture without a face may merely be out of focus
UNLIKE = 22.0  # colour distance (CIE Lab) that light alone does not make
_WIDTH, _HEIGHT = 160, 120
_CELLS = (16, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture made small: its figures and its colours in coarse cells."""

    quality: Quality
    brightest: float
    bright: float
    steepness: float
    cells: Floats

    @property
    def smooth(self) -> bool:
        """Say whether there is no edge of any kind."""
        return self.steepness < SMOOTH


def view(picture: Pixels) -> View:
    """Measure a picture."""
    small = cv2.resize(picture, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), 2).astype(np.float32)
    slopes = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)) / 8
    low, bright, brightest = (float(value) for value in np.percentile(grey, [5, 90, 99]))
    coarse = cv2.resize(small, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    cells = np.asarray(cv2.cvtColor(coarse, cv2.COLOR_BGR2LAB), np.float32)
    quality = Quality(
        brightness=round(float(grey.mean()), 1),
        contrast=round(brightest - low, 1),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_32F).var()), 1),
    )
    steepness = float(np.percentile(slopes, 95))
    return View(quality=quality, brightest=brightest, bright=bright, steepness=steepness, cells=cells)


class Scene:
    """What stands behind the candidate, cell by cell, learnt from the frames in which a face is seen."""

    def __init__(self) -> None:
        self._cells: Floats | None = None

    def learn(self, seen: View) -> None:
        """Move slowly towards this view."""
        self._cells = seen.cells if self._cells is None else self._cells * np.float32(0.9) + seen.cells * np.float32(0.1)

    def unlike(self, seen: View) -> bool:
        """Say whether hardly any of the picture has the colour it had before; without a memory, yes."""
        if self._cells is None:
            return True
        return float(np.percentile(np.linalg.norm(seen.cells - self._cells, axis=-1), 25)) > UNLIKE


def covered(seen: View, scene: Scene) -> bool:
    """Say whether something lies over the lens."""
    return seen.brightest < BLACK or (seen.smooth and scene.unlike(seen))


def why_no_face(seen: View) -> Reason | None:
    """Return what keeps a face from being seen in this picture, if the picture itself is to blame."""
    if seen.bright < DARK:
        return Reason.TOO_DARK
    if seen.quality.sharpness < BLURRED and not seen.smooth:
        return Reason.BLURRED
    return None


def changed(before: View, now: View) -> float:
    """Return the share of cells whose colour moved: the cheap reason to look closer."""
    moved = np.linalg.norm(now.cells - before.cells, axis=-1) > 6.0
    return float(moved.mean())
