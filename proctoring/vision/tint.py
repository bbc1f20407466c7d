"""The colour of a face and of what is behind it, and the light of a challenge put on a recorded candidate.

Skin is the inner part of the face's box, the background what lies beside the head. Both are plain means over thousands of pixels, in which
a camera's grain and a JPEG's steps vanish; leaving out what is no skin (eyes, mouth, hair) made the means noisier, not cleaner (measured).
"""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from proctoring.challenge.light import Tint
from proctoring.observations import Box
from proctoring.vision.models import Floats, Pixels

LEAST_SIDE = 20  # pixels
_NARROWEST = 0.04  # width of a strip of background, as a share of the picture
_STEP = 4  # of the background every so many pixels are enough
NEAR, BEHIND, BODY = 1.0, 0.15, 0.6  # how much of the screen's light reaches the face, the wall and the body
GAMMA = 2.2


def tint(picture: Pixels, face: Box) -> Tint | None:
    """Return the colours of skin and background; None where the face is too small for one."""
    height, width = picture.shape[:2]
    part = picture[_span(face.y + 0.05 * face.height, face.y + 0.95 * face.height, height), _span(*_inner(face), width)]
    if min(part.shape[:2]) < LEAST_SIDE:
        return None
    ground = _ground(picture, face)
    return Tint(skin=_rgb(_mean(part)), ground=None if ground is None else _rgb(ground))


def lit(picture: Pixels, face: Box | None, light: Sequence[float]) -> Pixels:
    """Return a picture in more light: `light` is what the screen adds to red, green and blue on the face, as shares of the room's light.

    Real light is added before the camera's curve, so the picture is taken through it and back. The face is lit most, the body less and the
    wall behind hardly, by soft masks. What is less than a grey level is dithered, as a camera's own grain does it.
    """
    reach = _reach(picture.shape[0], picture.shape[1], face)[..., None]
    added = 1 + reach * np.array(light[::-1], np.float32)  # BGR
    return np.asarray(np.clip(picture * added ** np.float32(1 / GAMMA) + _dither(picture.shape), 0, 255), np.uint8)


@cache
def _dither(shape: tuple[int, ...]) -> Floats:
    return np.asarray(np.random.default_rng(1).random(shape) * 0.999, np.float32)


def _reach(height: int, width: int, face: Box | None) -> Floats:
    reach = np.full((height, width), BEHIND, np.float32)
    if face is None:
        return reach
    x, y, across, down = face.x * width, face.y * height, face.width * width, face.height * height
    cv2.rectangle(reach, (int(x - 0.6 * across), int(y + 1.2 * down)), (int(x + 1.6 * across), height), BODY, -1)
    cv2.ellipse(reach, (int(x + across / 2), int(y + down / 2)), (int(0.62 * across), int(0.7 * down)), 0, 0, 360, NEAR, -1)
    return np.asarray(cv2.GaussianBlur(reach, (0, 0), max(1.0, across / 8)), np.float32)


def _mean(part: Pixels) -> Floats:
    return np.asarray(cv2.mean(part)[:3], np.float32)


def _ground(picture: Pixels, face: Box) -> Floats | None:
    height, width = picture.shape[:2]
    rows = slice(0, int(min(1.0, face.y + 0.9 * face.height) * height), _STEP)
    left, right = face.x - 0.45 * face.width, face.x + 1.45 * face.width
    strips = [picture[rows, _span(0.0, left, width)]] if left >= _NARROWEST else []
    strips += [picture[rows, _span(right, 1.0, width)]] if right <= 1 - _NARROWEST else []
    sizes = [strip.shape[0] * strip.shape[1] for strip in strips]
    if sum(sizes) == 0:
        return None
    means = [_mean(np.ascontiguousarray(strip[:, ::_STEP])) for strip in strips]
    return np.asarray(np.average(means, axis=0, weights=sizes), np.float32)


def _inner(face: Box) -> tuple[float, float]:
    return face.x + 0.1 * face.width, face.x + 0.9 * face.width


def _span(start: float, end: float, size: int) -> slice:
    return slice(int(max(0.0, start) * size), int(min(1.0, end) * size))


def _rgb(bgr: Floats) -> tuple[float, float, float]:
    return float(bgr[2]), float(bgr[1]), float(bgr[0])
