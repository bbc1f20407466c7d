"""A worker whose machine lacks a network file, on real parts: its signal is off, everybody is told, and the rest is watched."""

import shutil
from pathlib import Path

import pytest

from assessment_engine.play import send_footage
from assessment_engine.services import eyes
from assessment_engine.services.engine import Engine
from proctoring.policy import Kind
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from tests.builders import a_world
from tests.proctoring.vision.conftest import ASSETS
from tests.running import a_live_engine, a_proctor, a_valkey, an_ingest, until
from tests.walks.test_one_frame import is_drained, submit

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return a_live_engine(tmp_path)


def without(folder: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers find every installed file but this role's."""
    assets = folder / "assets"
    assets.mkdir()
    for installed in ASSETS.iterdir():
        if installed.is_dir() and installed.name != role:
            (assets / installed.name).symlink_to(installed)
    shutil.copyfile(ASSETS / "installed.json", assets / "installed.json")
    monkeypatch.setenv("ASSETS_DIR", str(assets))


def test_without_the_object_network_nobody_is_flagged_and_everybody_is_told(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(tmp_path, "objects", monkeypatch)
    leaves = Script(length_s=16.0, leaves_s=3.0, back_s=60.0)
    with a_valkey() as valkey, an_ingest(engine, valkey.url) as live, a_proctor(live, tmp_path, valkey.url):
        world = a_world(live)
        assert until(lambda: eyes.missing_roles(live) == ("objects",))
        send_footage(live, demo_footage.jpegs(demo_footage.scene(leaves), fps=2), world.sitting_id)
        submit(live, world.sitting_id)
        assert until(lambda: is_drained(live, world.sitting_id))

        with live.store.read() as tx:
            kinds = {one.kind for one in tx.incidents.of_sitting(world.sitting_id)}
            blind = tx.eyes.blind_in([world.sitting_id])
        promised = eyes.looked_for(live, world.candidate, world.sitting_id)

    assert "face_not_seen" in kinds and "nobody" not in kinds
    assert blind == {world.sitting_id: ("objects",)}
    assert Kind.PHONE in promised.unseen and Kind.DIFFERENT_PERSON in promised.kinds


def test_without_what_nothing_works_without_the_worker_ends_and_says_so(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(tmp_path, "face_mesh", monkeypatch)
    with a_valkey() as valkey, a_proctor(engine, tmp_path, valkey.url) as proctor:
        assert proctor.process.wait(120) != 0

    assert set(eyes.lost_now(engine)) >= {Kind.NOBODY, Kind.SEVERAL_PEOPLE, Kind.DIFFERENT_PERSON, Kind.PHONE, Kind.LOOKING_AWAY}
