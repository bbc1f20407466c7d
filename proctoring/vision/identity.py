"""Whether this is the same face: an aligned chip, 128 numbers, a distance.

The network is dlib's; its chip is defined by five points of dlib's mean face. Measured on 120 pairs aligned this way: the same person is at
most .45 apart, different people at least .62; harder sets overlap slightly, so a person decides. A dark face is brought to good light
before it is described: darkness alone keeps nobody from being compared (docs/adr/0035-who-sits-in-the-dark.md).
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.vision import blocks, faces, light
from proctoring.vision.frame import Seen
from proctoring.vision.models import Floats, Network, Pixels

CHIP_SIDE = 150
_NUMBERS = 128
_UPPER, _GREY = 85, 128  # row of a chip below which a mask or a beard may lie, and what is put there
_UPPER_ALIKE = 0.42  # distance of two upper halves up to which it is the same face: other people's are at least .46 apart (ADR 40)
_ABSURD = 10.0  # each of the 128 numbers is within 1; what is no number is not below anything
DOUBT = 0.52  # above this distance the face is looked at again in every good frame
# A face that is turned, small, faint or covered further than this is not compared at all: it would accuse by its picture.
MOST_YAW, MOST_PITCH, LEAST_SIDE = 25.0, 28.0, 56.0
# Grey levels: what tells faces apart must stand out from the level or so that camera and JPEG are wrong by, whatever the light.
_LEAST_CONTRAST = 3.0
# Skin below this level (CIE L* of 255) and turned further than this is not compared: the mesh makes less of its turn, and one look in five
# is at somebody else's distance (docs/adr/0035-who-sits-in-the-dark.md).
_DARK, MOST_YAW_IN_THE_DARK = 64.0, 15.0
# Spread of a dark face's features in levels and as a share of its skin's: below both, haze before a window has swallowed them, and what is
# left is at somebody else's distance in a third of looks (docs/adr/0035-who-sits-in-the-dark.md).
_FEATURES, _OF_SKIN = 2.2, 0.10
_LIT = 110.0  # grey level (CIE L* of 255) of a face in good light; a darker one is brought there
_COVERED = 17.0  # colour distance (CIE a*, b*) between the upper and the lower face that a beard does not make and a veil does
# Times that the place between the eyes is lighter than the cheeks: under a dark cloth more than twice, in light and shade at most 1.7.
_VEILED = 1.9
_INNER = (slice(35, 130), slice(35, 115))  # of the chip: the face without hair and background
_SKIN = (slice(40, 90), slice(35, 115))  # where hardly anybody has a beard
_COARSE, _SHADE = 30, 2.4  # side of a chip made small, and of its pixels how far shade reaches
_PADDING = 0.25
# dlib's mean positions of: outer and inner corner of the eye on the image's right, the same on the left, base of the nose.
_MEAN_FACE = np.array(
    [(0.8595674595992, 0.2134981538014), (0.6460604764104, 0.2289674387677), (0.1205750620789, 0.2137274526848),
     (0.3340850613712, 0.2290642403242), (0.4901123135679, 0.6277975316475)], np.float64)  # fmt: skip
_MESH_POINTS = [263, 362, 33, 133, 2]
_TARGET = (_MEAN_FACE + _PADDING) / (2 * _PADDING + 1) * CHIP_SIDE


class IdentityReader:
    """Faces to descriptions: of the whole face 128 numbers, of an enrolled one as many again of its upper half."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def describe(self, face: Pixels) -> Floats | None:
        """Return the description of a chip in good light, None when the network gives none that can be compared."""
        found = np.asarray(self._network(as_batch(lit(face)))[0][0], np.float32)
        return found if (np.abs(found) < _ABSURD).all() else None

    def enrol(self, face: Pixels) -> Floats | None:
        """Return both descriptions of a chip, None when the network gives none that can be compared."""
        whole, upper = self.describe(face), self.describe(upper_half(face))
        return np.concatenate([whole, upper]) if whole is not None and upper is not None else None

    def compare(self, face: Pixels, enrolled: Sequence[Floats]) -> float | None:
        """Return how far a chip is from the enrolled face; under a mask or a new beard the upper halves say whether it is the same."""
        whole = self.describe(face)
        if whole is None:
            return None
        found = distance(whole, enrolled)
        if found <= DOUBT:
            return found
        upper = self.describe(upper_half(face))
        halves = [one[_NUMBERS:] for one in enrolled if len(one) == 2 * _NUMBERS]
        apart = distance(upper, halves) if upper is not None and halves else 1.0
        return apart if apart <= _UPPER_ALIKE else found


