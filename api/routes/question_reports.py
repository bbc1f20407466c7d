"""A candidate reports a question of their open sitting: the words go to the examination cell, with the version and the language shown."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Viewer
from api.paths import ID, SittingPath
from api.routes import examples
from assessment_engine.delivery.question_reports import LONGEST_TEXT, NewReport
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import question_reports

router = APIRouter(prefix="/api/v1/sittings/{sitting_id}/question-reports", tags=["sittings"])

_EXAMPLE: JsonValue = {"item": examples.ITEM, "language": "hi", "text": "Two of the answers are right."}


class ReportRequest(BaseModel):
    """What is wrong, with which question, in the language in which it was shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    item: Annotated[str, Field(max_length=40, pattern=ID)]
    language: Literal["en", "hi"] = "en"
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ReportAnswer(BaseModel):
    """That the report is kept, and since when."""

    id: str
    item: str
    language: str
    reported_at: datetime


@router.post("", status_code=201)
def report(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath, body: ReportRequest) -> ReportAnswer:
    """Report a question; the same words again are the same report.

    Refusals: 404 `not_found`; 409 `not_yet` outside the exam, `conflict` when there are too many; 422 `unknown_item`, `invalid`.
    """
    new = NewReport(item_id=ItemVersionId(body.item), language=body.language, text=body.text)
    kept = question_reports.report_question(engine, viewer, sitting_id, new)
    return ReportAnswer(id=kept.id, item=kept.item_id, language=kept.language, reported_at=kept.reported_at)
