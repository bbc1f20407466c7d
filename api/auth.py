"""Who is asking: a session cookie of a page, or `Authorization: Bearer` of a client; and that a form was meant by its sender.

A cookie is sent by the browser whoever made the page, so every unsafe method under a cookie needs the session's CSRF token
(`_csrf` field or `X-CSRF-Token` header). A bearer token is never sent by accident and needs none.
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from api.live_sessions import live_sessions_of
from assessment_engine.kernel.errors import NotAllowed, NotSignedIn, PasswordMustChange
from assessment_engine.people import BANK_STAFF, Actor, Role, require
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import SignedIn

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def engine_of(request: Request) -> Engine:
    """Return the Engine that this app was made with."""
    engine = request.app.state.engine
    assert isinstance(engine, Engine)
    return engine


async def _engine(request: Request) -> Engine:
    return engine_of(request)  # asynchronous only so that no thread is asked for it


EngineDep = Annotated[Engine, Depends(_engine)]


def cookie_name(engine: Engine) -> str:
    """Name the session cookie; over https the browser itself then refuses it from elsewhere (`__Host-`)."""
    return "__Host-session" if engine.public_url.startswith("https:") else "session"


def set_session(response: Response, engine: Engine, signed: SignedIn) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(engine),
        signed.token,
        max_age=int((signed.expires_at - engine.clock.now()).total_seconds()),  # not a date: the browser's clock may be wrong
        path="/",
        secure=engine.public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def forget_session(response: Response, engine: Engine) -> None:
    """Take the session from the browser."""
    response.delete_cookie(cookie_name(engine), path="/", secure=engine.public_url.startswith("https:"), httponly=True, samesite="lax")


def bearer_of(request: Request) -> str | None:
    """Return the bearer token, if one is sent."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def visitor(request: Request, engine: EngineDep) -> SignedIn | None:
    """Return who is signed in, or None; for pages that everybody may read. The page's header shows them."""
    token = bearer_of(request) or request.cookies.get(cookie_name(engine))
    if token is None:
        return None
    try:
        signed = people.actor_of(engine, token)
    except NotAllowed:
        return None
    request.state.signed_in = signed
    return signed


def _session(request: Request, engine: EngineDep) -> SignedIn:
    token = bearer_of(request) or request.cookies.get(cookie_name(engine))
    if token is None:
        raise NotSignedIn("sign in first")
    signed = people.actor_of(engine, token)
    request.state.signed_in = signed
    return signed


async def known(request: Request, signed: Annotated[SignedIn, Depends(_session)]) -> SignedIn:
    """Return the live session, also of somebody who still has to choose a password; raises as `signed_in` does else."""
    await _check_meant(request, signed)
    return signed


def _check_own_password(signed: SignedIn) -> None:
    if signed.person.must_change_password:
        raise PasswordMustChange("choose your own password first")


async def signed_in(request: Request, signed: Annotated[SignedIn, Depends(_session)]) -> SignedIn:
    """Return the live session; raises NotSignedIn, TokenExpired, or NotAllowed when a form's CSRF token is missing or wrong."""
    await _check_meant(request, signed)
    _check_own_password(signed)
    return signed


async def _check_meant(request: Request, signed: SignedIn) -> None:
    if request.method in SAFE_METHODS or bearer_of(request) is not None:
        return
    sent = request.headers.get("x-csrf-token") or str((await request.form()).get("_csrf", ""))
    if not secrets.compare_digest(sent.encode(), signed.csrf.encode()):
        raise NotAllowed("this form was not sent from our page, or the page is too old; go back, reload and try again")


async def prompt_viewer(request: Request) -> Actor:
    """Return who is asking, as known a few seconds ago at most; for what a whole hall asks at once. Raises as `signed_in` does."""
    token = bearer_of(request) or request.cookies.get(cookie_name(engine_of(request)))
    if token is None:
        raise NotSignedIn("sign in first")
    signed = await live_sessions_of(request).signed_in(token)
    request.state.signed_in = signed
    await _check_meant(request, signed)
    _check_own_password(signed)
    return signed.actor


KnownDep = Annotated[SignedIn, Depends(known)]
SignedInDep = Annotated[SignedIn, Depends(signed_in)]


async def viewer(signed: SignedInDep) -> Actor:
    """Return who is asking; a page sends others to log-in, a JSON route answers 401."""
    return signed.actor


def needs(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """Make a dependency that returns an actor who holds one of the roles; raises NotAllowed for others."""

    async def allowed(actor: Annotated[Actor, Depends(viewer)]) -> Actor:
        require(actor, *roles)
        return actor

    return allowed


Visitor = Annotated[SignedIn | None, Depends(visitor)]
Viewer = Annotated[Actor, Depends(viewer)]
PromptViewer = Annotated[Actor, Depends(prompt_viewer)]
Candidate = Annotated[Actor, Depends(needs(Role.CANDIDATE))]
Invigilator = Annotated[Actor, Depends(needs(Role.INVIGILATOR))]
Officer = Annotated[Actor, Depends(needs(Role.CELL_OFFICER))]
BankStaff = Annotated[Actor, Depends(needs(*BANK_STAFF))]
GrievanceOfficer = Annotated[Actor, Depends(needs(Role.GRIEVANCE_OFFICER))]
Staff = Annotated[Actor, Depends(needs(Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER))]


def same_origin(request: Request) -> None:
    """Refuse a form that another site's page sent, where there is no session yet whose CSRF token could tell (log-in)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in ("same-origin", "none") if site else bool(origin) and urlsplit(origin or "").netloc != request.url.netloc
    if foreign:
        raise NotAllowed("this form was sent from another site")


def local_path(path: str | None, otherwise: str = "/me") -> str:
    """Return where to go after log-in: a path of ours, never another site's address."""
    if path is None or not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(letter) < 32 for letter in path):
        return otherwise
    return path
