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

    def matrix(self, size: int) -> Floats:
        """Return the 2×3 map from a crop of `size` pixels to the picture."""
        scale = self.side / size
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = size / 2
        return np.array([[cos, -sin, self.x - half * (cos - sin)], [sin, cos, self.y - half * (sin + cos)]], np.float32)

    def cut(self, picture: Pixels, size: int) -> Pixels:
        """Return the region as size × size pixels; what lies outside the picture is black."""
        matrix = self.matrix(size)
        reach = 0.75 * self.side + 2  # of the corners, however it is turned, and what is mixed with them
        left, top = max(0, int(self.x - reach)), max(0, int(self.y - reach))
        around = picture[top : max(top, int(self.y + reach)) + 1, left : max(left, int(self.x + reach)) + 1]
        if not around.size:
            return np.zeros((size, size, 3), np.uint8)
        matrix[:, 2] -= (left, top)
        # Pixels of four bytes are turned in two fifths of the time of those of three, and come out the same.
        piece = cv2.warpAffine(
            cv2.cvtColor(around, cv2.COLOR_BGR2BGRA), matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        return np.asarray(cv2.cvtColor(piece, cv2.COLOR_BGRA2BGR), np.uint8)

    def place(self, points: Floats, size: int) -> Floats:
        """Map crop points (n × 2 or n × 3, depth scaled alike) back into the picture."""
        matrix = self.matrix(size)
        flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        if points.shape[1] == 2:
            return np.asarray(flat, np.float32)
        return np.column_stack([flat, points[:, 2] * (self.side / size)]).astype(np.float32)


def whole(picture: Pixels) -> Region:
    """Return the square that holds the whole picture."""
    height, width = picture.shape[:2]
    return Region(x=width / 2, y=height / 2, side=float(max(height, width)))


def around(points: Floats, *, start: int, end: int, scale: float) -> Region:
    """Return the square around points (n × 2+), upright along the line from point `start` to point `end`, grown by `scale`."""
    along = points[end, :2] - points[start, :2]
    angle = float(np.arctan2(along[1], along[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    turned = points[:, :2] @ np.array([[cos, -sin], [sin, cos]], np.float32)
    low, high = turned.min(axis=0), turned.max(axis=0)
    middle = (low + high) / 2
    x, y = cos * middle[0] - sin * middle[1], sin * middle[0] + cos * middle[1]
    return Region(x=float(x), y=float(y), side=float((high - low).max() * scale), angle=angle)


def level(start: Sequence[float], end: Sequence[float], *, scale: float) -> Region:
    """Return the square around the middle of two points, level along the line between them, as wide as it is long, grown by `scale`."""
    across, down = end[0] - start[0], end[1] - start[1]
    side, angle = math.hypot(across, down) * scale, math.atan2(down, across)
    return Region(x=(start[0] + end[0]) / 2, y=(start[1] + end[1]) / 2, side=side, angle=angle)


def as_input(piece: Pixels, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """Return BGR bytes as one RGB batch of floats between `low` and `high`."""
    rgb = cv2.cvtColor(piece, cv2.COLOR_BGR2RGB)
    batch = np.multiply(rgb, np.float32((high - low) / 255.0), dtype=np.float32)
    batch += np.float32(low)  # in place: memory that was never used costs more than the sum
    return batch[None]
