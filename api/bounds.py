"""How much one caller may ask for: the size of a request's body, and tries at a log-in."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from assessment_engine.kernel.errors import TooManyTries

LARGEST_BODY = 16 * 1024 * 1024
TRIES = RateLimitItemPerMinute(10, 10)  # ten in ten minutes


def limited(headers: Headers, receive: Receive, most: int) -> Receive:
    """Wrap `receive` so that a body of more than `most` bytes is refused with 413, whatever its headers claim."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        claimed = headers.get("content-length", "")
        if claimed.isdigit() and int(claimed) > most:
            raise HTTPException(413, f"a request may have {most} bytes")
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"a request may have {most} bytes")
        return message

    return receive_limited


class LoginGate:
    """Counts tries per log-in and address, in this process; a right password clears the count."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def knock(self, login: str, address: str) -> None:
        """Count one try; raises TooManyTries when there were too many."""
        if not self._limiter.hit(TRIES, login.strip().lower(), address):
            raise TooManyTries("too many tries; wait ten minutes")

    def open(self, login: str, address: str) -> None:
        """Forget the tries of somebody who got in."""
        self._limiter.clear(TRIES, login.strip().lower(), address)
