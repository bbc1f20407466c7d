"""The camera's socket: carries bytes between a page and its Channel, and what the channel emits to the flusher's slots.

The protocol is proctoring/channel/; the way on is workers/frames/. One process holds a sitting's camera at a time: on several machines
the ingest URL that the ticket comes with names the cell.
"""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, WebSocket
from prometheus_client import Counter, Gauge
from starlette.websockets import WebSocketDisconnect, WebSocketState

from api.sockets.admission import Doorkeeper, Refused
from api.sockets.chain_keeper import ChainKeeper
from assessment_engine.kernel.errors import AlreadyLive, Invalid, StorageUnavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import watches
from assessment_engine.services.engine import Engine
from assessment_engine.services.tickets import TicketKind
from proctoring.channel import Channel, CloseCode, Frame, Load, Position, Sound
from proctoring.channel import Refused as RefusedFrame
from workers.frames import Entry, Flusher, Slots, Tally

TRY_LATER = 1013
LOOK_EVERY_S = 2.0
FORGOTTEN_AFTER = timedelta(minutes=40)  # without a connection: twice as long as a page keeps pictures for a cut
MOST_UNTOLD = 50  # messages that wait for a page which does not read; what is more is not said

RECEIVED = Counter("engine_frames_received", "Camera frames that were taken into the chain")
HEARD = Counter("engine_sounds_received", "Messages of sound that were taken; nothing of them is kept")
REFUSED = Counter("engine_frames_refused", "Camera frames and messages of sound that were refused", ["reason"])
CONNECTED = Gauge("engine_cameras_connected", "Camera connections that are open")
CONNECTIONS = Counter("engine_camera_connections", "Camera connections by how they began", ["outcome"])

log = structlog.get_logger()
router = APIRouter()


@dataclass(slots=True)
class _Live:
    """The one open connection of a sitting."""

    number: int
    socket: WebSocket
    untold: int = 0


class Cameras:
    """The channels of this process, and the open connection of each; one that nobody connects to any more is forgotten after a while."""

    def __init__(self, engine: Engine, slots: Slots, flusher: Flusher, keeper: ChainKeeper) -> None:
        self._engine, self._slots, self._flusher, self._keeper = engine, slots, flusher, keeper
        self._channels: dict[str, Channel] = {}
        self._live: dict[str, _Live] = {}
        self._left: dict[str, datetime] = {}  # when the last connection of a channel ended, the oldest first
        self._aside: set[asyncio.Task[None]] = set()

    async def join(self, sitting_id: str, socket: WebSocket, *, hears: bool) -> tuple[Channel, int]:
        """Open a connection on the sitting's channel, for sound too if it `hears`.

        Raises AlreadyLive, StorageUnavailable when nobody knows where its chain stands.
        """
        channel = self._channels.get(sitting_id)
        if channel is None:
            start = await self._position(sitting_id)
            channel = self._channels.setdefault(sitting_id, Channel(sitting_id, start))
            self._keeper.begin(sitting_id, channel.position)
        number = channel.open(self._engine.clock.now(), hears=hears)
        dead = self._live.get(sitting_id)
        self._live[sitting_id] = _Live(number, socket)
        self._left.pop(sitting_id, None)
        CONNECTED.set(len(self._live))
        if dead is not None:
            self._do_aside(close(dead.socket, CloseCode.ALREADY_LIVE, "a newer connection took over"))
        return channel, number

    def leave(self, channel: Channel, number: int) -> None:
        """Forget a connection that ended."""
        channel.close(number)
        live = self._live.get(channel.sitting_id)
        if live is not None and live.number == number:
            del self._live[channel.sitting_id]
            self._left[channel.sitting_id] = self._engine.clock.now()
        CONNECTED.set(len(self._live))

    def pass_on(self, channel: Channel) -> None:
        """Hand what a channel emitted to the flusher, and count it."""
        for event in channel.events():
            if isinstance(event, RefusedFrame):
                REFUSED.labels(event.reason).inc()
                continue
            if isinstance(event, Frame):
                self._keeper.note(channel.sitting_id, event)
            if isinstance(event, Sound):
                HEARD.inc()
            counts = channel.counts
            tally = Tally(received=counts.received, missing=counts.missing, refused=counts.refused)
            self._slots.put(Entry(sitting_id=channel.sitting_id, happened=event, tally=tally, position=channel.position))

    async def tell(self, sitting_id: str, message: str) -> None:
        """Give a page what was published for it, waiting for no page; a wish about the load goes into the protocol instead."""
        live, channel = self._live.get(sitting_id), self._channels.get(sitting_id)
        if live is None or channel is None:
            return
        fields = json.loads(message)
        if fields.get("type") == "load":
            self._ask(channel, fields)
        elif live.socket.application_state is WebSocketState.CONNECTED and live.untold < MOST_UNTOLD:
            live.untold += 1
            self._do_aside(_told(live, message))

    def _do_aside(self, work: Coroutine[None, None, None]) -> None:
        """Begin what may wait for one page, so that no other waits with it: a page that does not read would hold up everybody."""
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    def _ask(self, channel: Channel, wish: Mapping[str, float]) -> None:
        """Ask a page for another load: for so many `seconds` (a challenge, a doubt), else from now on."""
        try:
            load = Load(fps=wish["fps"], quality=wish["quality"], width=int(wish.get("width", Load().width)))
        except Invalid as wrong:
            log.warning("load_not_asked", error=wrong.code)
            return
        until = self._engine.clock.now() + timedelta(seconds=wish["seconds"]) if "seconds" in wish else None
        channel.ask(load, until=until)

    async def end_the_silent(self) -> None:
        """Close connections that say nothing any more, again and again."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for sitting_id, live in tuple(self._live.items()):
                channel = self._channels[sitting_id]
                channel.tick(self._engine.clock.now())
                if channel.closing is not None and channel.is_open(live.number):
                    self._do_aside(close(live.socket, channel.closing))
            self.forget_the_gone()

    def forget_the_gone(self) -> None:
        """Let go of channels without a connection for long: one that comes after all goes on from where the store says."""
        while self._left:
            sitting_id, since = next(iter(self._left.items()))
            if self._engine.clock.now() - since < FORGOTTEN_AFTER or not self._keeper.forget(sitting_id):
                return
            del self._left[sitting_id], self._channels[sitting_id]
            self._slots.forget(sitting_id)

    async def _position(self, sitting_id: str) -> Position | None:
        """Return where the sitting's chain stands: as the frames store has it, else as the watch stored it."""
        kept = await self._flusher.position(sitting_id)
        return kept or await asyncio.to_thread(watches.chain_position, self._engine, SittingId(sitting_id))


