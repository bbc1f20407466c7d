"""The server's half of the camera protocol, without a socket: bytes and moments in, frames, gaps, refusals and replies out.

The protocol, version 1 (the page's half is api/static/camera_worker.js; the socket is api/sockets/camera.py):

server → page, text, JSON
    {"type": "hello", "nonce", "key", "fps", "quality", "next_seq"}     once a connection; nonce and key are base64url, the key is new;
                                                                        with "sound": "voice" where the exam's policy listens for voices
    {"type": "ack", "seq", "nonce", "fps", "quality"}                   for every frame taken: a fresh nonce, and the load asked for
    {"type": "refused", "code": "bad_frame", "reason", "seq"}           for every frame refused; nothing of it is kept but the count
    {"type": "refused", "code": "bad_sound", "reason", "seq"}           for every message of sound refused, likewise
    anything else is a message that others publish for the page (coaching, check results) and passes through the same socket

page → server, binary, big-endian
    version u8 = 1 | kind u8 (0 live, 1 kept while the line was cut) | seq u32 | client clock u64 ms (a hint) | nonce 16 B | mac 16 B | JPEG
    The nonce is one of the last NONCES_KEPT that the server sent on this connection: it bounds from below when the frame was sent.
    The mac is the first 16 bytes of HMAC-SHA256(key, everything before the mac | JPEG).
    seq grows; numbers left out are frames that the page dropped itself, and are counted as missing.
    kind 2 is sound: the same head, key, nonces and mac; instead of a JPEG packets of Opus (packets.py), 8 KiB and a second at most. Its seq
    begins anew with each connection, and nothing acknowledges it. It is no part of the chain: nothing of it is kept, so nothing is proved.

close codes: CloseCode below. After REFUSALS_ALLOWED refused frames on one connection it is closed with 4422, after one that is
too large with 4413. More than MOST_A_SECOND messages a second, beyond a reserve of MOST_AT_ONCE, are refused unseen; sound has an
allowance of its own, so that neither takes the other's.

The chain (PROCTORING 5) holds every frame that was taken, whatever is dropped later:
    h_i = SHA256(h_{i-1} | seq | server_ts | sha256(jpeg) | nonce), each field prefixed with its length (u32);
    seq is u32, server_ts is u64 milliseconds; h_0 is the SHA-256 of "camera chain" and the sitting's id, prefixed alike.

A Channel lives as long as its sitting and sees many connections, one at a time.
"""

import hashlib
import hmac
import json
import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from struct import Struct

from assessment_engine.kernel.errors import AlreadyLive
from assessment_engine.kernel.signing import b64url
from proctoring import packets
from proctoring.allowance import Allowance

VERSION = 1
MAX_JPEG = 256 * 1024
HEADER = Struct(">BBIQ16s16s")
MAX_MESSAGE = MAX_JPEG + HEADER.size
MAX_SOUND = packets.MAX_BYTES
NONCES_KEPT = 16
REFUSALS_ALLOWED = 10
LARGEST_SKIP = 10_000  # about half an hour at 5 frames a second
LAST_SEQ = 2**32 - 1
MOST_A_SECOND = 10.0
MOST_AT_ONCE = 60.0  # what a page may have kept while the line was cut
SOUNDS_A_SECOND = 2.0
SOUNDS_AT_ONCE = 8.0

DEAD_AFTER = timedelta(seconds=10)
IDLE_AFTER = timedelta(seconds=30)
GAP_AFTER = timedelta(seconds=5)

_MAC_AT = HEADER.size - 16
_JPEG_START = b"\xff\xd8\xff"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame that was taken: it is in the chain, whose head after it is `head`."""

    seq: int
    at: datetime
    kept: bool
    jpeg: bytes
    nonce: bytes
    head: bytes


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
    """Where a chain stands: enough to go on with it in another process."""

    next_seq: int
    head: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many frames a second, and how good, the server wants."""

    fps: float = 2.0
    quality: float = 0.6


@dataclass(slots=True)
class _Connection:
    """One socket's secrets and manners."""

    number: int
    key: bytes
    heard_at: datetime
    hears: bool
    frames: Allowance
    sounds: Allowance
    nonces: deque[bytes] = field(default_factory=lambda: deque(maxlen=NONCES_KEPT))
    refusals: int = 0
    closing: CloseCode | None = None
    next_sound: int | None = None  # None before the first: what was before it was not heard here

    def may_speak(self, now: datetime, *, sound: bool) -> bool:
        """Spend one message of the allowance of its kind."""
        self.heard_at = now
        return (self.sounds if sound else self.frames).spend(now)

    def fresh_nonce(self) -> bytes:
        """Make a nonce and remember it."""
        nonce = secrets.token_bytes(16)
        self.nonces.append(nonce)
        return nonce


