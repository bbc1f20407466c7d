"""From single frames to findings: evidence that has lasted.

Each detector is fed observations and holds at most one current Finding. Hard signals are duration rules (most of several looks, for long
enough); looking away is time away beyond the candidate's own usual (away.py), for the long look and the repeated one alike.
What was not looked at is neither for nor against anybody.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from proctoring.away import HINDSIGHT_S, AwayTime
from proctoring.baseline import Baseline
from proctoring.expected import NOTHING, SAME_PLACE, Expected
from proctoring.observations import Box, Observation, Picture, Reason, ThingName
from proctoring.policy import GazeLimits, Kind, Policy, Rule
from proctoring.sound import Lips, lips

TRACE_POINTS = 90
_THINGS = (ThingName.PHONE, ThingName.BOOK, ThingName.SCREEN)
_SPEAKING = 0.3  # share of the time since the last frame that held a voice; people pause as they speak
_CLEARLY_AWAY = 2.5
_MORE_LIKELY = 0.5
_HAIR = 0.01  # seconds: the filter is never quite sure, so that three seconds away add up to a little less


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Evidence of one kind that lasted long enough; open while `end_s` is None. `trace` holds (seconds, value) pairs.

    `away`, of looking away only, says why: the seconds away, of the last how many seconds, and what is usual for this candidate.
    `place` says where a thing was last; one that was `expected` is counted and alerts nobody.
    """

    kind: Kind
    first_seq: int
    start_s: float
    raised_s: float
    end_s: float | None = None
    last_s: float
    peak: float
    peak_s: float
    threshold: float
    confidence: float  # the share of looks that showed it, or how far the limit was passed: a score, no probability
    picture: Picture = Picture.CLEAR  # what most of those looks were
    trace: tuple[tuple[float, float], ...] = ()
    lips: Lips | None = None  # of talking only
    away: tuple[float, float, float] | None = None
    place: Box | None = None
    expected: bool = False

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
        self._looks = self._hits = self._poor = 0
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
        if self._first is None:
            return
        self._recent.append(bool(look.met))
        self._last_look = observation.at
        self._looks, self._hits = self._looks + 1, self._hits + bool(look.met)
        self._poor += observation.picture is Picture.POOR
        if look.met:
            self._last_hit = observation.at
            if self._hits == 1 or look.value > self._peak:
                self._peak, self._peak_s = look.value, observation.at

    def _decide(self, now: Observation) -> None:
        if self._first is None:
            return
        if self.finding is None:
            if sum(self._recent) + self._rule.of - len(self._recent) < self._rule.hits:
                self._forget()  # so many looks were against it that the others cannot be enough
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
            picture=Picture.POOR if 2 * self._poor > self._looks else Picture.CLEAR,
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
        super().receive(observation)
        # Live sound comes a second at a time: a picture between two of its messages belongs to what was heard last.
        if observation.mouth_open is not None and self._first is not None and self._recent[-1]:
            self._mouth.append(observation.mouth_open)

    def _found(self, raised_s: float) -> Finding:
        return replace(super()._found(raised_s), lips=lips(self._mouth))

    def _forget(self) -> None:
        super()._forget()
        self._mouth.clear()


class ThingSeen(DurationRule):
    """A phone, book or screen for long enough: one that is not expected, or else one that is."""

    def __init__(self, name: ThingName, policy: Policy, expected: Callable[[], Expected], *, of_expected: bool = False) -> None:
        kind, self._of_expected = Kind(name), of_expected
        self._reader = _ThingReader(name, policy, lambda box: expected().holds(kind, box) is of_expected)
        super().__init__(kind, policy.rules[kind], self._reader, policy.least_score[name])

    def _found(self, raised_s: float) -> Finding:
        return replace(super()._found(raised_s), place=self._reader.place, expected=self._of_expected)


