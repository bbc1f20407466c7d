"""How much one caller may ask for: the size of a request's body, and tries at a password."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from assessment_engine.kernel.errors import TooManyTries

LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024  # a file of 2 MiB in base64 and what stands beside it; it is read where everybody's answers are saved
_ANSWER = re.compile(r"/api/v1/sittings/[^/]+/answers/[^/]+/?")
TRIES = RateLimitItemPerMinute(10, 10)  # ten in ten minutes


def largest_body(path: str) -> int:
    """Return how large a request's body may be at an address."""
    return LARGEST_ANSWER if _ANSWER.fullmatch(path) else LARGEST_BODY


def limited(headers: Headers, receive: Receive, most: int) -> Receive:
    """Wrap `receive` so that a body of more than `most` bytes is refused with 413, whatever its headers claim."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        claimed = headers.get("content-length", "")
        if claimed.isdigit() and int(claimed) > most:
            raise HTTPException(413, f"a request may have at most {most / 2**20:g} MiB")
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"a request may have at most {most / 2**20:g} MiB")
        return message

    return receive_limited


class LoginGate:
    """Counts tries per log-in and address, in this process; a right password clears the count."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @contextmanager
    def a_try(self, login: str, request: Request) -> Iterator[None]:
        """Count the try in this block, and forget all of them when it raises nothing; raises TooManyTries when there were too many."""
        who, address = login.strip().lower(), request.client.host if request.client else ""
        if not self._limiter.hit(TRIES, who, address):
            raise TooManyTries("too many tries; wait ten minutes")
        yield
        self._limiter.clear(TRIES, who, address)
