"""One candidate's watch: fed with observations and gaps, asked for incidents. No pixels, no clock, no storage.

A new owner of a sitting builds a Watch with the baseline and the incidents that were stored, replays the last seconds of the stream,
and goes on under the same keys.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from proctoring.baseline import Baseline, BaselineKeeper
from proctoring.evidence import AFTER_S, BEFORE_S, choose
from proctoring.expected import NOTHING, Expected
from proctoring.incidents import Bundler, Incident, IncidentChange, could_not_watch
from proctoring.observations import Observation, Reason
from proctoring.policy import STANDARD, Kind, Policy
from proctoring.signals import Detector, Finding, LookingAway, detectors, of_expected_things


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much of the sitting was watched, and why not the rest; frames looked at, and frames ignored as old or repeated.

    `recognised` says how often a comparison of the face told who it is or is not, and `recognised_s` when last. `unrecognised_s` is the
    time in long stretches without that which are over, `unrecognised_since_s` when the one that goes on began, once it is long. A
    candidate whose face tells nothing is accused of nothing, but nobody may think that they were recognised
    (docs/adr/0035-who-sits-in-the-dark.md).
    """

    observable_s: float = 0.0
    unobservable_s: Mapping[str, float] = field(default_factory=dict)
    frames: int = 0
    ignored: int = 0
    recognised: int = 0
    recognised_s: float | None = None
    unrecognised_s: float = 0.0
    unrecognised_since_s: float | None = None

    @property
    def share(self) -> float:
        """Return the observable share of the time so far; of no time at all, none."""
        total = self.observable_s + sum(self.unobservable_s.values())
        return self.observable_s / total if total else 0.0


