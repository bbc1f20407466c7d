"""A recording, judged: the same check-in, the same eyes and the same watch as a live sitting, in one call."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proctoring.baseline import Baseline
from proctoring.incidents import Change, Incident, could_not_watch, judged
from proctoring.observations import Gaze, Head, Observation
from proctoring.policy import STANDARD, Policy
from proctoring.signals import Finding
from proctoring.sound import Heard
from proctoring.vision import video
from proctoring.vision.costs import profile
from proctoring.vision.decode import decode, decode_photograph
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats, Models, Pixels
from proctoring.vision.schedule import Schedule
from proctoring.vision.soundtrack import Soundtrack
from proctoring.watch import Totals, Watch

ENROL_FPS = 1 / 0.9
_ENROL_FRAMES = 8
Frames = Iterable[tuple[float, bytes | Pixels]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a recording came to. `enrolled` is the number of pictures the candidate was known by: without any, identity was not checked.

    `recognised` is how often the face was told to be theirs or not, `uncompared_s` the time in stretches of minutes without that.
    `spent` holds the CPU seconds of this thread, by stage, of each frame analysed.
    """

    incidents: tuple[Incident, ...]
    observations: tuple[Observation, ...]
    frames: int
    analysed: int
    spent: tuple[Mapping[str, float], ...]
    unobservable_s: Mapping[str, float]
    observable_s: float
    recognised: int = 0
    uncompared_s: float = 0.0
    models: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    enrolled: int = 0
    heard: Heard = field(default_factory=Heard)
    policy: Policy = field(default=STANDARD, repr=False)

    @property
    def cpu_ms_per_frame(self) -> float:
        """Return the mean CPU time of a frame, judgement included."""
        return round(1000 * sum(sum(frame.values()) for frame in self.spent) / max(1, self.analysed), 2)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return all findings of all incidents, in order."""
        return tuple(sorted((finding for incident in self.incidents for finding in incident.findings), key=lambda finding: finding.start_s))

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
            "cpu_ms_by_stage": profile(self.spent),
            "missing_models": list(self.missing),
            "enrolled_from": self.enrolled,
            "recognised": self.recognised,
            "uncompared_s": self.uncompared_s,
            "listened_s": round(self.heard.seconds - self.heard.muted_s, 3),
            "voice_s": round(self.heard.voice_s, 3),
        }

    def _entry(self, incident: Incident, finding: Finding) -> dict[str, Any]:
        tier, severity = judged(finding, self.policy)
        sure = self.policy.sure(finding.kind, finding.picture, finding.confidence)
        return {
            "kind": finding.kind.value,
            "start_s": round(finding.start_s, 3),
            "end_s": round(finding.last_s if finding.end_s is None else finding.end_s, 3),
            "raised_s": round(finding.raised_s, 3),
            "severity": None if could_not_watch(finding) or severity is None else severity.word,
            "tier": tier.value,
            "confidence": sure.value,
            "labels": sure.labels,
            "incident": f"{incident.rule.value}-{incident.first_seq}",
            **({} if finding.lips is None else {"lips": finding.lips.value}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """What check-in leaves behind: descriptions of the candidate's face, and where they look when at work."""

    faces: Sequence[Floats] = ()
    baseline: Baseline | None = None


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
    known = check_in(networks, video.read(recording, fps=ENROL_FPS), reference, enrol_s)
    judged = judge(networks, video.read(recording, fps=fps), known, policy, schedule, Soundtrack(recording, models))
    return replace(judged, frames=video.count(recording), models=models.sha256, missing=models.missing)


def judge(
    networks: Networks,
    frames: Frames,
    known: CheckedIn,
    policy: Policy = STANDARD,
    schedule: Schedule | None = None,
    sound: Soundtrack | None = None,
) -> Analysis:
    """Look at frames in order, as a worker does, and judge what was seen and heard; which models see is for the caller to say."""
    eyes, watch = Eyes(networks, enrolled=known.faces, schedule=schedule), Watch(policy, baseline=known.baseline)
    seen, spent = list[Observation](), list[Mapping[str, float]]()
    for seq, (at, picture) in enumerate(frames):
        pieces = sound.until(at) if sound is not None else []
        began = time.thread_time()
        observation = eyes.look(picture, at, seq)
        if sound is not None:
            with eyes.costs.of("sound"):
                observation = replace(observation, voice=sound.hear(pieces))
            eyes.listen(observation.voice)
        seen.append(observation)
        with eyes.costs.of("watch"):
            watch.receive(observation)
        stages = eyes.costs.taken()
        spent.append({**stages, "rest": max(0.0, time.thread_time() - began - sum(stages.values()))})
    watch.end()
    totals = watch.totals()
    return Analysis(
        incidents=tuple(change.incident for change in watch.incidents() if change.change is Change.CLOSED),
        observations=tuple(seen),
        frames=len(seen),
        analysed=len(seen),
        spent=tuple(spent),
        unobservable_s=totals.unobservable_s,
        observable_s=totals.observable_s,
        recognised=totals.recognised,
        uncompared_s=_uncompared(totals, seen[-1].at if seen else 0.0),
        enrolled=len(known.faces),
        heard=sound.heard if sound is not None else Heard(),
        policy=policy,
    )


def _uncompared(totals: Totals, end_s: float) -> float:
    since_s = totals.unrecognised_since_s
    return round(totals.unrecognised_s + (end_s - since_s if since_s is not None else 0.0), 3)


def check_in(networks: Networks, frames: Frames, reference: bytes | None = None, enrol_s: tuple[float, float] | None = None) -> CheckedIn:
    """Do what check-in does live: describe the candidate and, from a stretch that is given for it, learn where they look."""
    eyes = Eyes(networks)
    known = [one for one in [eyes.enrol(decode_photograph(reference))] if one is not None] if reference is not None else []
    if reference is not None and enrol_s is None:
        return CheckedIn(faces=known)
    start, end = enrol_s if enrol_s is not None else (0.0, float("inf"))
    looks: list[tuple[Head, Gaze]] = []
    for seq, (at, frame) in enumerate(frames):
        if at > end or (enrol_s is None and len(known) >= _ENROL_FRAMES):
            break
        if at < start:
            continue
        picture = decode(frame) if isinstance(frame, bytes) else frame
        seen = eyes.look(picture, at, seq)
        if seen.head is not None and seen.gaze is not None:
            looks.append((seen.head, seen.gaze))
        if len(known) < _ENROL_FRAMES and (face := eyes.enrol(picture)) is not None:
            known.append(face)
    learnt = enrol_s is not None and len(looks) >= _ENROL_FRAMES
    return CheckedIn(faces=known, baseline=Baseline.of(looks, end - start) if learnt else None)
