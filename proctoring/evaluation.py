"""What was found held against what was true, event by event: recall, false alerts an hour, delay (PROCTORING section 6, docs/adr/0030).

Findings of one kind less than 30 s apart are one incident, and so are true events. One incident finds one true stretch, if it overlaps
[start, end + 10 s]. Delays count from the instant the kind's shortest duration (the policy's) is complete. Pure: vision/evaluate.py looks.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from proctoring.intervals import rate_between, share_at_least
from proctoring.policy import COULD_NOT_WATCH, SOFT, STANDARD, Kind, Policy, Tier
from proctoring.probability import Label
from proctoring.signals import Finding, detectors
from proctoring.truth import Event, Timeline

LATE_S = 10.0
APART_S = 30.0
SHOWN_HOURS = 60.0  # of clean candidate time; with less, no false-alert budget is shown
_WORST = 0.05
_LEAST_CANDIDATES = 20  # of which a worst twentieth is somebody

_Stretch = TypeVar("_Stretch", "Event", "Found")

# What follows from a true event of the first kind is neither found nor false.
FOLLOWS: Mapping[Kind, frozenset[Kind]] = {
    **{kind: frozenset({Kind.NOBODY}) for kind in COULD_NOT_WATCH},
    Kind.SEVERAL_PEOPLE: frozenset({Kind.DIFFERENT_PERSON}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One recording: what is true, what was found, how long could not be watched."""

    name: str
    truth: Timeline
    findings: Sequence[Finding]
    could_not_watch_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One true event, and whether it was found; delay in seconds, None when it was not."""

    session: str
    event: Event
    found: bool
    delay_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"session": self.session, **_stretch_json(self.event), "found": self.found, "delay_s": self.delay_s}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One incident of one kind: a finding, or several that lay less than 30 s apart."""

    session: str
    kind: Kind
    start_s: float
    end_s: float
    raised_s: float

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"session": self.session, **_stretch_json(self), "raised_s": round(self.raised_s, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All recordings together. `too_short` events end before their kind's shortest duration is complete: no rule may find them."""

    sessions: tuple[str, ...]
    hours: float
    clean_hours: float
    events: tuple[Judged, ...]
    too_short: tuple[Judged, ...]
    false_alerts: tuple[Found, ...]
    could_not_watch_s: float
    not_looked_for: tuple[Kind, ...] = ()

    def recall(self) -> dict[Kind, tuple[int, int]]:
        """Return (found, total) for each kind that happened."""
        kinds = sorted({one.event.kind for one in self.events})
        return {kind: _tally(one.found for one in self.events if one.event.kind is kind) for kind in kinds}

    def delays(self) -> list[float]:
        """Return the delays of all that was found, in seconds, shortest first."""
        return sorted(one.delay_s for one in self.events if one.delay_s is not None)

    def false_rate(self) -> tuple[float | None, float, float | None]:
        """Return false alerts per clean candidate-hour with their two-sided 95 % interval; None where no hours are."""
        low, high = rate_between(len(self.false_alerts), self.clean_hours)
        return (len(self.false_alerts) / self.clean_hours if self.clean_hours else None), low, high

    @property
    def is_shown(self) -> bool:
        """Say whether there were clean hours enough to speak of a false-alert budget."""
        return self.clean_hours >= SHOWN_HOURS

    def worst_share(self) -> float | None:
        """Return the share (0–1) of false alerts that the worst 5 % of candidates hold; None below twenty, or without any."""
        if len(self.sessions) < _LEAST_CANDIDATES or not self.false_alerts:
            return None
        each = sorted((sum(alert.session == name for alert in self.false_alerts) for name in self.sessions), reverse=True)
        return sum(each[: math.ceil(_WORST * len(each))]) / len(self.false_alerts)

    def as_json(self) -> dict[str, Any]:
        """Return the public format of `proctor evaluate --json`."""
        value, low, high = self.false_rate()
        delays = self.delays()
        return {
            "sessions": list(self.sessions),
            "hours": round(self.hours, 5),
            "clean_hours": round(self.clean_hours, 5),
            "events": [one.as_json() for one in self.events],
            "recall": {
                kind.value: {"found": found, "total": total, "lower95": round(share_at_least(found, total), 4)}
                for kind, (found, total) in self.recall().items()
            },
            "false_alerts": [alert.as_json() for alert in self.false_alerts],
            "false_alerts_per_hour": {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high)},
            "could_not_watch_s": round(self.could_not_watch_s, 3),
            "delay_s": {"n": len(delays), "median": median(delays) if delays else None, "p95": p95(delays)},
            "worst_5_percent_share": _rounded(self.worst_share()),
            "false_alert_budget": "shown" if self.is_shown else "not yet shown",
            "too_short": [one.as_json() for one in self.too_short],
            "not_looked_for": [kind.value for kind in self.not_looked_for],
        }


def evaluate(sessions: Sequence[Session], policy: Policy = STANDARD) -> Evaluation:
    """Hold every session's findings against its truth."""
    judged = [one for session in sessions for one in _judged(session, policy)]
    looked_for = detectors(policy, lambda: None).keys()
    return Evaluation(
        sessions=tuple(session.name for session in sessions),
        hours=sum(session.truth.end_s for session in sessions) / 3600,
        clean_hours=sum(session.truth.clean_s for session in sessions) / 3600,
        events=tuple(one for one in judged if _is_long_enough(one.event, policy)),
        too_short=tuple(one for one in judged if not _is_long_enough(one.event, policy)),
        false_alerts=tuple(alert for session in sessions for alert in _false_alerts(session, policy)),
        could_not_watch_s=sum(session.could_not_watch_s for session in sessions),
        not_looked_for=tuple(sorted({one.event.kind for one in judged} - looked_for - {Kind.FEED_GAP})),
    )


