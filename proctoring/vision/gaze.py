"""Where the eyes point: each iris against its own eye corners, on top of the head's direction.

A head pose alone is blind to a glance of the eyes. Directions are those of pose.py, in degrees. An iris is followed by its own picture of
when it was read, small, which costs next to nothing and is the better measure of a movement. The network, which is dear, is asked where
that is not found, one eye at a time and the other when that one has moved, and now and then.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from proctoring.observations import Gaze, Head
from proctoring.vision import cover, crops, light, matching
from proctoring.vision.costs import Costs
from proctoring.vision.cover import Look
from proctoring.vision.crops import Region
from proctoring.vision.faces import sane
from proctoring.vision.frame import Frame
from proctoring.vision.models import Floats, Network, Pixels

IRIS_SIDE = 64
EYE_PADDING = 2.3
TURNED = 20.0  # degrees of a head of which one eye is seen well
READ_S = 1.9  # of a face that is not calm, the longest that no eye is read
# Outer and inner corner of each eye, in mesh numbers; the network knows one eye only, so the other is mirrored for it.
_IMAGE_LEFT, _IMAGE_RIGHT = (33, 133), (362, 263)
_EYES = (_IMAGE_LEFT, _IMAGE_RIGHT)
# Iris travel in eye widths at 90 degrees: an eyeball of 12 mm radius behind an opening of 30 mm.
_REACH = 0.4
_PATCH, _PATCH_PADDING, _PATCH_ROWS = 32, 1.2, 7  # an eye and little else
_FLAT = 1.0  # grey levels of spread below which there is nothing to compare
# The iris with what is around it, half of it in rows and columns of a patch; how far it is looked for, and how alike it must be. Within so
# many eye widths it has stayed: the place of the whole eye is known no better.
_IRIS, _WAY, _ALIKE, _STAYED = (4, 5), (3, 6), 0.85, 0.05
_JUMP = 0.08  # eye widths by which one eye's iris moved, so that the other is read as well

Offset: TypeAlias = tuple[float, float]
Corners: TypeAlias = tuple[int, int]


class GazeReader:
    """The iris network on one eye of a mesh."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, picture: Pixels, mesh: Floats, corners: Corners) -> tuple[Offset, Look] | None:
        """Return the iris centre from the middle of the eye, in eye widths along and across the eye, and whether an eye is there at all.

        None when the network gives no numbers.
        """
        contrast, level = cover.levels_of(picture, mesh)
        more = light.needed(level)
        piece = light.times(_region(mesh, corners).cut_rgb(picture, IRIS_SIDE), more)
        mirrored = corners == _IMAGE_RIGHT
        piece = np.ascontiguousarray(piece[:, ::-1]) if mirrored else piece
        answers = self._network(crops.as_input(piece))
        if not all(map(sane, answers)):
            return None
        lids, iris = (points.reshape(-1, 3)[:, :2] for points in answers)
        seen = cover.look(piece, lids, iris, width=IRIS_SIDE / EYE_PADDING, contrast=contrast, more=more)
        # In the crop the eye lies level, its middle at the crop's middle.
        along, across = ((iris[0] - IRIS_SIDE / 2) * (EYE_PADDING / IRIS_SIDE)).tolist()
        return (-along if mirrored else along, across), seen


@dataclass(slots=True)
class _Eye:
    """What was last read of one eye: the iris, whether it is an eye, how it looked then, and when; and where the iris is now."""

    offset: Offset
    look: Look
    patch: Pixels
    at: float
    now: Offset


