"""Tables and queries of reviewing: a person's keys, and what was learnt from past cases."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Select,
    String,
    Table,
    case,
    delete,
    distinct,
    exists,
    func,
    insert,
    select,
)

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import UNDECIDED, CaseState, Experience, Tally
from assessment_engine.invigilation.keys import DEFAULT_KEYS, ReviewKeys
from assessment_engine.invigilation.queue import LONGEST_S
from assessment_engine.kernel.ids import OrganisationId, PersonId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.exams import exams, registrations
from assessment_engine.storage.incidents import incidents, watches
from assessment_engine.storage.invigilation import cases
from assessment_engine.storage.many import among
from assessment_engine.storage.pending import pending_judgements
from assessment_engine.storage.people import people
from assessment_engine.storage.schema import metadata

review_keys = Table(
    "review_keys",
    metadata,
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("keys", JSON, nullable=False),
    Column("in_use", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What reviewing costs: seconds of review, watched hours of the sittings handed in, and how many clean ones were queued."""

    seconds: float
    hours: float
    clean: int
    clean_queued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """Whose sitting it is, in the words a room uses."""

    sitting_id: SittingId
    seat: str
    name: str
    name_hi: str
    exam: str
    exam_hi: str
    session_id: SessionId


class Reviews:
    """What reviewing needs to know, in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seated(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, Seated]:
        """Return whose these sittings are."""
        joined = sittings.join(registrations, registrations.c.id == sittings.c.registration_id)
        joined = joined.join(people, people.c.id == sittings.c.candidate_id).join(exams, exams.c.id == sittings.c.exam_id)
        named = (people.c.name, people.c.name_hi, exams.c.title.label("exam"), exams.c.title_hi.label("exam_hi"))
        query = select(sittings.c.id.label("sitting_id"), sittings.c.session_id, registrations.c.seat, *named).select_from(joined)
        rows = self._connection.execute(query.where(among(sittings.c.id, set(sitting_ids))))
        return {SittingId(row.sitting_id): Seated(**{**row._mapping, "seat": row.seat or ""}) for row in rows}

    def keys_of(self, person_id: PersonId) -> ReviewKeys:
        """Return a person's keys; those of everybody until they choose."""
        row = self._connection.execute(select(review_keys).where(review_keys.c.person_id == person_id)).one_or_none()
        return ReviewKeys() if row is None else ReviewKeys(keys={**DEFAULT_KEYS, **row.keys}, on=row.in_use)

    def choose_keys(self, person_id: PersonId, chosen: ReviewKeys) -> None:
        """Store a person's keys."""
        self._connection.execute(delete(review_keys).where(review_keys.c.person_id == person_id))
        self._connection.execute(insert(review_keys).values(person_id=person_id, keys=dict(chosen.keys), in_use=chosen.on))

    def experience(self, organisation_id: OrganisationId) -> Experience:
        """Return what was decided of each kind of case in an organisation, and how long its reviews took."""
        decided = cases.c.state.not_in(UNDECIDED)
        joined = cases.join(incidents, incidents.c.id == cases.c.incident_id)
        confirmed = func.sum(case((cases.c.state == CaseState.UPHELD, 1), else_=0))
        outcomes = select(incidents.c.kind, confirmed, func.count()).select_from(joined)
        kinds: dict[str, Tally] = {}
        for kind, yes, total in self._connection.execute(
            outcomes.where(cases.c.organisation_id == organisation_id, decided).group_by(incidents.c.kind)
        ):
            kinds[kind] = Tally(confirmed=int(yes), decided=int(total))
        capped = case((pending_judgements.c.seconds > LONGEST_S, LONGEST_S), else_=pending_judgements.c.seconds)
        judged = incidents.join(pending_judgements, pending_judgements.c.case_id == incidents.c.id)
        measured = select(incidents.c.kind, func.count(), func.sum(capped)).select_from(judged)
        mine = (pending_judgements.c.organisation_id == organisation_id) & pending_judgements.c.seconds.is_not(None)
        effected = pending_judgements.c.effected_at.is_not(None)
        for kind, count, seconds in self._connection.execute(measured.where(mine, effected).group_by(incidents.c.kind)):
            kinds[kind] = kinds.get(kind, Tally()) + Tally(reviews=int(count), seconds=float(seconds))
        return Experience.of(kinds)

    def seconds_by(self, organisation_id: OrganisationId) -> dict[PersonId, list[float]]:
        """Return the measured seconds of each person's judgements that took effect, on whatever case."""
        theirs = (pending_judgements.c.organisation_id == organisation_id) & pending_judgements.c.effected_at.is_not(None)
        query = select(pending_judgements.c.person_id, pending_judgements.c.seconds)
        found: dict[PersonId, list[float]] = {}
        for person_id, seconds in self._connection.execute(query.where(theirs, pending_judgements.c.seconds.is_not(None))):
            found.setdefault(PersonId(person_id), []).append(min(float(seconds), LONGEST_S))
        return found

    def workload(self, organisation_id: OrganisationId) -> Workload:
        """Return what reviewing costs; a clean sitting is a real one, handed in and watched, in which people upheld nothing."""
        real = (sittings.c.organisation_id == organisation_id) & ~sittings.c.simulated & ~sittings.c.practice
        watched = watches.join(sittings, sittings.c.id == watches.c.sitting_id)
        finished = real & (sittings.c.state == SittingState.SUBMITTED)
        upheld = exists().where(cases.c.sitting_id == sittings.c.id, cases.c.state == CaseState.UPHELD)
        queued = exists().where(cases.c.sitting_id == sittings.c.id)
        hours = select(func.coalesce(func.sum(watches.c.observable_s), 0.0) / 3600.0).select_from(watched).where(finished)
        count = select(func.count(distinct(sittings.c.id))).select_from(watched)
        return Workload(
            seconds=self._seconds(organisation_id),
            hours=float(self._connection.execute(hours).scalar_one()),
            clean=self._count(count.where(finished, ~upheld)),
            clean_queued=self._count(count.where(finished, ~upheld, queued)),
        )

    def _seconds(self, organisation_id: OrganisationId) -> float:
        return sum(sum(seconds) for seconds in self.seconds_by(organisation_id).values())

    def _count(self, query: Select[int]) -> int:
        return int(self._connection.execute(query).scalar_one())
