"""Measuring reviewing while it goes on: who looks again at which decision, who gets a planted case, what of an audited sitting is shown.

Chance is the operating system's, drawn when a judgement takes effect, so that nobody can know before. What comes of it is told by
services/figures.py; none of it changes a sitting's outcome.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.invigilation import UNDECIDED, Case, CaseState, Verdict
from assessment_engine.invigilation.pending import PendingJudgement
from assessment_engine.invigilation.unmarked import SHARES, Origin, Shares, UnmarkedReview
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound
from assessment_engine.kernel.ids import IncidentId, PersonId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.services import random_audit
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.people import serving
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord
from assessment_engine.storage.unmarked import PlantedCase

_FINE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheShelf:
    """A planted case, with what it shows and whose it is."""

    case: PlantedCase
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plantable:
    """An incident of a simulated sitting that could be planted, with its peak's picture."""

    incident_id: IncidentId
    kind: str
    name: str
    raised_at: datetime
    picture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What is planted, and what could be."""

    planted: tuple[OnTheShelf, ...]
    simulated: tuple[Plantable, ...]


class NotSimulated(Invalid):
    """Only a simulated sitting's incidents are planted: nobody's real exam is practice for reviewers."""

    code = "not_simulated"


def happens(share: float) -> bool:
    """Draw by the operating system's chance whether something that happens in this share of cases happens now."""
    return secrets.randbelow(_FINE) < share * _FINE


def draw_after(tx: Transaction, judged: Case, pending: PendingJudgement, shares: Shares = SHARES) -> None:
    """After a real judgement took effect: perhaps have the decision looked at again, perhaps plant a case for who judged."""
    now = pending.effective_at
    if judged.state not in UNDECIDED and happens(shares.again):
        incident = tx.incidents.get(judged.incident_id, judged.organisation_id)
        verdict = Verdict.UPHOLD if judged.state is CaseState.UPHELD else Verdict.DISMISS
        tx.unmarked.add(
            UnmarkedReview(
                id=IncidentId(new_id("inc", incident.raised_at)),  # an id tells its moment: that of the flag, as with any other
                organisation_id=judged.organisation_id,
                origin=Origin.AGAIN,
                sitting_id=judged.sitting_id,
                incident_id=judged.incident_id,
                kind=incident.kind,
                severity=incident.severity or "",
                opened_at=now,
                not_for=pending.person_id,
                truth=verdict,
            )
        )
    if happens(shares.planted):
        _plant_for(tx, pending)


def _plant_for(tx: Transaction, pending: PendingJudgement) -> None:
    library = tx.unmarked.plantable(pending.organisation_id, pending.person_id)
    if not library:
        return
    planted, kind, severity, sitting_id = library[secrets.randbelow(len(library))]
    raised_at = tx.incidents.get(planted.incident_id, pending.organisation_id).raised_at
    tx.unmarked.add(
        UnmarkedReview(
            id=IncidentId(new_id("inc", raised_at)),
            organisation_id=pending.organisation_id,
            origin=Origin.PLANTED,
            sitting_id=sitting_id,
            incident_id=planted.incident_id,
            kind=kind,
            severity=severity,
            opened_at=pending.effective_at,
            for_person=pending.person_id,
            truth=planted.truth,
        )
    )


def check(tx: Transaction, review: UnmarkedReview, person_id: PersonId) -> None:
    """Refuse whom an unmarked case is not for, as a real one would."""
    check_stranger(tx, person_id, tx.sittings.get(review.sitting_id))
    judged = review.incident_id is not None and tx.unmarked.judged(review.incident_id, person_id)
    review.check(person_id, judged_before=judged)


def waits(tx: Transaction, sitting: Sitting, now: datetime) -> bool:
    """Tell whether an unmarked case that shows a sitting waits for somebody who is still there and may answer it."""
    waiting = tx.unmarked.unanswered(sitting.id)
    if not waiting:
        return False
    staff = serving(tx, sitting.organisation_id, SESSION_STAFF, now).keys() - tx.seen.knowing(sitting.candidate_id) - {sitting.candidate_id}
    return any(one.answerable_by(staff, _judges(tx, one)) for one in waiting)


