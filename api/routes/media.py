"""Pictures, sounds and films of items, by the digest of their bytes; whole or in pieces, so that a film can be wound.

A media type that is not listed here is sent as a download, whatever its sender calls it; and no file can run a script.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Path
from fastapi.responses import Response

from api.auth import EngineDep, Viewer
from assessment_engine.services import media
from assessment_engine.services.media import ADDRESS, Media

KEPT = "private, max-age=86400, immutable"
"""A day: long enough for any exam; a machine that many candidates share should not keep an exam's pictures for a year."""

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"
"""An SVG may hold scripts; as an <img> it runs none, and opened by itself it is in an empty box."""

SHOWN = frozenset(
    {
        *(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "svg+xml")),
        *(f"audio/{kind}" for kind in ("mpeg", "mp4", "ogg", "wav")),
        *(f"video/{kind}" for kind in ("mp4", "webm", "ogg")),
        "text/vtt",
    }
)
"""What an import takes and a page shows (item_bank/qti/package/media.py tells it by its content)."""

router = APIRouter(prefix=ADDRESS.rstrip("/"), tags=["media"])

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/{sha256}", response_class=Response)
def read(
    engine: EngineDep,
    viewer: Viewer,
    sha256: Digest,
    wanted: Annotated[str, Header(alias="Range")] = "",
    known: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response:
    """Return a file of an item; to a candidate only while a sitting of theirs shows its question. Understands one byte range."""
    found = media.media_of(engine, viewer, sha256)
    headers = _headers(found)
    if known == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    piece = _piece(wanted, found.size)
    if piece is None:
        return _whole(media.media_bytes(engine, found), found, headers)
    start, length = piece
    if length <= 0:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{found.size}"})
    data = media.media_bytes(engine, found, start, length)
    return _whole(data, found, {**headers, "Content-Range": f"bytes {start}-{start + length - 1}/{found.size}"}, 206)


def _whole(data: bytes, found: Media, headers: Mapping[str, str], status: int = 200) -> Response:
    shown = found.media_type if found.media_type in SHOWN else "application/octet-stream"
    return Response(data, status_code=status, headers={**headers, "Content-Type": shown})


def _headers(found: Media) -> Mapping[str, str]:
    headers = {
        "Cache-Control": KEPT,
        "ETag": f'"{found.sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    return headers if found.media_type in SHOWN else {**headers, "Content-Disposition": "attachment"}


def _piece(wanted: str, size: int) -> tuple[int, int] | None:
    """Read a Range header (RFC 9110, section 14): start and length, length 0 where nothing is there, None for the whole file."""
    unit, _, span = wanted.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit.strip() != "bytes" or not dash or not (first or last) or not all(map(_is_offset, (first, last))):
        return None
    if not first:
        length = min(int(last), size)
        return size - length, length
    start, end = int(first), min(int(last or size), size - 1)
    return None if last and int(last) < start else (start, end - start + 1)


def _is_offset(part: str) -> bool:
    return part == "" or (part.isascii() and part.isdigit() and len(part) < 16)
