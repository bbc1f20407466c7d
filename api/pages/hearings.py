"""A candidate is heard: what was seen, until when they can answer, their one answer, or that they do not wish to say anything."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep
from api.pages import goto, page, wording
from api.pages.told_words import SEEN, THOUGHT
from assessment_engine.invigilation.hearing import LONGEST_REPLY
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.people import Actor
from assessment_engine.services import evidence_packages, hearings, package_pictures, retention
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/candidate/hearings/{incident_id}", include_in_schema=False)

MOST_TYPED = 4 * LONGEST_REPLY
"""What a form may carry; what is too long is said on the page, with nothing lost."""


@router.get("")
def hearing(request: Request, engine: EngineDep, actor: Candidate, incident_id: IncidentId) -> HTMLResponse:
    """Show one's own hearing."""
    return _page(request, engine, actor, incident_id)


@router.post("/answer")
def answer(
    request: Request,
    engine: EngineDep,
    actor: Candidate,
    incident_id: IncidentId,
    text: Annotated[str, Form(max_length=MOST_TYPED)] = "",
    sure: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Send the answer; what does not fit is said on the page, with the words kept."""
    try:
        if sure != "1":
            raise Invalid("say that you know that an answer is sent once", field="sure")
        hearings.answer(engine, actor, incident_id, text)
    except (Invalid, Conflict) as error:
        return _page(request, engine, actor, incident_id, text=text, refused=error)
    return goto(f"/candidate/hearings/{incident_id}", done="answered")


@router.post("/waive")
def waive(request: Request, engine: EngineDep, actor: Candidate, incident_id: IncidentId) -> Response:
    """Say that one does not wish to say anything."""
    try:
        hearings.waive(engine, actor, incident_id)
    except Conflict as error:
        return _page(request, engine, actor, incident_id, refused=error)
    return goto(f"/candidate/hearings/{incident_id}", done="waived")


def _page(
    request: Request, engine: Engine, actor: Actor, incident_id: IncidentId, *, text: str = "", refused: AssessmentError | None = None
) -> HTMLResponse:
    view = hearings.one(engine, actor, incident_id)
    sitting_id = view.hearing.sitting_id
    return page(
        request,
        "candidate/hearing.html",
        status=200 if refused is None else 409 if isinstance(refused, Conflict) else 422,
        view=view,
        days_left=days_left(view.hearing.due_at, engine.clock.now()),
        shots=package_pictures.by_incident(engine, actor, sitting_id).get(incident_id, ()),
        package=evidence_packages.standing(engine, actor, sitting_id),
        erased_at=retention.erased_at(engine, sitting_id),
        seen=SEEN,
        thought=THOUGHT,
        wording=wording,
        longest=LONGEST_REPLY,
        text=text,
        refused="" if refused is None else str(refused.details.get("field") or refused.code),
    )


def days_left(until: datetime, now: datetime) -> int:
    """Return the days until then, a begun day counted whole; zero or less once it is over."""
    return -((now - until) // timedelta(days=1))
