"""Table and queries of questions that candidates reported. The words of a report live here and in no exam event."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Index, Row, String, Table, Text, func, insert, select, update

from assessment_engine.delivery.question_reports import QuestionReport, ReportState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ItemVersionId, OrganisationId, QuestionReportId, SittingId
from assessment_engine.storage.schema import Instant, metadata

question_reports = Table(
    "question_reports",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("item_id", String(40), ForeignKey("item_versions.id"), nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    Column("seen_by", String(40), ForeignKey("people.id")),
    Column("seen_at", Instant),
    Index("ix_question_reports_organisation_id_state", "organisation_id", "state"),
)


class QuestionReports:
    """Question reports in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: QuestionReport) -> None:
        """Insert a report."""
        self._connection.execute(insert(question_reports).values(**asdict(report)))

    def save(self, report: QuestionReport) -> None:
        """Store what the cell made of a report."""
        self._connection.execute(update(question_reports).where(question_reports.c.id == report.id).values(**asdict(report)))

    def of_organisation(self, report_id: QuestionReportId, organisation_id: OrganisationId) -> QuestionReport:
        """Return a report as the organisation's staff may see it, held against other writers; raises NotFound."""
        mine = (question_reports.c.id == report_id) & (question_reports.c.organisation_id == organisation_id)
        row = self._connection.execute(select(question_reports).where(mine).with_for_update()).one_or_none()
        if row is None:
            raise NotFound("no such report")
        return _report(row)

    def all_of_organisation(self, organisation_id: OrganisationId) -> list[QuestionReport]:
        """Return an organisation's reports, newest first."""
        return self._all(question_reports.c.organisation_id == organisation_id)

    def of_sitting(self, sitting_id: SittingId) -> list[QuestionReport]:
        """Return the reports of one sitting, newest first."""
        return self._all(question_reports.c.sitting_id == sitting_id)

    def counts(self, organisation_id: OrganisationId) -> Mapping[ItemVersionId, int]:
        """Return how often each version of an item was reported, by how many sittings."""
        query = select(question_reports.c.item_id, func.count(func.distinct(question_reports.c.sitting_id)))
        rows = self._connection.execute(
            query.where(question_reports.c.organisation_id == organisation_id).group_by(question_reports.c.item_id)
        )
        return {ItemVersionId(row[0]): row[1] for row in rows}

    def _all(self, condition: ColumnElement[bool]) -> list[QuestionReport]:
        order = (question_reports.c.reported_at.desc(), question_reports.c.id)
        return [_report(row) for row in self._connection.execute(select(question_reports).where(condition).order_by(*order))]


def _report(row: Row[tuple[object, ...]]) -> QuestionReport:
    return QuestionReport(**{**row._mapping, "state": ReportState(row.state)})
