"""How much one caller may ask for: the size of a request's body, notes of a page. Tries at a password are counted in api/sign_ins.py."""

import re
from collections.abc import Mapping

import prometheus_client
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from assessment_engine.kernel.ids import PersonId

LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024  # a file of 2 MiB in base64 and what stands beside it; it is read where everybody's answers are saved
_ANSWER = re.compile(r"/api/v1/sittings/[^/]+/answers/[^/]+/?")

NOTES_A_MINUTE: Mapping[str, RateLimitItem] = {
    "item_viewed": RateLimitItemPerMinute(240),
    "browser_hint": RateLimitItemPerMinute(60),
    "language_switched": RateLimitItemPerMinute(60),
    "camera_changed": RateLimitItemPerMinute(12),
    "challenge_shown": RateLimitItemPerMinute(12),
}
"""What one sitting may write of each kind; nobody who sits an exam comes near, and the page itself stops at 20 hints."""

NOTES_REFUSED = prometheus_client.Counter("notes_refused_total", "Notes of pages beyond what a sitting may write in a minute", ["kind"])


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


class NoteGate:
    """Counts what candidates' pages note, per candidate and kind, in this process: one kind cannot take another's room."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admits(self, person_id: PersonId, kind: str) -> bool:
        """Count a note; tells whether it may be kept. What a page may not note at all is the service's to refuse."""
        most = NOTES_A_MINUTE.get(kind)
        admitted = most is None or self._limiter.hit(most, person_id, kind)
        if not admitted:
            NOTES_REFUSED.labels(kind).inc()
        return admitted

    def may_say_many(self, person_id: PersonId) -> bool:
        """Tell, once a minute, whether it may be kept that there was more than is kept."""
        return self._limiter.hit(RateLimitItemPerMinute(1), person_id, "many")
