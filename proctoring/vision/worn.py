"""Things that people wear, drawn on a face by its mesh: for trying what they do to the eyes, never to be mistaken for people who wear them.

Each takes a picture and a face's 468 points (rows × columns × BGR; picture pixels) and returns a new picture. Places are given in the
face's own measure: across, -1 and 1 at the cheeks' edges; down, 0 at the top of the forehead and 1 at the chin. Flat drawings with folds,
light and soft edges: they have no thickness, throw no shadow, and do not slip.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.vision.models import Floats, Pixels

Worn = Callable[[Pixels, Floats], Pixels]
Colour = tuple[int, int, int]
Place = tuple[float, float]

_TOP, _CHIN, _CHEEKS = 10, 152, (234, 454)
_EYES = ((33, 133), (362, 263))
_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_LIDS = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
_NOSE_BASE, _NOSE_BRIDGE = 2, 197
_LIT = 150.0  # grey level of a face in good light


class Face:
    """The face's own measure in a picture."""

    def __init__(self, mesh: Floats, *, upright: bool = False) -> None:
        self._mesh = mesh
        self.points = np.asarray(mesh[:, :2], np.float32)
        self._origin, self._down = self.points[_TOP], self.points[_CHIN] - self.points[_TOP]
        self._across = (self.points[_CHEEKS[1]] - self.points[_CHEEKS[0]]) / 2
        # A turned face is narrower, what is worn around the head is not.
        least = 0.6 * float(np.linalg.norm(self._down))
        self._across *= max(1.0, least / max(float(np.linalg.norm(self._across)), 1e-6) * 0.62)
        if upright:
            self._down, self._across = np.array([0, self.height], np.float32), np.array([np.linalg.norm(self._across), 0], np.float32)
        self.middle = (self.points[_CHEEKS[0]] + self.points[_CHEEKS[1]]) / 2

    @property
    def height(self) -> float:
        """Return the pixels from forehead to chin."""
        return float(np.linalg.norm(self._down))

    def at(self, across: float, down: float) -> Floats:
        """Return a place as picture pixels."""
        foot = float((self.middle - self._origin) @ self._down) / float(self._down @ self._down)
        axis = self._origin + (self.middle - self._origin - foot * self._down)
        return np.asarray(axis + across * self._across + down * self._down, np.float32)

    def hanging(self) -> "Face":
        """Return this face's measure for what hangs straight down however the head is held."""
        return Face(self._mesh, upright=True)

    def outline(self, places: Sequence[Place], shape: tuple[int, ...]) -> Pixels:
        """Return the mask of a smooth closed line through places."""
        corners = np.stack([self.at(*place) for place in places])
        return _filled(_rounded(corners), shape)

    def hull(self, shape: tuple[int, ...], *, grown: float = 1.0) -> Pixels:
        """Return the mask of the face itself, grown around its middle."""
        middle = self.points.mean(axis=0)
        return _filled(cv2.convexHull(middle + (self.points - middle) * np.float32(grown)), shape)


def scarf(picture: Pixels, mesh: Floats, colour: Colour = (96, 60, 52)) -> Pixels:
    """Draw a scarf around head, neck and shoulders that leaves the face free."""
    face = Face(mesh)
    shape = picture.shape
    opening = face.hull(shape, grown=0.97) & ~face.outline([(-1.6, -0.9), (1.6, -0.9), (1.3, 0.06), (0, 0.0), (-1.3, 0.06)], shape)
    return _draped(picture, face, _headcloth(face, shape) & ~opening, colour)


def veil(picture: Pixels, mesh: Floats, colour: Colour = (40, 34, 34)) -> Pixels:
    """Draw a scarf and a veil that leaves only the eyes free."""
    face = Face(mesh)
    shape = picture.shape
    slit = face.outline([(-0.98, 0.16), (0, 0.13), (0.98, 0.16), (1.0, 0.34), (0.5, 0.42), (0, 0.40), (-0.5, 0.42), (-1.0, 0.34)], shape)
    return _draped(picture, face, _headcloth(face, shape) & ~slit, colour)


