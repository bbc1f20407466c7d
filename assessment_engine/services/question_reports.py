"""Questions that candidates report during the exam: kept for the examination cell, which looks and notes what it found.

Rules: delivery/question_reports.py. The words are in the report and nowhere else; the exam event says only that there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.question_reports import MOST_OF_SITTING, NewReport, QuestionReport, ReportVerb
from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.kernel.errors import Conflict, NotYet
from assessment_engine.kernel.ids import ItemVersionId, PersonId, QuestionReportId, SittingId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from item_bank.items import ItemVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """A report with what the cell needs beside it."""

    report: QuestionReport
    version: ItemVersion
    exam: str
    exam_hi: str
    of_version: int  # sittings that reported this version of the item
    seen_by: str


def report_question(engine: Engine, actor: Actor, sitting_id: SittingId, new: NewReport) -> QuestionReport:
    """Keep a candidate's report on a question of their open sitting; the same words again are the same report.

    Raises NotFound for another's sitting, NotYet outside the exam, UnknownItem, Conflict when there are too many.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state not in RUNNING:
            raise NotYet("questions are reported during the exam", state=str(sitting.state))
        tx.forms.get(sitting.form_id).check_has(new.item_id)
        earlier = tx.question_reports.of_sitting(sitting_id)
        if same := next((one for one in earlier if (one.item_id, one.text) == (new.item_id, new.text.strip())), None):
            return same
        if len(earlier) >= MOST_OF_SITTING:
            raise Conflict(f"a sitting has at most {MOST_OF_SITTING} reports", most=MOST_OF_SITTING)
        report = _report(sitting, new, now)
        tx.question_reports.add(report)
        about = {"report": report.id, "language": report.language}
        tx.events.record(sitting_event("question_reported", sitting, now, actor, subject=report.item_id, data=about))
    return report


def _report(sitting: Sitting, new: NewReport, now: datetime) -> QuestionReport:
    return QuestionReport(
        id=QuestionReportId(new_id("qrp", now)),
        organisation_id=sitting.organisation_id,
        sitting_id=sitting.id,
        item_id=new.item_id,
        language=new.language,
        text=new.text.strip(),
        reported_at=now,
    )


def of_sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[QuestionReport]:
    """Return the candidate's own reports of a sitting, newest first."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        return tx.question_reports.of_sitting(sitting_id)


def reports(engine: Engine, actor: Actor) -> list[ReportCard]:
    """Return the reports of the officer's organisation, newest first."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _cards(tx, actor, tx.question_reports.all_of_organisation(actor.organisation_id))


def _cards(tx: Transaction, actor: Actor, found: Sequence[QuestionReport]) -> list[ReportCard]:
    counts = tx.question_reports.counts(actor.organisation_id)
    versions: Mapping[ItemVersionId, ItemVersion] = {item: tx.items.get(item) for item in {one.item_id for one in found}}
    exams = {one: tx.exams.get(tx.sittings.get(one).exam_id) for one in {report.sitting_id for report in found}}
    names: Mapping[PersonId, str] = tx.people.names([one.seen_by for one in found if one.seen_by is not None])
    return [
        ReportCard(
            report=one,
            version=versions[one.item_id],
            exam=exams[one.sitting_id].title,
            exam_hi=exams[one.sitting_id].title_hi,
            of_version=counts[one.item_id],
            seen_by="" if one.seen_by is None else names[one.seen_by],
        )
        for one in found
    ]


def decide(engine: Engine, actor: Actor, report_id: QuestionReportId, verb: ReportVerb, note: str) -> QuestionReport:
    """Answer, dismiss or reopen a report of the officer's organisation, with a note."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        decided = tx.question_reports.of_organisation(report_id, actor.organisation_id).decide(verb, actor.person_id, now, note)
        tx.question_reports.save(decided)
        about = {"item": decided.item_id, "state": str(decided.state), "note": decided.note}
        tx.audit.append("question_report_decided", subject=report_id, actor=actor.person_id, now=now, payload=about)
    return decided
