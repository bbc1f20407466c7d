"""The cell's pages of exams and their sessions: define, schedule, register."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.tables import csv_file, in_order
from api.pages.wording import KINDS
from assessment_engine.exams import EVERY_COMPETENCY, SIGNALS, ExamPolicy, ExamVerb
from assessment_engine.kernel.errors import Conflict, Invalid, NotYet
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, PersonId, SessionId
from assessment_engine.people import CIVIL_TIME, Actor, Role, civil_date, roles_on
from assessment_engine.services import courses, exams, forms, people
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, NewRegistration, NewSession, Seat

router = APIRouter(prefix="/cell", include_in_schema=False)

_SEATS = {"seat": lambda one: one.registration.seat or "", "name": lambda one: one.name.lower(), "state": lambda one: one.sitting.state}


@router.get("/exams")
def list_exams(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every exam."""
    sheets = {sheet.form.id: sheet for sheet in forms.forms(engine, actor)}
    return page(request, "cell/exams.html", exams=exams.exams(engine, actor), sheets=sheets)


@router.get("/exams/new")
def new_exam(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask what is examined, for how long, under which rules."""
    return _exam_form(request, engine, actor, {"signals": " ".join(SIGNALS)}, "")


@router.post("/exams/new")
def create_exam(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    code: Annotated[str, Form(max_length=40)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    title_hi: Annotated[str, Form(max_length=200)] = "",
    form_id: Annotated[str, Form(max_length=40)] = "",
    course_id: Annotated[str, Form(max_length=40)] = "",
    minutes: Annotated[str, Form(max_length=4)] = "",
    pass_percent: Annotated[str, Form(max_length=6)] = "",
    observable_percent: Annotated[str, Form(max_length=6)] = "",
    alarms: Annotated[str, Form(max_length=6)] = "",
    outage: Annotated[str, Form(max_length=20)] = "",
    cuts: Annotated[str, Form(max_length=60)] = "",
    signals: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Define an exam; what does not fit is said above the form, with nothing lost."""
    sent = {
        "code": code,
        "title": title,
        "title_hi": title_hi,
        "form_id": form_id,
        "course_id": course_id,
        "minutes": minutes,
        "pass_percent": pass_percent,
        "observable_percent": observable_percent,
        "alarms": alarms,
        "outage": outage,
        "cuts": cuts,
        "signals": " ".join(signals or ()),
    }
    try:
        exam = exams.create_exam(engine, actor, _new_exam(sent))
    except (Invalid, Conflict) as error:
        return _exam_form(request, engine, actor, sent, error.message)
    return goto(f"/cell/exams/{exam.id}", done="created")


def _new_exam(sent: Mapping[str, str]) -> NewExam:
    policy = ExamPolicy(
        pass_share=_number(sent["pass_percent"]) / 100,
        min_observable_share=float(_number(sent["observable_percent"]) / 100),
        false_alert_budget=float(_number(sent["alarms"])),
        cut_scores={EVERY_COMPETENCY: tuple(_number(cut) / 100 for cut in sent["cuts"].replace(",", " ").split())},
        signals=tuple(sent["signals"].split()),
        outage=sent["outage"],
    )
    return NewExam(
        code=sent["code"],
        title=sent["title"],
        title_hi=sent["title_hi"],
        form_id=FormId(sent["form_id"]),
        duration_s=int(_number(sent["minutes"]) * 60),
        policy=policy,
        course_id=CourseId(sent["course_id"]) if sent["course_id"] else None,
    )


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Invalid("minutes, percentages and the budget are numbers") from None
    if not number.is_finite() or number < 0:
        raise Invalid("minutes, percentages and the budget are not negative")
    return number


def _exam_form(request: Request, engine: Engine, actor: Actor, sent: Mapping[str, str], problem: str) -> HTMLResponse:
    return page(
        request,
        "cell/exam_new.html",
        status=422 if problem else 200,
        sheets=forms.forms(engine, actor),
        courses=courses.all_courses(engine, actor),
        signals=SIGNALS,
        kinds=KINDS,
        sent=sent,
        problem=problem,
    )


@router.get("/exams/{exam_id}")
def show_exam(request: Request, engine: EngineDep, actor: Officer, exam_id: ExamId) -> HTMLResponse:
    """Show an exam with its rules and its sessions."""
    exam = exams.exam_of(engine, actor, exam_id)
    course = next((view.course for view in courses.all_courses(engine, actor) if view.course.id == exam.course_id), None)
    return page(
        request,
        "cell/exam.html",
        exam=exam,
        course=course,
        competencies={one.id: one for one in competencies(engine, actor)},
        sheets=[sheet for sheet in exams.sessions(engine, actor) if sheet.exam.id == exam.id],
        kinds=KINDS,
    )


@router.post("/exams/{exam_id}/state")
def move_exam(engine: EngineDep, actor: Officer, exam_id: ExamId, verb: Annotated[ExamVerb, Form()]) -> Response:
    """Close or reopen an exam."""
    exams.move_exam(engine, actor, exam_id, verb)
    return goto(f"/cell/exams/{exam_id}", done=verb)


@router.get("/sessions")
def list_sessions(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every session, latest first."""
    return page(request, "cell/sessions.html", sheets=exams.sessions(engine, actor))


@router.get("/sessions/new")
def new_session(request: Request, engine: EngineDep, actor: Officer, exam: str = "") -> HTMLResponse:
    """Ask when an exam can be started."""
    return _session_form(request, engine, actor, {"exam_id": exam}, "")


@router.post("/sessions/new")
def create_session(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    exam_id: Annotated[str, Form(max_length=40)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    opens_at: Annotated[str, Form(max_length=20)] = "",
    closes_at: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Schedule a session."""
    sent = {"exam_id": exam_id, "title": title, "opens_at": opens_at, "closes_at": closes_at}
    try:
        new = NewSession(exam_id=ExamId(exam_id), title=title, opens_at=_moment(opens_at), closes_at=_moment(closes_at))
        session = exams.create_session(engine, actor, new)
    except (Invalid, Conflict) as error:
        return _session_form(request, engine, actor, sent, error.message)
    return goto(f"/cell/sessions/{session.id}", done="scheduled")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CIVIL_TIME)
    except ValueError:
        raise Invalid("a session needs the day and time of its opening and closing") from None


def _session_form(request: Request, engine: Engine, actor: Actor, sent: Mapping[str, str], problem: str) -> HTMLResponse:
    status = 422 if problem else 200
    return page(request, "cell/session_new.html", status=status, exams=exams.exams(engine, actor), sent=sent, problem=problem)


@router.get("/sessions/{session_id}")
def show_session(
    request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, state: str = "", sort: str = "seat"
) -> HTMLResponse:
    """Show a session with everybody in it."""
    return _session(request, engine, actor, session_id, state=state, sort=sort)


@router.get("/sessions/{session_id}/seats.csv")
def seats_csv(engine: EngineDep, actor: Officer, session_id: SessionId, state: str = "", sort: str = "seat") -> Response:
    """Answer with the session's list as CSV."""
    sheet = exams.session_sheet(engine, actor, session_id)
    rows = [(one.registration.seat, one.name, one.sitting.id, one.sitting.state.value) for one in _seats(sheet.seats, state, sort)]
    return csv_file("session", ("seat", "name", "sitting", "state"), rows)


@router.post("/sessions/{session_id}/register")
def register(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    session_id: SessionId,
    candidate_id: Annotated[str, Form(max_length=40)] = "",
    seat: Annotated[str, Form(max_length=20)] = "",
    extra_time: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Give a candidate a place; why it cannot be is said above the form."""
    arrangements = {"extra_minutes_per_hour": int(extra_time)} if extra_time.isdecimal() and int(extra_time) else {}
    new = NewRegistration(session_id=session_id, candidate_id=PersonId(candidate_id), seat=seat.strip() or None, arrangements=arrangements)
    try:
        exams.register(engine, actor, new)
    except (Invalid, Conflict, NotYet) as error:
        return _session(request, engine, actor, session_id, problem=str(error.details.get("reason") or error.message))
    return goto(f"/cell/sessions/{session_id}", done="registered")


def _session(
    request: Request, engine: Engine, actor: Actor, session_id: SessionId, *, state: str = "", sort: str = "seat", problem: str = ""
) -> HTMLResponse:
    sheet = exams.session_sheet(engine, actor, session_id)
    taken = {one.registration.candidate_id for one in sheet.seats}
    today = civil_date(engine.clock.now())
    members = [one for one in people.members(engine, actor) if Role.CANDIDATE in roles_on(one.terms, today)]
    return page(
        request,
        "cell/session.html",
        status=422 if problem else 200,
        sheet=sheet,
        seats=_seats(sheet.seats, state, sort),
        free=[one.person for one in members if one.person.id not in taken],
        state=state,
        sort=sort,
        problem=problem,
    )


def _seats(seats: tuple[Seat, ...], state: str, sort: str) -> list[Seat]:
    return in_order((one for one in seats if not state or one.sitting.state == state), sort, _SEATS)
