"""Tables and queries of the cases that measure reviewing: unmarked reviews with their answers, and the library of planted cases.

An answer is given once and then stays. The library holds incidents of simulated sittings only; services/unmarked.py sees to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    exists,
    insert,
    or_,
    select,
    update,
)

from assessment_engine.invigilation.case import Reason, Verdict
from assessment_engine.invigilation.unmarked import Answer, Origin, UnmarkedReview
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.incidents import evidence_keys, incidents
from assessment_engine.storage.interests import knows
from assessment_engine.storage.invigilation import adjudications, cases
from assessment_engine.storage.pending import pending_judgements
from assessment_engine.storage.schema import Instant, metadata

unmarked_reviews = Table(
    "unmarked_reviews",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("origin", String(10), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("incident_id", String(40), ForeignKey("incidents.id")),
    Column("kind", String(30), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("for_person", String(40), ForeignKey("people.id")),
    Column("not_for", String(40), ForeignKey("people.id")),
    Column("truth", String(10)),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("person_id", String(40), ForeignKey("people.id")),
    Column("verdict", String(10)),
    Column("reason_code", String(30)),
    Column("reason", Text),
    Column("answered_at", Instant),
    Column("seconds", Float),
    CheckConstraint("(person_id IS NULL) = (verdict IS NULL)", name="answers_are_whole"),
    CheckConstraint("(origin = 'audit') = (incident_id IS NULL)", name="an_audit_has_no_incident"),
    Index("ix_unmarked_reviews_organisation_id_opened_at", "organisation_id", "opened_at"),
    Index("ix_unmarked_reviews_sitting_id", "sitting_id"),
)

planted_cases = Table(
    "planted_cases",
    metadata,
    Column("incident_id", String(40), ForeignKey("incidents.id"), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("truth", String(10), nullable=False),
    Column("added_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

_ANSWER = ("person_id", "verdict", "reason_code", "reason", "answered_at", "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCase:
    """An incident of a simulated sitting whose truth is known: what a right judgement of it is."""

    incident_id: IncidentId
    organisation_id: OrganisationId
    truth: Verdict
    added_by: PersonId
    added_at: datetime
    withdrawn_at: datetime | None = None


class UnmarkedReviews:
    """Unmarked reviews and the library of planted cases in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, review: UnmarkedReview) -> None:
        """Set one before people."""
        columns = {name: getattr(review, name) for name in unmarked_reviews.columns.keys() if name not in _ANSWER}  # noqa: SIM118
        self._connection.execute(insert(unmarked_reviews).values(**columns))

    def find(self, review_id: str, organisation_id: OrganisationId) -> UnmarkedReview | None:
        """Return one of this organisation, None when the id is no unmarked review's."""
        mine = (unmarked_reviews.c.id == review_id) & (unmarked_reviews.c.organisation_id == organisation_id)
        return next(iter(self._all(mine)), None)

    def find_locked(self, review_id: str, organisation_id: OrganisationId) -> UnmarkedReview | None:
        """Return one held against other writers, so that two people answer one after the other."""
        mine = (unmarked_reviews.c.id == review_id) & (unmarked_reviews.c.organisation_id == organisation_id)
        row = self._connection.execute(select(unmarked_reviews).where(mine).with_for_update()).one_or_none()
        return None if row is None else _review(row)

    def answer(self, review: UnmarkedReview) -> None:
        """Store the answer of one that has none."""
        given = review.answer
        assert given is not None
        values = {"person_id": given.person_id, "verdict": given.verdict, "reason_code": given.reason_code, "reason": given.reason}
        unanswered = (unmarked_reviews.c.id == review.id) & unmarked_reviews.c.person_id.is_(None)
        self._connection.execute(update(unmarked_reviews).where(unanswered).values(**values, answered_at=given.at, seconds=given.seconds))

    def waiting_for(self, person_id: PersonId, organisation_id: OrganisationId) -> list[UnmarkedReview]:
        """Return those that wait for this person: nobody's own sitting, nothing they judged before, nothing whose pictures are erased."""
        held = exists().where(
            pending_judgements.c.case_id == unmarked_reviews.c.id,
            pending_judgements.c.undone_at.is_(None),
            pending_judgements.c.effected_at.is_(None),
        )
        return self._all(_meant_for(person_id) & (unmarked_reviews.c.organisation_id == organisation_id) & ~held)

    def open_in(self, sitting_id: SittingId, person_id: PersonId) -> list[UnmarkedReview]:
        """Return those of a sitting that this person may be asked and has not answered, their pending answer among them."""
        return self._all(_meant_for(person_id) & (unmarked_reviews.c.sitting_id == sitting_id))

    def open_about(self, incident_id: str, person_id: PersonId, organisation_id: OrganisationId) -> UnmarkedReview | None:
        """Return one about an incident of this organisation that this person may be asked and has not answered."""
        about = (unmarked_reviews.c.incident_id == incident_id) & (unmarked_reviews.c.organisation_id == organisation_id)
        return next(iter(self._all(_meant_for(person_id) & about)), None)

    def answered_in(self, organisation_id: OrganisationId) -> list[UnmarkedReview]:
        """Return every answered one of an organisation, oldest first."""
        return self._all((unmarked_reviews.c.organisation_id == organisation_id) & unmarked_reviews.c.person_id.is_not(None))

    def audits_of(self, sitting_id: SittingId) -> list[UnmarkedReview]:
        """Return the audits of a drawn sitting."""
        return self._all((unmarked_reviews.c.sitting_id == sitting_id) & (unmarked_reviews.c.origin == Origin.AUDIT))

    def unanswered(self, sitting_id: SittingId) -> list[UnmarkedReview]:
        """Return those that show pictures of a sitting and have not been answered."""
        return self._all((unmarked_reviews.c.sitting_id == sitting_id) & unmarked_reviews.c.person_id.is_(None))

    def audits_in(self, session_id: SessionId) -> dict[SittingId, list[UnmarkedReview]]:
        """Return the audits of a session's drawn sittings, by sitting; those that have none are left out."""
        found: dict[SittingId, list[UnmarkedReview]] = {}
        inside = select(sittings.c.id).where(sittings.c.session_id == session_id)
        for one in self._all(unmarked_reviews.c.sitting_id.in_(inside) & (unmarked_reviews.c.origin == Origin.AUDIT)):
            found.setdefault(one.sitting_id, []).append(one)
        return found

    def judged(self, incident_id: IncidentId | None, person_id: PersonId) -> bool:
        """Tell whether a person judged the incident itself."""
        theirs = (adjudications.c.incident_id == incident_id) & (adjudications.c.person_id == person_id)
        return self._connection.execute(select(adjudications.c.id).where(theirs)).first() is not None

    def plantable(self, organisation_id: OrganisationId, person_id: PersonId) -> list[tuple[PlantedCase, str, str, SittingId]]:
        """Return the library's cases that are new to a person, each with its kind, severity and sitting."""
        given = select(unmarked_reviews.c.incident_id).where(
            unmarked_reviews.c.for_person == person_id, unmarked_reviews.c.incident_id.is_not(None)
        )
        judged = select(adjudications.c.incident_id).where(adjudications.c.person_id == person_id)
        undecided = exists().where(cases.c.incident_id == planted_cases.c.incident_id, cases.c.state.in_(("open", "awaiting_second")))
        erased = exists().where(evidence_keys.c.sitting_id == incidents.c.sitting_id, evidence_keys.c.erased_at.is_not(None))
        new = planted_cases.c.incident_id.not_in(given) & planted_cases.c.incident_id.not_in(judged)
        mine = (planted_cases.c.organisation_id == organisation_id) & planted_cases.c.withdrawn_at.is_(None)
        joined = planted_cases.join(incidents, incidents.c.id == planted_cases.c.incident_id)
        query = select(planted_cases, incidents.c.kind, incidents.c.severity, incidents.c.sitting_id).select_from(joined)
        rows = self._connection.execute(query.where(mine, new, ~undecided, ~erased).order_by(planted_cases.c.incident_id))
        return [(_planted(row), row.kind, row.severity, SittingId(row.sitting_id)) for row in rows]

    def plant(self, case: PlantedCase) -> None:
        """Put an incident into the library."""
        columns = {name: getattr(case, name) for name in planted_cases.columns.keys()}  # noqa: SIM118
        self._connection.execute(insert(planted_cases).values(**columns))

    def library(self, organisation_id: OrganisationId) -> list[PlantedCase]:
        """Return an organisation's library, the newest first, those that were taken out among them."""
        query = select(planted_cases).where(planted_cases.c.organisation_id == organisation_id)
        return [_planted(row) for row in self._connection.execute(query.order_by(planted_cases.c.added_at.desc()))]

    def withdraw(self, incident_id: IncidentId, organisation_id: OrganisationId, now: datetime) -> bool:
        """Take an incident out of the library; returns whether it was in it."""
        mine = (planted_cases.c.incident_id == incident_id) & (planted_cases.c.organisation_id == organisation_id)
        found = update(planted_cases).where(mine, planted_cases.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
        return self._connection.execute(found).rowcount == 1

    def simulated(self, organisation_id: OrganisationId, limit: int = 100) -> list[IncidentId]:
        """Return the incidents of simulated sittings that are not in the library, the newest first: what could be planted."""
        inside = select(planted_cases.c.incident_id)
        joined = incidents.join(sittings, sittings.c.id == incidents.c.sitting_id)
        mine = (incidents.c.organisation_id == organisation_id) & sittings.c.simulated & incidents.c.severity.is_not(None)
        query = select(incidents.c.id).select_from(joined).where(mine, incidents.c.id.not_in(inside), incidents.c.ended_at.is_not(None))
        return [IncidentId(one) for one in self._connection.execute(query.order_by(incidents.c.raised_at.desc()).limit(limit)).scalars()]

    def kinds_raised(self, organisation_id: OrganisationId) -> Mapping[str, str]:
        """Return the kinds of flag that an organisation has seen, each with a severity that one of them had."""
        query = select(incidents.c.kind, incidents.c.severity).where(
            incidents.c.organisation_id == organisation_id, incidents.c.tier == "alert"
        )
        return {row.kind: row.severity for row in self._connection.execute(query.distinct().order_by(incidents.c.kind))}

    def _all(self, condition: ColumnElement[bool]) -> list[UnmarkedReview]:
        query = select(unmarked_reviews).where(condition).order_by(unmarked_reviews.c.opened_at, unmarked_reviews.c.id)
        return [_review(row) for row in self._connection.execute(query)]


def _meant_for(person_id: PersonId) -> ColumnElement[bool]:
    """Return the condition of what a person may be asked and nobody has answered."""
    table = unmarked_reviews
    judged = select(adjudications.c.incident_id).where(adjudications.c.person_id == person_id)
    own = exists().where(sittings.c.id == table.c.sitting_id, (sittings.c.candidate_id == person_id) | knows(person_id))
    erased = exists().where(evidence_keys.c.sitting_id == table.c.sitting_id, evidence_keys.c.erased_at.is_not(None))
    theirs = or_(table.c.for_person.is_(None), table.c.for_person == person_id)
    others = or_(table.c.not_for.is_(None), table.c.not_for != person_id)
    new = or_(table.c.incident_id.is_(None), table.c.incident_id.not_in(judged))
    return table.c.person_id.is_(None) & theirs & others & new & ~own & ~erased


def _review(row: Row[tuple[object, ...]]) -> UnmarkedReview:
    values = {name: value for name, value in row._mapping.items() if name not in _ANSWER}
    values |= {"origin": Origin(row.origin), "truth": None if row.truth is None else Verdict(row.truth)}
    return UnmarkedReview(**values, answer=_answer(row))


def _answer(row: Row[tuple[object, ...]]) -> Answer | None:
    if row.person_id is None:
        return None
    return Answer(
        person_id=row.person_id,
        verdict=Verdict(row.verdict),
        reason_code=Reason(row.reason_code),
        reason=row.reason,
        at=row.answered_at,
        seconds=row.seconds,
    )


def _planted(row: Row[tuple[object, ...]]) -> PlantedCase:
    values = {name: row._mapping[name] for name in planted_cases.columns.keys()}  # noqa: SIM118
    return PlantedCase(**{**values, "truth": Verdict(values["truth"])})
