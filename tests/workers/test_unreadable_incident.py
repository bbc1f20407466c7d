"""A row that holds no incident: the worker goes on without it, for that sitting and for all others, and says so."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from redis import Redis

from assessment_engine.kernel.ids import IncidentId
from assessment_engine.services import incidents, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame
from proctoring.vision.models import load_folder
from tests.builders import World, a_world
from tests.proctoring.vision.conftest import ASSETS
from tests.running import Valkey, a_valkey
from tests.services.test_incidents import a_change, a_segment
from tests.workers.test_desk_bad_input import pictures
from workers.frames import Entry, Flusher, Shards, Slots, Tally
from workers.proctor.worker import Worker

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (the store trims by real time)
BROKEN = ['{"rule": "nobody"}', '{"findings": [{"kind": "no such kind"}]}', "[]", '"words"', "null"]


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


def a_broken_row(engine: Engine, world: World, trace: str) -> IncidentId:
    """A real incident whose trace was written over."""
    incident_id = incidents.record(engine, world.sitting_id, a_change(), a_segment(9.0), {})
    with engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE incidents SET trace = ? WHERE id = ?", (trace, incident_id))
    return incident_id


def a_frame(world: World, seq: int, picture: bytes) -> Entry:
    frame = Frame(seq=seq, at=NOW + timedelta(seconds=seq), kept=False, jpeg=picture, nonce=bytes(16), head=bytes([seq]) * 32)
    return Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1))


def flush(valkey: Valkey, entries: list[Entry]) -> None:
    async def once() -> None:
        flusher, slots = Flusher(valkey.url, Slots()), Slots()
        for entry in entries:
            slots.put(entry)
            await flusher._flush(slots.take())
        await flusher.close()

    asyncio.run(once())


@pytest.mark.parametrize("trace", BROKEN)
def test_what_cannot_be_read_is_left_out_of_the_orders(engine: Engine, trace: str) -> None:
    world = a_world(engine)
    broken = a_broken_row(engine, world, trace)
    incidents.record(engine, world.sitting_id, a_change(first_seq=400), a_segment(), {})

    orders = watches.orders(engine, world.sitting_id)

    assert orders.unreadable == (broken,)
    assert [one.first_seq for one in orders.incidents] == [400]


def test_a_worker_goes_on_says_so_and_counts_it(engine: Engine, valkey: Valkey, tmp_path: Path) -> None:
    world = a_world(engine)
    broken = a_broken_row(engine, world, json.dumps({"rule": "nobody"}))
    frames = [a_frame(world, seq, picture) for seq, picture in enumerate(pictures(4))]
    flush(valkey, frames)
    shards = Shards(valkey.url, "one")

    with structlog.testing.capture_logs() as said:
        worker = Worker(engine, shards, load_folder(ASSETS))
        for _ in range(6):
            worker.step()
    store = Redis.from_url(valkey.url, decode_responses=True)
    counted = [store.hget(key, "incidents_unreadable") for key in store.scan_iter("figures:*")]
    store.close()
    shards.close()

    assert worker.figures.looked == len(frames)
    assert counted == ["1"]
    assert [(one["sitting"], one["incident"]) for one in said if one["event"] == "incident_unreadable"] == [(world.sitting_id, broken)]
    with engine.store.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM incidents").scalar_one() == 1
