"""One sitting's challenges at the desk: frames and time in, messages to page and wall out; what is asked and judged is stored first.

Only what is seen as it happens counts: a worker that lags, or that sees old frames again, asks nothing and judges nothing by them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.services import challenges
from assessment_engine.services.engine import Engine
from proctoring.challenge.course import Asked, Course, Reading
from proctoring.challenge.light import Tint
from proctoring.challenge.verdict import Ask
from proctoring.channel import Frame
from proctoring.observations import Observation
from proctoring.policy import Kind
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes
from proctoring.vision.switch import SwitchWatch
from proctoring.vision.tint import tint
from proctoring.watch import Watch

FPS, QUALITY = 5.0, 0.6
BURST_S = {Ask.LIGHT: 12.0, Ask.TURN: 42.0}
TURN_FPS = 3.0
LIVE_WITHIN = timedelta(seconds=4)
DOUBTED_FOR = timedelta(minutes=1)  # what a page said longer ago was taken in, or is old


class Challenges:
    """The challenges and the camera of one sitting under watch; what must be put before a person goes to the watch."""

    def __init__(self, engine: Engine, sitting: Sitting, watch: Watch, seconds: Callable[[datetime], float]) -> None:
        self._engine, self._sitting, self._watch, self._seconds = engine, sitting, watch, seconds
        known = challenges.standing(engine, sitting.id)
        now_s = max(0.0, seconds(engine.clock.now()))
        self._course = Course(known.secret, known.plan, known.past, now_s=now_s, shown=self._was_shown)
        self._switches = SwitchWatch()
        self._seq = 0
        self._said: list[tuple[str, Json]] = []
        self._told: int | None = None  # the number of the last challenge that was stored and told
        self._doubted_at: datetime | None = None
        self._settle()

    def receive(self, frame: Frame, seen: Observation, eyes: Eyes, sitting: Sitting) -> Observation:
        """Take in one frame; returns what the watch may know of it: a head that turns because it was asked to is no sign."""
        self._sitting, self._seq = sitting, frame.seq
        self._look_for_a_switch(seen, eyes)
        if sitting.state is not SittingState.IN_PROGRESS:
            self._stop(seen.at)
            return seen
        if self._engine.clock.now() - frame.at > LIVE_WITHIN:
            return seen
        turning = self._course.turning
        nonce_s = self._seconds(frame.nonce_at) if frame.nonce_at is not None else None
        self._course.receive(Reading.of(frame.jpeg, seen, nonce_s, self._tint(frame, seen)))
        self._settle()
        return replace(seen, head=None, gaze=None) if turning else seen

    def tick(self, now: datetime, *, silent: bool) -> None:
        """Let time pass; while no frames come, or the sitting stands still, so do its challenges."""
        if silent or self._sitting.state is not SittingState.IN_PROGRESS:
            self._stop(self._seconds(now))
        elif self._course.asks:
            self._course.tick(self._seconds(now))
            self._settle()

    def doubt(self, changed_at: datetime) -> None:
        """Take in that the page said, then, that another camera was opened: a check comes soon, once for each time."""
        now = self._engine.clock.now()
        if (self._doubted_at is None or changed_at > self._doubted_at) and now - changed_at <= DOUBTED_FOR:
            self._doubted_at = changed_at
            self._course.doubt(self._seconds(now))

    def said(self) -> list[tuple[str, Json]]:
        """Hand out (channel, message), once."""
        said, self._said = self._said, []
        return said

    def _stop(self, at_s: float) -> None:
        self._course.gap(at_s)
        self._settle()

    def _tint(self, frame: Frame, seen: Observation) -> Tint | None:
        return tint(decode(frame.jpeg), seen.face) if self._course.wants_tint and seen.face is not None else None

    def _was_shown(self, number: int) -> bool:
        return challenges.was_shown(self._engine, self._sitting.id, number)

    def _look_for_a_switch(self, seen: Observation, eyes: Eyes) -> None:
        view = eyes.view
        switched_s = self._switches.receive(view, seen) if view is not None else None
        if switched_s is not None:
            self._watch.report(Kind.CAMERA_SWITCHED, switched_s, self._seq)
            self._course.doubt(seen.at)

    def _settle(self) -> None:
        """Store what the course established, then say it."""
        begun = self._course.begun()
        if begun is not None:
            self._begin(begun)
        for asked in self._course.finished():
            challenges.judge(self._engine, self._sitting, asked)
        for asked in self._course.reports():
            self._watch.report(Kind.CHALLENGE_FAILED, max(asked.at_s, self._seconds(self._engine.clock.now())), self._seq)
        for asked in self._course.for_people():
            challenges.call_a_person(self._engine, self._sitting, asked)
        self._said += [(f"page:{self._sitting.id}", message) for message in self._course.messages()]

    def _begin(self, begun: Asked) -> None:
        """Store that something is asked, once, and ask for more frames."""
        if self._told != begun.number:
            challenges.ask(self._engine, self._sitting, begun)
            self._told = begun.number
            fps = FPS if begun.ask is Ask.LIGHT else TURN_FPS
            load: Json = {"type": "load", "fps": fps, "quality": QUALITY, "seconds": BURST_S[begun.ask]}
            self._said.append((f"page:{self._sitting.id}", load))
