"""The invigilators' pages: rooms, the door and the live wall; review is pages/review.py. Acts are forms; scripts make them quicker."""

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
from assessment_engine.people import Actor
from assessment_engine.services import checkin, demotion, eyes, wall
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/invigilator", include_in_schema=False)

_WALL_WORDS: Mapping[str, str] = {
    **{f"kind.{kind}": text for kind, text in wording.KINDS.items()},
    "ring.alert": N_("Needs you"),
    "ring.undecided": N_("Waits for your decision"),
    "ring.look": N_("Look"),
    "ring.neutral": N_("Quiet"),
    "ring.unobservable": N_("Could not watch"),
    "ring.away": N_("No feed"),
    "looked": N_("looked %(n)s %(unit)s ago"),
    "never": N_("not looked at yet"),
    "bars": N_("Connection: %(n)s of 4"),
    "lost": N_("dropped: %(dropped)s; gaps: %(gaps)s"),
    "unit.s": N_("s"),
    "unit.min": N_("min"),
    "unit.h": N_("h"),
    "live": N_("live"),
    "offline": N_("The wall has lost its connection and is trying again. Pictures may be old."),
    "closed": N_("The wall was closed. Reload this page."),
}

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


@router.get("/sessions/{session_id}/wall")
def live_wall(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionId, room: int = 1) -> HTMLResponse:
    """Show the room; the script brings it to life."""
    found = wall.wall(engine, actor, session_id, room)
    unseen = eyes.unseen_now(engine, found.exam.policy)
    demoted, said = demotion.demoted_in(engine, found.exam.id), _said(request, _WALL_WORDS)
    return page(request, "invigilator/wall.html", wall=found, unseen=unseen, demoted=demoted, wording=wording, said_by_script=said)


@router.get("/sittings/{sitting_id}")
def candidate(request: Request, engine: EngineDep, actor: Watcher, sitting_id: SittingId, problem: str = "") -> HTMLResponse:
    """Show one candidate's panel as a page of its own."""
    return _panel(request, engine, actor, sitting_id, "invigilator/candidate.html", problem=problem)


@router.get("/sittings/{sitting_id}/panel")
def panel(request: Request, engine: EngineDep, actor: Watcher, sitting_id: SittingId) -> HTMLResponse:
    """Return what the wall's side panel shows of a candidate: a piece of a page."""
    return _panel(request, engine, actor, sitting_id, "invigilator/panel.html")


def _panel(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, template: str, problem: str = "") -> HTMLResponse:
    watching, unseen = wall.watching(engine, actor, sitting_id), eyes.unseen_in(engine, actor, sitting_id)
    return page(request, template, watching=watching, unseen=unseen, wording=wording, problem=problem)
