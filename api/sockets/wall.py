"""The wall's socket: what the proctor workers publish about a session's sittings, to the invigilators who have it open.

Thumbnails come on the same socket, asked for by the page: {"type": "thumbs", "sittings": […]} → binary: length u8, sitting id, JPEG.
Who may watch which session was decided when the ticket was issued (services/invigilation.py).
"""

import asyncio
import json
from collections import defaultdict
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.sockets.admission import Doorkeeper, Refused
from api.sockets.camera import close, send
from assessment_engine.services.tickets import TicketKind
from workers.frames import Thumbs

MOST_THUMBS = 30

router = APIRouter()


class Walls:
    """The open walls of this process, by session."""

    def __init__(self, thumbs: Thumbs) -> None:
        self.thumbs = thumbs
        self._open: defaultdict[str, set[WebSocket]] = defaultdict(set)

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
            while True:
                await _answer(socket, walls, session_id, await socket.receive_text())
    finally:
        walls.leave(session_id, socket)


async def _answer(socket: WebSocket, walls: Walls, session_id: str, text: str) -> None:
    for sitting_id in _asked(text):
        jpeg = await walls.thumbs.of(session_id, sitting_id)
        if jpeg is not None:
            name = sitting_id.encode()
            await socket.send_bytes(len(name).to_bytes(1, "big") + name + jpeg)


def _asked(text: str) -> list[str]:
    """Return the sittings whose thumbnails a page asks for; anything else asks for nothing."""
    try:
        message: Any = json.loads(text)
        named = message["sittings"] if message["type"] == "thumbs" else []
        return [one for one in named[:MOST_THUMBS] if isinstance(one, str) and len(one) <= 40]
    except (ValueError, TypeError, KeyError):
        return []
