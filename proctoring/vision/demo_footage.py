"""The demo's candidate: a photograph that a package ships, cut out and set before a plain wall, sitting, leaving, coming back.

Footage is (seconds, picture) pairs, made as they are asked for; also written as a file for a browser's fake camera. The photograph is
scikit-image's `astronaut` (Eileen Collins, NASA, public domain).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from skimage.data import astronaut

from proctoring.vision import video
from proctoring.vision.models import Floats, Pixels

WIDTH, HEIGHT = 640, 480
JPEG_QUALITY = 60
WALK_S = 1.5
_SCALE = 0.95
_HEAD_TOP = 46  # rows of wall above the head


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """When the candidate is away; sitting for the rest of `length_s`. Baselines are learnt before the first leave."""

    length_s: float = 90.0
    leaves_s: float = 45.0
    back_s: float = 60.0


def scene(script: Script | None = None, *, fps: float = 2.0) -> Iterator[tuple[float, Pixels]]:
    """Yield the candidate's pictures, `fps` a second."""
    script = script or Script()
    return ((number / fps, picture(script, number / fps)) for number in range(int(script.length_s * fps)))


def picture(script: Script, at: float) -> Pixels:
    """Return what the camera sees at a moment of the script: breathing, swaying a little, walking out to the side and back."""
    away = _clamped((at - script.leaves_s) / WALK_S) * (1 - _clamped((at - script.back_s) / WALK_S))
    across = 9 * math.sin(at / 3.1) + 4 * math.sin(at / 1.3) + away * (WIDTH * 0.9)
    down = 4 * math.sin(at / 2.2) + 1.5 * math.sin(at * 1.4)
    return _with_noise(_placed(across, down, scale=1 + 0.01 * math.sin(at / 4.7)), at)


def jpegs(footage: Iterator[tuple[float, Pixels]], *, fps: float) -> Iterator[tuple[float, bytes]]:
    """Yield footage as a page would send it, at most `fps` a second."""
    due = 0.0
    for at, frame in footage:
        if at >= due - 1e-6:
            due += 1 / fps
            yield at, jpeg(frame)


def jpegs_of(recording: Path, *, fps: float) -> Iterator[tuple[float, bytes]]:
    """Yield a recording as a page would send it; raises UnreadableFile."""
    return ((at, jpeg(frame)) for at, frame in video.read(recording, fps=fps))


def jpeg(frame: Pixels) -> bytes:
    """Return a picture as the page compresses it."""
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(frame), quality=JPEG_QUALITY, colorspace="BGR", colorsubsampling="420"))


def write_y4m(path: Path, script: Script | None = None, *, fps: int = 10) -> None:
    """Write the scene for a browser's fake camera (`--use-file-for-fake-video-capture`): YUV4MPEG2, uncompressed."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for _, frame in scene(script, fps=fps):
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())


def portrait() -> bytes:
    """Return the candidate's roster photograph: the same face from the same photograph, as a JPEG."""
    return jpeg(_photograph()[:360, 60:400])


def document(name: str) -> bytes:
    """Return a specimen of an identity document with the same face and a name in Latin letters, as a JPEG."""
    card = np.full((300, 480, 3), (240, 236, 228), np.uint8)
    card[:54] = (120, 74, 24)
    card[96:256, 28:148] = cv2.resize(_photograph()[:280, 110:320], (120, 160), interpolation=cv2.INTER_AREA)
    _write(card, "IDENTITY CARD", (28, 36), 0.8, (255, 255, 255))
    for line, row in (("Name", 120), ("Number", 186)):
        _write(card, line, (172, row), 0.45, (120, 110, 100))
    for line, row in ((name, 150), ("SPECIMEN 0000 0000", 216)):
        _write(card, line, (172, row), 0.7, (40, 34, 28))
    _write(card, "Not a real document", (172, 268), 0.42, (60, 60, 170))
    return jpeg(card)


def _write(card: Pixels, words: str, place: tuple[int, int], size: float, colour: tuple[int, int, int]) -> None:
    cv2.putText(card, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)


def _photograph() -> Pixels:
    return np.ascontiguousarray(astronaut()[..., ::-1], np.uint8)  # type: ignore[no-untyped-call]


