"""A file in a response: {"name", "media_type", "data": base64}. Size, name and kind are checked; what is in it is for who reads it.

A browser's word for the kind of a file is a hint only (anybody can send anything): whoever opens the file must look for themselves.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from assessment_engine.kernel.canonical import Json
from item_bank.qti.binding.given import Misfit
from item_bank.qti.values import FileValue

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_NAME = 255

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_OUTSIDE = re.compile(r"[\x00-\x1f\x7f/\\]")
_UNKNOWN = "application/octet-stream"
_ENDINGS: Mapping[str, str] = {  # what a browser sends no type for on machines that do not know the ending
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def read_file(given: Mapping[str, Json]) -> FileValue:
    """Read a file from its JSON; raises Misfit."""
    data, name = given.get("data"), given.get("name") or "file"
    media_type = given.get("media_type") or given.get("mime") or ""
    if not isinstance(data, str) or not isinstance(name, str) or not isinstance(media_type, str):
        raise Misfit("not_a_file", "a file has a name, a media type and its data in base64")
    _check_data(data)
    if len(name) > MAX_NAME or _OUTSIDE.search(name) or name in (".", ".."):
        raise Misfit("bad_file_name", f"a file's name is plain and has at most {MAX_NAME} characters")
    kind = media_type.partition(";")[0].strip().lower() or _ENDINGS.get(_ending(name), _UNKNOWN)
    if not _MEDIA_TYPE.fullmatch(kind):
        raise Misfit("not_a_file", "a file's media type is like image/png")
    return FileValue(name, kind, data)


def _check_data(data: str) -> None:
    if len(data) > (MAX_FILE_BYTES + 2) // 3 * 4:
        raise Misfit("file_too_large", f"a file may have {MAX_FILE_BYTES // 1024 // 1024} MiB")
    try:
        size = len(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        raise Misfit("not_a_file", "a file's data is base64") from None
    if size > MAX_FILE_BYTES:
        raise Misfit("file_too_large", f"a file may have {MAX_FILE_BYTES // 1024 // 1024} MiB")
    if size == 0:
        raise Misfit("not_a_file", "the file is empty")


def check_kind(file: FileValue, accepted: Sequence[str]) -> None:
    """Refuse a file of a kind that is not asked for (QTI 3.0, "uploadInteraction", type); raises Misfit."""
    if accepted and not any(_is(file, kind.strip().lower().strip(",")) for kind in accepted):
        raise Misfit("wrong_file_type", f"a file of another kind is asked for: {', '.join(accepted)[:200]}")


def _is(file: FileValue, kind: str) -> bool:
    if kind.startswith("."):
        return file.name.lower().endswith(kind)
    major, _, minor = kind.partition("/")
    return kind in ("*", "*/*") or file.media_type == kind or (minor == "*" and file.media_type.startswith(f"{major}/"))


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
