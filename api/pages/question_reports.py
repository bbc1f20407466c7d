"""The cell's page of questions that candidates reported: filters in the address, counts per version, a note on each, CSV."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.tables import csv_file, in_order
from api.words import N_
from assessment_engine.delivery.question_reports import LONGEST_NOTE, ReportState, ReportVerb
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import QuestionReportId
from assessment_engine.people import Actor
from assessment_engine.services import question_reports
from assessment_engine.services.engine import Engine
from assessment_engine.services.question_reports import ReportCard

router = APIRouter(prefix="/cell/question-reports", include_in_schema=False)

STATES: Mapping[str, str] = {"new": N_("New"), "answered": N_("Answered"), "dismissed": N_("Dismissed")}
_SORTS: Mapping[str, Callable[[ReportCard], Any]] = {
    "question": lambda card: card.version.title.lower(),
    "count": lambda card: card.of_version,
    "time": lambda card: card.report.reported_at,
    "state": lambda card: card.report.state,
}
_COLUMNS = ("question", "version", "version_id", "language", "text", "sitting", "reported_at", "state", "note", "sittings_that_reported_it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the address asks to see, and in which order."""

    state: str = ""
    language: str = ""
    item: str = ""
    sort: str = ""

    def of(self, found: list[ReportCard]) -> list[ReportCard]:
        """Return the reports that are asked for."""
        return in_order([card for card in found if self._shows(card)], self.sort, _SORTS)

    def _shows(self, card: ReportCard) -> bool:
        asked = ((self.state, card.report.state), (self.language, card.report.language), (self.item, card.version.id))
        return all(wanted in ("", given) for wanted, given in asked)


FilterDep = Annotated[Filter, Depends()]


@router.get("")
def list_reports(request: Request, engine: EngineDep, actor: Officer, shown: FilterDep, problem: str = "") -> Response:
    """Show the reports; filters and order are in the address."""
    found = question_reports.reports(engine, actor)
    return page(
        request,
        "cell/question_reports.html",
        cards=shown.of(found),
        total=len(found),
        waiting=sum(card.report.state is ReportState.NEW for card in found),
        versions=sorted({card.version.id: card.version for card in found}.values(), key=lambda version: version.title.lower()),
        states=STATES,
        shown=shown,
        longest=LONGEST_NOTE,
        problem=problem,
    )


@router.get(".csv")
def reports_csv(engine: EngineDep, actor: Officer, shown: FilterDep) -> Response:
    """Answer with the list as CSV."""
    return csv_file("question-reports", _COLUMNS, [_row(card) for card in shown.of(question_reports.reports(engine, actor))])


def _row(card: ReportCard) -> tuple[object, ...]:
    report, version = card.report, card.version
    seen = (report.language, report.text, report.sitting_id, report.reported_at.isoformat(), report.state.value, report.note)
    return (version.title, version.version, version.id, *seen, card.of_version)


@router.post("/{report_id}")
def decide(
    engine: EngineDep,
    actor: Officer,
    report_id: QuestionReportId,
    verb: Annotated[ReportVerb, Form()],
    note: Annotated[str, Form(max_length=4000)] = "",
    back: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Answer, dismiss or reopen; what is missing or was decided by somebody else is said on the page."""
    query = back if back.startswith("?") else ""
    return _decided(engine, actor, report_id, verb, note, f"/cell/question-reports{query}")


def _decided(engine: Engine, actor: Actor, report_id: QuestionReportId, verb: ReportVerb, note: str, back: str) -> Response:
    joint = "&" if "?" in back else "?"
    try:
        question_reports.decide(engine, actor, report_id, verb, note)
    except Conflict:
        return goto(f"{back}{joint}problem=moved_on")
    except Invalid:
        return goto(f"{back}{joint}problem=note#{report_id}")
    return goto(back, done=verb)
