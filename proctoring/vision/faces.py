"""Where the faces are, and the 468 points of the one we follow.

Two detectors: `near` starts the track of the candidate's face, `far` counts everyone in the picture. The mesh then follows from frame to
frame without a detector, turned with the head, until its own score falls. Facts about the networks (anchors, scales, point numbers) are
those of MediaPipe's published graphs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from proctoring.vision import crops, light
from proctoring.vision.crops import Region
from proctoring.vision.models import Floats, LiteRtNetwork, Network, Pixels

MESH_SIDE, _FAR_SIDE = 192, 192
_BAR = 8  # one part in so many of a square is black above a picture of 4:3, and below it
PRESENT = 0.5  # mesh score above which a followed face is still there
CERTAIN = 0.85  # and above which a new one is really a face
# What a detector takes for a face in an empty room scores up to .58, and the mesh sees none there: .005, seldom more. Of drawn veils that
# leave only the eyes free four in five are beyond one of these.
HINT, PLAIN = 0.02, 0.65
RIGHT_EYE, LEFT_EYE = 0, 1  # of a detection's six points, as the person has them: the right eye is on the image's left
MESH_RIGHT, MESH_LEFT = 33, 263
# MediaPipe's graphs take 1.5. A little closer its angles are steadier, on people of every set (docs/adr/0031-what-a-frame-costs.md).
MESH_PADDING = 1.45
# Small, dark and blurred faces are boxed too tightly: with so much room the mesh knows them for faces (docs/adr/0053-a-second-look.md).
_MORE_ROOM = 2.0
# So much of the level below which a twentieth lies is a lens's haze, above all before a window: beside it, dark skin has little contrast.
_HAZE, _BLACK = 0.6, 0.05
_APART = 12  # pixels between those that are looked at for it
_MIDDLE = (slice(48, 144, 6), slice(48, 144, 6))  # of the mesh's crop: the face without what is behind it
ABSURD = 1e4  # pixels of a crop of at most 192: no answer of a network in its right mind; nor is what is no number


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One face as a detector sees it: picture pixels, corners and six points."""

    score: float
    box: tuple[float, float, float, float]
    points: Floats

    @property
    def height(self) -> float:
        """Return the height in pixels."""
        return self.box[3] - self.box[1]

    def scaled(self, share: float) -> "Detection":
        """Return this face in a picture so many times as wide."""
        left, top, right, bottom = (share * edge for edge in self.box)
        return Detection(score=self.score, box=(left, top, right, bottom), points=self.points * np.float32(share))

    def region(self, padding: float = MESH_PADDING) -> Region:
        """Return the upright square around the face that the mesh wants."""
        across, down = (self.points[LEFT_EYE] - self.points[RIGHT_EYE]).tolist()
        left, top, right, bottom = self.box
        side = max(right - left, bottom - top) * padding
        return Region(x=(left + right) / 2, y=(top + bottom) / 2, side=side, angle=math.atan2(down, across))


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """The followed face: 468 points (picture pixels, depth alike) and how sure the network is that a face is there."""

    points: Floats
    score: float

    def region(self) -> Region:
        """Return where to look for this face in the next frame."""
        upright = self.upright
        return Region(x=upright.x, y=upright.y, side=upright.side * MESH_PADDING, angle=upright.angle)

    def scaled(self, share: float) -> "Mesh":
        """Return this face in a picture so many times as wide."""
        return Mesh(points=self.points * np.float32(share), score=self.score)

    def moved(self, across: float, down: float) -> "Mesh":
        """Return this face so many pixels to the right and down."""
        return Mesh(points=self.points + np.array([across, down, 0], np.float32), score=self.score)

    @cached_property
    def upright(self) -> Region:
        """Return the square that holds just the face, turned with it."""
        return crops.around(self.points, start=MESH_RIGHT, end=MESH_LEFT)

    def fits(self, detection: Detection) -> bool:
        """Say whether this is the face that was detected: certain, in the same place, about as large."""
        left, _, right, bottom = self.box
        size = max(right - left, bottom - self.box[1]) / max(detection.height, 1.0)
        return self.score >= CERTAIN and overlap(self.box, detection.box) > 0.5 and 0.5 < size < 2.0

    def hints(self, detection: Detection) -> bool:
        """Say whether a detection that is no face to be read may still be one, veiled, turned or covered, and not just like one."""
        return self.score >= HINT or detection.score >= PLAIN

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom in pixels."""
        (left, top, _), (right, bottom, _) = crops.ends(self.points)
        return left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """A network on some rows of the square picture, with the anchors of its cells."""

    network: Network
    rows: slice
    anchors: Floats


class Detector:
    """A single-shot face detector with fixed square anchors; it takes pictures of `side` pixels across."""

    def __init__(self, network: Network, *, side: int, grids: Sequence[tuple[int, int]], flat: Network | None = None) -> None:
        self.side = side
        self._square = _Sight(network=network, rows=slice(0, side), anchors=_anchors(grids))
        bar = side // _BAR
        wide = _Sight(network=flat, rows=slice(bar, side - bar), anchors=_anchors(grids, bars=True)) if flat is not None else None
        self._wide = wide or self._square

    @classmethod
    def near(cls, network: Network) -> "Detector":
        """Return the short-range detector: faces within about two metres."""
        return cls(network, side=128, grids=[(16, 2), (8, 6)])

    @classmethod
    def far(cls, network: Network) -> "Detector":
        """Return the full-range detector: small and second faces. In a camera's wide picture it leaves out what is black in its square."""
        flat = network.flatter(_FAR_SIDE - 2 * (_FAR_SIDE // _BAR)) if isinstance(network, LiteRtNetwork) else None
        return cls(network, side=_FAR_SIDE, grids=[(48, 1)], flat=flat)

    def find(self, picture: Pixels, *, least: float) -> list[Detection]:
        """Return the faces that score at least `least`, best first, each once; where the dark shows none, those that more light does."""
        region = crops.whole(picture)
        square = region.cut_rgb(picture, self.side)
        sight = self._wide if 4 * picture.shape[0] <= 3 * picture.shape[1] else self._square
        found = self._find(sight, square, region, least)
        if found or (lit := _in_light(square, picture[::_APART, ::_APART])) is square:
            return found
        return self._find(sight, lit, region, least)

    def _find(self, sight: _Sight, square: Pixels, region: Region, least: float) -> list[Detection]:
        raw, scores = sight.network(crops.as_input(square[sight.rows], low=-1.0, high=1.0))
        logits = scores[0, :, 0]
        kept = np.flatnonzero((logits >= math.log(least / (1 - least))) & np.isfinite(logits))
        kept = kept[(np.abs(raw[0, kept]) < ABSURD).all(axis=1)]
        if not kept.size:
            return []
        places = region.place(self._places(raw[0, kept], sight.anchors[kept]).reshape(-1, 2), self.side).reshape(len(kept), 8, 2)
        return _each_once([_detection(logit, each) for logit, each in zip(logits[kept].tolist(), places, strict=True)])

    def _places(self, raw: Floats, anchors: Floats) -> Floats:
        """Return two corners and six points around some anchors (n × 8 × 2), in the square."""
        pairs = raw.reshape(len(raw), 8, 2)  # middle, width and height, points
        half = pairs[:, 1:2] / 2
        around = np.concatenate([pairs[:, :1] - half, pairs[:, :1] + half, pairs[:, 2:]], axis=1)
        return np.asarray(around + anchors[:, None] * np.float32(self.side), np.float32)


class MeshReader:
    """The 468-point network on one region."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def of(self, picture: Pixels, detection: Detection) -> Mesh:
        """Return the mesh of a detected face; where it does not fit, a second look with more room may, and then one where that lies."""
        mesh = self.read(picture, detection.region())
        if mesh.fits(detection):
            return mesh
        again = self.read(picture, detection.region(_MORE_ROOM))
        if not again.fits(detection):
            return mesh
        closer = self.read(picture, again.region())
        return closer if closer.fits(detection) else again

    def read(self, picture: Pixels, region: Region) -> Mesh:
        """Return the points found in `region`, brought to light if it is dark, with the score that a face is there."""
        square = region.cut_rgb(picture, MESH_SIDE)
        points, logit = self._network(crops.as_input(_in_light(square, square[_MIDDLE])))
        if not sane(points):
            return Mesh(points=np.zeros((468, 3), np.float32), score=0.0)
        surely = float(logit.ravel()[0])
        surely = -80.0 if math.isnan(surely) else min(80.0, max(-80.0, surely))
        return Mesh(points=region.place(points.reshape(468, 3), MESH_SIDE), score=1 / (1 + math.exp(-surely)))


def _in_light(square: Pixels, shown: Pixels) -> Pixels:
    """Return a crop as a longer exposure would have shown it, if what is shown in it is dark; else as it is."""
    level, black = light.levels(shown.max(axis=2), (light.BRIGHT, _BLACK))
    return light.times(square, light.needed(level, _HAZE * black), haze=_HAZE * black)


def sane(answer: Floats) -> bool:
    """Say whether a network in its right mind may answer so: all are numbers, and none is absurd."""
    return bool(cv2.checkRange(answer.ravel(), quiet=True, minVal=-ABSURD, maxVal=ABSURD)[0])


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return the intersection of two boxes over the smaller of them."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width * height / max(smaller, 1e-6)


def _detection(logit: float, places: Floats) -> Detection:
    left, top, right, bottom = places[:2].ravel().tolist()
    return Detection(score=1 / (1 + math.exp(-min(80.0, logit))), box=(left, top, right, bottom), points=places[2:])


def _anchors(grids: Sequence[tuple[int, int]], *, bars: bool = False) -> Floats:
    """Return the middles (n × 2, shares of the square) of the cells of grids, each so often; without those in the bars."""
    return np.concatenate([_cells(cells, each, cells // _BAR if bars else 0) for cells, each in grids])


def _cells(cells: int, each: int, bar: int) -> Floats:
    steps = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    grid = np.stack(np.meshgrid(steps, steps[bar : cells - bar]), axis=-1).reshape(-1, 2)
    return np.repeat(grid, each, axis=0)


def _each_once(found: list[Detection]) -> list[Detection]:
    kept: list[Detection] = []
    for one in sorted(found, key=lambda d: -d.score):
        if all(overlap(one.box, other.box) < 0.4 for other in kept):
            kept.append(one)
    return kept
