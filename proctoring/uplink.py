"""What a page may send, and how good a picture: bytes a second within a budget, survival on a line that hardly carries. Pure; no clock.

The page's own half is api/static/camera_budget.js, line for line the same machine: tests/browser/test_camera_budget.py holds them together.
Here it serves `play`, `bench uplink` and the tests. Whole numbers: bytes and milliseconds (docs/adr/0041-the-uplink.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from proctoring.channel import HEADER, Load

SOCKET = 8  # bytes of a client's frame around a message of 126 to 65,535 bytes (RFC 6455, 5.2: head, length, mask)
LEAST_FPS_WITH_SOUND = 0.5  # asked for fewer pictures than this a second: the machine is in great need
SOUND_A_SECOND = 1050  # Opus at 8 kbit/s with the heads of its messages
FRAME_MOST = 7000  # bytes of a picture beyond which nothing more was found
FRAME_LEAST = 1500
SURVIVAL_EVERY_MS = 1900  # in survival, while nothing goes on
LEAST_EVERY_MS = 1000
QUICK_EVERY_MS, QUICK = 1500, 3  # and so many pictures after something stirred, from what was saved
GLANCE_MS = 500  # how often the page looks whether anything does
CATCHING_UP_EVERY_MS = 2000  # of live pictures while kept ones are sent: still near enough to each other to count as watched
SPENT_OVER_MS = 8000  # the reserve is spent over so long, where there is use for it
AGAIN_MS = 250  # after which a picture is taken for which there was no room
TRIES = 3  # of encoding one picture

LATE_MS = 3000  # an acknowledgement that takes longer: the line does not carry what is sent
EASY_MS = 1000
PATIENCE_MS, MOST_PATIENCE_MS = 20_000, 160_000  # how long all must be easy before more is tried; longer each time it failed
SOON_MS = 60_000
CUT_MS = 15_000  # without any acknowledgement: the line is cut, whatever the socket says
MOST_UNDER_WAY = {"normal": 8, "survival": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One way to encode a picture, and what it comes to of a plain webcam's."""

    width: int
    quality: float
    bytes: int


LADDER = tuple(
    Rung(width=width, quality=quality, bytes=size)
    for width, quality, size in (
        (640, 0.6, 12000),
        (640, 0.5, 9500),
        (640, 0.4, 7500),
        (640, 0.3, 6000),
        (512, 0.4, 5150),
        (512, 0.3, 4250),
        (400, 0.4, 3700),
        (400, 0.3, 3100),
        (320, 0.3, 2330),
        (512, 0.6, 7000),
        (400, 0.6, 4950),
        (320, 0.6, 3650),
        (448, 0.4, 4350),
        (448, 0.3, 3600),
        (448, 0.2, 2900),
        (320, 0.2, 1850),
    )
)
_USUAL = range(9)
_BURST = (0, 9, 10, 11)  # where more pictures are asked for: smaller ones, but none that flattens a tint; fewer before worse
_POOR = (12, 13, 14, 8, 15)  # in survival: one width, as long as the worst picture of that width comes to POOR_MOST at most
_QUICK = _POOR[1:]
POOR_MOST = 5500
_SAVING, _CALM = 0.9, 0.75  # shares of the budget that survival's pictures take at most, and usually, while nothing goes on
_CLIMBS_BELOW = 0.85  # of the target: a picture that changes its size at every frame would look to the eyes as if all had moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So many bytes a second, and so many more at once."""

    rate: int
    reserve: int


