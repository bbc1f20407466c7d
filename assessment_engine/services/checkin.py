"""Checking in: a candidate shows their face, an invigilator compares it with the roster and the document and decides.

The machine compares too (a job), and its view is shown as a hint in words. It moves nothing: a mismatch never refuses anybody.
Declining the camera costs nothing either: the candidate is led to a seat in a centre. Rules: delivery/checkin.py and delivery/sitting.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.delivery.checkin import Calibration, CheckIn, CheckInState, CheckInVerb, FaceComparison, MachineView
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import Exam, Registration
from assessment_engine.kernel.errors import Conflict, NotFound, TooLarge, UnreadableFile
from assessment_engine.kernel.ids import SessionId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.services import drawn_forms, evidence
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, sitting_event

MAX_FACE = 256 * 1024
_JPEG_START = b"\xff\xd8\xff"


class Picture(StrEnum):
    """The three pictures that are compared at the door."""

    LIVE = "live"
    PORTRAIT = "portrait"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One row of the invigilators' queue."""

    checkin: CheckIn
    sitting: Sitting
    seat: str
    name: str
    name_hi: str
    waited: timedelta
    has_portrait: bool
    has_document: bool
    scribe: str  # the enrolled scribe's name; empty when there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a candidate may know of their own check-in: its state, and how many are before them."""

    sitting: Sitting
    exam: Exam
    checkin: CheckIn | None
    place: int  # 1 is next; 0 when not waiting
    waited: timedelta
    has_portrait: bool
    has_document: bool
    calibration: Calibration | None
    camera_declined: bool


def ask_admission(engine: Engine, actor: Actor, sitting_id: SittingId, face_jpeg: bytes) -> CheckIn:
    """Put the candidate into the queue with the picture just taken; raises IllegalTransition when it is not the time for it."""
    _check_picture(face_jpeg)
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id).request_admission()
    now = engine.clock.now()
    blob = _keep(engine, sitting_id, face_jpeg, now)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id).request_admission()
        before = tx.checkins.find(sitting_id)
        checkin = _requested(before, sitting, blob, now)
        if sitting.practice:
            sitting, checkin = sitting.admit(now), checkin.admitted_to_practise(now)
        tx.sittings.save(sitting)
        (tx.checkins.save if before else tx.checkins.add)(checkin)
        tx.events.record(sitting_event("checkin_requested", sitting, now, actor))
        job = None if sitting.practice else tx.outbox.add(JobName.COMPARE_FACES, sitting_id, now)
    if job is not None:
        engine.jobs.tell(job)
    return checkin


def _check_picture(jpeg: bytes) -> None:
    if len(jpeg) > MAX_FACE:
        raise TooLarge("the picture is larger than 256 KiB", limit=MAX_FACE)
    if not jpeg.startswith(_JPEG_START):
        raise UnreadableFile("this is not a JPEG picture")


def _keep(engine: Engine, sitting_id: SittingId, jpeg: bytes, now: datetime) -> str:
    """Store a picture encrypted with the sitting's key; returns its blob."""
    blob = f"faces/{sitting_id}/{new_id('face', now)}"
    engine.blobs.put(blob, evidence.data_key(engine, sitting_id).encrypt(blob, jpeg))
    return blob


def _kept(engine: Engine, sitting_id: SittingId, blob: str) -> bytes:
    return evidence.data_key(engine, sitting_id).decrypt(blob, engine.blobs.get(blob))


def _requested(before: CheckIn | None, sitting: Sitting, blob: str, now: datetime) -> CheckIn:
    if before is not None:
        return before.request(blob, now)
    return CheckIn(sitting_id=sitting.id, organisation_id=sitting.organisation_id, requested_at=now, face_blob=blob)


def standing(engine: Engine, actor: Actor, sitting_id: SittingId) -> Standing:
    """Return where a candidate stands at the door."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        checkin = tx.checkins.find(sitting_id)
        registration = tx.exams.registration(sitting.registration_id)
        waits = checkin is not None and checkin.state is CheckInState.REQUESTED
        return Standing(
            sitting=sitting,
            exam=tx.exams.get(sitting.exam_id),
            checkin=checkin,
            place=tx.checkins.ahead_of(checkin, sitting.session_id) + 1 if checkin is not None and waits else 0,
            waited=engine.clock.now() - checkin.requested_at if checkin is not None and waits else timedelta(),
            has_portrait=registration.portrait_blob is not None,
            has_document=registration.document_blob is not None,
            calibration=tx.checkins.calibration(sitting_id),
            camera_declined=_last(tx, sitting, _CAMERA) == "camera_declined",
        )


def queue(engine: Engine, actor: Actor, session_id: SessionId) -> list[Waiting]:
    """Return who waits in a session, referred ones included, the longest waiting first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        open_ = {CheckInState.REQUESTED, CheckInState.REFERRED}
        waiting = [one for one in tx.checkins.in_session(session_id, actor.organisation_id) if one.state in open_]
        return [_waiting(tx, one, now) for one in waiting]


