"""Pages of grievances: a candidate files and follows them; grievance officers and the cell answer and assign."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, GrievanceOfficer, needs
from api.pages import goto, page
from api.pages.wording import KINDS, REASONS
from assessment_engine.grievances import About, Outcome
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import GrievanceId, IncidentId, PersonId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import grievances
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import Complaint, GrievanceView

router = APIRouter(include_in_schema=False)

Desk = Annotated[Actor, Depends(needs(Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER))]


@router.get("/candidate/grievances")
def mine(request: Request, engine: EngineDep, actor: Candidate) -> HTMLResponse:
    """Show the candidate's grievances."""
    return page(request, "grievances/mine.html", kinds=KINDS, views=grievances.mine(engine, actor))


@router.get("/candidate/sittings/{sitting_id}/grievance")
def new(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> HTMLResponse:
    """Ask what is contested and why."""
    return _form(request, engine, actor, sitting_id, "", "")


@router.post("/candidate/sittings/{sitting_id}/grievance")
def file_grievance(
    request: Request,
    engine: EngineDep,
    actor: Candidate,
    sitting_id: SittingId,
    subject: Annotated[str, Form(max_length=40)] = "",
    text: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """File a grievance; `subject` is `result` or a flag's id."""
    about = About.RESULT if subject == "result" else About.FLAG
    incident = None if about is About.RESULT else IncidentId(subject)
    try:
        filed = grievances.file_grievance(engine, actor, Complaint(sitting_id=sitting_id, about=about, text=text, incident_id=incident))
    except Invalid:
        return _form(request, engine, actor, sitting_id, subject, text)
    return goto(f"/candidate/grievances/{filed.id}", done="filed")


def _form(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, subject: str, text: str) -> HTMLResponse:
    what = grievances.contestable(engine, actor, sitting_id)
    status = 422 if subject else 200
    return page(request, "grievances/new.html", status=status, what=what, kinds=KINDS, subject=subject, text=text, problem=bool(subject))


@router.get("/candidate/grievances/{grievance_id}")
def my_grievance(request: Request, engine: EngineDep, actor: Candidate, grievance_id: GrievanceId) -> HTMLResponse:
    """Show one's own grievance with its clock and history."""
    return _one(request, grievances.my_grievance(engine, actor, grievance_id), actor, desk=False)


@router.post("/candidate/grievances/{grievance_id}/withdraw")
def withdraw(engine: EngineDep, actor: Candidate, grievance_id: GrievanceId) -> Response:
    """Take one's own grievance back."""
    grievances.withdraw(engine, actor, grievance_id)
    return goto(f"/candidate/grievances/{grievance_id}", done="withdrawn")


@router.get("/grievances")
def desk(request: Request, engine: EngineDep, actor: Desk, show: str = "open") -> HTMLResponse:
    """Show the organisation's grievances, the one that is due first first."""
    views = grievances.desk(engine, actor)
    return page(
        request,
        "grievances/desk.html",
        views=[view for view in views if view.grievance.is_open == (show != "ended")],
        open_count=sum(view.grievance.is_open for view in views),
        total=len(views),
        show=show,
        actor=actor,
    )


@router.get("/grievances/{grievance_id}")
def one(request: Request, engine: EngineDep, actor: Desk, grievance_id: GrievanceId) -> HTMLResponse:
    """Show one grievance with its history and what can be done."""
    return _one(request, grievances.grievance(engine, actor, grievance_id), actor, desk=True)


@router.post("/grievances/{grievance_id}/assign")
def assign(engine: EngineDep, actor: Desk, grievance_id: GrievanceId, officer: Annotated[PersonId, Form(max_length=40)]) -> Response:
    """Give it to an officer who did not decide what is contested."""
    grievances.assign(engine, actor, grievance_id, officer)
    return goto(f"/grievances/{grievance_id}", done="assigned")


@router.post("/grievances/{grievance_id}/resolve")
def resolve(
    request: Request,
    engine: EngineDep,
    actor: GrievanceOfficer,
    grievance_id: GrievanceId,
    outcome: Annotated[Outcome, Form()],
    reason: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Answer it with an outcome and a reason."""
    try:
        grievances.resolve(engine, actor, grievance_id, outcome, reason)
    except Invalid as error:
        view = grievances.grievance(engine, actor, grievance_id)
        return _one(request, view, actor, desk=True, problem=error.code)
    return goto(f"/grievances/{grievance_id}", done="resolved")


def _one(request: Request, view: GrievanceView, actor: Actor, *, desk: bool, problem: str = "") -> HTMLResponse:
    status = 422 if problem else 200
    return page(
        request, "grievances/one.html", status=status, view=view, actor=actor, kinds=KINDS, reasons=REASONS, desk=desk, problem=problem
    )
