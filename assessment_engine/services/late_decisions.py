"""People decide on late answers: one officer accepts, two different people refuse, and a new seal says what counts (ADR 0027).

Accepting makes a second seal over the same ledger and exactly the late answers that were accepted, a leaf of the log, and has the sitting
scored again over it. Once a result with the sitting's score is published, nothing is decided here any more: a grievance is the way.
"""

from collections.abc import Sequence
from datetime import datetime

from assessment_engine.delivery.late import LateDecision, LateState, Said, Verdict, decided, state_of
from assessment_engine.delivery.sealing import Seal, supersede
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, NotYet
from assessment_engine.kernel.ids import LateAnswerId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.scoring.results import BatchState
from assessment_engine.services.closing import Jobs, tell
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.people import require_reauthentication
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event


def decide_late(engine: Engine, actor: Actor, sitting_id: SittingId, late_ids: Sequence[LateAnswerId], said: Said) -> list[LateState]:
    """Say the same to some late answers of one sitting, all or nothing; returns where each stands then.

    Accepting needs an officer of the cell and a fresh password; refusing needs a second, different person. Raises SecondPersonNeeded,
    NotYet before the seal, Conflict once an officer has signed a result with the score.
    """
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = _sitting(tx, actor, sitting_id)
        if said.verdict is Verdict.ACCEPT:
            require(actor, Role.CELL_OFFICER)
            require_reauthentication(tx, actor, now)
        _check_results(tx, sitting_id, said.verdict)
        states = _record(tx, actor, sitting, late_ids, said, now)
        jobs = _seal_again(engine, tx, actor, sitting, now) if said.verdict is Verdict.ACCEPT else ()
    tell(engine, jobs)
    return states


def _sitting(tx: Transaction, actor: Actor, sitting_id: SittingId) -> Sitting:
    session_id = tx.sittings.of_organisation(sitting_id, actor.organisation_id).session_id
    tx.registrations.lock_sessions([session_id])  # no result of it is drafted or signed meanwhile
    sitting = tx.sittings.get_locked(sitting_id)
    check_stranger(tx, actor.person_id, sitting)
    if sitting.practice:
        raise Conflict("nothing of practice counts, so nothing of it is decided")
    if tx.sittings.seal(sitting_id) is None:
        raise NotYet("late answers are decided once the sitting is handed in")
    return sitting


def _check_results(tx: Transaction, sitting_id: SittingId, verdict: Verdict) -> None:
    """Refuse what would change, or seem to change, a score that stands under signatures."""
    states = {batch.state for batch in tx.results.of_sitting(sitting_id)}
    if BatchState.PUBLISHED in states:
        raise Conflict("the result is published; a grievance is the way to have it changed")
    if verdict is Verdict.ACCEPT and BatchState.APPROVED_ONCE in states:
        raise Conflict("an officer has signed a result batch with this score; discard the batch first")


def _record(
    tx: Transaction, actor: Actor, sitting: Sitting, late_ids: Sequence[LateAnswerId], said: Said, now: datetime
) -> list[LateState]:
    chosen = dict.fromkeys(late_ids)
    late = [one for one in tx.late_answers.of_sitting(sitting.id) if one.id in chosen]
    if not chosen:
        raise Invalid("choose at least one late answer", field="late_answers")
    if len(late) != len(chosen):
        raise NotFound("no such late answer")
    earlier = tx.late_answers.decisions([one.id for one in late])
    new: list[LateDecision] = [decided(one, earlier[one.id], said, actor.person_id, now) for one in late]
    tx.late_answers.decide(new)
    states = [state_of([*earlier[one.late_answer_id], one]) for one in new]
    about: Json = {"late_answers": [one.id for one in late], "verdict": str(said.verdict), "states": [str(one) for one in states]}
    tx.audit.append("late_answers_judged", subject=sitting.id, actor=actor.person_id, now=now, payload=about)
    facts: Facts = {"late_answers": len(late), "verdict": str(said.verdict)}
    tx.events.record(sitting_event("late_answers_judged", sitting, now, actor, data=facts))
    return states


def _seal_again(engine: Engine, tx: Transaction, actor: Actor, sitting: Sitting, now: datetime) -> Jobs:
    before = tx.sittings.seal(sitting.id)
    assert before is not None, "only a sealed sitting's late answers are decided"
    seal: Seal = supersede(before, tx.late_answers.accepted(sitting.id), now, engine.signer.receipts)
    tx.sittings.add_seal(seal)
    tx.audit.append("sitting_sealed", subject=sitting.id, actor=actor.person_id, now=now, payload=seal.document)
    return (tx.outbox.add(JobName.SCORE_SITTING, sitting.id, now),)
