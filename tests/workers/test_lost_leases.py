"""A worker whose lease ran out over a long batch, and one that lags while pictures of a cut come in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from assessment_engine.kernel.clock import SystemClock
from assessment_engine.services import watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.channel import Frame
from proctoring.vision.models import Models, load_folder
from tests.builders import World, a_world, an_engine, steer
from tests.proctoring.vision.conftest import ASSETS
from tests.running import Valkey, a_valkey
from tests.workers.test_desk_bad_input import pictures
from tests.workers.test_unreadable_incident import flush
from workers.frames import Entry, Shards, Tally, shard_of
from workers.proctor.worker import OVER_FOR_S, Worker


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


@pytest.fixture(scope="module")
def models() -> Models:
    return load_folder(ASSETS)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine whose clock begins at the real time: the store trims by it."""
    return an_engine(tmp_path, now=SystemClock().now().astimezone(UTC).replace(microsecond=0))


def a_frame(world: World, seq: int, picture: bytes, at: datetime, *, kept: bool = False) -> Entry:
    frame = Frame(
        seq=seq,
        at=at,
        kept=kept,
        jpeg=picture,
        nonce=bytes(16),
        head=bytes([seq]) * 32,
        shown_at=at - timedelta(minutes=1) if kept else None,
    )
    return Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1))


def test_whoever_lost_a_shard_does_not_count_against_its_new_owner(engine: Engine, valkey: Valkey, models: Models) -> None:
    world, store, shards = a_world(engine), Redis.from_url(valkey.url), Shards(valkey.url, "one")
    worker = Worker(engine, shards, models)
    flush(valkey, [a_frame(world, 0, pictures(1)[0], engine.clock.now())])
    for _ in range(4):
        worker.step()
    assert worker.figures.looked == 1

    store.set(f"lease:{shard_of(world.sitting_id)}", "another")
    shards.renew()  # as it does within a batch
    watches.count(engine, [WatchRecord(sitting_id=world.sitting_id, frames_received=999)])
    worker._due["count"] = 0.0
    worker.step()

    with engine.store.read() as tx:
        watch = tx.incidents.watch(world.sitting_id)
    assert watch is not None and watch.frames_received == 999
    store.flushall()
    store.close()
    shards.close()


def test_of_a_sitting_that_lags_the_newest_live_frame_is_looked_at_though_a_kept_one_is_newer(
    engine: Engine, valkey: Valkey, models: Models
) -> None:
    world, shards = a_world(engine), Shards(valkey.url, "one")
    worker = Worker(engine, shards, models)
    worker.step()
    worker._catching_up_until = 0.0
    now = engine.clock.now()
    steer(engine).advance(10)  # the worker lags
    live, kept = pictures(2)
    flush(valkey, [a_frame(world, 0, live, now), a_frame(world, 1, kept, now, kept=True)])
    worker.step()

    assert (worker.figures.skipped, worker.figures.looked) == (0, 2)
    shards.close()


def test_a_worker_does_not_remember_for_ever_whom_it_need_not_watch(engine: Engine, valkey: Valkey, models: Models) -> None:
    store = Redis.from_url(valkey.url)
    store.flushall()
    store.close()
    world, shards = a_world(engine), Shards(valkey.url, "one")
    worker = Worker(engine, shards, models)
    worker.step()
    now, picture = engine.clock.now(), pictures(1)[0]
    strangers = [replace(a_frame(world, 0, picture, now), sitting_id=f"sit_{number}") for number in range(200)]
    for _ in range(2):
        flush(valkey, strangers)
        for _ in range(3):
            worker.step()
    assert len(worker._over) == 200

    worker._over = {name: at - OVER_FOR_S for name, at in worker._over.items()}  # two minutes later
    worker._due["look"] = 0.0
    worker.step()
    assert worker._over == {}
    assert worker.figures.looked == 0
    shards.close()
