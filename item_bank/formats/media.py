"""Files inside other formats: base64 in the text, addresses that a system writes for its own files. They come to lie beside the item."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from item_bank.formats.findings import Unfit
from item_bank.formats.questions import Medium
from item_bank.qti.package import limits
from item_bank.qti.package.media import ENDINGS
from item_bank.qti.problems import megabytes

FOLDER = "media"
PLUGIN_FILE = "@@PLUGINFILE@@/"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_ADDRESS = re.compile(r"@@PLUGINFILE@@(/[^\"'<>\s?#]*)(?:\?[^\"'<>\s#]*)?")
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s%]+)", re.IGNORECASE)
_ENDING_OF = {media_type: ending for ending, media_type in reversed(ENDINGS.items())}


def decoded(written: str, what: str, line: int) -> bytes:
    """Read base64; raises Unfit."""
    try:
        data = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unfit("damaged_file", f"{what[:80]} is no base64", "Export the file again.", line) from None
    if len(data) > limits.MAX_FILE_BYTES:
        raise Unfit("too_large", f"{what[:80]} has {megabytes(len(data))}", f"A file may have {megabytes(limits.MAX_FILE_BYTES)}.", line)
    return data


def medium_named(name: str, data: bytes) -> Medium:
    """Give a file a place beside its item: its own name where that is plain, and what tells it from another of that name."""
    digest = hashlib.sha256(data).hexdigest()[:12]
    plain = name.rpartition("/")[2]
    ending = re.search(r"\.[A-Za-z0-9]{1,5}\Z", plain)
    shown = f"{digest}-{plain}" if _PLAIN.fullmatch(plain) else f"{digest}{ending[0] if ending else ''}"
    return Medium(path=f"{FOLDER}/{shown}", data=data)


def readdressed(html: str, files: Mapping[str, Medium]) -> str:
    """Let words refer to the files as they lie beside the item; a file that did not come keeps its own name."""

    def place(found: re.Match[str]) -> str:
        name = unquote(found[1]).lstrip("/")
        return files[name].path if name in files else quote(name)

    return _ADDRESS.sub(place, html)


def lifted(html: str, line: int) -> tuple[str, tuple[Medium, ...]]:
    """Take files out of `data:` addresses; raises Unfit for what is no base64."""
    found: dict[str, Medium] = {}

    def lift(match: re.Match[str]) -> str:
        media_type = match[1].lower()
        medium = medium_named(f"embedded{_ENDING_OF.get(media_type, '.bin')}", decoded(unquote(match[2]), "an embedded file", line))
        found[medium.path] = medium
        return medium.path

    return _DATA.sub(lift, html), tuple(found.values())
