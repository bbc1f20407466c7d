"""What the watch over a sitting found, kept for people: incidents with their evidence, and who may look at them.

The proctor worker writes (`record`, `add_evidence`, both safe to repeat), people read (`of_sitting`, `frame`). A flag, an incident of tier
alert, is set before people in the same transaction. What an incident is, proctoring/incidents.py decides; the crypto is
services/evidence.py, what a watch counted services/watches.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.canonical import digest, sha256_hex
from assessment_engine.kernel.errors import Conflict, Unavailable
from assessment_engine.kernel.ids import IncidentId, SittingId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import evidence
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.incidents import SCRUB, EvidenceRecord, IncidentRecord
from proctoring.evidence import Segment, Shot
from proctoring.incidents import Change, Incident, IncidentChange
from proctoring.policy import Kind, Tier

log = structlog.get_logger()

# A gap in the feed is told in the dictionary's own words too.
_CONNECTION = {(Kind.FEED_GAP.value, "incident_raised"): "connection_lost", (Kind.FEED_GAP.value, "incident_closed"): "connection_back"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An incident with the frames that show it."""

    incident: IncidentRecord
    evidence: tuple[EvidenceRecord, ...]


def record(engine: Engine, sitting_id: SittingId, change: IncidentChange, segment: Segment, models: Mapping[str, str]) -> IncidentId:
    """Store one change of an incident, with the frames there are by now; the same change again changes nothing."""
    incident, now = change.incident, engine.clock.now()
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        before = tx.incidents.find(sitting_id, incident.rule, incident.first_seq)
    row = _row(sitting, before, incident, models, IncidentId(new_id("inc", now)))
    frames = _frames_so_far(engine, sitting, row.id, incident, segment)
    job: str | None = None
    with engine.store.begin() as tx:
        (tx.incidents.save if before else tx.incidents.add)(row)
        tx.incidents.add_evidence(frames)
        if incident.tier is Tier.ALERT:
            tx.invigilation.open_case(row.id, sitting_id, sitting.organisation_id, now)
            job = _doubt(tx, sitting_id, now)
        if before is None or (incident.end_s is not None and before.ended_at is None):
            _note(tx, row, "incident_closed" if change.change is Change.CLOSED else "incident_raised", now)
    if job is not None:
        engine.jobs.tell(job)
    return row.id


def _doubt(tx: Transaction, sitting_id: SittingId, now: datetime) -> str | None:
    """Have a certificate that exists already suspended until people have decided on the late flag."""
    return tx.outbox.add(JobName.ISSUE_CERTIFICATES, sitting_id, now) if tx.certificates.of_sitting(sitting_id) else None


def add_evidence(engine: Engine, sitting_id: SittingId, segment: Segment) -> None:
    """Store the complete stretch around an incident that is already recorded."""
    rule, first_seq = segment.key
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        found = tx.incidents.find(sitting_id, rule, first_seq)
    if found is None:
        raise Conflict("evidence came before its incident")
    frames = _store_frames(engine, sitting, found.id, Incident.from_json(dict(found.trace)), segment)
    with engine.store.begin() as tx:
        tx.incidents.add_evidence(frames)


def of_sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[Shown]:
    """Return a sitting's incidents with their evidence, as staff of its organisation may see them."""
    require(actor, Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER)
    with engine.store.read() as tx:
        tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        found = tx.incidents.of_sitting(sitting_id)
        return [Shown(incident=one, evidence=tuple(tx.incidents.evidence_of(one.id))) for one in found]


def frame(engine: Engine, actor: Actor, evidence_id: str) -> bytes:
    """Return one frame of evidence, decrypted and checked against its hash; raises ConflictOfInterest for whoever knows the candidate."""
    require(actor, Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER)
    with engine.store.read() as tx:
        row = tx.incidents.evidence(evidence_id, actor.organisation_id)
        check_stranger(tx, actor.person_id, tx.sittings.get(row.sitting_id))
    return evidence.read_frame(engine, row)


