"""The table of score reports and its queries. Rows are only ever added; the same seal and form give one report."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, OrganisationId, ScoreReportId, SittingId
from assessment_engine.scoring.cut_scores import CompetencyScore
from assessment_engine.scoring.scorecard import ItemScore, Scorecard, competencies_json, items_json
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Exact, Instant, metadata

score_reports = Table(
    "score_reports",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("seal_sha256", String(64), nullable=False),
    Column("form_sha256", String(64), nullable=False),
    Column("total", Exact, nullable=False),
    Column("max", Exact, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("items", JSON, nullable=False),
    Column("competencies", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("sitting_id", "seal_sha256", "form_sha256"),
    Index("ix_score_reports_organisation_id", "organisation_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReport:
    """A scorecard as it was written down."""

    id: ScoreReportId
    organisation_id: OrganisationId
    card: Scorecard
    created_at: datetime
    sha256: str


class ScoreReports:
    """Score reports in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: ScoreReport) -> None:
        """Insert a report; the database refuses a second one over the same seal and form."""
        card = report.card
        self._connection.execute(
            insert(score_reports).values(
                id=report.id,
                sitting_id=card.sitting_id,
                organisation_id=report.organisation_id,
                seal_sha256=card.seal_sha256,
                form_sha256=card.form_sha256,
                total=card.total,
                max=card.max,
                passed=card.passed,
                items=items_json(card.items),
                competencies=competencies_json(card.competencies),
                created_at=report.created_at,
                sha256=report.sha256,
            )
        )

    def get(self, report_id: ScoreReportId) -> ScoreReport:
        """Return a report, for the engine's own acts; raises NotFound."""
        found = self._all(score_reports.c.id == report_id)
        if not found:
            raise NotFound("no such score report")
        return found[0]

    def over(self, sitting_id: SittingId, seal_sha256: str, form_sha256: str) -> ScoreReport | None:
        """Return the report over exactly this seal and form."""
        same = (score_reports.c.seal_sha256 == seal_sha256) & (score_reports.c.form_sha256 == form_sha256)
        return next(iter(self._all((score_reports.c.sitting_id == sitting_id) & same)), None)

    def of_sittings(self, sitting_ids: Collection[SittingId]) -> list[ScoreReport]:
        """Return every report of these sittings, oldest first."""
        return self._all(among(score_reports.c.sitting_id, sitting_ids))

    def newest_of(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, ScoreReport]:
        """Return the newest report of each of these sittings that has one."""
        return {report.card.sitting_id: report for report in self._all(among(score_reports.c.sitting_id, sitting_ids))}

    def many(self, report_ids: Collection[ScoreReportId]) -> dict[ScoreReportId, ScoreReport]:
        """Return those of the reports that exist, for the engine's own acts."""
        return {report.id: report for report in self._all(among(score_reports.c.id, report_ids))}

    def _all(self, condition: ColumnElement[bool]) -> list[ScoreReport]:
        query = select(score_reports).where(condition).order_by(score_reports.c.created_at, score_reports.c.id)
        return [_report(row) for row in self._connection.execute(query)]


def _report(row: Row[tuple[object, ...]]) -> ScoreReport:
    card = Scorecard(
        sitting_id=SittingId(row.sitting_id),
        seal_sha256=row.seal_sha256,
        form_sha256=row.form_sha256,
        items=tuple(
            ItemScore(
                item_id=ItemVersionId(each["item"]),
                competency_id=None if each["competency"] is None else CompetencyId(each["competency"]),
                answered=each["answered"],
                score=Decimal(each["score"]),
                max=Decimal(each["max"]),
            )
            for each in row.items
        ),
        competencies=tuple(
            CompetencyScore(
                competency_id=CompetencyId(each["competency"]),
                score=Decimal(each["score"]),
                max=Decimal(each["max"]),
                level=each["level"],
            )
            for each in row.competencies
        ),
        total=row.total,
        max=row.max,
        passed=row.passed,
    )
    return ScoreReport(
        id=ScoreReportId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        card=card,
        created_at=row.created_at,
        sha256=row.sha256,
    )
