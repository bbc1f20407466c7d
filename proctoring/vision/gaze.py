"""Where the eyes point: each iris against its own eye corners, on top of the head's direction.

A head pose alone is blind to a glance of the eyes. Directions are those of pose.py, in degrees. The iris network is dear, so it is asked
again only when the eyes have stirred, sooner while they are away from where they usually are, or a while has passed; one eye at a time,
and the other as well when that one has moved. In a calm face an iris is followed by its own picture, which costs next to nothing and is
the better measure of a movement; the network is asked when it is not found.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from proctoring.observations import Gaze, Head
from proctoring.vision import cover, crops, matching
from proctoring.vision.costs import Costs
from proctoring.vision.cover import Look
from proctoring.vision.crops import Region
from proctoring.vision.faces import ABSURD
from proctoring.vision.models import Floats, Network, Pixels

IRIS_SIDE = 64
EYE_PADDING = 2.3
TURNED = 20.0  # degrees of a head of which one eye is seen well
REFRESH_S = 1.9  # the longest that a gaze stands, a little under two seconds
READ_S = 7.9  # and the longest that an iris is followed and not read
# Outer and inner corner of each eye, in mesh numbers; the network knows one eye only, so the other is mirrored for it.
_IMAGE_LEFT, _IMAGE_RIGHT = (33, 133), (362, 263)
_EYES = (_IMAGE_LEFT, _IMAGE_RIGHT)
# Iris travel in eye widths at 90 degrees: an eyeball of 12 mm radius behind an opening of 30 mm.
_REACH = 0.4
# An eye and little else, and how far the mesh may have slipped on it between two frames.
_PATCH, _PATCH_PADDING, _PATCH_ROWS, _SLIP = 32, 1.2, 7, (1, 2)
# One less the correlation of two patches; a glance of twenty degrees makes .2 to .4. Less is enough of eyes that are away.
_STIRRED, _STIRRED_AWAY = 0.16, 0.12
_FLAT = 1.0  # grey levels of spread below which there is nothing to compare
# The iris with what is around it, half of it in rows and columns of a patch; how far it is looked for, and how alike it must be. Within so
# many eye widths it has stayed: the place of the whole eye is known no better.
_IRIS, _WAY, _ALIKE, _STAYED = (4, 5), (3, 6), 0.85, 0.05
_JUMP = 0.08  # eye widths by which one eye's iris moved, so that the other is read as well
_AWAY = 12.0  # degrees from where these eyes usually are
_USUAL_SHARE = 0.1

Offset: TypeAlias = tuple[float, float]


class GazeReader:
    """The iris network on one eye of a mesh."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, picture: Pixels, mesh: Floats, corners: tuple[int, int]) -> tuple[Offset, Look] | None:
        """Return the iris centre from the middle of the eye, in eye widths along and across the eye, and whether an eye is there at all.

        None when the network gives no numbers.
        """
        piece = _region(mesh, corners).cut_rgb(picture, IRIS_SIDE)
        mirrored = corners == _IMAGE_RIGHT
        piece = np.ascontiguousarray(piece[:, ::-1]) if mirrored else piece
        lids, iris = (points.reshape(-1, 3)[:, :2] for points in self._network(crops.as_input(piece)))
        if not (np.abs(lids) < ABSURD).all() or not (np.abs(iris) < ABSURD).all():
            return None
        seen = cover.look(piece, lids, iris, width=IRIS_SIDE / EYE_PADDING, contrast=cover.contrast_of(picture, mesh))
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
    """One candidate's gaze, read as seldom as it can be."""

    def __init__(self, reader: GazeReader, costs: Costs) -> None:
        self._reader, self._costs = reader, costs
        self._eyes: dict[tuple[int, int], _Eye] = {}
        self._usual: tuple[float, float] | None = None
        self._away = False
        self._looked_at = -math.inf
        self.covered = False  # both eyes, when last read

    def stands(self, at: float) -> bool:
        """Say whether calm eyes need no new look yet: they are where they usually are, and were looked at less than two seconds ago."""
        return not self._away and bool(self._eyes) and at - self._looked_at < REFRESH_S

    def forget(self) -> None:
        """Another face may come: nothing that was read stands."""
        self._eyes.clear()

    def read(self, picture: Pixels, mesh: Floats, head: Head, at: float, *, calm: bool = False) -> Gaze | None:
        """Return where the eyes point, None when none can be read; of a turned head only the nearer eye is asked.

        The mesh is of this picture, or, of a face that is `calm`, of an earlier one and moved along.
        """
        asked = _EYES if abs(head.yaw) < TURNED else (_IMAGE_RIGHT if head.yaw < 0 else _IMAGE_LEFT,)
        with self._costs.of("glance"):
            patches = {eye: _patch(picture, mesh, eye) for eye in asked}
            lost = self._not_followed(patches)
            due = lost if calm else self._due(asked, lost, at)
        self._looked_at = at
        moved = [self._moved(picture, mesh, eye, patches[eye], at) for eye in due]
        for eye in (other for other in lost if any(moved) and other not in due):
            self._moved(picture, mesh, eye, patches[eye], at)
        known = [self._eyes[eye] for eye in asked if eye in self._eyes]
        self.covered = cover.covered([eye.look for eye in known])
        # Covers were learnt on faces that look at us: of a turned head, whose eye looks otherwise, nothing is left out.
        turned = len(asked) < len(_EYES)
        readable = [eye.now for eye in known if turned or (eye.look.readable and not self.covered)]
        self._away = self._away and bool(readable)
        return self._gaze(readable, head) if readable else None

    def _moved(self, picture: Pixels, mesh: Floats, eye: tuple[int, int], patch: Pixels, at: float) -> bool:
        """Read one eye, and say whether its iris is elsewhere than it was."""
        with self._costs.of("iris"):
            found = self._reader.read(picture, mesh, eye)
        before = self._eyes.pop(eye, None)
        if found is None:
            return False
        offset, look = found
        self._eyes[eye] = _Eye(offset, look, patch, at, now=offset)
        return before is not None and max(abs(now - was) for now, was in zip(offset, before.offset, strict=True)) > _JUMP

    def _not_followed(self, patches: dict[tuple[int, int], Pixels]) -> list[tuple[int, int]]:
        """Follow the irises, and return the eyes in which that cannot be done."""
        lost = []
        for eye, patch in patches.items():
            known = self._eyes.get(eye)
            now = _followed(known, patch) if known is not None else None
            if known is None or now is None:
                lost.append(eye)
            else:
                known.now = now
        return lost

    def _due(self, asked: Sequence[tuple[int, int]], lost: Sequence[tuple[int, int]], at: float) -> list[tuple[int, int]]:
        """Return which eyes to read: what was never read, else the one read longest ago of the lost, or of all when it is time."""
        known = {eye: self._eyes[eye].at for eye in asked if eye in self._eyes}
        if len(known) < len(asked):
            return list(asked)
        oldest = min(lost or asked, key=lambda eye: known[eye])
        return [oldest] if lost or at - known[oldest] >= READ_S else []

    def _gaze(self, eyes: Sequence[Offset], head: Head) -> Gaze:
        along, down = (sum(each) / len(eyes) for each in zip(*eyes, strict=True))
        across, up = head.yaw + _angle(along), head.pitch - _angle(down)
        usual = self._usual if self._usual is not None else (across, up)
        beyond = across - usual[0], up - usual[1]
        self._away = max(map(abs, beyond)) > _AWAY
        share = _USUAL_SHARE / 4 if self._away else _USUAL_SHARE
        self._usual = usual[0] + share * beyond[0], usual[1] + share * beyond[1]
        return Gaze(across=round(across, 2), up=round(up, 2))


def _region(mesh: Floats, corners: tuple[int, int], padding: float = EYE_PADDING) -> Region:
    return crops.level(*mesh[list(corners), :2].tolist(), scale=padding)


def _patch(picture: Pixels, mesh: Floats, corners: tuple[int, int]) -> Pixels:
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


def _stirs(before: Pixels, now: Pixels) -> float:
    """Return how much an eye looks otherwise than it did (0–2), wherever the mesh has slipped to."""
    down, across = _SLIP
    core = before[down:-down, across:-across]
    if float(cv2.meanStdDev(core)[1][0, 0]) < _FLAT:
        return 2.0
    return 1 - float(cv2.matchTemplate(now, core, cv2.TM_CCOEFF_NORMED).max())


def _angle(offset: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, offset / _REACH))))
