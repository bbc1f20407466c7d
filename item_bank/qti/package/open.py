"""Opens what people hand over: a zip, or loose files. Both end as one Package; both are trusted as little."""

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from unicodedata import normalize

from item_bank.qti.package import limits
from item_bank.qti.package.archive import Archive, refuse, too_large
from item_bank.qti.package.manifest import NAME, find_manifest, read_manifest
from item_bank.qti.package.paths import left_out, one_form, unsafe
from item_bank.qti.package.records import Files, Package
from item_bank.qti.problems import Problem, Severity, megabytes

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # a file, an empty list, a part of several (PKWARE APPNOTE, 4.3)


def open_package(source: BinaryIO | bytes) -> Package:
    """Open a zip; raises UnreadableFile or TooLarge (details `problem` and `file`) for what is hostile or broken."""
    archive = Archive(io.BytesIO(source) if isinstance(source, bytes) else source)
    return _opened(archive, archive.left)


def open_folder(files: Mapping[str, bytes]) -> Package:
    """Open loose files, by their paths; raises UnreadableFile or TooLarge."""
    loose = _Loose(files)
    return _opened(loose, loose.left)


def looks_like_zip(start: bytes) -> bool:
    """Tell whether bytes begin as a zip does."""
    return start.startswith(_ZIP)


class _Loose(Mapping[str, bytes]):
    """Files that were handed over one by one."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.left = tuple(sorted(name for name in files if left_out(name)))
        _check_names(tuple(files))
        self._files = {normalize("NFC", name): files[name] for name in files if not left_out(name)}
        _check_sizes(self._files)

    def __getitem__(self, name: str) -> bytes:
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def size(self, name: str) -> int:
        """Return a file's size."""
        return len(self._files[name])


def _check_names(names: tuple[str, ...]) -> None:
    if len(names) > limits.MAX_FILES:
        too_large(f"a package may have {limits.MAX_FILES} files; this one has {len(names)}", code="too_many_files")
    seen: dict[str, str] = {}
    for name in names:
        if unsafe(name):
            refuse("unsafe_path", f"the name is not safe: {unsafe(name)}", name)
        if seen.setdefault(one_form(name), name) != name:
            refuse("duplicate_name", f"it has the same name as {seen[one_form(name)]}", name)


def _check_sizes(files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        if len(content) > limits.MAX_FILE_BYTES:
            too_large(f"a file may have {megabytes(limits.MAX_FILE_BYTES)}; this one has {megabytes(len(content))}", name)
    if sum(len(content) for content in files.values()) > limits.MAX_TOTAL_BYTES:
        too_large(f"a package may have {megabytes(limits.MAX_TOTAL_BYTES)}")


def _opened(files: Files, left: tuple[str, ...]) -> Package:
    notes = [_note(name, "left_out", "a file of somebody's system, not of the package: left out") for name in left]
    path = find_manifest(files)
    if not path:
        advice = f"add an {NAME} that lists the items"
        message = f"there is no {NAME}: every XML file that is an item, a test or a stimulus counts"
        missing = [_note("", "no_manifest", message, advice)] if len(files) > 1 else []  # one file needs no list
        return Package(files=files, problems=(*notes, *missing))
    if "/" in path:
        notes.append(_note(path, "manifest_in_a_folder", f"{NAME} is not at the top of the package; its folder is taken as the top"))
    manifest = read_manifest(files, path)
    return Package(
        files=files,
        resources=manifest.resources,
        problems=(*notes, *manifest.problems),
        manifest_path=path,
        facts=manifest.facts,
    )


def _note(file: str, code: str, message: str, advice: str = "") -> Problem:
    return Problem(code=code, message=message, severity=Severity.NOTE, file=file, advice=advice)
