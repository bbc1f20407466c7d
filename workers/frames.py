"""The only client of the frames store: shards of a stream, leases on them, chain positions, and messages back.

Frames of a sitting always go to the same shard; a shard has one owner at a time, by lease. The store keeps about KEPT_FOR of each shard,
so that a new owner can rebuild what led up to an event, and is never asked to remember anything for longer than a day. Ingest writes
asynchronously (`Flusher`, `listen`), proctor workers read synchronously (`Shards`). What frames mean is proctoring's matter.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Any, cast

import structlog
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError, ResponseError

from assessment_engine.kernel.canonical import Json
from proctoring import packets
from proctoring.channel import Fact, FactKind, Frame, Gap, Position, Sound, milliseconds, moment

SHARDS = 16
KEPT_FOR = timedelta(seconds=20)
LEASE = timedelta(seconds=4)
FORGOTTEN_AFTER = timedelta(seconds=40)
FLUSH_EVERY_S = 0.025
FORGET_EVERY_S = 10.0
REMEMBERED_S = 24 * 3600
THUMB_LASTS_S = 30
FIGURES_LAST_S = 60
GROUP = "proctors"
MOST_TRIES = 4

log = structlog.get_logger()


def shard_of(sitting_id: str) -> int:
    """Return the shard that holds a sitting's frames."""
    return int.from_bytes(hashlib.blake2b(sitting_id.encode(), digest_size=8).digest(), "big") % SHARDS


Happened = Frame | Gap | Sound | Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What ingest has counted of a sitting so far; it travels with every entry."""

    received: int = 0
    missing: int = 0
    refused: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened at a sitting's camera, as the stream carries it; `id` is the stream's."""

    sitting_id: str
    happened: Happened
    tally: Tally
    id: str = ""


def _written(entry: Entry) -> dict[str, bytes | str | int]:
    happened, tally = entry.happened, entry.tally
    counted: dict[str, bytes | str | int] = {"sitting": entry.sitting_id}
    counted |= {"received": tally.received, "missing": tally.missing, "refused": tally.refused, "dropped": tally.dropped}
    if isinstance(happened, Gap):
        return counted | {"began": milliseconds(happened.began), "ended": milliseconds(happened.ended), "lost": happened.missing}
    if isinstance(happened, Sound):  # a worker of a version that knows no sound reads a gap of no length
        at = milliseconds(happened.at)
        return counted | {"sound": packets.joined(happened.packets), "joins": int(happened.joins), "began": at, "ended": at, "lost": 0}
    if isinstance(happened, Fact):  # and likewise
        at = milliseconds(happened.at)
        return counted | {"fact": happened.kind, "seq": happened.seq, "detail": happened.detail, "began": at, "ended": at, "lost": 0}
    picture = {"nonce": happened.nonce, "head": happened.head, "jpeg": happened.jpeg}
    return counted | picture | {"seq": happened.seq, "at": milliseconds(happened.at), "kept": int(happened.kept)}


