"""The cell's pages of sessions: schedule one, change it, its seats by room, its list, and registering one candidate."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.sent import whole_number
from api.pages.tables import csv_file
from assessment_engine.exams import ExamSession
from assessment_engine.kernel.errors import Conflict, Invalid, NotYet
from assessment_engine.kernel.ids import ExamId, RoomId, SessionId
from assessment_engine.people import CIVIL_TIME, Actor
from assessment_engine.services import centres, exams, sessions
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewRegistration, NewSession
from assessment_engine.storage.registrations import SeatQuery

router = APIRouter(prefix="/cell/sessions", include_in_schema=False)

Sent = Mapping[str, str | Sequence[str]]
_TEXTS = ("exam_id", "title", "title_hi", "opens_at", "closes_at", "capacity", "bookable", "starts_together", "change_hours")


async def _sent(request: Request) -> Sent:
    form = await request.form()
    texts = {name: str(form.get(name, ""))[:200] for name in _TEXTS}
    return {**texts, "rooms": [str(room)[:40] for room in form.getlist("rooms")]}


def _asked(state: str = "", room: str = "", q: str = "", sort: str = "seat") -> SeatQuery:
    return SeatQuery(state=state, room=room, words=q[:100], sort=sort)


SentForm = Annotated[Sent, Depends(_sent)]
Asked = Annotated[SeatQuery, Depends(_asked)]


@router.get("")
def list_sessions(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every session, latest first."""
    return page(request, "cell/sessions.html", sheets=exams.sessions(engine, actor))


@router.get("/new")
def new_session(request: Request, engine: EngineDep, actor: Officer, exam: str = "") -> HTMLResponse:
    """Ask when an exam can be started, and where."""
    return _form(request, engine, actor, {"exam_id": exam, "change_hours": "24"})


@router.post("/new")
def create_session(request: Request, engine: EngineDep, actor: Officer, sent: SentForm) -> Response:
    """Schedule a session; what does not fit is said above the form, with nothing lost."""
    try:
        session = exams.create_session(engine, actor, _new(sent))
    except (Invalid, Conflict) as error:
        return _form(request, engine, actor, sent, problem=error.message)
    return goto(f"/cell/sessions/{session.id}", done="scheduled")


@router.get("/{session_id}/edit")
def ask_for_changes(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> HTMLResponse:
    """Show a session's own form."""
    found = sessions.session_page(engine, actor, session_id, SeatQuery())
    return _form(request, engine, actor, _as_sent(found.session, [use.room.id for use in found.rooms]), session=found.session)


@router.post("/{session_id}/edit")
def change_session(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, sent: SentForm) -> Response:
    """Change a session that has not opened."""
    found = sessions.session_page(engine, actor, session_id, SeatQuery())
    try:
        exams.change_session(engine, actor, session_id, _new({**sent, "exam_id": found.session.exam_id}))
    except (Invalid, Conflict) as error:
        return _form(request, engine, actor, sent, problem=error.message, session=found.session)
    return goto(f"/cell/sessions/{session_id}", done="changed")


def _new(sent: Sent) -> NewSession:
    return NewSession(
        exam_id=ExamId(str(sent["exam_id"])),
        title=str(sent["title"]),
        title_hi=str(sent["title_hi"]),
        opens_at=_moment(str(sent["opens_at"])),
        closes_at=_moment(str(sent["closes_at"])),
        capacity=_count(str(sent["capacity"])) if sent["capacity"] else None,
        bookable=bool(sent["bookable"]),
        starts_together=bool(sent["starts_together"]),
        change_hours=_count(str(sent["change_hours"]) or "24"),
        room_ids=tuple(map(RoomId, sent["rooms"])),
    )


def _as_sent(session: ExamSession, rooms: Sequence[RoomId]) -> Sent:
    """Return what the form would have sent for a session as it is."""
    return {
        "exam_id": session.exam_id,
        "title": session.title,
        "title_hi": session.title_hi,
        "opens_at": session.opens_at.astimezone(CIVIL_TIME).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": session.closes_at.astimezone(CIVIL_TIME).strftime("%Y-%m-%dT%H:%M"),
        "capacity": "" if session.capacity is None else str(session.capacity),
        "bookable": "1" if session.bookable else "",
        "starts_together": "1" if session.starts_together else "",
        "change_hours": str(session.change_hours),
        "rooms": rooms,
    }


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CIVIL_TIME)
    except ValueError:
        raise Invalid("a session needs the day and time of its opening and closing") from None


def _count(typed: str) -> int:
    return whole_number(typed, "seats and hours are whole numbers")


def _form(
    request: Request, engine: Engine, actor: Actor, sent: Sent, *, problem: str = "", session: ExamSession | None = None
) -> HTMLResponse:
    return page(
        request,
        "cell/session_new.html",
        status=422 if problem else 200,
        exams=exams.exams(engine, actor),
        centres=[sheet for sheet in centres.centres(engine, actor) if sheet.rooms],
        sent=sent,
        problem=problem,
        session=session,
    )


@router.get("/{session_id}")
def show_session(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, asked: Asked, p: int = 1) -> HTMLResponse:
    """Show a session with its seats and a page of its list; filters, order and page are in the address."""
    return _session(request, engine, actor, session_id, asked, p)


@router.get("/{session_id}/seats.csv")
def seats_csv(engine: EngineDep, actor: Officer, session_id: SessionId, asked: Asked) -> Response:
    """Answer with what the list shows, on all its pages, as CSV."""
    lines = sessions.session_list(engine, actor, session_id, asked)
    rows = [(one.registration.seat, one.name, one.login, one.room, one.sitting_id, one.state.value) for one in lines]
    return csv_file("session", ("seat", "name", "login", "room", "sitting", "state"), rows)


@router.post("/{session_id}/register")
def register(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    session_id: SessionId,
    login: Annotated[str, Form(max_length=120)] = "",
    room_id: Annotated[str, Form(max_length=40)] = "",
    seat: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Give a candidate a place; why it cannot be is said above the list."""
    try:
        new = NewRegistration(
            session_id=session_id,
            candidate_id=sessions.candidate_called(engine, actor, login),
            seat=seat.strip() or None,
            room_id=RoomId(room_id) if room_id else None,
        )
        exams.register(engine, actor, new)
    except (Invalid, Conflict) as error:
        problem = str(error.details.get("reason") or error.message) if isinstance(error, NotYet) else error.message
        return _session(request, engine, actor, session_id, SeatQuery(), problem=problem)
    return goto(f"/cell/sessions/{session_id}", done="registered")


def _session(
    request: Request, engine: Engine, actor: Actor, session_id: SessionId, asked: SeatQuery, number: int = 1, *, problem: str = ""
) -> HTMLResponse:
    found = sessions.session_page(engine, actor, session_id, asked, number)
    return page(request, "cell/session.html", status=422 if problem else 200, sheet=found, asked=asked, problem=problem)
