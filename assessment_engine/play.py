"""A recorded candidate: a real websocket client that speaks the camera protocol, at real speed or faster. Its sitting is marked simulated.

The protocol is proctoring/channel/, the footage comes from proctoring/vision. `play` sends as a page does (proctoring/page.py): within the
same budget, and afterwards what it kept while the line was cut. What a page does beyond the camera is not played.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from assessment_engine.kernel.errors import Unavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import unb64url
from assessment_engine.services import tickets, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Kind, seal_frame
from proctoring.page import CameraPage, Encode

if TYPE_CHECKING:
    from proctoring.vision.answering import Answering

DEMO = "astronaut"
DEMO_LENGTH_S = 600.0  # with `repeat` she leaves once in this time
FPS = 4.0  # that go by; the page takes as many of them as it may send
HELLO_WITHIN_S = 10.0
AGAIN_AFTER_S = 1.0

Footage = Iterable[tuple[float, bytes]]  # seconds from the beginning, JPEG
Pictures = Iterable[tuple[float, Any]]  # seconds, rows × columns × BGR


class CameraClient:
    """One camera connection, as a page has it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.heard: list[dict[str, Any]] = []
        self.hello = hello = self._next(HELLO_WITHIN_S)
        while hello["type"] != "hello":
            self.hello = hello = self._next(HELLO_WITHIN_S)
        self.key, self.nonce = unb64url(hello["key"]), unb64url(hello["nonce"])
        self.seq: int = hello["next_seq"]
        self.fps: float = hello["fps"]

    def send(self, jpeg: bytes, *, kind: Kind = Kind.LIVE) -> int:
        """Send one frame; returns its number."""
        self.listen()
        seq = self.seq
        self.send_raw(seal_frame(self.key, seq=seq, nonce=self.nonce, jpeg=jpeg, client_ms=time.time_ns() // 1_000_000, kind=kind))
        self.seq += 1
        return seq

    def send_raw(self, message: bytes) -> None:
        """Send bytes as they are, for those who try what a page would not."""
        self._socket.send(message)

    def listen(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """Take in what the server said up to now, waiting at most `seconds` for more; returns what was new."""
        until, before = time.monotonic() + seconds, len(self.heard)
        while True:
            try:
                self._next(max(0.0, until - time.monotonic()))
            except TimeoutError:
                return self.heard[before:]

    def wait_for(self, kind: str, seconds: float = 10.0) -> dict[str, Any]:
        """Return the next message of a kind; raises TimeoutError."""
        until = time.monotonic() + seconds
        while True:
            message = self._next(max(0.0, until - time.monotonic()))
            if message["type"] == kind:
                return message

    def _next(self, seconds: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=seconds))
        self.heard.append(message)
        if message["type"] in ("hello", "ack"):
            self.nonce, self.fps = unb64url(message["nonce"]), message["fps"]
        return message


@contextmanager
def a_camera(ingest_url: str, ticket: str, origin: str) -> Iterator[CameraClient]:
    """Connect as a page of `origin` does, for the length of the block."""
    address, headers = f"{ingest_url}/camera?ticket={ticket}", {"Origin": origin}
    with connect(address, additional_headers=headers, compression=None, open_timeout=HELLO_WITHIN_S) as socket:
        yield CameraClient(socket)


def play(
    engine: Engine, video: Path | str, sitting_id: SittingId, *, speed: float = 1.0, repeat: bool = False, answers: Path | None = None
) -> int:
    """Play a recording (or "astronaut", the demo's candidate) into a sitting; returns how many frames were sent.

    The deployment's own key signs the tickets, so this needs no log-in; the sitting is marked simulated first. With `repeat` it ends only
    when the sitting does; with `answers`, the folder of models, the light of camera checks is put on the recorded face.
    """
    watches.mark_simulated(engine, sitting_id)
    footage, player = _footage(video), Player(engine, sitting_id, speed, _answering(answers) if answers is not None else None)
    player.show(footage())
    while repeat and watches.is_watched(engine, sitting_id):
        player.show(footage())
    player.close()
    return player.page.seq


class Player:
    """A page before which pictures go by; its line may be cut and come back as often as it wants."""

    def __init__(self, engine: Engine, sitting_id: SittingId, speed: float = 1.0, answering: "Answering | None" = None) -> None:
        self._engine, self._sitting_id, self._speed, self._answering = engine, sitting_id, speed, answering
        self._began = time.monotonic()
        self._tried = 0.0
        self._open = ExitStack()
        self._client: CameraClient | None = None
        self.page = CameraPage()

    def show(self, pictures: Pictures) -> None:
        """Let pictures go by, each at its time, until they or the sitting end."""
        begun = self._now()
        for at, picture in pictures:
            time.sleep(max(0.0, (begun / 1000 + at - self._now() / 1000) / self._speed))
            if self._client is None and not self._connect():
                return
            try:
                self._pass(picture)
            except (ConnectionClosed, OSError):
                self._lose()

    def close(self) -> None:
        """Wait for what is under way, and go."""
        if self._client is not None:
            with suppress(ConnectionClosed, TimeoutError):
                self._client.listen(1.0)
        self._lose()

    def _now(self) -> int:
        return int((time.monotonic() - self._began) * 1000 * self._speed)

    def _connect(self) -> bool:
        """Try to connect, now and then; False when the sitting is over."""
        if time.monotonic() - self._tried < AGAIN_AFTER_S:
            return True
        self._tried = time.monotonic()
        if not watches.is_watched(self._engine, self._sitting_id):
            return False
        ticket = tickets.issue(self._engine, tickets.TicketKind.CAMERA, self._sitting_id)
        with suppress(ConnectionClosed, OSError, TimeoutError):
            self._client = self._open.enter_context(a_camera(self._engine.ingest_url, ticket, self._engine.public_url))
            self.page.greet(self._client.hello)
        return True

    def _lose(self) -> None:
        self.page.lose()
        self._client = None
        with suppress(ConnectionClosed, OSError):
            self._open.close()

    def _pass(self, picture: Any) -> None:
        now = self._now()
        for heard in self._client.listen() if self._client is not None else ():
            self.page.hear(heard, now)
            if self._answering is not None:
                self._answering.hear(heard, now / 1000)
        if self.page.is_cut(now):
            self._lose()
        due = self.page.is_due(now)
        shown = self._answering.shown(picture, now / 1000) if self._answering is not None and due else picture
        messages = self.page.take(now, _encoder(shown)) if due else self.page.late(now)
        for message in messages:
            assert self._client is not None
            self._client.send_raw(message)


def _answering(assets: Path) -> "Answering":
    from proctoring.vision.answering import Answering, face_finder

    return Answering(face_finder(assets))


def send_footage(engine: Engine, footage: Footage, sitting_id: SittingId, *, speed: float = 1.0) -> int:
    """Send frames when their time comes, connecting again when the line is cut; returns how many were sent."""
    frames, sent, began = iter(footage), 0, time.monotonic()
    while watches.is_watched(engine, sitting_id):
        ticket = tickets.issue(engine, tickets.TicketKind.CAMERA, sitting_id)
        try:
            with a_camera(engine.ingest_url, ticket, engine.public_url) as client:
                for at, jpeg in frames:
                    time.sleep(max(0.0, began + at / speed - time.monotonic()))
                    client.send(jpeg)
                    sent += 1
                client.wait_for("ack")
                return sent
        except (ConnectionClosed, OSError, TimeoutError):
            time.sleep(AGAIN_AFTER_S)
    return sent


def _encoder(picture: Any) -> Encode:
    from proctoring.vision.encode import encoded

    return lambda width, quality: encoded(picture, width, quality)


def _footage(video: Path | str) -> Callable[[], Iterator[tuple[float, Any]]]:
    from proctoring.vision import demo_footage  # OpenCV is loaded only by those who play
    from proctoring.vision import video as recordings

    if str(video) == DEMO:
        script = demo_footage.Script(length_s=DEMO_LENGTH_S)
        return lambda: demo_footage.scene(script, fps=FPS)
    path = Path(video)
    if not path.is_file():
        raise Unavailable(f"no such recording: {path}")
    return lambda: recordings.read(path, fps=FPS)
