"""What a channel says happened, and where it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctoring.channel.protocol import Refusal
from proctoring.kept import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame that was taken: it is in the chain, whose head after it is `head`.

    `at` is when it was received. `shown_at` is when a frame that was kept while the line was cut is believed to have been taken (kept.py).
    `nonce_at` is when its nonce was given out: the frame was sealed after that, so it can answer what was asked before it.
    """

    seq: int
    at: datetime
    kept: bool
    jpeg: bytes
    nonce: bytes
    head: bytes
    shown_at: datetime | None = None
    nonce_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Packets of Opus, heard on the way to `at`; `joins` tells whether they go on where the last ones ended. Never evidence, never kept."""

    at: datetime
    packets: tuple[bytes, ...]
    joins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time without frames that is over; `missing` counts the numbers that the page left out."""

    began: datetime
    ended: datetime
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A frame, or sound, that was not taken."""

    reason: Refusal
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the channel has seen since it was made."""

    received: int = 0
    missing: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a chain stands: enough to go on with it in another process.

    `guessed`: from an older head, with a margin of numbers. `cuts` are the times of which kept frames may still come, after `kept_until`.
    """

    next_seq: int
    head: bytes
    at: datetime | None = None
    guessed: bool = False
    cuts: tuple[Cut, ...] = ()
    kept_until: datetime | None = None


class FactKind(StrEnum):
    """What is established without a picture. The first is about us and is held against nobody; the second is about who sends."""

    CHAIN_LOST = "chain_lost"  # we do not know where the chain stood: it goes on from an older head, and the two do not join
    FRAMES_REPLAYED = "frames_replayed"  # signed frames came again that had been taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that ingest knows of a sitting's camera, other than a picture; `detail` is for people and for the log."""

    kind: FactKind
    at: datetime
    seq: int
    detail: str = ""
