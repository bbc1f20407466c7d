"""The cell's pages of sessions: schedule one, change it, its seats by room, its list, and registering one candidate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.refusals import refuse
from api.pages.sent import Posted, Sent
from api.pages.tables import csv_file
from api.words import N_
from assessment_engine.exams import ExamSession
from assessment_engine.exams.exam import MOST_CHANGE_HOURS
from assessment_engine.exams.rooms import LONGEST_SEAT
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import ExamId, RoomId, SessionId
from assessment_engine.people import CIVIL_TIME, Actor
from assessment_engine.services import centres, exams, sessions
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewRegistration, NewSession
from assessment_engine.services.sessions import SessionPage
from assessment_engine.storage.registrations import SeatQuery

router = APIRouter(prefix="/cell/sessions", include_in_schema=False)

MOST_CANDIDATES = 100_000
NO_TIME = datetime(2000, 1, 1, tzinfo=CIVIL_TIME)
"""Stands where no time was typed; nothing is made of it."""


def _asked(state: str = "", room: str = "", q: str = "", sort: str = "seat") -> SeatQuery:
    return SeatQuery(state=state, room=room, words=q[:100], sort=sort)


Asked = Annotated[SeatQuery, Depends(_asked)]


@router.get("")
def list_sessions(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every session, latest first."""
    return page(request, "cell/sessions.html", sheets=exams.sessions(engine, actor))


@router.get("/new")
def new_session(request: Request, engine: EngineDep, actor: Officer, exam: str = "") -> HTMLResponse:
    """Ask when an exam can be started, and where."""
    return _form(request, engine, actor, Sent({"exam_id": exam, "change_hours": "24"}))


@router.post("/new")
def create_session(request: Request, engine: EngineDep, actor: Officer, sent: Posted) -> Response:
    """Schedule a session; what does not fit is said at its field, with nothing lost."""
    exam_id = sent.choice("exam_id", [exam.id for exam in exams.exams(engine, actor)])
    new = _new(engine, actor, sent, ExamId(exam_id))
    if sent.is_right:
        try:
            return goto(f"/cell/sessions/{exams.create_session(engine, actor, new).id}", done="scheduled")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _form(request, engine, actor, sent)


@router.get("/{session_id}/edit")
def ask_for_changes(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> HTMLResponse:
    """Show a session's own form."""
    found = sessions.session_page(engine, actor, session_id, SeatQuery())
    return _form(request, engine, actor, _as_sent(found.session, [use.room.id for use in found.rooms]), found.session)


@router.post("/{session_id}/edit")
def change_session(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, sent: Posted) -> Response:
    """Change a session that has not opened."""
    found = sessions.session_page(engine, actor, session_id, SeatQuery())
    new = _new(engine, actor, sent, found.session.exam_id)
    if sent.is_right:
        try:
            exams.change_session(engine, actor, session_id, new)
            return goto(f"/cell/sessions/{session_id}", done="changed")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _form(request, engine, actor, sent, found.session)


def _new(engine: Engine, actor: Actor, sent: Sent, exam_id: ExamId) -> NewSession:
    rooms = [room.id for sheet in centres.centres(engine, actor) for room in sheet.rooms]
    return NewSession(
        exam_id=exam_id,
        title=sent.text("title"),
        title_hi=sent.text("title_hi", needed=False),
        opens_at=_moment(sent, "opens_at"),
        closes_at=_moment(sent, "closes_at"),
        capacity=sent.whole("capacity", 1, MOST_CANDIDATES, empty=0) or None,
        bookable=sent.ticked("bookable"),
        starts_together=sent.ticked("starts_together"),
        change_hours=sent.whole("change_hours", 0, MOST_CHANGE_HOURS, empty=24),
        room_ids=tuple(map(RoomId, sent.several("rooms", rooms))),
    )


def _as_sent(session: ExamSession, rooms: Sequence[RoomId]) -> Sent:
    """Return what the form would have sent for a session as it is."""
    values = {
        "title": session.title,
        "title_hi": session.title_hi,
        "opens_at": session.opens_at.astimezone(CIVIL_TIME).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": session.closes_at.astimezone(CIVIL_TIME).strftime("%Y-%m-%dT%H:%M"),
        "capacity": "" if session.capacity is None else str(session.capacity),
        "bookable": "1" if session.bookable else "",
        "starts_together": "1" if session.starts_together else "",
        "change_hours": str(session.change_hours),
        "rooms": " ".join(rooms),
    }
    return Sent(values)


def _moment(sent: Sent, name: str) -> datetime:
    try:
        return datetime.fromisoformat(sent.values.get(name, "")).replace(tzinfo=CIVIL_TIME)
    except ValueError:
        sent.wrong(name, (N_("Fill in the day and the time."), {}))
        return NO_TIME


def _form(request: Request, engine: Engine, actor: Actor, sent: Sent, session: ExamSession | None = None) -> HTMLResponse:
    return page(
        request,
        "cell/session_new.html",
        status=200 if sent.is_right else 422,
        exams=exams.exams(engine, actor),
        centres=[sheet for sheet in centres.centres(engine, actor) if sheet.rooms],
        fields=sent.values,
        problems=sent.problems,
        session=session,
    )


@router.get("/{session_id}")
def show_session(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, asked: Asked, p: int = 1) -> HTMLResponse:
    """Show a session with its seats and a page of its list; filters, order and page are in the address."""
    return _session(request, sessions.session_page(engine, actor, session_id, asked, p), asked)


@router.get("/{session_id}/seats.csv")
def seats_csv(engine: EngineDep, actor: Officer, session_id: SessionId, asked: Asked) -> Response:
    """Answer with what the list shows, on all its pages, as CSV."""
    lines = sessions.session_list(engine, actor, session_id, asked)
    rows = [(one.registration.seat, one.name, one.login, one.room, one.sitting_id, one.state.value, one.closed_by) for one in lines]
    return csv_file("session", ("seat", "name", "login", "room", "sitting", "state", "closed_by"), rows)


@router.post("/{session_id}/register")
def register(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, sent: Posted) -> Response:
    """Give a candidate a place; why it cannot be is said above the list."""
    login, room = sent.text("login", most=120), sent.text("room_id", most=40, needed=False)
    seat = sent.text("seat", most=LONGEST_SEAT, needed=False)
    if sent.is_right:
        try:
            candidate_id = sessions.candidate_called(engine, actor, login)
            new = NewRegistration(
                session_id=session_id, candidate_id=candidate_id, seat=seat or None, room_id=RoomId(room) if room else None
            )
            exams.register(engine, actor, new)
            return goto(f"/cell/sessions/{session_id}", done="registered")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _session(request, sessions.session_page(engine, actor, session_id, SeatQuery()), SeatQuery(), sent)


def _session(request: Request, found: SessionPage, asked: SeatQuery, sent: Sent | None = None) -> HTMLResponse:
    sent = sent or Sent({})
    status = 200 if sent.is_right else 422
    return page(request, "cell/session.html", status=status, sheet=found, asked=asked, fields=sent.values, problems=sent.problems)
