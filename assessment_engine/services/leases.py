"""Who writes in a sitting: a candidate's window takes the lease, an invigilator frees it. In order with answers.

The rules are delivery/lease.py (ADR 23); both acts ride along with the ledger's writer.
"""

from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.lease import free, take
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.ledger_writer import AnswerLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Which window writes now, and whether that changed."""

    writer: str
    moved: bool


def take_lease(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, writer: str, known: str | None) -> Lease:
    """Give the candidate's window the lease; asking twice is once. Raises LeaseMoved when another has it and this one may not take it."""

    def work(tx: Transaction, now: datetime) -> Lease:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        before = sitting.writer
        if before == writer:
            return Lease(writer=writer, moved=False)
        device_change = "candidate" if before is None else tx.exams.get(sitting.exam_id).policy.device_change
        tx.sittings.save(take(sitting, writer, known, device_change))
        if before is not None:
            _note(tx, sitting, now, actor, by="candidate", reason="")
        return Lease(writer=writer, moved=before is not None)

    return ledger.in_order(sitting_id, work).result()


def release_lease(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, reason: str) -> bool:
    """Free a sitting's lease, as an invigilator and with a reason; tells whether any window had it."""
    require(actor, Role.INVIGILATOR)
    if not reason.strip():
        raise Invalid("say why the exam moves to another window")

    def work(tx: Transaction, now: datetime) -> bool:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        check_stranger(tx, actor.person_id, sitting)
        freed = free(sitting)
        if sitting.writer is None:
            return False
        tx.sittings.save(freed)
        _note(tx, sitting, now, actor, by="invigilator", reason=reason.strip())
        return True

    return ledger.in_order(sitting_id, work).result()


def _note(tx: Transaction, sitting: Sitting, now: datetime, actor: Actor, *, by: str, reason: str) -> None:
    about = {"by": by, "reason": reason} if reason else {"by": by}
    tx.audit.append("lease_moved", subject=sitting.id, actor=actor.person_id, now=now, payload=dict(about))
    tx.events.record(sitting_event("lease_moved", sitting, now, actor, data={"by": by}))
