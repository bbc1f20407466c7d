"""Things that matter in a picture: people, phones, books, screens; looked for in the whole picture or, larger, in a part of it.

Recall of phones is modest and notebooks are sometimes called phones: nothing here is a finding, signals.py asks for the same thing in most
of several looks. A remote control counts as a phone candidate, because that is what a network often calls one. Measured on recorded
sittings: the same phone has .4 in the whole picture and .6 in a part of it, at 288×224 as at 416²; so look closer rather than finer.
A thing that is handed out has the likelihood that its score means in that view (meaning.py), so that looks of every kind are judged alike.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np

from proctoring.observations import Box, Thing, ThingName
from proctoring.vision import detectors, light
from proctoring.vision.detectors import DetectorNetwork
from proctoring.vision.meaning import View, likely
from proctoring.vision.models import Pixels

LEAST = 0.22  # of any network output worth a second look; what counts is the policy's to say
CLOSER_FROM = 0.55  # likelihood from which a thing in the whole picture is looked at again
WHOLE = Box(x=0.0, y=0.0, width=1.0, height=1.0)
FEW_PIXELS = 600  # of a picture's width: a part of a smaller one has too few for a phone to look like one
_PERSON_LEAST = 0.35
_CLOSER = 0.6  # side of the closer look, as a share of the picture's
_ROOM = 2.6  # and of a large thing, times its own: what fills the picture is not recognised
_UNCONFIRMED = 0.8
_RIVAL = 0.05  # another class may be so much surer
_LIT = 140.0  # lightness (L*, 0–255) of the brightest tenth of a picture; a darker one is brought there
_SAME = 0.5
_SAME_CLOSER = 0.25

# COCO class numbers: person; remote and cell phone; book; tv and laptop.
CLASSES = {ThingName.PERSON: [0], ThingName.PHONE: [65, 67], ThingName.BOOK: [73], ThingName.SCREEN: [62, 63]}
_NAMES = tuple(CLASSES)
# Scores that mean the same for each name: a network is shy of books. One box is one thing, under the name that is furthest above its own.
_USUAL = np.array([0.5, 0.38, 0.27, 0.40], np.float32)


class ObjectReader:
    """The role's network, whichever family it is of."""

    def __init__(self, network: DetectorNetwork) -> None:
        self._network, self._family = network, detectors.family_of(network)

    @property
    def width(self) -> int:
        """Return how many pixels across the network takes."""
        return self._network.size[1]

    def find(self, picture: Pixels, part: Box = WHOLE) -> tuple[Thing, ...]:
        """Return the things in a part, best first, each once and under one name, with their likelihood; boxes are of the whole.

        Of a small picture the whole is looked at as well, and a thing in both is as likely as in its better look.
        """
        seen = self._likely(picture, part)
        if part == WHOLE or picture.shape[1] >= FEW_PIXELS:
            return seen
        both = [*seen, *(thing for thing in self._likely(picture, WHOLE) if thing.name is not ThingName.PERSON)]
        best = [one for one in both if not any(_again(one, other) and other.score > one.score for other in both)]
        return tuple(sorted(best, key=lambda thing: -thing.score))

    def _likely(self, picture: Pixels, part: Box) -> tuple[Thing, ...]:
        view = View.WHOLE if part == WHOLE else View.PART
        scored = self._scored(picture, part)
        return tuple(Thing(name=thing.name, score=round(likely(thing.score, view), 3), box=thing.box) for thing in scored)

    def _scored(self, picture: Pixels, part: Box) -> tuple[Thing, ...]:
        """Return the things in a part that score at least LEAST, with the network's own score."""
        height, width = picture.shape[:2]
        left, top = int(part.x * width), int(part.y * height)
        right, bottom = max(left + 8, round((part.x + part.width) * width)), max(top + 8, round((part.y + part.height) * height))
        raw = detectors.find(self._network, self._family, _in_light(picture[top:bottom, left:right]))
        scores = np.stack([raw.scores[:, numbers].max(axis=1) for numbers in CLASSES.values()], axis=1)
        kept = np.flatnonzero((scores.max(axis=1) >= LEAST) & (raw.scores.max(axis=1) <= scores.max(axis=1) + _RIVAL))
        best = (scores[kept] / _USUAL).argmax(axis=1)
        found = list(map(_thing, best.tolist(), scores[kept, best].tolist(), raw.boxes[kept].tolist(), repeat(part)))
        return _each_once([thing for thing in found if thing.score >= (_PERSON_LEAST if thing.name is ThingName.PERSON else LEAST)])

    def closer(self, picture: Pixels, suspect: Thing) -> Thing:
        """Look again at a suspect of the whole picture, larger: seen twice it is as likely as its better look, seen once less."""
        again = self._likely(picture, closer_part(suspect.box))
        seconds = [one.score for one in again if one.name is suspect.name and one.box.overlap(suspect.box) > _SAME_CLOSER]
        score = max(suspect.score, *seconds) if seconds else suspect.score * _UNCONFIRMED
        return replace(suspect, score=round(score, 3))


def _in_light(part: Pixels) -> Pixels:
    """Return a part as if it were lit; of the pixels every eighth is enough to tell how dark it is."""
    return light.brought(part, light.level(light.lightness(np.ascontiguousarray(part[::8, ::8])), 0.9), _LIT)


def closer_part(box: Box) -> Box:
    """Return the part of the picture, shaped like it, in which a thing is looked at larger."""
    side = max(_CLOSER, _ROOM * math.sqrt(box.area), 1.2 * box.width, 1.2 * box.height)
    return part_around(box.x + box.width / 2, box.y + box.height / 2, min(1.0, side))


def part_around(x: float, y: float, side: float) -> Box:
    """Return the part of the picture around a point, `side` being its share of width and height, moved so that it lies inside."""
    return Box(x=max(0.0, min(1 - side, x - side / 2)), y=max(0.0, min(1 - side, y - side / 2)), width=side, height=side)


def _thing(number: int, score: float, edges: Sequence[float], part: Box) -> Thing:
    left, top, right, bottom = edges
    box = Box.between(part.x + left * part.width, part.y + top * part.height, part.x + right * part.width, part.y + bottom * part.height)
    return Thing(name=_NAMES[number], score=round(score, 3), box=box)


def _each_once(found: list[Thing]) -> tuple[Thing, ...]:
    kept: list[Thing] = []
    for one in sorted(found, key=lambda thing: -thing.score / float(_USUAL[_NAMES.index(thing.name)])):
        if all(one.box.overlap(other.box) < _SAME or _apart(one, other) for other in kept):
            kept.append(one)
    return tuple(kept)


def _again(one: Thing, other: Thing) -> bool:
    """Say whether two looks saw the same thing."""
    return one.name is other.name and one.box.overlap(other.box) > _SAME_CLOSER


def _apart(one: Thing, other: Thing) -> bool:
    """A person and what they hold may fill the same box; otherwise one box is one thing, and the better name wins."""
    return one.name is not other.name and ThingName.PERSON in (one.name, other.name)
