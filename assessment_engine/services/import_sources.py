"""Where a package comes from: a path on this machine, or files that a browser sent. Opening is left to item_bank.qti.package, and late.

A file of another format than QTI becomes a package by item_bank.formats; which it is may be said, else its name and beginning tell.

Nothing is read that is larger than a package may be, and no link is followed. No database here: a check needs none.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assessment_engine.kernel.errors import Invalid, NotFound, TooLarge, UnreadableFile
from item_bank.formats import FORMATS, guess, package_of, template_as
from item_bank.imports import Source
from item_bank.qti.package import Package, limits, looks_like_zip, open_folder, open_package
from item_bank.qti.problems import megabytes

QTI, AUTO = "qti", "auto"

FORMS: Mapping[str, str] = {QTI: "QTI", **{name: form.title for name, form in FORMATS.items()}}
"""What a file may be, and how it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """The template of a spreadsheet as a file."""

    name: str
    media_type: str
    data: bytes


def template(form: str) -> TemplateFile:
    """Return the template with its examples, as `csv` or `xlsx`."""
    chosen = FORMATS[form]
    return TemplateFile(name=f"questions{chosen.ending}", media_type=chosen.media_type, data=template_as(form))


def from_files(files: Mapping[str, bytes], form: str = AUTO, lang: str = "") -> Source:
    """Take loose QTI files, one package, or one file of another format; raises Invalid for none, or for a package among other files."""
    if not files:
        raise Invalid("choose at least one file", problem="no_file")
    if len(files) == 1:
        name, data = next(iter(files.items()))
        form = guess(name, data[:_BEGINNING]) if form == AUTO else form
        if form != QTI:
            return _converted(form, name, lambda: data, lang)
    others = [name for name, data in files.items() if guess(name, data[:_BEGINNING]) != QTI]
    if others:
        raise Invalid(f"{others[0]} is a file of another format than QTI; import it by itself", problem="another_format", file=others[0])
    packages = [name for name, data in files.items() if looks_like_zip(data) or name.lower().endswith(".zip")]
    if not packages:
        return Source(open=lambda: nullcontext(open_folder(dict(files))), loose=True)
    if len(files) > 1:
        raise Invalid(f"{packages[0]} is a package; import it by itself", problem="package_among_files", file=packages[0])
    return Source(open=lambda: nullcontext(open_package(files[packages[0]])))


def from_path(path: Path, form: str = AUTO, lang: str = "") -> Source:
    """Take a package, a file or a folder on this machine; raises NotFound when there is no such thing.

    `lang` is the language of questions whose format, or file, says none.
    """
    if path.is_dir():
        return Source(open=lambda: nullcontext(open_folder(_Folder(path))))
    if not path.is_file():
        raise NotFound(f"{path}: there is no such file or folder", file=str(path))
    if form == AUTO:
        with _opened(path) as file:
            form = guess(path.name, file.read(_BEGINNING))
    if form != QTI:
        return _converted(form, path.name, lambda: _read(path), lang)
    return Source(open=lambda: _one_file(path), loose=not _is_package(path))


_BEGINNING = 100_000


def _converted(form: str, name: str, data: Callable[[], bytes], lang: str) -> Source:
    return Source(open=lambda: nullcontext(package_of(FORMATS[form].read(data(), name, lang), name)), loose=True)


def _read(path: Path) -> bytes:
    with _opened(path) as file:
        return file.read(limits.MAX_FILE_BYTES + 1)


@contextmanager
def _one_file(path: Path) -> Iterator[Package]:
    with _opened(path) as file:
        yield open_package(file) if _is_package(path) else open_folder({path.name: file.read(limits.MAX_FILE_BYTES + 1)})


def _is_package(path: Path) -> bool:
    if path.suffix.lower() == ".zip":
        return True
    with _opened(path) as file:
        return looks_like_zip(file.read(4))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(f"{path.name}: {error.strerror}", file=path.name, problem="unreadable_file") from error


class _Folder(Mapping[str, bytes]):
    """The files of a folder by their names in it, each read when it is asked for. Links are left out, wherever they lead."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.relative_to(folder).as_posix(): path for path in self._below(folder)}
        total = 0
        for name, path in self._paths.items():
            size = path.stat().st_size
            total += size
            if size > limits.MAX_FILE_BYTES:
                raise TooLarge(f"{name}: a file may have {megabytes(limits.MAX_FILE_BYTES)}", problem="too_large", file=name)
        if len(self._paths) > limits.MAX_FILES:
            raise TooLarge(f"a package may have {limits.MAX_FILES} files; this one has {len(self._paths)}", problem="too_many_files")
        if total > limits.MAX_TOTAL_BYTES:
            raise TooLarge(f"a package may have {megabytes(limits.MAX_TOTAL_BYTES)}; this one has {megabytes(total)}", problem="too_large")

    def __getitem__(self, name: str) -> bytes:
        with _opened(self._paths[name]) as file:
            return file.read()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    @classmethod
    def _below(cls, folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                yield from cls._below(path)
            elif path.is_file():
                yield path
