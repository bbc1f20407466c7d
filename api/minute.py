"""What many people ask for at once and what costs a look at many rows: worked out once a minute, and the same for everybody until then.

One per app and question; safe from any thread. Who may ask is decided before.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from assessment_engine.kernel.clock import Clock

Answer = TypeVar("Answer")

LASTS = timedelta(seconds=60)
MOST = 500


class Minute(Generic[Answer]):
    """The answers of the last minute, by what was asked about; at most MOST of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[datetime, Answer]] = {}
        self._lock = threading.Lock()

    def of(self, about: str, work_out: Callable[[], Answer]) -> Answer:
        """Return the answer about something, worked out anew where there is none of this minute; others wait for it meanwhile."""
        with self._lock:
            now = self._clock.now()
            at, answer = self._known.get(about, (None, None))
            if at is not None and answer is not None and at <= now < at + LASTS:
                return answer
            fresh = work_out()
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[about] = (now, fresh)
            return fresh
