"""What each refusal of the engine is in HTTP, and how it is shown: JSON under /api, a human page elsewhere.

The one table of statuses. A class that is not listed takes its nearest ancestor's; a test insists that every class resolves.
"""

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.status import HTTP_303_SEE_OTHER

from api.auth import engine_of, visitor
from api.pages import page
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import (
    AssessmentError,
    Conflict,
    EvidenceAltered,
    IntegrityViolation,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PasswordMustChange,
    TokenExpired,
    TooLarge,
    TooManyNotes,
    TooManyTries,
    Unavailable,
)

STATUS: Mapping[type[AssessmentError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotSignedIn: 401,
    TokenExpired: 401,
    TooManyTries: 429,
    TooManyNotes: 429,
    Conflict: 409,
    Invalid: 422,
    TooLarge: 413,
    Unavailable: 503,
    IntegrityViolation: 500,
    EvidenceAltered: 409,
}
CODES: Mapping[int, str] = {403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}

log = structlog.get_logger()


def status_of(error: type[AssessmentError]) -> int:
    """Return the status of an error class: its own, or its nearest ancestor's; raises LookupError for an unlisted one."""
    for ancestor in error.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    raise LookupError(f"{error.__name__} has no status")


def as_json(status: int, code: str, message: str, details: Mapping[str, Json] | None = None) -> JSONResponse:
    """Write a refusal as every JSON route does."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "60"} if status in (429, 503) else None
    return JSONResponse({"error": {"code": code, "message": message, "details": dict(details or {})}}, status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Make the app answer every refusal in one of the two ways."""
    app.add_exception_handler(AssessmentError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _crashed)


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, AssessmentError):  # the signature is Starlette's; the class is ours
        raise error
    status = status_of(type(error))
    if isinstance(error, IntegrityViolation):
        log.error("integrity_violation", code=error.code, message=error.message, **error.details)
    if status == 401 and not _wants_json(request):
        return RedirectResponse(f"/login?{urlencode({'next': _way_back(request)})}", HTTP_303_SEE_OTHER)
    if isinstance(error, PasswordMustChange) and not _wants_json(request):
        return RedirectResponse(f"/password?{urlencode({'next': _way_back(request)})}", HTTP_303_SEE_OTHER)
    return _show(request, status, error.code, error.message, error.details)


def _malformed(request: Request, error: Exception) -> Response:
    first = error.errors()[0] if isinstance(error, RequestValidationError) and error.errors() else {"loc": (), "msg": "malformed"}
    where = ".".join(str(part) for part in first["loc"])
    return _show(request, 422, "invalid", f"{where}: {first['msg']}", {"field": where})


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405 and request.method == "GET" and not _wants_json(request) and (parent := _page_above(request)):
        return RedirectResponse(parent, HTTP_303_SEE_OTHER)
    return _show(request, status, CODES.get(status, "invalid" if status < 500 else "internal"), str(getattr(error, "detail", "")))


def _page_above(request: Request) -> str:
    """Return the nearest page above an address that only takes forms: what it answered was reloaded, or asked for in another language."""
    path, lang = request.url.path, request.query_params.get("lang")
    while path := path.rpartition("/")[0]:
        scope = {**request.scope, "path": path, "raw_path": path.encode()}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            return f"{path}?{urlencode({'lang': lang})}" if lang else path
    return ""


def _crashed(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", path=request.url.path, exc_info=error)
    return _show(request, 500, "internal", "something went wrong here; nothing that was acknowledged is lost")


def _show(request: Request, status: int, code: str, message: str, details: Mapping[str, Json] | None = None) -> Response:
    if _wants_json(request):
        return as_json(status, code, message, details)
    _recognise(request)
    return page(request, "error.html", status=status, code=code, message=message)


def _recognise(request: Request) -> None:
    """Let the page's header show who is signed in, where no dependency has asked yet."""
    with suppress(AssessmentError):  # a page about a failure must not fail for the same reason
        visitor(request, engine_of(request))


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _way_back(request: Request) -> str:
    """Where to go after log-in: the page itself when it was only read, the start otherwise (a form is not sent twice)."""
    if request.method != "GET":
        return "/me"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
