"""Pages of grievances: a candidate files and follows them; grievance officers and the cell answer and assign."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, GrievanceOfficer, SignedInDep, needs
from api.errors import status_of
from api.pages import goto, language_of, page
from api.pages.holds import HOLDERS
from api.pages.holds import REASONS as HOLDS
from api.pages.told_words import SEEN
from api.pages.wording import KINDS, REASONS, TIES
from api.words import N_, words
from assessment_engine.grievances import About, GrievanceState, Outcome, Seen
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid, NotAllowed, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import GrievanceId, IncidentId, PersonId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import grievance_officers, grievances, people, standing
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import Complaint, GrievanceView
from assessment_engine.services.people import SignedIn
from assessment_engine.services.standing import MyResult

router = APIRouter(include_in_schema=False)

WHY_NOT: Mapping[str, str] = {
    Seen.CANDIDATE: N_("is the candidate"),
    Seen.JUDGED: N_("judged a case of it"),
    Seen.DECIDED: N_("decided on it"),
    Seen.SIGNED: N_("signed its result"),
    Seen.OPENED: N_("had a case of it open"),
    Seen.INVIGILATED: N_("watched its room"),
    Seen.LOOKED: N_("looked at the candidate"),
    Seen.SPOKE: N_("wrote to the candidate"),
    Seen.ACTED: N_("let the candidate in, or changed their time"),
    Seen.CONFLICT: N_("knows the candidate"),
}
"""Why a grievance is not given to an officer."""

Desk = Annotated[Actor, Depends(needs(Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER))]


@router.get("/candidate/grievances")
def mine(request: Request, engine: EngineDep, actor: Candidate) -> HTMLResponse:
    """Show the candidate's grievances."""
    return page(request, "grievances/mine.html", kinds=KINDS, views=grievances.mine(engine, actor))


@router.get("/candidate/sittings/{sitting_id}/grievance")
def new(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId, subject: str = "") -> HTMLResponse:
    """Ask what is contested and why; `subject` is what the candidate came from."""
    return _form(request, engine, actor, sitting_id, subject, "")


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
    except (Invalid, NotYet, Conflict) as error:
        return _form(request, engine, actor, sitting_id, subject, text, error)
    return goto(f"/candidate/grievances/{filed.id}", done="filed")


def _form(
    request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, subject: str, text: str, problem: AssessmentError | None = None
) -> HTMLResponse:
    return page(
        request,
        "grievances/new.html",
        status=status_of(type(problem)) if problem else 200,
        what=grievances.contestable(engine, actor, sitting_id),
        kinds=KINDS,
        seen=SEEN,
        subject=subject,
        text=text,
        problem=problem.code if problem else "",
    )


@router.get("/candidate/grievances/{grievance_id}")
def my_grievance(request: Request, engine: EngineDep, actor: Candidate, grievance_id: GrievanceId) -> HTMLResponse:
    """Show one's own grievance with its clock and history; once it is answered, what was decided and what happens next."""
    view = grievances.my_grievance(engine, actor, grievance_id)
    ended = view.grievance.state is GrievanceState.RESOLVED
    return _one(request, view, actor, desk=False, after=standing.my_result(engine, actor, view.grievance.sitting_id) if ended else None)


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
def assign(
    request: Request, engine: EngineDep, actor: Desk, grievance_id: GrievanceId, officer: Annotated[PersonId, Form(max_length=40)]
) -> Response:
    """Give it to an officer who neither decided nor saw what is contested."""
    try:
        grievance_officers.assign(engine, actor, grievance_id, officer)
    except (SecondPersonNeeded, NotAllowed) as error:
        view = grievances.grievance(engine, actor, grievance_id)
        return _one(request, view, actor, desk=True, problem=error.code)
    return goto(f"/grievances/{grievance_id}", done="assigned")


@router.post("/grievances/{grievance_id}/step-back")
def step_back(
    engine: EngineDep,
    actor: GrievanceOfficer,
    grievance_id: GrievanceId,
    tie: Annotated[Tie, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Say that one knows the candidate, so that somebody else answers it."""
    grievance_officers.step_back(engine, actor, grievance_id, tie, note)
    return goto(f"/grievances/{grievance_id}", done="given_back")


@router.post("/grievances/{grievance_id}/resolve")
def resolve(
    request: Request,
    engine: EngineDep,
    actor: GrievanceOfficer,
    signed: SignedInDep,
    grievance_id: GrievanceId,
    outcome: Annotated[Outcome | None, Form()] = None,
    reason: Annotated[str, Form(max_length=10_000)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Answer it with an outcome and a reason; taking back what two people decided takes a fresh password."""
    view = grievances.grievance(engine, actor, grievance_id)
    takes_back = view.overturns and outcome is Outcome.UPHELD
    if takes_back and not _is_still(request, engine, signed, password):
        return _one(request, view, actor, desk=True, problem="password", written=(outcome or "", reason))
    try:
        if outcome is None:
            raise Invalid("say how it ends", field="outcome")
        grievances.resolve(engine, actor, grievance_id, outcome, reason)
    except (Invalid, Conflict) as error:
        return _one(request, view, actor, desk=True, problem=error.code, written=(outcome or "", reason))
    return goto(f"/grievances/{grievance_id}", done="overturned" if takes_back else "resolved")


def _is_still(request: Request, engine: Engine, signed: SignedIn, password: str) -> bool:
    """Take the password again; a wrong one, or too many, is said on the page."""
    try:
        with request.app.state.login_gate.a_try(signed.person.login, request):
            people.reauthenticate(engine, signed.token, password)
    except NotAllowed:
        return False
    return True


def _one(
    request: Request,
    view: GrievanceView,
    actor: Actor,
    *,
    desk: bool,
    problem: str = "",
    written: tuple[str, str] = ("", ""),
    after: MyResult | None = None,
) -> HTMLResponse:
    return page(
        request,
        "grievances/one.html",
        status=422 if problem else 200,
        view=view,
        actor=actor,
        kinds=KINDS,
        seen=SEEN,
        reasons=REASONS,
        why_not=WHY_NOT,
        ties=[(str(tie), words(language_of(request)).gettext(text)) for tie, text in TIES.items()],
        desk=desk,
        problem=problem,
        written=written,
        after=after,
        holds=HOLDS,
        holders=HOLDERS,
    )