def turban(picture: Pixels, mesh: Floats, colour: Colour = (40, 70, 196)) -> Pixels:
    """Draw a turban: wraps that meet above the middle of the forehead."""
    face = Face(mesh)
    left = [(-1.06, 0.38), (-1.3, 0.06), (-1.4, -0.30), (-0.95, -0.64)]
    brow = [(0.78, 0.12), (0.30, -0.02), (0, -0.08), (-0.30, -0.02), (-0.78, 0.12)]
    wrapped = face.outline([*left, (0, -0.78), *((-across, down) for across, down in reversed(left)), *brow], picture.shape)
    folds = _stripes(picture.shape, face, lambda across, down: 5.5 * (down + 0.42 * np.abs(across)) + 0.3 * np.sin(3 * across))
    return _laid(picture, wrapped, _cloth(picture, face, colour, folds, depth=0.3))


def mask(picture: Pixels, mesh: Floats, colour: Colour = (214, 196, 160)) -> Pixels:
    """Draw a pleated mask over nose, mouth and chin, with its ear loops."""
    face = Face(mesh)
    bridge = face.points[_NOSE_BRIDGE]
    edge = [(0.92, 0.50), (0.86, 0.78), (0.5, 1.0), (0.16, 1.09), (-0.16, 1.09), (-0.5, 1.0), (-0.86, 0.78), (-0.92, 0.50), (-0.45, 0.46)]
    corners = np.stack([*(face.at(*place) for place in edge), bridge, face.at(0.45, 0.46)])
    drawn = picture.copy()
    for side in (-1, 1):
        for down, ear in ((0.52, 0.40), (0.78, 0.50)):
            _line(drawn, face.at(0.9 * side, down), face.at(1.08 * side, ear), (232, 232, 232), face.height / 70)
    pleats = _stripes(picture.shape, face, lambda across, down: 7.5 * down + 0.35 * across**2)
    return _laid(drawn, _filled(_rounded(corners), picture.shape), _cloth(picture, face, colour, pleats, depth=0.1))


def beard(picture: Pixels, mesh: Floats, colour: Colour = (26, 30, 38)) -> Pixels:
    """Draw a full beard with moustache around the lips."""
    face = Face(mesh)
    shape = picture.shape
    jaw = face.outline(
        [(-1.0, 0.40), (-0.84, 0.60), (-0.50, 0.64), (-0.30, 0.575), (0, 0.565), (0.30, 0.575), (0.50, 0.64), (0.84, 0.60), (1.0, 0.40),
         (1.05, 0.66), (0.9, 0.92), (0.55, 1.12), (0, 1.2), (-0.55, 1.12), (-0.9, 0.92), (-1.05, 0.66)], shape)  # fmt: skip
    lips = face.points[list(_LIPS)]
    below_nose = float((face.points[_NOSE_BASE] - face.points[_LIPS[5]])[1])
    hair = jaw & ~_filled(lips.mean(axis=0) + (lips - lips.mean(axis=0)) * np.float32(1.05), shape)
    strands = np.random.default_rng(5).normal(0, 1, shape[:2]).astype(np.float32)
    combed = np.asarray(cv2.GaussianBlur(strands, (0, 0), sigmaX=0.7, sigmaY=max(1.0, abs(below_nose) / 5)), np.float32)
    shade = 1 + 0.3 * combed / max(float(combed.std()), 1e-6)
    layer = np.asarray(np.array(colour, np.float32) * np.clip(shade, 0.3, 1.9)[..., None], np.float32)
    return _laid(picture, hair, layer, soft=face.height / 28, most=0.93)


