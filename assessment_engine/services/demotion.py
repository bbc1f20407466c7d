"""Demoting a detector that is shown to exceed its budget, by itself and in public; restoring it, by two officers.

Weighed whenever a judgement takes effect (services/judgements.py). What is demoted, watches that begin afterwards count only
(services/watches.py); the exam's page, the candidate's notice and the wall say so.
"""

from dataclasses import dataclass
from datetime import datetime

from assessment_engine.exams import SIGNALS, Exam, ExamPolicy
from assessment_engine.invigilation import MIN_REASON
from assessment_engine.invigilation.demotion import ALPHA, Demotion, Record, Restoration, restored, share_of_budget
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ExamId, IncidentId, PersonId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import require_reauthentication
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, Facts
from proctoring.policy import STANDARD, Kind, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One detector of one exam: what is known of it since it was last restored, and its demotion where it is demoted."""

    exam: Exam
    kind: Kind
    record: Record
    demotion: Demotion | None
    signed_by: tuple[PersonId, ...]


def detectors(policy: ExamPolicy) -> tuple[Kind, ...]:
    """Return the kinds that raise flags in an exam, each with an equal part of its budget."""
    flags = (kind for kind in Kind if STANDARD.rules[kind].tier is Tier.ALERT)
    return tuple(kind for kind in flags if str(kind) not in SIGNALS or str(kind) in policy.signals)


def weigh(engine: Engine, incident_id: IncidentId) -> Demotion | None:
    """Demote the detector of a case that was just found false, if its budget is shown to be exceeded.

    Called after what found it false is stored, and reading first: all sittings of the exam are looked at, and no save waits for that.
    Where a process dies in between, the next such case weighs it.
    """
    with engine.store.read() as tx:
        if _exceeding(tx, incident_id) is None:
            return None
    now = engine.clock.now()
    with engine.store.begin() as tx:
        found = _exceeding(tx, incident_id)  # somebody may have restored it meanwhile, or been quicker
        return None if found is None else _demote(tx, *found, now)


def _exceeding(tx: Transaction, incident_id: IncidentId) -> tuple[Exam, Kind, Record] | None:
    """Return the detector of a case with its record, if that exceeds its budget and the detector is not demoted already."""
    incident = tx.incidents.get(incident_id, tx.invigilation.organisation_of(incident_id))
    exam = tx.exams.get(tx.sittings.get(incident.sitting_id).exam_id)
    kind = incident.kind
    if kind not in detectors(exam.policy) or any(one.kind == kind for one in tx.demotion.standing(exam.id)):
        return None
    record = record_of(tx, exam, Kind(kind))
    return (exam, Kind(kind), record) if record.exceeds() else None


def _demote(tx: Transaction, exam: Exam, kind: Kind, record: Record, now: datetime) -> Demotion:
    demotion = Demotion(
        id=new_id("dem", now),
        organisation_id=exam.organisation_id,
        exam_id=exam.id,
        kind=kind,
        demoted_at=now,
        sittings=len(record.hours),
        hours=sum(record.hours),
        false_sittings=record.false_sittings,
        expected=record.expected,
        evidence=record.evidence,
        alpha=ALPHA,
    )
    tx.demotion.add(demotion)
    _tell(tx, demotion, "detector_demoted", None, now)
    return demotion


def record_of(tx: Transaction, exam: Exam, kind: Kind) -> Record:
    """Return what is known of one detector of an exam since it was last restored."""
    since = tx.demotion.restored_last(exam.id, kind)
    return _record(tx, exam, kind, since, tx.demotion.hours(exam.id, since))


def _record(tx: Transaction, exam: Exam, kind: Kind, since: datetime | None, hours: tuple[float, ...]) -> Record:
    return Record(
        hours=hours,
        false_sittings=tx.demotion.false_sittings(exam.id, kind, since),
        budget=share_of_budget(exam.policy.false_alert_budget, len(detectors(exam.policy))),
    )


def demoted_in(engine: Engine, exam_id: ExamId) -> tuple[Demotion, ...]:
    """Return the detectors of an exam that raise no flags now."""
    with engine.store.read() as tx:
        return tuple(tx.demotion.standing(exam_id))


def weighed(tx: Transaction, exam: Exam) -> list[Weighed]:
    """Return every detector of an exam with what is known of it; the exam's hours are read once for all that began at the same moment."""
    standing = {one.kind: one for one in tx.demotion.standing(exam.id)}
    since = {kind: tx.demotion.restored_last(exam.id, kind) for kind in detectors(exam.policy)}
    hours = {moment: tx.demotion.hours(exam.id, moment) for moment in set(since.values())}
    return [_weighed(tx, _record(tx, exam, kind, at, hours[at]), exam, kind, standing.get(kind)) for kind, at in since.items()]


def _weighed(tx: Transaction, record: Record, exam: Exam, kind: Kind, demotion: Demotion | None) -> Weighed:
    signed = () if demotion is None else tuple(one.person_id for one in tx.demotion.signatures(demotion.id))
    return Weighed(exam=exam, kind=kind, record=record, demotion=demotion, signed_by=signed)


def demotion_of(engine: Engine, actor: Actor, demotion_id: str) -> Demotion:
    """Return a demotion of the actor's organisation; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.demotion.get(demotion_id, actor.organisation_id)


def restore(engine: Engine, actor: Actor, demotion_id: str, reason: str) -> Demotion:
    """Sign for a detector's return; the second, different officer restores it. Raises SecondPersonNeeded, Conflict…"""
    require(actor, Role.CELL_OFFICER)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        require_reauthentication(tx, actor, now)
        before = tx.demotion.get_locked(demotion_id, actor.organisation_id)
        after = restored(before, tx.demotion.signatures(demotion_id), actor.person_id, now)
        tx.demotion.sign(Restoration(demotion_id=demotion_id, person_id=actor.person_id, at=now, reason=reason.strip()))
        if after.restored_at is None:
            tx.audit.append("restoration_signed", subject=demotion_id, actor=actor.person_id, now=now)
        else:
            tx.demotion.restore(after)
            _tell(tx, after, "detector_restored", actor, now)
    return after


def _tell(tx: Transaction, demotion: Demotion, kind: str, actor: Actor | None, now: datetime) -> None:
    """Write it into the log and the exam events, with the counts that it stands on."""
    about: Facts = {
        "exam": demotion.exam_id,
        "kind": demotion.kind,
        "sittings": demotion.sittings,
        "hours": round(demotion.hours, 2),
        "false_sittings": demotion.false_sittings,
        "expected": round(demotion.expected, 3),
        "evidence": round(demotion.evidence, 1),
        "alpha": demotion.alpha,
    }
    by = actor.person_id if actor else None
    tx.audit.append(kind, subject=demotion.id, actor=by, now=now, payload={name: str(value) for name, value in about.items()})
    event = ExamEvent(at=now, kind=kind, organisation_id=demotion.organisation_id, actor_id=by, subject=demotion.id, data=about)
    tx.events.record(event)
