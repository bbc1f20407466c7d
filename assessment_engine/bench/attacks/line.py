"""Attacks on the line, through the real Channel: forged and replayed frames, numbers and times, a second socket, a spliced chain.

A frame that is refused is found; a clock that lies changes nothing, for only the server's own time is kept. What an insider does to stored
records is `bench chain`'s matter.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from assessment_engine.kernel.errors import AlreadyLive
from assessment_engine.kernel.signing import unb64url
from proctoring.channel import Channel, Frame, Refused, first_link, link, seal_frame
from proctoring.channel.protocol import NONCES_KEPT

JPEG = b"\xff\xd8\xff" + bytes(200)
BEGINS = datetime(2026, 11, 29, 9, tzinfo=UTC)
FRAMES = 30


@dataclass(slots=True)
class Line:
    """One page on a channel; it keeps what it sent, as an attacker would."""

    channel: Channel
    now: datetime = BEGINS
    key: bytes = b""
    nonces: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    seq: int = 0

    def open(self) -> None:
        """Connect."""
        self.channel.open(self.now)
        self._hear()

    def send(self, message: bytes) -> bool:
        """Send bytes; returns whether they were taken."""
        self.now += timedelta(seconds=1)
        self.channel.receive(message, self.now)
        events = self.channel.events()
        self.frames += [one for one in events if isinstance(one, Frame)]
        self._hear()
        return not any(isinstance(one, Refused) for one in events)

    def live(self, count: int) -> None:
        """Send so many good frames."""
        for _ in range(count):
            self.sent.append(seal_frame(self.key, seq=self.seq, nonce=self.nonces[-1], jpeg=JPEG + secrets.token_bytes(4)))
            self.send(self.sent[-1])
            self.seq += 1

    def sealed(self, *, key: bytes | None = None, seq: int | None = None, nonce: bytes | None = None, client_ms: int = 0) -> bytes:
        """Return a frame of our making."""
        number = self.seq if seq is None else seq
        return seal_frame(key or self.key, seq=number, nonce=nonce or self.nonces[-1], jpeg=JPEG, client_ms=client_ms)

    def _hear(self) -> None:
        for text in self.channel.replies():
            told = json.loads(text)
            self.key = unb64url(told["key"]) if "key" in told else self.key
            self.nonces += [unb64url(told["nonce"])] if "nonce" in told else []


def _line() -> Line:
    line = Line(Channel("sit_attacked"))
    line.open()
    line.live(FRAMES)
    return line


def _second_socket(line: Line, rng: np.random.Generator) -> bool:
    try:
        line.channel.open(line.now + timedelta(seconds=float(rng.uniform(0, 5))))
    except AlreadyLive:
        return True
    return False


def _forged_time(line: Line, rng: np.random.Generator) -> bool:
    """Say whether a page's lie about the time of a frame left no trace in what is kept."""
    line.send(line.sealed(client_ms=int(rng.integers(1, 2**41))))
    return line.frames[-1].at == line.now


def _spliced(line: Line, rng: np.random.Generator) -> bool:
    """Say whether a chain in which one frame was exchanged, left out or moved no longer leads to its head."""
    kept, place = list(line.frames), int(rng.integers(1, FRAMES - 2))
    match int(rng.integers(3)):
        case 0:
            del kept[place]
        case 1:
            kept[place], kept[place + 1] = kept[place + 1], kept[place]
        case _:
            frame = kept[place]
            kept[place] = Frame(seq=frame.seq, at=frame.at, kept=False, jpeg=JPEG, nonce=frame.nonce, head=frame.head)
    head = first_link("sit_attacked")
    for frame in kept:
        head = link(head, seq=frame.seq, at=frame.at, picture=hashlib.sha256(frame.jpeg).digest(), nonce=frame.nonce)
    ordered = all(before.seq < after.seq for before, after in pairwise(kept))
    return head != line.frames[-1].head or not ordered


ATTACKS: Mapping[str, Callable[[Line, np.random.Generator], bool]] = {
    "another_key": lambda line, rng: not line.send(line.sealed(key=rng.bytes(32))),
    "sent_again": lambda line, rng: not line.send(line.sent[int(rng.integers(FRAMES))]),
    "older_number": lambda line, rng: not line.send(line.sealed(seq=int(rng.integers(FRAMES)))),
    "far_number": lambda line, rng: not line.send(line.sealed(seq=line.seq + 10_001 + int(rng.integers(10**6)))),
    "old_nonce": lambda line, rng: not line.send(line.sealed(nonce=line.nonces[int(rng.integers(FRAMES - NONCES_KEPT))])),
    "own_nonce": lambda line, rng: not line.send(line.sealed(nonce=rng.bytes(16))),
    "forged_time": _forged_time,
    "second_socket": _second_socket,
    "spliced_chain": _spliced,
}


def withstood(count: int, rng: np.random.Generator) -> dict[str, int]:
    """Return how many of so many attacks of each kind came to nothing."""
    return {name: sum(attack(_line(), rng) for _ in range(count)) for name, attack in ATTACKS.items()}
