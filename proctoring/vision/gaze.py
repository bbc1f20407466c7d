"""Where the eyes point: each iris against its own eye corners, on top of the head's direction.

A head pose alone is blind to a glance of the eyes. Directions are those of pose.py, in degrees.
"""

import math

import numpy as np

from proctoring.observations import Gaze, Head
from proctoring.vision import crops
from proctoring.vision.models import Floats, Network, Pixels

IRIS_SIDE = 64
EYE_PADDING = 2.3
# Outer and inner corner of each eye, in mesh numbers; the network knows one eye only, so the other is mirrored for it.
_IMAGE_LEFT, _IMAGE_RIGHT = (33, 133), (362, 263)
# Iris travel in eye widths at 90 degrees: an eyeball of 12 mm radius behind an opening of 30 mm.
_REACH = 0.4


class GazeReader:
    """The iris network on the eyes of a mesh."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, picture: Pixels, mesh: Floats, head: Head) -> Gaze:
        """Return where the eyes point; of a turned head only the nearer eye is asked."""
        eyes = [_IMAGE_LEFT, _IMAGE_RIGHT] if abs(head.yaw) < 20 else [_IMAGE_RIGHT if head.yaw < 0 else _IMAGE_LEFT]
        across, down = np.mean([self._offset(picture, mesh, corners) for corners in eyes], axis=0)
        return Gaze(across=round(head.yaw + _angle(across), 2), up=round(head.pitch - _angle(down), 2))

    def _offset(self, picture: Pixels, mesh: Floats, corners: tuple[int, int]) -> tuple[float, float]:
        """Return the iris centre from the middle of the eye, in eye widths, along and across the eye."""
        left, right = mesh[corners[0], :2], mesh[corners[1], :2]
        region = crops.around(np.stack([left, right]), start=0, end=1, scale=EYE_PADDING)
        piece = region.cut(picture, IRIS_SIDE)
        mirrored = corners == _IMAGE_RIGHT
        _, iris = self._network(crops.as_input(piece[:, ::-1] if mirrored else piece))
        centre = iris.reshape(5, 3)[:1, :2].copy()
        if mirrored:
            centre[0, 0] = IRIS_SIDE - centre[0, 0]
        # In the crop the eye lies level, its middle at the crop's middle.
        across, down = (centre[0] - IRIS_SIDE / 2) * EYE_PADDING / IRIS_SIDE
        return float(across), float(down)


def _angle(offset: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, offset / _REACH))))
