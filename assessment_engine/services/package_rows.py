"""What a package of evidence says in rows: what the machine noted, what people decided, what the candidate said, and the log's entries.

Of a case that is undecided only the hearing is told. The package itself is services/evidence_packages.py.
"""

from collections.abc import Mapping, Sequence

from assessment_engine.evidence.leaves import ProvenLeaf
from assessment_engine.invigilation import UNDECIDED, Adjudication, Overturning
from assessment_engine.invigilation.hearing import Hearing
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso, iso_or_none
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import audit
from assessment_engine.storage.audit import AuditEntry
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.incidents import IncidentRecord

OPEN_CASE = ("hearing_opened", "candidate_heard")
DECIDED_CASE = ("case_judged", "case_overturned")


def proven(tx: Transaction, entries: Sequence[AuditEntry]) -> tuple[list[ProvenLeaf], str]:
    """Return entries with their paths to the newest checkpoint, and the checkpoint; raises NotYet while one has no place."""
    if any(entry.leaf_index is None for entry in entries) or not tx.audit.checkpoints(limit=1):
        raise NotYet("the log has not given every entry its place yet; a moment")
    checkpoint, paths = audit.proofs(tx, entries)
    return [_leaf(entry, path) for entry, path in zip(entries, paths, strict=True)], checkpoint.note


def _leaf(entry: AuditEntry, path: Sequence[bytes]) -> ProvenLeaf:
    assert entry.leaf_index is not None
    return ProvenLeaf(
        kind=entry.kind,
        subject=entry.subject,
        actor=entry.actor_id,
        at=entry.at,
        payload=dict(entry.payload) if isinstance(entry.payload, Mapping) else None,
        index=entry.leaf_index,
        path=tuple(part.hex() for part in path),
    )


def decided(tx: Transaction, sitting_id: SittingId) -> tuple[list[Json], list[AuditEntry]]:
    """Return what people decided on the cases that are over, and on the sitting, and what the candidate said; with the log's entries."""
    rows: list[Json] = [_heard(one) for one in tx.hearings.of_sitting(sitting_id)]
    entries: list[AuditEntry] = []
    for case in tx.invigilation.cases_of(sitting_id):
        told = OPEN_CASE if case.state in UNDECIDED else (*OPEN_CASE, *DECIDED_CASE)
        entries += [entry for entry in tx.audit.about(case.incident_id) if entry.kind in told]
        if case.state not in UNDECIDED:
            rows += [_judgement(one) for one in tx.invigilation.adjudications_of(case.incident_id)]
    rows += [_overturned(one) for one in tx.invigilation.overturnings_of(sitting_id)]
    rows += [
        {
            "kind": "decision",
            "sitting": one.sitting_id,
            "outcome": str(one.outcome),
            "person": one.decided_by,
            "reason": one.reason,
            "observable_share": one.observable_share,
            "at": iso(one.decided_at),
        }
        for one in tx.invigilation.decisions_of(sitting_id)
    ]
    return rows, entries


def _judgement(one: Adjudication) -> Json:
    return {
        "kind": "judgement",
        "incident": one.incident_id,
        "ordinal": one.ordinal,
        "verdict": str(one.verdict),
        "reason_code": str(one.reason_code),
        "reason": one.reason,
        "person": one.person_id,
        "at": iso(one.at),
    }


def _heard(one: Hearing) -> Json:
    return {
        "kind": "hearing",
        "incident": one.incident_id,
        "opened_at": iso(one.opened_at),
        "due_at": iso(one.due_at),
        "reply": one.reply,
        "replied_at": iso_or_none(one.replied_at),
        "waived_at": iso_or_none(one.waived_at),
    }


def _overturned(one: Overturning) -> Json:
    return {
        "kind": "overturned",
        "incident": one.incident_id,
        "grievance": one.grievance_id,
        "person": one.person_id,
        "reason": one.reason,
        "at": iso(one.at),
    }


def incident_row(one: IncidentRecord) -> Json:
    """Return the row of what the machine noted."""
    return {
        "id": one.id,
        "kind": one.kind,
        "tier": one.tier,
        "severity": one.severity,
        "opened_at": iso(one.opened_at),
        "raised_at": iso(one.raised_at),
        "ended_at": iso_or_none(one.ended_at),
        "question": one.item_id,
        "trace": dict(one.trace),
        "models": dict(one.models),
    }
