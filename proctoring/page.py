"""The page's half of the camera protocol without a browser: moments and what the server said in, messages out. For `play`, benches, tests.

The real page is api/static/camera_worker.js, with camera_budget.js and camera_protocol.js; this one behaves alike (uplink.py, kept.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessment_engine.kernel.signing import unb64url
from proctoring import uplink
from proctoring.channel import Kind, Load, seal_frame
from proctoring.glance import Glances
from proctoring.kept import Picture, keep
from proctoring.uplink import LADDER, Uplink

MOST_UNTIMELY = 3
Encode = Callable[[int, float], bytes]  # (width, quality) → JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnderWay:
    """A frame that was sent, and waits for its acknowledgement."""

    picture: Picture
    kind: Kind
    sent_at: int


class CameraPage:
    """Fed with `greet`, `hear`, `lose` and pictures; hands out the messages to send. Times are ms of a clock that never jumps."""

    def __init__(self) -> None:
        self.uplink = Uplink()
        self.kept: list[Picture] = []
        self.seq = 0
        self.sent_bytes = 0
        self._under_way: dict[int, _UnderWay] = {}
        self._key: bytes | None = None
        self._nonce = b""
        self._sound_seq = 0
        self._known = self._told_clock = False
        self._due = self._pictured = self._heard_at = self._untimely = self._glanced = 0
        self._glances = Glances()

    @property
    def is_open(self) -> bool:
        """Tell whether there is a line, as far as the page knows."""
        return self._key is not None

    def greet(self, hello: Mapping[str, Any]) -> None:
        """Take in a hello; what the server never had of the last connection is kept, to be sent again."""
        self._take_back(0 if hello.get("guessed") else int(hello["next_seq"]))
        self._key, self._known, self._told_clock, self._sound_seq = unb64url(hello["key"]), True, False, 0
        self.seq = max(self.seq, int(hello["next_seq"]))
        self._take_in(hello, hears=hello.get("sound") == "voice")

    def hear(self, message: Mapping[str, Any], now: int) -> None:
        """Take in an acknowledgement or a refusal; after several kept pictures that are untimely no other will be timely."""
        if message["type"] == "ack":
            done = self._under_way.pop(int(message["seq"]), None)
            if done is not None:
                self.uplink, self._heard_at = self.uplink.acknowledged(now, now - done.sent_at), now
                self._untimely = self._untimely if done.kind is Kind.LIVE else 0
            self._take_in(message, hears=self.uplink.hears)
        elif message["type"] == "refused" and message["code"] == "bad_frame":
            self._under_way.pop(message["seq"], None)
            self._untimely += message["reason"] == "untimely"
            if self._untimely >= MOST_UNTIMELY:
                self.kept.clear()

    def lose(self) -> None:
        """Take in that the line is cut."""
        self._key, self._told_clock = None, False

    def is_cut(self, now: int) -> bool:
        """Tell whether nothing was acknowledged for so long that the line must be given up."""
        return self.is_open and self._waits(now) >= uplink.CUT_MS

    def is_due(self, now: int) -> bool:
        """Tell whether it is time for a picture."""
        return now >= self._due

    def wants_glance(self, now: int) -> bool:
        """Tell whether it is time to see if anything goes on; only on a poor line, which is not busy."""
        poor = self.is_open and self.uplink.mode == "survival" and not self._is_busy
        return poor and now - self._glanced >= uplink.GLANCE_MS

    def glance(self, now: int, greys: Sequence[int]) -> None:
        """Take in what is seen at a glance (glance.py): if something stirs, a picture is due."""
        self._glanced, self._glances = now, self._glances.receive(greys)
        if self._glances.news:
            self.uplink, self._due = self.uplink.stirred(), min(self._due, now)

    def take(self, now: int, encode: Encode) -> list[bytes]:
        """Encode a picture that is due; return the messages to send: it, or it is kept, and a kept one where the budget has room."""
        self.uplink = self.uplink.tick(now, self._waits(now))
        self._due = now + self.uplink.every_ms(catching_up=self.is_open and bool(self.kept))
        if not self.is_open:
            self._heard_at = now
            if self._known:
                self._keep(now, encode)
            return []
        busy = self._is_busy
        jpeg = b"" if busy else self._encoded(encode)
        if busy or not self.uplink.affords(len(jpeg)):
            self._due = now + uplink.AGAIN_MS
            if busy and now - self._heard_at >= uplink.LATE_MS and now - self._pictured >= uplink.SURVIVAL_EVERY_MS:
                self._keep(now, encode)  # nothing comes through, though nothing says that the line is cut
            return self.late(now)
        self._pictured, self._told_clock = now, True
        messages = [self._sealed(Picture(at=now, jpeg=jpeg), Kind.LIVE, now), *self.late(now)]
        self.uplink = self.uplink.pictured()
        return messages

    def late(self, now: int) -> list[bytes]:
        """Return the message of a kept picture, if there is one and there is room for it beside the live ones."""
        self.uplink = self.uplink.tick(now, self._waits(now))
        if not self.kept or not self._told_clock or len(self._under_way) > 1 or not self.uplink.affords_kept(len(self.kept[0].jpeg)):
            return []
        return [self._sealed(self.kept.pop(0), Kind.KEPT, now)]

    def speak(self, packets: bytes, now: int) -> list[bytes]:
        """Return the message of sound, where the server listens and the line bears it."""
        if self._key is None or not self.uplink.bears_sound:
            self._sound_seq += 1
            return []
        message = seal_frame(self._key, seq=self._sound_seq, nonce=self._nonce, jpeg=packets, client_ms=now, kind=Kind.SOUND)
        self._sound_seq += 1
        return [self._count(message)]

    def _keep(self, now: int, encode: Encode) -> None:
        self.kept, self._pictured = keep(self.kept, Picture(at=now, jpeg=self._encoded(encode))), now

    def _encoded(self, encode: Encode) -> bytes:
        self.uplink = self.uplink.planned()
        for _ in range(uplink.TRIES):
            rung = self.uplink.rung
            jpeg = encode(LADDER[rung].width, LADDER[rung].quality)
            self.uplink = self.uplink.came_to(len(jpeg))
            planned = self.uplink.planned()
            if self.uplink.fits(len(jpeg)) or planned.rung == rung:
                break
            self.uplink = planned
        return jpeg

    def _sealed(self, picture: Picture, kind: Kind, now: int) -> bytes:
        assert self._key is not None
        message = seal_frame(self._key, seq=self.seq, nonce=self._nonce, jpeg=picture.jpeg, client_ms=picture.at, kind=kind)
        self._under_way[self.seq] = _UnderWay(picture=picture, kind=kind, sent_at=now)
        self.seq += 1
        return self._count(message)

    def _count(self, message: bytes) -> bytes:
        self.uplink = self.uplink.spent(len(message))
        self.sent_bytes += len(message) + uplink.SOCKET
        return message

    @property
    def _is_busy(self) -> bool:
        return len(self._under_way) >= uplink.MOST_UNDER_WAY[self.uplink.mode]

    def _waits(self, now: int) -> int:
        return max((now - one.sent_at for one in self._under_way.values()), default=0)

    def _take_back(self, next_seq: int) -> None:
        """Keep again what was under way when the line was cut, but for what the server says it has."""
        lost = [one.picture for seq, one in self._under_way.items() if seq >= next_seq]
        self.kept = sorted([*self.kept, *lost], key=lambda one: one.at)
        self._under_way.clear()

    def _take_in(self, message: Mapping[str, Any], *, hears: bool) -> None:
        self._nonce = unb64url(message["nonce"])
        load = Load(fps=float(message["fps"]), quality=float(message["quality"]), width=int(message["width"]))
        self.uplink = self.uplink.asked(load, hears=hears)
