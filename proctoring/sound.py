"""What is heard of one candidate: samples in, seconds of voice out. No files, no clock; nothing of the sound is kept but these numbers.

A network says for each 32 ms how likely speech is, hysteresis makes stretches of that. A voice is anybody's: the candidate's, somebody's in
the room, a radio's. How many voices there are is not told: no recording with truth of several was there to measure the error on.
Samples come from vision/soundtrack.py or vision/hearing.py, the network from vision/models.py; signals.py judges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assessment_engine.kernel.errors import BadSound

Floats = npt.NDArray[np.float32]

RATE = 16_000  # samples a second
WINDOW, CONTEXT = 512, 64  # samples that the network hears at once, and those before them that it hears again
_WINDOW_S = WINDOW / RATE
_LOUDEST = 4.0  # 1 is full scale; a decoder overshoots a little, whole numbers that nobody scaled do so a lot
# Silero's own hysteresis: speech from .5, until it has been below .35 for a tenth of a second; under a quarter of a second it is a click.
_BEGINS, _ENDS = 0.5, 0.35
_PAUSE, _LEAST = 3, 8  # windows
_READINGS = 4
_STILL, _MOVING = 0.06, 0.12  # spread of the mouth's opening over its width; between them nothing is said (docs/adr/0033-what-is-heard.md)


class VoiceNetwork(Protocol):
    """What hears speech."""

    def listen(self, window: Floats, memory: Floats) -> tuple[float, Floats]:
        """Return how likely (0–1) a window of (1, 576) samples is speech, and the memory (2, 1, 128) for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A stretch of sound in seconds: how long it was, how much of it held a voice, how much nothing at all (a muted microphone)."""

    seconds: float = 0.0
    voice_s: float = 0.0
    muted_s: float = 0.0

    @property
    def voice(self) -> float | None:
        """Return the share (0–1) of the time in which somebody spoke; None when nothing could be heard."""
        return round(min(1.0, self.voice_s / self.seconds), 3) if self.muted_s < self.seconds else None

    def __add__(self, other: "Heard") -> "Heard":
        return Heard(seconds=self.seconds + other.seconds, voice_s=self.voice_s + other.voice_s, muted_s=self.muted_s + other.muted_s)


class Ear:
    """One candidate's ear: fed with samples in order, in pieces of any length; `heard` is handed out once."""

    def __init__(self, network: VoiceNetwork) -> None:
        self._network = network
        self._rest = np.zeros(0, np.float32)
        self._heard = Heard()
        self.listened_s = 0.0  # of all time, without what was muted
        self._forget()

    def receive(self, samples: Floats) -> None:
        """Take float32 mono samples at 16 kHz in; others raise BadSound and change nothing. What fills no window waits for more."""
        if samples.dtype != np.float32 or samples.ndim != 1:
            raise BadSound(f"sound is one row of float32 samples, not {samples.ndim} of {samples.dtype}")
        if not np.isfinite(samples).all():
            raise BadSound("sound holds only finite numbers")
        if samples.size and float(np.abs(samples).max()) > _LOUDEST:
            raise BadSound("sound is scaled so that 1 is full scale")
        waiting = np.concatenate([self._rest, samples])
        whole = waiting.size - waiting.size % WINDOW
        for start in range(0, whole, WINDOW):
            self._listen(waiting[start : start + WINDOW])
        self._rest = waiting[whole:]

    def miss(self) -> None:
        """Say that sound is missing here: what was before it is over, and nothing is said about the hole itself."""
        self._rest = np.zeros(0, np.float32)
        self._forget()

    def heard(self) -> Heard:
        """Hand out what was heard since last asked, once."""
        heard, self._heard = self._heard, Heard()
        return heard

    def _forget(self) -> None:
        self._context, self._memory = np.zeros(CONTEXT, np.float32), np.zeros((2, 1, 128), np.float32)
        self._run = self._quiet = 0

    def _listen(self, window: Floats) -> None:
        likely: float | None = None
        if window.any():  # a room is never without any noise: only a muted microphone is
            likely, self._memory = self._network.listen(np.concatenate([self._context, window])[None], self._memory)
            self._context = window[-CONTEXT:]
        if likely is None or not np.isfinite(likely):
            self._forget()
            self._heard += Heard(seconds=_WINDOW_S, muted_s=_WINDOW_S)
        else:
            self.listened_s += _WINDOW_S
            self._heard += Heard(seconds=_WINDOW_S, voice_s=self._voiced(likely) * _WINDOW_S)

    def _voiced(self, likely: float) -> int:
        """Return how many windows, up to and with this one, now turn out to be voice."""
        if self._run == 0 and likely < _BEGINS:
            return 0
        self._quiet = self._quiet + 1 if likely < _ENDS else 0
        if self._quiet > _PAUSE:
            self._run = self._quiet = 0
            return 0
        self._run += 1
        return 0 if self._run < _LEAST else _LEAST if self._run == _LEAST else 1


class Lips(StrEnum):
    """Whether the candidate's lips moved while a voice was heard. Still lips say that somebody else spoke, or something."""

    MOVING = "moving"
    STILL = "still"
    NOT_TOLD = "not_told"


def lips(openings: Iterable[float]) -> Lips:
    """Tell from readings of the mouth's opening (height over width), in order; one repeated exactly is the last reading, not a new one."""
    given = list(openings)
    fresh = [one for number, one in enumerate(given) if number == 0 or one != given[number - 1]]
    if len(fresh) < _READINGS:
        return Lips.NOT_TOLD
    low, high = np.quantile(fresh, (0.1, 0.9))
    return Lips.MOVING if high - low >= _MOVING else Lips.STILL if high - low < _STILL else Lips.NOT_TOLD