def spectacles(picture: Pixels, mesh: Floats, colour: Colour = (30, 28, 26)) -> Pixels:
    """Draw spectacles whose glasses mirror a window over a good part of each eye."""
    face = Face(mesh)
    eyes = [face.points[list(corners)].mean(axis=0) for corners in _EYES]
    apart = float(np.linalg.norm(eyes[1] - eyes[0]))
    angle = float(np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1])))
    drawn, thick = picture.copy(), apart / 22
    for eye, side in zip(eyes, (-1, 1), strict=True):
        glass = np.zeros(picture.shape[:2], np.uint8)
        oval = ((float(eye[0]), float(eye[1] + 0.06 * apart)), (0.80 * apart, 0.62 * apart), angle)
        cv2.ellipse(glass, oval, 255, -1, cv2.LINE_AA)
        window = np.stack(
            [eye + apart * np.array(corner, np.float32) for corner in ((-0.30, -0.28), (0.06, -0.30), (0.20, 0.20), (-0.16, 0.24))]
        )
        drawn = _laid(
            drawn, _filled(window, picture.shape) & glass, np.full(picture.shape, (250, 244, 236), np.float32), soft=1.2, most=0.86
        )
        drawn = _laid(drawn, glass, np.full(picture.shape, (222, 214, 206), np.float32), soft=1.0, most=0.12)
        cv2.ellipse(drawn, oval, colour, max(1, round(thick)), cv2.LINE_AA)
        _line(drawn, eye + side * np.array([0.40 * apart, -0.04 * apart], np.float32), face.at(1.05 * side, 0.27), colour, thick)
    _line(drawn, eyes[0] + (eyes[1] - eyes[0]) * 0.38, eyes[1] - (eyes[1] - eyes[0]) * 0.38, colour, thick)
    return drawn


def dark_skin(picture: Pixels, mesh: Floats) -> Pixels:
    """Make the skin dark, wherever the picture has this face's skin colour: about a fifth of its light, warmer, highlights kept."""
    face = Face(mesh)
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    cheeks = face.hull(picture.shape, grown=0.75) > 0
    centre, spread = np.median(lab[cheeks], axis=0), np.array([40.0, 8.0, 9.0], np.float32)
    alike = np.exp(-((((lab - centre) / spread) ** 2).sum(axis=-1)))
    eyes = np.bitwise_or.reduce([_filled(face.points[list(lids)], picture.shape) for lids in _LIDS])
    inside = cv2.GaussianBlur(face.hull(picture.shape, grown=1.05) & ~eyes, (0, 0), face.height / 40).astype(np.float32) / 255
    reach = cv2.GaussianBlur(body(face, picture.shape), (0, 0), face.height / 12).astype(np.float32) / 255
    skin = np.clip(np.maximum(0.92 * inside, 1.8 * cv2.GaussianBlur(alike, (0, 0), 1.5) * reach), 0, 1)[..., None]
    light = (picture.astype(np.float32) / 255) ** 2.2
    darker = light * np.array([0.13, 0.17, 0.24], np.float32) + 0.22 * np.clip(light - 0.62, 0, 1)
    return _bytes(255 * (light * (1 - skin) + darker * skin) ** (1 / 2.2))


def _headcloth(face: Face, shape: tuple[int, ...]) -> Pixels:
    """Return the mask of a cloth around the head and down over the shoulders."""
    head = [(-1.36, 0.9), (-1.48, 0.35), (-1.32, -0.2), (-0.78, -0.52), (0, -0.60), (0.78, -0.52), (1.32, -0.2), (1.48, 0.35), (1.36, 0.9)]
    fall = [(-1.2, 0.5), (1.2, 0.5), (1.7, 1.35), (3.1, 1.75), (3.3, 2.6), (0, 3.3), (-3.3, 2.6), (-3.1, 1.75), (-1.7, 1.35)]
    return face.outline([*head, (0.9, 1.3), (-0.9, 1.3)], shape) | face.hanging().outline(fall, shape)


