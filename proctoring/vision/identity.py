"""Whether this is the same face: an aligned chip, 128 numbers, a distance.

The network is dlib's; its chip is defined by five points of dlib's mean face. Measured on 120 pairs aligned this way: the same person is at
most .45 apart, different people at least .62; harder sets overlap slightly, so a person decides.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.vision.models import Floats, Network, Pixels

CHIP_SIDE = 150
DOUBT = 0.52  # above this distance the face is looked at again in every good frame
# A face that is turned, small, dark or covered further than this is not compared at all: it would accuse by its picture.
MOST_YAW, MOST_PITCH, LEAST_SIDE = 25.0, 28.0, 56.0
_LEAST_LIGHT, _LEAST_CONTRAST = 45.0, 12.0
_COVERED = 17.0  # colour distance (CIE a*, b*) between the upper and the lower face that a beard does not make and a veil does
_PADDING = 0.25
# dlib's mean positions of: outer and inner corner of the eye on the image's right, the same on the left, base of the nose.
_MEAN_FACE = np.array(
    [(0.8595674595992, 0.2134981538014), (0.6460604764104, 0.2289674387677), (0.1205750620789, 0.2137274526848),
     (0.3340850613712, 0.2290642403242), (0.4901123135679, 0.6277975316475)], np.float64)  # fmt: skip
_MESH_POINTS = [263, 362, 33, 133, 2]
_TARGET = (_MEAN_FACE + _PADDING) / (2 * _PADDING + 1) * CHIP_SIDE


class IdentityReader:
    """Faces to 128-number descriptions."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def describe(self, face: Pixels) -> Floats | None:
        """Return the description of a chip, None when the network gives none that can be compared."""
        piece = face[..., ::-1].astype(np.float32)
        batch = np.ascontiguousarray(piece.transpose(2, 0, 1)[None])
        found = np.asarray(self._network(batch)[0][0], np.float32)
        return found if np.isfinite(found).all() else None


def chip(picture: Pixels, mesh: Floats) -> Pixels:
    """Return the face turned, scaled and centred as the network learnt it."""
    matrix = _similarity(mesh[_MESH_POINTS, :2].astype(np.float64), _TARGET)
    return np.asarray(cv2.warpAffine(picture, matrix, (CHIP_SIDE, CHIP_SIDE)), np.uint8)


def readable(face: Pixels) -> bool:
    """Say whether a chip is lit well enough and shows the lower face: a dark or veiled face must not be called somebody else's."""
    lab = cv2.cvtColor(face.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    inner = lab[35:130, 35:115]
    light = inner[..., 0] * 2.55
    upper, lower = np.median(lab[68:88, 40:110, 1:], axis=(0, 1)), np.median(lab[100:130, 50:100, 1:], axis=(0, 1))
    lit = float(np.median(light)) >= _LEAST_LIGHT and float(light.std()) >= _LEAST_CONTRAST
    return lit and float(np.linalg.norm(upper - lower)) <= _COVERED


def distance(face: Floats, enrolled: Sequence[Floats]) -> float:
    """Return how far a face is from the nearest enrolled description of the candidate."""
    return round(min(float(np.linalg.norm(face - one)) for one in enrolled), 4)


def _similarity(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> Floats:
    """Return the 2×3 rotation, scale and shift that best lays `source` on `target`: least squares, one division of complex numbers."""
    a, b = source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    a0, b0 = a - a.mean(), b - b.mean()
    turn = (np.conj(a0) @ b0) / max(float(np.vdot(a0, a0).real), 1e-9)
    shift = b.mean() - turn * a.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32)
