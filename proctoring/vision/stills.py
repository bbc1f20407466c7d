"""Phones on labelled stills, by the share of the picture that they take: what a round of looks finds, and what where there is none.

The labels are a CSV file with the columns `file` (from the CSV's folder) and `phone_visible` (0 or 1). Each still is shown smaller step by
step, in a grey room: pictures of one phone at several sizes are not independent, and no rate of a population can be read from few.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assessment_engine.kernel.errors import NotFound, UnreadableFile
from proctoring.intervals import share_at_least, share_between
from proctoring.observations import Thing, ThingName
from proctoring.policy import STANDARD, Policy
from proctoring.vision.models import Pixels
from proctoring.vision.objects import WHOLE, ObjectReader, part_around
from proctoring.vision.video import fitted

SCALES = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3)
BOUNDS = (0.02, 0.01, 0.004, 0.0)  # lower ends of the sizes, as shares of the picture
_ROOM = 120
_ROUND = (WHOLE, *(part_around(x, y, 0.6) for x in (0.3, 0.5, 0.7) for y in (0.3, 0.7)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One still at one scale; `size` is the phone's share of the picture, as the largest scale at which it was found says, if any."""

    file: str
    size: float | None
    score: float
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """Every still with a phone at every scale, and how many of those without one are said to show one."""

    shown: tuple[Shown, ...]
    without: int
    false: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return recall by size, largest first, with its lower bound (95 %, one-sided), and what was wrongly seen."""
        stills = {one.file for one in self.shown}
        high = share_between(len(self.false), self.without)[1] if self.without else None
        without = {"stills": self.without, "said_to_show_one": list(self.false), "upper95": None if high is None else round(high, 4)}
        return {"stills": len(stills), "by_size": list(self._by_size()), "without": without}

    def _by_size(self) -> Iterator[dict[str, Any]]:
        for low, high in zip(BOUNDS, (1.0, *BOUNDS), strict=False):
            yield _row(low, high, [one for one in self.shown if one.size is not None and low <= one.size < high])
        yield _row(None, None, [one for one in self.shown if one.size is None])


def phones(labels: Path, reader: ObjectReader, policy: Policy = STANDARD) -> Phones:
    """Look for phones on every still that a file of labels names; raises NotFound and UnreadableFile before anything is looked at."""
    stills = _labelled(labels)
    shown: list[Shown] = []
    false: list[str] = []
    for name, picture, has_phone in stills:
        if has_phone:
            shown += _at_every_scale(name, picture, reader, policy)
        elif _counts(_best(reader, picture), policy):
            false.append(name)
    return Phones(shown=tuple(shown), without=sum(not has_phone for _, _, has_phone in stills), false=tuple(false))


def _labelled(labels: Path) -> list[tuple[str, Pixels, bool]]:
    if not labels.is_file():
        raise NotFound(f"there is no {labels.name}", file=labels.name)
    try:
        with labels.open(newline="", encoding="utf-8") as file:
            rows = [(row["file"], row["phone_visible"]) for row in csv.DictReader(file)]
    except (KeyError, UnicodeDecodeError, csv.Error) as broken:
        raise UnreadableFile(f"{labels.name} needs the columns file and phone_visible", file=labels.name) from broken
    if not rows or any(said not in {"0", "1"} for _, said in rows):
        raise UnreadableFile(f"{labels.name} must say 0 or 1 for phone_visible, at least once", file=labels.name)
    return [(name, _picture(labels.parent / name), said == "1") for name, said in rows]


def _picture(file: Path) -> Pixels:
    if not file.is_file():
        raise NotFound(f"there is no still {file.name}", file=file.name)
    picture = cv2.imread(str(file))
    if picture is None:
        raise UnreadableFile(f"{file.name} is no picture", file=file.name)
    return fitted(np.asarray(picture, np.uint8))


def _at_every_scale(name: str, picture: Pixels, reader: ObjectReader, policy: Policy) -> Iterator[Shown]:
    seen = [(scale, _best(reader, _smaller(picture, scale))) for scale in SCALES]
    own = next((phone.box.area / scale**2 for scale, phone in seen if phone is not None and _counts(phone, policy)), None)
    for scale, phone in seen:
        size = own * scale**2 if own is not None else None
        yield Shown(file=name, size=size, score=phone.score if phone else 0.0, found=_counts(phone, policy))


def _smaller(picture: Pixels, scale: float) -> Pixels:
    """Return the still smaller, on the floor of a grey room of the still's size."""
    room = np.full_like(picture, _ROOM)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    room[-small.shape[0] :, (room.shape[1] - small.shape[1]) // 2 :][:, : small.shape[1]] = small
    return room


def _best(reader: ObjectReader, picture: Pixels) -> Thing | None:
    """Return the best phone of a round of looks: the whole picture and six parts of it."""
    found = (thing for part in _ROUND for thing in reader.find(picture, part) if thing.name is ThingName.PHONE)
    return max(found, key=lambda thing: thing.score, default=None)


def _counts(phone: Thing | None, policy: Policy) -> bool:
    """Say whether a watch would take this for a phone, if it stayed."""
    return phone is not None and phone.score >= policy.least_score["phone"] and phone.box.area >= policy.least_area


def _row(low: float | None, high: float | None, shown: Sequence[Shown]) -> dict[str, Any]:
    found = sum(one.found for one in shown)
    lower = round(share_at_least(found, len(shown)), 4) if shown else None
    return {"from": low, "to": high, "found": found, "total": len(shown), "lower95": lower}
