"""The wall's socket: what the proctor workers publish about a session's sittings, to the invigilators who have it open.

To a page: text, a JSON list of what was published in the last quarter of a second; binary, the thumbnails that changed in the last second,
each as length u8, sitting id, length u32 (big endian), JPEG, and only of tiles that the page says are in sight.
From a page: {"type": "visible", "sittings": […]}; {"type": "looked", "sitting"}, passed to every wall of the session (that it is kept is
services/wall_live.py's matter); {"type": "wrote", "sitting"}: the candidate's page is told that there is news to fetch.
Who may watch which session was decided when the ticket was issued (services/wall.py). Whom of it its holder may not watch is asked when the
socket opens and again every few seconds, for a conflict of interest may be declared while it is open: nothing of theirs is sent.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.sockets.admission import Away, Doorkeeper, Refused
from api.sockets.camera import TRY_LATER, close, send
from assessment_engine.kernel.errors import NotAllowed, NotFound, StorageUnavailable
from assessment_engine.kernel.ids import SessionId
from assessment_engine.services import wall as walls_of
from assessment_engine.services.tickets import TicketKind
from proctoring.channel import CloseCode
from workers.frames import Thumbs

MOST_VISIBLE = 400
MOST_WAITING = 5000
EVERY_S = 0.25
PICTURES_EVERY = 4
PICTURES_AT_ONCE = 250  # in one message, so that the page paints once
NEWS = '{"type": "news"}'
BARRED_EVERY_S = 3.0

log = structlog.get_logger()

router = APIRouter()


Asked = Callable[[], frozenset[str]]
"""Whom the holder of a wall may not watch; raises NotAllowed once they may watch nobody."""


class Wall:
    """One open wall: what waits for it, which tiles are in sight, which pictures it has, and whom it must not show."""

    def __init__(self, socket: WebSocket, session_id: str, thumbs: Thumbs, barred: frozenset[str]) -> None:
        self._socket, self._session_id, self._thumbs, self._barred = socket, session_id, thumbs, barred
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)  # of a page that does not keep up the oldest is let go
        self._has: dict[str, int] = {}
        self._visible: tuple[str, ...] = ()

    def may_watch(self, sitting_id: str) -> bool:
        """Tell whether the wall's holder may watch a sitting, as far as this is known."""
        return sitting_id not in self._barred

    def bar(self, barred: frozenset[str]) -> None:
        """Take over whom its holder may not watch."""
        self._barred = barred
        self.show([*self._visible])

    def tell(self, sitting_id: str, message: str) -> None:
        """Let a message about a sitting wait for the next round."""
        if self.may_watch(sitting_id):
            self._waiting.append(message)

    def show(self, sittings: list[str]) -> None:
        """Take over which tiles are in sight; none while the page is hidden."""
        self._visible = tuple(one for one in dict.fromkeys(sittings) if self.may_watch(one))
        self._has = {one: self._has[one] for one in self._visible if one in self._has}

    async def run(self) -> None:
        """Send what there is, round after round, until cancelled."""
        rounds = 0
        while True:
            await asyncio.sleep(EVERY_S)
            if self._waiting:
                told = ",".join(self._waiting)
                self._waiting.clear()  # before it is sent: what comes meanwhile waits for the next round
                await send(self._socket, f"[{told}]")
            rounds += 1
            if self._visible and rounds % PICTURES_EVERY == 0:
                await self._send_pictures()

    async def _send_pictures(self) -> None:
        for first in range(0, len(self._visible), PICTURES_AT_ONCE):
            some = self._visible[first : first + PICTURES_AT_ONCE]
            found = await self._thumbs.many(self._session_id, some)
            fresh = {one: jpeg for one, jpeg in found.items() if self._has.get(one) != hash(jpeg)}
            if fresh:
                self._has |= {one: hash(jpeg) for one, jpeg in fresh.items()}
                with suppress(WebSocketDisconnect, RuntimeError):  # a page that has gone is not news
                    await self._socket.send_bytes(b"".join(_piece(one.encode(), jpeg) for one, jpeg in fresh.items()))