def lengthened(*fields: bytes) -> bytes:
    """Join fields, each after its length as u32, so that no two lists of fields look alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in fields)


def first_link(sitting_id: str) -> bytes:
    """Return h_0 of a sitting's chain."""
    return hashlib.sha256(lengthened(b"camera chain", sitting_id.encode())).digest()


def link(head: bytes, *, seq: int, at: datetime, picture: bytes, nonce: bytes) -> bytes:
    """Return the next head; `picture` is the SHA-256 of the JPEG, so that a chain can be verified after frames are erased."""
    return hashlib.sha256(lengthened(head, seq.to_bytes(4, "big"), milliseconds(at).to_bytes(8, "big"), picture, nonce)).digest()


def seal_frame(key: bytes, *, seq: int, nonce: bytes, jpeg: bytes, client_ms: int = 0, kind: Kind = Kind.LIVE) -> bytes:
    """Write one frame, or as `jpeg` the packets of sound, as a page does (for `play`, benchmarks and tests)."""
    head = HEADER.pack(VERSION, kind, seq, client_ms, nonce, bytes(16))[:_MAC_AT]
    return head + _mac(key, head, jpeg) + jpeg


def milliseconds(at: datetime) -> int:
    """Return a moment as whole milliseconds since 1970."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """Return the moment of `milliseconds`."""
    return _EPOCH + timedelta(milliseconds=ms)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _seq_of(message: bytes) -> int:
    seq: int = HEADER.unpack_from(message)[2]
    return seq


def _mac(key: bytes, head: bytes, jpeg: bytes) -> bytes:
    return hmac.digest(key, head + jpeg, "sha256")[:16]


class Channel:
    """One sitting's camera: fed with `open`, `receive`, `tick`, `close`; asked for `events`, `replies`, `closing`."""

    def __init__(self, sitting_id: str, start: Position | None = None) -> None:
        self.sitting_id = sitting_id
        self.position = start or Position(next_seq=0, head=first_link(sitting_id))
        self.counts = Counts()
        self.load = Load()
        self._opened = 0
        self._connection: _Connection | None = None
        self._events: list[Frame | Gap | Sound | Refused] = []
        self._replies: list[str] = []

    def open(self, now: datetime, *, hears: bool = False) -> int:
        """Begin a connection and greet it; returns its number. `hears`: sound is taken, too. Raises AlreadyLive while another is alive."""
        if self._connection and self._connection.closing is None and now - self._connection.heard_at < DEAD_AFTER:
            raise AlreadyLive("this sitting's camera is already connected in another window")
        self._opened += 1
        self._connection = _Connection(
            number=self._opened,
            key=secrets.token_bytes(32),
            heard_at=now,
            hears=hears,
            frames=Allowance(MOST_A_SECOND, MOST_AT_ONCE, now),
            sounds=Allowance(SOUNDS_A_SECOND, SOUNDS_AT_ONCE, now),
        )
        self._replies = []
        sound = {"sound": "voice"} if hears else {}
        self._reply("hello", key=b64url(self._connection.key), next_seq=self.position.next_seq, **sound, **self._asked())
        return self._opened

    def is_open(self, number: int) -> bool:
        """Tell whether a connection still holds the camera; a newer one takes it when the older is dead."""
        return self._connection is not None and self._connection.number == number

    def close(self, number: int) -> None:
        """Forget a connection that ended; an older one's end changes nothing."""
        if self.is_open(number):
            self._connection = None

    @property
    def closing(self) -> CloseCode | None:
        """Why the connection must be closed now, or None."""
        return self._connection.closing if self._connection else None

    def ask(self, load: Load) -> None:
        """Ask the page for another load; it learns of it with the next acknowledgement."""
        self.load = load

    def tick(self, now: datetime) -> None:
        """Notice a silent connection."""
        if self._connection and now - self._connection.heard_at >= IDLE_AFTER:
            self._connection.closing = CloseCode.IDLE

    def receive(self, message: bytes, now: datetime) -> None:
        """Take one binary message of the open connection; whatever it holds, nothing is raised."""
        connection = self._connection
        if connection is None or connection.closing is not None:
            return
        sound = message[1:2] == bytes([Kind.SOUND])
        reason = self._fault(connection, message) if connection.may_speak(now, sound=sound) else Refusal.TOO_FAST
        if reason is not None:
            self._refuse(connection, reason, None if reason in _UNTRUSTED else _seq_of(message), code="bad_sound" if sound else "bad_frame")
        elif sound:
            self._hear(connection, message, now)
        else:
            self._take(message, now)

    def events(self) -> list[Frame | Gap | Sound | Refused]:
        """Hand out what happened since last asked, once."""
        events, self._events = self._events, []
        return events

    def replies(self) -> list[str]:
        """Hand out the texts to send to the page, once."""
        replies, self._replies = self._replies, []
        return replies

    def _fault(self, connection: _Connection, message: bytes) -> Refusal | None:
        """Return what is wrong with a message, the cheapest and least trusting question first."""
        if len(message) < HEADER.size:
            return Refusal.MALFORMED
        version, kind, seq, _client_ms, nonce, mac = HEADER.unpack_from(message)
        if len(message) > (HEADER.size + MAX_SOUND if kind == Kind.SOUND else MAX_MESSAGE):
            return Refusal.TOO_LARGE
        if version != VERSION or kind not in tuple(Kind):
            return Refusal.UNKNOWN_VERSION
        if not hmac.compare_digest(mac, _mac(connection.key, message[:_MAC_AT], message[HEADER.size :])):
            return Refusal.FOREIGN_KEY
        if nonce not in connection.nonces:
            return Refusal.FOREIGN_NONCE
        if kind == Kind.SOUND:
            return self._unfit_sound(connection, message, seq)
        turn = self._out_of_turn(seq, self.position.next_seq)
        return turn or (None if message.startswith(_JPEG_START, HEADER.size) else Refusal.NOT_A_PICTURE)

    def _unfit_sound(self, connection: _Connection, message: bytes, seq: int) -> Refusal | None:
        if not connection.hears:
            return Refusal.NOT_LISTENING
        turn = self._out_of_turn(seq, connection.next_sound or 0)
        return turn or (None if packets.parted(message[HEADER.size :]) else Refusal.NOT_SOUND)

    def _out_of_turn(self, seq: int, expected: int) -> Refusal | None:
        if seq == expected - 1:
            return Refusal.REPEATED
        if seq < expected:
            return Refusal.REORDERED
        return Refusal.SKIPPED_TOO_FAR if seq - expected > LARGEST_SKIP or seq == LAST_SEQ else None

    def _take(self, message: bytes, now: datetime) -> None:
        _version, kind, seq, _client_ms, nonce, _mac16 = HEADER.unpack_from(message)
        before, jpeg = self.position, message[HEADER.size :]
        at = max(moment(milliseconds(now)), before.at or _EPOCH)  # a clock that was set back must not turn the chain around
        missing = seq - before.next_seq
        head = link(before.head, seq=seq, at=at, picture=hashlib.sha256(jpeg).digest(), nonce=nonce)
        if before.at is not None and at - before.at >= GAP_AFTER:
            self._events.append(Gap(began=before.at, ended=at, missing=missing))
        self._events.append(Frame(seq=seq, at=at, kept=kind == Kind.KEPT, jpeg=jpeg, nonce=nonce, head=head))
        self.position = Position(next_seq=seq + 1, head=head, at=at)
        self.counts = replace(self.counts, received=self.counts.received + 1, missing=self.counts.missing + missing)
        self._reply("ack", seq=seq, **self._asked())

    def _hear(self, connection: _Connection, message: bytes, now: datetime) -> None:
        seq, heard = _seq_of(message), packets.parted(message[HEADER.size :]) or ()
        self._events.append(Sound(at=now, packets=heard, joins=seq == connection.next_sound))
        connection.next_sound = seq + 1

    def _refuse(self, connection: _Connection, reason: Refusal, seq: int | None, *, code: str) -> None:
        self.counts = replace(self.counts, refused=self.counts.refused + 1)
        self._events.append(Refused(reason=reason, seq=seq))
        self._reply("refused", code=code, reason=reason, seq=seq)
        connection.refusals += 1
        if reason is Refusal.TOO_LARGE:
            connection.closing = CloseCode.TOO_LARGE
        elif connection.refusals >= REFUSALS_ALLOWED:
            connection.closing = CloseCode.BAD_FRAMES

    def _asked(self) -> dict[str, str | float]:
        """Return what a hello and an ack share: a fresh nonce and the load."""
        assert self._connection is not None
        return {"nonce": b64url(self._connection.fresh_nonce()), "fps": self.load.fps, "quality": self.load.quality}

    def _reply(self, kind: str, **fields: str | int | float | None) -> None:
        self._replies.append(json.dumps({"type": kind, **fields}))


# What a message without the right mac says about its number is worth nothing.
_UNTRUSTED = frozenset({Refusal.MALFORMED, Refusal.TOO_LARGE, Refusal.TOO_FAST, Refusal.UNKNOWN_VERSION, Refusal.FOREIGN_KEY})
