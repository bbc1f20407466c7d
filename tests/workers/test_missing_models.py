"""A real proctor worker without one of its networks: it watches with the rest and says so; without a face network it does not begin."""

import shutil
from pathlib import Path

import pytest
from redis import Redis

from assessment_engine.assets.fetch import installed
from proctoring.vision import models
from tests.proctoring.vision.conftest import ASSETS
from tests.running import a_live_engine, a_proctor, a_valkey, until

pytestmark = pytest.mark.slow


def without(role: str, folder: Path) -> Path:
    """Assets in which a role's file was deleted."""
    made = folder / "assets"
    shutil.copytree(ASSETS, made, ignore=shutil.ignore_patterns("font_*", "contexts"))
    installed(made)[role].path.unlink()
    return made


def missing_at(url: str) -> list[str]:
    """How many networks each worker lacks, as they told Prometheus."""
    store = Redis.from_url(url, decode_responses=True)
    found = [str(store.hget(key, "models_missing")) for key in store.scan_iter("figures:*")]
    store.close()
    return found


@pytest.mark.parametrize("role", [role for role in models.ROLES if role not in models.NEEDED])
def test_without_a_network_a_worker_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("ASSETS_DIR", str(without(role, tmp_path)))
    engine = a_live_engine(tmp_path)

    with a_valkey() as valkey, a_proctor(engine, tmp_path, valkey.url) as proctor:
        assert until(lambda: missing_at(valkey.url) == ["1.0"] or missing_at(valkey.url) == ["1"], 40)
        assert proctor.stop() == 0
    engine.store.engine.dispose()


@pytest.mark.parametrize("role", models.NEEDED)
def test_without_a_face_network_a_worker_does_not_begin_and_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], role: str
) -> None:
    monkeypatch.setenv("ASSETS_DIR", str(without(role, tmp_path)))
    engine = a_live_engine(tmp_path)

    with a_valkey() as valkey, a_proctor(engine, tmp_path, valkey.url) as proctor:
        assert proctor.process.wait(120) != 0
        assert missing_at(valkey.url) == []
    said = capfd.readouterr()
    assert f"nothing can be seen without {role}" in said.err + said.out
    engine.store.engine.dispose()
