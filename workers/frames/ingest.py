"""Ingest's side of the frames store: one writer a process, the messages back to pages and walls, the walls' pictures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import structlog
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from proctoring.channel import Fact, Frame, Gap, Position, Sound, milliseconds
from workers.frames.entries import KEPT_FOR, SHARDS, Entry, position_read, position_written, shard_of, stream_of, written

FORGOTTEN_AFTER = timedelta(seconds=40)
FLUSH_EVERY_S = 0.025
FORGET_EVERY_S = 10.0
REMEMBERED_S = 24 * 3600

log = structlog.get_logger()


class Slots:
    """What waits to be flushed, in order: of live frames only the latest of each sitting, of everything else all."""

    def __init__(self) -> None:
        self._waiting: dict[int, Entry] = {}
        self._latest: dict[str, int] = {}
        self._count = 0
        self.dropped: dict[str, int] = {}
        self.dropped_ever = 0

    def put(self, entry: Entry) -> None:
        """Add an entry; a live frame replaces the one that still waits, which is counted as dropped."""
        self._count += 1
        if isinstance(entry.happened, Frame) and not entry.happened.kept:
            older = self._latest.get(entry.sitting_id)
            if older is not None:
                del self._waiting[older]
                self.drop(entry.sitting_id)
            self._latest[entry.sitting_id] = self._count
        self._waiting[self._count] = entry

    def take(self) -> list[Entry]:
        """Hand out what waits, once, with the drops counted up to now."""
        waiting = list(self._waiting.values())
        self._waiting, self._latest = {}, {}
        return [replace(one, tally=replace(one.tally, dropped=self.dropped.get(one.sitting_id, 0))) for one in waiting]

    def drop(self, sitting_id: str) -> None:
        """Count one frame that will not be looked at."""
        self.dropped[sitting_id] = self.dropped.get(sitting_id, 0) + 1
        self.dropped_ever += 1

    def forget(self, sitting_id: str) -> None:
        """Let go of the count of a sitting that is not connected any more."""
        self.dropped.pop(sitting_id, None)


class Flusher:
    """Ingest's one writer: everything that waits goes to the store in one round trip, every FLUSH_EVERY_S.

    When the store is away, frames are dropped and counted; the camera's connection stays.
    """

    def __init__(self, url: str, slots: Slots) -> None:
        self._store = AsyncRedis.from_url(url, socket_timeout=2, socket_connect_timeout=1)
        self._slots = slots
        self.failures = 0

    async def run(self) -> None:
        """Flush until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            entries = self._slots.take()
            if entries:
                await self._flush(entries)

    async def _flush(self, entries: list[Entry]) -> None:
        try:
            async with self._store.pipeline(transaction=False) as pipe:
                for entry in entries:
                    at = entry.happened.ended if isinstance(entry.happened, Gap) else entry.happened.at
                    oldest = milliseconds(at - KEPT_FOR)
                    pipe.xadd(stream_of(shard_of(entry.sitting_id)), written(entry), minid=str(oldest), approximate=True)  # type: ignore[arg-type]
                    if isinstance(entry.happened, Frame):
                        stands = entry.position or Position(next_seq=entry.happened.seq + 1, head=entry.happened.head, at=entry.happened.at)
                        pipe.set(f"chain:{entry.sitting_id}", position_written(stands), ex=REMEMBERED_S)
                await pipe.execute()
        except RedisError as error:
            self.failures += 1
            log.warning("frames_not_flushed", frames=len(entries), error=type(error).__name__)
            for entry in entries:
                if isinstance(entry.happened, Fact):  # rare, small, and said only once
                    self._slots.put(entry)
                elif not isinstance(entry.happened, Sound):
                    self._slots.drop(entry.sitting_id)

    async def forget(self) -> None:
        """Empty the shards to which nothing comes any more, until cancelled: no frame is kept for longer than a minute."""
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            with contextlib.suppress(RedisError):  # a store that is away keeps nothing either
                await self._forget_old()

    async def _forget_old(self) -> None:
        seconds, _ = await self._store.time()
        oldest = (seconds - int(FORGOTTEN_AFTER.total_seconds())) * 1000
        async with self._store.pipeline(transaction=False) as pipe:
            for shard in range(SHARDS):
                pipe.xtrim(stream_of(shard), minid=str(oldest), approximate=False)
            await pipe.execute()

    async def position(self, sitting_id: str) -> Position | None:
        """Return where a sitting's chain stood in whichever process had it last; None when the store does not know."""
        try:
            kept = cast(bytes | None, await self._store.get(f"chain:{sitting_id}"))
        except RedisError:
            return None
        return None if kept is None else position_read(kept)

    async def figures(self) -> dict[str, dict[str, float]]:
        """Return the numbers that workers left, by worker; nothing when the store is away."""
        try:
            names = [name async for name in self._store.scan_iter("figures:*")]
            found = [cast(dict[bytes, bytes], await self._store.hgetall(name)) for name in names]
        except RedisError:
            return {}
        return {
            name.decode().partition(":")[2]: {key.decode(): float(value) for key, value in row.items()}
            for name, row in zip(names, found, strict=True)
        }

    async def ping(self) -> bool:
        """Tell whether the store answers."""
        try:
            await self._store.ping()
        except RedisError:
            return False
        return True

    async def close(self) -> None:
        """Give the connections back."""
        await self._store.aclose()


async def listen(url: str, *patterns: str) -> AsyncIterator[tuple[str, str]]:
    """Yield (channel, message) of everything published on channels like `patterns`, for ever; reconnects by itself."""
    while True:
        store = AsyncRedis.from_url(url, socket_connect_timeout=1, health_check_interval=10)
        try:
            async with store.pubsub() as heard:
                await heard.psubscribe(*patterns)
                async for message in heard.listen():
                    if message["type"] == "pmessage":
                        yield message["channel"].decode(), message["data"].decode()
        except RedisError:
            await asyncio.sleep(0.5)
        finally:
            with contextlib.suppress(RedisError):
                await store.aclose()


class Thumbs:
    """The wall's pictures: the latest thumbnail of a sitting, for half a minute."""

    def __init__(self, url: str) -> None:
        self._store = AsyncRedis.from_url(url, socket_timeout=2, socket_connect_timeout=1)

    async def many(self, session_id: str, sitting_ids: Sequence[str]) -> dict[str, bytes]:
        """Return the latest thumbnails of sittings in that session; those that have none, or all while the store is away, are left out."""
        try:
            found = cast(list[bytes | None], await self._store.mget([f"thumb:{session_id}:{one}" for one in sitting_ids]))
        except RedisError:
            return {}
        return {one: jpeg for one, jpeg in zip(sitting_ids, found, strict=True) if jpeg is not None}

    async def publish(self, channel: str, message: str) -> None:
        """Send a message to whoever listens now; while the store is away nobody does."""
        with contextlib.suppress(RedisError):
            await self._store.publish(channel, message)

    async def close(self) -> None:
        """Give the connections back."""
        await self._store.aclose()
