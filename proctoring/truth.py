"""What really happened in a recording, as people wrote it down: NAME.timeline.json beside NAME.mp4.

Format: `enrol_from_s` [start, end], `candidate`, and `segments` of `start_s`, `end_s`, `event`, `also`, `n_faces`, `person_id`,
`phone_visible`, `book_visible`. Words that no rule knows are refused, never skipped: a typing error must not make recall better.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.policy import Kind

NOTHING = frozenset({"normal", "background_noise"})
WORDS: Mapping[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    "no_face": Kind.NOBODY,
    "multiple_faces": Kind.SEVERAL_PEOPLE,
    "camera_covered": Kind.COVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One kind of thing that was really so, from second to second."""

    kind: Kind
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """Return how long it lasted."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One recording's truth. `events` are to be found; an alert about what is `besides` is not false; `clean` stretches hold neither."""

    events: tuple[Event, ...] = ()
    besides: tuple[Event, ...] = ()
    clean: tuple[tuple[float, float], ...] = ()
    end_s: float = 0.0
    enrol_s: tuple[float, float] | None = None
    tolerance_s: float = 0.5

    @property
    def clean_s(self) -> float:
        """Return the seconds in which there was nothing to find."""
        return sum(end - start for start, end in self.clean)

    def is_clean(self, at: float) -> bool:
        """Say whether there was nothing to find at this second."""
        return any(start <= at < end for start, end in self.clean)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a timeline; anything else raises UnreadableFile, with the place."""
        try:
            return cls.from_json(json.loads(file.read_bytes()))
        except (OSError, ValueError, UnicodeDecodeError) as wrong:
            raise UnreadableFile(f"{file.name} is no timeline: {wrong}", file=file.name) from wrong

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """Read what a timeline file holds; ValueError says what is wrong with it."""
        if not isinstance(given, dict) or not isinstance(given.get("segments"), list) or not given["segments"]:
            raise ValueError("it needs a list of segments")
        segments = [_Segment.of(number, one, given.get("candidate")) for number, one in enumerate(given["segments"], 1)]
        return cls(
            events=tuple(event for segment in segments for event in segment.events),
            besides=tuple(event for segment in segments for event in segment.besides),
            clean=tuple((segment.start_s, segment.end_s) for segment in segments if not segment.events and not segment.besides),
            end_s=max(segment.end_s for segment in segments),
            enrol_s=_stretch(given["enrol_from_s"], "enrol_from_s") if given.get("enrol_from_s") is not None else None,
            tolerance_s=_seconds(given.get("boundary_tolerance_s", 0.5), "boundary_tolerance_s"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    start_s: float
    end_s: float
    events: tuple[Event, ...]
    besides: tuple[Event, ...]

    @classmethod
    def of(cls, number: int, given: Any, candidate: Any) -> Self:
        place = f"segment {number}"
        if not isinstance(given, dict):
            raise ValueError(f"{place} is no object")
        start_s, end_s = _stretch([given.get("start_s"), given.get("end_s")], place)
        also = given.get("also") or []
        if not isinstance(also, list):
            raise ValueError(f"{place} has an `also` that is no list")
        named = {_kind(word, given, place) for word in (given.get("event"), *also)} - {None}
        seen = set(_visible(given, candidate)) - named
        return cls(start_s=start_s, end_s=end_s, events=_events(named, start_s, end_s), besides=_events(seen, start_s, end_s))


def _events(kinds: Iterable[Kind | None], start_s: float, end_s: float) -> tuple[Event, ...]:
    return tuple(Event(kind=kind, start_s=start_s, end_s=end_s) for kind in sorted(kind for kind in kinds if kind is not None))


def _kind(word: Any, segment: Mapping[str, Any], place: str) -> Kind | None:
    if word in NOTHING:
        return None
    if not isinstance(word, str) or word not in WORDS:
        raise ValueError(f"{place} says {word!r}; known are {', '.join(sorted(NOTHING | WORDS.keys()))}")
    # A face that is not shown by somebody who is there is not an empty place.
    return Kind.FACE_NOT_SEEN if word == "no_face" and segment.get("person_id") else WORDS[word]


def _visible(segment: Mapping[str, Any], candidate: Any) -> Iterable[Kind]:
    """Return what the picture shows besides the word of the segment."""
    people = str(segment.get("person_id") or "").split("+")
    if _count(segment, "n_faces") >= 2:
        yield Kind.SEVERAL_PEOPLE
    if candidate and people != [""] and str(candidate) not in people:
        yield Kind.DIFFERENT_PERSON
    if _count(segment, "phone_visible") > 0:
        yield Kind.PHONE
    if _count(segment, "book_visible") > 0:
        yield Kind.BOOK


def _count(segment: Mapping[str, Any], name: str) -> int:
    value = segment.get(name) or 0
    if not isinstance(value, int):
        raise ValueError(f"`{name}` is {value!r}, no number of things")
    return value


def _stretch(value: Any, place: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{place} needs a start and an end in seconds")
    start, end = (_seconds(one, place) for one in value)
    if end <= start:
        raise ValueError(f"{place} ends before it begins")
    return start, end


def _seconds(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{place} has {value!r} where seconds belong")
    return float(value)
