"""The reference that the streaming path is held against: MediaPipe's own landmarker, 478 points and a pose matrix.

Needed by no frame that streams. At check-in it gives a second opinion, in a process of its own (`python -m proctoring.vision.landmarker`,
started by second_opinion.py): its library links to a graphics library that a bare machine lacks, and ends its process when memory is short.
"""

import json
import math
import os
import resource
import struct
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from assessment_engine.kernel.errors import ModelMissing
from assessment_engine.kernel.lifeline import die_with_parent

if TYPE_CHECKING:  # the process that only answers loads no other network's runtime
    from proctoring.vision.models import Floats, Pixels

ROLE = "face_reference"
SHAPE = struct.Struct(">II")
MEMORY = 4 << 30  # addresses, of which about 210 MB are ever filled; some runtimes reserve far more than they touch


class Landmarker:
    """Fed with the frames of one recording in order or, `still`, with pictures that have nothing to do with each other; to be closed."""

    def __init__(self, task: Path, *, still: bool = False) -> None:
        if not task.is_file():
            raise ModelMissing(f"no model for the role {ROLE}", role=ROLE)
        from mediapipe.tasks.python import BaseOptions, vision

        self._landmarker = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(task)),
                running_mode=vision.RunningMode.IMAGE if still else vision.RunningMode.VIDEO,
                num_faces=1,
                output_facial_transformation_matrixes=still,
            )
        )

    def read(self, picture: "Pixels", at: float) -> "Floats | None":
        """Return the points (478 × 3, picture pixels, depth alike) of the first face at second `at`, None without one."""
        return _points(self._landmarker.detect_for_video(_image(picture), round(at * 1000)), picture.shape)

    def look(self, picture: "Pixels") -> "tuple[Floats, Floats] | None":
        """Return the points of a still picture's first face and its (yaw, pitch, roll) in degrees as pose.py has them, None without one."""
        found = self._landmarker.detect(_image(picture))
        points = _points(found, picture.shape)
        return None if points is None else (points, angles(np.asarray(found.facial_transformation_matrixes[0], np.float32)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> None:
        self._landmarker.close()


def angles(matrix: "Floats") -> "Floats":
    """Return yaw, pitch and roll in degrees of a 4 × 4 pose matrix; the canonical face looks along +z, y is up."""
    turn = matrix[:3, :3] / np.cbrt(np.linalg.det(matrix[:3, :3]))
    forward, across = turn[:, 2], turn[:, 0]
    yaw = math.atan2(forward[0], forward[2])
    pitch = math.atan2(forward[1], math.hypot(forward[0], forward[2]))
    return np.degrees(np.array([yaw, pitch, -math.atan2(across[1], across[0])], np.float32))


def serve(task: Path, asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer pictures, each SHAPE (rows, columns) and BGR bytes, with a line of JSON each, until they end; the first line says `ready`."""
    with Landmarker(task, still=True) as landmarker:
        _say(answers, {"ready": True})
        while head := asked.read(SHAPE.size):
            rows, columns = SHAPE.unpack(head)
            picture = np.frombuffer(asked.read(rows * columns * 3), np.uint8).reshape(rows, columns, 3)
            found = landmarker.look(picture)
            _say(answers, {} if found is None else {"points": found[0][:, :2].round(2).tolist(), "head": found[1].round(2).tolist()})


def main(task: str, parent: str) -> None:
    """Serve standard input and output for the process that started this one, within MEMORY, for as long as it lives."""
    die_with_parent(int(parent))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    try:
        serve(Path(task), sys.stdin.buffer, answers)
    except (ImportError, OSError, RuntimeError, ValueError, ModelMissing) as broken:  # all that MediaPipe raises; the rest ends us
        _say(answers, {"away": f"{type(broken).__name__}: {broken}"})


def _say(answers: BinaryIO, fact: dict[str, object]) -> None:
    answers.write(json.dumps(fact).encode() + b"\n")
    answers.flush()


def _image(picture: "Pixels") -> Any:
    from mediapipe import Image, ImageFormat

    return Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(picture[..., ::-1]))


def _points(found: Any, shape: tuple[int, ...]) -> "Floats | None":
    height, width = shape[:2]
    faces = found.face_landmarks
    return np.array([(p.x * width, p.y * height, p.z * width) for p in faces[0]], np.float32) if faces else None


if __name__ == "__main__":
    main(*sys.argv[1:])
