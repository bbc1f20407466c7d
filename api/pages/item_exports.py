"""The cell's page for exporting items: what would be written, what that version of QTI cannot say, and the package itself."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import page
from api.pages.findings import grouped
from api.pages.item_cards import meant
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_exports import VERSIONS, export_items, look_at_export

router = APIRouter(prefix="/cell/items/export", include_in_schema=False)

MAX_ITEMS = 1000
"""Items of one export on the page, which waits for it; more go by the console."""

NAMES = {"qti3": "QTI 3.0", "qti21": "QTI 2.1"}


@router.get("")
def look_at_one(
    request: Request, engine: EngineDep, actor: Officer, chosen: Annotated[list[str] | None, Query()] = None, form: str = "qti3"
) -> HTMLResponse:
    """Show what an export of these items would write."""
    return _looked(request, engine, actor, chosen or [], form)


@router.post("")
def look_at_many(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    chosen: Annotated[list[ItemVersionId] | None, Form()] = None,
    every: Annotated[str, Form(max_length=4000)] = "",
    form: Annotated[str, Form()] = "qti3",
) -> HTMLResponse:
    """The same for the chosen items of the list, or for all that its filter shows."""
    return _looked(request, engine, actor, meant(engine, actor, chosen, every, MAX_ITEMS), form)


@router.post("/package")
def package(
    engine: EngineDep, actor: Officer, chosen: Annotated[list[str] | None, Form()] = None, form: Annotated[str, Form()] = "qti3"
) -> Response:
    """Give the package."""
    _check(chosen or [], form)
    written = export_items(engine, actor, chosen or [], form=form)
    headers = {"Content-Disposition": f'attachment; filename="items-{form}.zip"', "Cache-Control": "no-store"}
    return Response(written.package, media_type="application/zip", headers=headers)


def _looked(request: Request, engine: Engine, actor: Actor, chosen: Sequence[str], form: str) -> HTMLResponse:
    _check(chosen, form)
    written = look_at_export(engine, actor, chosen, form=form)
    return page(
        request,
        "cell/item_export.html",
        chosen=chosen,
        form=form,
        names=NAMES,
        items=written.items,
        size=len(written.package),
        groups=grouped(written.problems),
    )


def _check(chosen: Sequence[str], form: str) -> None:
    if form not in VERSIONS:
        raise Invalid("choose QTI 3.0 or QTI 2.1")
    if not chosen:
        raise Invalid("choose at least one item")
    if len(chosen) > MAX_ITEMS:
        raise Invalid(f"at most {MAX_ITEMS} items at once here; more are exported at the console")
