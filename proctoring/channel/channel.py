"""One sitting's chain, over many connections, one at a time. Fed with bytes and moments, never with a socket or a clock."""

import hashlib
import hmac
import json
import secrets
from dataclasses import replace
from datetime import datetime

from assessment_engine.kernel.errors import AlreadyLive
from assessment_engine.kernel.signing import b64url
from proctoring import packets
from proctoring.allowance import Allowance
from proctoring.channel.chain import EPOCH, first_link, link, milliseconds, moment
from proctoring.channel.connection import DEAD_AFTER, IDLE_AFTER, REPLAYS_TOLD, Connection
from proctoring.channel.events import Counts, Fact, FactKind, Frame, Gap, Position, Refused, Sound
from proctoring.channel.protocol import (
    GAP_AFTER,
    HEADER,
    JPEG_START,
    LARGEST_SKIP,
    LAST_MS,
    LAST_SEQ,
    MAC_AT,
    MAX_MESSAGE,
    MAX_SOUND,
    MOST_A_SECOND,
    MOST_AT_ONCE,
    REFUSALS_ALLOWED,
    SOUNDS_A_SECOND,
    SOUNDS_AT_ONCE,
    VERSION,
    CloseCode,
    Kind,
    Load,
    Refusal,
    mac_of,
    seq_of,
)
from proctoring.kept import STALLED_AFTER, believed, with_cut

# What a message without the right mac says about its number is worth nothing.
_UNTRUSTED = frozenset({Refusal.MALFORMED, Refusal.TOO_LARGE, Refusal.TOO_FAST, Refusal.UNKNOWN_VERSION, Refusal.FOREIGN_KEY})

Event = Frame | Gap | Sound | Fact | Refused