def _waiting(tx: Transaction, checkin: CheckIn, now: datetime) -> Waiting:
    sitting = tx.sittings.get(checkin.sitting_id)
    registration, person = tx.exams.registration(sitting.registration_id), tx.people.get(sitting.candidate_id)
    return Waiting(
        checkin=checkin,
        sitting=sitting,
        seat=registration.seat or "",
        name=person.name,
        name_hi=person.name_hi,
        waited=now - checkin.requested_at,
        has_portrait=registration.portrait_blob is not None,
        has_document=registration.document_blob is not None,
        scribe=_scribe_of(registration),
    )


def _scribe_of(registration: Registration) -> str:
    scribe = registration.arrangements.get("scribe")
    return str(scribe.get("name", "")) if isinstance(scribe, Mapping) else ""


def decide(engine: Engine, actor: Actor, sitting_id: SittingId, decision: CheckInVerb, note: str = "") -> CheckIn:
    """Admit, ask again or refer; raises IllegalTransition when somebody else decided meanwhile, ConflictOfInterest."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        check_stranger(tx, actor.person_id, tx.sittings.of_organisation(sitting_id, actor.organisation_id))
    if decision is CheckInVerb.ADMIT:
        drawn_forms.ensure(engine, sitting_id)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        checkin = tx.checkins.get(sitting_id, actor.organisation_id).decide(decision, note, by=actor.person_id, now=now)
        tx.sittings.save(_moved(sitting, decision, now))
        tx.checkins.save(checkin)
        about = {"decision": str(decision), "machine_view": str(checkin.machine_view)}
        tx.audit.append("checkin_decided", subject=sitting_id, actor=actor.person_id, now=now, payload=about)
        tx.events.record(sitting_event("checkin_decided", sitting, now, actor, data=about))
    return checkin


def _moved(sitting: Sitting, decision: CheckInVerb, now: datetime) -> Sitting:
    if decision is CheckInVerb.ADMIT:
        return sitting.admit(now)
    return sitting.ask_again() if decision is CheckInVerb.ASK_AGAIN else sitting.refer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A candidate who called the invigilator and has not been answered."""

    sitting_id: SittingId
    name: str
    name_hi: str
    seat: str
    problem: str
    waited: timedelta


def call_invigilator(engine: Engine, actor: Actor, sitting_id: SittingId, problem: str) -> None:
    """Call an invigilator to this candidate; calling again while nobody came is one call."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if _last(tx, sitting, _CALLS) != "invigilator_called":
            tx.events.record(sitting_event("invigilator_called", sitting, now, actor, data={"problem": problem}))


def calls(engine: Engine, actor: Actor, session_id: SessionId) -> list[Call]:
    """Return the unanswered calls of a session, the longest waiting first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        return [_call(tx, event, now) for event in tx.checkins.open_calls(session_id, actor.organisation_id)]


def _call(tx: Transaction, event: ExamEvent, now: datetime) -> Call:
    assert event.sitting_id is not None
    sitting = tx.sittings.get(event.sitting_id)
    person = tx.people.get(sitting.candidate_id)
    return Call(
        sitting_id=sitting.id,
        name=person.name,
        name_hi=person.name_hi,
        seat=tx.exams.registration(sitting.registration_id).seat or "",
        problem=str(event.data.get("problem", "")),
        waited=now - event.at,
    )


def answer_call(engine: Engine, actor: Actor, sitting_id: SittingId) -> None:
    """Record that an invigilator saw to a candidate who called; answering twice is once."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        if _last(tx, sitting, _CALLS) == "invigilator_called":
            tx.events.record(sitting_event("call_answered", sitting, now, actor))


def compare_faces(engine: Engine, compare: Callable[[bytes, bytes | None], FaceComparison], sitting_id: SittingId) -> CheckIn | None:
    """Let the machine look at the live face, beside the roster photograph if there is one; a job, safe to run twice, and nothing moves."""
    with engine.store.read() as tx:
        checkin = tx.checkins.find(sitting_id)
        portrait = tx.exams.registration(tx.sittings.get(sitting_id).registration_id).portrait_blob
    if checkin is None or checkin.machine_view is not MachineView.NOT_COMPARED:
        return checkin
    roster = None if portrait is None else _kept(engine, sitting_id, portrait)
    comparison = compare(_kept(engine, sitting_id, checkin.face_blob), roster)
    if roster is None and comparison.retake is None:
        return checkin  # nothing to compare with, and nothing to say of the picture
    with engine.store.begin() as tx:
        tx.sittings.get_locked(sitting_id)
        current = tx.checkins.find(sitting_id)
        if current is None or current.face_blob != checkin.face_blob:
            return current  # asked again meanwhile; the new picture has its own job
        compared = current.compared(comparison)
        tx.checkins.save(compared)
        return compared


def picture(engine: Engine, actor: Actor, sitting_id: SittingId, which: Picture) -> bytes:
    """Return one of the three pictures to the organisation's invigilators, or to the candidate; raises NotFound."""
    with engine.store.read() as tx:
        sitting = _seen_by(tx, actor, sitting_id)
        registration = tx.exams.registration(sitting.registration_id)
        checkin = tx.checkins.find(sitting_id)
    blobs = {
        Picture.LIVE: checkin.face_blob if checkin else None,
        Picture.PORTRAIT: registration.portrait_blob,
        Picture.DOCUMENT: registration.document_blob,
    }
    blob = blobs[which]
    if blob is None:
        raise NotFound("there is no such picture")
    return _kept(engine, sitting_id, blob)


