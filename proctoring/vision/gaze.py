"""Where the eyes point: each iris against its own eye corners, on top of the head's direction.

A head pose alone is blind to a glance of the eyes. Directions are those of pose.py, in degrees. The iris network is dear, so it is asked
again only when the eyes have stirred, are away from where they usually are, or a while has passed; of calm eyes, one at a time.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.observations import Gaze, Head
from proctoring.vision import crops
from proctoring.vision.costs import Costs
from proctoring.vision.crops import Region
from proctoring.vision.models import Floats, Network, Pixels

IRIS_SIDE = 64
EYE_PADDING = 2.3
REFRESH_S = 1.9  # the longest that a reading stands, a little under two seconds
# Outer and inner corner of each eye, in mesh numbers; the network knows one eye only, so the other is mirrored for it.
_IMAGE_LEFT, _IMAGE_RIGHT = (33, 133), (362, 263)
_EYES = (_IMAGE_LEFT, _IMAGE_RIGHT)
# Iris travel in eye widths at 90 degrees: an eyeball of 12 mm radius behind an opening of 30 mm.
_REACH = 0.4
_PATCH = 24
_STIRRED = 0.45  # mean difference of two eye patches, in their own contrast, that a still eye does not reach
_AWAY = 12.0  # degrees from where these eyes usually are
_USUAL_SHARE = 0.1


class GazeReader:
    """The iris network on one eye of a mesh."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def offset(self, picture: Pixels, mesh: Floats, corners: tuple[int, int]) -> Floats | None:
        """Return the iris centre from the middle of the eye, in eye widths along and across the eye; None when the network gives none."""
        piece = _region(mesh, corners).cut(picture, IRIS_SIDE)
        mirrored = corners == _IMAGE_RIGHT
        _, iris = self._network(crops.as_input(piece[:, ::-1] if mirrored else piece))
        centre = iris.reshape(5, 3)[0, :2].copy()
        if mirrored:
            centre[0] = IRIS_SIDE - centre[0]
        # In the crop the eye lies level, its middle at the crop's middle.
        found = np.asarray((centre - IRIS_SIDE / 2) * EYE_PADDING / IRIS_SIDE, np.float32)
        return found if np.isfinite(found).all() else None


@dataclass(slots=True)
class _Eye:
    """What was last read of one eye: the iris, how the eye looked then, and when."""

    offset: Floats
    patch: Floats
    at: float


class GazeKeeper:
    """One candidate's gaze, read as seldom as it can be."""

    def __init__(self, reader: GazeReader, costs: Costs) -> None:
        self._reader, self._costs = reader, costs
        self._eyes: dict[tuple[int, int], _Eye] = {}
        self._usual: Floats | None = None
        self._away = False

    def forget(self) -> None:
        """Another face may come: nothing that was read stands."""
        self._eyes.clear()

    def read(self, picture: Pixels, mesh: Floats, head: Head, at: float) -> Gaze | None:
        """Return where the eyes point; of a turned head only the nearer eye is asked."""
        asked = _EYES if abs(head.yaw) < 20 else (_IMAGE_RIGHT if head.yaw < 0 else _IMAGE_LEFT,)
        patches = {eye: _patch(picture, mesh, eye) for eye in asked}
        for eye in self._due(patches, at):
            with self._costs.of("iris"):
                offset = self._reader.offset(picture, mesh, eye)
            if offset is None:
                self._eyes.pop(eye, None)
            else:
                self._eyes[eye] = _Eye(offset, patches[eye], at)
        known = [self._eyes[eye].offset for eye in asked if eye in self._eyes]
        return self._gaze(np.mean(known, axis=0), head) if known else None

    def _due(self, patches: dict[tuple[int, int], Floats], at: float) -> list[tuple[int, int]]:
        """Return which eyes to read: all when they stir or are away, else the older one when it is time."""
        known = {eye: self._eyes[eye] for eye in patches if eye in self._eyes}
        stirred = any(float(np.abs(one.patch - patches[eye]).mean()) > _STIRRED for eye, one in known.items())
        if len(known) < len(patches) or stirred or self._away:
            return list(patches)
        if at - max(one.at for one in known.values()) < REFRESH_S:
            return []
        return [min(known, key=lambda eye: known[eye].at)]

    def _gaze(self, offset: Floats, head: Head) -> Gaze:
        here = np.array([head.yaw + _angle(float(offset[0])), head.pitch - _angle(float(offset[1]))], np.float32)
        self._away = self._usual is not None and float(np.abs(here - self._usual).max()) > _AWAY
        share = _USUAL_SHARE / 4 if self._away else _USUAL_SHARE
        self._usual = here if self._usual is None else self._usual + share * (here - self._usual)
        return Gaze(across=round(float(here[0]), 2), up=round(float(here[1]), 2))


def _region(mesh: Floats, corners: tuple[int, int]) -> Region:
    return crops.around(mesh[list(corners), :2], start=0, end=1, scale=EYE_PADDING)


def _patch(picture: Pixels, mesh: Floats, corners: tuple[int, int]) -> Floats:
    """Return the eye, level and small, in its own contrast."""
    grey = cv2.cvtColor(_region(mesh, corners).cut(picture, _PATCH), cv2.COLOR_BGR2GRAY)[_PATCH // 4 : -_PATCH // 4].astype(np.float32)
    return np.asarray((grey - grey.mean()) / max(float(grey.std()), 4.0), np.float32)


def _angle(offset: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, offset / _REACH))))