class LookingAway:
    """Time away from the candidate's own centre, raised when it is unusual enough; silent until the centre is known.

    With a calibration, the limit is on the evidence of away.py; without one, on the seconds of Euro NCAP's definitions.
    """

    def __init__(self, policy: Policy, centre: Callable[[], Baseline | None]) -> None:
        self._limits, self._centre, self._most_step_s = policy.gaze, centre, policy.most_step_s
        self._clear_s = policy.rules[Kind.LOOKING_AWAY].clear_s
        # The score is measured from a centre in degrees already: what is left of it drifts about 0.
        # Hindsight is worth waiting for where the limit was solved with it.
        hindsight_s = HINDSIGHT_S if self._limits.surprise is not None else 0.0
        self._time = AwayTime(tuple(self._limits.windows_s), centre=0.0, hindsight_s=hindsight_s)
        self._seen_s: float | None = None
        self._away: deque[tuple[float, int]] = deque()
        self._trace: deque[tuple[float, float]] = deque(maxlen=TRACE_POINTS)
        self.finding: Finding | None = None

    @property
    def suspected(self) -> bool:
        """Say whether this may be a look away: no time to learn a baseline from."""
        return self._time.now > _MORE_LIKELY or self._strength() > 1

    def receive(self, observation: Observation) -> None:
        """Take one frame in."""
        if self.finding is not None and self.finding.end_s is not None:
            self.finding = None
        centre = self._centre()
        if centre is None or observation.head is None or observation.gaze is None:
            self._pause(observation.at)
            return
        self._pause(observation.at)
        self._seen_s = observation.at
        self._time.receive(observation.at, max(0.0, away_score(observation, centre, self._limits)))
        self._trace.append((observation.at, round(self._strength(), 3)))
        if self._time.now > _MORE_LIKELY:
            self._away.append((observation.at, observation.seq))
        while self._away and self._away[0][0] <= observation.at - self._time.hindsight_s - self._time.windows[-1].length_s:
            self._away.popleft()
        self._decide(observation)

    def _strength(self) -> float:
        """Return the evidence in parts of the limit: 1 is at the limit."""
        if self._limits.surprise is not None:
            return self._time.evidence.surprise / self._limits.surprise
        limits = zip(self._time.windows, self._limits.away_s, strict=True)
        return max((window.away_s + _HAIR) / away_s for window, away_s in limits)

    def _decide(self, now: Observation) -> None:
        away, strength = self._time.now > _MORE_LIKELY, self._trace[-1][1]
        if self.finding is None:
            if self._time.away > _MORE_LIKELY and strength >= 1:
                self.finding = self._found(now)
            return
        last_s = now.at if away else self.finding.last_s
        peak = (strength, now.at) if strength > self.finding.peak else (self.finding.peak, self.finding.peak_s)
        evidence = self._measured() if peak[1] == now.at else self.finding.away
        confidence = _sure(peak[0])
        self.finding = replace(
            self.finding, last_s=last_s, peak=peak[0], peak_s=peak[1], confidence=confidence, away=evidence, trace=tuple(self._trace)
        )
        if now.at - last_s >= self._clear_s:
            self._end()

    def _found(self, now: Observation) -> Finding:
        """Return what is raised: it began with the first look away of the window that surprises most."""
        length_s = self._measured()[1]
        first = next((one for one in self._away if one[0] > now.at - self._time.hindsight_s - length_s), (now.at, now.seq))
        strength = self._trace[-1][1]
        return Finding(
            kind=Kind.LOOKING_AWAY,
            first_seq=first[1],
            start_s=first[0],
            raised_s=now.at,
            last_s=self._away[-1][0] if self._away else now.at,
            peak=strength,
            peak_s=now.at,
            threshold=1.0,
            confidence=_sure(strength),
            picture=now.picture,
            trace=tuple(self._trace),
            away=self._measured(),
        )

    def _measured(self) -> tuple[float, float, float]:
        """Return the seconds away, of the last how many, and what is usual."""
        if self._limits.surprise is not None:
            evidence = self._time.evidence
            return round(evidence.away_s, 1), evidence.window_s, round(evidence.usual_s, 1)
        limits = zip(self._time.windows, self._limits.away_s, strict=True)
        window, _ = max(limits, key=lambda one: one[0].away_s / one[1])
        return round(window.away_s, 1), window.length_s, round(self._time.usual_share * window.length_s, 1)

    def _pause(self, at: float) -> None:
        """Let nothing that was not seen count as time away; a finding waits, but not for ever."""
        if self._seen_s is not None and at - self._seen_s > self._most_step_s:
            self._seen_s = None
            self._time.pause()
            self._end()

    def _end(self) -> None:
        """Close the finding; the next one begins with what comes after."""
        if self.finding is not None:
            self.finding = replace(self.finding, end_s=self.finding.last_s)
            self._away.clear()