def _seen_by(tx: Transaction, actor: Actor, sitting_id: SittingId) -> Sitting:
    if actor.roles & {Role.INVIGILATOR, Role.CELL_OFFICER}:
        return tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    return tx.sittings.of_candidate(sitting_id, actor.person_id)


def keep_roster_pictures(engine: Engine, sitting_id: SittingId, portrait: bytes | None, document: bytes | None) -> None:
    """Keep what the roster has of a candidate, encrypted with the sitting's key. A system act: registration imports and the demo."""
    for jpeg in (portrait, document):
        if jpeg is not None:
            _check_picture(jpeg)
    now = engine.clock.now()
    portrait_blob, document_blob = (None if jpeg is None else _keep(engine, sitting_id, jpeg, now) for jpeg in (portrait, document))
    with engine.store.begin() as tx:
        tx.exams.keep_pictures(tx.sittings.get(sitting_id).registration_id, portrait_blob, document_blob)


def reference_face(engine: Engine, sitting_id: SittingId) -> bytes | None:
    """Return the face that a person admitted, else the roster's; whom the camera should see during the exam. A system act."""
    with engine.store.read() as tx:
        checkin = tx.checkins.find(sitting_id)
        portrait = tx.exams.registration(tx.sittings.get(sitting_id).registration_id).portrait_blob
    blob = checkin.face_blob if checkin is not None and checkin.state is CheckInState.ADMITTED else portrait
    return None if blob is None else _kept(engine, sitting_id, blob)


def decline_camera(engine: Engine, actor: Actor, sitting_id: SittingId) -> None:
    """Record that the candidate wants to be seated in a centre instead; nothing is lost by it, and it can be taken back."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state not in (SittingState.REGISTERED, SittingState.CONSENTED):
            raise Conflict("the camera can be declined before check-in; call the invigilator")
        tx.audit.append("camera_declined", subject=sitting_id, actor=actor.person_id, now=now)
        tx.events.record(sitting_event("camera_declined", sitting, now, actor))


_CALLS = frozenset({"invigilator_called", "call_answered"})
_CAMERA = frozenset({"camera_declined", "consent_given", "checkin_requested"})


def _last(tx: Transaction, sitting: Sitting, kinds: frozenset[str]) -> str:
    """Return which of these kinds happened last in a sitting, or nothing."""
    return next((event.kind for event in reversed(tx.events.of_sitting(sitting.id)) if event.kind in kinds), "")


def calibrate(engine: Engine, actor: Actor, sitting_id: SittingId, baseline: Mapping[str, object]) -> Calibration:
    """Record that the candidate looked at the dots; where the eyes were, the proctor worker saw for itself."""
    return _calibrated(engine, actor, sitting_id, baseline, skipped=False)


def skip_calibration(engine: Engine, actor: Actor, sitting_id: SittingId) -> Calibration:
    """Record that the candidate skipped the dots: gaze is not watched, and nothing else changes."""
    return _calibrated(engine, actor, sitting_id, {}, skipped=True)


def _calibrated(engine: Engine, actor: Actor, sitting_id: SittingId, baseline: Mapping[str, object], *, skipped: bool) -> Calibration:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.started_at is not None:
            raise Conflict("the exam has begun; the dots come before it")
        calibration = Calibration(sitting_id=sitting_id, at=now, skipped=skipped, baseline=baseline)
        tx.checkins.calibrate(calibration)
        tx.events.record(sitting_event("calibration_done", sitting, now, actor, data={"skipped": skipped}))
    return calibration


def gaze_watched(engine: Engine, sitting_id: SittingId) -> bool:
    """Tell whether gaze may be watched in a sitting: not when the dots were skipped. A system question."""
    with engine.store.read() as tx:
        calibration = tx.checkins.calibration(sitting_id)
    return calibration is None or not calibration.skipped
