"""A recording, judged: the same eyes and the same watch as a live sitting, in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proctoring.baseline import Baseline
from proctoring.incidents import Change, Incident, could_not_watch, judged
from proctoring.observations import Gaze, Head, Observation
from proctoring.policy import STANDARD, Policy
from proctoring.signals import Finding
from proctoring.vision import video
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks, Schedule
from proctoring.vision.models import Floats, Models
from proctoring.watch import Watch

_ENROL_FRAMES = 8
_ENROL_STEP_S = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a recording came to. `enrolled` is the number of pictures the candidate was known by: without any, identity was not checked."""

    incidents: tuple[Incident, ...]
    observations: tuple[Observation, ...]
    frames: int
    analysed: int
    cpu_ms_per_frame: float
    costs: Mapping[str, Mapping[str, float]]
    unobservable_s: Mapping[str, float]
    observable_s: float
    models: Mapping[str, str]
    missing: tuple[str, ...]
    enrolled: int
    policy: Policy = field(default=STANDARD, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the public format of `proctor analyse --json`: one entry for each finding."""
        found = [(incident, finding) for incident in self.incidents for finding in incident.findings]
        return {
            "incidents": [self._entry(incident, finding) for incident, finding in sorted(found, key=lambda pair: pair[1].start_s)],
            "frames": self.frames,
            "analysed": self.analysed,
            "cpu_ms_per_frame": self.cpu_ms_per_frame,
            "unobservable_s": round(sum(self.unobservable_s.values()), 3),
            "models": dict(self.models),
            "observable_s": self.observable_s,
            "unobservable_by_reason": dict(self.unobservable_s),
            "cpu_ms_by_stage": {stage: dict(cost) for stage, cost in self.costs.items()},
            "missing_models": list(self.missing),
            "enrolled_from": self.enrolled,
            "recognised": sum(one.identity is not None for one in self.observations),
        }

    def _entry(self, incident: Incident, finding: Finding) -> dict[str, Any]:
        tier, severity = judged(finding, self.policy)
        return {
            "kind": finding.kind.value,
            "start_s": round(finding.start_s, 3),
            "end_s": round(finding.last_s if finding.end_s is None else finding.end_s, 3),
            "raised_s": round(finding.raised_s, 3),
            "severity": None if could_not_watch(finding) or severity is None else severity.word,
            "tier": tier.value,
            "confidence": finding.confidence,
            "incident": f"{incident.rule.value}-{incident.first_seq}",
        }


def analyse(
    recording: Path,
    models: Models,
    policy: Policy = STANDARD,
    *,
    reference: bytes | None = None,
    enrol_s: tuple[float, float] | None = None,
    fps: float = 2.0,
    schedule: Schedule | None = None,
) -> Analysis:
    """Judge a recording at `fps`. The candidate is known from `reference`, from the stretch `enrol_s`, or from the first good seconds."""
    networks = Networks(models)
    enrolled, baseline = _check_in(networks, recording, reference, enrol_s)
    eyes, watch = Eyes(networks, enrolled=enrolled, schedule=schedule), Watch(policy, baseline=baseline)
    seen: list[Observation] = []
    for seq, (at, picture) in enumerate(video.read(recording, fps=fps)):
        seen.append(eyes.look(picture, at, seq))
        watch.receive(seen[-1])
    watch.end()
    closed = tuple(change.incident for change in watch.incidents() if change.change is Change.CLOSED)
    totals = watch.totals()
    return Analysis(
        incidents=closed,
        observations=tuple(seen),
        frames=video.count(recording),
        analysed=len(seen),
        cpu_ms_per_frame=eyes.costs.per_frame_ms(),
        costs=eyes.costs.table(),
        unobservable_s=totals.unobservable_s,
        observable_s=totals.observable_s,
        models=models.sha256,
        missing=models.missing,
        enrolled=len(enrolled),
        policy=policy,
    )


def _check_in(
    networks: Networks, recording: Path, reference: bytes | None, enrol_s: tuple[float, float] | None
) -> tuple[Sequence[Floats], Baseline | None]:
    """Do what check-in does live: describe the candidate and, from a stretch that is given for it, learn where they look."""
    eyes = Eyes(networks)
    known = [one for one in [eyes.enrol(decode(reference))] if one is not None] if reference is not None else []
    if reference is not None and enrol_s is None:
        return known, None
    start, end = enrol_s if enrol_s is not None else (0.0, float("inf"))
    looks: list[tuple[Head, Gaze]] = []
    for seq, (at, picture) in enumerate(video.read(recording, fps=1 / _ENROL_STEP_S)):
        if at > end or (enrol_s is None and len(known) >= _ENROL_FRAMES):
            break
        if at < start:
            continue
        seen = eyes.look(picture, at, seq)
        if seen.head is not None and seen.gaze is not None:
            looks.append((seen.head, seen.gaze))
        if len(known) < _ENROL_FRAMES and (face := eyes.enrol(picture)) is not None:
            known.append(face)
    return known, Baseline.of(looks, end - start) if enrol_s is not None and len(looks) >= _ENROL_FRAMES else None
