"""What the rule of certificates looks at, gathered for many sittings with as many questions to the database as for one.

The rule is certification/certificate.py; services/certification.py issues by it, services/standing.py shows what it says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from assessment_engine.certification.certificate import Batched, Facts, Proctored, Scored
from assessment_engine.delivery.sealing import Seal
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import Exam
from assessment_engine.grievances import Grievance
from assessment_engine.invigilation import Case, CaseState, Overturning, ProctoringDecision
from assessment_engine.kernel.ids import ExamId, IncidentId, ScoreReportId, SittingId, made_at
from assessment_engine.scoring.results import BatchApproval, BatchState, ResultBatch
from assessment_engine.services.invigilation import still_stands, watched
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from assessment_engine.storage.scoring import ScoreReport

Key = TypeVar("Key")
One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtHand:
    """What the database holds of some sittings."""

    exams: Mapping[ExamId, Exam]
    seals: Mapping[SittingId, Seal]
    reports: Mapping[SittingId, Sequence[ScoreReport]]
    watches: Mapping[SittingId, WatchRecord]
    flags: Mapping[SittingId, Sequence[IncidentRecord]]
    cases: Mapping[SittingId, Sequence[Case]]
    first_judged: Mapping[IncidentId, datetime]
    decisions: Mapping[SittingId, ProctoringDecision]
    overturnings: Mapping[SittingId, Sequence[Overturning]]
    grievances: Mapping[SittingId, Sequence[Grievance]]
    batches: Mapping[ScoreReportId, Sequence[tuple[ScoreReportId, ResultBatch]]]
    approvals: Mapping[str, Sequence[BatchApproval]]


def facts_of(tx: Transaction, sitting: Sitting, *, demo: bool) -> Facts:
    """Gather what the rule looks at; before the seal nothing else matters."""
    return facts_of_all(tx, [sitting], demo=demo)[sitting.id]


def facts_of_all(tx: Transaction, sittings: Sequence[Sitting], *, demo: bool) -> dict[SittingId, Facts]:
    """Gather what the rule looks at for many sittings."""
    held = _at_hand(tx, sittings)
    return {sitting.id: _facts(held, sitting, demo=demo) for sitting in sittings}


def _at_hand(tx: Transaction, sittings: Sequence[Sitting]) -> _AtHand:
    ids = [sitting.id for sitting in sittings]
    reports, cases = tx.scoring.of_sittings(ids), tx.invigilation.cases_in(ids)
    batches = tx.results.of_reports([report.id for report in reports])
    approvals = tx.results.approvals_in([batch.id for _, batch in batches])
    return _AtHand(
        exams=tx.exams.many({sitting.exam_id for sitting in sittings}),
        seals=tx.sittings.newest_seals(ids),
        reports=_by(lambda report: report.card.sitting_id, reports),
        watches=tx.incidents.watches_of(ids),
        flags=_by(lambda flag: flag.sitting_id, tx.incidents.flags_of(ids)),
        cases=_by(lambda case: case.sitting_id, cases),
        first_judged=tx.invigilation.first_judged([case.incident_id for case in cases if case.state is CaseState.AWAITING_SECOND]),
        decisions=tx.invigilation.newest_decisions(ids),
        overturnings=_by(lambda one: one.sitting_id, tx.invigilation.overturnings_in(ids)),
        grievances=_by(lambda one: one.sitting_id, tx.grievances.open_in(ids)),
        batches=_by(lambda one: one[0], batches),
        approvals=_by(lambda one: str(one.batch_id), approvals),
    )


def _by(key: Callable[[One], Key], found: Iterable[One]) -> dict[Key, list[One]]:
    groups: dict[Key, list[One]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups


def _facts(held: _AtHand, sitting: Sitting, *, demo: bool) -> Facts:
    seal, voided = held.seals.get(sitting.id), sitting.state is SittingState.VOIDED
    began_at = sitting.started_at or sitting.admitted_at or sitting.consented_at or made_at(sitting.id)
    if seal is None:
        nothing = Proctored(drained_at=None)
        return Facts(began_at=began_at, sealed_at=None, scored=None, proctored=nothing, batched=None, voided=voided)
    report = _report_over(held, sitting.id, seal)
    return Facts(
        began_at=began_at,
        sealed_at=seal.sealed_at,
        scored=Scored(report_id=report.id, passed=report.card.passed, at=report.created_at) if report else None,
        proctored=_proctored(held, sitting),
        batched=_batched(held, report) if report else None,
        grievances=tuple(grievance.filed_at for grievance in held.grievances.get(sitting.id, ())),
        voided=voided,
        simulated=sitting.simulated and not demo,
    )


def _report_over(held: _AtHand, sitting_id: SittingId, seal: Seal) -> ScoreReport | None:
    """Return the report over exactly this seal and form."""
    same = (seal.sha256, seal.form_sha256)
    return next((one for one in held.reports.get(sitting_id, ()) if (one.card.seal_sha256, one.card.form_sha256) == same), None)


def _proctored(held: _AtHand, sitting: Sitting) -> Proctored:
    watch, flags, cases = held.watches.get(sitting.id), held.flags.get(sitting.id, ()), held.cases.get(sitting.id, ())
    known = {case.incident_id for case in cases}
    seen = watched(sitting, watch, sealed=True, flags=len(flags), cases=cases, exam=held.exams[sitting.exam_id])
    latest = held.decisions.get(sitting.id)
    decision = latest if latest and still_stands(latest, flags, held.overturnings.get(sitting.id, ())) else None
    return Proctored(
        drained_at=watch.drained_at if watch else None,
        open_cases=(
            *(case.opened_at for case in cases if case.state is CaseState.OPEN),
            *(flag.raised_at for flag in flags if flag.id not in known),
        ),
        second_cases=tuple(held.first_judged[case.incident_id] for case in cases if case.state is CaseState.AWAITING_SECOND),
        seen_too_little=seen.seen_too_little,
        decision_id=decision.id if decision else None,
        outcome=str(decision.outcome) if decision else None,
        decided_at=decision.decided_at if decision else None,
    )


def _batched(held: _AtHand, report: ScoreReport) -> Batched | None:
    newest = next((batch for _, batch in held.batches.get(report.id, ()) if batch.state is not BatchState.DISCARDED), None)
    if newest is None:
        return None
    approvals = {approval.officer_id: approval.at for approval in held.approvals.get(str(newest.id), ())}
    return Batched(
        id=newest.id, created_at=newest.created_at, approvals=tuple(sorted(approvals.values())), published_at=newest.published_at
    )