def _judges(tx: Transaction, review: UnmarkedReview) -> frozenset[PersonId]:
    judged = [] if review.incident_id is None else tx.invigilation.adjudications_of(review.incident_id)
    return frozenset(one.person_id for one in judged)


def answer(tx: Transaction, review: UnmarkedReview, pending: PendingJudgement) -> None:
    """Store a judgement of an unmarked case; a difference is a leaf of the log, for whoever has to know."""
    answered = review.answered(pending.judgement, by=pending.person_id, now=pending.effective_at, seconds=pending.seconds)
    tx.unmarked.answer(answered)
    about: Facts = {"origin": str(review.origin), "verdict": str(pending.verdict), "differs": answered.differs}
    tx.audit.append("reviewing_measured", subject=review.id, actor=pending.person_id, now=pending.effective_at, payload=dict(about))


def shown(engine: Engine, tx: Transaction, review: UnmarkedReview) -> tuple[IncidentRecord, list[EvidenceRecord]]:
    """Return the incident that an unmarked case shows, and its pictures."""
    if review.incident_id is None:
        return random_audit.shown(engine, tx.sittings.get(review.sitting_id), review)
    return tx.incidents.get(review.incident_id, review.organisation_id), tx.incidents.evidence_of(review.incident_id)


def plant(engine: Engine, actor: Actor, incident_id: IncidentId, truth: Verdict) -> PlantedCase:
    """Put an incident of a simulated sitting into the library with its truth; raises NotSimulated, Invalid or Conflict."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        incident = tx.incidents.get(incident_id, actor.organisation_id)
        if not tx.sittings.get(incident.sitting_id).simulated:
            raise NotSimulated("only incidents of simulated sittings are planted")
        if incident.severity is None or incident.ended_at is None:
            raise Invalid("an incident that is planted has ended and is one that a person could uphold")
        if any(one.incident_id == incident_id for one in tx.unmarked.library(actor.organisation_id)):
            raise Conflict("this incident is or was in the library already")
        case = PlantedCase(
            incident_id=incident_id, organisation_id=actor.organisation_id, truth=truth, added_by=actor.person_id, added_at=now
        )
        tx.unmarked.plant(case)
        tx.audit.append("case_planted", subject=incident_id, actor=actor.person_id, now=now, payload={"truth": str(truth)})
    return case


def withdraw(engine: Engine, actor: Actor, incident_id: IncidentId) -> None:
    """Take an incident out of the library; what was judged of it stays. Raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        if not tx.unmarked.withdraw(incident_id, actor.organisation_id, now):
            raise NotFound("no such planted case")
        tx.audit.append("case_withdrawn", subject=incident_id, actor=actor.person_id, now=now)


def library(engine: Engine, actor: Actor) -> Library:
    """Return the organisation's library of planted cases, and the incidents of simulated sittings that are not in it."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        planted = [(one, tx.incidents.get(one.incident_id, actor.organisation_id)) for one in tx.unmarked.library(actor.organisation_id)]
        found = [tx.incidents.get(one, actor.organisation_id) for one in tx.unmarked.simulated(actor.organisation_id)]
        names = {one.sitting_id: _name(tx, one) for one in [*found, *(incident for _, incident in planted)]}
        return Library(
            planted=tuple(OnTheShelf(case=case, kind=incident.kind, name=names[incident.sitting_id]) for case, incident in planted),
            simulated=tuple(
                Plantable(incident_id=one.id, kind=one.kind, name=names[one.sitting_id], raised_at=one.raised_at, picture=_picture(tx, one))
                for one in found
            ),
        )


def _name(tx: Transaction, incident: IncidentRecord) -> str:
    return tx.people.get(tx.sittings.get(incident.sitting_id).candidate_id).name


def _picture(tx: Transaction, incident: IncidentRecord) -> str | None:
    return next((one.id for one in tx.incidents.evidence_of(incident.id) if one.role == "peak"), None)
