"""A recording as (seconds, picture) pairs, thinned to the rate at which a camera would have sent it; and pictures as a recording."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.vision.decode import MAX_PIXELS, MAX_SIDE
from proctoring.vision.models import Pixels


def read(video: Path, *, fps: float | None = None) -> Iterator[tuple[float, Pixels]]:
    """Yield the pictures of `video` at most `fps` times a second (all of them for None), no larger than a camera frame may be."""
    try:
        with av.open(str(video)) as container:
            if not container.streams.video:
                raise UnreadableFile(f"{video.name} holds no pictures", file=video.name)
            yield from _thinned(container, fps)
    except (av.FFmpegError, OSError) as broken:
        raise UnreadableFile(f"{video.name} cannot be read as video: {broken}", file=video.name) from broken


def _thinned(container: "av.container.InputContainer", fps: float | None) -> Iterator[tuple[float, Pixels]]:
    due = 0.0
    for frame in container.decode(video=0):
        at = float(frame.time or 0.0)
        if fps is None or at >= due - 1e-6:
            # Counted from the schedule, not from the frame, so that 2 fps out of 5 stays 2 fps on average.
            due = due + 1 / fps if fps and at < due + 1 / fps else at + (1 / fps if fps else 0.0)
            yield at, fitted(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))


def fitted(picture: Pixels) -> Pixels:
    """Return the picture scaled down to what a camera frame may be."""
    height, width = picture.shape[:2]
    scale = min(1.0, MAX_SIDE / max(height, width), (MAX_PIXELS / (height * width)) ** 0.5)
    if scale == 1.0:
        return picture
    return np.asarray(cv2.resize(picture, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_AREA), np.uint8)


def count(video: Path) -> int:
    """Return how many pictures the recording holds, without decoding them."""
    try:
        with av.open(str(video)) as container:
            return sum(packet.size > 0 for packet in container.demux(video=0))
    except (av.FFmpegError, OSError, IndexError) as broken:
        raise UnreadableFile(f"{video.name} cannot be read as video: {broken}", file=video.name) from broken


def write(video: Path, pictures: Iterable[Pixels], *, fps: float) -> None:
    """Write pictures of one size as MPEG-4; raises UnreadableFile when the folder does not take it."""
    writer = None
    for picture in pictures:
        height, width = picture.shape[:2]
        writer = writer or cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
        if not writer.isOpened():
            raise UnreadableFile(f"{video.name} cannot be written", file=video.name)
        writer.write(picture)
    if writer is not None:
        writer.release()
