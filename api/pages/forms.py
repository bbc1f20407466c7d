"""The cell's pages of forms: the list, one form, and building one from approved items."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.form_parts import BRANCHES, ORDERS, PARTS, WAYS, place_of, sections_of, settings_of
from api.pages.item_words import VALUES
from api.pages.sent import Posted, Sent
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import FormId
from assessment_engine.people import Actor
from assessment_engine.services import forms, item_cards
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm
from item_bank.item_filters import ItemFilter, Order
from item_bank.items import ItemState

router = APIRouter(prefix="/cell/forms", include_in_schema=False)


@router.get("")
def list_forms(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every form."""
    return page(request, "cell/forms.html", sheets=forms.forms(engine, actor))


@router.get("/new")
def new_form(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask which item goes into which section."""
    return _form(request, engine, actor, Sent({}))


@router.post("/new")
def build_form(request: Request, engine: EngineDep, actor: Officer, form: Posted) -> Response:
    """Build the form; what does not fit is said above it, with nothing lost."""
    new = NewForm(title=form.text("title"), title_hi=form.text("title_hi"), sections=sections_of(form))
    if form.is_right:
        try:
            return goto(f"/cell/forms/{forms.build_form(engine, actor, new).id}", done="built")
        except Invalid as error:
            form.wrong(*place_of(error))
    return _form(request, engine, actor, form)


def _form(request: Request, engine: Engine, actor: Actor, sent: Sent) -> HTMLResponse:
    cards = item_cards.every(engine, actor, ItemFilter(equal={"state": str(ItemState.APPROVED)}), Order())
    return page(
        request,
        "cell/form_new.html",
        status=200 if sent.is_right else 422,
        cards=cards,
        competencies={one.id: one for one in competencies(engine, actor)},
        parts=PARTS,
        branches=BRANCHES,
        orders=ORDERS,
        ways=WAYS,
        fields=sent.values,
        problems=sent.problems,
    )


@router.get("/{form_id}")
def show_form(request: Request, engine: EngineDep, actor: Officer, form_id: FormId) -> HTMLResponse:
    """Show a form section by section."""
    skills = {one.id: one for one in competencies(engine, actor)}
    return page(
        request, "cell/form.html", sheet=forms.form_of(engine, actor, form_id), competencies=skills, settings_of=settings_of, values=VALUES
    )