def as_batch(face: Pixels) -> Floats:
    """Return a chip as the network is fed: planes of red, green and blue, 0 to 255."""
    return np.ascontiguousarray(face[..., ::-1].transpose(2, 0, 1)[None], np.float32)


def upper_half(face: Pixels) -> Pixels:
    """Return a chip in good light with everything from under the eyes down made grey, so that nothing there tells anything."""
    half = lit(face).copy()
    half[_UPPER:] = _GREY
    return half


def fair_chip(picture: Pixels, seen: Seen) -> Pixels | None:
    """Return a face if it can fairly be recognised: towards us, large, lit, uncovered, and not pressed into blocks."""
    turned = abs(seen.head.yaw) > MOST_YAW or abs(seen.head.pitch) > MOST_PITCH
    left, top, right, bottom = seen.mesh.box
    height, width = picture.shape[:2]
    cropped = min(left, top) < 0 or right > width or bottom > height
    if seen.mesh.score < faces.CERTAIN or turned or cropped or min(right - left, bottom - top) < LEAST_SIDE:
        return None
    face = chip(picture, seen.mesh.points)
    skin = _skin(face)
    if skin < _DARK and (abs(seen.head.yaw) > MOST_YAW_IN_THE_DARK or _features(face) < min(_FEATURES, _OF_SKIN * skin)):
        return None
    return face if readable(face) and not blocks.pressed(picture, seen.mesh.box) else None


def chip(picture: Pixels, mesh: Floats) -> Pixels:
    """Return the face turned, scaled and centred as the network learnt it."""
    matrix = _similarity(mesh[_MESH_POINTS, :2].astype(np.float64), _TARGET)
    return np.asarray(cv2.warpAffine(picture, matrix, (CHIP_SIDE, CHIP_SIDE)), np.uint8)


def lit(face: Pixels) -> Pixels:
    """Return a dark chip as a longer exposure would have shown it, eyes and cheeks at good light; one that is light enough as it is."""
    return light.brought(face, _skin(face), _LIT)


def _skin(face: Pixels) -> float:
    """Return how light the skin of a chip is (CIE L*, 0–255)."""
    return light.level(light.lightness(face[_SKIN]))


def _features(face: Pixels) -> float:
    """Return the spread (CIE L*, 0–255) of what is larger than grain and smaller than shade, over the inner face of a chip."""
    coarse = cv2.resize(light.lightness(face), (_COARSE, _COARSE), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = (slice(part.start * _COARSE // CHIP_SIDE, part.stop * _COARSE // CHIP_SIDE) for part in _INNER)
    return float((coarse - cv2.GaussianBlur(coarse, (0, 0), _SHADE))[rows, columns].std())


def readable(face: Pixels) -> bool:
    """Say whether a chip shows enough to be compared: a faint or veiled face must not be called somebody else's, a dark one may."""
    if float(light.lightness(face[_INNER]).std()) < _LEAST_CONTRAST:
        return False
    bright = lit(face)
    brow, cheeks, mouth = (_colour(bright[part]) for part in (np.s_[40:60, 62:88], np.s_[68:88, 40:110], np.s_[100:130, 50:100]))
    veiled = float(brow[0]) > _VEILED * max(float(cheeks[0]), 1.0)
    return not veiled and float(np.linalg.norm(cheeks[1:] - mouth[1:])) <= _COVERED


def _colour(part: Pixels) -> Floats:
    """Return the median colour (CIE Lab)."""
    lab = cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return np.array([light.level(each) for each in lab.reshape(-1, 3).T], np.float32)


def distance(face: Floats, enrolled: Sequence[Floats]) -> float:
    """Return how far a face is from the nearest enrolled description of the candidate, by the first 128 numbers of both."""
    return round(min(float(np.linalg.norm(face[:_NUMBERS] - one[:_NUMBERS])) for one in enrolled), 4)


def _similarity(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> Floats:
    """Return the 2×3 rotation, scale and shift that best lays `source` on `target`: least squares, one division of complex numbers."""
    a, b = source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    a0, b0 = a - a.mean(), b - b.mean()
    turn = (np.conj(a0) @ b0) / max(float(np.vdot(a0, a0).real), 1e-9)
    shift = b.mean() - turn * a.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32)
