"""Every recording under every variant, judged as if it had been sent so: what is not seen any more, and who would be accused wrongly.

Frames go through the page's JPEG. Clean stretches say what is missed and how far the candidate's face seems from itself; the whole
recording says which hard events are still found and what is a false alert.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from proctoring.evaluation import Session, evaluate, hard, p95
from proctoring.observations import Observation
from proctoring.policy import Kind
from proctoring.vision import video
from proctoring.vision.analyse import ENROL_FPS, CheckedIn, check_in, judge
from proctoring.vision.demo_footage import jpeg
from proctoring.vision.evaluate import Recorded, as_session
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels
from proctoring.vision.variants import VARIANTS, Change, Variant, meshes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variant over all recordings. Shares are of clean frames; `distances` are from the candidate's own enrolled face."""

    variant: str
    frames: int
    face_missed: float
    unobservable: float
    distances: tuple[float, ...] = field(repr=False)
    found: int
    missed: tuple[Kind, ...]
    false_alerts: tuple[Kind, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        each = self.distances
        return {
            "variant": self.variant,
            "clean_frames": self.frames,
            "face_missed_share": round(self.face_missed, 4),
            "unobservable_share": round(self.unobservable, 4),
            "identity_distance": {"n": len(each), "median": round(median(each), 3) if each else None, "p95": p95(each)},
            "hard_events": {"found": self.found, "total": self.found + len(self.missed), "missed": [kind.value for kind in self.missed]},
            "false_alerts": [kind.value for kind in self.false_alerts],
        }


def sweep(
    found: Sequence[Recorded],
    networks: Networks,
    variants: Sequence[Variant] = tuple(VARIANTS.values()),
    *,
    fps: float = 1.0,
    told: Callable[[str], None] = lambda name: None,
) -> list[Row]:
    """Judge the recordings under each variant; `told` hears which is next."""
    plain = {one.name: _checked_in(networks, one, ()) for one in found}
    rows = []
    for variant in variants:
        told(variant.name)
        sessions: list[Session] = []
        clean: list[Observation] = []
        for one in found:
            known = _checked_in(networks, one, variant.always) if variant.always else plain[one.name]
            frames = ((at, jpeg(picture)) for at, picture in _altered(networks, one.file, (*variant.always, *variant.later), fps))
            analysis = judge(networks, frames, known)
            sessions.append(as_session(one, analysis))
            clean += [seen for seen in analysis.observations if one.truth.is_clean(seen.at)]
        rows.append(_row(variant.name, sessions, clean))
    return rows


def _checked_in(networks: Networks, one: Recorded, changes: Sequence[Change]) -> CheckedIn:
    return check_in(networks, _altered(networks, one.file, changes, ENROL_FPS), enrol_s=one.truth.enrol_s)


def _altered(networks: Networks, file: Path, changes: Sequence[Change], fps: float) -> Iterator[tuple[float, Pixels]]:
    """Yield a recording's pictures changed; where the faces are is read from the picture as recorded."""
    for at, picture in video.read(file, fps=fps):
        faces = meshes(networks, picture) if changes else []
        for change in changes:
            picture = change(picture, faces)
        yield at, picture


def _row(name: str, sessions: Sequence[Session], clean: Sequence[Observation]) -> Row:
    evaluation = evaluate(sessions)
    events = hard(evaluation)
    return Row(
        variant=name,
        frames=len(clean),
        face_missed=sum(seen.face is None for seen in clean) / max(1, len(clean)),
        unobservable=sum(not seen.observable for seen in clean) / max(1, len(clean)),
        distances=tuple(sorted(seen.identity for seen in clean if seen.identity is not None)),
        found=sum(one.found for one in events),
        missed=tuple(one.event.kind for one in events if not one.found),
        false_alerts=tuple(alert.kind for alert in evaluation.false_alerts),
    )
