"""Conflicts of interest: who may not watch or judge whom. Declared by the invigilator; one's own sitting needs no word."""

from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.invigilation.interests import ConflictOfInterest, Interest, Tie
from assessment_engine.kernel.ids import PersonId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event


def declare(engine: Engine, actor: Actor, sitting_id: SittingId, tie: Tie, note: str = "") -> Interest:
    """Declare that one knows a candidate: from now on somebody else watches and judges them. Declaring twice is once."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        return declare_in(tx, actor, tx.sittings.of_organisation(sitting_id, actor.organisation_id), tie, note, now)


def declare_in(tx: Transaction, actor: Actor, sitting: Sitting, tie: Tie, note: str, now: datetime) -> Interest:
    """Store what somebody declares of a sitting's candidate, with its leaf of the log; raises Invalid for a note that is too long."""
    interest = Interest(
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        candidate_id=sitting.candidate_id,
        tie=tie,
        note=note.strip(),
        declared_at=now,
    )
    if tx.interests.declare(interest):
        about = {"candidate": sitting.candidate_id, "tie": str(tie), "note": interest.note}
        tx.audit.append("conflict_declared", subject=sitting.id, actor=actor.person_id, now=now, payload=about)
        tx.events.record(sitting_event("conflict_declared", sitting, now, actor, data={"tie": str(tie)}))
    return interest


def check_stranger(tx: Transaction, person_id: PersonId, sitting: Sitting) -> None:
    """Refuse whoever knows the candidate or is the candidate; raises ConflictOfInterest."""
    if sitting.candidate_id in tx.interests.of(person_id):
        raise ConflictOfInterest("you know this candidate, or this is your own sitting: somebody else watches, acts and judges")
