"""What a desk keeps of its sitting's pictures: stretches around incidents and, where drawn or wished, a clean frame every five seconds.

While the evidence store is away or full, or the sitting's key cannot be opened, watching goes on: incidents are recorded without pictures,
stretches wait here up to MOST_WAITING bytes and are tried again, clean frames are let go. All of it is counted.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from assessment_engine.evidence.draw import EVERY_S
from assessment_engine.kernel.errors import NotFound, Unavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import draw, incidents
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame
from proctoring.evidence import Segment

TRY_EVERY = timedelta(seconds=5)
ASK_EVERY = timedelta(seconds=60)
MOST_WAITING = 4 * 1024 * 1024

log = structlog.get_logger()


class Kept:
    """Fed with complete stretches and with every frame that was looked at."""

    def __init__(self, engine: Engine, sitting_id: SittingId) -> None:
        self._engine, self._sitting_id = engine, sitting_id
        self._waiting: deque[Segment] = deque()
        self._tried: datetime | None = None
        self._asked: datetime | None = None
        self._is_kept = False
        self._clean_at: datetime | None = None
        self.lost = self.failures = 0

    @property
    def waiting(self) -> int:
        """How many stretches are not stored yet."""
        return len(self._waiting)

    def add(self, segments: Iterable[Segment]) -> None:
        """Store complete stretches, those that wait first; what cannot be stored waits."""
        self._waiting.extend(segments)
        now = self._engine.clock.now()
        if not self._waiting or (self._tried is not None and now - self._tried < TRY_EVERY):
            return
        while self._waiting:
            try:
                incidents.add_evidence(self._engine, self._sitting_id, self._waiting[0])
            except Unavailable as error:
                self._failed(error, now)
                return
            except NotFound:  # its key was erased: there is nothing to store any more
                log.info("evidence_erased_meanwhile", sitting=self._sitting_id)
            self._waiting.popleft()
        self._tried = None

    def _failed(self, error: Unavailable, now: datetime) -> None:
        """Note that the store is away, and let go of the oldest where too much waits."""
        self.failures += 1
        self._tried = now
        log.warning("evidence_not_stored", code=error.code, waiting=len(self._waiting))
        while sum(len(shot.jpeg) for one in self._waiting for shot in one.shots) > MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1

    def clean(self, frame: Frame) -> None:
        """Keep a frame of clean time every so often, if this sitting is drawn or its candidate wished it."""
        if not self._keeps(frame.at) or (self._clean_at is not None and frame.at - self._clean_at < timedelta(seconds=EVERY_S)):
            return
        self._clean_at = frame.at
        try:
            draw.keep_frame(self._engine, self._sitting_id, frame.seq, frame.at, frame.jpeg)
        except Unavailable as error:
            self.failures += 1
            log.warning("clean_frame_not_kept", code=error.code)
        except NotFound:  # its key was erased
            self._is_kept = False

    def _keeps(self, now: datetime) -> bool:
        """Tell whether clean frames are kept; asked once a minute, for the wish may be new and the audit done."""
        if self._asked is None or now - self._asked >= ASK_EVERY:
            self._asked = now
            try:
                self._is_kept = draw.keeps(self._engine, self._sitting_id) is not None
            except Unavailable as error:
                self.failures += 1
                log.warning("draw_not_known", code=error.code)
        return self._is_kept
