"""The cell's pages of forms: the list, one form, and building one from approved items."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.params import Depends
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from api.auth import EngineDep, Officer
from api.pages import goto, page
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import FormId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import forms, items
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm
from item_bank.forms import FormSection
from item_bank.items import ItemState

router = APIRouter(prefix="/cell/forms", include_in_schema=False)

SECTIONS = ("A", "B", "C")


async def sent_form(request: Request) -> FormData:
    """Return the form as it was sent; its fields are named after items."""
    return await request.form()


@router.get("")
def list_forms(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every form."""
    return page(request, "cell/forms.html", sheets=forms.forms(engine, actor))


@router.get("/new")
def new_form(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask which item goes into which section."""
    return _form(request, engine, actor, {}, "")


@router.post("/new")
def build_form(request: Request, engine: EngineDep, actor: Officer, sent: Annotated[FormData, Depends(sent_form)]) -> Response:
    """Build the form; what does not fit is said above it, with nothing lost."""
    fields = {name: str(value) for name, value in sent.items()}
    try:
        form = forms.build_form(engine, actor, _new(fields))
    except Invalid as error:
        return _form(request, engine, actor, fields, error.message)
    return goto(f"/cell/forms/{form.id}", done="built")


def _new(fields: Mapping[str, str]) -> NewForm:
    sections = tuple(_section(key, fields) for key in SECTIONS if key in fields.values())
    if any(not section.title or not section.title_hi for section in sections):
        raise Invalid("a section with items needs its title in English and in Hindi")
    return NewForm(title=fields.get("title", ""), title_hi=fields.get("title_hi", ""), sections=sections)


def _section(key: str, fields: Mapping[str, str]) -> FormSection:
    chosen = tuple(ItemVersionId(name.removeprefix("item-")) for name, place in fields.items() if name.startswith("item-") and place == key)
    title, title_hi = (fields.get(f"{name}-{key}", "").strip() for name in ("title", "title_hi"))
    return FormSection(id=key, title=title, title_hi=title_hi, items=chosen)


def _form(request: Request, engine: Engine, actor: Actor, fields: Mapping[str, str], problem: str) -> HTMLResponse:
    cards = [card for card in items.bank_page(engine, actor).cards if card.version.state is ItemState.APPROVED]
    skills = {one.id: one for one in competencies(engine, actor)}
    status = 422 if problem else 200
    return page(
        request, "cell/form_new.html", status=status, cards=cards, competencies=skills, sections=SECTIONS, fields=fields, problem=problem
    )


@router.get("/{form_id}")
def show_form(request: Request, engine: EngineDep, actor: Officer, form_id: FormId) -> HTMLResponse:
    """Show a form section by section."""
    skills = {one.id: one for one in competencies(engine, actor)}
    return page(request, "cell/form.html", sheet=forms.form_of(engine, actor, form_id), competencies=skills)