class GazeKeeper:
    """One candidate's gaze: irises are followed, and read as seldom as can be."""

    def __init__(self, reader: GazeReader, costs: Costs) -> None:
        self._reader, self._costs = reader, costs
        self._eyes: dict[Corners, _Eye] = {}
        self.covered = False  # both eyes, when last read

    def forget(self) -> None:
        """Another face may come: nothing that was read stands."""
        self._eyes.clear()

    def follow(self, small: Pixels, mesh: Floats, head: Head) -> bool:
        """Follow the irises of a calm face, its mesh moved along, in a small picture; say whether all were found.

        Those of a turned head are not: what the network says of them differs from look to look.
        """
        with self._costs.of("glance"):
            return self.sees_both(head) and all(self._found(eye, _patch(small, mesh, eye)) for eye in _EYES)

    @property
    def doubtful(self) -> bool:
        """Say whether something may lie over an eye that was read."""
        return not all(eye.look.readable for eye in self._eyes.values())

    def sees_both(self, head: Head) -> bool:
        """Say whether both eyes of a head are seen well."""
        return abs(head.yaw) < TURNED

    def read(self, given: Frame, mesh: Floats, head: Head, at: float) -> Gaze | None:
        """Return where the eyes of a face point whose mesh is this frame's, None when none can be told: followed, or read where lost.

        Of lost eyes one is read, and the other when that one has moved; else one, when none was for two seconds.
        """
        with self._costs.of("glance"):
            asked, within = _asked(head), mesh * np.float32(given.scale)
            patches = {eye: _patch(given.small, within, eye) for eye in asked}
            lost = [eye for eye in asked if not self._found(eye, patches[eye])]
        due = self._due(asked, lost, at)
        moved = [self._moved(given.whole, mesh, eye, patches[eye], at) for eye in due]
        for eye in (other for other in lost if any(moved) and other not in due):
            self._moved(given.whole, mesh, eye, patches[eye], at)
        self.covered = cover.covered([self._eyes[eye].look for eye in asked if eye in self._eyes])
        return self.of(head)

    def of(self, head: Head) -> Gaze | None:
        """Return where the eyes point by what is known of them now, None when none can be read."""
        asked = _asked(head)
        # Covers were learnt on faces that look at us: of a turned head, whose eye looks otherwise, nothing is left out.
        turned = len(asked) < len(_EYES)
        known = [self._eyes[eye] for eye in asked if eye in self._eyes]
        readable = [eye.now for eye in known if turned or (eye.look.readable and not self.covered)]
        if not readable:
            return None
        along, down = (sum(each) / len(readable) for each in zip(*readable, strict=True))
        return Gaze(across=round(head.yaw + _angle(along), 2), up=round(head.pitch - _angle(down), 2))

    def _found(self, eye: Corners, patch: Pixels) -> bool:
        """Follow the iris of one eye."""
        known = self._eyes.get(eye)
        now = _followed(known, patch) if known is not None else None
        if known is None or now is None:
            return False
        known.now = now
        return True

    def _due(self, asked: Sequence[Corners], lost: Sequence[Corners], at: float) -> Sequence[Corners]:
        """Return which eyes to read: both if one never was, else the one read longest ago of the lost, or of both when it is time."""
        known = {eye: self._eyes[eye].at for eye in asked if eye in self._eyes}
        if len(known) < len(asked):
            return asked
        oldest = min(lost or asked, key=lambda eye: known[eye])
        return [oldest] if lost or at - max(known.values()) >= READ_S else []

    def _moved(self, picture: Pixels, mesh: Floats, eye: Corners, patch: Pixels, at: float) -> bool:
        """Read one eye, and say whether its iris is elsewhere than it was."""
        with self._costs.of("iris"):
            found = self._reader.read(picture, mesh, eye)
        before = self._eyes.pop(eye, None)
        if found is None:
            return False
        offset, look = found
        self._eyes[eye] = _Eye(offset, look, patch, at, now=offset)
        return before is not None and max(abs(now - was) for now, was in zip(offset, before.now, strict=True)) > _JUMP


def _asked(head: Head) -> Sequence[Corners]:
    """Return both eyes, or of a turned head the nearer one."""
    return _EYES if abs(head.yaw) < TURNED else (_IMAGE_RIGHT if head.yaw < 0 else _IMAGE_LEFT,)


def _region(mesh: Floats, corners: Corners, padding: float = EYE_PADDING) -> Region:
    return crops.level(*mesh[list(corners), :2].tolist(), scale=padding)


def _patch(picture: Pixels, mesh: Floats, corners: Corners) -> Pixels:
    """Return the eye, level, small and grey."""
    piece = _region(mesh, corners, _PATCH_PADDING).cut_grey(picture, _PATCH)
    return piece[_PATCH // 2 - _PATCH_ROWS : _PATCH // 2 + _PATCH_ROWS]


def _followed(eye: _Eye, now: Pixels) -> Offset | None:
    """Return where an eye's iris is now, None when it is not found near where it was."""
    scale, (rows, columns) = _PATCH / _PATCH_PADDING, now.shape
    row, column = round(rows / 2 + eye.offset[1] * scale), round(columns / 2 + eye.offset[0] * scale)
    top, left = (min(max(0, at - half), side - 2 * half - 1) for at, half, side in ((row, _IRIS[0], rows), (column, _IRIS[1], columns)))
    iris = eye.patch[top : top + 2 * _IRIS[0] + 1, left : left + 2 * _IRIS[1] + 1]
    if float(cv2.meanStdDev(iris)[1][0, 0]) < _FLAT:
        return None
    above, before = min(top, _WAY[0]), min(left, _WAY[1])
    around = now[top - above : top + len(iris) + _WAY[0], left - before : left + iris.shape[1] + _WAY[1]]
    found = matching.best(around, iris)
    across, down = found.column - before, found.row - above
    if not found.likeness >= _ALIKE or abs(across) >= _WAY[1] or abs(down) >= _WAY[0]:
        return None
    moved = max(abs(across), abs(down)) >= _STAYED * scale
    return (eye.offset[0] + across / scale, eye.offset[1] + down / scale) if moved else eye.offset


def _angle(offset: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, offset / _REACH))))
