"""Bytes from a stranger: each kind of bad picture has its refusal, and none is decoded first."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError, BadFrame, TooLarge
from proctoring.vision.decode import MAX_BYTES, decode
from tests.proctoring.vision.conftest import jpeg

GREY = np.full((480, 640, 3), 128, np.uint8)
FAIR = jpeg(np.tile(np.arange(640, dtype=np.uint8)[None, :, None], (480, 1, 3)))


def claiming(width: int, height: int) -> bytes:
    """A small file whose header claims a large picture."""
    at = FAIR.index(b"\xff\xc0") + 5
    return FAIR[:at] + struct.pack(">HH", height, width) + FAIR[at + 4 :]


def test_a_fair_picture_is_decoded() -> None:
    assert decode(FAIR).shape == (480, 640, 3)


def test_an_upright_picture_is_as_fair() -> None:
    assert decode(jpeg(np.zeros((640, 480, 3), np.uint8))).shape == (640, 480, 3)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b"", BadFrame),
        (b"\xff\xd8\xff", BadFrame),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), BadFrame),
        (b"<svg onload=alert(1)>", BadFrame),
        (FAIR[: len(FAIR) // 2], BadFrame),
        (FAIR[: len(FAIR) // 2] + b"\xff\xd9", BadFrame),
        (b"\xff\xd8\xff\xd9", BadFrame),
        (claiming(65000, 65000), TooLarge),
        (claiming(641, 480), TooLarge),
        (claiming(640, 640), TooLarge),
        (claiming(0, 0), BadFrame),
        (jpeg(np.zeros((32, 32, 3), np.uint8)), BadFrame),
        (FAIR + bytes(MAX_BYTES), TooLarge),
    ],
)
def test_a_bad_picture_is_refused(bad: bytes, error: type[AssessmentError]) -> None:
    with pytest.raises(error):
        decode(bad)


@given(st.binary(max_size=400), st.integers(3, len(FAIR)))
@settings(max_examples=200)
def test_garbage_is_decoded_or_refused_but_never_worse(garbage: bytes, at: int) -> None:
    for bytes_ in (garbage, b"\xff\xd8\xff" + garbage, FAIR[:at] + garbage + FAIR[at + len(garbage) :]):
        try:
            assert decode(bytes_).ndim == 3
        except (BadFrame, TooLarge):
            continue