def _sure(strength: float) -> float:
    """Return 0.5 at the limit and 1 at three times as much."""
    return round(min(1.0, 0.25 + 0.25 * strength), 2)


def away_score(observation: Observation, centre: Baseline, limits: GazeLimits) -> float:
    """Return 0 at the screen's edge and 2.5 where a look is clearly away; eyes or head, whichever is further."""
    assert observation.head is not None and observation.gaze is not None
    across = max(abs(observation.gaze.across - centre.across), abs(observation.head.yaw - centre.yaw))
    # The lids hide an iris that moves up or down, so the head must agree.
    up = min(abs(observation.gaze.up - centre.up), abs(observation.head.pitch - centre.pitch) * 1.5)
    sideways = (across - limits.screen_across) / (limits.away_across - limits.screen_across)
    upright = (up - limits.screen_up) / (limits.away_up - limits.screen_up)
    return _CLEARLY_AWAY * max(sideways, upright)


def detectors(
    policy: Policy, centre: Callable[[], Baseline | None], expected: Callable[[], Expected] = lambda: NOTHING
) -> Mapping[Kind, Detector]:
    """Return one detector for each kind that can be told from observations and is not switched off."""
    rules: dict[Kind, tuple[Callable[[Observation], Look], float]] = {
        Kind.NOBODY: (_nobody, 1.0),
        Kind.SEVERAL_PEOPLE: (_several, 2.0),
        Kind.DIFFERENT_PERSON: (_somebody_else(policy), policy.other_person),
        Kind.FACE_NOT_SEEN: (_unwatched(Reason.FACE_NOT_SEEN), 1.0),
        Kind.COVERED: (_unwatched(Reason.COVERED), 1.0),
        Kind.TOO_DARK: (_unwatched(Reason.TOO_DARK), 1.0),
    }
    hard: dict[Kind, Detector] = {
        kind: DurationRule(kind, policy.rules[kind], read, threshold) for kind, (read, threshold) in rules.items() if kind not in policy.off
    }
    hard |= {Kind(name): ThingSeen(name, policy, expected) for name in _THINGS if Kind(name) not in policy.off}
    if Kind.TALKING not in policy.off:
        hard[Kind.TALKING] = Talking(policy.rules[Kind.TALKING])
    if Kind.LOOKING_AWAY not in policy.off:
        hard[Kind.LOOKING_AWAY] = LookingAway(policy, centre)
    return hard


def of_expected_things(policy: Policy, expected: Callable[[], Expected]) -> tuple[Detector, ...]:
    """Return detectors of what is expected: it is counted, so that a person can see how often an answer of theirs was used."""
    return tuple(ThingSeen(name, policy, expected, of_expected=True) for name in _THINGS if Kind(name) not in policy.off)


def _nobody(observation: Observation) -> Look:
    """No face and no person, in a picture that can be seen into."""
    if observation.face is not None or observation.faces or observation.people:
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
    """The best thing of one name that is large and sure enough and concerns us, at about the same place as last time."""

    def __init__(self, name: ThingName, policy: Policy, concerns: Callable[[Box], bool]) -> None:
        self._name, self._least, self._area, self._concerns = name, policy.least_score[name.value], policy.least_area, concerns
        self.place: Box | None = None

    def __call__(self, observation: Observation) -> Look:
        if observation.objects is None:
            return Look(met=None)
        sure = [t for t in observation.objects if t.name is self._name and t.score >= self._least and t.box.area >= self._area]
        things = [thing for thing in sure if self._concerns(thing.box)]
        if not things:
            return Look(met=False)
        best = max(things, key=lambda thing: (self._here(thing.box), thing.score))
        same = self.place is None or self._here(best.box)
        self.place = best.box
        return Look(met=same, value=best.score)

    def _here(self, box: Box) -> bool:
        return self.place is not None and box.overlap(self.place) >= SAME_PLACE


def _voice(observation: Observation) -> Look:
    if observation.voice is None:
        return Look(met=None)
    return Look(met=observation.voice >= _SPEAKING, value=observation.voice)


def _unwatched(*reasons: Reason) -> Callable[[Observation], Look]:
    def read(observation: Observation) -> Look:
        met = observation.reason is not None and observation.reason.booked_as in reasons
        return Look(met=met, value=float(met))

    return read