# Over any minute: 80 and 20 kbit/s.
BUDGETS = {"normal": Budget(rate=9400, reserve=36_000), "survival": Budget(rate=2300, reserve=12_000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """Where a page's sending stands. Verbs return a new one."""

    load: Load = field(default_factory=Load)
    hears: bool = False
    mode: str = "normal"
    tokens: float = float(BUDGETS["normal"].reserve)
    at: int | None = None
    rung: int = 2
    size: int = LADDER[2].bytes
    easy_since: int | None = None
    left_at: int | None = None
    patience: int = PATIENCE_MS
    quick: int = 0

    @property
    def _is_quick(self) -> bool:
        return self.quick > 0 or self.load.fps > 1

    @property
    def bears_sound(self) -> bool:
        """Tell whether sound is wanted, and there is room for it."""
        return self.hears and self.mode == "normal" and self.load.fps >= LEAST_FPS_WITH_SOUND

    def asked(self, load: Load, *, hears: bool) -> Self:
        """Take in what the server wants."""
        return replace(self, load=load, hears=hears)

    def every_ms(self, *, catching_up: bool) -> int:
        """Return the time from one picture to the next."""
        wanted = int(1000 / self.load.fps + 0.5)
        if self.mode == "survival":
            often = self.size * 1000 // int(BUDGETS["survival"].rate * _CALM)  # small pictures, as of an empty place, come oftener
            return max(wanted, min(QUICK_EVERY_MS if self._is_quick else SURVIVAL_EVERY_MS, max(LEAST_EVERY_MS, often)))
        return max(CATCHING_UP_EVERY_MS, wanted) if catching_up and self.load.fps <= 1 else wanted

    def target(self) -> int:
        """Return how large a picture should be."""
        budget, every = BUDGETS[self.mode], self.every_ms(catching_up=False)
        rate = budget.rate - (SOUND_A_SECOND if self.hears and self.mode == "normal" else 0)
        if self.mode == "survival":
            return POOR_MOST if self._is_quick else int(rate * SURVIVAL_EVERY_MS * _SAVING / 1000) - HEADER.size - SOCKET
        if every >= 1000:
            return min(FRAME_MOST, rate - HEADER.size - SOCKET)
        more = int(self.tokens) * every // SPENT_OVER_MS  # what is left over is spent, on more pictures or on better ones
        return min(FRAME_MOST, budget.reserve - HEADER.size - SOCKET, max(FRAME_LEAST, rate * every // 1000 + more - HEADER.size - SOCKET))

    def planned(self) -> Self:
        """Choose how to encode the next picture, from what the last one came to."""
        target, now = self.target(), LADDER[self.rung].bytes
        places = self._places()
        for place in places:
            rung = LADDER[place]
            if rung.width > self.load.width or rung.quality > self.load.quality:
                continue
            expected = self.size * rung.bytes / now
            room = max(target, POOR_MOST) if self.mode == "survival" and place in _QUICK else target
            if expected <= room * (_CLIMBS_BELOW if rung.bytes > now else 1):
                return replace(self, rung=place, size=int(expected + 0.5))
        return replace(self, rung=places[-1], size=int(self.size * LADDER[places[-1]].bytes / now + 0.5))

    def _places(self) -> Sequence[int]:
        if self.mode == "survival":
            return _QUICK if self._is_quick else _POOR
        return _BURST if self.load.fps > 1 else _USUAL

    def stirred(self) -> Self:
        """Take in that something goes on before the camera: in survival the next pictures come quickly, as far as there is room."""
        return replace(self, quick=QUICK) if self.mode == "survival" else self

    def pictured(self) -> Self:
        """Count a live picture that was sent."""
        return replace(self, quick=max(0, self.quick - 1))

    def came_to(self, size: int) -> Self:
        """Take in what a picture came to."""
        return replace(self, size=size)

    def fits(self, size: int) -> bool:
        """Tell whether a picture may be sent as it is, and is about as large as it should be."""
        return size <= self.target() * 5 // 4 and self.affords(size)

    def affords(self, size: int) -> bool:
        """Tell whether a picture of so many bytes is within the budget now; one larger than the whole reserve waits until that is full."""
        return min(size + HEADER.size + SOCKET, BUDGETS[self.mode].reserve) <= self.tokens

    def affords_kept(self, size: int) -> bool:
        """Tell whether a kept picture may go now, and leave enough for the next live one."""
        return self.mode == "normal" and self.affords(size + FRAME_MOST)

    def tick(self, now: int, oldest_ms: int) -> Self:
        """Let time pass; `oldest_ms` is how long the oldest message waits for its acknowledgement, 0 when none does."""
        passed = 0 if self.at is None else max(0, now - self.at)
        budget = BUDGETS[self.mode]
        one = replace(self, at=now, tokens=min(float(budget.reserve), self.tokens + passed * budget.rate / 1000))
        return one._survive(now) if one.mode == "normal" and oldest_ms >= LATE_MS else one

    def spent(self, size: int) -> Self:
        """Count a message of so many bytes, which was sent."""
        return replace(self, tokens=self.tokens - size - SOCKET)

    def acknowledged(self, now: int, took_ms: int) -> Self:
        """Take in how long an acknowledgement took; go back to the normal budget when all were easy for long."""
        if self.mode == "normal":
            return self._survive(now) if took_ms >= LATE_MS else self
        if took_ms > EASY_MS:
            return replace(self, easy_since=None)
        since = now if self.easy_since is None else self.easy_since
        if now - since < self.patience:
            return replace(self, easy_since=since)
        return replace(self, mode="normal", easy_since=None, left_at=now)

    def _survive(self, now: int) -> Self:
        soon = self.left_at is not None and now - self.left_at < SOON_MS
        patience = min(MOST_PATIENCE_MS, self.patience * 2) if soon else PATIENCE_MS
        tokens = min(self.tokens, float(BUDGETS["survival"].reserve))
        return replace(self, mode="survival", patience=patience, easy_since=None, tokens=tokens)
