"""Faces beside the candidate's that a look at the whole picture passes over: at its edge, half hidden behind a shoulder, small.

The detector that counts faces has the whole picture in 192 pixels. So where something is new, and where a face was a moment ago, a part of
the picture is looked at larger. Whether what is found there is a face, the mesh says, as of any other.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from proctoring.observations import Box
from proctoring.vision.crops import Region
from proctoring.vision.faces import Detection, Detector, overlap
from proctoring.vision.models import Pixels

SAME = 0.3  # overlap, in shares of the smaller, from which two detections are of one face
_LEAST = 0.5
_KEPT_S = 2.0  # how long a place is looked at without a face in it
_AROUND_FACE, _AROUND_NEW = 3.0, 1.2  # side of what is looked at, in heights of the face and widths of what is new
_SMALLEST = 40  # pixels of a part in which a face can be told

Corners = tuple[float, float, float, float]


class Beside:
    """Told which faces were found beside the candidate; looks there again, and where something is new, larger."""

    def __init__(self) -> None:
        self._places: tuple[Region, ...] = ()
        self._until = float("-inf")

    def waits(self, at: float) -> bool:
        """Say whether a face was there a moment ago."""
        return at <= self._until

    def seen(self, found: Sequence[Detection], at: float) -> None:
        """Take in the faces that were counted: there they are looked for next, whatever brought the look."""
        if found:
            self._places, self._until = tuple(_around(face) for face in found), at + _KEPT_S

    def closer(self, near: Detector, picture: Pixels, known: Sequence[Corners], novel: Box | None, at: float) -> list[Detection]:
        """Return faces there that are none of those known (corners in pixels), each once, in pixels of the picture."""
        places = [*(self._places if self.waits(at) else ()), *([_new(novel, picture)] if novel is not None else ())]
        found: list[Detection] = []
        for place in places:
            boxes = [*known, *(one.box for one in found)]
            found += [one for one in found_in(near, picture, place) if all(overlap(one.box, box) < SAME for box in boxes)]
        return found


def _around(face: Detection) -> Region:
    left, top, right, bottom = face.box
    return Region(x=(left + right) / 2, y=(top + bottom) / 2, side=_AROUND_FACE * face.height)


def _new(novel: Box, picture: Pixels) -> Region:
    height, width = picture.shape[:2]
    return Region(x=(novel.x + novel.width / 2) * width, y=(novel.y + novel.height / 2) * height, side=_AROUND_NEW * novel.width * width)


def found_in(near: Detector, picture: Pixels, place: Region) -> list[Detection]:
    """Return the faces in an upright square of a picture, looked at larger, in pixels of the picture."""
    left, top = max(0, int(place.x - place.side / 2)), max(0, int(place.y - place.side / 2))
    part = picture[top : max(0, round(place.y + place.side / 2)), left : max(0, round(place.x + place.side / 2))]
    if min(part.shape[:2]) < _SMALLEST:
        return []
    moved = np.array((left, top), np.float32)
    return [
        replace(one, box=(one.box[0] + left, one.box[1] + top, one.box[2] + left, one.box[3] + top), points=one.points + moved)
        for one in near.find(part, least=_LEAST)
    ]
