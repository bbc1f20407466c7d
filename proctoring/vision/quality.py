"""Whether a picture can be seen into at all. Never whether somebody behaves.

Black, or smooth and unlike the scene that was there before: the camera is covered. Dark and without a face: too dark. An empty bright
wall is smooth too; that is why the scene is remembered while the candidate is in it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.observations import Box, Quality, Reason
from proctoring.vision.models import Floats, Pixels

BLACK = 18.0  # brightest hundredth of a picture, of 255
SMOOTH = 1.6  # steepest twentieth of a softened 160×120 picture, grey levels per pixel
DARK = 38.0  # brightest tenth
BLURRED = 12.0  # edge energy below which a picture without a face may merely be out of focus
UNLIKE = 22.0  # colour distance (CIE Lab) that light alone does not make
_WIDTH, _HEIGHT = 160, 120
_CELLS = (32, 24)
_PIXELS = _WIDTH // _CELLS[0]
_SAME = 6.0  # colour distance within which a cell has not changed
_STILL = 0.6  # share of unchanged cells that means the same body sits there
_FEWEST = 12
_ALIKE = 0.75  # correlation from which a piece of the picture is the chest that was seen before
_TEXTURE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture made small: its figures and its colours in coarse cells."""

    quality: Quality
    brightest: float
    bright: float
    steepness: float
    cells: Floats
    grey: Pixels

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
    low, bright, brightest = (float(value) for value in np.percentile(grey[::2, ::2], [5, 90, 99]))
    coarse = cv2.resize(small, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    cells = np.asarray(cv2.cvtColor(coarse, cv2.COLOR_BGR2LAB), np.float32)
    quality = Quality(
        brightness=round(float(grey.mean()), 1),
        contrast=round(brightest - low, 1),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_32F).var()), 1),
    )
    steepness = float(np.percentile(slopes[::2, ::2], 95))
    return View(quality=quality, brightest=brightest, bright=bright, steepness=steepness, cells=cells, grey=np.asarray(grey, np.uint8))


class Scene:
    """What the room and the candidate look like, cell by cell, learnt from the frames in which a face is seen."""

    def __init__(self) -> None:
        self._cells: Floats | None = None
        self._body: tuple[slice, slice] = (slice(0), slice(0))
        self._latest: View | None = None

    def learn(self, seen: View, face: Box) -> None:
        """Move slowly towards this view, and remember where the body below the face is."""
        self._cells = seen.cells if self._cells is None else self._cells * np.float32(0.9) + seen.cells * np.float32(0.1)
        self._latest, self._body = seen, _below(face)

    def body_still_there(self, seen: View) -> bool:
        """Say whether the place below the last face looks as it did: somebody who turned, bent or veiled has not gone."""
        if self._latest is None:
            return False
        moved = np.linalg.norm(seen.cells[self._body] - self._latest.cells[self._body], axis=-1)
        still = moved.size >= _FEWEST and float((moved < _SAME).mean()) >= _STILL
        return still or (moved.size >= _FEWEST and self._body_elsewhere(seen, self._latest.grey))

    def _body_elsewhere(self, seen: View, before: Pixels) -> bool:
        """Say whether the same chest is in the picture, moved."""
        rows, columns = (slice(part.start * _PIXELS, part.stop * _PIXELS) for part in self._body)
        chest = before[rows, columns]
        if chest.std() < _TEXTURE:
            return False
        return float(cv2.matchTemplate(seen.grey, chest, cv2.TM_CCOEFF_NORMED).max()) >= _ALIKE

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
    moved = np.linalg.norm(now.cells - before.cells, axis=-1) > _SAME
    return float(moved.mean())


def _below(face: Box) -> tuple[slice, slice]:
    """Return the cells of shoulders and chest: as wide as two faces, from under the chin down."""
    columns, rows = _CELLS
    left, right = face.x - face.width / 2, face.x + 1.5 * face.width
    top, bottom = face.y + 1.2 * face.height, face.y + 2.6 * face.height
    return (
        slice(max(0, round(top * rows)), max(0, min(rows, round(bottom * rows)))),
        slice(max(0, round(left * columns)), max(0, min(columns, round(right * columns)))),
    )
