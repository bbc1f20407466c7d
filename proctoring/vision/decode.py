"""Bytes from a camera to pixels, or a clear refusal. The bytes are an attacker's: every limit is checked before a pixel is decoded.

A picture is decoded small first, which costs two thirds, and whole only when something in it is to be read.
"""

import simplejpeg

from assessment_engine.kernel.errors import BadFrame, TooLarge
from proctoring.vision.models import Pixels

MAX_BYTES = 256 * 1024
MAX_SIDE = 640
MAX_PIXELS = 640 * 480
MIN_SIDE = 64
MOST_OF_PHOTOGRAPH = 16_000_000  # pixels of a picture that a roster brings; it is decoded at a fraction of its size
LARGE_SHORT = 240  # pixels of the shorter side above which a picture is halved

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_COLOURS = {"Gray", "YCbCr", "RGB"}  # CMYK comes from printers, never from cameras
_SCAN, _MOST_SCANS = b"\xff\xda", 40  # a progressive picture has about ten; thousands in a small file would hold a worker for seconds


def decode(jpeg: bytes) -> Pixels:
    """Return the picture as rows × columns × BGR; raises TooLarge or BadFrame."""
    _checked_size(jpeg)
    return _decoded(jpeg, 0, 0)


def decode_small(jpeg: bytes) -> Pixels:
    """Return the picture as BGR at its small size; raises TooLarge or BadFrame."""
    return _decoded(jpeg, *small_size(*_checked_size(jpeg)))


def small_size(height: int, width: int) -> tuple[int, int]:
    """Return half the height and width of a camera's picture, all of one that is small already."""
    return (-(-height // 2), -(-width // 2)) if min(height, width) > LARGE_SHORT else (height, width)


def decode_photograph(jpeg: bytes) -> Pixels:
    """Return a picture that a roster brings, larger than a camera's as well, at no more than twice a camera's size; raises alike."""
    height, width = _checked_size(jpeg, most_side=MOST_OF_PHOTOGRAPH // MIN_SIDE, most_pixels=MOST_OF_PHOTOGRAPH)
    share = min(1.0, MAX_SIDE / max(height, width))
    return _decoded(jpeg, int(height * share), int(width * share))


def _decoded(jpeg: bytes, least_height: int, least_width: int) -> Pixels:
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(
            jpeg, colorspace="BGR", fastdct=True, fastupsample=True, min_height=least_height, min_width=least_width, strict=True
        )
    except ValueError as broken:
        raise BadFrame("a frame cannot be decoded") from broken
    return pixels


def _checked_size(jpeg: bytes, *, most_side: int = MAX_SIDE, most_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Return height and width of a picture that may be decoded."""
    if len(jpeg) > MAX_BYTES:
        raise TooLarge(f"a frame has {len(jpeg)} bytes; the limit is {MAX_BYTES}", bytes=len(jpeg))
    if not jpeg.startswith(_START):
        raise BadFrame("a frame is not a JPEG picture")
    if _END not in jpeg[-64:]:  # some cameras pad the file with zeros
        raise BadFrame("a frame ends before its picture does")
    if jpeg.count(_SCAN) > _MOST_SCANS:
        raise BadFrame("a frame comes in too many layers")
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(jpeg)
    except ValueError as broken:
        raise BadFrame("a frame has no readable header") from broken
    if max(height, width) > most_side or height * width > most_pixels:
        raise TooLarge(f"a picture is {width}×{height}; the limit is {most_pixels} pixels", width=width, height=height)
    if min(height, width) < MIN_SIDE:
        raise BadFrame(f"a frame is {width}×{height}; too small to see anything", width=width, height=height)
    if colours not in _COLOURS:
        raise BadFrame(f"a frame is in {colours}; cameras send YCbCr", colours=str(colours))
    return height, width
