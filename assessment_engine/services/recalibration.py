"""Proposing, signing and giving up another calibration of an exam. The second officer's signature applies it, if nobody has begun.

A first record is attached by one officer (services/exams.py): it takes no promise away.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assessment_engine.exams.recalibration import ProposalState, Recalibration, RecalibrationSignature
from assessment_engine.invigilation import MIN_REASON
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import ExamId, PersonId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import exams
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import require_reauthentication
from assessment_engine.storage.database import Transaction
from proctoring.calibration import CalibrationRecord
from proctoring.policy import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSheet:
    """A proposal, who signed it and what they are called."""

    proposal: Recalibration
    signed_by: tuple[PersonId, ...]
    names: Mapping[PersonId, str]

    @property
    def said_by(self) -> str:
        """Return the names of those who signed."""
        return ", ".join(sorted(self.names[one] for one in self.signed_by))


def propose(engine: Engine, actor: Actor, exam_id: ExamId, written: bytes | None, reason: str) -> Recalibration:
    """Propose the record of a file, or None for none at all, and sign it; raises as attaching does, or Conflict."""
    require(actor, Role.CELL_OFFICER)
    record = None if written is None else CalibrationRecord.from_file(written)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    now = engine.clock.now()
    with engine.store.read() as tx:  # all sittings of the exam: nobody's save waits for that
        tx.exams.of_actor(actor, exam_id)
        evidence = _evidence(tx, exam_id)
    with engine.store.begin() as tx:
        require_reauthentication(tx, actor, now)
        exam = tx.exams.of_actor(actor, exam_id)
        exams.check_recalibration(tx, exam, record)
        if any(one.state is ProposalState.OPEN for one in tx.recalibrations.of_exam(exam_id)):
            raise Conflict("a proposal for this exam waits for a second officer; sign it or give it up first", problem="proposal_open")
        proposal = Recalibration(
            id=new_id("cal", now),
            organisation_id=actor.organisation_id,
            exam_id=exam_id,
            record=record,
            reason=reason.strip(),
            evidence=evidence,
            proposed_by=actor.person_id,
            proposed_at=now,
        )
        tx.recalibrations.add(proposal)
        tx.recalibrations.sign(RecalibrationSignature(proposal_id=proposal.id, person_id=actor.person_id, at=now))
        about: Json = {"exam": exam_id, "calibration": None if record is None else record.sha256, "reason": proposal.reason}
        tx.audit.append("recalibration_proposed", subject=proposal.id, actor=actor.person_id, now=now, payload=about)
    return proposal


def _evidence(tx: Transaction, exam_id: ExamId) -> dict[str, Json]:
    """Return what is known of looking away in the organisation's exam so far, to stand beside the proposal for ever."""
    hours = tx.demotion.hours(exam_id)
    false = tx.demotion.false_sittings(exam_id, Kind.LOOKING_AWAY)
    return {"sittings": len(hours), "hours": round(sum(hours), 2), "false_sittings": false}


def sign(engine: Engine, actor: Actor, proposal_id: str) -> Recalibration:
    """Sign a proposal; the second, different officer applies it. Raises SecondPersonNeeded, or Conflict once somebody has begun."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        require_reauthentication(tx, actor, now)
        before = tx.recalibrations.get_locked(proposal_id, actor.organisation_id)
        earlier = [one.person_id for one in tx.recalibrations.signatures(proposal_id)]
        after = before.signed(earlier, actor.person_id, now)
        tx.recalibrations.sign(RecalibrationSignature(proposal_id=proposal_id, person_id=actor.person_id, at=now))
        tx.recalibrations.move(after)
        if after.state is ProposalState.APPLIED:
            exam = tx.exams.of_actor(actor, after.exam_id)
            exams.check_recalibration(tx, exam, after.record)
            exams.calibrate(tx, actor, exam, after.record, now)
        tx.audit.append("recalibration_signed", subject=proposal_id, actor=actor.person_id, now=now, payload={"state": str(after.state)})
    return after


def withdraw(engine: Engine, actor: Actor, proposal_id: str) -> Recalibration:
    """Give a proposal up; raises Conflict when it is closed."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        after = tx.recalibrations.get_locked(proposal_id, actor.organisation_id).withdrawn(now)
        tx.recalibrations.move(after)
        tx.audit.append("recalibration_withdrawn", subject=proposal_id, actor=actor.person_id, now=now)
    return after


def proposal_of(engine: Engine, actor: Actor, proposal_id: str) -> Recalibration:
    """Return a proposal of the actor's organisation; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.recalibrations.get(proposal_id, actor.organisation_id)


def proposals(engine: Engine, actor: Actor, exam_id: ExamId) -> list[ProposalSheet]:
    """Return an exam's proposals with who signed each, the newest first."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        tx.exams.of_actor(actor, exam_id)
        return [_sheet(tx, one) for one in tx.recalibrations.of_exam(exam_id)]


def _sheet(tx: Transaction, proposal: Recalibration) -> ProposalSheet:
    signed_by = tuple(one.person_id for one in tx.recalibrations.signatures(proposal.id))
    return ProposalSheet(proposal=proposal, signed_by=signed_by, names=tx.people.names([proposal.proposed_by, *signed_by]))