def _row(
    sitting: Sitting, before: IncidentRecord | None, incident: Incident, models: Mapping[str, str], fresh_id: IncidentId
) -> IncidentRecord:
    return IncidentRecord(
        id=before.id if before else fresh_id,
        sitting_id=sitting.id,
        organisation_id=sitting.organisation_id,
        rule=incident.rule,
        first_seq=incident.first_seq,
        kind=incident.kind,
        tier=incident.tier,
        severity=incident.severity.word if incident.severity else None,
        confidence=incident.confidence,
        opened_at=_moment(sitting, incident.start_s),
        raised_at=before.raised_at if before else _moment(sitting, incident.raised_s),
        ended_at=None if incident.end_s is None else _moment(sitting, incident.end_s),
        start_s=incident.start_s,
        end_s=incident.end_s,
        item_id=before.item_id if before else None if incident.afterwards else sitting.current_item,
        trace=incident.as_json(),
        models=dict(models),
    )


def _moment(sitting: Sitting, seconds: float) -> datetime:
    if sitting.started_at is None:
        raise Conflict("a sitting that never started has no incidents")
    return sitting.started_at + timedelta(seconds=seconds)


def _note(tx: Transaction, row: IncidentRecord, kind: str, now: datetime) -> None:
    """Write the log and the exam events: once when raised, once when closed."""
    facts: dict[str, str] = {"incident": row.id, "kind": row.kind, "tier": row.tier}
    tx.audit.append(kind, subject=row.sitting_id, now=now, payload={**facts, "trace_sha256": digest(dict(row.trace))})
    for told in (kind, _CONNECTION.get((row.rule, kind))):
        if told is not None:
            event = ExamEvent(at=now, kind=told, organisation_id=row.organisation_id, sitting_id=row.sitting_id, subject=row.id, data=facts)
            tx.events.record(event)


def _store_frames(engine: Engine, sitting: Sitting, incident_id: IncidentId, incident: Incident, segment: Segment) -> list[EvidenceRecord]:
    """Encrypt and keep the frames of a segment; returns their rows, to be stored after them."""
    key = evidence.data_key(engine, sitting.id)
    rows = [_evidence_row(sitting, incident_id, incident, segment, shot) for shot in segment.shots]
    for row, shot in zip(rows, segment.shots, strict=True):
        evidence.store_frame(engine, key, row.blob, shot.jpeg)
    return rows


def _frames_so_far(engine: Engine, sitting: Sitting, incident_id: IncidentId, incident: Incident, segment: Segment) -> list[EvidenceRecord]:
    """Keep what frames there are; without a store or a key an incident is recorded all the same, and the complete stretch comes later."""
    try:
        return _store_frames(engine, sitting, incident_id, incident, segment)
    except Unavailable as error:
        log.warning("incident_without_pictures", code=error.code)
        return []


def _evidence_row(sitting: Sitting, incident_id: IncidentId, incident: Incident, segment: Segment, shot: Shot) -> EvidenceRecord:
    at = _moment(sitting, shot.at)
    return EvidenceRecord(
        id=new_id("evi", at),
        incident_id=incident_id,
        sitting_id=sitting.id,
        seq=shot.seq,
        at=at,
        role=_role(incident, segment, shot),
        blob=f"{sitting.id}/{incident.rule}-{incident.first_seq}/{shot.seq}.jpg.enc",
        sha256=sha256_hex(shot.jpeg),
    )


def _role(incident: Incident, segment: Segment, shot: Shot) -> str:
    if shot.seq not in segment.chosen:
        return SCRUB
    if shot.at > incident.raised_s:
        return "after"
    chosen = [one for one in segment.shots if one.seq in segment.chosen]
    peak = min(chosen, key=lambda one: abs(one.at - incident.lead.peak_s))
    return "peak" if shot.seq == peak.seq else "before"
