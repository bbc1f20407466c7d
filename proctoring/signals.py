"""From single frames to findings: evidence that has lasted.

Each detector is fed observations and holds at most one current Finding. Hard signals are duration rules (most of several looks, for long
enough); looking away is two detectors on the candidate's own baseline, CUSUM for the long glance and away-time for the repeated one.
What was not looked at is neither for nor against anybody.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from proctoring.baseline import Baseline
from proctoring.observations import Box, Observation, Reason, ThingName
from proctoring.policy import GazeLimits, Kind, Policy, Rule
from proctoring.sound import Lips, lips

TRACE_POINTS = 90
_SPEAKING = 0.3  # share of the time since the last frame that held a voice; people pause as they speak
_STILL_THE_SAME = 0.2  # overlap of two boxes that may be one thing held in a hand
_CLEARLY_AWAY = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Evidence of one kind that lasted long enough; open while `end_s` is None. `trace` holds (seconds, value) pairs."""

    kind: Kind
    first_seq: int
    start_s: float
    raised_s: float
    end_s: float | None = None
    last_s: float
    peak: float
    peak_s: float
    threshold: float
    confidence: float
    trace: tuple[tuple[float, float], ...] = ()
    lips: Lips | None = None  # of talking only

    @property
    def seconds(self) -> float:
        """Return how long the evidence lasted so far."""
        return self.last_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one frame says about one kind: for (True), against (False) or nothing (None), with a value to draw."""

    met: bool | None
    value: float = 0.0


class Detector(Protocol):
    """Fed with observations; holds the finding that is open, or has just ended."""

    finding: Finding | None

    def receive(self, observation: Observation) -> None:
        """Take one frame in."""


class DurationRule:
    """One kind, one rule: raised when its evidence has lasted, over when it has stayed away."""

    def __init__(self, kind: Kind, rule: Rule, read: Callable[[Observation], Look], threshold: float) -> None:
        self._kind, self._rule, self._read, self._threshold = kind, rule, read, threshold
        self._recent: deque[bool] = deque(maxlen=rule.of)
        self._trace: deque[tuple[float, float]] = deque(maxlen=TRACE_POINTS)
        self.finding: Finding | None = None
        self._forget()

    def _forget(self) -> None:
        self._first: Observation | None = None
        self._last_look = self._last_hit = 0.0
        self._looks = self._hits = 0
        self._peak, self._peak_s = 0.0, 0.0
        self._recent.clear()

    def receive(self, observation: Observation) -> None:
        """Take one frame in."""
        if self.finding is not None and self.finding.end_s is not None:
            self.finding = None
        if self._first is not None and observation.at - self._last_look > self._rule.reach_s:
            self._end()
        look = self._read(observation)
        if look.met is None:
            return
        self._trace.append((observation.at, round(look.value, 3)))
        self._count(observation, look)
        self._decide(observation)

    def _count(self, observation: Observation, look: Look) -> None:
        if look.met and self._first is None:
            self._first = observation
        self._recent.append(bool(look.met))
        if self._first is None:
            return
        self._last_look = observation.at
        self._looks, self._hits = self._looks + 1, self._hits + bool(look.met)
        if look.met:
            self._last_hit = observation.at
            if self._hits == 1 or look.value > self._peak:
                self._peak, self._peak_s = look.value, observation.at

    def _decide(self, now: Observation) -> None:
        if self._first is None:
            return
        if self.finding is None:
            if self._hits < 0.6 * self._looks:
                self._forget()
            elif now.at - self._first.at >= self._rule.least_s and sum(self._recent) >= self._rule.hits and self._recent[-1]:
                self.finding = self._found(raised_s=now.at)
        elif now.at - self._last_hit >= self._rule.clear_s:
            self._end()
        else:
            self.finding = self._found(raised_s=self.finding.raised_s)

    def _found(self, raised_s: float) -> Finding:
        assert self._first is not None
        return Finding(
            kind=self._kind,
            first_seq=self._first.seq,
            start_s=self._first.at,
            raised_s=raised_s,
            last_s=self._last_hit,
            peak=round(self._peak, 3),
            peak_s=self._peak_s,
            threshold=self._threshold,
            confidence=round(self._hits / self._looks, 2),
            trace=tuple(self._trace),
        )

    def _end(self) -> None:
        if self.finding is not None:
            self.finding = replace(self._found(self.finding.raised_s), end_s=self._last_hit)
        self._forget()


class Talking(DurationRule):
    """A voice for long enough, anybody's; says as well whether the candidate's lips moved with it."""

    def __init__(self, rule: Rule) -> None:
        self._mouth: deque[float] = deque(maxlen=TRACE_POINTS)
        super().__init__(Kind.TALKING, rule, _voice, _SPEAKING)

    def receive(self, observation: Observation) -> None:
        """Take one frame in."""
        if observation.mouth_open is not None and _voice(observation).met:
            self._mouth.append(observation.mouth_open)
        super().receive(observation)

    def _found(self, raised_s: float) -> Finding:
        return replace(super()._found(raised_s), lips=lips(self._mouth))

    def _forget(self) -> None:
        super()._forget()
        self._mouth.clear()


class LookingAway:
    """CUSUM and away-time of one score, measured from the candidate's own centre; silent until the centre is known."""

    def __init__(self, policy: Policy, centre: Callable[[], Baseline | None]) -> None:
        self._limits, self._centre, self._most_step_s = policy.gaze, centre, policy.most_step_s
        self._clear_s = policy.rules[Kind.LOOKING_AWAY].clear_s
        self._sum = self._lately = 0.0
        self._before: float | None = None
        self._began: Observation | None = None
        self._window: deque[tuple[float, float, int]] = deque()
        self._trace: deque[tuple[float, float]] = deque(maxlen=TRACE_POINTS)
        self.finding: Finding | None = None

    @property
    def suspected(self) -> bool:
        """Say whether the sum is on its way up: no time to learn a baseline from."""
        return self._sum > 0

    def receive(self, observation: Observation) -> None:
        """Take one frame in."""
        if self.finding is not None and self.finding.end_s is not None:
            self.finding = None
        centre = self._centre()
        if centre is None or observation.head is None or observation.gaze is None:
            self._pause(observation.at)
            return
        score = away_score(observation, centre, self._limits)
        step = min(observation.at - self._before, self._most_step_s) if self._before is not None else 0.0
        self._before = observation.at
        self._trace.append((observation.at, round(score, 3)))
        self._add(observation, score, step)
        self._decide(observation)

    def _add(self, observation: Observation, score: float, step: float) -> None:
        limits = self._limits
        # Capped, so that a long look away is forgotten about as fast as a short one.
        self._sum = min(2 * limits.cusum, max(0.0, self._sum + (max(-1.5, min(3.0, score)) - limits.slack) * step))
        # About one second's mean, so that one noisy frame of five a second does not prolong a glance.
        self._lately += (score - self._lately) * min(1.0, step)
        if self._sum == 0:
            self._began = None
        elif self._began is None:
            self._began = observation
        if score > _CLEARLY_AWAY / 2:
            self._window.append((observation.at, step, observation.seq))
        while self._window and self._window[0][0] < observation.at - limits.window_s:
            self._window.popleft()

    def _decide(self, now: Observation) -> None:
        long_glance = self._began is not None and self._sum >= self._limits.cusum
        repeated = sum(step for _, step, _ in self._window) > self._limits.away_in_window_s
        if self.finding is None:
            if long_glance or repeated:
                self.finding = self._found(now, long_glance=long_glance)
            return
        self._extend(now)
        if now.at - self.finding.last_s >= self._clear_s:
            self._end()
            self._sum, self._began = 0.0, None
            self._window.clear()

    def _found(self, now: Observation, *, long_glance: bool) -> Finding:
        first = (self._began.at, self._began.seq) if long_glance and self._began else (self._window[0][0], self._window[0][2])
        return Finding(
            kind=Kind.LOOKING_AWAY,
            first_seq=first[1],
            start_s=first[0],
            raised_s=now.at,
            last_s=now.at,
            peak=round(self._trace[-1][1], 3),
            peak_s=now.at,
            threshold=self._limits.cusum,
            confidence=round(min(1.0, 0.5 + self._sum / (4 * self._limits.cusum)), 2),
            trace=tuple(self._trace),
        )

    def _extend(self, now: Observation) -> None:
        assert self.finding is not None
        score = self._trace[-1][1]
        away = self._lately > _CLEARLY_AWAY / 2
        peak = (score, now.at) if score > self.finding.peak else (self.finding.peak, self.finding.peak_s)
        last_s = now.at if away else self.finding.last_s
        self.finding = replace(self.finding, last_s=last_s, peak=peak[0], peak_s=peak[1], trace=tuple(self._trace))

    def _pause(self, at: float) -> None:
        """No direction was seen: the sum waits, but not for ever."""
        if self._before is not None and at - self._before > self._most_step_s:
            self._before, self._began, self._sum, self._lately = None, None, 0.0, 0.0
            self._window.clear()
            self._end()

    def _end(self) -> None:
        if self.finding is not None:
            self.finding = replace(self.finding, end_s=self.finding.last_s)