class Channel:
    """One sitting's camera: fed with `open`, `receive`, `tick`, `close`; asked for `events`, `replies`, `closing`."""

    def __init__(self, sitting_id: str, start: Position | None = None) -> None:
        self.sitting_id = sitting_id
        self.position = start or Position(next_seq=0, head=first_link(sitting_id))
        self.counts = Counts()
        self.load = Load()
        self._burst: tuple[Load, datetime] | None = None
        self._opened = 0
        self._connection: Connection | None = None
        self._events: list[Event] = []
        self._replies: list[str] = []

    def open(self, now: datetime, *, hears: bool = False) -> int:
        """Begin a connection and greet it; returns its number. `hears`: sound is taken, too. Raises AlreadyLive while another is alive."""
        if self._connection and self._connection.closing is None and now - self._connection.heard_at < DEAD_AFTER:
            raise AlreadyLive("this sitting's camera is already connected in another window")
        self._opened += 1
        self._connection = Connection(
            number=self._opened,
            key=secrets.token_bytes(32),
            heard_at=now,
            hears=hears,
            frames=Allowance(MOST_A_SECOND, MOST_AT_ONCE, now),
            sounds=Allowance(SOUNDS_A_SECOND, SOUNDS_AT_ONCE, now),
        )
        self._replies = []
        if self.position.at is not None:
            self.position = replace(self.position, cuts=with_cut(self.position.cuts, self.position.at, now))
        also: dict[str, str | bool] = {"sound": "voice"} if hears else {}
        if self.position.guessed:
            also["guessed"] = True
        self._reply("hello", key=b64url(self._connection.key), next_seq=self.position.next_seq, **also, **self._asked(now))
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

    def ask(self, load: Load, *, until: datetime | None = None) -> None:
        """Ask the page for another load, from now on or until then; it learns of it with the next acknowledgement.

        What lasts longer and asks for as much is not cut short: a doubt does not end a camera check.
        """
        if until is None:
            self.load = load
        elif self._burst is None or self._burst[1] < until or self._burst[0].fps < load.fps:
            self._burst = load, until

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
            self._refuse(connection, reason, None if reason in _UNTRUSTED else seq_of(message), code="bad_sound" if sound else "bad_frame")
            if not sound and reason not in _UNTRUSTED and seq_of(message) < self.position.next_seq:
                self._tell_replay(connection, now)
        elif sound:
            self._hear(connection, message, now)
        else:
            self._take(connection, message, now)

    def events(self) -> list[Event]:
        """Hand out what happened since last asked, once."""
        events, self._events = self._events, []
        return events

    def replies(self) -> list[str]:
        """Hand out the texts to send to the page, once."""
        replies, self._replies = self._replies, []
        return replies

    def _fault(self, connection: Connection, message: bytes) -> Refusal | None:
        """Return what is wrong with a message, the cheapest and least trusting question first."""
        if len(message) < HEADER.size:
            return Refusal.MALFORMED
        version, kind, seq, client_ms, nonce, mac = HEADER.unpack_from(message)
        if len(message) > (HEADER.size + MAX_SOUND if kind == Kind.SOUND else MAX_MESSAGE):
            return Refusal.TOO_LARGE
        if version != VERSION or kind not in tuple(Kind):
            return Refusal.UNKNOWN_VERSION
        if not hmac.compare_digest(mac, mac_of(connection.key, message[:MAC_AT], message[HEADER.size :])):
            return Refusal.FOREIGN_KEY
        if nonce not in connection.nonces:
            return Refusal.FOREIGN_NONCE
        if kind == Kind.SOUND:
            return self._unfit_sound(connection, message, seq)
        if turn := self._out_of_turn(seq, self.position.next_seq):
            return turn
        if not message.startswith(JPEG_START, HEADER.size):
            return Refusal.NOT_A_PICTURE
        return Refusal.UNTIMELY if kind == Kind.KEPT and self._shown_at(connection, client_ms) is None else None

    def _shown_at(self, connection: Connection, client_ms: int) -> datetime | None:
        """Return when a kept frame was taken, as far as that is believed; a page's clock means nothing before a live frame came from it."""
        if connection.ahead_ms is None or not 0 <= client_ms + connection.ahead_ms <= LAST_MS:
            return None
        return believed(self.position.cuts, moment(client_ms + connection.ahead_ms), self.position.kept_until)

    def _unfit_sound(self, connection: Connection, message: bytes, seq: int) -> Refusal | None:
        if not connection.hears:
            return Refusal.NOT_LISTENING
        turn = self._out_of_turn(seq, connection.next_sound or 0)
        return turn or (None if packets.parted(message[HEADER.size :]) else Refusal.NOT_SOUND)

    def _out_of_turn(self, seq: int, expected: int) -> Refusal | None:
        if seq == expected - 1:
            return Refusal.REPEATED
        if seq < expected:
            return Refusal.REORDERED
        return Refusal.SKIPPED_TOO_FAR if seq - expected > LARGEST_SKIP or seq >= LAST_SEQ else None

    def _take(self, connection: Connection, message: bytes, now: datetime) -> None:
        _version, kind, seq, client_ms, nonce, _mac16 = HEADER.unpack_from(message)
        before, jpeg = self.position, message[HEADER.size :]
        at = max(moment(milliseconds(now)), before.at or EPOCH)  # a clock that was set back must not turn the chain around
        missing = seq - before.next_seq
        head = link(before.head, seq=seq, at=at, picture=hashlib.sha256(jpeg).digest(), nonce=nonce)
        kept = kind == Kind.KEPT
        shown_at = self._shown_at(connection, client_ms) if kept else None
        if not kept:
            connection.compare_clocks(client_ms, milliseconds(now))
        if before.at is not None and at - before.at >= GAP_AFTER:
            self._events.append(Gap(began=before.at, ended=at, missing=missing))
        if before.guessed:
            self._events.append(Fact(kind=FactKind.CHAIN_LOST, at=at, seq=seq, detail=before.head.hex()))
        asked = connection.nonces[nonce]
        self._events.append(Frame(seq=seq, at=at, kept=kept, jpeg=jpeg, nonce=nonce, head=head, shown_at=shown_at, nonce_at=asked))
        stalled = before.at is not None and at - before.at >= STALLED_AFTER
        cuts = with_cut(before.cuts, before.at, at) if stalled and before.at is not None else before.cuts
        until = shown_at or before.kept_until
        self.position = replace(before, next_seq=seq + 1, head=head, at=at, guessed=False, cuts=cuts, kept_until=until)
        self.counts = replace(self.counts, received=self.counts.received + 1, missing=self.counts.missing + missing)
        self._reply("ack", seq=seq, **self._asked(now))

    def _hear(self, connection: Connection, message: bytes, now: datetime) -> None:
        seq, heard = seq_of(message), packets.parted(message[HEADER.size :]) or ()
        self._events.append(Sound(at=now, packets=heard, joins=seq == connection.next_sound))
        connection.next_sound = seq + 1

    def _refuse(self, connection: Connection, reason: Refusal, seq: int | None, *, code: str) -> None:
        self.counts = replace(self.counts, refused=self.counts.refused + 1)
        self._events.append(Refused(reason=reason, seq=seq))
        self._reply("refused", code=code, reason=reason, seq=seq)
        connection.refusals += reason is not Refusal.UNTIMELY  # which an honest page may well send, of pictures that it kept too long
        if reason is Refusal.TOO_LARGE:
            connection.closing = CloseCode.TOO_LARGE
        elif connection.refusals >= REFUSALS_ALLOWED:
            connection.closing = CloseCode.BAD_FRAMES

    def _tell_replay(self, connection: Connection, now: datetime) -> None:
        """Say once that numbers which were used come again under this connection's own key."""
        connection.replays += 1
        if connection.replays == REPLAYS_TOLD:
            self._events.append(Fact(kind=FactKind.FRAMES_REPLAYED, at=now, seq=self.position.next_seq, detail=str(self.position.next_seq)))

    def _asked(self, now: datetime) -> dict[str, str | float]:
        """Return what a hello and an ack share: a fresh nonce and the load."""
        assert self._connection is not None
        if self._burst is not None and now >= self._burst[1]:
            self._burst = None
        load = self._burst[0] if self._burst is not None else self.load
        return {"nonce": b64url(self._connection.fresh_nonce()), "fps": load.fps, "quality": load.quality, "width": load.width}

    def _reply(self, kind: str, **fields: str | int | float | None) -> None:
        self._replies.append(json.dumps({"type": kind, **fields}))
