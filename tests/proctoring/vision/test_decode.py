"""Bytes from a stranger: each kind of bad picture has its refusal, and none is decoded first."""

import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assessment_engine.kernel.errors import AssessmentError, BadFrame, TooLarge
from proctoring.vision.decode import MAX_BYTES, decode, decode_small
from tests.proctoring.vision.conftest import jpeg

GREY = np.full((480, 640, 3), 128, np.uint8)
FAIR = jpeg(np.tile(np.arange(640, dtype=np.uint8)[None, :, None], (480, 1, 3)))


def claiming(width: int, height: int) -> bytes:
    """A small file whose header claims a large picture."""
    at = FAIR.index(b"\xff\xc0") + 5
    return FAIR[:at] + struct.pack(">HH", height, width) + FAIR[at + 4 :]


def test_a_fair_picture_is_decoded() -> None:
    assert decode(FAIR).shape == (480, 640, 3)


def coded(mode: str, **options: bool) -> bytes:
    """A picture as other programs write it."""
    written = io.BytesIO()
    Image.fromarray(np.tile(np.arange(640, dtype=np.uint8)[None, :, None], (480, 1, 3))).convert(mode).save(written, "JPEG", **options)
    return written.getvalue()


@pytest.mark.parametrize("fair", [coded("RGB", progressive=True), coded("L"), coded("L", progressive=True)])
def test_a_progressive_or_grey_picture_is_fair(fair: bytes) -> None:
    assert decode(fair).shape == (480, 640, 3)


@pytest.mark.parametrize("shape", [(480, 640), (640, 480), (360, 640), (64, 640), (100, 70)])
def test_a_small_picture_is_the_same_one(shape: tuple[int, int]) -> None:
    picture = jpeg(np.tile(np.linspace(0, 255, shape[1]).astype(np.uint8)[None, :, None], (shape[0], 1, 3)))

    small = decode_small(picture)

    assert min(small.shape[:2]) >= min(120, *shape)
    assert small.shape[0] <= shape[0]
    again = cv2.resize(decode(picture), small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - small).mean() < 3


def layered(scans: int) -> bytes:
    """A progressive picture that repeats its last layer."""
    picture = coded("RGB", progressive=True)
    last = picture.rindex(b"\xff\xda")
    return picture[:last] + picture[last:-2] * scans + b"\xff\xd9"


def test_an_upright_picture_is_as_fair() -> None:
    assert decode(jpeg(np.zeros((640, 480, 3), np.uint8))).shape == (640, 480, 3)


REFUSED: dict[str, tuple[bytes, type[AssessmentError]]] = {
    "nothing": (b"", BadFrame),
    "a beginning": (b"\xff\xd8\xff", BadFrame),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(200), BadFrame),
    "SVG": (b"<svg onload=alert(1)>", BadFrame),
    "truncated": (FAIR[: len(FAIR) // 2], BadFrame),
    "truncated, with an end": (FAIR[: len(FAIR) // 2] + b"\xff\xd9", BadFrame),
    "a beginning and an end": (b"\xff\xd8\xff\xd9", BadFrame),
    "bomb": (claiming(65000, 65000), TooLarge),
    "a column too many": (claiming(641, 480), TooLarge),
    "square": (claiming(640, 640), TooLarge),
    "0×0": (claiming(0, 0), BadFrame),
    "32×32": (jpeg(np.zeros((32, 32, 3), np.uint8)), BadFrame),
    "padded": (FAIR + bytes(MAX_BYTES), TooLarge),
    "CMYK": (coded("CMYK"), BadFrame),
    "CMYK, progressive": (coded("CMYK", progressive=True), BadFrame),
    "claims 8000×8000": (claiming(8000, 8000), TooLarge),
    "8000×8000": (jpeg(np.zeros((8000, 8000, 3), np.uint8)), TooLarge),
    "1×1": (jpeg(np.zeros((1, 1, 3), np.uint8)), BadFrame),
    "layered": (layered(200), BadFrame),
}
BAD = {name: bad for name, (bad, _) in REFUSED.items()}


@pytest.mark.parametrize(("bad", "error"), REFUSED.values(), ids=REFUSED)
def test_a_bad_picture_is_refused(bad: bytes, error: type[AssessmentError]) -> None:
    for decoder in (decode, decode_small):
        with pytest.raises(error):
            decoder(bad)


@given(st.binary(max_size=400), st.integers(3, len(FAIR)))
@settings(max_examples=200)
def test_garbage_is_decoded_or_refused_but_never_worse(garbage: bytes, at: int) -> None:
    for bytes_ in (garbage, b"\xff\xd8\xff" + garbage, FAIR[:at] + garbage + FAIR[at + len(garbage) :]):
        try:
            assert decode(bytes_).ndim == 3
        except (BadFrame, TooLarge):
            continue
