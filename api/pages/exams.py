"""The cell's pages of exams: define, look, close. Their sessions are sessions.py's."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.errors import status_of
from api.pages import goto, page, wording
from api.pages.calibration_words import facts_of, refusal_of
from api.pages.challenge_words import CHECK_WORDS
from api.pages.exam_rules import (
    DEVICES,
    FIELDS_OF_GROUPS,
    GRACE,
    MOST_MINUTES,
    OUTAGE,
    PAUSE_WORDS,
    SOUND_WORDS,
    TOOL_WORDS,
    policy_of,
    rules_of,
)
from api.pages.sent import Posted, Said, Sent
from api.pages.wording import WATCHED
from api.words import N_
from assessment_engine.exams import SIGNALS, ExamPolicy, ExamVerb
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid
from assessment_engine.kernel.ids import CourseId, ExamId, FormId
from assessment_engine.people import Actor
from assessment_engine.services import courses, demotion, exams, eyes, forms, recalibration
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam
from proctoring.calibration import LARGEST

router = APIRouter(prefix="/cell", include_in_schema=False)


@router.get("/exams")
def list_exams(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every exam."""
    sheets = {sheet.form.id: sheet for sheet in forms.forms(engine, actor)}
    return page(request, "cell/exams.html", exams=exams.exams(engine, actor), sheets=sheets)


@router.get("/exams/new")
def new_exam(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask what is examined, for how long, under which rules."""
    return _exam_form(request, engine, actor, Sent({}))


@router.post("/exams/new")
def create_exam(request: Request, engine: EngineDep, actor: Officer, sent: Posted) -> Response:
    """Define an exam; what does not fit is said at its field, with nothing lost."""
    new = _new_exam(engine, actor, sent)
    if sent.is_right:
        try:
            return goto(f"/cell/exams/{exams.create_exam(engine, actor, new).id}", done="created")
        except Conflict:
            sent.wrong("code", (N_("This code is taken. Choose another one."), {}))
        except Invalid as error:
            sent.wrong(*(_PRACTICE if error.details.get("problem") == "practice_overlap" else ("", (error.message, {}))))
    return _exam_form(request, engine, actor, sent)


_OVERLAP = N_("It has a question of the paper itself. Build one from questions that nobody is examined in.")
_PRACTICE: tuple[str, Said] = ("practice_form_id", (_OVERLAP, {}))


def _new_exam(engine: Engine, actor: Actor, sent: Sent) -> NewExam:
    papers = [sheet.form.id for sheet in forms.forms(engine, actor)]
    taught = [view.course.id for view in courses.all_courses(engine, actor)]
    course_id, practice_id = sent.choice("course_id", ("", *taught)), sent.choice("practice_form_id", ("", *papers))
    return NewExam(
        code=sent.text("code", most=40),
        title=sent.text("title"),
        title_hi=sent.text("title_hi"),
        form_id=FormId(sent.choice("form_id", papers)),
        duration_s=int(sent.number("minutes", 1, MOST_MINUTES) * 60),
        policy=policy_of(sent, [one.id for one in competencies(engine, actor)]),
        course_id=CourseId(course_id) if course_id else None,
        practice_form_id=FormId(practice_id) if practice_id else None,
    )


def _exam_form(request: Request, engine: Engine, actor: Actor, sent: Sent) -> HTMLResponse:
    wrong = {group for group, names in FIELDS_OF_GROUPS.items() if sent.problems.keys() & set(names)}
    return page(
        request,
        "cell/exam_new.html",
        status=200 if sent.is_right else 422,
        sheets=forms.forms(engine, actor),
        courses=courses.all_courses(engine, actor),
        competencies=competencies(engine, actor),
        choices={
            "grace": GRACE,
            "outage": OUTAGE,
            "devices": DEVICES,
            "pauses": PAUSE_WORDS,
            "tools": TOOL_WORDS,
            "sounds": SOUND_WORDS,
            "checks": CHECK_WORDS,
            "kinds": {each: WATCHED[each] for each in SIGNALS},
        },
        signals=" ".join(SIGNALS),
        unseen=eyes.unseen_now(engine, ExamPolicy()),
        wording=wording,
        wrong=wrong,
        fields=sent.values,
        problems=sent.problems,
    )


@router.get("/exams/{exam_id}")
def show_exam(request: Request, engine: EngineDep, actor: Officer, exam_id: ExamId) -> HTMLResponse:
    """Show an exam with its rules and its sessions."""
    return exam_page(request, engine, actor, exam_id)


def exam_page(request: Request, engine: Engine, actor: Actor, exam_id: ExamId, refused: AssessmentError | None = None) -> HTMLResponse:
    """Show an exam, with why something was refused where it was."""
    exam = exams.exam_of(engine, actor, exam_id)
    skills = {one.id: one for one in competencies(engine, actor)}
    practice = forms.form_of(engine, actor, exam.practice_form_id).form if exam.practice_form_id else None
    course = next((view.course for view in courses.all_courses(engine, actor) if view.course.id == exam.course_id), None)
    return page(
        request,
        "cell/exam.html",
        status=200 if refused is None else status_of(type(refused)),
        exam=exam,
        course=course,
        competencies=skills,
        practice=practice,
        rules_of=rules_of,
        calibration=[] if exam.policy.calibration is None else facts_of(exam.policy.calibration),
        refused=None if refused is None else refusal_of(refused),
        refused_code="" if refused is None else refused.code,
        begun=exams.has_begun(engine, actor, exam_id),
        proposals=recalibration.proposals(engine, actor, exam_id),
        facts_of=facts_of,
        unseen=eyes.unseen_now(engine, exam.policy),
        demoted=demotion.demoted_in(engine, exam_id),
        wording=wording,
        sheets=[sheet for sheet in exams.sessions(engine, actor) if sheet.exam.id == exam.id],
        kinds=WATCHED,
    )


@router.post("/exams/{exam_id}/calibration")
def attach_calibration(
    request: Request, engine: EngineDep, actor: Officer, exam_id: ExamId, record: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Pin the exam to a calibration record; a file that is none, or not this exam's, is refused in words."""
    try:
        exams.attach_calibration(engine, actor, exam_id, record.file.read(LARGEST + 1) if record is not None else b"")
    except (Invalid, Conflict) as error:
        return exam_page(request, engine, actor, exam_id, error)
    return goto(f"/cell/exams/{exam_id}", done="calibrated")


@router.post("/exams/{exam_id}/state")
def move_exam(engine: EngineDep, actor: Officer, exam_id: ExamId, verb: Annotated[ExamVerb, Form()]) -> Response:
    """Close or reopen an exam."""
    exams.move_exam(engine, actor, exam_id, verb)
    return goto(f"/cell/exams/{exam_id}", done=verb)
