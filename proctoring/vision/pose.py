"""Which way the head points, from the mesh alone.

Angles are as the picture is stored: yaw > 0 towards the image's right, pitch > 0 upwards, roll > 0 clockwise. They carry a constant offset
for each face and camera, which the candidate's own baseline takes out.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from proctoring.observations import Head
from proctoring.vision.models import Floats

# The points that are fitted, what each counts for, and where it lies on the mean face: across, down and away from the camera, in distances
# of the outer eye corners. The mean is of this network's meshes, each turned straight by MediaPipe's matrix; the weights are near those of
# MediaPipe's own fit. Both are from 812 pictures of about sixty people who are in no test (docs/adr/0031-what-a-frame-costs.md).
_FACE = np.array(
    [
        (4, 0.110, 0.000, 0.005, -0.435),  # tip of the nose
        (6, 0.038, 0.000, -0.285, -0.226),  # its bridge
        (33, 0.135, -0.499, -0.329, 0.065),  # outer eye corners
        (263, 0.135, 0.499, -0.329, 0.065),
        (121, 0.024, -0.195, -0.191, -0.065),  # beside the nose, below the eyes
        (350, 0.024, 0.195, -0.191, -0.065),
        (129, 0.074, -0.222, 0.063, -0.118),  # wings of the nose
        (358, 0.074, 0.222, 0.063, -0.118),
        (133, 0.043, -0.191, -0.311, 0.005),  # inner eye corners
        (362, 0.043, 0.191, -0.311, 0.005),
        (136, 0.091, -0.560, 0.705, 0.305),  # jaw
        (365, 0.091, 0.560, 0.705, 0.305),
        (143, 0.020, -0.705, -0.276, 0.218),  # temples
        (372, 0.020, 0.705, -0.276, 0.218),
        (205, 0.038, -0.431, 0.111, -0.071),  # cheeks
        (425, 0.038, 0.431, 0.111, -0.071),
    ]
)
_POINTS, _WEIGHTS, _PLACES = _FACE[:, 0].astype(np.intp), _FACE[:, 1], _FACE[:, 2:]
_MEAN_FACE = ((_PLACES - np.average(_PLACES, axis=0, weights=_WEIGHTS)) * _WEIGHTS[:, None]).T

# The mesh is drawn as from infinitely far away; MediaPipe's face geometry places it before a camera with this field from top to bottom.
_FIELD = 63.0
# Inner lips: upper, lower, corners. Each eye: upper lid, lower lid, corners.
_OPENINGS = np.array([13, 14, 78, 308, 159, 145, 33, 133, 386, 374, 362, 263])


def openings(mesh: Floats) -> tuple[float, float]:
    """Return how high over their width the mouth (about 0 when closed) and both eyes in the mean (.2 to .4 when open) are open."""
    points = mesh.take(_OPENINGS, axis=0).tolist()
    mouth, left, right = (_opening(*points[at : at + 4]) for at in (0, 4, 8))
    return round(mouth, 3), round((left + right) / 2, 3)


def _opening(upper: Sequence[float], lower: Sequence[float], left: Sequence[float], right: Sequence[float]) -> float:
    """Return a ratio that a turned head does not change much: depth is part of the width."""
    return math.dist(upper, lower) / max(math.dist(left, right), 1e-6)


def head(mesh: Floats, shape: tuple[int, ...] | None = None) -> Head:
    """Return the head's direction in degrees, in a picture of this shape (rows, columns); without one, as seen from where the head is."""
    places = mesh.take(_POINTS, axis=0)
    if shape is not None:
        places = _before_a_camera(places, shape)
    # The turn that brings the mean face nearest to this one (orthogonal Procrustes, Schönemann, Psychometrika 31 (1966) 1).
    _, start, end = cv2.SVDecomp(_MEAN_FACE @ places)
    across, down, _ = (start @ end).tolist()
    # Out of the face: the cross product of down and across; straight at the camera it is (0, 0, -1).
    x, y, z = (down[(i + 1) % 3] * across[(i + 2) % 3] - down[(i + 2) % 3] * across[(i + 1) % 3] for i in range(3))
    return Head(
        yaw=round(_degrees(x, -z), 2),
        pitch=round(_degrees(-y, math.hypot(x, z)), 2),
        roll=round(_degrees(across[1], across[0]), 2),
    )


def _before_a_camera(places: Floats, shape: tuple[int, ...]) -> Floats:
    """Return points of the mesh where lines of sight meet them: what is farther away lies farther from the middle of the picture."""
    rows, columns = shape[:2]
    focal = rows / 2 / math.tan(math.radians(_FIELD / 2))
    places -= np.array((columns / 2, rows / 2, 0), np.float32)
    places[:, :2] *= 1 + places[:, 2:] / np.float32(focal)
    return places


def _degrees(opposite: float, adjacent: float) -> float:
    return math.degrees(math.atan2(opposite, adjacent))
