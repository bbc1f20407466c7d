"""Things that matter in a picture: people, phones, books, screens. NanoDet-g at 416², trained on COCO.

Its recall of phones is modest and notebooks are sometimes called phones: nothing here is a finding, signals.py asks for the same thing in
most of several looks. A remote control counts as a phone candidate, because that is what the network often calls one.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from proctoring.observations import Box, Thing, ThingName
from proctoring.vision.models import Floats, Network, Pixels

SIDE = 416
LEAST = 0.22  # of any network output worth a second look; what counts is the policy's to say
_PERSON_LEAST = 0.35
_CLOSER = 0.6  # side of the closer look, as a share of the picture's height
_SUSPECT = 0.25
_UNCONFIRMED = 0.8
_STRIDES = (8, 16, 32)
_BINS = np.arange(11, dtype=np.float32)
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_SPREAD = np.array([57.375, 57.12, 58.395], np.float32)
_SAME = 0.5

# COCO class numbers.
NAMES = {
    0: ThingName.PERSON, 62: ThingName.SCREEN, 63: ThingName.SCREEN, 65: ThingName.PHONE, 67: ThingName.PHONE, 73: ThingName.BOOK,
}  # fmt: skip


class ObjectReader:
    """The detector on whole pictures."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def find(self, picture: Pixels) -> tuple[Thing, ...]:
        """Return the things that score at least LEAST, best first, each once and under one name."""
        outputs = self._network(_as_input(picture))
        found = [thing for stride in _STRIDES for thing in _decoded(outputs, stride)]
        return _each_once([thing for thing in found if thing.name is not ThingName.PERSON or thing.score >= _PERSON_LEAST])

    def closer(self, picture: Pixels, things: tuple[Thing, ...]) -> tuple[tuple[Thing, ...], bool]:
        """Look again at the best suspect, larger: seen twice it has the mean of both scores, seen once only a part of its own."""
        suspects = [thing for thing in things if thing.name in (ThingName.PHONE, ThingName.BOOK) and thing.score >= _SUSPECT]
        if not suspects:
            return things, False
        left, top, side = _square(picture, suspects[0].box)
        height, width = picture.shape[:2]
        again = (_replaced(thing, left, top, side, width, height) for thing in self.find(picture[top : top + side, left : left + side]))
        seconds = [one.score for one in again if one.name is suspects[0].name and one.box.overlap(suspects[0].box) > 0.3]
        score = (suspects[0].score + max(seconds)) / 2 if seconds else suspects[0].score * _UNCONFIRMED
        judged = replace(suspects[0], score=round(score, 3))
        return tuple(judged if thing is suspects[0] else thing for thing in things), True


def _as_input(picture: Pixels) -> Floats:
    small = cv2.resize(picture, (SIDE, SIDE)).astype(np.float32)
    return np.ascontiguousarray(((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None])


def _decoded(outputs: Sequence[Floats], stride: int) -> list[Thing]:
    """Read one scale: the class with the best score of each cell, and its box as four distributions over distances."""
    cells = SIDE // stride
    arrays = [a for a in outputs if a.shape[1] == cells * cells]
    scores = next(a for a in arrays if a.shape[2] == 80)[0]
    edges = next(a for a in arrays if a.shape[2] == 44)[0]
    best = scores.argmax(axis=1)
    kept = [int(i) for i in np.flatnonzero(scores.max(axis=1) >= LEAST) if int(best[i]) in NAMES]
    return [_thing(NAMES[int(best[i])], float(scores[i].max()), edges[i], (i % cells, i // cells), stride) for i in kept]


def _thing(name: ThingName, score: float, edges: Floats, cell: tuple[int, int], stride: int) -> Thing:
    weights = np.exp(edges.reshape(4, 11) - edges.max())
    left, top, right, bottom = (weights @ _BINS) / weights.sum(axis=1) * stride / SIDE
    x, y = (cell[0] + 0.5) * stride / SIDE, (cell[1] + 0.5) * stride / SIDE
    return Thing(name=name, score=round(score, 3), box=Box.between(x - left, y - top, x + right, y + bottom))


def _each_once(found: list[Thing]) -> tuple[Thing, ...]:
    kept: list[Thing] = []
    for one in sorted(found, key=lambda thing: -thing.score):
        if all(one.box.overlap(other.box) < _SAME or _apart(one, other) for other in kept):
            kept.append(one)
    return tuple(kept)


def _apart(one: Thing, other: Thing) -> bool:
    """A person and what they hold may fill the same box; otherwise one box is one thing, and the better name wins."""
    return one.name is not other.name and ThingName.PERSON in (one.name, other.name)


def _square(picture: Pixels, box: Box) -> tuple[int, int, int]:
    height, width = picture.shape[:2]
    side = min(height, width, round(max(_CLOSER * height, 1.5 * box.width * width, 1.5 * box.height * height)))
    left = round((box.x + box.width / 2) * width - side / 2)
    top = round((box.y + box.height / 2) * height - side / 2)
    return max(0, min(width - side, left)), max(0, min(height - side, top)), side


def _replaced(thing: Thing, left: int, top: int, side: int, width: int, height: int) -> Thing:
    """Return a thing of a square piece with its box in the whole picture."""
    box = thing.box
    x, y = (left + box.x * side) / width, (top + box.y * side) / height
    return replace(thing, box=Box.between(x, y, x + box.width * side / width, y + box.height * side / height))