def _piece(name: bytes, jpeg: bytes) -> bytes:
    return len(name).to_bytes(1, "big") + name + len(jpeg).to_bytes(4, "big") + jpeg


class Walls:
    """The open walls of this process, by session."""

    def __init__(self, thumbs: Thumbs) -> None:
        self.thumbs = thumbs
        self._open: defaultdict[str, set[Wall]] = defaultdict(set)

    def join(self, session_id: str, wall: Wall) -> None:
        """Add a wall."""
        self._open[session_id].add(wall)

    def leave(self, session_id: str, wall: Wall) -> None:
        """Forget a wall."""
        self._open[session_id].discard(wall)
        if not self._open[session_id]:
            del self._open[session_id]

    async def tell(self, session_id: str, message: str) -> None:
        """Give a message to every wall of the session that may have it; none waits for another. Raises ValueError for none."""
        if open_walls := self._open.get(session_id):
            sitting_id = str(json.loads(message).get("sitting", ""))
            for wall in open_walls:
                wall.tell(sitting_id, message)

    async def news(self, session_id: str, sitting_id: str) -> None:
        """Tell a candidate's page, if it is one of this session, to fetch what somebody wrote; without it the page asks by itself."""
        if await self.thumbs.many(session_id, [sitting_id]):
            await self.thumbs.publish(f"page:{sitting_id}", NEWS)


@router.websocket("/wall")
async def wall(socket: WebSocket) -> None:
    """Show a session to one invigilator, if the ticket and origin are good."""
    await socket.accept()
    doorkeeper: Doorkeeper = socket.app.state.doorkeeper
    walls: Walls = socket.app.state.walls
    try:
        session_id = doorkeeper.admit(socket, TicketKind.WALL)
        asked = partial(walls_of.barred, socket.app.state.engine, doorkeeper.holder(socket), SessionId(session_id))
        one = Wall(socket, session_id, walls.thumbs, await asyncio.to_thread(asked))
    except Refused as refused:
        return await close(socket, refused.close_code, refused.reason)
    except (NotAllowed, NotFound):
        return await close(socket, CloseCode.TICKET, Away.TICKET)
    except StorageUnavailable as away:
        return await close(socket, TRY_LATER, away.code)
    walls.join(session_id, one)
    duties = [asyncio.create_task(one.run()), asyncio.create_task(_keep_barred(socket, one, asked))]
    try:
        with suppress(WebSocketDisconnect):
            while True:
                await _hear(walls, one, session_id, _read(await socket.receive_text()))
    finally:
        walls.leave(session_id, one)
        for duty in duties:
            duty.cancel()


async def _keep_barred(socket: WebSocket, one: Wall, asked: Asked) -> None:
    """Ask again and again whom the wall must not show; while no store answers, what was known stands."""
    while True:
        await asyncio.sleep(BARRED_EVERY_S)
        try:
            one.bar(await asyncio.to_thread(asked))
        except StorageUnavailable:
            log.warning("wall_not_asked")
        except NotAllowed:
            return await close(socket, CloseCode.TICKET, Away.TICKET)
        except Exception:  # whatever it was, the next time must be asked: nothing else would notice a conflict
            log.exception("wall_not_asked")


async def _hear(walls: Walls, one: Wall, session_id: str, message: Mapping[str, Any]) -> None:
    kind, named = message.get("type"), _sittings([message.get("sitting")])
    if kind == "visible" and isinstance(message.get("sittings"), list):
        one.show(_sittings(message.get("sittings")))
    elif not named or not one.may_watch(named[0]):
        return
    elif kind == "looked":
        await walls.tell(session_id, json.dumps({"type": "looked", "sitting": named[0]}))
    elif kind == "wrote":
        await walls.news(session_id, named[0])


def _read(text: str) -> Mapping[str, Any]:
    """Return what a page said; anything that is no message says nothing."""
    try:
        message: Any = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _sittings(named: object) -> list[str]:
    """Return the sittings that a page named, as far as they can be any."""
    return [one for one in named[:MOST_VISIBLE] if isinstance(one, str) and 0 < len(one) <= 40] if isinstance(named, list) else []
