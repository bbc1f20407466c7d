"""The reference landmarker's opinion of a picture, from a process of its own that may fail in any way and harms nobody by it.

Started when first asked, kept for further pictures, ended when it does not answer in time. Once away it stays away, and `away` says why.
The other end is landmarker.py; what an opinion is for is reference.py.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proctoring.observations import Head
from proctoring.vision.landmarker import SHAPE
from proctoring.vision.models import Floats, Pixels

START_S, ANSWER_S = 30.0, 10.0  # a second and a hundredth on a quiet machine


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opinion:
    """What the reference sees: its points (478 × 2, picture pixels) and the head; both None where it finds no face."""

    points: Floats | None = None
    head: Head | None = None


class SecondOpinion:
    """Asked about one picture at a time; raises nothing."""

    def __init__(self, task: Path, *, start_s: float = START_S, answer_s: float = ANSWER_S) -> None:
        self._task, self._start_s, self._answer_s = task, start_s, answer_s
        self._child: subprocess.Popen[bytes] | None = None
        self.away: str | None = None

    @property
    def pid(self) -> int | None:
        """Return the number of its process, None before it was asked anything."""
        return self._child.pid if self._child is not None else None

    def about(self, picture: Pixels) -> Opinion | None:
        """Return what the reference sees in a picture, None where it cannot be asked."""
        if self._child is None and self.away is None:
            self._start()
        said = self._asked(SHAPE.pack(*picture.shape[:2]) + picture.tobytes(), self._answer_s) if self.away is None else {}
        if self.away is not None:
            return None
        if "points" not in said:
            return Opinion()
        yaw, pitch, roll = said["head"]
        return Opinion(points=np.array(said["points"], np.float32), head=Head(yaw=yaw, pitch=pitch, roll=roll))

    def close(self) -> None:
        """End its process; twice is once."""
        if self._child is not None:
            self._child.kill()
            with suppress(OSError), self._child:  # what it was not told any more breaks its pipe
                pass

    def _start(self) -> None:
        program = [sys.executable, "-m", "proctoring.vision.landmarker", str(self._task), str(os.getpid())]
        one_arena = {**os.environ, "MALLOC_ARENA_MAX": "2"}  # else every thread reserves addresses that its limit counts
        try:
            self._child = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=one_arena)
        except OSError as refused:
            self.away = f"cannot be started: {refused}"
            return
        self._asked(b"", self._start_s)

    def _asked(self, message: bytes, within_s: float) -> dict[str, Any]:
        """Send a message and return the next line; nothing, and `away` says why, when none comes in time."""
        child = self._child
        assert child is not None and child.stdin is not None and child.stdout is not None

        def give_up() -> None:  # ends both a write and a read that would wait for ever
            self.away = f"no answer in {within_s:g} s"
            child.kill()

        patience = threading.Timer(within_s, give_up)
        patience.start()
        try:
            child.stdin.write(message)
            child.stdin.flush()
            line = child.stdout.readline()
        except OSError:
            line = b""
        patience.cancel()
        said: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        if not line.endswith(b"\n") or "away" in said:
            self.close()
            self.away = self.away or said.get("away") or f"ended with {child.returncode}"
        return said
