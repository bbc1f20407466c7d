"""The examination cell's first page: the way to the next exam, and a board of what runs now."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Officer
from api.pages import page, wording
from assessment_engine.services import eyes
from assessment_engine.services.overview import overview

router = APIRouter(include_in_schema=False)


@router.get("/cell")
def show(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show the cell's day."""
    missing = eyes.missing_roles(engine)
    return page(request, "cell/overview.html", day=overview(engine, actor), missing=missing, unseen=eyes.lost_now(engine), wording=wording)
