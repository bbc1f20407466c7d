"""One socket's secrets and manners: its key, the nonces it was given, what it may still send. Used by channel.py."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proctoring.allowance import Allowance
from proctoring.channel.protocol import NONCES_KEPT, CloseCode

DEAD_AFTER = timedelta(seconds=10)
IDLE_AFTER = timedelta(seconds=30)
REPLAYS_TOLD = 3  # signed frames with numbers that were used: a browser's TCP repeats none, so somebody plays back what was sent


@dataclass(slots=True)
class Connection:
    """One socket's secrets and manners."""

    number: int
    key: bytes
    heard_at: datetime
    hears: bool
    frames: Allowance
    sounds: Allowance
    nonces: dict[bytes, datetime] = field(default_factory=dict)  # the last NONCES_KEPT, with when each was given out
    refusals: int = 0
    replays: int = 0
    ahead_ms: int | None = None  # of the server's clock before the page's, as the quickest live frame had it
    closing: CloseCode | None = None
    next_sound: int | None = None  # None before the first: what was before it was not heard here

    def may_speak(self, now: datetime, *, sound: bool) -> bool:
        """Spend one message of the allowance of its kind."""
        self.heard_at = now
        return (self.sounds if sound else self.frames).spend(now)

    def compare_clocks(self, client_ms: int, now_ms: int) -> None:
        """Take in what a live frame says of the page's clock."""
        ahead = now_ms - client_ms
        self.ahead_ms = ahead if self.ahead_ms is None else min(ahead, self.ahead_ms)

    def fresh_nonce(self) -> bytes:
        """Make a nonce and remember it, and forget the oldest."""
        nonce = secrets.token_bytes(16)
        self.nonces[nonce] = self.heard_at
        if len(self.nonces) > NONCES_KEPT:
            del self.nonces[next(iter(self.nonces))]
        return nonce
