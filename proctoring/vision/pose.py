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


def head(mesh: Floats) -> Head:
    """Return the head's direction in degrees."""
    across = _unit((mesh[_LEVEL[:, 1]] - mesh[_LEVEL[:, 0]]).sum(axis=0))
    down = (mesh[_UPRIGHT[:, 1]] - mesh[_UPRIGHT[:, 0]]).sum(axis=0)
    down = _unit(down - across * float(down @ across))
    forward = -np.cross(across, down)  # out of the face; straight at the camera it is (0, 0, -1)
    return Head(
        yaw=_degrees(forward[0], -forward[2]),
        pitch=_degrees(-forward[1], float(np.hypot(forward[0], forward[2]))),
        roll=_degrees(across[1], across[0]),
    )


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _degrees(opposite: float, adjacent: float) -> float:
    return round(float(np.degrees(np.arctan2(opposite, adjacent))), 2)
