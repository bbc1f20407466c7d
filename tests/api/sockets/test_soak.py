"""A process that takes cameras for months has in memory whom it has before it, and nobody who has gone; whoever comes back goes on."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import cast

from fastapi import WebSocket
from redis import Redis

from api.sockets.camera import FORGOTTEN_AFTER, Cameras
from api.sockets.chain_keeper import ChainKeeper
from assessment_engine.kernel.signing import unb64url
from assessment_engine.services.engine import Engine
from proctoring.channel import Position, seal_frame
from tests.builders import an_engine, steer
from tests.running import Valkey
from workers.frames import Flusher, Slots

HALLS, SITTINGS = 6, 50
NO_SOCKET = cast(WebSocket, None)  # these connections are never written to


class Ingest:
    """The cameras of one process on a real frames store, and a clock that is turned on."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine, self.slots = engine, Slots()
        self.flusher, self.keeper = Flusher(url, self.slots), ChainKeeper(engine)
        self.cameras = Cameras(engine, self.slots, self.flusher, self.keeper)

    async def visit(self, sitting_id: str) -> tuple[Position, Position]:
        """A camera connects, sends two pictures at once, and goes; returns where its chain stood before and after."""
        channel, number = await self.cameras.join(sitting_id, NO_SOCKET, hears=False)
        before, hello = channel.position, json.loads(channel.replies()[0])
        for seq in (before.next_seq, before.next_seq + 1):
            message = seal_frame(unb64url(hello["key"]), seq=seq, nonce=unb64url(hello["nonce"]), jpeg=b"\xff\xd8\xff picture")
            channel.receive(message, self.engine.clock.now())
        self.cameras.pass_on(channel)
        self.cameras.leave(channel, number)
        await self.flusher._flush(self.slots.take())
        return before, channel.position

    @property
    def held(self) -> tuple[int, int, int]:
        """Of how many sittings there is a channel, a line of the book, a count of drops."""
        return len(self.cameras._channels), len(self.keeper._book._lines), len(self.slots.dropped)


async def soak(engine: Engine, url: str) -> None:
    ingest, most, left = Ingest(engine, url), 0, {}
    for hall in range(HALLS):
        for number in range(SITTINGS):
            left[f"sit_{hall}_{number}"] = (await ingest.visit(f"sit_{hall}_{number}"))[1]
        most = max(most, *ingest.held)
        steer(engine).advance((FORGOTTEN_AFTER - timedelta(minutes=1)).total_seconds())
        ingest.cameras.forget_the_gone()
        assert ingest.held[0] == SITTINGS, "whoever was cut off comes back to the same channel"
        steer(engine).advance(60)
        ingest.cameras.forget_the_gone()
        assert ingest.held[0] == SITTINGS, "what is still to be written down is not forgotten"
        ingest.keeper._book.cut()  # as the keeper does every minute
        ingest.cameras.forget_the_gone()
        assert ingest.held == (0, 0, 0)
    assert most == SITTINGS
    assert ingest.slots.dropped_ever == HALLS * SITTINGS  # of two pictures at once the first; what was counted stays counted

    before, after = await ingest.visit("sit_0_7")
    assert (before.next_seq, before.head, before.guessed) == (2, left["sit_0_7"].head, False)
    assert after.next_seq == 4
    await ingest.flusher.close()


def test_nothing_grows_with_the_sittings_that_were(tmp_path: Path, valkey: Valkey) -> None:
    engine = an_engine(tmp_path)
    asyncio.run(soak(engine, valkey.url))
    store = Redis.from_url(valkey.url)
    store.flushall()
    store.close()
    engine.store.engine.dispose()


def test_who_is_connected_is_not_forgotten_however_long(tmp_path: Path, valkey: Valkey) -> None:
    engine = an_engine(tmp_path)

    async def stay() -> None:
        ingest = Ingest(engine, valkey.url)
        await ingest.visit("sit_1")
        await ingest.cameras.join("sit_1", NO_SOCKET, hears=False)
        ingest.keeper._book.cut()
        steer(engine).advance(10 * FORGOTTEN_AFTER.total_seconds())
        ingest.cameras.forget_the_gone()
        assert ingest.held[0] == 1
        await ingest.flusher.close()

    asyncio.run(stay())
    engine.store.engine.dispose()