def away_score(observation: Observation, centre: Baseline, limits: GazeLimits) -> float:
    """Return 0 at the screen's edge and 2.5 where a look is clearly away; eyes or head, whichever is further."""
    assert observation.head is not None and observation.gaze is not None
    across = max(abs(observation.gaze.across - centre.across), abs(observation.head.yaw - centre.yaw))
    # The lids hide an iris that moves up or down, so the head must agree.
    up = min(abs(observation.gaze.up - centre.up), abs(observation.head.pitch - centre.pitch) * 1.5)
    sideways = (across - limits.screen_across) / (limits.away_across - limits.screen_across)
    upright = (up - limits.screen_up) / (limits.away_up - limits.screen_up)
    return _CLEARLY_AWAY * max(sideways, upright)


def detectors(policy: Policy, centre: Callable[[], Baseline | None]) -> Mapping[Kind, Detector]:
    """Return one detector for each kind that can be told from observations and is not switched off."""
    rules: dict[Kind, tuple[Callable[[Observation], Look], float]] = {
        Kind.NOBODY: (_nobody, 1.0),
        Kind.SEVERAL_PEOPLE: (_several, 2.0),
        Kind.DIFFERENT_PERSON: (_somebody_else(policy), policy.other_person),
        **{Kind(name): (_ThingReader(ThingName(name), policy), policy.least_score[name]) for name in ("phone", "book", "screen")},
        Kind.FACE_NOT_SEEN: (_unwatched(Reason.FACE_NOT_SEEN), 1.0),
        Kind.COVERED: (_unwatched(Reason.COVERED), 1.0),
        Kind.TOO_DARK: (_unwatched(Reason.TOO_DARK), 1.0),
    }
    hard: dict[Kind, Detector] = {
        kind: DurationRule(kind, policy.rules[kind], read, threshold) for kind, (read, threshold) in rules.items() if kind not in policy.off
    }
    if Kind.TALKING not in policy.off:
        hard[Kind.TALKING] = Talking(policy.rules[Kind.TALKING])
    if Kind.LOOKING_AWAY not in policy.off:
        hard[Kind.LOOKING_AWAY] = LookingAway(policy, centre)
    return hard


