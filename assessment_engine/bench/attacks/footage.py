"""Real faces for simulated sittings: what the eyes and the tint see of recordings, frame by frame, through the page's JPEG.

From the clean stretches of the recorded sittings (five frames a second), or of the demonstration's footage where those are not there.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from proctoring.challenge.light import Tint
from proctoring.observations import Head, Observation
from proctoring.vision import demo_footage, video
from proctoring.vision.decode import decode
from proctoring.vision.evaluate import recordings
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.vision.tint import tint

FPS = 5.0
LEAST_S = 9.0
LONGEST_S = 18.0
_TESTDATA = "../shared/testdata"
_DEMO_S = 16.0

Frames = list[tuple[float, Pixels]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One frame of a stretch: what was seen, and the colours of face and background."""

    seen: Observation
    tint: Tint


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Some seconds of one person at work, and the level of their skin (green, of 255)."""

    name: str
    looks: Sequence[Look]

    @cached_property
    def level(self) -> float:
        """Return the skin's green level."""
        return sum(look.tint.skin[1] for look in self.looks) / len(self.looks)

    @cached_property
    def rest(self) -> Head:
        """Return where the head points most of the time."""
        heads = [look.seen.head for look in self.looks if look.seen.head is not None]
        return Head(yaw=median(one.yaw for one in heads), pitch=median(one.pitch for one in heads), roll=0.0)

    def at(self, second: float, start: int = 0) -> Look:
        """Return a frame of a walk through the stretch, there and back, so that nothing jumps."""
        step, last = int(second * FPS) + start, len(self.looks) - 1
        place = step % max(1, 2 * last)
        return self.looks[min(place, 2 * last - place)]


def people(short: bool) -> dict[str, Frames]:
    """Return the clean pictures of each person: the recorded sittings', or the demonstration's."""
    shared = Path(os.environ.get("ASSESSMENT_TESTDATA", _TESTDATA), "cv", "sessions")
    if short or not shared.is_dir():
        script = demo_footage.Script(length_s=_DEMO_S, leaves_s=1e6, back_s=2e6)
        return {"demo": list(demo_footage.scene(script, fps=FPS))}
    found: dict[str, Frames] = {}
    for one in recordings(shared):
        frames = video.read(one.file, fps=FPS)
        found[one.file.stem] = [(at, picture) for at, picture in frames if one.truth.is_clean(at)]
    return found


def stretches(networks: Networks, found: dict[str, Frames]) -> list[Stretch]:
    """Return every stretch without a hole in which the face is well seen."""
    made: list[Stretch] = []
    for name, frames in found.items():
        looked = list(looks(networks, ((at, demo_footage.jpeg(picture)) for at, picture in frames)))
        made += [Stretch(name=name, looks=part) for part in _unbroken(looked)]
    return made


def looks(networks: Networks, frames: Iterable[tuple[float, bytes]]) -> Iterator[Look]:
    """Yield what is seen in each frame that shows a face well."""
    eyes = Eyes(networks)
    for number, (at, jpeg) in enumerate(frames):
        seen = eyes.look(jpeg, at, number)
        colours = tint(decode(jpeg), seen.face) if seen.face is not None and seen.head is not None else None
        if colours is not None:
            yield Look(seen=seen, tint=colours)


def _unbroken(looked: Sequence[Look]) -> Iterator[list[Look]]:
    part: list[Look] = []
    for look in looked:
        if part and (look.seen.at - part[-1].seen.at > 1.5 / FPS or look.seen.at - part[0].seen.at > LONGEST_S):
            if len(part) >= LEAST_S * FPS:
                yield part
            part = []
        part.append(look)
    if len(part) >= LEAST_S * FPS:
        yield part
