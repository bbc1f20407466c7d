"""Square, turned pieces of a picture: what the networks are fed, and the way back from their coordinates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.vision.models import Floats, Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A square in picture pixels, turned by `angle` radians (clockwise on the screen)."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def cut(self, picture: Pixels, size: int) -> Pixels:
        """Return the region as size × size pixels; what lies outside the picture is black."""
        return np.asarray(cv2.cvtColor(self._in_four_bytes(picture, size), cv2.COLOR_BGRA2BGR), np.uint8)

    def cut_rgb(self, picture: Pixels, size: int) -> Pixels:
        """Return the same with red first, as networks want it."""
        return np.asarray(cv2.cvtColor(self._in_four_bytes(picture, size), cv2.COLOR_BGRA2RGB), np.uint8)

    def cut_grey(self, picture: Pixels, size: int) -> Pixels:
        """Return the same in grey."""
        around, left, top = self._around(picture)
        if not around.size:
            return np.zeros((size, size), np.uint8)
        return self._turned(np.asarray(cv2.cvtColor(around, cv2.COLOR_BGR2GRAY), np.uint8), size, left, top)

    def place(self, points: Floats, size: int) -> Floats:
        """Map crop points (n × 2 or n × 3, depth scaled alike) back into the picture."""
        (a, b, x), (c, d, y) = self._map(size, 0, 0)
        turn = [[a, b, x], [c, d, y]] if points.shape[1] == 2 else [[a, b, 0, x], [c, d, 0, y], [0, 0, self.side / size, 0]]
        return np.asarray(cv2.transform(points[None], np.array(turn, np.float32))[0], np.float32)

    def _map(self, size: int, left: int, top: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Return the 2×3 map from a crop of `size` pixels to a picture that begins at `left` and `top`."""
        scale, half = self.side / size, size / 2
        cos, sin = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        return (cos, -sin, self.x - half * (cos - sin) - left), (sin, cos, self.y - half * (sin + cos) - top)

    def _around(self, picture: Pixels) -> tuple[Pixels, int, int]:
        """Return the part of the picture that holds the region, however it is turned, with what is mixed with it, and where it begins."""
        reach = self.side / 2 * (abs(math.cos(self.angle)) + abs(math.sin(self.angle))) + 2
        left, top = max(0, int(self.x - reach)), max(0, int(self.y - reach))
        return picture[top : max(top, int(self.y + reach)) + 1, left : max(left, int(self.x + reach)) + 1], left, top

    def _in_four_bytes(self, picture: Pixels, size: int) -> Pixels:
        """Pixels of four bytes are turned in two fifths of the time of those of three, and come out the same."""
        around, left, top = self._around(picture)
        if not around.size:
            return np.zeros((size, size, 4), np.uint8)
        return self._turned(np.asarray(cv2.cvtColor(around, cv2.COLOR_BGR2BGRA), np.uint8), size, left, top)

    def _turned(self, around: Pixels, size: int, left: int, top: int) -> Pixels:
        matrix = np.array(self._map(size, left, top), np.float32)
        return np.asarray(cv2.warpAffine(around, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8)


def whole(picture: Pixels) -> Region:
    """Return the square that holds the whole picture."""
    height, width = picture.shape[:2]
    return Region(x=width / 2, y=height / 2, side=float(max(height, width)))


def around(points: Floats, *, start: int, end: int) -> Region:
    """Return the square around points (n × 2+), upright along the line from point `start` to point `end`."""
    across, down = (points[end, :2] - points[start, :2]).tolist()
    angle = math.atan2(down, across)
    cos, sin = math.cos(angle), math.sin(angle)
    (left, top), (right, bottom) = ends(cv2.transform(points[None, :, :2], np.array([[cos, sin], [-sin, cos]], np.float32))[0])
    x, y = (left + right) / 2, (top + bottom) / 2
    return Region(x=cos * x - sin * y, y=sin * x + cos * y, side=max(right - left, bottom - top), angle=angle)


def ends(points: Floats) -> tuple[list[float], list[float]]:
    """Return the least and the greatest of each coordinate of some points; sooner than numpy after a network, whose caches are cold."""
    return cv2.reduce(points, 0, cv2.REDUCE_MIN)[0].tolist(), cv2.reduce(points, 0, cv2.REDUCE_MAX)[0].tolist()


def level(start: Sequence[float], end: Sequence[float], *, scale: float) -> Region:
    """Return the square around the middle of two points, level along the line between them, as wide as it is long, grown by `scale`."""
    across, down = end[0] - start[0], end[1] - start[1]
    side, angle = math.hypot(across, down) * scale, math.atan2(down, across)
    return Region(x=(start[0] + end[0]) / 2, y=(start[1] + end[1]) / 2, side=side, angle=angle)


def as_input(piece: Pixels, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """Return RGB bytes as one batch of floats between `low` and `high`."""
    batch = np.multiply(piece, np.float32((high - low) / 255.0), dtype=np.float32)
    if low:
        batch += np.float32(low)  # in place: memory that was never used costs more than the sum
    return batch[None]
