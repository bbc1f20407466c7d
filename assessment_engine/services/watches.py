"""The watch over a sitting: whom to watch and how, what was counted, where the chain stood, and that nothing is left to look at.

Called by the proctor worker, the ingest process and the sweep; all of it safe to repeat. What was found is services/incidents.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from assessment_engine.delivery.sitting import ENDED, Sitting
from assessment_engine.exams import SIGNALS, ExamPolicy
from assessment_engine.exams.policy import listens, scribe_face, switched_off
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import NotFound, Unavailable
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.services import checkin, dismissals, evidence
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from proctoring.baseline import Baseline
from proctoring.channel import Fact, Position
from proctoring.expected import NOTHING, Expected
from proctoring.incidents import Incident, NotAnIncident
from proctoring.policy import STANDARD, Kind, Policy

STALE_AFTER = timedelta(minutes=2)
ABANDONED_AFTER = timedelta(minutes=1)
"""Without a count, which a worker makes every five seconds for as long as it has a watch in hand."""

KEPT_COME_FOR = timedelta(minutes=10)
"""After handing in: for so long a page goes on sending what it kept in a cut, and whoever watches waits for it."""

SEQ_MARGIN = 1000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """How one sitting is to be watched, and what an earlier owner of the watch left; `incomplete` incidents lack the frames after them.

    `unreadable` rows are left as they are: an incident that cannot be read may not end the watch over everybody else.
    """

    sitting: Sitting
    policy: Policy
    face: bytes | None
    incidents: tuple[Incident, ...]
    incomplete: tuple[Incident, ...]
    unreadable: tuple[IncidentId, ...]
    before: WatchRecord
    expected: Expected = NOTHING
    scribe: bytes | None = None  # the face that a scribe was enrolled with; empty where it cannot be read now

    @property
    def baseline(self) -> Baseline | None:
        """Return the baseline that the last owner had learnt."""
        return Baseline.from_json(dict(self.before.baseline)) if self.before.baseline else None


def orders(engine: Engine, sitting_id: SittingId) -> Orders:
    """Return what an owner of a sitting's watch needs to begin, or to go on."""
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        exam = tx.exams.get(sitting.exam_id)
        arrangements = tx.exams.registration(sitting.registration_id).arrangements
        records = tx.incidents.of_sitting(sitting_id)
        whole = {one.id for one in records if any(shot.role == "after" for shot in tx.incidents.evidence_of(one.id))}
        before = tx.incidents.watch(sitting_id) or WatchRecord(sitting_id=sitting_id)
        demoted = [Kind(one.kind) for one in tx.demotion.standing(sitting.exam_id)]
        expected = dismissals.expected_in(tx, [sitting])[sitting_id]
    found, unreadable = _read(records)
    calibration = exam.policy.calibration
    off = _signals_off(exam.policy, arrangements, gaze=checkin.gaze_watched(engine, sitting_id))
    return Orders(
        sitting=sitting,
        policy=(STANDARD if calibration is None else STANDARD.calibrated(calibration)).demoted(*demoted).without(*off),
        face=_picture(sitting_id, lambda: checkin.reference_face(engine, sitting_id)) or None,
        incidents=tuple(found.values()),
        incomplete=tuple(incident for key, incident in found.items() if key not in whole),
        unreadable=unreadable,
        before=before,
        expected=expected,
        scribe=_picture(sitting_id, lambda: _scribe(engine, sitting_id, arrangements)),
    )


def _read(records: Sequence[IncidentRecord]) -> tuple[dict[IncidentId, Incident], tuple[IncidentId, ...]]:
    """Return incidents by their ids, and which rows hold none that can be read."""
    found: dict[IncidentId, Incident] = {}
    unreadable: list[IncidentId] = []
    for record in records:
        try:
            found[record.id] = Incident.from_json(record.trace)
        except NotAnIncident:
            unreadable.append(record.id)
    return found, tuple(unreadable)


def _picture(sitting_id: SittingId, read: Callable[[], bytes | None]) -> bytes | None:
    """Return an enrolled face, empty where it, its store or its key is away: the watch goes on, and says that nobody is compared."""
    try:
        return read()
    except (NotFound, Unavailable) as error:
        log.warning("enrolled_face_away", sitting=sitting_id, code=error.code)
        return b""


def _scribe(engine: Engine, sitting_id: SittingId, arrangements: Mapping[str, Json]) -> bytes | None:
    """Return the enrolled scribe's face, where it is what tells the scribe from anybody else."""
    blob = scribe_face(arrangements)
    if blob is None or Kind.SEVERAL_PEOPLE in switched_off(arrangements):
        return None
    return evidence.data_key(engine, sitting_id).decrypt(blob, engine.blobs.get(blob))


def standing(engine: Engine, sitting_ids: list[SittingId]) -> dict[SittingId, Sitting]:
    """Return sittings as they stand now."""
    with engine.store.read() as tx:
        return {one: tx.sittings.get(one) for one in sitting_ids}


def is_watched(engine: Engine, sitting_id: SittingId) -> bool:
    """Tell whether a sitting is still to be watched."""
    return standing(engine, [sitting_id])[sitting_id].state not in ENDED


