"""The wall's socket: what the proctor workers publish about a session's sittings, to the invigilators who have it open.

Thumbnails come on the same socket, asked for by the page: {"type": "thumbs", "sittings": […]} → binary: length u8, sitting id, JPEG.
A page says {"type": "looked", "sitting"} when a person opened a candidate; every wall of the session, now and later, is told how long ago.
Who may watch which session was decided when the ticket was issued (services/invigilation.py).
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.sockets.admission import Doorkeeper, Refused
from api.sockets.camera import close, send
from assessment_engine.services.tickets import TicketKind
from workers.frames import Thumbs

MOST_THUMBS = 30
MOST_LOOKS = 1000

router = APIRouter()


class Walls:
    """The open walls of this process, by session."""

    def __init__(self, thumbs: Thumbs) -> None:
        self.thumbs = thumbs
        self._open: defaultdict[str, set[WebSocket]] = defaultdict(set)
        self._looked: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def join(self, session_id: str, socket: WebSocket) -> None:
        """Add a wall."""
        self._open[session_id].add(socket)

    def leave(self, session_id: str, socket: WebSocket) -> None:
        """Forget a wall."""
        self._open[session_id].discard(socket)
        if not self._open[session_id]:
            del self._open[session_id]

    async def tell(self, session_id: str, message: str) -> None:
        """Send a message to every wall of the session."""
        if session_id in self._open:
            await asyncio.gather(*(send(socket, message) for socket in tuple(self._open[session_id])))

    async def looked(self, session_id: str, sitting_id: str) -> None:
        """Note that a person looked at a candidate, and tell every wall; nothing of it is kept beyond this process."""
        looks = self._looked[session_id]
        looks.pop(sitting_id, None)
        looks[sitting_id] = time.monotonic()
        if len(looks) > MOST_LOOKS:
            del looks[next(iter(looks))]
        await self.tell(session_id, _looked_message(sitting_id, 0.0))

    async def catch_up(self, session_id: str, socket: WebSocket) -> None:
        """Tell a new wall who was looked at, and how long ago."""
        for sitting_id, at in tuple(self._looked.get(session_id, {}).items()):
            await send(socket, _looked_message(sitting_id, time.monotonic() - at))


def _looked_message(sitting_id: str, seconds: float) -> str:
    return json.dumps({"type": "looked", "sitting": sitting_id, "ago_ms": round(seconds * 1000)})


@router.websocket("/wall")
async def wall(socket: WebSocket) -> None:
    """Show a session to one invigilator, if the ticket and origin are good."""
    await socket.accept()
    doorkeeper: Doorkeeper = socket.app.state.doorkeeper
    walls: Walls = socket.app.state.walls
    try:
        session_id = doorkeeper.admit(socket, TicketKind.WALL)
    except Refused as refused:
        return await close(socket, refused.close_code, refused.reason)
    walls.join(session_id, socket)
    try:
        with suppress(WebSocketDisconnect):
            await walls.catch_up(session_id, socket)
            while True:
                await _answer(socket, walls, session_id, await socket.receive_text())
    finally:
        walls.leave(session_id, socket)


async def _answer(socket: WebSocket, walls: Walls, session_id: str, text: str) -> None:
    message = _read(text)
    if message.get("type") == "looked":
        for sitting_id in _sittings([message.get("sitting")]):
            await walls.looked(session_id, sitting_id)
    for sitting_id in _sittings(message.get("sittings")) if message.get("type") == "thumbs" else ():
        jpeg = await walls.thumbs.of(session_id, sitting_id)
        if jpeg is not None:
            name = sitting_id.encode()
            await socket.send_bytes(len(name).to_bytes(1, "big") + name + jpeg)


def _read(text: str) -> Mapping[str, Any]:
    """Return what a page said; anything that is no message says nothing."""
    try:
        message: Any = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _sittings(named: object) -> list[str]:
    """Return the sittings that a page named, as far as they can be any."""
    return [one for one in named[:MOST_THUMBS] if isinstance(one, str) and 0 < len(one) <= 40] if isinstance(named, list) else []
