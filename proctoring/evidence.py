"""The frames that show an incident: ten seconds before, the peak, five seconds after. Everything else is forgotten.

The ring lives in the worker's memory, bounded in seconds and bytes; storing and encrypting segments is somebody else's work.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.incidents import Incident
from proctoring.observations import Observation
from proctoring.policy import Kind

BEFORE_S, AFTER_S = 10.0, 5.0
FEWEST, MOST = 6, 9
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One frame as it came, with what was seen in it; its number and time are the observation's."""

    jpeg: bytes
    observation: Observation

    @property
    def seq(self) -> int:
        """Return the frame's own number."""
        return self.observation.seq

    @property
    def at(self) -> float:
        """Return the frame's time in the sitting."""
        return self.observation.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The whole stretch around an incident, to scrub through, and the few frames that tell it."""

    key: tuple[Kind, int]
    shots: tuple[Shot, ...]
    chosen: tuple[int, ...]


class EvidenceRing:
    """The last seconds of one sitting, and the stretches that incidents asked to keep."""

    def __init__(self, *, before_s: float = BEFORE_S, after_s: float = AFTER_S, most_bytes: int = MOST_BYTES) -> None:
        self._before_s, self._after_s, self._most_bytes = before_s, after_s, most_bytes
        self._shots: deque[Shot] = deque()
        self._bytes = 0
        self._wanted: dict[tuple[Kind, int], tuple[float, float]] = {}
        self._finished: list[Segment] = []

    def receive(self, shot: Shot) -> None:
        """Take one frame in; a frame that is not newer than the last is ignored."""
        if self._shots and shot.seq <= self._shots[-1].seq:
            return
        self._shots.append(shot)
        self._bytes += len(shot.jpeg)
        self.reach(shot.at)
        self._forget(shot.at)

    def reach(self, now: float) -> None:
        """Finish every stretch that is over at `now`, in seconds into the sitting: it ends by time, though no more frames may come."""
        for key, (raised_s, peak_s) in list(self._wanted.items()):
            if now >= raised_s + self._after_s:
                self._finish(key, raised_s, peak_s)

    def keep(self, incident: Incident) -> None:
        """Ask for the stretch around an incident that was raised just now."""
        self._wanted.setdefault(incident.key, (incident.raised_s, incident.lead.peak_s))

    def so_far(self, incident: Incident) -> Segment:
        """Return what there is now of the stretch around an incident, for those who look before it is complete."""
        return self._segment(incident.key, incident.raised_s, incident.lead.peak_s)

    def end(self) -> None:
        """Finish what is wanted with what there is: the sitting is over."""
        for key, (raised_s, peak_s) in list(self._wanted.items()):
            self._finish(key, raised_s, peak_s)

    def segments(self) -> list[Segment]:
        """Hand out the stretches that are complete, once."""
        done, self._finished = self._finished, []
        return done

    def _finish(self, key: tuple[Kind, int], raised_s: float, peak_s: float) -> None:
        self._finished.append(self._segment(key, raised_s, peak_s))
        del self._wanted[key]

    def _segment(self, key: tuple[Kind, int], raised_s: float, peak_s: float) -> Segment:
        kept = tuple(shot for shot in self._shots if raised_s - self._before_s <= shot.at <= raised_s + self._after_s)
        frames = [(shot.seq, shot.at) for shot in kept]
        return Segment(key=key, shots=kept, chosen=choose(frames, raised_s=raised_s, peak_s=peak_s))

    def _forget(self, now: float) -> None:
        oldest = min([now, *(raised_s for raised_s, _ in self._wanted.values())]) - self._before_s
        while self._shots and (self._shots[0].at < oldest or self._bytes > self._most_bytes):
            self._bytes -= len(self._shots.popleft().jpeg)


def choose(frames: Sequence[tuple[int, float]], *, raised_s: float, peak_s: float, most: int = MOST) -> tuple[int, ...]:
    """Return the numbers of at most `most` frames (number, seconds): the peak, the moment it was raised, and an even walk around them."""
    near = [(seq, at) for seq, at in frames if raised_s - BEFORE_S <= at <= raised_s + AFTER_S]
    if len(near) <= most:
        return tuple(seq for seq, _ in near)
    fixed = {_nearest(near, peak_s), _nearest(near, raised_s)}
    places = most - len(fixed)
    walk = (near[round(i * (len(near) - 1) / (places - 1))][0] for i in range(places))
    return tuple(sorted(fixed | set(walk)))


def _nearest(frames: Sequence[tuple[int, float]], at: float) -> int:
    return min(frames, key=lambda frame: (abs(frame[1] - at), frame[0]))[0]
