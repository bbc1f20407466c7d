"""Pages of courses: a learner reads and completes them; the cell writes, opens and closes them."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Officer
from api.pages import goto, page
from assessment_engine.courses import CourseState
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound
from assessment_engine.kernel.ids import CourseId
from assessment_engine.services import courses
from assessment_engine.services.courses import NewCourse, NewModule

router = APIRouter(include_in_schema=False)


@router.get("/candidate/courses")
def my_courses(request: Request, engine: EngineDep, actor: Candidate) -> HTMLResponse:
    """Show the courses a learner can begin or has begun."""
    return page(request, "courses/mine.html", courses=courses.my_courses(engine, actor))


@router.get("/candidate/courses/{course_id}")
def my_course(request: Request, engine: EngineDep, actor: Candidate, course_id: CourseId) -> HTMLResponse:
    """Show a course with its modules and what is next."""
    return page(request, "courses/course.html", view=courses.my_course(engine, actor, course_id))


@router.post("/candidate/courses/{course_id}/enrol")
def enrol(engine: EngineDep, actor: Candidate, course_id: CourseId) -> Response:
    """Enrol; who is enrolled already simply goes on."""
    try:
        courses.enrol(engine, actor, course_id)
    except Conflict:
        courses.my_course(engine, actor, course_id)  # raises again unless they are enrolled
    return goto(f"/candidate/courses/{course_id}", done="enrolled")


@router.get("/candidate/courses/{course_id}/modules/{module_id}")
def read_module(request: Request, engine: EngineDep, actor: Candidate, course_id: CourseId, module_id: str) -> HTMLResponse:
    """Show one module's text, to who is enrolled."""
    view = courses.my_course(engine, actor, course_id)
    module = next((one for one in view.modules if one.id == module_id), None)
    if module is None or view.enrolment is None:
        raise NotFound("no such module")
    return page(request, "courses/module.html", view=view, module=module)


@router.post("/candidate/courses/{course_id}/modules/{module_id}/finish")
def finish_module(engine: EngineDep, actor: Candidate, course_id: CourseId, module_id: str) -> Response:
    """Finish a module and go to the next one, or back to the completed course."""
    enrolment = courses.finish_module(engine, actor, course_id, module_id)
    following = enrolment.next_module(courses.my_course(engine, actor, course_id).modules)
    if following is None:
        return goto(f"/candidate/courses/{course_id}", done="completed")
    return goto(f"/candidate/courses/{course_id}/modules/{following.id}")


@router.get("/cell/courses")
def all_courses(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every course of the organisation."""
    return page(request, "courses/cell.html", courses=courses.all_courses(engine, actor))


@router.get("/cell/courses/new")
def new_course(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for a course to be added."""
    return page(request, "courses/new.html", new=NewCourse(code="", title="", title_hi=""), problem="")


@router.post("/cell/courses/new")
def add_course(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    code: Annotated[str, Form(max_length=40)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    title_hi: Annotated[str, Form(max_length=200)] = "",
    summary: Annotated[str, Form(max_length=4000)] = "",
    summary_hi: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Add a course as a draft."""
    new = NewCourse(code=code, title=title, title_hi=title_hi, summary=summary, summary_hi=summary_hi)
    try:
        course = courses.add_course(engine, actor, new)
    except (Conflict, Invalid) as error:
        return page(request, "courses/new.html", status=422, new=new, problem=error.code)
    return goto(f"/cell/courses/{course.id}", done="added")


@router.get("/cell/courses/{course_id}")
def cell_course(request: Request, engine: EngineDep, actor: Officer, course_id: CourseId) -> HTMLResponse:
    """Show a course with its modules, its learners and what can be done with it."""
    return page(request, "courses/cell_course.html", view=courses.course_of_cell(engine, actor, course_id), problem="")


@router.post("/cell/courses/{course_id}/modules")
def add_module(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    course_id: CourseId,
    title: Annotated[str, Form(max_length=200)] = "",
    title_hi: Annotated[str, Form(max_length=200)] = "",
    text: Annotated[str, Form(max_length=40_000)] = "",
    text_hi: Annotated[str, Form(max_length=40_000)] = "",
) -> Response:
    """Add a module to the end of a draft."""
    try:
        courses.add_module(engine, actor, course_id, NewModule(title=title, title_hi=title_hi, text=text, text_hi=text_hi))
    except Invalid as error:
        view = courses.course_of_cell(engine, actor, course_id)
        return page(request, "courses/cell_course.html", status=422, view=view, problem=error.code)
    return goto(f"/cell/courses/{course_id}", done="module_added")


@router.post("/cell/courses/{course_id}/state")
def change_state(engine: EngineDep, actor: Officer, course_id: CourseId, state: Annotated[CourseState, Form()]) -> Response:
    """Open or close a course."""
    change = courses.open_course if state is CourseState.OPEN else courses.close_course
    change(engine, actor, course_id)
    return goto(f"/cell/courses/{course_id}", done=str(state))
