"""What a desk keeps, while the evidence store is away, full, or locked with another key: watching goes on, and so does keeping, later."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.people import Role
from assessment_engine.services import draw, evidence, incidents, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.schema import metadata
from proctoring.channel import Frame
from tests.builders import NOON, World, a_person, a_world, an_engine, steer
from tests.services.test_incidents import MODELS, a_change, a_segment
from workers.proctor import kept
from workers.proctor.kept import Kept


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "evidence"
    path.mkdir()
    return path


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Engine:
    return replace(an_engine(tmp_path), blobs=Blobs(folder.as_uri()))


def away(folder: Path) -> None:
    """Take the store away: a file stands where its folder was."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    folder.write_text("nothing here")


def back(folder: Path) -> None:
    folder.unlink()
    folder.mkdir()


def frames_shown(engine: Engine, world: World) -> int:
    actor = a_person(engine, world.organisation_id, Role.INVIGILATOR)
    return sum(len(one.evidence) for one in incidents.of_sitting(engine, actor, world.sitting_id))


def a_frame(at: datetime, seq: int = 1) -> Frame:
    return Frame(seq=seq, at=at, kept=False, jpeg=b"\xff\xd8\xff picture", nonce=bytes(16), head=bytes(32))


def test_an_incident_is_recorded_though_the_store_is_away_and_its_pictures_come_when_it_is_back(engine: Engine, folder: Path) -> None:
    world = a_world(engine)
    keeper = Kept(engine, world.sitting_id)
    away(folder)

    incidents.record(engine, world.sitting_id, a_change(), a_segment(9.0, 12.0), MODELS)
    keeper.add([a_segment(9.0, 12.0, 20.0)])
    assert (keeper.waiting, keeper.failures, frames_shown(engine, world)) == (1, 1, 0)
    keeper.add([])
    assert keeper.failures == 1, "not asked again at once"

    back(folder)
    steer(engine).advance(6)
    keeper.add([])
    assert (keeper.waiting, keeper.lost, frames_shown(engine, world)) == (0, 0, 3)


def test_a_case_is_set_before_people_though_the_key_cannot_be_opened(engine: Engine) -> None:
    world = a_world(engine)
    draw.keep_frame(engine, world.sitting_id, 1, NOON, b"\xff\xd8\xff")  # makes the sitting's key
    wrong = replace(engine, signer=replace(engine.signer, evidence=SigningKey(purpose=Purpose.EVIDENCE, seed=b"9" * 32)))
    keeper = Kept(wrong, world.sitting_id)

    incident_id = incidents.record(wrong, world.sitting_id, a_change(), a_segment(9.0, 12.0), MODELS)
    keeper.add([a_segment(9.0, 12.0)])
    assert (keeper.waiting, keeper.failures) == (1, 1)
    with engine.store.read() as tx:
        assert [case.incident_id for case in tx.invigilation.cases_of(world.sitting_id)] == [incident_id]


def test_what_waits_has_an_end_and_the_oldest_goes_first(engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(engine)
    keeper = Kept(engine, world.sitting_id)
    incidents.record(engine, world.sitting_id, a_change(), a_segment(), MODELS)
    away(folder)
    monkeypatch.setattr(kept, "MOST_WAITING", 12)

    for second in (9.0, 12.0, 20.0):
        keeper.add([a_segment(second)])
        steer(engine).advance(6)
    assert (keeper.waiting, keeper.lost) == (2, 1)


def test_clean_frames_of_who_wished_it_are_kept_every_five_seconds_and_of_others_none(engine: Engine) -> None:
    wished, other = (a_world(engine, state=SittingState.ADMITTED) for _ in range(2))
    draw.wish(engine, wished.candidate, wished.sitting_id, kept=True)

    for world in (wished, other):
        keeper = Kept(engine, world.sitting_id)
        for second in range(21):
            keeper.clean(a_frame(NOON + timedelta(seconds=second), second))
    assert [one.seq for one in draw.frames_of(engine, wished.sitting_id)] == [0, 5, 10, 15, 20]
    assert draw.frames_of(engine, other.sitting_id) == []


def test_clean_frames_are_let_go_while_the_store_is_away_and_counted(engine: Engine, folder: Path) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    draw.wish(engine, world.candidate, world.sitting_id, kept=True)
    keeper = Kept(engine, world.sitting_id)
    away(folder)

    keeper.clean(a_frame(NOON, 0))
    assert keeper.failures == 1
    back(folder)
    keeper.clean(a_frame(NOON + timedelta(seconds=6), 6))
    assert [one.seq for one in draw.frames_of(engine, world.sitting_id)] == [6]


def test_once_the_key_is_erased_nothing_more_is_kept(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    draw.wish(engine, world.candidate, world.sitting_id, kept=True)
    draw.keep_frame(engine, world.sitting_id, 1, NOON, b"\xff\xd8\xff")
    with engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, NOON)
    keeper = Kept(engine, world.sitting_id)

    keeper.clean(a_frame(NOON + timedelta(seconds=6), 6))
    assert (keeper.failures, draw.frames_of(engine, world.sitting_id)) == (0, [])


def test_a_watch_begins_though_the_enrolled_face_cannot_be_read_and_another_finds_it_again(engine: Engine, folder: Path) -> None:
    world = a_world(engine)
    with engine.store.read() as tx:
        registration = tx.sittings.get(world.sitting_id).registration_id
    with engine.store.begin() as tx:
        table = metadata.tables["registrations"]
        tx.connection.execute(update(table).where(table.c.id == registration).values(portrait_blob=f"{world.sitting_id}/portrait.enc"))
    key = evidence.data_key(engine, world.sitting_id)
    away(folder)
    without = watches.orders(engine, world.sitting_id)
    back(folder)
    lost = watches.orders(engine, world.sitting_id)
    engine.blobs.put(f"{world.sitting_id}/portrait.enc", key.encrypt(f"{world.sitting_id}/portrait.enc", b"a face"))

    assert (without.face, lost.face) == (None, None)
    assert watches.orders(engine, world.sitting_id).face == b"a face"