@cache
def _cut_out() -> tuple[Floats, Floats]:
    """Return the person without the studio behind her, and how much of each pixel is hers (0–1)."""
    photograph = _photograph()
    mask = _guess()
    cv2.setRNGSeed(1)
    cv2.grabCut(photograph, mask, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    hers = cv2.morphologyEx(_largest(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    soft = cv2.GaussianBlur(cv2.erode(hers, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 1.2)
    return np.asarray(photograph, np.float32), np.asarray(soft[..., None], np.float32)


def _guess() -> Pixels:
    """Return what is surely hers, surely the studio's, and the doubtful rim between them, drawn by hand on the photograph."""
    mask = np.full((512, 512), cv2.GC_BGD, np.uint8)
    rim, inside = int(cv2.GC_PR_FGD), int(cv2.GC_FGD)
    cv2.ellipse(mask, (227, 92), (80, 88), 0, 0, 360, rim, -1)
    body = _outline((18, 511), (22, 400), (42, 290), (105, 205), (130, 140), (320, 180), (345, 270), (368, 350), (505, 511))
    cv2.fillPoly(mask, [body], rim)
    cv2.ellipse(mask, (392, 455), (118, 114), 0, 0, 360, rim, -1)
    cv2.ellipse(mask, (226, 105), (48, 66), 0, 0, 360, inside, -1)
    cv2.ellipse(mask, (210, 222), (90, 64), 20, 0, 360, inside, -1)
    cv2.fillPoly(mask, [_outline((40, 511), (60, 300), (110, 225), (300, 230), (335, 290), (350, 380), (330, 511))], inside)
    cv2.ellipse(mask, (392, 455), (104, 100), 0, 0, 360, inside, -1)
    return mask


def _outline(*points: tuple[int, int]) -> "np.ndarray[tuple[int, int], np.dtype[np.int32]]":
    return np.array(points, np.int32)


def _largest(mask: "np.ndarray[tuple[int, ...], np.dtype[np.bool]]") -> Pixels:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), np.uint8)


@cache
def _room() -> Floats:
    """Return a wall in daylight from the left, with a panelled lower part, a door and a curtain's edge."""
    across, down = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    light = 1.08 - 0.3 * across - 0.12 * down
    wall = np.array([176.0, 190.0, 196.0]) * light[..., None]
    below = down > 0.72
    wall[below] = (np.array([150.0, 166.0, 178.0]) * light[..., None])[below]
    wall[int(0.715 * HEIGHT) : int(0.73 * HEIGHT)] *= 0.86
    for left in range(0, 78, 13):  # the folds of a curtain
        wall[: int(0.9 * HEIGHT), left : left + 7] *= np.array([0.80, 0.86, 0.92])
        wall[: int(0.9 * HEIGHT), left + 7 : left + 13] *= np.array([0.90, 0.95, 1.0])
    wall[40:, 520:622] *= np.array([0.62, 0.74, 0.86])  # a door, its frame and its two panels
    wall[36:40, 514:628], wall[40:, 514:520], wall[40:, 622:628] = 225.0, 225.0, 215.0
    for top, bottom in ((70, 210), (250, 420)):
        cv2.rectangle(wall, (538, top), (604, bottom), (88.0, 112.0, 136.0), 3)
    cv2.circle(wall, (532, 250), 4, (70.0, 170.0, 205.0), -1)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 1.2), np.float32)


def _placed(across: float, down: float, *, scale: float) -> Floats:
    person, share = _cut_out()
    size = _SCALE * scale
    move = np.array([[size, 0, WIDTH / 2 - 215 * size + across], [0, size, _HEAD_TOP - 12 * size + down]], np.float32)
    shown = cv2.warpAffine(person, move, (WIDTH, HEIGHT))
    hers = cv2.warpAffine(share, move, (WIDTH, HEIGHT))[..., None]
    return np.asarray(shown * hers + _room() * (1 - hers), np.float32)


def _with_noise(frame: Floats, at: float) -> Pixels:
    """Add a camera's grain, the same for the same moment."""
    grain = np.random.default_rng(int(at * 1000)).normal(0.0, 2.0, (HEIGHT, WIDTH, 1))
    return np.asarray(np.clip(frame + grain, 0, 255), np.uint8)


def _clamped(share: float) -> float:
    return min(1.0, max(0.0, share))
