"""A folder of recordings beside their truth, looked at and judged: NAME.mp4 with NAME.timeline.json.

All timelines are read before the first picture is. What counts as found or false is proctoring/evaluation.py's to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessment_engine.kernel.errors import NotFound, UnreadableFile
from proctoring.evaluation import Session
from proctoring.policy import STANDARD, Policy
from proctoring.truth import Timeline
from proctoring.vision import video
from proctoring.vision.analyse import Analysis, analyse
from proctoring.vision.models import Models

_TRUTH = ".timeline.json"
_SHORTER_S = 2.0  # a recording may end so much before its timeline does


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recording with its truth."""

    file: Path
    truth: Timeline

    @property
    def name(self) -> str:
        """Return the name without the ending."""
        return self.file.stem


def recordings(folder: Path) -> list[Recorded]:
    """Return every recording of a folder with its truth; one without the other, or none at all, raises NotFound."""
    names = sorted({file.stem for file in folder.glob("*.mp4")} | {file.name.removesuffix(_TRUTH) for file in folder.glob(f"*{_TRUTH}")})
    if not names:
        raise NotFound(f"{folder} holds no recording (NAME.mp4 with NAME.timeline.json)")
    for file in (folder / f"{name}{ending}" for name in names for ending in (".mp4", _TRUTH)):
        if not file.is_file():
            raise NotFound(f"there is no {file.name}: a recording and its timeline belong together", file=file.name)
    found = [Recorded(file=folder / f"{name}.mp4", truth=Timeline.read(folder / f"{name}{_TRUTH}")) for name in names]
    for one in found:
        video.count(one.file)
    return found


def looked_at(
    found: list[Recorded], models: Models, policy: Policy = STANDARD, *, fps: float = 2.0, told: Callable[[str], None] = lambda name: None
) -> list[tuple[Session, Analysis]]:
    """Analyse every recording, enrolling from the stretch that its timeline names; `told` hears which is next."""
    seen = []
    for one in found:
        told(one.name)
        analysis = analyse(one.file, models, policy, enrol_s=one.truth.enrol_s, fps=fps)
        seen.append((as_session(one, analysis), analysis))
    return seen


def as_session(one: Recorded, analysis: Analysis) -> Session:
    """Return what the evaluation needs; a recording that ends long before its timeline raises UnreadableFile."""
    last_s = analysis.observations[-1].at if analysis.observations else 0.0
    if last_s < one.truth.end_s - _SHORTER_S:
        raise UnreadableFile(f"{one.file.name} ends at {last_s:.1f} s, its timeline at {one.truth.end_s:.1f} s", file=one.file.name)
    unwatched_s = sum(analysis.unobservable_s.values())
    return Session(name=one.name, truth=one.truth, findings=analysis.findings, could_not_watch_s=unwatched_s)
