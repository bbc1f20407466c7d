"""A simulated line between a page and its channel: so many bits a second up, so late, cut when told to. The messages on it are real."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assessment_engine.kernel.errors import AlreadyLive
from proctoring import uplink
from proctoring.channel import Channel, Fact, Frame, Gap, Refused, Sound
from proctoring.page import CameraPage, Encode

STEP_MS = 100
TRY_EVERY_MS = 4000
BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(slots=True)
class Line:
    """A page, a channel and what lies between them; fed with pictures, asked for what the channel said."""

    channel: Channel
    page: CameraPage = field(default_factory=CameraPage)
    bits_a_second: float = 1e6
    late_ms: int = 60
    hears: bool = False
    page_ahead_ms: int = 0  # of the page's own clock
    now: int = 0
    is_cut: bool = False
    sent: list[tuple[int, int]] = field(default_factory=list)  # (ms, bytes on the wire), as the page sent them
    said: list[Frame | Gap | Sound | Fact | Refused] = field(default_factory=list)
    _up: deque[tuple[int, bytes]] = field(default_factory=deque)
    _down: deque[tuple[int, str]] = field(default_factory=deque)
    _busy_until: float = 0.0
    _number: int = 0
    _tried: int = -TRY_EVERY_MS

    @property
    def moment(self) -> datetime:
        """Return the server's time."""
        return BEGAN + timedelta(milliseconds=self.now)

    def cut(self) -> None:
        """Cut the line, and whatever is on it."""
        self.is_cut = True
        self._up.clear()
        self._down.clear()
        self.channel.close(self._number)
        self.page.lose()

    def mend(self) -> None:
        """Let the page connect again."""
        self.is_cut = False

    def step(
        self,
        encode: Encode,
        sound: Callable[[int], bytes | None] = lambda now: None,
        glance: Callable[[], Sequence[int]] | None = None,
    ) -> None:
        """Let a tenth of a second pass; `sound` answers the packets that a second which ends now holds, `glance` what is seen now."""
        self.now += STEP_MS
        clock = self.now + self.page_ahead_ms
        if self.page.is_cut(clock):
            self.cut()
            self.mend()
        if not self.page.is_open and not self.is_cut and self.now - self._tried >= TRY_EVERY_MS:
            self._connect()
        packets = sound(self.now)
        self._send(self.page.speak(packets, clock) if packets is not None else [])
        if glance is not None and self.page.wants_glance(clock):
            self.page.glance(clock, glance())
        if self.page.is_due(clock):
            self._send(self.page.take(clock, encode))
        elif self.now % 500 == 0:
            self._send(self.page.late(clock))
        self._deliver(clock)

    def _connect(self) -> None:
        self._tried = self.now
        try:
            self._number = self.channel.open(self.moment, hears=self.hears)
        except AlreadyLive:
            return
        self._busy_until = self.now
        self.page.greet(json.loads(self.channel.replies()[0]))

    def _send(self, messages: list[bytes]) -> None:
        for message in messages:
            size = len(message) + uplink.SOCKET
            self.sent.append((self.now, size))
            self._busy_until = max(self._busy_until, self.now) + size * 8000 / self.bits_a_second
            self._up.append((int(self._busy_until) + self.late_ms, message))

    def _deliver(self, clock: int) -> None:
        while self._up and self._up[0][0] <= self.now:
            self.channel.receive(self._up.popleft()[1], self.moment)
            self._down.extend((self.now + self.late_ms, reply) for reply in self.channel.replies())
        self.said += self.channel.events()
        while self._down and self._down[0][0] <= self.now:
            self.page.hear(json.loads(self._down.popleft()[1]), clock)

    def most_kbits(self, seconds: int = 60) -> float:
        """Return the most that was sent over any so many seconds, in kbit/s; shorter tries count as if they had lasted so long."""
        most, total, oldest = 0, 0, 0
        for at, size in self.sent:
            total += size
            while self.sent[oldest][0] <= at - 1000 * seconds:
                total -= self.sent[oldest][1]
                oldest += 1
            most = max(most, total)
        return most * 8 / 1000 / seconds
