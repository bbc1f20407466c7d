"""A sitting's risk as one person may see it. What it is made of: proctoring/risk.py."""

from assessment_engine.invigilation import FOUND_NOTHING
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import SESSION_STAFF, Actor
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.incidents import IncidentRecord
from proctoring.policy import Kind, Severity, Tier
from proctoring.risk import Risk, Weighed, risk_of


def may_see_the_machine(tx: Transaction, viewer: Actor, sitting_id: SittingId) -> bool:
    """Tell whether somebody may see how the machine scored a sitting: no case of it waits that they have not judged themselves.

    One that only measures reviewing is a case like any other to whoever may be asked.
    """
    if not viewer.roles.isdisjoint(SESSION_STAFF) and tx.unmarked.open_in(sitting_id, viewer.person_id):
        return False
    cases = tx.invigilation.cases_of(sitting_id)
    return all(case.shows_the_machine(viewer.person_id, tx.invigilation.adjudications_of(case.incident_id)) for case in cases)


def risk_for(tx: Transaction, viewer: Actor, sitting_id: SittingId) -> Risk | None:
    """Return a sitting's risk without what people or an appeal took away; None while a case of it waits for this person's own judgement."""
    if not may_see_the_machine(tx, viewer, sitting_id):
        return None
    dismissed = {case.incident_id for case in tx.invigilation.cases_of(sitting_id) if case.state in FOUND_NOTHING}
    return risk_of(_weighed(one) for one in tx.incidents.of_sitting(sitting_id) if one.id not in dismissed)


def _weighed(incident: IncidentRecord) -> Weighed:
    severity = None if incident.severity is None else Severity[incident.severity.upper()]
    return Weighed(kind=Kind(incident.kind), tier=Tier(incident.tier), severity=severity, confidence=incident.confidence)
