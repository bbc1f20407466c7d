"""What a media file is, told by its first bytes and never by its name; how large a picture is, without unpacking it.

Signatures: PNG (ISO 15948), JPEG (ITU-T T.81), GIF 89a, WebP (RFC 9649), RIFF WAVE, Ogg (RFC 3533), MP3 (ID3v2 or an MPEG frame), MP4
(ISO 14496-12), WebM (Matroska, EBML), WebVTT. SVG is XML: see svg.py. Style sheets and captions are text.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from item_bank.qti.package.svg import looks_like_svg, svg_size

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """What a file is; `size` is a picture's width and height in pixels, None where it has none or does not say."""

    media_type: str
    size: Size | None = None

    @property
    def kind(self) -> str:
        """Return image, audio, video or text."""
        return self.media_type.partition("/")[0]


ENDINGS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt",
    ".css": "text/css",
}


def medium_of(content: bytes, path: str) -> Medium | None:
    """Tell what a file is; None for what is not one of the kinds that are shown to candidates."""
    for recognise in _RECOGNISERS:
        found = recognise(content)
        if found is not None:
            return found
    if looks_like_svg(content):
        return Medium(media_type="image/svg+xml", size=svg_size(content))
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    return Medium(media_type="text/css") if ending == ".css" and _is_text(content) else None


def _png(content: bytes) -> Medium | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return None
    return Medium(media_type="image/png", size=struct.unpack(">2I", content[16:24]) if len(content) >= 24 else None)


def _gif(content: bytes) -> Medium | None:
    if content[:6] not in (b"GIF87a", b"GIF89a") or len(content) < 10:
        return None
    return Medium(media_type="image/gif", size=struct.unpack("<2H", content[6:10]))


def _jpeg(content: bytes) -> Medium | None:
    return Medium(media_type="image/jpeg", size=_jpeg_size(content)) if content.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(content: bytes) -> Size | None:
    """Walk the markers to the first frame header (SOF0 to SOF15, but for DHT, JPG and DAC)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">2H", content[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _riff(content: bytes) -> Medium | None:
    if content[:4] != b"RIFF":
        return None
    if content[8:12] == b"WAVE":
        return Medium(media_type="audio/wav")
    return Medium(media_type="image/webp", size=_webp_size(content)) if content[8:12] == b"WEBP" else None


def _webp_size(content: bytes) -> Size | None:
    kind, data = content[12:16], content[20:30]
    if len(data) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<2H", data[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _ogg(content: bytes) -> Medium | None:
    if not content.startswith(b"OggS"):
        return None
    return Medium(media_type="video/ogg" if b"theora" in content[:200] else "audio/ogg")


def _mp3(content: bytes) -> Medium | None:
    frame = len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2  # sync, an MPEG version, layer III
    return Medium(media_type="audio/mpeg") if content.startswith(b"ID3") or frame else None


def _mp4(content: bytes) -> Medium | None:
    if content[4:8] != b"ftyp":
        return None
    return Medium(media_type="audio/mp4" if content[8:11] == b"M4A" else "video/mp4")


def _webm(content: bytes) -> Medium | None:
    return Medium(media_type="video/webm") if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64] else None


def _vtt(content: bytes) -> Medium | None:
    start = content[:64].removeprefix(b"\xef\xbb\xbf")
    return Medium(media_type="text/vtt") if re.match(rb"WEBVTT(?:[ \t\r\n]|$)", start) and _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if b"\x00" in content or b"<script" in content.lower():
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


_RECOGNISERS: tuple[Callable[[bytes], Medium | None], ...] = (_png, _jpeg, _gif, _riff, _ogg, _mp3, _mp4, _webm, _vtt)
Use = Literal["image", "audio", "video", "text"]
