"""Reading out of archives: only wanted, ordinary files with the right hash, and nothing from an archive that reaches outside."""

import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from assessment_engine.assets import packages
from assessment_engine.assets.manifest import Member
from assessment_engine.assets.packages import read_members, size_of
from assessment_engine.kernel.errors import HashMismatch, UnreadableFile
from tests.assets.published import a_tarball, sha256

WANTED = Member(path="package/model.bin", sha256=sha256(b"weights"))


def test_a_wanted_file_is_read_from_a_tarball(tmp_path: Path) -> None:
    archive = a_tarball(tmp_path / "a.tgz", {"package/other": b"x", "package/model.bin": b"weights"})

    assert read_members(archive, {WANTED}) == {WANTED: b"weights"}


@pytest.mark.parametrize("escape", ["../outside", "package/../../outside", "/etc/outside", "package\\..\\..\\outside"])
def test_an_archive_that_leads_outside_is_refused(tmp_path: Path, escape: str) -> None:
    tarball = a_tarball(tmp_path / "a.tgz", {escape: b"x", "package/model.bin": b"weights"})
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        written.writestr(escape, b"x")
        written.writestr("package/model.bin", b"weights")

    for archive in (tarball, wheel):
        with pytest.raises(UnreadableFile, match="leads out of the archive"):
            read_members(archive, {WANTED})

    assert {path.name for path in tmp_path.iterdir()} == {"a.tgz", "a.whl"}


def test_a_link_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    archive = a_tarball(tmp_path / "a.tgz", {}, links={"package/model.bin": "/etc/passwd"})

    with pytest.raises(UnreadableFile, match="a link or a folder"):
        read_members(archive, {WANTED})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    archive = a_tarball(tmp_path / "a.tgz", {"package/other": b"x"})

    with pytest.raises(UnreadableFile, match=r"a\.tgz has no file package/model\.bin"):
        read_members(archive, {WANTED})


def test_a_changed_file_is_named_with_both_hashes(tmp_path: Path) -> None:
    archive = a_tarball(tmp_path / "a.tgz", {"package/model.bin": b"other weights"})

    with pytest.raises(HashMismatch) as refused:
        read_members(archive, {WANTED})

    assert refused.value.details == {"file": "package/model.bin in a.tgz", "expected": WANTED.sha256, "got": sha256(b"other weights")}


def test_without_a_node_the_wheels_own_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    program = packages.npm_program()

    assert [Path(part).name for part in program] == ["node", "npm-cli.js"]
    assert all(Path(part).is_file() for part in program)


def test_what_vanishes_while_a_package_comes_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"1234567")
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            for number in range(20):
                (tmp_path / f"unpack-{number}" / "deep").mkdir(parents=True)
            for number in range(20):
                shutil.rmtree(tmp_path / f"unpack-{number}")

    client = threading.Thread(target=come_and_go)
    client.start()
    try:
        assert {size_of(tmp_path) for _ in range(200)} == {7}
    finally:
        done.set()
        client.join()
