"""A cut in the line, seen afterwards: a second pair of eyes and a second watch for the pictures that the page kept and sent later.

They are looked at as of the time of which they are believed to be (proctoring/kept.py), apart from the live ones, which go on meanwhile.
What is found says that it was sent afterwards. No challenge can be in them: they prove less than what was seen live (ADR 41).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.kernel.errors import Invalid
from assessment_engine.services.watches import KEPT_COME_FOR
from proctoring.baseline import Baseline
from proctoring.channel import Frame
from proctoring.evidence import EvidenceRing, Segment, Shot
from proctoring.expected import Expected
from proctoring.incidents import Change, Incident, IncidentChange
from proctoring.policy import Kind, Policy
from proctoring.vision.eyes import Eyes
from proctoring.watch import Totals, Watch

OVER_AFTER = timedelta(seconds=30)  # without another kept picture
CUT_AFTER = timedelta(seconds=4)  # without a frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of the cuts was watched after all, and how much could not be seen into, by reason; in seconds."""

    observable_s: float = 0.0
    unobservable: Mapping[str, float] | None = None

    @classmethod
    def of(cls, totals: Totals) -> "Covered":
        """Return what one watch came to, without the time between the pictures that reached us."""
        lost = {reason: seconds for reason, seconds in totals.unobservable_s.items() if reason != Kind.FEED_GAP}
        return cls(observable_s=totals.observable_s, unobservable=lost)

    def booked(self, unobservable: Mapping[str, float]) -> dict[str, float]:
        """Return unwatched time by reason, as it is now that so much of the gaps was seen."""
        lost = self.unobservable or {}
        booked = {kind: unobservable.get(kind, 0.0) + lost.get(kind, 0.0) for kind in {*unobservable, *lost}}
        gap = booked.get(Kind.FEED_GAP, 0.0) - self.observable_s - sum(lost.values())
        return {kind: round(seconds, 3) for kind, seconds in {**booked, Kind.FEED_GAP.value: max(0.0, gap)}.items() if seconds}

    def plus(self, other: "Covered", sign: int = 1) -> "Covered":
        """Return both together, or what is left without the other."""
        mine, others = self.unobservable or {}, other.unobservable or {}
        lost = {reason: mine.get(reason, 0.0) + sign * others.get(reason, 0.0) for reason in {*mine, *others}}
        return Covered(observable_s=self.observable_s + sign * other.observable_s, unobservable=lost)


class Afterwards:
    """Fed with kept frames in order; asked for changes, segments and what was covered."""

    def __init__(self, policy: Policy, eyes: Callable[[], Eyes], known: Sequence[Incident] = (), expected: Expected | None = None) -> None:
        self._policy = policy.without(Kind.FEED_GAP, Kind.TALKING)  # the gap is told of already, and there is no sound
        self._eyes_for, self._known, self._expected = eyes, list(known), expected or Expected()
        self._eyes: Eyes | None = None
        self._watch: Watch | None = None
        self._ring = EvidenceRing()
        self._before = self._replayed = Covered()
        self._came_at: datetime | None = None
        self._changes: list[IncidentChange] = []
        self._segments: list[Segment] = []

    def receive(self, frame: Frame, at_s: float, baseline: Baseline | None) -> bool:
        """Look at one kept frame, at its own time in seconds into the sitting; False when it is no picture."""
        self._came_at = frame.at
        if self._watch is None or self._eyes is None:
            self._eyes, self._ring = self._eyes_for(), EvidenceRing()
            self._watch = Watch(self._policy, baseline=baseline, known=self._known, expected=self._expected)
        try:
            seen = self._eyes.look(frame.jpeg, at_s, frame.seq)
        except Invalid:
            return False
        self._ring.receive(Shot(jpeg=frame.jpeg, observation=seen))
        self._watch.receive(seen)
        self._collect()
        return True

    def expect(self, expected: Expected) -> None:
        """Take over what people dismissed by now."""
        self._expected = expected
        if self._watch is not None:
            self._watch.expect(expected)

    def is_catching_up(self, now: datetime) -> bool:
        """Tell whether more kept pictures may come."""
        return self._came_at is not None and now - self._came_at < OVER_AFTER

    def may_come(self, now: datetime, ended: datetime | None, live: datetime | None, last: datetime | None) -> bool:
        """Tell whether pictures of a cut may still come: some do now, or the line was cut when the sitting ended, and may come back.

        `live` is the last frame before the sitting `ended`, `last` the last of any kind: a page that came back has OVER_AFTER for the next.
        """
        if self.is_catching_up(now):
            return True
        if ended is None or live is None or ended - live < CUT_AFTER:
            return False
        return now - last < OVER_AFTER if last is not None and last > ended else now - ended < KEPT_COME_FOR

    def tick(self, now: datetime) -> None:
        """Close what is open when no more kept pictures come."""
        if self._watch is not None and not self.is_catching_up(now):
            self.end()

    def end(self) -> None:
        """Close what is open: the page has nothing more, or the sitting is over."""
        if self._watch is None:
            return
        self._watch.end()
        self._ring.end()
        self._collect()
        self._before = self._before.plus(Covered.of(self._watch.totals()))
        self._watch = self._eyes = None

    def forget_replayed(self) -> None:
        """Count nothing of what was seen up to now: an earlier owner has."""
        self._replayed = self._so_far()

    def covered(self) -> Covered:
        """Return what was covered, without what an earlier owner counted."""
        return self._so_far().plus(self._replayed, -1)

    def changes(self) -> list[tuple[IncidentChange, Segment]]:
        """Hand out what changed, each with the frames that show it by now, once."""
        changes, self._changes = self._changes, []
        return [(change, self._ring.so_far(change.incident)) for change in changes]

    def segments(self) -> list[Segment]:
        """Hand out the stretches that are complete, once."""
        segments, self._segments = self._segments, []
        return segments

    def costs(self) -> Mapping[str, float]:
        """Hand out the seconds of CPU by stage, once."""
        return self._eyes.costs.taken() if self._eyes is not None else {}

    def _so_far(self) -> Covered:
        return self._before if self._watch is None else self._before.plus(Covered.of(self._watch.totals()))

    def _collect(self) -> None:
        assert self._watch is not None
        for change in self._watch.incidents():
            told = replace(change, incident=replace(change.incident, afterwards=True))
            self._known = [*(one for one in self._known if one.key != told.incident.key), told.incident]
            self._changes.append(told)
            if told.change is Change.OPENED:
                self._ring.keep(told.incident)
        self._segments += self._ring.segments()
