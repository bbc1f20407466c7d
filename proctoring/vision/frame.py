"""One frame on its way through the eyes: its pixels as far as they are needed, the face seen in it, and what was read of it."""

from dataclasses import dataclass

from proctoring.observations import Box, Head, Observation
from proctoring.vision import pose, quality
from proctoring.vision.calm import Portrait
from proctoring.vision.costs import Costs
from proctoring.vision.decode import decode, decode_small
from proctoring.vision.faces import Mesh
from proctoring.vision.models import Pixels
from proctoring.vision.quality import View


class Frame:
    """One frame, decoded small at once, and whole as soon as something in it is to be read; raises BadFrame or TooLarge."""

    def __init__(self, given: bytes | Pixels, costs: Costs, *, whole: bool) -> None:
        self._given, self._costs = given, costs
        with costs.of("decode"):
            self._whole = given if not isinstance(given, bytes) else decode(given) if whole else None
            self.small = quality.half_of(self._whole) if self._whole is not None else decode_small(bytes(given))

    @property
    def whole(self) -> Pixels:
        """Return all pixels."""
        if self._whole is None:
            assert isinstance(self._given, bytes)
            with self._costs.of("decode"):
                self._whole = decode(self._given)
        return self._whole

    def at_least(self, width: int) -> Pixels:
        """Return the small picture if it has so many columns, else all pixels."""
        return self.small if self.small.shape[1] >= width else self.whole

    @property
    def scale(self) -> float:
        """Return the small picture's width over the whole one's."""
        return float(self.small.shape[1] / self.whole.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The candidate's face in one frame, with what makes it good or bad to recognise."""

    mesh: Mesh
    head: Head
    box: Box
    outside: float


def seen_in(picture: Pixels, mesh: Mesh) -> Seen:
    """Return how a face lies in its picture."""
    height, width = picture.shape[:2]
    left, top, right, bottom = mesh.box
    box = Box.between(left / width, top / height, right / width, bottom / height)
    inside = box.area * width * height / max((right - left) * (bottom - top), 1e-6)
    return Seen(mesh=mesh, head=pose.head(mesh.points, picture.shape), box=box, outside=1 - inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in one frame, and how it looked: may stand for the next ones while they look the same.

    `scale` is the small picture's width over the whole one's that the face was read in.
    """

    found: Observation
    view: View
    seen: Seen | None
    portrait: Portrait | None
    scale: float
