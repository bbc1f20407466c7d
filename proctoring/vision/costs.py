"""What each stage of seeing costs in CPU time of this thread, so that recall is never quoted without it."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence


class _Stage:
    """One run of a stage: a class of its own takes two thirds of a generator's time, and there are ten in a frame."""

    __slots__ = ("_began", "_costs", "_stage")

    def __init__(self, costs: "Costs", stage: str) -> None:
        self._costs, self._stage = costs, stage

    def __enter__(self) -> None:
        self._began = time.thread_time()

    def __exit__(self, *raised: object) -> None:
        self._costs.book(self._stage, time.thread_time() - self._began)


class Costs:
    """Sums of CPU time by stage, and the number of frames."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._times: defaultdict[str, int] = defaultdict(int)
        self._latest: defaultdict[str, float] = defaultdict(float)
        self.frames = 0

    def of(self, stage: str) -> "_Stage":
        """Book the CPU time of a block under `stage`."""
        return _Stage(self, stage)

    def book(self, stage: str, spent: float) -> None:
        """Add the seconds of one run of a stage."""
        self._seconds[stage] += spent
        self._latest[stage] += spent
        self._times[stage] += 1

    def taken(self) -> dict[str, float]:
        """Hand out the seconds of each stage since last asked, once."""
        latest, self._latest = dict(self._latest), defaultdict(float)
        return latest

    def per_frame_ms(self) -> float:
        """Return the mean CPU time of a frame, everything included."""
        return round(1000 * sum(self._seconds.values()) / self.frames, 2) if self.frames else 0.0

    def table(self) -> dict[str, dict[str, float]]:
        """Return for each stage the milliseconds of one run and the share of frames that needed it."""
        return {
            stage: {"ms": round(1000 * seconds / self._times[stage], 2), "share": round(self._times[stage] / max(1, self.frames), 3)}
            for stage, seconds in sorted(self._seconds.items())
        }


def profile(frames: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return each stage, dearest first: milliseconds of a frame and of one that needed it, shares (0–1) of CPU and of frames."""
    total = sum(sum(frame.values()) for frame in frames)
    spent = {stage: [frame[stage] for frame in frames if stage in frame] for stage in {stage for frame in frames for stage in frame}}
    return {
        stage: {
            "ms_per_frame": round(1000 * sum(each) / len(frames), 3),
            "ms_when_needed": round(1000 * sum(each) / len(each), 3),
            "cpu_share": round(sum(each) / max(total, 1e-9), 4),
            "frame_share": round(len(each) / len(frames), 4),
        }
        for stage, each in sorted(spent.items(), key=lambda item: -sum(item[1]))
    }