class Watch:
    """Observations in, incident changes out."""

    def __init__(
        self,
        policy: Policy = STANDARD,
        *,
        baseline: Baseline | None = None,
        known: Sequence[Incident] = (),
        recognised_s: float | None = None,
        expected: Expected = NOTHING,
    ) -> None:
        self._policy = policy
        self._keeper = BaselineKeeper(policy.gaze.calibration_s, baseline)
        self._expected = expected
        self._detectors = self._fresh_detectors()
        self._of_expected = of_expected_things(policy, lambda: self._expected)
        conduct = [one for one in known if not could_not_watch(one.lead) and not one.lead.expected]
        self._conduct = Bundler(policy, conduct)
        self._unwatched = Bundler(policy, [one for one in known if could_not_watch(one.lead)])
        self._allowed = Bundler(policy, [one for one in known if one.lead.expected])
        self._names = {(finding.kind, finding.first_seq) for one in conduct for finding in one.findings}
        self._frames: deque[tuple[int, float]] = deque()
        self._before: Observation | None = None
        self._gap: Finding | None = None
        self._observable_s = 0.0
        self._lost: defaultdict[str, float] = defaultdict(float)
        self._analysed = self._ignored = self._recognised = 0
        self._recognised_s = recognised_s
        self._unrecognised_s = 0.0

    @property
    def baseline(self) -> Baseline | None:
        """Return where this candidate looks when at work, once known; store it for the next owner."""
        return self._keeper.baseline

    @property
    def expected(self) -> Expected:
        """Return what is expected in the picture."""
        return self._expected

    def expect(self, expected: Expected) -> None:
        """Say anew what is expected in the picture, from the next frame on."""
        self._expected = expected

    def receive(self, observation: Observation) -> None:
        """Take one frame in; one that is not newer than the last is counted and ignored."""
        before = self._before
        if before is not None and (observation.seq <= before.seq or observation.at < before.at):
            self._ignored += 1
            return
        if observation.reason is Reason.EYES_COVERED and Kind.LOOKING_AWAY in self._policy.off:
            observation = replace(observation, reason=None)  # of a candidate whose eyes are nobody's business the rest was seen
        if before is not None and self._gap is None:
            self.gap(before.at, observation.at)
        step = self._account(before, observation)
        self._before = observation
        self._analysed += 1
        if observation.identity is not None and self._policy.tells(observation.identity):
            self._recognise(observation.at)
        self._frames.append((observation.seq, observation.at))
        for detector in (*self._detectors.values(), *self._of_expected):
            detector.receive(observation)
        self._bundle(observation.at, [d.finding for d in self._detectors.values() if d.finding is not None])
        self._count_expected(observation.at)
        self._keeper.receive(observation, step, frozen=self._frozen())

    def gap(self, start: float, end: float, *, seq: int | None = None) -> None:
        """Say that no frame came between two times; said again with a later end while it lasts. `seq` is the first frame missed."""
        rule = self._policy.rules[Kind.FEED_GAP]
        if end - start < rule.least_s or Kind.FEED_GAP in self._policy.off:
            return
        first = seq if seq is not None else (self._before.seq + 1 if self._before else 0)
        raised = self._gap.raised_s if self._gap is not None and self._gap.start_s == start else end
        self._gap = _fact(Kind.FEED_GAP, first, start, raised, end)
        self._bundle(end, [self._gap])

    def rest(self, at: float) -> None:
        """Let the time until `at` pass as nobody's to be seen in (a break, a pause): it is neither watched nor lost, and nothing is found.

        Said again while it lasts. What was open ends with the last frame before it, and no finding reaches across it.
        """
        if self._before is not None:
            self._before = replace(self._before, at=max(at, self._before.at))
        self._gap, self._detectors = None, self._fresh_detectors()
        self._of_expected = of_expected_things(self._policy, lambda: self._expected)
        self.end()

    def _fresh_detectors(self) -> Mapping[Kind, Detector]:
        return detectors(self._policy, lambda: self._keeper.baseline, lambda: self._expected)

    def report(self, kind: Kind, at: float, seq: int) -> None:
        """Take in what others established at one moment: a camera switched, a chain broken, a challenge failed."""
        if kind not in self._policy.off:
            finding = _fact(kind, seq, at, at, at)
            self._bundle(at, [replace(finding, end_s=at)])

    def end(self) -> None:
        """Close what is open: the sitting is over."""
        self._conduct.close()
        self._unwatched.close()
        self._allowed.close()

    def incidents(self) -> list[IncidentChange]:
        """Hand out what changed since last asked, once."""
        return self._conduct.changes() + self._unwatched.changes() + self._allowed.changes()

    def open_incidents(self) -> tuple[Incident, ...]:
        """Return what is open now; what is expected is nothing to wait for."""
        return tuple(one for one in (self._conduct.open, self._unwatched.open) if one is not None)

    def totals(self) -> Totals:
        """Return how much was watched so far."""
        lost = {name: round(seconds, 3) for name, seconds in sorted(self._lost.items())}
        return Totals(
            observable_s=round(self._observable_s, 3),
            unobservable_s=lost,
            frames=self._analysed,
            ignored=self._ignored,
            recognised=self._recognised,
            recognised_s=self._recognised_s,
            unrecognised_s=round(self._unrecognised_s, 3),
            unrecognised_since_s=self._unrecognised_since(self._before.at) if self._before is not None else None,
        )

    def _recognise(self, at: float) -> None:
        """Count a comparison, and the long time without one that it ends."""
        since = self._unrecognised_since(at)
        self._unrecognised_s += at - since if since is not None else 0.0
        self._recognised, self._recognised_s = self._recognised + 1, max(at, self._recognised_s or 0.0)

    def _unrecognised_since(self, at: float) -> float | None:
        """Return when the face was last compared, or the beginning, if that is long ago and anybody asked for it."""
        since = self._recognised_s or 0.0
        told = at - since >= self._policy.unrecognised_s and Kind.DIFFERENT_PERSON not in self._policy.off
        return since if told else None

    def _account(self, before: Observation | None, now: Observation) -> float:
        """Book the time since the last frame, and return how much of it was watched."""
        since = now.at - before.at if before is not None else now.at if now.at > self._policy.most_step_s else 0.0
        if since > self._policy.most_step_s:
            self._lost[Kind.FEED_GAP.value] += since
            return 0.0
        if now.reason is None:
            self._observable_s += since
        else:
            self._lost[now.reason.booked_as.value] += since
        return since

    def _bundle(self, at: float, findings: Sequence[Finding]) -> None:
        if self._gap is not None and self._before is not None and self._before.at >= self._gap.last_s:
            ended = replace(self._gap, end_s=self._gap.last_s)
            self._gap, findings = None, [*findings, ended]
        for bundler, mine in ((self._conduct, False), (self._unwatched, True)):
            bundler.receive(at, [finding for finding in findings if could_not_watch(finding) is mine], self._keeper.baseline)
            self._show(bundler, at)
        while self._frames and self._frames[0][1] < at - BEFORE_S - AFTER_S:
            self._frames.popleft()

    def _count_expected(self, at: float) -> None:
        """Keep what is expected apart, under names that no finding about the candidate has or gets: it lends and hides nothing."""
        self._names |= {(d.finding.kind, d.finding.first_seq) for d in self._detectors.values() if d.finding is not None}
        findings = [d.finding for d in self._of_expected if d.finding is not None]
        self._allowed.receive(at, [one for one in findings if (one.kind, one.first_seq) not in self._names], None)

    def _show(self, bundler: Bundler, at: float) -> None:
        """Name the frames of an open incident until its five seconds after are complete."""
        incident = bundler.open
        if incident is not None and at <= incident.raised_s + AFTER_S + self._policy.most_step_s:
            bundler.attach(choose(list(self._frames), raised_s=incident.raised_s, peak_s=incident.lead.peak_s))

    def _frozen(self) -> bool:
        away = self._detectors.get(Kind.LOOKING_AWAY)
        return bool(self.open_incidents()) or (isinstance(away, LookingAway) and away.suspected)


def _fact(kind: Kind, seq: int, start_s: float, raised_s: float, last_s: float) -> Finding:
    return Finding(
        kind=kind, first_seq=seq, start_s=start_s, raised_s=raised_s, last_s=last_s, peak=1.0, peak_s=last_s, threshold=1.0, confidence=1.0
    )  # fmt: skip
