"""Answers in the fewest words: a face in a room with some noise, and the light of a screen on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from proctoring.challenge import colours
from proctoring.challenge.colours import Light
from proctoring.challenge.course import Course, Reading
from proctoring.challenge.light import Sample, Tint
from proctoring.observations import Box, Head, Observation, Reason

SECRET = bytes(range(32))
FPS = 5.0
SKIN = (168.0, 138.0, 125.0)
WALL = (205.0, 204.0, 205.0)
CENTRE = (0.5, 0.4, 0.3)


def answer(
    light: Light | None,
    *,
    gain: float = 2.0,
    lag_s: float = 0.4,
    noise: float = 0.4,
    seed: int = 1,
    seconds: float = 11.0,
    fps: float = FPS,
) -> list[Sample]:
    """A face for eleven seconds, lit by `light` from the second 1.5 on; gain and noise in hundredths of log-chroma."""
    rng = np.random.default_rng(seed)
    at = np.arange(0, seconds, 1 / fps) - 1.5
    grain = np.zeros((len(at), 2))
    for moment in range(1, len(at)):
        grain[moment] = 0.6 * grain[moment - 1] + 0.8 * noise * rng.normal(size=2)
    shift = grain + (0 if light is None else gain * shining(light, at - lag_s))
    return [
        Sample(since_s=float(when), tint=Tint(skin=shifted(SKIN, by), ground=WALL), place=CENTRE)
        for when, by in zip(at, shift, strict=True)
    ]


def shining(
    light: Light, since_s: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Where a light points at each moment."""
    return np.asarray(colours.shares(since_s) @ colours.directions(np.array([light.hues]))[0])


def shifted(colour: Sequence[float], by: Sequence[float]) -> tuple[float, float, float]:
    """A colour whose log-chroma lies so many hundredths aside."""
    red, green, blue = colour
    return red * float(np.exp(by[0] / 100)), green, blue * float(np.exp(by[1] / 100))


@dataclass
class Candidate:
    """Somebody before a camera, who answers as told: the light's `gain` on the face, whether the head turns and a hand comes when asked."""

    course: Course
    gain: float = 0.0
    turns: bool = False
    hand: bool = False
    moves: bool = True
    seen: bool = True
    at: float = 0.0
    told: list[dict[str, object]] = field(default_factory=list)
    _light: tuple[float, Light] | None = None
    _asked: dict[str, object] = field(default_factory=dict)
    _asked_at: float = 0.0

    def until(self, at: float) -> None:
        """Sit and answer until then, five frames a second where a challenge goes on, else one."""
        rng = np.random.default_rng(7)
        while self.at < at:
            self.at = round(self.at + (1 / FPS if self.course.asks else 1.0), 3)
            self.course.receive(Reading.of(self._jpeg(), self._look(), nonce_s=self.at - 0.3, tint=self._tint(rng)))
            for message in self.course.messages():
                self._hear(message)

    def _jpeg(self) -> bytes:
        return f"a picture of {self.at}".encode()

    def _hear(self, message: dict[str, object]) -> None:
        self.told.append(message)
        self._asked, self._asked_at = message, self.at

    def _tint(self, rng: np.random.Generator) -> Tint:
        by = 0.4 * rng.normal(size=2)
        if self._asked.get("ask") == "light":
            light = Light(tuple(hue_of(str(colour)) for colour in self._asked["colours"]))  # type: ignore[attr-defined]
            by = by + self.gain * shining(light, np.array([self.at - self._asked_at - 1.5 - 0.4]))[0]
        return Tint(skin=shifted(SKIN, tuple(by)), ground=WALL)

    def _look(self) -> Observation:
        if not self.seen:
            return Observation(at=self.at, seq=round(self.at * 10), reason=Reason.TOO_DARK)
        since = self.at - self._asked_at
        if self._asked.get("ask") == "hand" and self.hand and 2 < since < 4:
            return Observation(at=self.at, seq=round(self.at * 10), reason=Reason.FACE_NOT_SEEN, people=1)
        yaw = 3 * np.sin(self.at / 7) if self.moves else 1.0
        pitch = 0.0
        if self._asked.get("ask") == "turn" and self.turns:
            where = str(self._asked["turns"][min(1, int(since // 3))]) if 1 < since < 7 else ""  # type: ignore[index]
            yaw, pitch = {"left": (25.0, 0.0), "right": (-25.0, 0.0), "up": (0.0, 18.0)}.get(where, (yaw, pitch))
        face = Box(x=0.4 + (0.02 * np.sin(self.at / 5) if self.moves else 0.0), y=0.3, width=0.2, height=0.25)
        return Observation(at=self.at, seq=round(self.at * 10), faces=1, face=face, head=Head(yaw=float(yaw), pitch=pitch, roll=0.0))


def hue_of(colour: str) -> int:
    """The hue that is painted so."""
    return next(hue for hue in range(colours.HUES) if Light((hue,)).colours == [colour])
