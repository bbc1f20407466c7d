"""Ingest's keeper of chains: the journal comes first, the log a minute later, and a store that is away costs nothing but time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.sockets import chain_keeper
from api.sockets.chain_keeper import ChainKeeper
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import chains
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from proctoring.chain_records import RECORD, ChainBook, segments_of
from proctoring.channel import Position
from tests.builders import NOON, a_world, an_engine, steer
from tests.services.test_chains import Camera


def noted(keeper: ChainKeeper, camera: Camera, first: int, last: int) -> None:
    keeper.begin(camera.sitting_id, camera.position)
    for seq in range(first, last + 1):
        keeper.note(camera.sitting_id, camera.frame(seq))


def kept_frames(engine: Engine, sitting_id: SittingId) -> int:
    with engine.store.read() as tx:
        return sum(row.frames for row in tx.chains.of_sittings([sitting_id])[sitting_id])


def journaled(engine: Engine) -> int:
    pages = [chains._read_journal(engine, one.key) for one in engine.blobs.under(chains.JOURNAL)]
    return sum(one.frames for one in segments_of(pages))


def test_frames_are_in_the_journal_first_and_in_the_log_later(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine)
    keeper, camera = ChainKeeper(engine), Camera(world.sitting_id)
    steer(engine).moment = NOON + timedelta(minutes=1)

    noted(keeper, camera, 0, 9)
    asyncio.run(keeper.journal())
    assert (journaled(engine), kept_frames(engine, world.sitting_id)) == (10, 0)
    noted(keeper, camera, 10, 14)
    asyncio.run(keeper.finish())
    assert (journaled(engine), kept_frames(engine, world.sitting_id)) == (0, 15)


def test_while_the_store_is_away_records_wait_and_then_all_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    engine = replace(an_engine(tmp_path), blobs=Blobs(folder.as_uri()))
    world = a_world(engine)
    keeper, camera = ChainKeeper(engine), Camera(world.sitting_id)
    steer(engine).moment = NOON + timedelta(minutes=1)
    folder.rmdir()
    folder.write_text("no folder any more")

    noted(keeper, camera, 0, 9)
    asyncio.run(keeper.finish())
    assert kept_frames(engine, world.sitting_id) == 0
    assert chain_keeper.WAITING._value.get() == 10
    folder.unlink()
    folder.mkdir()
    noted(keeper, camera, 10, 12)
    asyncio.run(keeper.finish())
    assert kept_frames(engine, world.sitting_id) == 13
    assert chain_keeper.WAITING._value.get() == 0


def test_whatever_goes_wrong_the_next_try_goes_on(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine)
    keeper, camera = ChainKeeper(replace(engine, signer=None)), Camera(world.sitting_id)  # type: ignore[arg-type]  # a mistake of ours
    steer(engine).moment = NOON + timedelta(minutes=1)

    noted(keeper, camera, 0, 9)
    asyncio.run(keeper.journal())
    assert journaled(engine) == 0
    keeper._engine = engine
    asyncio.run(keeper.finish())
    assert kept_frames(engine, world.sitting_id) == 10


def test_what_waits_in_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    segments = [segments_of([page])[0] for page in _pages(5)]
    monkeypatch.setattr(chain_keeper, "MOST_WAITING", 25 * RECORD.size)

    assert chain_keeper._newest(segments) == segments[-2:]


def _pages(count: int) -> list[bytes]:
    pages = []
    for number in range(count):
        book, camera = ChainBook(), Camera(SittingId(f"sit_{number}"))
        book.begin(camera.sitting_id, Position(next_seq=0, head=camera.position.head))
        for seq in range(10):
            book.note(camera.sitting_id, camera.frame(seq))
        pages.append(book.page())
    return pages
