"""The camera protocol's messages, numbers and words; what they mean is told in __init__.py."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from struct import Struct

from assessment_engine.kernel.errors import Invalid
from proctoring import packets

VERSION = 1
MAX_JPEG = 256 * 1024
HEADER = Struct(">BBIQ16s16s")
MAX_MESSAGE = MAX_JPEG + HEADER.size
MAX_SOUND = packets.MAX_BYTES
NONCES_KEPT = 16
REFUSALS_ALLOWED = 10
LARGEST_SKIP = 10_000  # about half an hour at 5 frames a second
LAST_SEQ = 2**31 - 1  # what a database column holds; a page that counts honestly needs 68 years for it
LAST_MS = 2**43  # the year 2248: no clock of a page is later
MOST_A_SECOND = 10.0
MOST_AT_ONCE = 60.0  # what a page may have kept while the line was cut
SOUNDS_A_SECOND = 2.0
SOUNDS_AT_ONCE = 8.0

GAP_AFTER = timedelta(seconds=5)
LEAST_FPS, MOST_FPS = 0.1, 5.0

MAC_AT = HEADER.size - 16
JPEG_START = b"\xff\xd8\xff"


class CloseCode(IntEnum):
    """Why the server ended a camera connection; stable, in the page's words too."""

    TICKET = 4401
    ORIGIN = 4403
    IDLE = 4408
    ALREADY_LIVE = 4409
    TOO_LARGE = 4413
    BAD_FRAMES = 4422


class Kind(IntEnum):
    """What a message holds: a frame, with when it was taken as the page says, or sound."""

    LIVE = 0
    KEPT = 1
    SOUND = 2


class Refusal(StrEnum):
    """Why a message was not taken; every reason is a `bad_frame` or a `bad_sound`, and is counted by itself."""

    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"
    FOREIGN_KEY = "foreign_key"
    FOREIGN_NONCE = "foreign_nonce"
    REPEATED = "repeated"
    REORDERED = "reordered"
    SKIPPED_TOO_FAR = "skipped_too_far"
    NOT_A_PICTURE = "not_a_picture"
    NOT_SOUND = "not_sound"
    NOT_LISTENING = "not_listening"
    TOO_LARGE = "too_large"
    TOO_FAST = "too_fast"
    UNTIMELY = "untimely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many frames a second, how good and how wide at most, the server wants."""

    fps: float = 1.0
    quality: float = 0.6
    width: int = 640

    def __post_init__(self) -> None:
        if not (LEAST_FPS <= self.fps <= MOST_FPS and 0.1 <= self.quality <= 0.95 and 160 <= self.width <= 640):
            raise Invalid("a page cannot be asked for that", fps=str(self.fps), quality=str(self.quality), width=self.width)


def seal_frame(key: bytes, *, seq: int, nonce: bytes, jpeg: bytes, client_ms: int = 0, kind: Kind = Kind.LIVE) -> bytes:
    """Write one frame, or as `jpeg` the packets of sound, as a page does (for `play`, benchmarks and tests)."""
    head = HEADER.pack(VERSION, kind, seq, client_ms, nonce, bytes(16))[:MAC_AT]
    return head + mac_of(key, head, jpeg) + jpeg


def seq_of(message: bytes) -> int:
    """Return the number that a message of full length says it has."""
    seq: int = HEADER.unpack_from(message)[2]
    return seq


def mac_of(key: bytes, head: bytes, jpeg: bytes) -> bytes:
    """Return what a message is signed with."""
    return hmac.digest(key, head + jpeg, "sha256")[:16]
