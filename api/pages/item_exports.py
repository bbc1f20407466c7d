"""The cell's page for exporting items: what would be written, what the chosen form cannot say, and the package or file itself."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.findings import grouped
from api.pages.item_cards import asked_for, meant
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_cards
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_exports import FORMS, export_items, look_at_export
from item_bank.item_filters import Order

router = APIRouter(prefix="/cell/items/export", include_in_schema=False)

MAX_ITEMS = 1000
"""Items of one export that the page waits for; more are written by a job (export_runs.py)."""


@router.get("")
def look_at_one(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    chosen: Annotated[list[str] | None, Query()] = None,
    form: str = "qti3",
    lang: str = "",
) -> Response:
    """Show what an export of these items would write."""
    return _looked(request, engine, actor, chosen or [], form=form, lang=lang)


@router.post("")
def look_at_many(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    chosen: Annotated[list[ItemVersionId] | None, Form()] = None,
    every: Annotated[str, Form(max_length=4000)] = "",
    form: Annotated[str, Form()] = "qti3",
    lang: Annotated[str, Form()] = "",
) -> Response:
    """The same for the chosen items of the list, or for all that its filter shows; what is too much to wait for is offered as a job."""
    ids = meant(engine, actor, chosen, every, MAX_ITEMS)
    if every and len(ids) > MAX_ITEMS:
        return _whole(request, engine, actor, every, form=form, lang=lang)
    return _looked(request, engine, actor, ids, form=form, lang=lang)


def _whole(request: Request, engine: Engine, actor: Actor, every: str, *, form: str, lang: str) -> HTMLResponse:
    asked = asked_for(dict(parse_qsl(every.removeprefix("?"))), actor)
    total = item_cards.look(engine, actor, asked, Order(), size=1).page.total
    return page(request, "cell/export_whole.html", every=every, total=total, form=form, asked_lang=lang, forms=FORMS)


@router.post("/package")
def package(
    engine: EngineDep,
    actor: Officer,
    chosen: Annotated[list[str] | None, Form()] = None,
    form: Annotated[str, Form()] = "qti3",
    lang: Annotated[str, Form()] = "",
) -> Response:
    """Give the package or file."""
    _check(chosen or [], form)
    written = export_items(engine, actor, chosen or [], form=form, lang=lang)
    name = f"items-{form}{FORMS[form].ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(written.package, media_type=FORMS[form].media_type, headers=headers)


def _looked(request: Request, engine: Engine, actor: Actor, chosen: Sequence[str], *, form: str, lang: str) -> Response:
    if not chosen:
        return goto("/cell/items", done="nothing")
    _check(chosen, form)
    written = look_at_export(engine, actor, chosen, form=form, lang=lang)
    return page(
        request,
        "cell/item_export.html",
        chosen=chosen,
        form=form,
        asked_lang=lang,
        forms=FORMS,
        items=written.items,
        left_out=len(written.left_out),
        size=len(written.package),
        groups=grouped(written.problems),
    )


def _check(chosen: Sequence[str], form: str) -> None:
    if form not in FORMS:
        raise Invalid(f"choose one of {', '.join(each.title for each in FORMS.values())}")
    if not chosen:
        raise Invalid("choose at least one item", problem="nothing_chosen")
    if len(chosen) > MAX_ITEMS:
        raise Invalid(f"at most {MAX_ITEMS} items at once here; for more, take all that a filter of the list shows")
