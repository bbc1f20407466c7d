"""What each stage of seeing costs in CPU time of this thread, so that recall is never quoted without it."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence


class _Stage:
    """One run of a stage: a class of its own takes two thirds of a generator's time, and there are ten in a frame."""

    __slots__ = ("_began", "_costs", "_stage")

    def __init__(self, costs: "Costs", stage: str) -> None:
        self._costs, self._stage = costs, stage

    def __enter__(self) -> None:
        self._began = time.thread_time()

    def __exit__(self, *raised: object) -> None:
        costs, stage = self._costs, self._stage
        costs.latest[stage] += time.thread_time() - self._began
        costs.times[stage] += 1


class Costs:
    """Seconds of CPU by stage since they were last taken, and how often each ran at all."""

    def __init__(self) -> None:
        self.latest: defaultdict[str, float] = defaultdict(float)
        self.times = Counter[str]()

    def of(self, stage: str) -> _Stage:
        """Book the CPU time of a block under `stage`."""
        return _Stage(self, stage)

    def taken(self) -> dict[str, float]:
        """Hand out the seconds of each stage since last asked, once."""
        latest, self.latest = dict(self.latest), defaultdict(float)
        return latest


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
