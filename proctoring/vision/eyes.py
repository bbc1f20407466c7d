"""The eyes on one candidate: a frame in, an Observation out.

A cascade: the picture is measured small; while the face is calm its last reading stands, for less than eight seconds, and only its eyes
are followed or read; else the face is read. The dearer looks (everybody's faces, identity, things) come by a schedule and when something
changed. Networks are shared between candidates; what is remembered about one candidate lives here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from proctoring.observations import Box, Head, Observation, Reason, Thing, ThingName
from proctoring.vision import exchange, faces, identity, models, pose, quality
from proctoring.vision.attention import Attention
from proctoring.vision.beside import SAME, Beside
from proctoring.vision.calm import Portrait
from proctoring.vision.companions import Companions, company
from proctoring.vision.costs import Costs
from proctoring.vision.counting import Counting
from proctoring.vision.exchange import Looks
from proctoring.vision.faces import Detection, Detector, Mesh, MeshReader
from proctoring.vision.figures import Figures, people_in
from proctoring.vision.frame import Frame, Reading, Seen, seen_in
from proctoring.vision.gaze import GazeKeeper, GazeReader
from proctoring.vision.identity import IdentityReader
from proctoring.vision.models import Floats, Models, OnnxNetwork, Pixels
from proctoring.vision.objects import CLOSER_FROM, WHOLE, ObjectReader, closer_part
from proctoring.vision.quality import Scene, View
from proctoring.vision.schedule import Schedule

_SURELY = 0.35  # distance at which one look tells: other people are at least .62 away (identity.py)
_OFTEN = 4
_BESIDE = 0.45  # score from which a face beside the candidate's is read, under a turban or a beard too; whether it is one, the mesh says


class Networks:
    """The readers over one set of models; made once in a process, used for every candidate in turn."""

    def __init__(self, loaded: Models) -> None:
        has = loaded.networks
        self.near = Detector.near(loaded.need(models.FACE_NEAR))
        self.mesh = MeshReader(loaded.need(models.FACE_MESH))
        self.far = Detector.far(has[models.FACE_FAR]) if models.FACE_FAR in has else None
        self.gaze = GazeReader(has[models.IRIS]) if models.IRIS in has else None
        self.identity = IdentityReader(has[models.IDENTITY]) if models.IDENTITY in has else None
        things = has.get(models.OBJECTS)
        self.objects = ObjectReader(things) if isinstance(things, OnnxNetwork) else None
        voice = has.get(models.VOICE)
        self.voice = voice if isinstance(voice, models.Voice) else None  # not for eyes: hearing.py's

    def faces(self, picture: Pixels) -> list[Detection]:
        """Return the faces of a picture that nothing is known of, surest first: near ones, else those further off."""
        return self.near.find(picture, least=0.5) or (self.far.find(picture, least=0.6) if self.far else [])


class Eyes:
    """One candidate's eyes: fed with frames in order, they answer what was seen."""

    def __init__(self, networks: Networks, *, enrolled: Iterable[Sequence[float] | Floats] = (), schedule: Schedule | None = None) -> None:
        self._nets, self._plan = networks, schedule or Schedule()
        self.enrolled = tuple(one for one in (np.asarray(each, np.float32) for each in enrolled) if one.size and np.isfinite(one).all())
        self.companions: Companions | None = None  # who is expected beside the candidate
        self.costs = Costs()
        self._gaze = GazeKeeper(networks.gaze, self.costs) if networks.gaze is not None else None
        self._attention = Attention(self._plan.things)
        self._scene = Scene()
        self._view: View | None = None
        self._read: Reading | None = None
        self._counting = Counting(self._plan.counting)
        self._moved = 0.0
        self._usual_pitch: float | None = None
        self._track: Mesh | None = None
        self._looks = Looks()
        self._width = self._small = 0  # of the picture that the track is of, and of the last one made small
        self._at: float | None = None
        self._identified_at = -1e9
        self._recognise, self._strange, self._alike = 3, False, 0
        self._crowd = self._glimpsed = self._rare = self._speaks = self._visited = False
        self._people = 0
        self._figures = Figures()
        self._place: Box | None = None  # of the last face
        self._beside = Beside()
        self._novel: Box | None = None  # what was new in the frame before
        self._newly = False  # and not in the one before that: looked at larger, whether or not faces are to be counted
        self._stirs = False  # the last frame was read anew, so that this one is likely to be, and is decoded whole at once

    def look(self, frame: bytes | Pixels, at: float, seq: int) -> Observation:
        """Return what is in this frame; bytes that are no fair picture raise BadFrame or TooLarge and change nothing."""
        given = Frame(frame, self.costs, whole=self._stirs or not self._may_stand(at))
        with self.costs.of("quality"):
            view = quality.view(given.small)
            covered = quality.covered(view, self._scene)
        if given.small.shape[1] != self._small:
            self._small, self._read = given.small.shape[1], None  # read in other pixels
        self._moved = quality.changed(self._view, view) if self._view is not None else 1.0
        self._view = view
        if self._at is not None and at - self._at > self._plan.break_s:
            self._broken()
        self._rare = self._at is not None and at - self._at > self._plan.rare_s
        self._at = at
        if covered:
            self._broken()
            return Observation(at=at, seq=seq, reason=Reason.COVERED, quality=view.quality)
        read = self._standing(given, view, at) if self._may_stand(at) else None
        self._stirs = read is None
        return self._kept(given, view, read, seq, at) if read is not None else self._anew(given, view, at, seq)

    def listen(self, voice: float | None) -> None:
        """Take in how much of the time held a voice, if it is known: while somebody speaks the lips are read in every frame."""
        self._speaks = self._speaks if voice is None else voice > 0

    @property
    def view(self) -> View | None:
        """Return the last frame, made small."""
        return self._view

    def _may_stand(self, at: float) -> bool:
        """Say whether the last reading is young enough to stand, and no more looks at who it is are wanted.

        A face that could not be compared when it was read (small, turned, veiled) could not be while it looks the same. A picture without
        a face stands once it is known that nobody is there, and is searched until then.
        """
        read = self._read
        if read is None or self._crowd or self._speaks or (self._recognise > 0 and read.found.identity is not None):
            return False
        if read.portrait is None and read.seen is None and read.found.people != 0:
            return False
        longest_s = self._plan.calm_s if read.portrait is not None and not self._identity_is_due(at) else self._plan.still_s
        return 0 <= at - read.found.at < longest_s

    def _standing(self, given: Frame, view: View, at: float) -> Reading | None:
        """Return the last reading when nothing has stirred for a moment or the face is calm; its eyes are followed, or they alone read."""
        read = self._read
        assert read is not None
        moved = (0.0, 0.0) if at - read.found.at < self._plan.still_s and quality.still(read.view, view) else None
        if moved is None and read.portrait is not None:
            with self.costs.of("calm"):
                moved = read.portrait.calm(given.small)
        if moved is None or read.portrait is None or read.seen is None or self._gaze is None:
            return read if moved is not None else None
        mesh, head = read.seen.mesh.moved(*(each / read.scale for each in moved)), read.seen.head
        if not self._gaze.follow(given.small, mesh.scaled(read.scale).points, head):
            if not self._gaze.sees_both(head):
                return None
            self._gaze.read(given, mesh.scaled(given.whole.shape[1] / self._width).points, head, at)
            if self._gaze.doubtful:
                return None
        self._track = mesh
        return read

    def _kept(self, given: Frame, view: View, read: Reading, seq: int, at: float) -> Observation:
        """Let a reading of the face stand; what is beside it is looked at all the same."""
        if read.seen is None:
            return replace(read.found, at=at, seq=seq, identity=None, objects=None, quality=view.quality)
        count = self._count(given, read.seen, at)
        things, people = self._things(given, read.seen, at)
        self._scene.learn(view, read.seen.box)
        was = read.found
        eyes = self._gaze.of(read.seen.head) if self._gaze is not None and read.portrait is not None else None
        return replace(
            was, at=at, seq=seq, faces=count, people=people, gaze=eyes, eyes_open=None, identity=None, objects=things, quality=view.quality
        )

    def _anew(self, given: Frame, view: View, at: float, seq: int) -> Observation:
        seen = self._follow(given.whole)
        if seen is not None and self._looks.strange(view, seen.box):
            self._recognise = 3
            if self._gaze is not None:
                self._gaze.forget()  # these may be other eyes
        found = self._with_face(given, seen, at, seq) if seen else self._without_face(given, view, at, seq)
        well = seen is not None and found.reason is None
        portrait = (
            Portrait(small=given.small, points=seen.mesh.points[:, :2] * np.float32(given.scale)) if seen is not None and well else None
        )
        self._read = Reading(found=found, view=view, seen=seen, portrait=portrait, scale=given.scale if portrait is not None else 1.0)
        return found

    def enrol(self, picture: Pixels) -> Floats | None:
        """Return the description of the one face in a picture, or None when it shows none, or none well enough; remembers nothing."""
        if self._nets.identity is None:
            return None
        found = self._nets.faces(picture)
        mesh = self._nets.mesh.read(picture, found[0].region()) if found else None
        chip = identity.fair_chip(picture, seen_in(picture, mesh)) if mesh is not None and mesh.fits(found[0]) else None
        return self._nets.identity.enrol(chip) if chip is not None else None

    def _broken(self) -> None:
        """Nobody vouches any more that the next face is the one before."""
        self._track = self._read = self._novel = None
        self._recognise = 3
        if self._gaze is not None:
            self._gaze.forget()

    def _follow(self, picture: Pixels) -> Seen | None:
        """Read the mesh where the face was, else where a detector finds it."""
        if self._track is not None and picture.shape[1] != self._width:
            self._track = self._track.scaled(picture.shape[1] / self._width)
        before, self._width = self._track, picture.shape[1]
        exchanged = self._moved > self._plan.exchanged
        mesh = self._again(picture, before) if before is not None else None
        if mesh is None or mesh.score < faces.CERTAIN or exchanged:
            mesh = self._start(picture) or mesh
        if mesh is None:
            if before is not None:
                self._broken()
            return None
        if before is None or exchange.jumped(before, mesh) or exchanged:
            self._recognise = 3
        self._track = mesh
        return seen_in(picture, mesh)

    def _again(self, picture: Pixels, before: Mesh) -> Mesh | None:
        """Read the mesh at the place where the face was, if it still is there."""
        with self.costs.of("mesh"):
            mesh = self._nets.mesh.read(picture, before.region())
        return mesh if mesh.score >= faces.PRESENT and not exchange.lost(before, mesh) else None

    def _start(self, picture: Pixels) -> Mesh | None:
        with self.costs.of("near"):
            found = self._nets.near.find(picture, least=0.5)
        if not found and self._nets.far is not None:
            with self.costs.of("far"):
                found = self._nets.far.find(picture, least=0.6)
        self._glimpsed = False
        for detection in sorted(found, key=lambda d: -d.height)[:3]:
            with self.costs.of("mesh"):
                mesh = self._nets.mesh.of(picture, detection)
            if mesh.fits(detection):
                return mesh
            self._glimpsed |= mesh.hints(detection) and not self._figures.hold(detection.box, picture.shape)
        return None

    def _with_face(self, given: Frame, seen: Seen, at: float, seq: int) -> Observation:
        assert self._view is not None
        view, head, picture = self._view, seen.head, given.whole
        detail = quality.detail_of(picture, seen.mesh.upright)
        reason = quality.why_face_is_not_seen_well(view, seen.box, seen.outside, detail)
        eyes = self._gaze.read(given, seen.mesh.points, head, at) if self._gaze is not None and reason is None else None
        if reason is None and self._gaze is not None and self._gaze.covered:
            reason = Reason.EYES_COVERED
        count = self._count(given, seen, at)
        things, people = self._things(given, seen, at)
        self._scene.learn(view, seen.box)
        self._place = seen.box
        seen_well = reason is None
        mouth, lids = pose.openings(seen.mesh.points) if seen_well else (None, None)
        return Observation(
            at=at,
            seq=seq,
            reason=reason,
            faces=count,
            people=people,
            face=seen.box,
            head=head if seen_well else None,
            gaze=eyes if seen_well else None,
            mouth_open=mouth,
            eyes_open=lids,
            identity=self._identity(picture, seen, at) if seen_well else None,
            objects=things,
            quality=view.quality,
        )

    def _without_face(self, given: Frame, view: View, at: float, seq: int) -> Observation:
        """Say why there is no face: a bad picture, a person whose face is not seen, or really nobody."""
        reason = quality.why_no_face(view)
        if reason is not None:
            return Observation(at=at, seq=seq, reason=reason, faces=0, quality=view.quality)
        things = self._empty_place(given, at)
        # Without the object network nobody can say that nobody is there.
        people = self._people if self._nets.objects is not None else None
        if people == 0 and (self._glimpsed or self._scene.body_still_there(view)):
            people = None
        unseen = Reason.BACK_LIT if quality.lit_from_behind(view) else Reason.FACE_NOT_SEEN
        why = None if people == 0 else unseen
        return Observation(at=at, seq=seq, reason=why, faces=0, people=people, objects=things, quality=view.quality)

    def _count(self, given: Frame, mine: Seen, at: float) -> int | None:
        """Count faces when it is time, when something moved beside the candidate, and on every frame while there is more than one."""
        assert self._view is not None
        due = self._crowd or self._beside.waits(at) or self._counting.due(self._view, mine.box, at)
        if self._nets.far is None or not (due or self._newly):
            return None
        if due:
            self._counting.counted(self._view, at)
        shown = given.at_least(self._nets.far.side)
        with self.costs.of("others"):
            own = mine.mesh.scaled(shown.shape[1] / self._width).box
            all_of_it = self._nets.far.find(shown, least=_BESIDE) if due else []
            others = [d for d in all_of_it if faces.overlap(d.box, own) < SAME]
        looks = bool(others) or self._novel is not None or self._beside.waits(at)
        real = self._real(given.whole, [one.scaled(given.whole.shape[1] / shown.shape[1]) for one in others], mine, at) if looks else []
        if not (due or real):
            return None
        self._beside.seen(real, at)
        beside = company(self.companions, given.whole if real else shown, real, at)
        if self._crowd and beside.sure:
            self._recognise = 3  # one of them has gone: which?
        self._crowd = not beside.sure
        return 1 + beside.strangers

    def _real(self, picture: Pixels, others: Sequence[Detection], mine: Seen, at: float) -> list[Detection]:
        """Return which of others' faces are faces, and those that are only seen larger; none of them is the candidate's own."""
        with self.costs.of("others"):
            own = mine.mesh.scaled(picture.shape[1] / self._width).box
            found = [*others, *self._beside.closer(self._nets.near, picture, [own, *(one.box for one in others)], self._novel, at)]
            read = [(one, self._nets.mesh.of(picture, one)) for one in found]
            return [one for one, mesh in read if mesh.fits(one) and faces.overlap(mesh.box, own) < SAME]

    def _identity(self, picture: Pixels, seen: Seen, at: float) -> float | None:
        """Compare with the enrolled face when it is time, and after any doubt; never in a crowd, never a face seen badly."""
        if self._crowd or not self._identity_is_due(at):
            return None
        assert self._nets.identity is not None
        with self.costs.of("identity"):
            chip = identity.fair_chip(picture, seen)
            found = self._nets.identity.compare(chip, self.enrolled) if chip is not None else None
        if found is None:
            return None
        self._identified_at = at
        self._learn_who(found)
        return found

    def _identity_is_due(self, at: float) -> bool:
        every_s = self._plan.identity_s if self._alike < _OFTEN else self._plan.identity_late_s
        due = self._recognise > 0 or at - self._identified_at >= every_s
        return due and bool(self.enrolled) and self._nets.identity is not None

    def _learn_who(self, distance: float) -> None:
        """Ask for three more looks at who is not alike, and for none at who is surely; in between, and after a stranger, count down."""
        surely = distance <= _SURELY
        self._alike = self._alike + 1 if surely else 0
        if surely:
            self._looks.recognised()
        if distance > identity.DOUBT:
            self._recognise, self._strange = 3, True
        elif surely and not self._strange:
            self._recognise = 0
        else:
            self._recognise = max(0, self._recognise - 1)
            self._strange = self._strange and self._recognise > 0

    def _things(self, given: Frame, seen: Seen, at: float) -> tuple[tuple[Thing, ...] | None, int | None]:
        """Look for things where attention points; return them, and the people counted when it was the whole picture."""
        if self._nets.objects is None or self._view is None:
            return None, None
        novel = self._scene.novelty(self._view, seen.box, at, rare=self._rare)
        self._newly, self._novel = novel is not None and self._novel is None, novel
        hasty = not self._scene.lasts
        part = self._attention.part(at, seen.box, novel=novel, hasty=hasty, glance_down=self._glances_down(seen.head))
        if part is None:
            return None, None
        things, people = self._looked(given, part, at, seen.box)
        if people is not None and people > 1:
            self._counting.again()  # more bodies than the candidate's: whose faces?
        if not things and novel is not None and not (hasty or self._crowd or self._visited):
            self._scene.accept(self._view, novel if part == WHOLE else part, at)
        return things, people

    def _empty_place(self, given: Frame, at: float) -> tuple[Thing, ...] | None:
        """Search a picture without a face for people now and then, whole and where the candidate sat; remember how many there were."""
        every_s = self._plan.absence_s if self._people == 0 else self._plan.leaving_s
        part = self._attention.whole(at, every_s) if self._nets.objects is not None else None
        if part is None or self._nets.objects is None:
            return None
        things, people = self._looked(given, part, at)
        self._people = people or 0
        if self._people == 0 and self._place is not None:
            picture = given.whole
            with self.costs.of("objects_closer"):
                here = self._nets.objects.find(picture, closer_part(self._place))
            self._people = len(self._figures.new(people_in(here)))
        return things

    def _looked(self, given: Frame, part: Box, at: float, face: Box | None = None) -> tuple[tuple[Thing, ...] | None, int | None]:
        assert self._nets.objects is not None
        picture = given.at_least(self._nets.objects.width) if part == WHOLE else given.whole
        with self.costs.of("objects"):
            found = self._nets.objects.find(picture, part)
        things = [thing for thing in found if thing.name is not ThingName.PERSON]
        self._visited = face is not None and any(body.beside(face) for body in people_in(found))
        if part != WHOLE:
            return self._attention.saw(things, part, at), None
        if things and things[0].score >= CLOSER_FROM:
            picture = given.whole
            with self.costs.of("objects_closer"):
                things[0] = self._nets.objects.closer(picture, things[0])
        people = people_in(found)
        if face is not None and not (self.enrolled and self._recognise > 0):  # nor while it may be somebody else's face
            self._figures.learn(people, face)
        return self._attention.saw(things, part, at), len(people if face is not None else self._figures.new(people))

    def _glances_down(self, head: Head) -> bool:
        """Say whether the head points well below where it usually does."""
        usual = self._usual_pitch if self._usual_pitch is not None else head.pitch
        down = head.pitch < usual - self._plan.glance_down
        self._usual_pitch = usual + (0.02 if down else 0.1) * (head.pitch - usual)
        return down