@router.websocket("/camera")
async def camera(socket: WebSocket) -> None:
    """Take one page's camera, if its ticket and origin are good and no other connection is alive."""
    await socket.accept()
    doorkeeper: Doorkeeper = socket.app.state.doorkeeper
    cameras: Cameras = socket.app.state.cameras
    try:
        sitting_id = doorkeeper.admit(socket, TicketKind.CAMERA)
        channel, number = await cameras.join(sitting_id, socket, hears=doorkeeper.hears(socket))
    except Refused as refused:
        await _turn_away(socket, refused.close_code, refused.reason)
    except AlreadyLive as refused:
        await _turn_away(socket, CloseCode.ALREADY_LIVE, refused.code)
    except StorageUnavailable as refused:
        await _turn_away(socket, TRY_LATER, refused.code)
    else:
        CONNECTIONS.labels("opened").inc()
        try:
            await _converse(socket, cameras, channel, number)
        finally:
            cameras.leave(channel, number)


async def _converse(socket: WebSocket, cameras: Cameras, channel: Channel, number: int) -> None:
    """Pass messages until one side ends it."""
    clock = socket.app.state.engine.clock
    while channel.is_open(number):
        for reply in channel.replies():
            await send(socket, reply)
        if channel.closing is not None:
            return await close(socket, channel.closing)
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        if channel.is_open(number):
            received = channel.counts.received
            channel.receive(_bytes_of(message), clock.now())
            RECEIVED.inc(channel.counts.received - received)
            cameras.pass_on(channel)
    return None


async def _told(live: _Live, message: str) -> None:
    await send(live.socket, message)
    live.untold -= 1


def _bytes_of(message: Mapping[str, object]) -> bytes:
    """Return what was sent; text is no frame, and is refused like any other message that is none."""
    given = message.get("bytes")
    return given if isinstance(given, bytes) else b""


async def _turn_away(socket: WebSocket, code: int, reason: str) -> None:
    CONNECTIONS.labels(reason).inc()
    await close(socket, code, reason)


async def send(socket: WebSocket, text: str) -> None:
    """Send a text; a page that has gone is not news."""
    try:
        await socket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        log.debug("socket_gone")


async def close(socket: WebSocket, code: int, reason: str = "") -> None:
    """Close a socket; one that is closed already is not news."""
    try:
        await socket.close(int(code), reason)
    except (WebSocketDisconnect, RuntimeError):
        log.debug("socket_gone")
