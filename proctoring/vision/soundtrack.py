"""A recording's sound, fed to an ear second by second, as a candidate's microphone would be.

Any rate and any number of channels become mono at 16 kHz; what a broken clock leaves out is silence. What is heard is sound.py's matter.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.sound import RATE, Ear, Heard
from proctoring.vision.models import VOICE, Floats, Models, Voice

_SLACK_S = 0.1  # time stamps of sound jitter by less


def read(recording: Path) -> Iterator[Floats]:
    """Yield the first sound track as float32 mono samples at 16 kHz, at most a second at once; nothing when there is none."""
    try:
        with av.open(str(recording)) as container:
            if container.streams.audio:
                yield from _resampled(container)
    except (av.FFmpegError, OSError) as broken:
        raise UnreadableFile(f"the sound of {recording.name} cannot be read: {broken}", file=recording.name) from broken


def _resampled(container: "av.container.InputContainer") -> Iterator[Floats]:
    resampler, told = av.AudioResampler(format="flt", layout="mono", rate=RATE), 0
    for frame in container.decode(audio=0):
        begins = told if frame.time is None else round(frame.time * RATE)
        while begins - told > _SLACK_S * RATE:
            silence = np.zeros(min(RATE, begins - told), np.float32)
            told += silence.size
            yield silence
        frame.pts = None
        for piece in resampler.resample(frame):
            samples = np.asarray(piece.to_ndarray()[0], np.float32)
            told += samples.size
            yield samples
    for piece in resampler.resample(None):
        yield np.asarray(piece.to_ndarray()[0], np.float32)


class Soundtrack:
    """One recording's ear: asked what was heard up to a second. Without a voice network, or without sound, it hears nothing."""

    def __init__(self, recording: Path, models: Models) -> None:
        network = models.networks.get(VOICE)
        self._ear = Ear(network) if isinstance(network, Voice) else None
        self._pieces = read(recording) if self._ear is not None else iter(())
        self._fed = 0
        self.heard = Heard()

    def until(self, at: float) -> list[Floats]:
        """Read on, and return the pieces that begin before this second."""
        pieces = []
        while self._fed < at * RATE and (piece := next(self._pieces, None)) is not None:
            self._fed += piece.size
            pieces.append(piece)
        return pieces

    def hear(self, pieces: list[Floats]) -> float | None:
        """Return the share (0–1) of these pieces in which somebody spoke, None when nothing could be heard."""
        if self._ear is None:
            return None
        for piece in pieces:
            self._ear.receive(piece)
        heard = self._ear.heard()
        self.heard += heard
        return heard.voice
