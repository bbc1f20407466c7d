"""Pages for everybody: the start, log-in and sign-out, and the way to one's own start page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import EngineDep, KnownDep, Viewer, Visitor, forget_session, local_path, same_origin, set_session
from api.live_sessions import live_sessions_of
from api.pages import goto, page
from assessment_engine.kernel.errors import Conflict, Invalid, NotSignedIn, TooManyTries
from assessment_engine.people import Role
from assessment_engine.services import people

router = APIRouter(include_in_schema=False)

HOMES: tuple[tuple[Role, str], ...] = (
    (Role.CELL_OFFICER, "/cell"),
    (Role.INVIGILATOR, "/invigilator"),
    (Role.GRIEVANCE_OFFICER, "/grievances"),
    (Role.ITEM_REVIEWER, "/cell/item-reviews"),
    (Role.ITEM_AUTHOR, "/cell/items"),
    (Role.CANDIDATE, "/candidate"),
)


@router.get("/")
def home(request: Request, visitor: Visitor) -> HTMLResponse:
    """Say what this is, and where to go."""
    return page(request, "public/home.html")


@router.get("/login")
def login_page(request: Request, visitor: Visitor, next: str = "") -> Response:
    """Ask for log-in and password; somebody who is signed in goes on."""
    if visitor is not None:
        return goto(local_path(next))
    return page(request, "public/login.html", next=next, login="", problem="")


@router.post("/login", dependencies=[Depends(same_origin)])
def log_in(
    request: Request,
    engine: EngineDep,
    login: Annotated[str, Form(max_length=120)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Sign in and go on; a wrong password says so beside the form."""
    try:
        with request.app.state.login_gate.a_try(login, request):
            signed = people.sign_in(engine, login, password)
    except (NotSignedIn, TooManyTries) as error:
        status = 429 if isinstance(error, TooManyTries) else 401
        return page(request, "public/login.html", status=status, next=next, login=login, problem=error.code)
    response = goto(local_path(next))
    set_session(response, engine, signed)
    return response


@router.get("/password")
def password_page(request: Request, signed: KnownDep, next: str = "") -> Response:
    """Ask for a password of one's own, where somebody else chose it."""
    if not signed.person.must_change_password:
        return goto(local_path(next))
    return page(request, "public/password.html", next=next, problem="")


@router.post("/password")
def choose_password(
    request: Request,
    engine: EngineDep,
    signed: KnownDep,
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Keep the password that was chosen and go on."""
    response = goto(local_path(next))
    try:
        set_session(response, engine, people.choose_password(engine, signed.token, password))
    except Invalid as error:
        return page(request, "public/password.html", status=422, next=next, problem=error.details["problem"])
    except Conflict:  # sent twice
        return response
    live_sessions_of(request).forget()
    return response


@router.post("/logout")
def log_out(request: Request, engine: EngineDep, signed: KnownDep) -> RedirectResponse:
    """End the session."""
    people.sign_out(engine, signed.token)
    live_sessions_of(request).forget()
    response = goto("/", done="signed_out")
    forget_session(response, engine)
    return response


@router.get("/me")
def me(viewer: Viewer) -> RedirectResponse:
    """Go to the start page of one's role."""
    return goto(next(path for role, path in HOMES if role in viewer.roles))
