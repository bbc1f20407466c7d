"""A proctor worker's side of the frames store: shards by lease, their entries, and the way back."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil
from typing import Any, cast

import structlog
from redis import Redis
from redis.exceptions import ResponseError

from assessment_engine.kernel.canonical import Json
from workers.frames.entries import SHARDS, Entry, read, shard_of, stream_of

LEASE = timedelta(seconds=4)
THUMB_LASTS_S = 30
FIGURES_LAST_S = 60
GROUP = "proctors"
MOST_TRIES = 4

log = structlog.get_logger()

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
        stream, unfinished, cursor = stream_of(shard), [], b"0-0"
        while True:
            cursor, claimed, _gone = self._store.xautoclaim(stream, GROUP, self._owner, 0, cursor, count=100)
            unfinished += [read(key, fields) for key, fields in claimed if fields]
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
            self._store.xgroup_create(stream_of(shard), GROUP, id="0", mkstream=True)
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
        streams = {stream_of(one): ">" for one in self.owned}
        answer = self._store.xreadgroup(GROUP, self._owner, streams, count=count, block=wait_ms)  # type: ignore[arg-type]
        rows: Iterable[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]] = _pairs(answer)
        return {int(name.split(b":")[1]): [read(key, fields) for key, fields in entries] for name, entries in rows}

    def done(self, shard: int, entries: Iterable[Entry]) -> None:
        """Acknowledge entries whose findings are stored."""
        ids = [entry.id for entry in entries]
        if ids:
            self._store.xack(stream_of(shard), GROUP, *ids)

    def holds_nothing_of(self, sitting_id: str, since_id: str) -> bool:
        """Tell whether a sitting has no entry after `since_id` in its shard: its stream is drained."""
        later = self._range(stream_of(shard_of(sitting_id)), f"({since_id}" if since_id else "-", "+")
        return all(entry.sitting_id != sitting_id for entry in later)

    def _range(self, stream: str, first: str, last: str) -> list[Entry]:
        rows = cast(list[tuple[bytes, dict[bytes, bytes]]], self._store.xrange(stream, first, last))
        return [read(key, fields) for key, fields in rows]

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
