"""Chains of frames, kept: whatever dies, comes late or comes twice, on both databases."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.evidence.chain_check import check_chain
from assessment_engine.evidence.findings import NoteKind
from assessment_engine.evidence.leaves import ProvenLeaf
from assessment_engine.kernel.errors import StorageUnavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import chains, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.incidents import WatchRecord
from proctoring.chain_records import ChainBook, Segment, segments_of
from proctoring.channel import Frame, Position, first_link, link
from tests.builders import NOON, a_world, an_engine, steer


class Camera:
    """Frames of one sitting, one a second, as a channel would take them."""

    def __init__(self, sitting_id: SittingId) -> None:
        self.sitting_id, self.position = sitting_id, Position(next_seq=0, head=first_link(sitting_id))

    def frame(self, seq: int) -> Frame:
        at, jpeg, nonce = NOON + timedelta(seconds=seq), f"picture {seq}".encode(), bytes([seq % 256]) * 16
        head = link(self.position.head, seq=seq, at=at, picture=hashlib.sha256(jpeg).digest(), nonce=nonce)
        self.position = Position(next_seq=seq + 1, head=head, at=at)
        return Frame(seq=seq, at=at, kept=False, jpeg=jpeg, nonce=nonce, head=head)


def noted(book: ChainBook, camera: Camera, first: int, last: int) -> None:
    book.begin(camera.sitting_id, camera.position)
    for seq in range(first, last + 1):
        book.note(camera.sitting_id, camera.frame(seq))


def a_stretch(camera: Camera, first: int, last: int) -> Segment:
    book = ChainBook()
    noted(book, camera, first, last)
    (segment,) = book.cut()
    return segment


def checked(engine: Engine, sitting_id: SittingId) -> tuple[list[str], list[str], int]:
    with engine.store.read() as tx:
        rows = tx.chains.of_sittings([sitting_id])[sitting_id]
        about = [entry for entry in tx.audit.about(sitting_id) if entry.kind.startswith("chain_")]
    leaves = [
        ProvenLeaf(
            kind=one.kind, subject=one.subject, actor=None, at=one.at, payload=dict(one.payload), index=0, path=()  # type: ignore[arg-type]
        )
        for one in about
    ]  # fmt: skip
    found = check_chain(sitting_id, leaves, {row.ordinal: engine.blobs.get(row.blob) for row in rows})
    return [str(one.kind) for one in found.findings], [str(one.kind) for one in found.notes], found.frames


def test_stretches_join_into_a_chain_that_anybody_can_recompute(any_engine: Engine) -> None:
    world = a_world(any_engine)
    camera = Camera(world.sitting_id)
    steer(any_engine).moment = NOON + timedelta(minutes=3)

    for first in (0, 60, 120):
        chains.keep(any_engine, [a_stretch(camera, first, first + 59)])
    chains.close(any_engine, world.sitting_id)

    assert checked(any_engine, world.sitting_id) == ([], [], 180)


def test_the_same_stretch_twice_is_kept_once(any_engine: Engine) -> None:
    world = a_world(any_engine)
    steer(any_engine).moment = NOON + timedelta(minutes=3)
    stretch = a_stretch(Camera(world.sitting_id), 0, 9)

    assert [chains.keep(any_engine, [stretch]) for _ in range(3)] == [10, 0, 0]
    chains.close(any_engine, world.sitting_id)
    assert checked(any_engine, world.sitting_id) == ([], [], 10)


def test_a_process_that_died_leaves_its_journal_and_a_later_one_goes_on(any_engine: Engine) -> None:
    world = a_world(any_engine)
    camera, dead = Camera(world.sitting_id), ChainBook()
    noted(dead, camera, 0, 9)
    chains.write_journal(any_engine, "ing_dead", 1, dead.page())
    noted(dead, camera, 10, 14)
    chains.write_journal(any_engine, "ing_dead", 2, dead.page())
    steer(any_engine).moment = NOON + timedelta(minutes=1)
    chains.keep(any_engine, [a_stretch(camera, 15, 40)])  # the next process is quicker than the sweep

    assert chains.recover(any_engine) == 0, "the pages are too young: their process may live"
    steer(any_engine).moment = NOON + timedelta(days=3650)
    assert chains.recover(any_engine) == 15
    chains.close(any_engine, world.sitting_id)
    findings, notes, frames = checked(any_engine, world.sitting_id)
    assert (findings, frames) == ([], 41)
    assert set(notes) == {str(NoteKind.LATE)}
    assert any_engine.blobs.under(chains.JOURNAL) == []


def test_what_no_journal_had_is_said_to_be_lost(any_engine: Engine) -> None:
    world = a_world(any_engine)
    camera = Camera(world.sitting_id)
    steer(any_engine).moment = NOON + timedelta(minutes=1)
    chains.keep(any_engine, [a_stretch(camera, 0, 9)])
    noted(ChainBook(), camera, 10, 12)
    chains.keep(any_engine, [a_stretch(camera, 13, 20)])
    chains.close(any_engine, world.sitting_id)

    assert checked(any_engine, world.sitting_id) == ([], [str(NoteKind.LOST)], 18)


def test_a_page_that_was_cut_off_or_slipped_in_is_not_believed_and_holds_nothing_up(any_engine: Engine) -> None:
    world = a_world(any_engine)
    camera, book = Camera(world.sitting_id), ChainBook()
    noted(book, camera, 0, 4)
    chains.write_journal(any_engine, "ing_dead", 1, book.page())
    noted(book, camera, 5, 9)
    page = book.page()
    any_engine.blobs.put(f"{chains.JOURNAL}/ing_dead/000000002", page)
    key = chains.write_journal(any_engine, "ing_dead", 3, page)
    any_engine.blobs.put(key, any_engine.blobs.get(key)[:-7])
    any_engine.blobs.put(f"{chains.JOURNAL}/ing_forged/000000001", any_engine.blobs.get(f"{chains.JOURNAL}/ing_dead/000000001"))
    any_engine.blobs.put(f"{chains.JOURNAL}/ing_empty/000000001", b"")
    steer(any_engine).moment = NOON + timedelta(days=3650)

    assert chains.recover(any_engine) == 5
    assert any_engine.blobs.under(chains.JOURNAL) == []


@given(st.binary(max_size=400), st.integers(0, 300))
def test_no_bytes_of_a_journal_do_more_than_say_nothing(noise: bytes, cut: int) -> None:
    book = ChainBook()
    noted(book, Camera(SittingId("sit_a")), 0, 2)
    page = book.page()

    for data in (noise, page[:cut], page + noise, noise + page):
        assert sum(one.frames for one in segments_of([data])) >= 0
    assert sum(one.frames for one in segments_of([page])) == 3


def test_a_chain_is_closed_once_and_what_comes_later_is_none_of_it(any_engine: Engine) -> None:
    world = a_world(any_engine)
    camera = Camera(world.sitting_id)
    steer(any_engine).moment = NOON + timedelta(minutes=1)
    chains.keep(any_engine, [a_stretch(camera, 0, 9)])
    watches.drain(any_engine, WatchRecord(sitting_id=world.sitting_id))

    assert chains.close_ended(any_engine) == 0
    steer(any_engine).moment = NOON + timedelta(minutes=10)
    assert [chains.close_ended(any_engine), chains.close_ended(any_engine)] == [1, 0]
    assert chains.keep(any_engine, [a_stretch(camera, 10, 12)]) == 0
    assert checked(any_engine, world.sitting_id) == ([], [], 10)


def test_a_sitting_that_is_not_there_holds_nobody_else_up(any_engine: Engine) -> None:
    world = a_world(any_engine)
    steer(any_engine).moment = NOON + timedelta(minutes=1)

    foreign = a_stretch(Camera(SittingId("sit_nobody")), 0, 3)
    assert chains.keep(any_engine, [foreign, a_stretch(Camera(world.sitting_id), 0, 4)]) == 5


def test_a_full_store_keeps_nothing_and_the_next_try_keeps_all(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine)
    blocked = tmp_path / "evidence" / world.sitting_id
    blocked.parent.mkdir()
    blocked.write_text("a file stands where a folder must be")
    stored = _with_blobs(engine, tmp_path / "evidence")
    steer(stored).moment = NOON + timedelta(minutes=1)
    stretch = a_stretch(Camera(world.sitting_id), 0, 9)

    with pytest.raises(StorageUnavailable):
        chains.keep(stored, [stretch])
    blocked.unlink()
    assert chains.keep(stored, [stretch]) == 10


class _Overtaken:
    """A store of blobs in front of which somebody else is quicker, once."""

    def __init__(self, blobs: Blobs, quicker: Callable[[], object]) -> None:
        self._blobs, self._quicker = blobs, [quicker]

    def put(self, key: str, data: bytes) -> None:
        while self._quicker:
            self._quicker.pop()()
        self._blobs.put(key, data)


def test_what_a_process_keeps_while_the_sweep_takes_up_a_dead_ones_journal_is_not_lost(any_engine: Engine) -> None:
    world = a_world(any_engine)
    steer(any_engine).moment = NOON + timedelta(minutes=1)
    camera = Camera(world.sitting_id)
    left, fresh = a_stretch(camera, 0, 9), a_stretch(camera, 10, 19)
    ingest = replace(any_engine, blobs=_Overtaken(any_engine.blobs, lambda: chains.keep(any_engine, [left])))  # type: ignore[arg-type]

    assert chains.keep(ingest, [fresh]) == 10

    chains.close(any_engine, world.sitting_id)
    assert checked(any_engine, world.sitting_id) == ([], [], 20)


def test_a_journal_page_in_a_folder_is_there_once_it_is_written(tmp_path: Path) -> None:
    engine = _with_blobs(an_engine(tmp_path), tmp_path / "evidence")

    key = chains.write_journal(engine, "ing_a", 1, b"a page")

    assert (tmp_path / "evidence" / key).read_bytes().endswith(b"a page")


def _with_blobs(engine: Engine, folder: Path) -> Engine:
    return replace(engine, blobs=Blobs(folder.as_uri()))
