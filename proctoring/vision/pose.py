"""Which way the head points, from the mesh alone.

Angles are as the picture is stored: yaw > 0 towards the image's right, pitch > 0 upwards, roll > 0 clockwise. They carry a constant offset
for each face and camera, which the candidate's own baseline takes out.
"""

import numpy as np

from proctoring.observations import Head
from proctoring.vision.models import Floats

# Pairs of mesh points that lie level on a face: temples, cheeks, outer eye corners, mouth corners.
_LEVEL = np.array([(127, 356), (234, 454), (33, 263), (61, 291)])
# And pairs that lie above each other: forehead and chin, between the brows and below the lip.
_UPRIGHT = np.array([(10, 152), (9, 200), (151, 175)])


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
    upper, lower, left, right = (mesh[point] for point in points)
    return float(np.linalg.norm(lower - upper) / max(float(np.linalg.norm(right - left)), 1e-6))


def head(mesh: Floats, shape: tuple[int, ...] | None = None) -> Head:
    """Return the head's direction in degrees, in a picture of this shape (rows, columns); without one, as seen from where the head is."""
    across = _unit((mesh[_LEVEL[:, 1]] - mesh[_LEVEL[:, 0]]).sum(axis=0))
    down = (mesh[_UPRIGHT[:, 1]] - mesh[_UPRIGHT[:, 0]]).sum(axis=0)
    down = _unit(down - across * float(down @ across))
    forward = -np.cross(across, down)  # out of the face; straight at the camera it is (0, 0, -1)
    right, up = _off_axis(mesh, shape) if shape is not None else (0.0, 0.0)
    return Head(
        yaw=round(_degrees(forward[0], -forward[2]) - _OFF_AXIS * right, 2),
        pitch=round(_degrees(-forward[1], float(np.hypot(forward[0], forward[2]))) - _OFF_AXIS * up, 2),
        roll=round(_degrees(across[1], across[0]), 2),
    )


def _off_axis(mesh: Floats, shape: tuple[int, ...]) -> tuple[float, float]:
    """Return where the face is, in degrees to the right and up from the middle of the picture."""
    rows, columns = shape[:2]
    focal = rows / 2 / np.tan(np.radians(_FIELD / 2))
    x, y = (float(value) for value in mesh[:, :2].mean(axis=0))
    return _degrees(x - columns / 2, focal), _degrees(rows / 2 - y, focal)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _degrees(opposite: float, adjacent: float) -> float:
    return float(np.degrees(np.arctan2(opposite, adjacent)))
