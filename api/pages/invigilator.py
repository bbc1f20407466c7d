"""The invigilators' pages: rooms and the door. The live wall is pages/wall.py, review pages/review.py."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import EngineDep
from api.pages import goto, language_of, page, wording
from api.routes.invigilation import Watcher
from api.words import N_, words
from assessment_engine.delivery.checkin import CheckInVerb
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.services import checkin, wall

router = APIRouter(prefix="/invigilator", include_in_schema=False)

_CHECKIN_WORDS: Mapping[str, str] = {"news": N_("Somebody else is waiting. Reload the page to see the queue as it is now.")}


def _said(request: Request, texts: Mapping[str, str]) -> Mapping[str, str]:
    said = words(language_of(request))
    return {key: said.gettext(text) for key, text in texts.items()}


@router.get("")
def rooms(request: Request, engine: EngineDep, actor: Watcher) -> HTMLResponse:
    """Show the sessions and what waits in each."""
    return page(request, "invigilator/rooms.html", rooms=wall.rooms(engine, actor))


@router.get("/checkin")
def door(
    request: Request, engine: EngineDep, actor: Watcher, session: Annotated[SessionId | None, Query()] = None, problem: str = ""
) -> HTMLResponse:
    """Show who waits at the door of a session; without a choice, the one where most wait."""
    found = wall.rooms(engine, actor)
    chosen = session or next((one.session.id for one in sorted(found, key=lambda one: -(one.waiting + one.calls))), None)
    waiting = [] if chosen is None else checkin.queue(engine, actor, chosen)
    calls = [] if chosen is None else checkin.calls(engine, actor, chosen)
    return page(
        request,
        "invigilator/checkin.html",
        rooms=found,
        chosen=chosen,
        waiting=waiting,
        calls=calls,
        wording=wording,
        problem=problem,
        said_by_script=_said(request, _CHECKIN_WORDS),
    )


@router.post("/checkin/{sitting_id}/decide")
def decide(
    engine: EngineDep,
    actor: Watcher,
    sitting_id: SittingId,
    decision: Annotated[CheckInVerb, Form()],
    session: Annotated[SessionId, Form()],
    note: Annotated[str, Form(max_length=1000)] = "",
) -> RedirectResponse:
    """Admit, ask again or refer; when somebody else was quicker the queue says so."""
    back = f"/invigilator/checkin?session={session}"
    try:
        checkin.decide(engine, actor, sitting_id, decision, note)
    except Conflict as error:
        return goto(f"{back}&problem={error.code}")
    return goto(back, done=str(decision))


@router.post("/checkin/{sitting_id}/answered")
def answered(engine: EngineDep, actor: Watcher, sitting_id: SittingId, session: Annotated[SessionId, Form()]) -> RedirectResponse:
    """Note that somebody saw to a call."""
    checkin.answer_call(engine, actor, sitting_id)
    return goto(f"/invigilator/checkin?session={session}", done="answered")
