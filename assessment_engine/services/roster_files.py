"""Where a roster comes from: a CSV file, a zip or a folder of OneRoster's files or of a CSV with photographs. No database here.

A zip is opened by the same careful reader as a package of questions (item_bank/qti/package/archive.py).
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import simplejpeg

from assessment_engine.exams.csv_text import RosterProblem
from assessment_engine.exams.oneroster import is_oneroster, read_oneroster
from assessment_engine.exams.roster import Roster, RosterRow, a_roster, read_roster
from assessment_engine.kernel.errors import NotFound, TooLarge, UnreadableFile
from item_bank.qti.package.archive import Archive

MAX_PHOTO = 256 * 1024
MAX_ROSTER = 16 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSource:
    """A roster that was read, its bytes for the log, and its photographs by file name."""

    roster: Roster
    sha256_of: bytes = b""
    photos: Mapping[str, bytes] = field(default_factory=dict)

    def photo(self, row: RosterRow) -> bytes | None:
        """Return the photograph that a row names."""
        return self.photos.get(_bare(row.photo)) if row.photo else None


def from_bytes(name: str, data: bytes, photos: bytes = b"") -> RosterSource:
    """Read what a browser sent: a CSV or a zip, and perhaps a zip of photographs beside it."""
    try:
        files = Archive(io.BytesIO(data)) if data.startswith(_ZIP) else {name: data}
        beside = Archive(io.BytesIO(photos)) if photos else {}
        return _read(files, beside, data)
    except (UnreadableFile, TooLarge) as refusal:
        return _refused(name, refusal)


def from_path(path: Path, photos: Path | None = None) -> RosterSource:
    """Read a file, a zip or a folder of this machine; raises NotFound when there is no such thing."""
    for each in (path, photos):
        if each is not None and not each.exists():
            raise NotFound(f"{each}: there is no such file or folder", file=str(each))
    try:
        data = b"" if path.is_dir() else path.read_bytes()
        return _read(_files(path), _files(photos) if photos else {}, data)
    except (UnreadableFile, TooLarge) as refusal:
        return _refused(path.name, refusal)


def _files(path: Path) -> Mapping[str, bytes]:
    if path.is_dir():
        found = (one for one in sorted(path.rglob("*")) if one.is_file() and not one.is_symlink())
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in found}
    data = path.read_bytes()
    return Archive(io.BytesIO(data)) if data.startswith(_ZIP) else {path.name: data}


def _read(files: Mapping[str, bytes], beside: Mapping[str, bytes], data: bytes) -> RosterSource:
    tables = {_bare(name): files[name] for name in files if name.lower().endswith((".csv", ".txt"))} or dict(files)
    pictures = {_bare(name): source for source in (beside, files) for name in source if name.lower().endswith((".jpg", ".jpeg"))}
    if any(len(table) > MAX_ROSTER for table in tables.values()):
        raise TooLarge(f"a roster has at most {MAX_ROSTER // 2**20} MiB")
    roster = _roster(tables)
    wanted = {_bare(row.photo) for row in roster.rows if row.photo}
    photos = {bare: _picture(pictures[bare], bare) for bare in wanted & set(pictures)}
    problems = [problem for row in roster.rows for problem in _photo_problems(row, photos)]
    return RosterSource(roster=a_roster(roster.rows, [*roster.problems, *problems]), sha256_of=data, photos=photos)


def _roster(tables: Mapping[str, bytes]) -> Roster:
    if is_oneroster(tables):
        return read_oneroster(tables)
    if len(tables) != 1:
        raise UnreadableFile("put one CSV file into it, or OneRoster's files with users.csv")
    name, table = next(iter(tables.items()))
    return read_roster(table, name)


def _picture(source: Mapping[str, bytes], bare: str) -> bytes:
    return next(source[name] for name in source if _bare(name) == bare)


def _photo_problems(row: RosterRow, photos: Mapping[str, bytes]) -> list[RosterProblem]:
    if not row.photo:
        return []
    photo = photos.get(_bare(row.photo))
    if photo is None:
        advice = "Put it into the zip of photographs under this name, or leave the cell empty."
        return [row.problem("photo_missing", f"there is no photograph {row.photo}", advice, "photo")]
    if len(photo) > MAX_PHOTO or not is_jpeg(photo):
        return [row.problem("photo_unreadable", f"{row.photo} is not a JPEG of at most 256 KiB", "Save it as a smaller JPEG.", "photo")]
    return []


def is_jpeg(data: bytes) -> bool:
    """Tell whether bytes are a JPEG whose header can be read."""
    if not data.startswith(_JPEG):
        return False
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return False
    return bool(0 < height <= 8000 and 0 < width <= 8000)


def _bare(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.lower()


def _refused(name: str, refusal: UnreadableFile | TooLarge) -> RosterSource:
    advice = "Choose a CSV file, or a zip of a CSV with its photographs, or OneRoster's files."
    problem = RosterProblem(code="unreadable_file", message=refusal.message, advice=advice, file=name)
    return RosterSource(roster=a_roster((), (problem,)))
