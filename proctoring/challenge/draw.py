"""Chance that nobody can foresee and every owner of a watch finds again: HMAC-SHA256 of what is drawn, by the sitting's secret."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draw:
    """Draws from one sitting's secret; the same `what` and `number` give the same, always."""

    secret: bytes

    def below(self, limit: int, what: str, number: int) -> int:
        """Return a whole number from 0 up to, not including, `limit`."""
        return int.from_bytes(self.bytes(what, number)[:16], "big") % limit

    def between(self, low: float, high: float, what: str, number: int) -> float:
        """Return a number between two, to a millisecond of the unit."""
        return low + self.below(int(1000 * (high - low)) + 1, what, number) / 1000

    def bytes(self, what: str, number: int) -> bytes:
        """Return 32 bytes."""
        return hmac.digest(self.secret, f"{what} {number}".encode(), hashlib.sha256)
