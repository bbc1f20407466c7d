"""The eyes on one candidate: a frame in, an Observation out.

Every frame is checked and the followed face is read; the dearer looks (everybody's faces, identity, objects) come by a schedule and
whenever something changed. Networks are shared between candidates; what is remembered about one candidate lives here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from proctoring.observations import Box, Gaze, Head, Observation, Reason, Thing, ThingName
from proctoring.vision import faces, identity, models, pose, quality
from proctoring.vision.costs import Costs
from proctoring.vision.decode import decode
from proctoring.vision.faces import Detector, Mesh, MeshReader
from proctoring.vision.gaze import GazeReader
from proctoring.vision.identity import IdentityReader
from proctoring.vision.models import Floats, Models, Pixels
from proctoring.vision.objects import ObjectReader
from proctoring.vision.quality import Scene, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often the dearer looks come, in seconds; a change in the picture brings them forward."""

    count_s: float = 2.0
    identity_s: float = 12.0
    objects_s: float = 4.0
    absence_s: float = 1.9  # how often an empty place is searched for a person
    least_s: float = 0.9
    suspect_looks: int = 6  # looks in a row that a suspect gets; then it is looked at as often as everything else
    break_s: float = 3.0
    changed: float = 0.06  # share of the picture that moved: somebody or something may have come,
    unusual: float = 1.8  # if it is so many times what this candidate's picture usually moves
    exchanged: float = 0.2  # and the share that a person exchanged between two frames makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The candidate's face in one frame, with what makes it good or bad to recognise."""

    mesh: Mesh
    head: Head
    box: Box


class Networks:
    """The readers over one set of models; made once in a process, used for every candidate in turn."""

    def __init__(self, loaded: Models) -> None:
        has = loaded.networks
        self.near = Detector.near(loaded.need(models.FACE_NEAR))
        self.mesh = MeshReader(loaded.need(models.FACE_MESH))
        self.far = Detector.far(has[models.FACE_FAR]) if models.FACE_FAR in has else None
        self.gaze = GazeReader(has[models.IRIS]) if models.IRIS in has else None
        self.identity = IdentityReader(has[models.IDENTITY]) if models.IDENTITY in has else None
        self.objects = ObjectReader(has[models.OBJECTS]) if models.OBJECTS in has else None


