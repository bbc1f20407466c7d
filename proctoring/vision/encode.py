"""Pictures and sound as a page compresses them, for `play`, benches and tests: JPEG as Chromium's canvas writes it, and Opus."""

from fractions import Fraction

import av
import cv2
import numpy as np

from proctoring.sound import RATE
from proctoring.vision.models import Floats, Pixels

_BLOCK = RATE * 60 // 1000

_LIKE_CHROMIUM = (cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420)


def encoded(picture: Pixels, width: int, quality: float) -> bytes:
    """Return a JPEG of a picture (BGR), 4:3 as a page cuts it out of the middle, `width` wide; quality from 0 to 1."""
    height = width * 3 // 4
    rows, columns = picture.shape[:2]
    tall, wide = min(rows, columns * 3 // 4), min(columns, rows * 4 // 3)
    top, left = (rows - tall) // 2, (columns - wide) // 2
    middle = picture[top : top + tall, left : left + wide]
    if middle.shape[:2] != (height, width):
        middle = np.asarray(cv2.resize(middle, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    _, jpeg = cv2.imencode(".jpg", middle, [cv2.IMWRITE_JPEG_QUALITY, round(100 * quality), *_LIKE_CHROMIUM])
    return bytes(jpeg.tobytes())


def spoken(samples: Floats) -> list[bytes]:
    """Return packets of Opus as the page's encoder writes them: 8 kbit/s, 60 ms each; from mono samples at 16 kHz."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "mono", "s16", 8000
    encoder.time_base, encoder.options = Fraction(1, RATE), {"application": "voip", "frame_duration": "60"}
    packets = []
    for begins in range(0, samples.size - _BLOCK + 1, _BLOCK):
        row = (np.clip(samples[begins : begins + _BLOCK], -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(row, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, begins, encoder.time_base
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return [*packets, *(bytes(packet) for packet in encoder.encode(None))]
