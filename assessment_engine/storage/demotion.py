"""Tables and queries of demoted detectors: since when, on what evidence, who signed for their return; and what that evidence is made of.

Only real sittings count: simulated ones and practice say nothing about a detector in an exam.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    distinct,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation.case import UNDECIDED, CaseState, Reason, Verdict
from assessment_engine.invigilation.demotion import Demotion, Restoration
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ExamId, OrganisationId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.incidents import incidents, watches
from assessment_engine.storage.invigilation import adjudications, cases
from assessment_engine.storage.schema import Instant, metadata

_STANDS = "restored_at IS NULL"

demotions = Table(
    "demotions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("exam_id", String(40), ForeignKey("exams.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("demoted_at", Instant, nullable=False),
    Column("sittings", Integer, nullable=False),
    Column("hours", Float, nullable=False),
    Column("false_sittings", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("evidence", Float, nullable=False),
    Column("alpha", Float, nullable=False),
    Column("restored_at", Instant),
    Index("uq_demotions_exam_id_kind", "exam_id", "kind", unique=True, sqlite_where=text(_STANDS), postgresql_where=text(_STANDS)),
)

restorations = Table(
    "restorations",
    metadata,
    Column("demotion_id", String(40), ForeignKey("demotions.id"), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)


class Demotions:
    """Demoted detectors in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, demotion: Demotion) -> None:
        """Demote a detector of an exam; one that is demoted already is not demoted again."""
        self._connection.execute(insert(demotions).values(**asdict(demotion)))

    def standing(self, exam_id: ExamId) -> list[Demotion]:
        """Return the demotions of an exam that stand."""
        return self._all((demotions.c.exam_id == exam_id) & demotions.c.restored_at.is_(None))

    def of_exam(self, exam_id: ExamId) -> list[Demotion]:
        """Return every demotion of an exam, those that are over among them, oldest first."""
        return self._all(demotions.c.exam_id == exam_id)

    def of_organisation(self, organisation_id: OrganisationId) -> list[Demotion]:
        """Return every demotion of an organisation, those that are over among them, oldest first."""
        return self._all(demotions.c.organisation_id == organisation_id)

    def get(self, demotion_id: str, organisation_id: OrganisationId) -> Demotion:
        """Return one of this organisation; raises NotFound."""
        return self._one(select(demotions), demotion_id, organisation_id)

    def get_locked(self, demotion_id: str, organisation_id: OrganisationId) -> Demotion:
        """Return one held against other writers, so that two officers sign one after the other; raises NotFound."""
        return self._one(select(demotions).with_for_update(), demotion_id, organisation_id)

    def restore(self, demotion: Demotion) -> None:
        """Store that a demotion is over."""
        self._connection.execute(update(demotions).where(demotions.c.id == demotion.id).values(restored_at=demotion.restored_at))

    def sign(self, restoration: Restoration) -> None:
        """Append a signature."""
        self._connection.execute(insert(restorations).values(**asdict(restoration)))

    def signatures(self, demotion_id: str) -> list[Restoration]:
        """Return the signatures under a demotion's end, first first."""
        query = select(restorations).where(restorations.c.demotion_id == demotion_id).order_by(restorations.c.at)
        return [Restoration(**row._mapping) for row in self._connection.execute(query)]

    def restored_last(self, exam_id: ExamId, kind: str) -> datetime | None:
        """Return when a detector was last restored, None when it never was."""
        query = select(func.max(demotions.c.restored_at)).where(demotions.c.exam_id == exam_id, demotions.c.kind == kind)
        found: datetime | None = self._connection.execute(query).scalar_one()
        return found

    def hours(self, exam_id: ExamId, since: datetime | None = None) -> tuple[float, ...]:
        """Return the watched hours of each real sitting of an exam that was handed in, in that order."""
        query = select(watches.c.observable_s).select_from(watches.join(sittings, sittings.c.id == watches.c.sitting_id))
        found = self._connection.execute(query.where(_counts(exam_id, since)).order_by(sittings.c.submitted_at, sittings.c.id))
        return tuple(seconds / 3600 for seconds in found.scalars())

    def has_hours(self, exam_id: ExamId) -> bool:
        """Tell whether any real sitting of an exam was watched and handed in."""
        query = select(watches.c.sitting_id).select_from(watches.join(sittings, sittings.c.id == watches.c.sitting_id))
        return self._connection.execute(query.where(_counts(exam_id, None)).limit(1)).first() is not None

    def false_sittings(self, exam_id: ExamId, kind: str, since: datetime | None = None) -> int:
        """Count the real sittings with a flag of this kind that people dismissed or an appeal overturned, but for what was rightly seen."""
        said = exists().where(
            adjudications.c.incident_id == cases.c.incident_id,
            adjudications.c.verdict == Verdict.DISMISS,
            adjudications.c.reason_code != Reason.PERMITTED,
        )
        joined = cases.join(incidents, incidents.c.id == cases.c.incident_id).join(sittings, sittings.c.id == cases.c.sitting_id)
        joined = joined.join(watches, watches.c.sitting_id == sittings.c.id)
        query = select(func.count(distinct(sittings.c.id))).select_from(joined)
        untrue = ((cases.c.state == CaseState.DISMISSED) & said) | (cases.c.state == CaseState.OVERTURNED)
        return int(self._connection.execute(query.where(_counts(exam_id, since), incidents.c.kind == kind, untrue)).scalar_one())

    def clean_hours(self, exam_id: ExamId) -> float:
        """Return the watched hours of an exam's real sittings in which people found nothing: no case of theirs is upheld or undecided."""
        query = select(func.sum(watches.c.observable_s)).select_from(watches.join(sittings, sittings.c.id == watches.c.sitting_id))
        return float(self._connection.execute(query.where(_counts(exam_id, None), ~_held())).scalar_one() or 0.0) / 3600

    def false_flags(self, exam_id: ExamId) -> int:
        """Count the flags of those sittings, but for what people say was seen rightly and permitted."""
        permitted = exists().where(
            adjudications.c.incident_id == cases.c.incident_id,
            adjudications.c.verdict == Verdict.DISMISS,
            adjudications.c.reason_code == Reason.PERMITTED,
        )
        joined = cases.join(sittings, sittings.c.id == cases.c.sitting_id).join(watches, watches.c.sitting_id == sittings.c.id)
        query = select(func.count()).select_from(joined).where(_counts(exam_id, None), ~_held(), ~permitted)
        return int(self._connection.execute(query).scalar_one())

    def _one(self, query: Select[tuple[object, ...]], demotion_id: str, organisation_id: OrganisationId) -> Demotion:
        mine = (demotions.c.id == demotion_id) & (demotions.c.organisation_id == organisation_id)
        row = self._connection.execute(query.where(mine)).one_or_none()
        if row is None:
            raise NotFound("no such demotion")
        return _demotion(row)

    def _all(self, condition: ColumnElement[bool]) -> list[Demotion]:
        query = select(demotions).where(condition).order_by(demotions.c.demoted_at, demotions.c.id)
        return [_demotion(row) for row in self._connection.execute(query)]


def _counts(exam_id: ExamId, since: datetime | None) -> ColumnElement[bool]:
    real = (sittings.c.exam_id == exam_id) & ~sittings.c.simulated & ~sittings.c.practice & (sittings.c.state == SittingState.SUBMITTED)
    return real if since is None else real & (sittings.c.submitted_at > since)


def _held() -> ColumnElement[bool]:
    """Whether a case of the sitting is upheld or undecided."""
    other = cases.alias()
    return exists().where(other.c.sitting_id == sittings.c.id, other.c.state.in_([*UNDECIDED, CaseState.UPHELD]))


def _demotion(row: Row[tuple[object, ...]]) -> Demotion:
    return Demotion(**row._mapping)