def is_over(sitting: Sitting) -> bool:
    """Tell whether nothing new is to be watched in a sitting."""
    return sitting.state in ENDED


def awaits_pictures(engine: Engine, sitting: Sitting) -> bool:
    """Tell whether pictures that a page kept in a cut may still come to a sitting that was handed in."""
    if sitting.submitted_at is None or engine.clock.now() - sitting.submitted_at >= KEPT_COME_FOR:
        return False
    with engine.store.read() as tx:
        watch = tx.incidents.watch(sitting.id)
    return watch is not None and watch.drained_at is None


def count(engine: Engine, counted: Sequence[WatchRecord]) -> None:
    """Store what a worker's watches have counted so far, in one transaction, so that they hardly stand in an answer's way.

    A watch that was drained stays as it was. The heads of the chains are ingest's to log: services/chains.py.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        known = tx.incidents.watches_of([one.sitting_id for one in counted])
        for watch in counted:
            if watch.sitting_id in known and known[watch.sitting_id].drained_at is not None:
                continue
            tx.incidents.save_watch(replace(watch, counted_at=now))


def drain(engine: Engine, watch: WatchRecord) -> None:
    """Say that nothing of a submitted sitting is left to look at; the proctoring decision may follow."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.incidents.watch(watch.sitting_id)
        if before is not None and before.drained_at is not None:
            return
        sitting = tx.sittings.get(watch.sitting_id)
        whole = _with_silence(sitting, watch)
        tx.incidents.save_watch(replace(whole, drained_at=now))
        tx.audit.append("watch_drained", subject=watch.sitting_id, now=now, payload=_chain(watch))
        job = None if sitting.practice else tx.outbox.add(JobName.SETTLE_SITTING, watch.sitting_id, now)
    if job is not None:
        engine.jobs.tell(job)


def drain_forgotten(engine: Engine) -> int:
    """Drain sittings that no worker will: there never was a camera, or nobody has the watch any more. A chore of the sweep.

    A worker that still waits for pictures of a cut, or for the evidence store, goes on counting, and drains the watch itself.
    """
    now = engine.clock.now()
    with engine.store.read() as tx:
        forgotten = tx.incidents.undrained(now - STALE_AFTER, now - ABANDONED_AFTER)
        known = tx.incidents.watches_of(forgotten)
    for sitting_id in forgotten:
        drain(engine, known.get(sitting_id) or WatchRecord(sitting_id=sitting_id))
    return len(forgotten)


def chain_position(engine: Engine, sitting_id: SittingId) -> Position | None:
    """Return where a sitting's chain stood when the watch last said so, None when it has none.

    The watch may lag behind the chain, so the numbers go on with a margin: none is ever used twice.
    """
    with engine.store.read() as tx:
        watch = tx.incidents.watch(sitting_id)
    if watch is None or watch.chain_head is None or watch.last_seq is None:
        return None
    return Position(next_seq=watch.last_seq + 1 + SEQ_MARGIN, head=bytes.fromhex(watch.chain_head), at=watch.last_frame_at, guessed=True)


def chain_lost(engine: Engine, sitting_id: SittingId, fact: Fact) -> None:
    """Write into the log that a chain goes on from an older head because we lost where it stood; about us, never about the candidate."""
    seam: Json = {"next_seq": fact.seq, "from_head": fact.detail, "at": iso(fact.at)}
    with engine.store.begin() as tx:
        tx.audit.append("chain_lost", subject=sitting_id, now=engine.clock.now(), payload=seam)


def mark_simulated(engine: Engine, sitting_id: SittingId) -> None:
    """Say for ever that what the camera shows of this sitting was played, not seen."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        if not sitting.simulated:
            tx.sittings.save(replace(sitting, simulated=True))
            tx.audit.append("sitting_simulated", subject=sitting_id, now=now)


def _signals_off(policy: ExamPolicy, arrangements: Mapping[str, Json], *, gaze: bool) -> set[Kind]:
    """Return what is not watched: what exam or arrangements leave out, gaze without its calibration, voices where nobody listens."""
    off = {Kind(one) for one in SIGNALS if one not in policy.signals} | switched_off(arrangements)
    if not listens(policy, arrangements):
        off.add(Kind.TALKING)
    return off if gaze else off | {Kind.LOOKING_AWAY}


def _chain(watch: WatchRecord) -> Json:
    """Return where the chain of frames stands, as the log keeps it."""
    return {"chain_head": watch.chain_head, "last_seq": watch.last_seq, "frames_received": watch.frames_received}


def _with_silence(sitting: Sitting, watch: WatchRecord) -> WatchRecord:
    """Book the sitting's own time that no frame told of as a gap; pauses, breaks and credited outages are nobody's time to be seen in."""
    if sitting.started_at is None or sitting.submitted_at is None:
        return watch
    untold = sitting.elapsed_s(sitting.submitted_at) - watch.observable_s - sum(watch.unobservable.values())
    if untold <= 0:
        return watch
    gap = Kind.FEED_GAP.value
    return replace(watch, unobservable={**watch.unobservable, gap: round(watch.unobservable.get(gap, 0.0) + untold, 3)})
