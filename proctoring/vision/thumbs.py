"""Small pictures for the wall, and OpenCV kept to the one thread that a worker has."""

import cv2
import numpy as np

_QUALITY = 55


def thumbnail(jpeg: bytes) -> bytes | None:
    """Return the picture at half its size, or None when it cannot be decoded; meant for frames that the eyes have taken."""
    small = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    if small is None:
        return None
    _, encoded = cv2.imencode(".jpg", np.asarray(small, np.uint8), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def one_thread() -> None:
    """Keep OpenCV from starting threads of its own: a machine runs as many workers as it has cores."""
    cv2.setNumThreads(1)
