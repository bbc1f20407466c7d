"""The delivery and pages process: `create_app` puts the rooms together. Cameras are elsewhere (sockets, their own process).

A module of pages or routes joins by one import and one line in ROUTERS.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from api import errors, logs, pages
from api.bounds import NoteGate
from api.live_sessions import LiveSessions
from api.minute import Minute
from api.pages import (
    announcements,
    arrangements,
    authoring,
    blueprints,
    bookings,
    candidate,
    candidate_checkin,
    candidate_exam,
    candidate_record,
    cell,
    centres,
    certificates,
    courses,
    drawn_forms,
    exams,
    export_runs,
    figures,
    forms,
    gallery,
    grievances,
    hall_tickets,
    hearings,
    invigilator,
    item_cards,
    item_exports,
    item_facts,
    item_imports,
    item_reviews,
    items,
    late_answers,
    own_watch,
    paper_codes,
    people,
    practice,
    public,
    question_reports,
    recalibration,
    response_sheets,
    results,
    review,
    rosters,
    session_reports,
    sessions,
    shell,
    verification,
    watching,
)
from api.pages import audit as audit_page
from api.pages import evidence as evidence_page
from api.pages import timekeeping as time_page
from api.pages import wall as wall_page
from api.porch import Porch
from api.routes import announcements as announcements_route
from api.routes import audit as audit_route
from api.routes import checkin, credentials, health, invigilation, keys, leases, login, media, papers, sittings
from api.routes import evidence as evidence_route
from api.routes import hearings as hearings_route
from api.routes import late_answers as late_answers_route
from api.routes import messages as messages_route
from api.routes import navigation as navigation_route
from api.routes import question_reports as question_reports_route
from api.routes import timekeeping as timekeeping_route
from api.routes import wall as wall_route
from api.sign_ins import LoginGate, keep_telling, tell_log
from assessment_engine.services.engine import Engine
from assessment_engine.services.watching import Alarms

ROUTERS: tuple[APIRouter, ...] = (
    sittings.router,  # these first: a path is compared with every route before its own, and this is what a whole hall asks
    timekeeping_route.router,
    health.router,
    login.router,
    public.router,
    candidate.router,
    bookings.router,
    hall_tickets.router,
    candidate_checkin.router,
    candidate_exam.router,
    shell.router,
    paper_codes.router,
    candidate_record.router,
    watching.router,
    hearings.router,
    own_watch.router,
    arrangements.router,
    practice.router,
    late_answers_route.router,
    keys.router,
    navigation_route.router,
    announcements_route.router,
    question_reports_route.router,
    messages_route.router,
    papers.router,
    leases.router,
    media.router,
    checkin.router,
    invigilator.router,
    wall_page.router,
    review.router,
    figures.router,
    recalibration.router,
    time_page.router,
    announcements.router,
    invigilation.router,
    wall_route.router,
    courses.router,
    grievances.router,
    people.router,
    cell.router,
    question_reports.router,
    gallery.router,  # these before items: /cell/items/gallery is no version
    authoring.router,
    item_imports.router,
    item_exports.router,
    export_runs.router,
    item_cards.router,
    item_facts.router,
    item_reviews.router,
    items.router,
    blueprints.router,
    forms.router,
    exams.router,
    rosters.router,
    drawn_forms.router,
    sessions.router,
    session_reports.router,
    centres.router,
    results.router,
    late_answers.router,
    response_sheets.router,
    certificates.router,
    verification.router,
    credentials.router,
    evidence_page.router,
    evidence_route.router,
    hearings_route.router,
    audit_page.router,
    audit_route.router,
)

FONTS: Mapping[str, str] = {
    "NotoSans-Regular.woff2": "font_latin",
    "NotoSans-Bold.woff2": "font_latin",
    "NotoSansDevanagari-Regular.woff2": "font_devanagari",
    "NotoSansDevanagari-Bold.woff2": "font_devanagari",
}


class ContentHashed(StaticFiles):
    """Static files: kept for ever when asked for by their hash, revalidated by ETag otherwise."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file and how long it may be kept."""
        response = await super().get_response(path, scope)
        hashed = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def create_app(
    engine: Engine,
    ledger: object | None = None,
    *,
    assets_dir: Path | None = None,
    probes: Mapping[str, Callable[[], bool]] | None = None,
    metrics_token: str | None = None,
) -> FastAPI:
    """Make the app. `ledger` is the answer ledger's writer; `assets_dir` has the page fonts; `probes` are reported by /readyz.

    `metrics_token` opens /metrics to other machines.
    """
    logs.configure()
    app = FastAPI(
        title="Assessment Engine",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan,
    )
    app.state.engine = engine
    app.state.ledger = ledger
    app.state.probes = dict(probes or {})
    app.state.metrics_token = metrics_token
    app.state.login_gate = LoginGate()
    app.state.note_gate = NoteGate()
    app.state.live_sessions = LiveSessions(engine)
    app.state.alarms = Minute[Alarms](engine.clock)
    pages.install(app)
    errors.install(app)
    app.mount("/static", ContentHashed(directory=pages.STATIC), name="static")  # first too: a page asks for dozens of its files
    app.router.routes.extend(_routes())
    app.add_middleware(Porch, engine=engine)
    _serve_fonts(app, assets_dir)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tell the log of refused sign-ins while the app runs, and of the last ones when it ends."""
    engine, tally = app.state.engine, app.state.login_gate.refused
    telling = asyncio.create_task(keep_telling(engine, tally))
    yield
    telling.cancel()
    tell_log(engine, tally)


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return every route, read from its function's signature once a process: a route knows no app, and reading them all takes a second."""
    every = APIRouter()
    for router in ROUTERS:
        every.include_router(router)
    return tuple(every.routes)


def _serve_fonts(app: FastAPI, assets_dir: Path | None) -> None:
    """Serve the page fonts that `assets fetch` made; without them the page uses the system's."""

    @app.get("/fonts/{name}", include_in_schema=False)
    def font(name: str) -> FileResponse:
        path = assets_dir / FONTS[name] / name if assets_dir and name in FONTS else None
        if path is None or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="font/woff2", headers={"Cache-Control": "public, max-age=31536000"})
