"""From findings to incidents: one bundle at a time for each candidate, opened, upgraded, closed.

Findings about conduct that come together are one incident; time that could not be watched is kept apart, so that it can never lend its
weight to an accusation, nor hide one. An incident is known by the rule and frame that opened it: replaying the same observations gives the
same keys, and `known` incidents are taken up again, not opened twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from assessment_engine.kernel.errors import Invalid
from proctoring.baseline import Baseline
from proctoring.expected import box_of
from proctoring.observations import Picture
from proctoring.policy import COULD_NOT_WATCH, TIER_ORDER, Kind, Policy, Severity, Tier
from proctoring.signals import Finding
from proctoring.sound import Lips

RESUME_S = 20.0  # the stretch of a stream that a new owner can replay


class NotAnIncident(Invalid):
    """What was stored cannot be read as an incident."""

    code = "incident_unreadable"


class Change(StrEnum):
    """What happened to an incident."""

    OPENED = "opened"
    UPGRADED = "upgraded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Findings that came together. `rule` and `first_seq` are its name for ever; `kind` is its gravest finding so far.

    `afterwards`: seen in pictures that the page kept while its line was cut, and sent later.
    """

    rule: Kind
    first_seq: int
    kind: Kind
    start_s: float
    raised_s: float
    end_s: float | None = None
    tier: Tier
    severity: Severity | None
    confidence: float
    labels: int = 0  # labelled findings behind the confidence, which is no probability while they are few (probability.py)
    findings: tuple[Finding, ...]
    baseline: Baseline | None = None
    evidence: tuple[int, ...] = ()
    policy_version: str = ""
    afterwards: bool = False

    @property
    def key(self) -> tuple[Kind, int]:
        """Return what makes this incident unique within its sitting."""
        return self.rule, self.first_seq

    @property
    def lead(self) -> Finding:
        """Return the finding that the incident is named after now."""
        return next(finding for finding in reversed(self.findings) if finding.kind is self.kind)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for a row, a page or a file."""
        return {
            "rule": self.rule.value,
            "first_seq": self.first_seq,
            "kind": self.kind.value,
            "start_s": self.start_s,
            "raised_s": self.raised_s,
            "end_s": self.end_s,
            "tier": self.tier.value,
            "severity": self.severity.word if self.severity else None,
            "confidence": self.confidence,
            "labels": self.labels,
            "findings": [_finding_json(finding) for finding in self.findings],
            "baseline": self.baseline.as_json() if self.baseline else None,
            "evidence": list(self.evidence),
            "policy_version": self.policy_version,
            **({"afterwards": True} if self.afterwards else {}),
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote, for the next owner of the sitting; anything else raises NotAnIncident."""
        try:
            severity = given["severity"]
            read = cls(
                **{name: given[name] for name in ("first_seq", "start_s", "raised_s", "end_s", "confidence", "policy_version")},
                rule=Kind(given["rule"]),
                labels=int(given.get("labels", 0)),
                kind=Kind(given["kind"]),
                tier=Tier(given["tier"]),
                severity=Severity[severity.upper()] if severity else None,
                findings=tuple(_finding_of(one) for one in given["findings"]),
                baseline=Baseline.from_json(given["baseline"]) if given["baseline"] else None,
                evidence=tuple(given["evidence"]),
                afterwards=bool(given.get("afterwards", False)),
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as wrong:
            raise NotAnIncident("this is not an incident") from wrong
        if read.kind not in (one.kind for one in read.findings):
            raise NotAnIncident("an incident is named after one of its findings")
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChange:
    """One change, handed out once."""

    change: Change
    incident: Incident


class Bundler:
    """One track of incidents, at most one of them open."""

    def __init__(self, policy: Policy, known: Iterable[Incident] = ()) -> None:
        self._policy = policy
        self._known = tuple(known)
        self._open: Incident | None = next((one for one in self._known if one.end_s is None), None)
        # A finding that was open when its former owner stopped may take as long to be seen again as it took to be raised.
        self._waiting = {} if self._open is None else {one.kind: one for one in self._open.findings if one.end_s is None}
        self._waits_until: float | None = None
        self._told: tuple[Finding, ...] = () if self._open is None else self._open.findings
        self._continued: dict[tuple[Kind, int], Finding] = {}
        self._changes: list[IncidentChange] = []

    @property
    def open(self) -> Incident | None:
        """Return the incident that is open now."""
        return self._open

    def receive(self, at: float, findings: Sequence[Finding], baseline: Baseline | None) -> None:
        """Take the current findings in, at this time: those still open and those that ended just now."""
        self._give_up_waiting(at)
        for finding in (self._as_continued(finding) for finding in findings):
            if self._open is None:
                self._begin(finding, baseline)
            elif not self._is_past(finding):
                self._become(_with(self._open, finding, self._policy))
        if self._open is not None and _quiet_since(self._open) <= at - self._policy.bundle_s:
            self.close()

    def attach(self, evidence: tuple[int, ...]) -> None:
        """Name the frames that show the open incident, in what is still to be told of it as well."""
        if self._open is None:
            return
        self._open = replace(self._open, evidence=evidence)
        for place, told in enumerate(self._changes):
            if told.incident.key == self._open.key:
                self._changes[place] = replace(told, incident=replace(told.incident, evidence=evidence))

    def close(self) -> None:
        """End the open incident where its last finding ended."""
        if self._open is None:
            return
        ended = max(finding.last_s if finding.end_s is None else finding.end_s for finding in self._open.findings)
        self._tell(Change.CLOSED, replace(self._open, end_s=ended))
        self._open = None

    def changes(self) -> list[IncidentChange]:
        """Hand out what changed, once."""
        told, self._changes = self._changes, []
        return told

    def _as_continued(self, finding: Finding) -> Finding:
        """Return a finding as the rest of the one that a former owner left open, if it is: under its name, from its start on."""
        name = (finding.kind, finding.first_seq)
        if name not in self._continued:
            before = self._waiting.get(finding.kind)
            if before is not None and before.start_s <= finding.last_s:
                self._continued[name] = self._waiting.pop(finding.kind)
            elif same := [one for one in self._told if _overlap(one, finding)]:
                self._continued[name] = same[0]
        whole = self._continued.get(name)
        if whole is None:
            return finding
        return replace(finding, first_seq=whole.first_seq, start_s=whole.start_s, raised_s=whole.raised_s)

    def _give_up_waiting(self, at: float) -> None:
        if self._waits_until is None:
            self._waits_until = at + RESUME_S
        if self._open is not None and self._waiting and at >= self._waits_until:
            ended = [replace(one, end_s=one.last_s) if one.kind in self._waiting else one for one in self._open.findings]
            self._open, self._waiting = replace(self._open, findings=tuple(ended)), {}

    def _begin(self, finding: Finding, baseline: Baseline | None) -> None:
        fresh = _single(finding, self._policy, baseline)
        before = next((one for one in self._known if _continues(one, finding, self._policy.bundle_s)), None)
        if before is None:
            self._tell(Change.OPENED, fresh)
            self._open = fresh
        else:
            self._open = replace(before, end_s=None, findings=tuple(_ended(one) for one in before.findings))
            self._told = before.findings
            self._become(_with(self._open, self._as_continued(finding), self._policy))

    def _is_past(self, finding: Finding) -> bool:
        """Say whether a finding is no part of the open incident: it was told in one that is closed, or may yet go on into this one."""
        assert self._open is not None
        if finding.end_s is None and finding.last_s < self._open.start_s:
            return True
        closed = [one for one in self._known if one.end_s is not None and one.key != self._open.key]
        told = [one for incident in closed for one in incident.findings if _overlap(one, finding)]
        return any(finding.last_s <= one.last_s + self._policy.bundle_s for one in told)

    def _become(self, grown: Incident) -> None:
        assert self._open is not None
        before, self._open = self._open, grown
        if _weight(grown) > _weight(before) or _kinds(grown) > _kinds(before):
            self._tell(Change.UPGRADED, grown)

    def _tell(self, change: Change, incident: Incident) -> None:
        self._changes.append(IncidentChange(change=change, incident=incident))


def _ended(finding: Finding) -> Finding:
    return finding if finding.end_s is not None else replace(finding, end_s=finding.last_s)


def judged(finding: Finding, policy: Policy) -> tuple[Tier, Severity | None]:
    """Return the tier and severity of one finding, as the policy has them for its kind and length."""
    rule = policy.rules[finding.kind]
    return Tier.TELEMETRY if finding.expected else rule.tier, rule.severity_after(finding.seconds)


def could_not_watch(finding: Finding) -> bool:
    """Say whether a finding is about the picture rather than about the candidate."""
    return finding.kind in COULD_NOT_WATCH


def _single(finding: Finding, policy: Policy, baseline: Baseline | None) -> Incident:
    tier, severity = judged(finding, policy)
    sure = policy.sure(finding.kind, finding.picture, finding.confidence)
    return Incident(
        rule=finding.kind,
        first_seq=finding.first_seq,
        kind=finding.kind,
        start_s=finding.start_s,
        raised_s=finding.raised_s,
        tier=tier,
        severity=severity,
        confidence=sure.value,
        labels=sure.labels,
        findings=(finding,),
        baseline=baseline,
        policy_version=policy.version,
    )


def _with(incident: Incident, finding: Finding, policy: Policy) -> Incident:
    """Add a finding, or its newer state; tier and severity only ever rise, and the gravest kind gives the name."""
    others = tuple(one for one in incident.findings if (one.kind, one.first_seq) != (finding.kind, finding.first_seq))
    tier, severity = judged(finding, policy)
    grown = replace(incident, findings=(*others, finding), start_s=min(incident.start_s, finding.start_s))
    sure = policy.sure(finding.kind, finding.picture, finding.confidence)
    if _rank(tier, severity) > _weight(incident):
        return replace(grown, kind=finding.kind, tier=tier, severity=severity, confidence=sure.value, labels=sure.labels)
    return replace(grown, confidence=sure.value, labels=sure.labels) if finding.kind is incident.kind else grown


def _weight(incident: Incident) -> tuple[int, int]:
    return _rank(incident.tier, incident.severity)


def _kinds(incident: Incident) -> frozenset[Kind]:
    return frozenset(finding.kind for finding in incident.findings)


def _rank(tier: Tier, severity: Severity | None) -> tuple[int, int]:
    return TIER_ORDER.index(tier), severity or 0


def _quiet_since(incident: Incident) -> float:
    return max(float("inf") if finding.end_s is None else finding.end_s for finding in incident.findings)


def _continues(before: Incident, finding: Finding, within_s: float) -> bool:
    """Say whether a finding belongs to an incident that was already told of, by a former owner of this sitting."""
    if not any(one.kind is finding.kind for one in before.findings):
        return False
    return before.start_s <= finding.last_s and (before.end_s is None or finding.start_s <= before.end_s + within_s)


def _overlap(before: Finding, now: Finding) -> bool:
    """Say whether two findings are of one kind and share time; two owners of a sitting need not have looked at the same frames."""
    return before.kind is now.kind and before.start_s <= now.last_s and now.start_s <= before.last_s


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "first_seq": finding.first_seq,
        "start_s": finding.start_s,
        "raised_s": finding.raised_s,
        "end_s": finding.end_s,
        "last_s": finding.last_s,
        "peak": finding.peak,
        "peak_s": finding.peak_s,
        "threshold": finding.threshold,
        "confidence": finding.confidence,
        "picture": finding.picture.value,
        "trace": [list(point) for point in finding.trace],
        **({} if finding.lips is None else {"lips": finding.lips.value}),
        **({} if finding.away is None else {"away": list(finding.away)}),
        **({} if (place := finding.place) is None else {"place": [place.x, place.y, place.width, place.height]}),
        **({"expected": True} if finding.expected else {}),
    }


def _finding_of(given: dict[str, Any]) -> Finding:
    trace = tuple((float(at), float(value)) for at, value in given["trace"])
    if "lips" in given:
        given = {**given, "lips": Lips(given["lips"])}
    away = given.get("away")
    picture, place = Picture(given.get("picture", Picture.CLEAR)), box_of(given.get("place"))
    read = {"kind": Kind(given["kind"]), "picture": picture, "trace": trace, "place": place}
    return Finding(**{**given, **read, "away": None if away is None else (away[0], away[1], away[2])})
