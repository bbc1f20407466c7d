"""Server-rendered pages: one way to make one, `page`, and what every template knows.

Templates start with `{% extends "base.html" %}` and `{% import "components.html" as ui with context %}`; they know `_`, `ngettext`, `lang`,
`signed_in` (or None), `csrf` (the hidden field), `static(name)`, `url_with(**query)`, `done`, `navigation`, `now` and the filters `day`,
`moment`, `clock`, `number`, `said`.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.status import HTTP_303_SEE_OTHER

from api.pages.navigation import navigation
from api.words import LANGUAGES, Words, words
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.services.people import SignedIn

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"
LANGUAGE_COOKIE = "lang"


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Render a template in the reader's language; `?lang=` is remembered."""
    lang = language_of(request)
    known = {**_everywhere(request, words(lang)), "status": status, **context}
    environment: Environment = request.app.state.templates
    response = HTMLResponse(environment.get_template(template).render(known), status_code=status, headers={"Content-Language": lang})
    if request.query_params.get("lang") == lang:
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=365 * 86400, path="/", samesite="lax", httponly=True)
    return response


def goto(url: str, *, done: str = "", request: Request | None = None) -> RedirectResponse:
    """Send the reader on after a form; `done` names what was done, for the next page's toast, and a `?lang=` of the request goes along."""
    lang = request.query_params.get("lang", "") if request else ""
    more = urlencode({name: value for name, value in (("done", done), ("lang", lang if lang in LANGUAGES else "")) if value})
    joint = "&" if "?" in url else "?"
    return RedirectResponse(f"{url}{joint}{more}" if more else url, HTTP_303_SEE_OTHER)


def language_of(request: Request) -> str:
    """Choose the language: `?lang=`, then the cookie, then the person's own, then the browser's, then English."""
    signed = _signed_in(request)
    browser = request.headers.get("accept-language", "")[:2].lower()
    wishes = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), signed.person.language if signed else None, browser)
    return next((wish for wish in wishes if wish and wish in LANGUAGES), "en")


def install(app: FastAPI) -> None:
    """Give the app its templates."""
    app.state.templates = _templates()


@cache
def _templates() -> Environment:
    """Make the environment, whose templates are compiled once a process."""
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(day=_day, moment=_moment, clock=_clock, number=_number, said=said, moment_of=parse_iso)
    environment.globals["static"] = static
    return environment


def static(name: str) -> str:
    """Return the address of a static file with its content's hash, so that it can be kept for ever."""
    return f"/static/{name}?v={_content_hash(STATIC / name, (STATIC / name).stat().st_mtime_ns)}"


@cache
def _content_hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _signed_in(request: Request) -> SignedIn | None:
    signed = getattr(request.state, "signed_in", None)
    return signed if isinstance(signed, SignedIn) else None


def _everywhere(request: Request, said_in: Words) -> Mapping[str, object]:
    signed = _signed_in(request)
    return {
        "request": request,
        "words": said_in,
        "lang": said_in.lang,
        "_": said_in.gettext,
        "ngettext": said_in.ngettext,
        "signed_in": signed,
        "csrf_token": signed.csrf if signed else "",
        "csrf": Markup('<input type="hidden" name="_csrf" value="{}">').format(signed.csrf if signed else ""),
        "url_with": _url_with(request),
        "done": request.query_params.get("done", ""),
        "navigation": navigation(request, signed.actor if signed else None),
        "now": request.app.state.engine.clock.now(),
        "demo": request.app.state.engine.demo,
    }


def _url_with(request: Request) -> Callable[..., str]:
    def url_with(**query: str | int | None) -> str:
        """Return this page's address with some of its query changed; None leaves a part out. Sorting and filters live in the URL."""
        kept = {key: value for key, value in request.query_params.items() if key != "done"}
        changed = {**kept, **query}
        url = request.url.replace(query="").include_query_params(**{key: value for key, value in changed.items() if value is not None})
        return url.path + (f"?{url.query}" if url.query else "")

    return url_with


def _words(context: Context) -> Words:
    said_in = context["words"]
    assert isinstance(said_in, Words)
    return said_in


@pass_context
def _day(context: Context, value: date | datetime) -> str:
    return _words(context).day(value)


@pass_context
def _moment(context: Context, value: datetime) -> str:
    return _words(context).moment(value)


@pass_context
def _clock(context: Context, value: datetime) -> str:
    return _words(context).clock(value)


@pass_context
def _number(context: Context, value: int | float | Decimal) -> str:
    return _words(context).number(value)


@pass_context
def said(context: Context, record: object, name: str = "title") -> str:
    """Return a record's own text in the reader's language: `exam|said("title")` is `exam.title_hi` for a Hindi reader, if there is one."""
    in_hindi = getattr(record, f"{name}_hi", "") if context["lang"] == "hi" else ""
    return str(in_hindi or getattr(record, name))
