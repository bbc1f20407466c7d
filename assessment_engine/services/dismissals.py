"""What is expected in one sitting's picture: things that people dismissed there, and things that the arrangements declare.

A thing is dismissed by an invigilator at the wall, while it is seen, or by the judgement that dismissed its case. Nothing is kept in a
worker: it asks every second, so that a message that was lost dismisses nothing less. What it means: proctoring/expected.py.
"""

from collections.abc import Iterable, Mapping, Sequence

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams.policy import declared_kinds
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.dismissals import DismissalRecord
from assessment_engine.storage.events import sitting_event
from proctoring.expected import THINGS, Dismissed, Expected, box_of
from proctoring.policy import Kind


def dismiss(engine: Engine, actor: Actor, incident_id: IncidentId) -> tuple[Dismissed, ...]:
    """Say that the things of an incident are nothing to ask about again in this sitting; its case waits for a judgement all the same.

    Raises Invalid for an incident without a thing, ConflictOfInterest. Dismissing twice is once.
    """
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        incident = tx.incidents.get(incident_id, actor.organisation_id)
        sitting = tx.sittings.get(incident.sitting_id)
        check_stranger(tx, actor.person_id, sitting)
        things = tuple(_things(incident.trace))
        if not things:
            raise Invalid("only a thing can be dismissed: a phone, a book, a screen", field="incident")
        record = DismissalRecord(
            incident_id=incident_id,
            sitting_id=sitting.id,
            organisation_id=sitting.organisation_id,
            person_id=actor.person_id,
            at=now,
            things=tuple(one.as_json() for one in things),
        )
        if tx.dismissals.add(record):
            about: dict[str, Json] = {"incident": incident_id, "things": [one.as_json() for one in things]}
            tx.audit.append("object_dismissed", subject=sitting.id, actor=actor.person_id, now=now, payload=about)
            facts = {"kinds": ", ".join(sorted(one.kind.value for one in things))}
            tx.events.record(sitting_event("object_dismissed", sitting, now, actor, subject=incident_id, data=facts))
    return things


def _things(trace: Mapping[str, Json]) -> Iterable[Dismissed]:
    findings = trace.get("findings", ())
    for finding in findings if isinstance(findings, list | tuple) else ():
        if isinstance(finding, Mapping) and finding.get("kind") in THINGS and not finding.get("expected"):
            yield Dismissed(kind=Kind(str(finding["kind"])), place=box_of(finding.get("place")))


def expected(engine: Engine, sittings: Sequence[Sitting]) -> dict[SittingId, Expected]:
    """Return what is expected in these sittings: asked by the workers again and again. A system question."""
    if not sittings:
        return {}
    with engine.store.read() as tx:
        return expected_in(tx, sittings)


def expected_in(tx: Transaction, sittings: Sequence[Sitting]) -> dict[SittingId, Expected]:
    """Return what is expected in these sittings."""
    sitting_ids = [one.id for one in sittings]
    dismissed: dict[SittingId, list[Dismissed]] = {one: [] for one in sitting_ids}
    for record in tx.dismissals.of_sittings(sitting_ids):
        dismissed[record.sitting_id] += [Dismissed.from_json(one) for one in record.things]
    for sitting_id, trace in tx.dismissals.judged_away(sitting_ids, sorted(THINGS)):
        dismissed[sitting_id] += _things(trace)
    rules = tx.exams.arrangements({one.registration_id for one in sittings})
    return {
        one.id: Expected(kinds=declared_kinds(rules.get(one.registration_id, {})), dismissed=tuple(dict.fromkeys(dismissed[one.id])))
        for one in sittings
    }
