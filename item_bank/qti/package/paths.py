"""Names of files in a package: which are safe, which are left out, and what a reference in a file leads to."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from item_bank.qti.package.limits import MAX_FOLDERS, MAX_PATH

_DRIVE = re.compile(r"[A-Za-z]:")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: one is a drive
_SYSTEM = frozenset({"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"})


def unsafe(name: str) -> str:
    """Return why a name in an archive is not safe; "" for a safe one."""
    parts = name.rstrip("/").split("/")
    if not name or "\x00" in name or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        return "it is empty or has control characters"
    if "\\" in name:
        return "it has a backslash"
    if name.startswith("/") or _DRIVE.match(name):
        return "it is absolute"
    if ".." in parts:
        return "it leaves the package (..)"
    if "." in parts or "" in parts:
        return "it has an empty part"
    return "it is too long" if len(name) > MAX_PATH or len(parts) > MAX_FOLDERS else ""


def left_out(name: str) -> bool:
    """Tell whether a file belongs to somebody's system and not to the package: __MACOSX, .DS_Store, Thumbs.db, hidden files."""
    return any((part.startswith((".", "~$")) and part != "..") or part.lower() in _SYSTEM for part in name.split("/"))


def one_form(name: str) -> str:
    """Return the form in which two names are the same file on some system: Unicode's and the case's differences removed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class Spellings:
    """A package's files by what their names come to on some system, for references that write them otherwise."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    @cached_property
    def _by_form(self) -> dict[str, str]:
        return {one_form(name): name for name in self._names}  # made for the first reference that needs it

    def other(self, path: str) -> str:
        """Return the file that a path means in another spelling; "" for none."""
        return self._by_form.get(one_form(path), "")


def is_elsewhere(reference: str) -> bool:
    """Tell whether a reference has a scheme or a host: it does not lead into the package."""
    return bool(_SCHEME.match(reference)) or reference.startswith("//")


def resolved(base: str, reference: str) -> str | None:
    """Return the file that a reference leads to, from the file (or folder, with a final slash) `base`; None when it leaves the package."""
    written = unquote(urlsplit(reference.replace("\\", "/")).path)
    if written.startswith("/") or _DRIVE.match(written) or "\x00" in written:
        return None
    parts: list[str] = list(PurePosixPath(base).parts if base.endswith("/") else PurePosixPath(base).parent.parts)
    for part in written.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return unicodedata.normalize("NFC", "/".join(parts))
