"""What each stage of seeing costs in CPU time of this thread, so that recall is never quoted without it."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Costs:
    """Sums of CPU time by stage, and the number of frames."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._times: defaultdict[str, int] = defaultdict(int)
        self.frames = 0

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Book the CPU time of a block under `stage`."""
        began = time.thread_time()
        try:
            yield
        finally:
            self._seconds[stage] += time.thread_time() - began
            self._times[stage] += 1

    def per_frame_ms(self) -> float:
        """Return the mean CPU time of a frame, everything included."""
        return round(1000 * sum(self._seconds.values()) / self.frames, 2) if self.frames else 0.0

    def table(self) -> dict[str, dict[str, float]]:
        """Return for each stage the milliseconds of one run and the share of frames that needed it."""
        return {
            stage: {"ms": round(1000 * seconds / self._times[stage], 2), "share": round(self._times[stage] / max(1, self.frames), 3)}
            for stage, seconds in sorted(self._seconds.items())
        }
