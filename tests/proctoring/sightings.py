"""Observations in the fewest words: what a test is about, and nothing else."""

from collections.abc import Iterable, Sequence

from proctoring.incidents import Change, Incident
from proctoring.observations import Box, Gaze, Head, Observation, Reason, Thing, ThingName
from proctoring.policy import Kind
from proctoring.watch import Watch

FACE = Box(x=0.4, y=0.3, width=0.2, height=0.25)
IN_HAND = Box(x=0.6, y=0.6, width=0.1, height=0.15)


def present(at: float, *, fps: float = 1, faces: int = 1, yaw: float = 0.0, identity: float | None = None) -> Observation:
    """The candidate at work, looking `yaw` degrees to the side."""
    return Observation(
        at=at,
        seq=round(at * fps),
        faces=faces,
        face=FACE,
        head=Head(yaw=yaw, pitch=0, roll=0),
        gaze=Gaze(across=yaw, up=0),
        identity=identity,
    )


def empty(at: float, *, fps: float = 1, people: int | None = 0) -> Observation:
    """No face; `people` bodies in the picture."""
    return Observation(at=at, seq=round(at * fps), reason=None if people == 0 else Reason.FACE_NOT_SEEN, faces=0, people=people)


def unseen(at: float, reason: Reason, *, fps: float = 1) -> Observation:
    """A picture that cannot be seen into."""
    return Observation(at=at, seq=round(at * fps), reason=reason)


def with_thing(at: float, name: str = "phone", *, score: float = 0.9, box: Box = IN_HAND, fps: float = 1) -> Observation:
    """The candidate with one thing."""
    return Observation(at=at, seq=round(at * fps), faces=1, face=FACE, objects=(Thing(name=ThingName(name), score=score, box=box),))


def without_things(at: float, *, fps: float = 1) -> Observation:
    """The candidate, looked at for things, with none."""
    return Observation(at=at, seq=round(at * fps), faces=1, face=FACE, objects=())


def watched(observations: Iterable[Observation], watch: Watch | None = None) -> Watch:
    """A watch that has received them all."""
    watch = watch or Watch()
    for observation in observations:
        watch.receive(observation)
    return watch


def closed(observations: Iterable[Observation], watch: Watch | None = None) -> list[Incident]:
    """What came of them, once the sitting is over."""
    watch = watched(observations, watch)
    watch.end()
    return [change.incident for change in watch.incidents() if change.change is Change.CLOSED]


def kinds(incidents: Sequence[Incident]) -> list[Kind]:
    """Every finding's kind, in order of incidents."""
    return [finding.kind for incident in incidents for finding in incident.findings]