def broad(values: Floats, reach: float) -> Floats:
    """Return values blurred over `reach` pixels; an eighth of the pixels are enough for that."""
    height, width = values.shape[:2]
    coarse = cv2.resize(values, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(coarse, (0, 0), max(0.5, reach / 8))
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def body(face: Face, shape: tuple[int, ...]) -> Pixels:
    """Return the mask of head, neck, shoulders and chest."""
    head = face.outline([(-1.5, 0.4), (-1.3, -0.3), (0, -0.7), (1.3, -0.3), (1.5, 0.4), (1.1, 1.2), (-1.1, 1.2)], shape)
    chest = [(-1.0, 0.7), (1.0, 0.7), (1.3, 1.2), (3.3, 1.6), (3.8, 4), (-3.8, 4), (-3.3, 1.6), (-1.3, 1.2)]
    return head | face.hanging().outline(chest, shape)


def _draped(picture: Pixels, face: Face, where: Pixels, colour: Colour) -> Pixels:
    folds = _stripes(
        picture.shape, face, lambda across, down: 2.6 * np.hypot(across, 1.1 * (down - 0.35)) + 0.5 * np.sin(2.5 * across + down)
    )
    return _laid(picture, where, _cloth(picture, face, colour, folds, depth=0.2))


def _stripes(shape: tuple[int, ...], face: Face, phase: Callable[[Floats, Floats], npt.NDArray[np.floating]]) -> Floats:
    """Return waves between -1 and 1 over the picture; `phase` counts them at (across, down)."""
    columns, rows = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    right, down = face.at(1, 0) - face.at(0, 0), face.at(0, 1) - face.at(0, 0)
    origin = face.at(0, 0)
    back = np.linalg.inv(np.stack([right, down], axis=1))
    across = (columns - origin[0]) * back[0, 0] + (rows - origin[1]) * back[0, 1]
    below = (columns - origin[0]) * back[1, 0] + (rows - origin[1]) * back[1, 1]
    # Folds of real cloth are not evenly spaced.
    uneven = broad(np.random.default_rng(7).normal(0, 1, shape[:2]).astype(np.float32), face.height / 3)
    return np.asarray(np.sin(2 * np.pi * (phase(across, below) + 0.22 * uneven / max(float(uneven.std()), 1e-6))), np.float32)


def _cloth(picture: Pixels, face: Face, colour: Colour, folds: Floats, *, depth: float) -> Floats:
    """Return a cloth of one colour in the light that falls on this face, with folds and a weave."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    level = float(np.median(grey[face.hull(picture.shape) > 0])) / _LIT
    slope = broad(grey.astype(np.float32), face.height)
    weave = np.random.default_rng(3).normal(0, 0.03, grey.shape).astype(np.float32)
    across = np.clip(slope / max(float(slope.mean()), 1.0), 0.8, 1.2)
    shade = (1 + depth * folds + weave) * across * min(1.1, max(0.05, level))
    return np.asarray(np.array(colour, np.float32) * shade[..., None], np.float32)


def _laid(picture: Pixels, where: Pixels, layer: Floats, *, soft: float = 1.4, most: float = 1.0) -> Pixels:
    """Lay a layer over the picture inside a mask with soft edges."""
    share = np.asarray(cv2.GaussianBlur(where, (0, 0), max(soft, 0.3)), np.float32)[..., None] * np.float32(most / 255)
    return _bytes(np.asarray(picture * (1 - share) + layer * share, np.float32))


def _line(picture: Pixels, start: Floats, end: Floats, colour: Colour, thick: float) -> None:
    cv2.line(
        picture,
        (round(float(start[0])), round(float(start[1]))),
        (round(float(end[0])), round(float(end[1]))),
        colour,
        max(1, round(thick)),
        cv2.LINE_AA,
    )


def _filled(corners: Floats, shape: tuple[int, ...]) -> Pixels:
    where = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(where, [np.round(corners).astype(np.int32).reshape(-1, 1, 2)], 255)
    return where


def _rounded(corners: Floats) -> Floats:
    """Cut the corners of a closed line three times (Chaikin, Computer Graphics and Image Processing 3 (1974) 346)."""
    for _ in range(3):
        following = np.roll(corners, -1, axis=0)
        corners = np.stack([0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following], axis=1).reshape(-1, 2)
    return corners


def _bytes(picture: Floats) -> Pixels:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
