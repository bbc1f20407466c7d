"""A doubt about something grave, from one look to the next: more pictures are asked for, for a few seconds, so that it is over sooner.

It establishes nothing: what is found stays the watch's. A page pays for it within its budget (ADR 41), and in survival not at all. No doubt
is asked about more often than every AGAIN_AFTER_S, nor while we ourselves lag.
"""

from datetime import datetime, timedelta

from assessment_engine.kernel.canonical import Json
from proctoring.observations import Observation

FPS, QUALITY = 3.0, 0.6
FOR_S = 4.0
AGAIN_AFTER_S = 15.0
LIVE_WITHIN = timedelta(seconds=2)


class Doubts:
    """Fed with the looks of one sitting, in order; answers the wish for more pictures, once, where there is a doubt."""

    def __init__(self) -> None:
        self._before: Observation | None = None
        self._asked_s: float | None = None

    def receive(self, seen: Observation, at: datetime, now: datetime) -> Json | None:
        """Take in one look, whose frame came `at`; return the wish, or None."""
        before, self._before = self._before, seen
        rests = self._asked_s is not None and seen.at - self._asked_s < AGAIN_AFTER_S
        if before is None or rests or now - at > LIVE_WITHIN or not _is_doubtful(before, seen):
            return None
        self._asked_s = seen.at
        return {"type": "load", "fps": FPS, "quality": QUALITY, "seconds": FOR_S}


def _is_doubtful(before: Observation, seen: Observation) -> bool:
    """Tell whether a face more, none any more, or one somewhere else was seen where the look before saw nothing of it."""
    if not (before.observable and seen.observable):
        return False
    was, is_now = _faces(before), _faces(seen)
    if is_now != was:
        return is_now > max(was, 1) or (is_now == 0 < was)
    return before.face is not None and seen.face is not None and before.face.overlap(seen.face) == 0


def _faces(seen: Observation) -> int:
    return seen.faces if seen.faces is not None else int(seen.face is not None)
