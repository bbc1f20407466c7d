"""Who may sit, or play, before the camera of a simulated sitting: made of real looks, of which only light and turns are simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from assessment_engine.bench.attacks.footage import FPS, Look, Stretch
from proctoring.challenge import colours
from proctoring.challenge.colours import HUES, Light
from proctoring.challenge.light import Tint
from proctoring.observations import Head, Observation, Reason

LOOP_S = 10.0
BEHIND = 0.15  # of the light on the face reaches the background
_HUES = {Light((hue,)).colours[0]: hue for hue in range(HUES)}
_TURNED = {"left": np.array([24.0, 0.0]), "right": np.array([-24.0, 0.0]), "up": np.array([0.0, 17.0])}


class Sitter(StrEnum):
    """Who, or what, is before the camera."""

    GENUINE = "genuine"
    REPLAY = "replay"  # a recording of the candidate, encoded anew
    LOOP = "loop"  # ten seconds of one, over and over, encoded anew
    EXACT_LOOP = "exact_loop"  # the same, bit by bit
    FROZEN = "frozen"  # one picture, bit by bit
    STILL = "still"  # one picture with a camera's grain
    OLD_ANSWER = "old_answer"  # a recording in which an earlier light was answered, started with each announcement
    PHOTO = "photo"  # a photograph held before the real camera: it takes the light
    PAINTED = "painted"  # a program that reads the page and paints the light on a recording: no software can tell


@dataclass(slots=True)
class Body:
    """What is before the camera from one moment on; `gain` is the light's strength on the face (hundredths of log-chroma)."""

    sitter: Sitter
    stretch: Stretch
    rng: np.random.Generator
    gain: float
    answers: float = 0.9  # the chance that somebody turns, or shows a hand, when asked
    lag_s: float = 0.4
    begun_s: float = 0.0
    lights: list[Light] = field(default_factory=list)  # that were answered so far
    _start: int = 0
    _asked: Mapping[str, Any] = field(default_factory=dict)
    _asked_s: float = 0.0
    _will: bool = False
    _waits_s: float = 2.0

    def __post_init__(self) -> None:
        self._start = int(self.rng.integers(0, 10_000))

    def hear(self, message: Mapping[str, Any], at_s: float) -> None:
        """Take in what the page is told."""
        self._asked, self._asked_s = message, at_s
        self._will = self.sitter is Sitter.GENUINE and self.rng.random() < self.answers
        self._waits_s = float(self.rng.uniform(1.0, 4.0))
        if message["ask"] == "light" and self.sitter is Sitter.GENUINE:
            self.lights.append(_light_of(message))

    def look(self, at_s: float) -> tuple[Look, bytes]:
        """Return what the camera shows at a moment, and its bytes for as much as they are told apart."""
        step, digest = self._frame(at_s)
        look = self.stretch.at(step, self._start)
        colour = self._lit(look.tint, at_s)
        if self.sitter in (Sitter.STILL, Sitter.PHOTO):
            colour = _shifted(colour, 0.05 * self.rng.normal(size=2), 1.0)
        return replace(look, seen=self._turned(look.seen, at_s), tint=colour), digest

    def _frame(self, at_s: float) -> tuple[float, bytes]:
        """Return the second of the stretch that is shown, and the name of the bytes."""
        since = at_s - self.begun_s
        if self.sitter in (Sitter.FROZEN, Sitter.STILL, Sitter.PHOTO):
            return 0.0, b"one" if self.sitter is Sitter.FROZEN else str(at_s).encode()
        if self.sitter in (Sitter.LOOP, Sitter.EXACT_LOOP):
            step = int(since * FPS) % int(LOOP_S * FPS)
            return step / FPS, f"loop {step}".encode() if self.sitter is Sitter.EXACT_LOOP else str(at_s).encode()
        return since, str(at_s).encode()

    def _lit(self, colour: Tint, at_s: float) -> Tint:
        """Put the screen's light on what takes it: a face, a photograph, a picture that a program paints; or an earlier light."""
        if self._asked.get("ask") != "light":
            return colour
        if self.sitter in (Sitter.GENUINE, Sitter.PHOTO, Sitter.PAINTED):
            light = _light_of(self._asked)
        elif self.sitter is Sitter.OLD_ANSWER and self.lights:
            light = self.lights[len(self.lights) // 2]
        else:
            return colour
        since = at_s - self._asked_s - self._asked["in_ms"] / 1000 - self.lag_s
        shift = colours.shares(np.array([since])) @ colours.directions(np.array([light.hues]))[0]
        return _shifted(colour, self.gain * shift[0], BEHIND)

    def _turned(self, seen: Observation, at_s: float) -> Observation:
        """Return the observation with the head where it was asked to go, or a hand before the face, if this sitter does it."""
        since = at_s - self._asked_s - self._waits_s
        if not self._will or since < 0 or seen.head is None:
            return seen
        if self._asked.get("ask") == "hand" and since < 2.0:
            return Observation(at=seen.at, seq=seen.seq, reason=Reason.FACE_NOT_SEEN, people=1)
        if self._asked.get("ask") == "turn" and since < 5.0:
            yaw, pitch = _TURNED[self._asked["turns"][int(since // 2.5)]] + self.rng.normal(0, 2.5, 2)
            return replace(seen, head=Head(yaw=self.stretch.rest.yaw + yaw, pitch=self.stretch.rest.pitch + pitch, roll=seen.head.roll))
        return seen


def _light_of(message: Mapping[str, Any]) -> Light:
    return Light(tuple(_HUES[colour] for colour in message["colours"]))


def _shifted(colour: Tint, by: Sequence[float] | colours.Floats, behind: float) -> Tint:
    ground = None if colour.ground is None else _moved(colour.ground, [behind * share for share in by])
    return Tint(skin=_moved(colour.skin, by), ground=ground)


def _moved(colour: tuple[float, float, float], by: Sequence[float] | colours.Floats) -> tuple[float, float, float]:
    red, green, blue = colour
    return red * float(np.exp(by[0] / 100)), green, blue * float(np.exp(by[1] / 100))
