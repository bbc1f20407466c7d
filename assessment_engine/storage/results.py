"""Tables and queries of result batches, and the triggers that keep a batch honest whatever any program does.

TRIGGERS (executed by the migrations): a batch is born a draft, its reports are chosen while it is a draft and never change, and it is
published only under the approvals of two different officers, once.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import BatchId, OrganisationId, PersonId, ScoreReportId, SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.scoring.results import BatchApproval, BatchEntry, BatchState, ResultBatch
from assessment_engine.storage.delivery import seals, sittings
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata
from assessment_engine.storage.scoring import score_reports

result_batches = Table(
    "result_batches",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("published_at", Instant),
)

batch_entries = Table(
    "batch_entries",
    metadata,
    Column("batch_id", String(40), ForeignKey("result_batches.id"), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("score_report_id", String(40), ForeignKey("score_reports.id"), nullable=False),
    Index("ix_batch_entries_sitting_id", "sitting_id"),
)

batch_approvals = Table(
    "batch_approvals",
    metadata,
    Column("batch_id", String(40), ForeignKey("result_batches.id"), nullable=False),
    Column("officer_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("log_sha256", String(64), nullable=False),
    UniqueConstraint("batch_id", "officer_id"),
)


class ResultBatches:
    """Result batches in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, batch: ResultBatch, entries: Sequence[BatchEntry]) -> None:
        """Insert a draft with its reports."""
        self._connection.execute(
            insert(result_batches).values(
                id=batch.id,
                session_id=batch.session_id,
                organisation_id=batch.organisation_id,
                state=str(batch.state),
                created_at=batch.created_at,
                created_by=batch.created_by,
                sha256=batch.sha256,
                published_at=batch.published_at,
            )
        )
        rows = [{"batch_id": batch.id, "sitting_id": each.sitting_id, "score_report_id": each.score_report_id} for each in entries]
        self._connection.execute(insert(batch_entries), rows)

    def move(self, batch: ResultBatch, was: BatchState) -> None:
        """Store a batch's new state; raises Conflict when somebody else moved it meanwhile."""
        moved = self._connection.execute(
            update(result_batches)
            .where(result_batches.c.id == batch.id, result_batches.c.state == str(was))
            .values(state=str(batch.state), published_at=batch.published_at)
        )
        if moved.rowcount != 1:
            raise Conflict("somebody else changed this batch meanwhile; look again")

    def approve(self, approval: BatchApproval) -> None:
        """Insert an approval; the database refuses the same officer twice."""
        self._connection.execute(
            insert(batch_approvals).values(
                batch_id=approval.batch_id, officer_id=approval.officer_id, at=approval.at, log_sha256=approval.log_sha256
            )
        )

    def of_actor(self, actor: Actor, batch_id: BatchId) -> ResultBatch:
        """Return a batch of the actor's organisation; raises NotFound."""
        found = self._all((result_batches.c.id == batch_id) & (result_batches.c.organisation_id == actor.organisation_id))
        if not found:
            raise NotFound("no such batch")
        return found[0]

    def all_of(self, actor: Actor) -> list[ResultBatch]:
        """Return the organisation's batches, newest first."""
        return self._all(result_batches.c.organisation_id == actor.organisation_id)

    def entries(self, batch_id: BatchId) -> list[BatchEntry]:
        """Return what is in a batch."""
        rows = self._connection.execute(
            select(batch_entries).where(batch_entries.c.batch_id == batch_id).order_by(batch_entries.c.sitting_id)
        )
        return [BatchEntry(sitting_id=SittingId(row.sitting_id), score_report_id=ScoreReportId(row.score_report_id)) for row in rows]

    def approvals(self, batch_id: BatchId) -> list[BatchApproval]:
        """Return a batch's approvals, first one first."""
        return self._approvals(batch_approvals.c.batch_id == batch_id)

    def approvals_of(self, organisation_id: OrganisationId) -> dict[BatchId, list[BatchApproval]]:
        """Return the approvals of an organisation's batches, of each the first one first."""
        ours = select(result_batches.c.id).where(result_batches.c.organisation_id == organisation_id)
        found: dict[BatchId, list[BatchApproval]] = {}
        for approval in self._approvals(batch_approvals.c.batch_id.in_(ours)):
            found.setdefault(approval.batch_id, []).append(approval)
        return found

    def _approvals(self, condition: ColumnElement[bool]) -> list[BatchApproval]:
        rows = self._connection.execute(select(batch_approvals).where(condition).order_by(batch_approvals.c.at))
        return [BatchApproval(**row._mapping) for row in rows]

    def of_sitting(self, sitting_id: SittingId) -> list[ResultBatch]:
        """Return the batches that contain a sitting, newest first."""
        within = select(batch_entries.c.batch_id).where(batch_entries.c.sitting_id == sitting_id)
        return self._all(result_batches.c.id.in_(within))

    def published(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return those of the sittings that are in a published batch."""
        query = select(batch_entries.c.sitting_id).join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
        within = query.where(among(batch_entries.c.sitting_id, sitting_ids), result_batches.c.state == str(BatchState.PUBLISHED))
        return {SittingId(one) for one in self._connection.execute(within).scalars()}

    def of_report(self, report_id: ScoreReportId) -> list[ResultBatch]:
        """Return the batches that contain exactly this score report, newest first."""
        within = select(batch_entries.c.batch_id).where(batch_entries.c.score_report_id == report_id)
        return self._all(result_batches.c.id.in_(within))

    def of_reports(self, report_ids: Collection[ScoreReportId]) -> list[tuple[ScoreReportId, ResultBatch]]:
        """Return the batches that contain these score reports, newest first."""
        query = select(result_batches, batch_entries.c.score_report_id).join(batch_entries, batch_entries.c.batch_id == result_batches.c.id)
        within = query.where(among(batch_entries.c.score_report_id, report_ids))
        rows = self._connection.execute(within.order_by(result_batches.c.created_at.desc(), result_batches.c.id.desc()))
        return [(ScoreReportId(row.score_report_id), _batch(row)) for row in rows]

    def approvals_in(self, batch_ids: Collection[BatchId]) -> list[BatchApproval]:
        """Return the approvals of these batches, first one first."""
        return self._approvals(among(batch_approvals.c.batch_id, batch_ids))

    def free(self, session_ids: Collection[SessionId]) -> dict[SessionId, dict[SittingId, ScoreReportId]]:
        """Return, by session, the reports over the seals that count of handed-in sittings that are in no batch or a discarded one."""
        taken = (
            select(batch_entries.c.batch_id)
            .join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
            .where(batch_entries.c.sitting_id == sittings.c.id, batch_entries.c.score_report_id == score_reports.c.id)
            .where(result_batches.c.state != str(BatchState.DISCARDED))
        )
        query = (
            select(sittings.c.session_id, sittings.c.id, score_reports.c.id.label("report_id"))
            .join(score_reports, score_reports.c.sitting_id == sittings.c.id)
            .where(sittings.c.session_id.in_(session_ids), sittings.c.state == str(SittingState.SUBMITTED))
            .where(_over_the_seal_that_counts(), ~exists(taken))
        )
        found: dict[SessionId, dict[SittingId, ScoreReportId]] = {session_id: {} for session_id in session_ids}
        for row in self._connection.execute(query.order_by(sittings.c.id)):
            found[row.session_id][row.id] = row.report_id
        return found

    def is_superseded(self, batch_id: BatchId) -> bool:
        """Tell whether a batch has a report over a seal that counts no more."""
        reports = select(score_reports.c.id).join(batch_entries, batch_entries.c.score_report_id == score_reports.c.id)
        query = reports.where(batch_entries.c.batch_id == batch_id, ~_over_the_seal_that_counts())
        return self._connection.execute(query.limit(1)).first() is not None

    def progress(self, session_ids: Collection[SessionId]) -> dict[SessionId, tuple[int, int, int]]:
        """Return of each session how many sittings it has, how many are handed in, and how many of those have a score report."""
        handed_in = sittings.c.state == str(SittingState.SUBMITTED)
        scored = handed_in & exists(select(score_reports.c.id).where(score_reports.c.sitting_id == sittings.c.id))
        counts = (func.count(), *(func.count(case((which, 1))) for which in (handed_in, scored)))
        query = select(sittings.c.session_id, *counts).where(sittings.c.session_id.in_(session_ids)).group_by(sittings.c.session_id)
        return {SessionId(row[0]): (row[1], row[2], row[3]) for row in self._connection.execute(query)}

    def sizes(self, organisation_id: OrganisationId) -> dict[BatchId, tuple[int, int]]:
        """Return of each batch of an organisation how many sittings it has, and how many of them passed."""
        passed = func.count(case((score_reports.c.passed, 1)))
        query = (
            select(batch_entries.c.batch_id, func.count(), passed)
            .join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
            .join(score_reports, score_reports.c.id == batch_entries.c.score_report_id)
            .where(result_batches.c.organisation_id == organisation_id)
        )
        return {BatchId(row[0]): (row[1], row[2]) for row in self._connection.execute(query.group_by(batch_entries.c.batch_id))}

    def _all(self, condition: ColumnElement[bool]) -> list[ResultBatch]:
        query = select(result_batches).where(condition).order_by(result_batches.c.created_at.desc(), result_batches.c.id.desc())
        return [_batch(row) for row in self._connection.execute(query)]


def _over_the_seal_that_counts() -> ColumnElement[bool]:
    """Say of a score report that it is over its sitting's newest seal."""
    newer = seals.alias("newer")
    newest = select(func.max(newer.c.number)).where(newer.c.sitting_id == score_reports.c.sitting_id).correlate(score_reports)
    counts = (seals.c.sitting_id == score_reports.c.sitting_id) & (seals.c.number == newest.scalar_subquery())
    return exists(select(seals.c.number).where(counts, seals.c.sha256 == score_reports.c.seal_sha256).correlate(score_reports))


def _batch(row: Row[tuple[object, ...]]) -> ResultBatch:
    return ResultBatch(
        id=BatchId(row.id),
        session_id=SessionId(row.session_id),
        organisation_id=OrganisationId(row.organisation_id),
        state=BatchState(row.state),
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
        sha256=row.sha256,
        published_at=row.published_at,
    )


_OFFICERS = "(SELECT COUNT(DISTINCT a.officer_id) FROM batch_approvals a WHERE a.batch_id = NEW.id)"
_IS_DRAFT = "EXISTS (SELECT 1 FROM result_batches b WHERE b.id = NEW.batch_id AND b.state = 'draft')"

_RULES: Sequence[tuple[str, str, str, str]] = (
    (
        "result_batches_start",
        "INSERT ON result_batches",
        "NEW.state <> 'draft' OR NEW.published_at IS NOT NULL",
        "a batch starts as a draft",
    ),
    (
        "result_batches_publish",
        "UPDATE ON result_batches",
        f"NEW.state = 'published' AND (NEW.published_at IS NULL OR {_OFFICERS} < 2)",
        "a batch is published under two different officers",
    ),
    (
        "result_batches_final",
        "UPDATE ON result_batches",
        "OLD.state IN ('published', 'discarded')",
        "a published or discarded batch is final",
    ),
    (
        "result_batches_content",
        "UPDATE ON result_batches",
        "NEW.sha256 <> OLD.sha256 OR NEW.session_id <> OLD.session_id OR NEW.organisation_id <> OLD.organisation_id",
        "what a batch contains stays",
    ),
    ("batch_entries_draft", "INSERT ON batch_entries", f"NOT {_IS_DRAFT}", "reports are chosen while a batch is a draft"),
    ("batch_entries_no_update", "UPDATE ON batch_entries", "TRUE", "what a batch contains stays"),
    ("batch_entries_no_delete", "DELETE ON batch_entries", "TRUE", "what a batch contains stays"),
    ("result_batches_no_delete", "DELETE ON result_batches", "TRUE", "a batch is discarded, not deleted"),
)
"""Name, event, condition of refusal, words of refusal."""


def _sqlite() -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{words}') WHERE {condition}; END"
        for name, event, condition, words in _RULES
    )


def _postgresql() -> tuple[str, ...]:
    statements: list[str] = []
    for name, event, condition, words in _RULES:
        kept = "OLD" if event.startswith("DELETE") else "NEW"
        body = f"IF {condition} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF; RETURN {kept};"
        statements.append(f"CREATE FUNCTION {name}_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
        statements.append(f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {name}_rule()")
    return tuple(statements)


TRIGGERS: Mapping[str, tuple[str, ...]] = {"sqlite": _sqlite(), "postgresql": _postgresql()}
"""The statements to execute, by dialect, once all tables exist."""