def _nobody(observation: Observation) -> Look:
    """No face and no person, in a picture that can be seen into."""
    if observation.faces or observation.people:
        return Look(met=False, value=0.0)
    if not observation.observable or observation.faces is None or observation.people is None:
        return Look(met=None)
    return Look(met=True, value=1.0)


def _several(observation: Observation) -> Look:
    if observation.faces is None:
        return Look(met=None)
    return Look(met=observation.faces >= 2, value=float(observation.faces))


def _somebody_else(policy: Policy) -> Callable[[Observation], Look]:
    def read(observation: Observation) -> Look:
        distance = observation.identity
        if distance is None or policy.same_person < distance < policy.other_person:
            return Look(met=None)
        return Look(met=distance >= policy.other_person, value=distance)

    return read


class _ThingReader:
    """The best thing of one name that is large and sure enough, at about the same place as last time."""

    def __init__(self, name: ThingName, policy: Policy) -> None:
        self._name, self._least, self._area = name, policy.least_score[name.value], policy.least_area
        self._place: Box | None = None

    def __call__(self, observation: Observation) -> Look:
        if observation.objects is None:
            return Look(met=None)
        things = [t for t in observation.objects if t.name is self._name and t.score >= self._least and t.box.area >= self._area]
        if not things:
            return Look(met=False)
        best = max(things, key=lambda thing: (self._here(thing.box), thing.score))
        same = self._place is None or self._here(best.box)
        self._place = best.box
        return Look(met=same, value=best.score)

    def _here(self, box: Box) -> bool:
        return self._place is not None and box.overlap(self._place) >= _STILL_THE_SAME


def _voice(observation: Observation) -> Look:
    if observation.voice is None:
        return Look(met=None)
    return Look(met=observation.voice >= _SPEAKING, value=observation.voice)


def _unwatched(*reasons: Reason) -> Callable[[Observation], Look]:
    def read(observation: Observation) -> Look:
        met = observation.reason is not None and observation.reason.booked_as in reasons
        return Look(met=met, value=float(met))

    return read
