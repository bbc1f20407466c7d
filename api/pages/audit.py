"""The Audit page of the examination cell: the log's size, root and checkpoints, what one's own people did, and verifying all of it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Officer
from api.pages import page
from assessment_engine.services import audit
from assessment_engine.services.audit import LogReport

router = APIRouter(include_in_schema=False)


@router.get("/cell/audit")
def show(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Show the log at a glance."""
    return _show(request, engine, officer, None)


@router.post("/cell/audit")
def verify(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Recompute the whole log and show what was found."""
    return _show(request, engine, officer, audit.verify_log(engine))


def _show(request: Request, engine: EngineDep, officer: Officer, report: LogReport | None) -> HTMLResponse:
    return page(request, "cell/audit.html", log=audit.overview(engine, officer), report=report)
