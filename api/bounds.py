"""How much one caller may ask for: the size of a request's body, notes of a page. Tries at a password are counted in api/sign_ins.py."""

import re
import threading
import time
from collections.abc import Mapping

import prometheus_client
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from assessment_engine.kernel.ids import PersonId

LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024  # a file of 2 MiB in base64 and what stands beside it; it is read where everybody's answers are saved
_ANSWER = re.compile(r"/api/v1/sittings/[^/]+/answers/[^/]+/?")

NOTES_A_MINUTE: Mapping[str, int] = {
    "item_viewed": 240,
    "browser_hint": 60,
    "language_switched": 60,
    "camera_changed": 12,
    "challenge_shown": 12,
}
"""What one sitting may write of each kind; nobody who sits an exam comes near, and the page itself stops at 20 hints."""

_MINUTE_S = 60.0

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
    """Counts what candidates' pages note, per candidate and kind, in this process: one kind cannot take another's room.

    Safe from any thread. A dictionary and no library: it is asked for every question that anybody looks at, where answers are saved.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[PersonId, str], tuple[float, int]] = {}  # since when, and how many
        self._swept = time.monotonic()

    def admits(self, person_id: PersonId, kind: str) -> bool:
        """Count a note; tells whether it may be kept. What a page may not note at all is the service's to refuse."""
        most = NOTES_A_MINUTE.get(kind)
        admitted = most is None or self._counted(person_id, kind) <= most
        if not admitted:
            NOTES_REFUSED.labels(kind).inc()
        return admitted

    def may_say_many(self, person_id: PersonId) -> bool:
        """Tell, once a minute, whether it may be kept that there was more than is kept."""
        return self._counted(person_id, "many") == 1

    def _counted(self, person_id: PersonId, kind: str) -> int:
        now = time.monotonic()
        with self._lock:
            if now - self._swept >= _MINUTE_S:
                self._swept = now
                self._counts = {who: (since, count) for who, (since, count) in self._counts.items() if now - since < _MINUTE_S}
            since, count = self._counts.get((person_id, kind), (now, 0))
            since, count = (since, count + 1) if now - since < _MINUTE_S else (now, 1)
            self._counts[person_id, kind] = since, count
        return count
