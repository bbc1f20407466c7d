"""The page on which staff speaks to a session: a form with whom and two languages, and what was said so far."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.auth import EngineDep
from api.pages import goto, page
from api.routes.invigilation import Watcher
from assessment_engine.delivery.announcements import LONGEST_TEXT, Wording
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid, NotFound
from assessment_engine.kernel.ids import ItemVersionId, RoomId, SessionId
from assessment_engine.people import Actor
from assessment_engine.services import announcements
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/invigilator/sessions/{session_id}/announcements", include_in_schema=False)


@router.get("")
def show(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionId) -> Response:
    """Show the form and what was said."""
    return _page(request, engine, actor, session_id)


@router.post("")
def announce(
    request: Request,
    engine: EngineDep,
    actor: Watcher,
    session_id: SessionId,
    text: Annotated[str, Form(max_length=4000)] = "",
    text_hi: Annotated[str, Form(max_length=4000)] = "",
    room: Annotated[str, Form(max_length=40)] = "",
    item: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Say it; what is missing is said on the page, with the words kept."""
    written = {"text": text, "text_hi": text_hi, "room": room, "item": item}
    try:
        wording = Wording(
            text=text,
            text_hi=text_hi,
            room_id=RoomId(room) if room else None,
            item_id=ItemVersionId(item) if item else None,
        )
        announcements.announce(engine, actor, session_id, wording)
    except (Invalid, Conflict) as error:
        return _page(request, engine, actor, session_id, written=written, problem=error)
    except NotFound as error:
        if not room:
            raise
        return _page(request, engine, actor, session_id, written=written, problem=error)
    return goto(f"/invigilator/sessions/{session_id}/announcements", done="said")


def _page(
    request: Request,
    engine: Engine,
    actor: Actor,
    session_id: SessionId,
    *,
    written: dict[str, str] | None = None,
    problem: AssessmentError | None = None,
) -> Response:
    return page(
        request,
        "invigilator/announcements.html",
        status=200 if problem is None else 409 if isinstance(problem, Conflict) else 422,
        desk=announcements.desk(engine, actor, session_id),
        written=written or {"text": "", "text_hi": "", "room": "", "item": ""},
        problem=problem,
        longest=LONGEST_TEXT,
    )
