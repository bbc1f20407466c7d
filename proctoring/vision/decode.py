"""Bytes from a camera to pixels, or a clear refusal. The bytes are an attacker's: every limit is checked before a pixel is decoded."""

import simplejpeg

from assessment_engine.kernel.errors import BadFrame, TooLarge
from proctoring.vision.models import Pixels

MAX_BYTES = 256 * 1024
MAX_SIDE = 640
MAX_PIXELS = 640 * 480
MIN_SIDE = 64

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"


def decode(jpeg: bytes) -> Pixels:
    """Return the picture as rows × columns × BGR; raises TooLarge or BadFrame."""
    if len(jpeg) > MAX_BYTES:
        raise TooLarge(f"a frame has {len(jpeg)} bytes; the limit is {MAX_BYTES}", bytes=len(jpeg))
    if not jpeg.startswith(_START):
        raise BadFrame("a frame is not a JPEG picture")
    if _END not in jpeg[-64:]:  # some cameras pad the file with zeros
        raise BadFrame("a frame ends before its picture does")
    _check_size(jpeg)
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(jpeg, colorspace="BGR", strict=True)
    except ValueError as broken:
        raise BadFrame("a frame cannot be decoded") from broken
    return pixels


def _check_size(jpeg: bytes) -> None:
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(jpeg)
    except ValueError as broken:
        raise BadFrame("a frame has no readable header") from broken
    if max(height, width) > MAX_SIDE or height * width > MAX_PIXELS:
        raise TooLarge(f"a frame is {width}×{height}; the limit is 640×480", width=width, height=height)
    if min(height, width) < MIN_SIDE:
        raise BadFrame(f"a frame is {width}×{height}; too small to see anything", width=width, height=height)
