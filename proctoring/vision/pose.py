"""Which way the head points, from the mesh alone.

Angles are as the picture is stored: yaw > 0 towards the image's right, pitch > 0 upwards, roll > 0 clockwise. They carry a constant offset
for each face and camera, which the candidate's own baseline takes out.
"""

import math
from collections.abc import Sequence

import numpy as np

from proctoring.observations import Head
from proctoring.vision.models import Floats

# Pairs of mesh points that lie level on a face: temples, cheeks, outer eye corners, mouth corners.
_LEVEL = np.array([(127, 356), (234, 454), (33, 263), (61, 291)])
# And pairs that lie above each other: forehead and chin, between the brows and below the lip.
_UPRIGHT = np.array([(10, 152), (9, 200), (151, 175)])
# The sum over each kind of pairs, and the middle of all points, as weights of the points.
_SUMS = np.zeros((3, 468), np.float32)
for _row, _pairs in enumerate((_LEVEL, _UPRIGHT)):
    np.add.at(_SUMS[_row], _pairs[:, 1], 1)
    np.add.at(_SUMS[_row], _pairs[:, 0], -1)
_SUMS[2] = 1 / 468

# The mesh is drawn as from infinitely far away; MediaPipe's face geometry places it before a camera with this field from top to bottom.
# This share of the angle off the axis, fitted to its pose matrices (tests/proctoring/vision/test_landmarks.py), is part of the pose.
_FIELD, _OFF_AXIS = 63.0, 0.25
# Inner lips: upper, lower, corners. Each eye: upper lid, lower lid, corners.
_MOUTH = (13, 14, 78, 308)
_EYES = ((159, 145, 33, 133), (386, 374, 362, 263))


def mouth_open(mesh: Floats) -> float:
    """Return the height of the mouth's opening over its width: about 0 when closed."""
    return round(_opening(mesh, _MOUTH), 3)


def eyes_open(mesh: Floats) -> float:
    """Return the height of the eyes' opening over its width, the mean of both: about 0 when closed, .2 to .4 when open."""
    return round(sum(_opening(mesh, eye) for eye in _EYES) / 2, 3)


def _opening(mesh: Floats, points: tuple[int, int, int, int]) -> float:
    """Return a ratio that a turned head does not change much: depth is part of the width."""
    upper, lower, left, right = mesh[list(points)].tolist()
    return math.dist(upper, lower) / max(math.dist(left, right), 1e-6)


def head(mesh: Floats, shape: tuple[int, ...] | None = None) -> Head:
    """Return the head's direction in degrees, in a picture of this shape (rows, columns); without one, as seen from where the head is."""
    along, upright, middle = (_SUMS @ mesh).tolist()
    across = _unit(along)
    leaning = sum(a * b for a, b in zip(across, upright, strict=True))
    down = _unit([each - leaning * side for each, side in zip(upright, across, strict=True)])
    # Out of the face: the cross product of down and across; straight at the camera it is (0, 0, -1).
    x, y, z = (down[(i + 1) % 3] * across[(i + 2) % 3] - down[(i + 2) % 3] * across[(i + 1) % 3] for i in range(3))
    right, up = _off_axis(middle, shape) if shape is not None else (0.0, 0.0)
    return Head(
        yaw=round(_degrees(x, -z) - _OFF_AXIS * right, 2),
        pitch=round(_degrees(-y, math.hypot(x, z)) - _OFF_AXIS * up, 2),
        roll=round(_degrees(across[1], across[0]), 2),
    )


def _off_axis(middle: Sequence[float], shape: tuple[int, ...]) -> tuple[float, float]:
    """Return where the middle of a face is, in degrees to the right and up from the middle of the picture."""
    rows, columns = shape[:2]
    focal = rows / 2 / math.tan(math.radians(_FIELD / 2))
    return _degrees(middle[0] - columns / 2, focal), _degrees(rows / 2 - middle[1], focal)


def _unit(vector: Sequence[float]) -> list[float]:
    length = max(math.hypot(*vector), 1e-9)
    return [each / length for each in vector]


def _degrees(opposite: float, adjacent: float) -> float:
    return math.degrees(math.atan2(opposite, adjacent))