def _read(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Entry:
    tally = Tally(**{name: int(fields[name.encode()]) for name in ("received", "missing", "refused", "dropped")})
    happened: Happened
    if b"jpeg" in fields:
        happened = Frame(
            seq=int(fields[b"seq"]),
            at=moment(int(fields[b"at"])),
            kept=fields[b"kept"] == b"1",
            nonce=fields[b"nonce"],
            head=fields[b"head"],
            jpeg=fields[b"jpeg"],
        )
    elif b"sound" in fields:
        heard = packets.parted(fields[b"sound"]) or ()
        happened = Sound(at=moment(int(fields[b"ended"])), packets=heard, joins=fields[b"joins"] == b"1")
    elif b"fact" in fields:
        told = FactKind(fields[b"fact"].decode())
        happened = Fact(kind=told, at=moment(int(fields[b"began"])), seq=int(fields[b"seq"]), detail=fields[b"detail"].decode())
    else:
        happened = Gap(began=moment(int(fields[b"began"])), ended=moment(int(fields[b"ended"])), missing=int(fields[b"lost"]))
    return Entry(sitting_id=fields[b"sitting"].decode(), happened=happened, tally=tally, id=entry_id.decode())


def _stream(shard: int) -> str:
    return f"frames:{shard}"


class Slots:
    """What waits to be flushed: of live frames only the latest of each sitting, of everything else all, in order."""

    def __init__(self) -> None:
        self._latest: dict[str, Entry] = {}
        self._queued: list[Entry] = []
        self.dropped: dict[str, int] = {}

    def put(self, entry: Entry) -> None:
        """Add an entry; a live frame replaces the one that still waits, which is counted as dropped."""
        if isinstance(entry.happened, Frame) and not entry.happened.kept:
            if entry.sitting_id in self._latest:
                self.drop(entry.sitting_id)
            self._latest[entry.sitting_id] = entry
        else:
            self._queued.append(entry)

    def take(self) -> list[Entry]:
        """Hand out what waits, once, with the drops counted up to now."""
        waiting = [*self._queued, *self._latest.values()]
        self._queued, self._latest = [], {}
        return [replace(one, tally=replace(one.tally, dropped=self.dropped.get(one.sitting_id, 0))) for one in waiting]

    def drop(self, sitting_id: str) -> None:
        """Count one frame that will not be looked at."""
        self.dropped[sitting_id] = self.dropped.get(sitting_id, 0) + 1


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
                    pipe.xadd(_stream(shard_of(entry.sitting_id)), _written(entry), minid=str(oldest), approximate=True)  # type: ignore[arg-type]
                    if isinstance(entry.happened, Frame):
                        pipe.set(f"chain:{entry.sitting_id}", _position(entry.happened), ex=REMEMBERED_S)
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
                pipe.xtrim(_stream(shard), minid=str(oldest), approximate=False)
            await pipe.execute()

    async def position(self, sitting_id: str) -> Position | None:
        """Return where a sitting's chain stood in whichever process had it last; None when the store does not know."""
        try:
            kept = cast(bytes | None, await self._store.get(f"chain:{sitting_id}"))
        except RedisError:
            return None
        if kept is None:
            return None
        seq, at, head = kept.split(b" ", 2)
        return Position(next_seq=int(seq) + 1, head=bytes.fromhex(head.decode()), at=moment(int(at)))

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


def _position(frame: Frame) -> str:
    return f"{frame.seq} {milliseconds(frame.at)} {frame.head.hex()}"


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


_KEEP_IF_MINE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
_DROP_IF_MINE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class Shards:
    """A worker's share of the stream: leases, entries, acknowledgements, and the way back to pages and walls."""

    def __init__(self, url: str, owner: str) -> None:
        self._store = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=1)
        self._owner = owner
        self._keep = self._store.register_script(_KEEP_IF_MINE)
        self._drop = self._store.register_script(_DROP_IF_MINE)
        self.owned: set[int] = set()

    def claim(self) -> set[int]:
        """Renew the leases, give back what exceeds a fair share, take what is free; returns the shards that are newly owned."""
        self.renew()
        lasts = int(LEASE.total_seconds() * 1000)
        fair = ceil(SHARDS / self._workers())
        for one in sorted(self.owned)[fair:]:
            self.release(one)
        free = [one for one in range(SHARDS) if one not in self.owned]
        taken: set[int] = set()
        for one in free[: None if len(self.owned) < fair else 0]:
            if len(self.owned) + len(taken) < fair and self._store.set(f"lease:{one}", self._owner, nx=True, px=lasts):
                taken.add(one)
        self.owned |= taken
        return taken

    def renew(self) -> None:
        """Keep the leases that are still ours."""
        lasts = int(LEASE.total_seconds() * 1000)
        self.owned = {one for one in self.owned if self._keep(keys=[f"lease:{one}"], args=[self._owner, lasts])}

    def _workers(self) -> int:
        """Count the workers that live, this one included, by the store's clock."""
        seconds, _ = self._store.time()
        pipe = self._store.pipeline()
        pipe.zadd("proctors", {self._owner: seconds})
        pipe.zremrangebyscore("proctors", 0, seconds - LEASE.total_seconds())
        pipe.zcard("proctors")
        return max(1, int(pipe.execute()[-1]))

    def release(self, shard: int) -> None:
        """Give a shard back at once."""
        self.owned.discard(shard)
        self._drop(keys=[f"lease:{shard}"], args=[self._owner])

    def leave(self) -> None:
        """Give everything back, on the way out."""
        for shard in tuple(self.owned):
            self.release(shard)
        self._store.zrem("proctors", self._owner)

    def close(self) -> None:
        """Give the connections back; the leases run out by themselves."""
        self._store.close()

    def take_over(self, shard: int) -> tuple[list[Entry], list[Entry]]:
        """Return (what the last owner finished and is still kept, what it was given and did not finish), both in order."""
        self._make_group(shard)
        stream, unfinished, cursor = _stream(shard), [], b"0-0"
        while True:
            cursor, claimed, _gone = self._store.xautoclaim(stream, GROUP, self._owner, 0, cursor, count=100)
            unfinished += [_read(key, fields) for key, fields in claimed if fields]
            if cursor == b"0-0":
                break
        unfinished = self._without_poison(stream, unfinished)
        first = unfinished[0].id if unfinished else None
        until = f"({first}" if first else self._last_delivered(stream)
        return self._range(stream, "-", until), unfinished

    def _without_poison(self, stream: str, unfinished: list[Entry]) -> list[Entry]:
        """Drop what was given out again and again and never finished: whoever touches it ends."""
        pending = cast(list[dict[str, Any]], self._store.xpending_range(stream, GROUP, "-", "+", 1000)) if unfinished else []
        poison = {row["message_id"].decode() for row in pending if row["times_delivered"] > MOST_TRIES}
        if poison:
            log.error("poisonous_frames", stream=stream, entries=sorted(poison))
            self._store.xack(stream, GROUP, *poison)
        return [entry for entry in unfinished if entry.id not in poison]

    def _make_group(self, shard: int) -> None:
        try:
            self._store.xgroup_create(_stream(shard), GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _last_delivered(self, stream: str) -> str:
        groups: list[dict[str, Any]] = self._store.xinfo_groups(stream)
        found: bytes = next(group["last-delivered-id"] for group in groups if group["name"] == GROUP.encode())
        return found.decode()

    def read(self, count: int = 64, wait_ms: int = 100) -> dict[int, list[Entry]]:
        """Return new entries of the owned shards, waiting a little for the first."""
        if not self.owned:
            return {}
        streams = {_stream(one): ">" for one in self.owned}
        answer = self._store.xreadgroup(GROUP, self._owner, streams, count=count, block=wait_ms)  # type: ignore[arg-type]
        rows: Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]] = _pairs(answer)
        return {int(name.split(b":")[1]): [_read(key, fields) for key, fields in entries] for name, entries in rows}

    def done(self, shard: int, entries: Iterable[Entry]) -> None:
        """Acknowledge entries whose findings are stored."""
        ids = [entry.id for entry in entries]
        if ids:
            self._store.xack(_stream(shard), GROUP, *ids)

    def holds_nothing_of(self, sitting_id: str, since_id: str) -> bool:
        """Tell whether a sitting has no entry after `since_id` in its shard: its stream is drained."""
        later = self._range(_stream(shard_of(sitting_id)), f"({since_id}" if since_id else "-", "+")
        return all(entry.sitting_id != sitting_id for entry in later)

    def _range(self, stream: str, first: str, last: str) -> list[Entry]:
        rows = cast(list[tuple[bytes, dict[bytes, bytes]]], self._store.xrange(stream, first, last))
        return [_read(key, fields) for key, fields in rows]

    def publish(self, channel: str, message: Json) -> None:
        """Send a message to whoever listens now."""
        self._store.publish(channel, json.dumps(message))

    def show(self, session_id: str, sitting_id: str, jpeg: bytes) -> None:
        """Keep a sitting's latest thumbnail for the walls of its session."""
        self._store.set(f"thumb:{session_id}:{sitting_id}", jpeg, ex=THUMB_LASTS_S)

    def report(self, figures: Mapping[str, float]) -> None:
        """Leave this process's numbers for Prometheus, which ingest tells."""
        report(self._store, self._owner, figures)


def report(store: Redis, name: str, figures: Mapping[str, float]) -> None:
    """Leave a process's numbers in the store, for as long as they mean anything."""
    with store.pipeline() as pipe:
        pipe.hset(f"figures:{name}", mapping={key: str(value) for key, value in figures.items()})
        pipe.expire(f"figures:{name}", FIGURES_LAST_S)
        pipe.execute()


def _pairs(answer: Any) -> Any:
    return answer.items() if isinstance(answer, dict) else answer or ()


class Thumbs:
    """The wall's pictures: the latest thumbnail of a sitting, for half a minute."""

    def __init__(self, url: str) -> None:
        self._store = AsyncRedis.from_url(url, socket_timeout=2, socket_connect_timeout=1)

    async def of(self, session_id: str, sitting_id: str) -> bytes | None:
        """Return the latest thumbnail of a sitting in that session, or None when there is none or the store is away."""
        try:
            return cast(bytes | None, await self._store.get(f"thumb:{session_id}:{sitting_id}"))
        except RedisError:
            return None

    async def close(self) -> None:
        """Give the connections back."""
        await self._store.aclose()
