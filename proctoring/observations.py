"""What was seen in one frame: the one record between eyes and judgement.

None always means "not looked at in this frame", never "not there". Lengths are fractions of the picture, angles degrees as the picture is
stored (yaw > 0 towards the image's right, pitch > 0 up). Made by vision/eyes.py, judged by signals.py.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from assessment_engine.kernel.errors import Invalid


class Reason(StrEnum):
    """Why a frame could not be seen into. Never evidence against anybody."""

    COVERED = "covered"
    TOO_DARK = "too_dark"
    BACK_LIT = "back_lit"
    BLURRED = "blurred"
    EYES_COVERED = "eyes_covered"
    CROPPED = "cropped"
    TOO_FAR = "too_far"
    FACE_NOT_SEEN = "face_not_seen"

    @property
    def booked_as(self) -> "Reason":
        """Return the reason under which unwatched time is counted: every way not to see the face well is one kind."""
        return self if self in (Reason.COVERED, Reason.TOO_DARK) else Reason.FACE_NOT_SEEN


class Picture(StrEnum):
    """How good a picture a finding rests on: findings in poor ones are counted apart."""

    CLEAR = "clear"
    POOR = "poor"


class ThingName(StrEnum):
    """The things an object detector may name."""

    PERSON = "person"
    PHONE = "phone"
    BOOK = "book"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in fractions of the picture."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def between(cls, left: float, top: float, right: float, bottom: float) -> Self:
        """Return the part of the rectangle that lies inside the picture."""
        left, top = min(1.0, max(0.0, float(left))), min(1.0, max(0.0, float(top)))
        right, bottom = min(1.0, max(0.0, float(right))), min(1.0, max(0.0, float(bottom)))
        return cls(x=round(left, 4), y=round(top, 4), width=round(right - left, 4), height=round(bottom - top, 4))

    @property
    def area(self) -> float:
        """Return the share of the picture."""
        return self.width * self.height

    def beside(self, other: "Box") -> bool:
        """Say whether it lies to one side of another, with no column in common."""
        return self.x > other.x + other.width or other.x > self.x + self.width

    def overlap(self, other: "Box") -> float:
        """Return the intersection over the union."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(0.0, width) * max(0.0, height)
        return shared / max(self.area + other.area - shared, 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Which way the head points."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """Which way the eyes point, head included."""

    across: float
    up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One object, and how likely it is there (0–1) by what its looks are worth: vision/meaning.py."""

    name: ThingName
    score: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the picture is: mean brightness, contrast (both of 255) and edge energy."""

    brightness: float
    contrast: float
    sharpness: float

    @property
    def picture(self) -> Picture:
        """Say which kind it is; against the light there is contrast enough, but no edges."""
        return Picture.POOR if self.contrast < 60 or self.sharpness < 25 else Picture.CLEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One frame, `at` seconds into the sitting; `seq` is the frame's own number and grows.

    `people` are bodies, faces or not, counted in this frame or, of an empty place, up to two seconds ago. `identity` is the distance to the
    enrolled face, `objects` are things other than people. `mouth_open` and `eyes_open` are heights over widths, about 0 when closed.
    `voice` is the share (0–1) of the time since the last frame in which anybody was heard to speak.
    While the face looks as it did when it was last read it keeps that reading, for less than eight seconds, with a gaze of this frame's
    irises; identity, objects and how far the eyes are open are never repeated.
    """

    at: float
    seq: int
    reason: Reason | None = None
    faces: int | None = None
    people: int | None = None
    face: Box | None = None
    head: Head | None = None
    gaze: Gaze | None = None
    mouth_open: float | None = None
    eyes_open: float | None = None
    voice: float | None = None
    identity: float | None = None
    objects: tuple[Thing, ...] | None = None
    quality: Quality | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.at) or self.at < 0 or self.seq < 0:
            raise Invalid("an observation needs a time and a number that are not negative", at=str(self.at), seq=self.seq)
        if any(count is not None and count < 0 for count in (self.faces, self.people)):
            raise Invalid("an observation counts from zero", seq=self.seq)
        if self.identity is not None and not (math.isfinite(self.identity) and self.identity >= 0):
            raise Invalid("an identity distance is a number from zero up", seq=self.seq)
        if self.voice is not None and not 0 <= self.voice <= 1:
            raise Invalid("voice is a share from 0 to 1", seq=self.seq)
        if not all(math.isfinite(number) for number in self._measures()):
            raise Invalid("an observation holds only finite numbers", seq=self.seq)

    def _measures(self) -> Iterator[float]:
        for direction in (self.head, self.gaze):
            yield from () if direction is None else (getattr(direction, name) for name in direction.__slots__)
        yield from (value for value in (self.mouth_open, self.eyes_open) if value is not None)
        yield from (thing.score for thing in self.objects or ())

    @property
    def picture(self) -> Picture:
        """Say how good the picture is; one that was not measured counts as clear."""
        return self.quality.picture if self.quality is not None else Picture.CLEAR

    @property
    def observable(self) -> bool:
        """Say whether this frame can tell anything about the candidate."""
        return self.reason is None

    def as_json(self) -> dict[str, Any]:
        """Return plain values; what was not looked at is left out."""
        return {name: value for name in self.__slots__ if (value := _plain(getattr(self, name))) is not None}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """Read what `as_json` wrote; anything else raises Invalid."""
        try:
            return cls(**{name: _READERS.get(name, _as_is)(value) for name, value in given.items()})
        except (TypeError, ValueError, KeyError) as wrong:
            raise Invalid("this is not an observation") from wrong


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__slots__") and not isinstance(value, StrEnum):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    return value.value if isinstance(value, StrEnum) else value


def _as_is(value: Any) -> Any:
    return value


def _thing(value: dict[str, Any]) -> Thing:
    return Thing(name=ThingName(value["name"]), score=float(value["score"]), box=Box(**value["box"]))


_READERS: dict[str, Callable[[Any], Any]] = {
    "at": float,
    "seq": int,
    "reason": Reason,
    "face": lambda value: Box(**value),
    "head": lambda value: Head(**value),
    "gaze": lambda value: Gaze(**value),
    "mouth_open": float,
    "eyes_open": float,
    "voice": float,
    "quality": lambda value: Quality(**value),
    "objects": lambda value: tuple(_thing(one) for one in value),
}