class Eyes:
    """One candidate's eyes: fed with frames in order, they answer what was seen."""

    def __init__(self, networks: Networks, *, enrolled: Iterable[Sequence[float] | Floats] = (), schedule: Schedule | None = None) -> None:
        self._nets, self._plan = networks, schedule or Schedule()
        self.enrolled = tuple(np.asarray(one, np.float32) for one in enrolled)
        self.costs = Costs()
        self._scene = Scene()
        self._view: View | None = None
        self._moved = self._usually_moved = 0.0
        self._stirred = True
        self._track: Mesh | None = None
        self._at: float | None = None
        self._seen_at = self._counted_at = self._identified_at = self._objects_at = -1e9
        self._recognise = 3
        self._crowd = self._glimpsed = False
        self._suspect_looks = 0
        self._people = 0

    def look(self, frame: bytes | Pixels, at: float, seq: int) -> Observation:
        """Return what is in this frame; bytes that are no fair picture raise BadFrame or TooLarge and change nothing."""
        with self.costs.of("decode"):
            picture = decode(frame) if isinstance(frame, bytes) else frame
        self.costs.frames += 1
        with self.costs.of("quality"):
            view = quality.view(picture)
            self._notice(view)
        if self._at is not None and at - self._at > self._plan.break_s:
            self._broken()
        self._at = at
        if quality.covered(view, self._scene):
            self._broken()
            return Observation(at=at, seq=seq, reason=Reason.COVERED, quality=view.quality)
        seen = self._follow(picture)
        return self._with_face(picture, seen, at, seq) if seen else self._without_face(picture, view, at, seq)

    def enrol(self, picture: Pixels) -> Floats | None:
        """Return the description of the one face in a picture, or None when it shows none, or none well enough; remembers nothing."""
        if self._nets.identity is None:
            return None
        found = self._nets.near.find(picture, least=0.5) or (self._nets.far.find(picture, least=0.6) if self._nets.far else [])
        mesh = self._nets.mesh.read(picture, found[0].region()) if found else None
        if mesh is None or not mesh.fits(found[0]) or not self._good(picture, self._seen(picture, mesh)):
            return None
        return self._nets.identity.describe(picture, mesh.points)

    def _notice(self, view: View) -> None:
        """Say whether the picture moved more than it usually does: somebody who fidgets is not looked at more often for it."""
        self._moved = quality.changed(self._view, view) if self._view is not None else 1.0
        self._stirred = self._moved > max(self._plan.changed, self._plan.unusual * self._usually_moved)
        self._usually_moved = 0.0 if self._view is None else 0.85 * self._usually_moved + 0.15 * min(self._moved, 0.5)
        self._view = view

    def _broken(self) -> None:
        """Nobody vouches any more that the next face is the one before."""
        self._track = None
        self._recognise = 3

    def _follow(self, picture: Pixels) -> Seen | None:
        """Read the mesh where the face was, else where a detector finds it."""
        before = self._track
        exchanged = self._moved > self._plan.exchanged
        mesh = self._again(picture, before) if before is not None else None
        if mesh is None or mesh.score < faces.CERTAIN or exchanged:
            mesh = self._start(picture) or mesh
        if mesh is None:
            if before is not None:
                self._broken()
            return None
        if before is None or _jumped(before, mesh) or exchanged:
            self._recognise = 3
        self._track = mesh
        return self._seen(picture, mesh)

    def _again(self, picture: Pixels, before: Mesh) -> Mesh | None:
        """Read the mesh at the place where the face was, if it still is there."""
        with self.costs.of("mesh"):
            mesh = self._nets.mesh.read(picture, before.region())
        return mesh if mesh.score >= faces.PRESENT and not _lost(before, mesh) else None

    def _start(self, picture: Pixels) -> Mesh | None:
        with self.costs.of("near"):
            found = self._nets.near.find(picture, least=0.5)
        if not found and self._nets.far is not None:
            with self.costs.of("far"):
                found = self._nets.far.find(picture, least=0.6)
        self._glimpsed = bool(found)
        for detection in sorted(found, key=lambda d: -d.height)[:3]:
            with self.costs.of("mesh"):
                mesh = self._nets.mesh.read(picture, detection.region())
            if mesh.fits(detection):
                return mesh
        return None

    def _with_face(self, picture: Pixels, seen: Seen, at: float, seq: int) -> Observation:
        assert self._view is not None
        self._seen_at = at
        self._scene.learn(self._view, seen.box)
        count = self._count(picture, seen.mesh, at)
        things = self._things(picture, at, every_s=self._plan.objects_s)
        people = sum(thing.name is ThingName.PERSON for thing in things) if things is not None else None
        return Observation(
            at=at,
            seq=seq,
            faces=count,
            people=people,
            face=seen.box,
            head=seen.head,
            gaze=self._gaze(picture, seen),
            identity=self._identity(picture, seen, at),
            objects=None if things is None else tuple(thing for thing in things if thing.name is not ThingName.PERSON),
            quality=self._view.quality,
        )

    def _without_face(self, picture: Pixels, view: View, at: float, seq: int) -> Observation:
        """Say why there is no face: a bad picture, a person whose face is not seen, or really nobody."""
        reason = quality.why_no_face(view)
        if reason is not None:
            return Observation(at=at, seq=seq, reason=reason, faces=0, quality=view.quality)
        things = self._things(picture, at, every_s=self._plan.absence_s)
        if things is not None:
            self._people = sum(thing.name is ThingName.PERSON for thing in things)
        # Without the object network nobody can say that nobody is there.
        people = self._people if self._nets.objects is not None else None
        if people == 0 and (self._glimpsed or self._scene.body_still_there(view)):
            people = None
        return Observation(
            at=at,
            seq=seq,
            reason=None if people == 0 else Reason.FACE_NOT_SEEN,
            faces=0,
            people=people,
            objects=None if things is None else tuple(thing for thing in things if thing.name is not ThingName.PERSON),
            quality=view.quality,
        )

    def _count(self, picture: Pixels, mine: Mesh, at: float) -> int | None:
        """Count faces when it is time, when something moved, and on every frame while there is more than one."""
        due = self._crowd or self._stirred or at - self._counted_at >= self._plan.count_s
        if self._nets.far is None or not due:
            return None
        self._counted_at = at
        with self.costs.of("far"):
            others = [d for d in self._nets.far.find(picture, least=0.6) if faces.overlap(d.box, mine.box) < 0.3]
        with self.costs.of("mesh"):
            real = [d for d in others if self._nets.mesh.read(picture, d.region()).fits(d)]
        if self._crowd and not real:
            self._recognise = 3  # one of them has gone: which?
        self._crowd = bool(real)
        return 1 + len(real)

    def _gaze(self, picture: Pixels, seen: Seen) -> Gaze | None:
        if self._nets.gaze is None:
            return None
        with self.costs.of("iris"):
            return self._nets.gaze.read(picture, seen.mesh.points, seen.head)

    def _identity(self, picture: Pixels, seen: Seen, at: float) -> float | None:
        """Compare with the enrolled face when it is time, three times after any doubt; never in a crowd, never a face seen badly."""
        due = self._recognise > 0 or at - self._identified_at >= self._plan.identity_s
        if self._nets.identity is None or not self.enrolled or not due or self._crowd or not self._good(picture, seen):
            return None
        with self.costs.of("identity"):
            found = identity.distance(self._nets.identity.describe(picture, seen.mesh.points), self.enrolled)
        self._identified_at = at
        self._recognise = 3 if found > identity.DOUBT else max(0, self._recognise - 1)
        return found

    def _things(self, picture: Pixels, at: float, *, every_s: float) -> tuple[Thing, ...] | None:
        eager = self._stirred or 0 < self._suspect_looks < self._plan.suspect_looks
        if self._nets.objects is None or at - self._objects_at < (self._plan.least_s if eager else every_s):
            return None
        self._objects_at = at
        with self.costs.of("objects"):
            things = self._nets.objects.find(picture)
        with self.costs.of("objects_closer"):
            things, suspect = self._nets.objects.closer(picture, things)
        self._suspect_looks = self._suspect_looks + 1 if suspect else 0
        return things

    def _seen(self, picture: Pixels, mesh: Mesh) -> Seen:
        height, width = picture.shape[:2]
        left, top, right, bottom = mesh.box
        return Seen(mesh=mesh, head=pose.head(mesh.points), box=Box.between(left / width, top / height, right / width, bottom / height))

    def _good(self, picture: Pixels, seen: Seen) -> bool:
        """Say whether a face can fairly be recognised: towards us, large, lit and uncovered."""
        turned = abs(seen.head.yaw) > identity.MOST_YAW or abs(seen.head.pitch) > identity.MOST_PITCH
        left, top, right, bottom = seen.mesh.box
        height, width = picture.shape[:2]
        cropped = min(left, top) < 0 or right > width or bottom > height
        if seen.mesh.score < faces.CERTAIN or turned or cropped or min(right - left, bottom - top) < identity.LEAST_SIDE:
            return False
        return identity.readable(identity.chip(picture, seen.mesh.points))


def _lost(before: Mesh, now: Mesh) -> bool:
    """A face does not double or halve in a frame; a mesh that does has slid off."""
    ratio = _side(now) / max(_side(before), 1e-6)
    return not 0.5 < ratio < 2.0


def _jumped(before: Mesh, now: Mesh) -> bool:
    return float(np.linalg.norm(_centre(now) - _centre(before))) > 0.8 * _side(before)


def _centre(mesh: Mesh) -> Floats:
    left, top, right, bottom = mesh.box
    return np.array([(left + right) / 2, (top + bottom) / 2], np.float32)


def _side(mesh: Mesh) -> float:
    left, top, right, bottom = mesh.box
    return max(right - left, bottom - top)
