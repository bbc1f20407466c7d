"""A picture as a page's canvas compresses it: of that width, at that quality, with tables of its own (Chromium's encoder does the same)."""

import cv2
import numpy as np

from proctoring.vision.models import Pixels

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