def labels(sessions: Sequence[Session], policy: Policy = STANDARD) -> list[Label]:
    """Return every finding about conduct with what truth says of it; what only follows from a true event is not labelled."""
    return [label for session in sessions for label in _labels(session, policy)]


def _labels(session: Session, policy: Policy) -> Iterable[Label]:
    for finding in session.findings:
        if policy.rules[finding.kind].tier is Tier.COULD_NOT_WATCH:
            continue
        ends = finding.last_s if finding.end_s is None else finding.end_s
        near = [
            event.kind
            for event in (*session.truth.events, *session.truth.besides)
            if finding.start_s <= event.end_s + LATE_S and ends >= event.start_s - session.truth.tolerance_s
        ]
        if finding.kind in near or not any(finding.kind in FOLLOWS.get(kind, ()) for kind in near):
            true = finding.kind in near
            yield Label(kind=finding.kind.value, picture=finding.picture.value, score=finding.confidence, true=true)


def hard(evaluation: Evaluation) -> list[Judged]:
    """Return the events that some rule looks for and that are not soft."""
    return [one for one in evaluation.events if one.event.kind not in SOFT | set(evaluation.not_looked_for)]


def p95(sorted_values: Sequence[float]) -> float | None:
    """Return the nearest-rank 95th percentile: of few values it is the largest."""
    return sorted_values[math.ceil(0.95 * len(sorted_values)) - 1] if sorted_values else None


def merged(stretches: Iterable[_Stretch]) -> list[list[_Stretch]]:
    """Return stretches in order, those less than 30 s apart together."""
    groups: list[list[_Stretch]] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start_s):
        if groups and one.start_s - max(before.end_s for before in groups[-1]) < APART_S:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _judged(session: Session, policy: Policy) -> Iterable[Judged]:
    for kind in sorted({event.kind for event in session.truth.events}):
        free = merged(_found(session, _answers_to(kind)))
        for episode in merged(event for event in session.truth.events if event.kind is kind):
            mine = next(
                (group for group in free if any(_overlap(one, episode[0].start_s, episode[-1].end_s + LATE_S) for one in group)), []
            )
            free = [group for group in free if group is not mine]
            yield from _episode(session.name, episode, mine, policy)


def _episode(name: str, episode: Sequence[Event], mine: Sequence[Found], policy: Policy) -> Iterable[Judged]:
    """Judge true events that lie close together by the one incident that is theirs."""
    for event, following in zip(episode, [*episode[1:], None], strict=True):
        until = event.end_s + LATE_S if following is None else max(event.end_s, min(event.end_s + LATE_S, following.start_s))
        first = next((one for one in mine if _overlap(one, event.start_s, until)), None)
        complete = event.start_s + policy.rules[event.kind].least_s
        delay = None if first is None else round(max(0.0, first.raised_s - complete), 3)
        yield Judged(session=name, event=event, found=first is not None, delay_s=delay)


def _false_alerts(session: Session, policy: Policy) -> Iterable[Found]:
    """Yield the incidents of tier alert that no true event of their kind, nor one they follow from, explains."""
    for kind in (kind for kind in Kind if policy.rules[kind].tier is Tier.ALERT):
        true = [e for e in (*session.truth.events, *session.truth.besides) if e.kind is kind or kind in FOLLOWS.get(e.kind, ())]
        for group in merged(_found(session, {kind})):
            begins, ends = group[0].start_s, max(one.end_s for one in group)
            if not any(begins <= event.end_s + LATE_S and ends >= event.start_s - session.truth.tolerance_s for event in true):
                yield Found(session=session.name, kind=kind, start_s=begins, end_s=ends, raised_s=group[0].raised_s)


def _found(session: Session, kinds: Iterable[Kind]) -> list[Found]:
    return [
        Found(
            session=session.name,
            kind=one.kind,
            start_s=one.start_s,
            end_s=one.last_s if one.end_s is None else one.end_s,
            raised_s=one.raised_s,
        )
        for one in session.findings
        if one.kind in kinds
    ]


def _answers_to(kind: Kind) -> frozenset[Kind]:
    """A face that is not seen is found by whatever says that it could not be watched."""
    return COULD_NOT_WATCH - {Kind.FEED_GAP} if kind is Kind.FACE_NOT_SEEN else frozenset({kind})


def _overlap(one: Found, start_s: float, end_s: float) -> bool:
    return one.start_s <= end_s and one.end_s >= start_s


def _is_long_enough(event: Event, policy: Policy) -> bool:
    return event.seconds >= policy.rules[event.kind].least_s


def _tally(found: Iterable[bool]) -> tuple[int, int]:
    each = list(found)
    return sum(each), len(each)


def _stretch_json(one: Event | Found) -> dict[str, Any]:
    return {"kind": one.kind.value, "start_s": round(one.start_s, 3), "end_s": round(one.end_s, 3)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
