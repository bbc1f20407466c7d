"""The reference that the streaming path is held against: MediaPipe's own landmarker, 478 points, in its video mode.

For tests and benchmarks only; importing MediaPipe needs a graphics library, so it is imported when a landmarker is made.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from assessment_engine.kernel.errors import ModelMissing
from proctoring.vision.models import Floats, Pixels

ROLE = "face_reference"


class Landmarker:
    """Fed with the frames of one recording in order; to be closed."""

    def __init__(self, task: Path) -> None:
        if not task.is_file():
            raise ModelMissing(f"no model for the role {ROLE}", role=ROLE)
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(task)), running_mode=vision.RunningMode.VIDEO, num_faces=1
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def read(self, picture: Pixels, at: float) -> Floats | None:
        """Return the points (478 × 3, picture pixels, depth alike) of the first face at second `at`, None without one."""
        from mediapipe import Image, ImageFormat

        image = Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(picture[..., ::-1]))
        faces = self._landmarker.detect_for_video(image, round(at * 1000)).face_landmarks
        height, width = picture.shape[:2]
        return np.array([(p.x * width, p.y * height, p.z * width) for p in faces[0]], np.float32) if faces else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> None:
        self._landmarker.close()
