"""The cell's pages of exams: define, look, close. Their sessions are sessions.py's."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.wording import KINDS
from assessment_engine.exams import EVERY_COMPETENCY, SIGNALS, ExamPolicy, ExamVerb
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import CourseId, ExamId, FormId
from assessment_engine.people import Actor
from assessment_engine.services import courses, exams, forms
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam

router = APIRouter(prefix="/cell", include_in_schema=False)


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
