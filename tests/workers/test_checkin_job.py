"""The job at the door with the real networks: whatever a picture is, the job is done once, and its outcome is a word for a person."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from assessment_engine.delivery.checkin import MachineView
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import checkin
from assessment_engine.services.engine import Engine
from proctoring.vision import demo_footage
from tests.builders import a_world, an_engine
from tests.proctoring.vision.conftest import ASSETS
from tests.running import a_valkey
from workers import jobs

FACE = demo_footage.portrait()
TRUNCATED = FACE[: len(FACE) // 2]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("ASSETS_DIR", str(ASSETS))
    engine = an_engine(tmp_path)
    yield engine
    engine.store.engine.dispose()


@pytest.fixture
def afresh() -> Iterator[None]:
    """Networks loaded for this test alone."""
    jobs._comparison.cache_clear()
    yield
    jobs._comparison.cache_clear()


def said(engine: Engine, live: bytes, roster: bytes | None) -> tuple[MachineView, SittingState, list[tuple[bool, int, str | None]]]:
    """What the machine says, where the sitting stands, and whether each job was done, at which try, with which error."""
    world = a_world(engine, state=SittingState.CONSENTED)
    if roster is not None:
        checkin.keep_roster_pictures(engine, world.sitting_id, roster, None)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, live)
    with engine.store.read() as tx:
        waiting = tx.outbox.waiting(engine.clock.now())
    for job_id in waiting:
        jobs.do(engine, job_id)
    with engine.store.read() as tx:
        found, state = tx.checkins.find(world.sitting_id), tx.sittings.get(world.sitting_id).state
        rows = tx.connection.execute(text("SELECT done_at, tries, error FROM outbox")).all()
    assert found is not None
    return found.machine_view, state, [(row.done_at is not None, row.tries, row.error) for row in rows]


@pytest.mark.parametrize(
    ("live", "roster", "view"),
    [
        (FACE, FACE, MachineView.ALIKE),
        (FACE, None, MachineView.NOT_COMPARED),
        (FACE, TRUNCATED, MachineView.NO_FACE),
        (TRUNCATED, FACE, MachineView.NOT_WELL_SEEN),
        (TRUNCATED, None, MachineView.NOT_WELL_SEEN),
    ],
    ids=["fair", "without a photograph", "photograph truncated", "truncated", "truncated, without a photograph"],
)
def test_a_job_at_the_door_is_done_once_whatever_the_picture(engine: Engine, live: bytes, roster: bytes | None, view: MachineView) -> None:
    assert said(engine, live, roster) == (view, SittingState.AWAITING_ADMISSION, [(True, 1, None)])


@pytest.mark.usefixtures("afresh")
def test_without_the_reference_the_job_is_done_and_the_metrics_say_so(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "assets"
    shutil.copytree(ASSETS, assets, ignore=shutil.ignore_patterns("font_*", "contexts", "face_reference"))
    with a_valkey() as valkey:
        monkeypatch.setenv("ASSETS_DIR", str(assets))
        monkeypatch.setenv("FRAMES_URL", valkey.url)

        found = said(engine, FACE, FACE)

        store = Redis.from_url(valkey.url, decode_responses=True)
        assert store.hgetall("figures:jobs") == {"second_opinion_away": "1"}
        store.close()
    assert found == (MachineView.ALIKE, SittingState.AWAITING_ADMISSION, [(True, 1, None)])
