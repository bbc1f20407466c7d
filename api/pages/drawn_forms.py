"""The page on which the cell draws a session's papers: what it would do in numbers, the confirmation, and what was drawn."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.blueprint_fields import LEFT_OUT, SHORT, refused
from api.pages.item_words import VALUES
from api.pages.sent import Said
from api.words import N_
from assessment_engine.kernel.errors import AssessmentError, BlueprintCannotBeMet, Conflict, MarksDiffer
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor
from assessment_engine.services import drawn_forms
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/cell/sessions/{session_id}/papers", include_in_schema=False)

WHY: dict[str, str] = {
    "no_blueprint": N_("The form of this exam was not made by a blueprint."),
    "papers_handed_out": N_("Somebody is admitted already. Papers are drawn before anybody is."),
    "session_over": N_("This session is over."),
}


@router.get("")
def show(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> HTMLResponse:
    """Show how the session's papers stand, and what a draw would find."""
    return _page(request, engine, actor, session_id)


@router.post("")
def draw(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> Response:
    """Draw them; where that cannot be, say why, with nothing changed."""
    try:
        drawn_forms.draw(engine, actor, session_id)
    except Conflict as refusal:
        return _page(request, engine, actor, session_id, refusal)
    return goto(f"/cell/sessions/{session_id}/papers", done="drawn")


def _page(request: Request, engine: Engine, actor: Actor, session_id: SessionId, refusal: Conflict | None = None) -> HTMLResponse:
    return page(
        request,
        "cell/papers.html",
        status=409 if refusal else 200,
        sheet=drawn_forms.sheet(engine, actor, session_id),
        competencies={str(one.id): one for one in competencies(engine, actor)},
        values=VALUES,
        short=SHORT,
        left_out=LEFT_OUT,
        refusal=_why(refusal) if refusal else None,
    )


def _why(refusal: AssessmentError) -> Said:
    if isinstance(refusal, MarksDiffer):
        return N_("Section %(section)s, row %(row)s: its questions are worth %(marks)s marks."), refusal.details
    if isinstance(refusal, BlueprintCannotBeMet):
        return refused(refusal.details)
    return WHY.get(str(refusal.details.get("problem")), refusal.message), {}
