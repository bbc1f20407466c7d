"""A recorded candidate: a real websocket client that speaks the camera protocol, at real speed or faster. Its sitting is marked simulated.

The protocol is proctoring/channel.py, the footage comes from proctoring/vision. What a page does beyond the camera is not played.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from assessment_engine.kernel.errors import Unavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import unb64url
from assessment_engine.services import tickets, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Kind, seal_frame

DEMO = "astronaut"
DEMO_LENGTH_S = 600.0  # with `repeat` she leaves once in this time
FPS = 2.0
HELLO_WITHIN_S = 10.0
AGAIN_AFTER_S = 1.0

Footage = Iterable[tuple[float, bytes]]  # seconds from the beginning, JPEG


class CameraClient:
    """One camera connection, as a page has it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.heard: list[dict[str, Any]] = []
        hello = self._next(HELLO_WITHIN_S)
        while hello["type"] != "hello":
            hello = self._next(HELLO_WITHIN_S)
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


def play(engine: Engine, video: Path | str, sitting_id: SittingId, *, speed: float = 1.0, repeat: bool = False) -> int:
    """Play a recording (or "astronaut", the demo's candidate) into a sitting; returns how many frames were sent.

    The deployment's own key signs the tickets, so this needs no log-in; the sitting is marked simulated first. With `repeat` it ends only
    when the sitting does.
    """
    watches.mark_simulated(engine, sitting_id)
    footage = _footage(video)
    sent = send_footage(engine, footage(), sitting_id, speed=speed)
    while repeat and watches.is_watched(engine, sitting_id):
        sent += send_footage(engine, footage(), sitting_id, speed=speed)
    return sent


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


def _footage(video: Path | str) -> Callable[[], Iterator[tuple[float, bytes]]]:
    from proctoring.vision import demo_footage  # OpenCV is loaded only by those who play

    if str(video) == DEMO:
        script = demo_footage.Script(length_s=DEMO_LENGTH_S)
        return lambda: demo_footage.jpegs(demo_footage.scene(script), fps=FPS)
    path = Path(video)
    if not path.is_file():
        raise Unavailable(f"no such recording: {path}")
    return lambda: demo_footage.jpegs_of(path, fps=FPS)
