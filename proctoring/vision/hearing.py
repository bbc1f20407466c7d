"""One sitting's microphone: packets of Opus in, the share of time with a voice out. Samples live as long as one call; nothing is kept.

The bytes are an attacker's: what a packet holds is bounded before it is decoded (packets.py), and a packet that is none is not listened to.
"""

from datetime import datetime

import av
import numpy as np

from assessment_engine.kernel.errors import BadSound
from proctoring.channel import Sound
from proctoring.packets import MAX_BYTES
from proctoring.sound import RATE, Ear, VoiceNetwork
from proctoring.vision.models import Floats


class OpusDecoder:
    """One stream of packets, in order, as float32 mono samples at 16 kHz."""

    def __init__(self) -> None:
        self._decoder = av.CodecContext.create("libopus", "r")
        assert isinstance(self._decoder, av.AudioCodecContext)
        self._decoder.sample_rate, self._decoder.layout = 48_000, "mono"
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)

    def decode(self, packet: bytes) -> Floats:
        """Return the samples of one packet; raises BadSound for one that is none."""
        if not 0 < len(packet) <= MAX_BYTES:
            raise BadSound("a packet of sound has some bytes, and not too many")
        try:
            frames = self._decoder.decode(av.Packet(packet))
            pieces = [piece.to_ndarray()[0] for frame in frames for piece in self._resampler.resample(frame)]
        except av.FFmpegError as broken:
            raise BadSound("a packet of sound cannot be decoded") from broken
        return np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)


class Hearing:
    """Fed with messages of sound; `voice` is handed out once. `heard_at` is when anything was last heard, a quiet room included."""

    def __init__(self, network: VoiceNetwork) -> None:
        self._ear = Ear(network)
        self._decoder = OpusDecoder()
        self.heard_at: datetime | None = None
        self.unreadable = 0

    def receive(self, sound: Sound) -> None:
        """Listen to a message; what did not come before it, and what in it is no sound, is not listened to."""
        if not sound.joins:
            self.miss()
        before = self._ear.listened_s
        for packet in sound.packets:
            self._listen(packet)
        if self._ear.listened_s > before:
            self.heard_at = sound.at

    def miss(self) -> None:
        """Begin anew after a hole: neither network nor decoder may join what is apart."""
        self._ear.miss()
        self._decoder = OpusDecoder()

    def voice(self) -> float | None:
        """Return the share (0–1) of what was listened to since last asked that held a voice; None when nothing was."""
        return self._ear.heard().voice

    def _listen(self, packet: bytes) -> None:
        if not packet:
            return self._ear.miss()
        try:
            self._ear.receive(self._decoder.decode(packet))
        except BadSound:
            self.unreadable += 1
            self.miss()
        return None
