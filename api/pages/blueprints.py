"""The cell's pages of blueprints: the list, the editor with live counts, and the check from which a form is made."""

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, language_of, page
from api.pages.blueprint_fields import (
    CHOSEN,
    FEWEST_ROWS,
    FOLDED,
    LEFT_OUT,
    PASSAGES,
    SHORT,
    Typed,
    fields_of,
    refused,
    shown_rows,
    typed_blueprint,
)
from api.pages.form_parts import PARTS, WAYS
from api.pages.item_words import VALUES
from api.pages.sent import Posted, Sent
from api.words import LANGUAGES, N_, Words, words
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import BlueprintCannotBeMet, Conflict, Invalid
from assessment_engine.kernel.ids import BlueprintId
from assessment_engine.people import Actor
from assessment_engine.services import blueprints
from assessment_engine.services.blueprints import Offer
from assessment_engine.services.engine import Engine
from item_bank.blueprints import Blueprint, BlueprintSection, Stratum, StratumCount, Survey

router = APIRouter(prefix="/cell/blueprints", include_in_schema=False)


@router.get("")
def list_blueprints(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every blueprint that stands."""
    return page(request, "cell/blueprints.html", kept=blueprints.blueprints(engine, actor))


@router.get("/new")
def new_blueprint(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for the rows."""
    return _editor(request, engine, actor, Sent({"languages": "en hi"}))


@router.post("/new")
def add_blueprint(request: Request, engine: EngineDep, actor: Officer, sent: Posted) -> Response:
    """Keep it; or check it, or show another row, with nothing lost."""
    return _sent(request, engine, actor, sent)


@router.get("/{blueprint_id}/edit")
def edit_blueprint(request: Request, engine: EngineDep, actor: Officer, blueprint_id: BlueprintId) -> HTMLResponse:
    """Show a blueprint's rows to be changed."""
    kept = blueprints.kept_of(engine, actor, blueprint_id)
    return _editor(request, engine, actor, Sent(fields_of(kept.blueprint)), blueprint_id)


@router.post("/{blueprint_id}/edit")
def change_blueprint(request: Request, engine: EngineDep, actor: Officer, blueprint_id: BlueprintId, sent: Posted) -> Response:
    """Keep the changed one in its place."""
    blueprints.kept_of(engine, actor, blueprint_id)  # another organisation's is not there, whatever is sent
    return _sent(request, engine, actor, sent, blueprint_id)


@router.post("/counts")
def count(request: Request, engine: EngineDep, actor: Officer, sent: Posted) -> JSONResponse:
    """Say how many questions there are for what is typed, row by row, while it is typed."""
    typed = typed_blueprint(sent, blueprints.offer(engine, actor))
    try:
        found = blueprints.check(engine, actor, _counted(typed.blueprint))
    except Invalid:
        return JSONResponse({"rows": {}, "said": ""})
    return JSONResponse(_counts(typed, found, words(language_of(request))))


def _counted(blueprint: Blueprint) -> Blueprint:
    """Return what can be counted of a blueprint that is still being typed: a row that says no number yet asks for one."""
    return replace(blueprint, sections=tuple(map(_counted_section, blueprint.sections)))


def _counted_section(section: BlueprintSection) -> BlueprintSection:
    unfinished = any(row.count is None and (row.weight is None or section.count is None) for row in section.strata)
    rows = tuple(Stratum(wanted=row.wanted, count=row.count or 1) for row in section.strata)
    return replace(section, strata=rows, count=None) if unfinished else section


def _counts(typed: Typed, found: Survey, said: Words) -> dict[str, Json]:
    counted = zip(typed.rows, found.rows, strict=True)
    rows: dict[str, Json] = {name: {"text": _row_words(row, said), "short": bool(row.missing)} for name, row in counted}
    return {"rows": rows, "said": said.ngettext("%(n)s question asked", "%(n)s questions asked", found.asked)}


def _row_words(row: StratumCount, said: Words) -> str:
    count = said.number(row.available)
    return f"{count} · {said.gettext(SHORT[row.problem], n=said.number(row.missing))}" if row.missing else count


def _sent(request: Request, engine: Engine, actor: Actor, sent: Sent, replaces: BlueprintId | None = None) -> Response:
    action = sent.values.get("action", "save")
    if action.startswith("add-"):
        part = action.removeprefix("add-")
        rows = shown_rows(sent.values).get(part, 0)
        return _editor(request, engine, actor, Sent({**sent.values, f"rows-{part}": str(rows + 1)}), replaces)
    typed = typed_blueprint(sent, blueprints.offer(engine, actor))
    if sent.is_right and action == "save":
        try:
            kept = blueprints.save(engine, actor, typed.blueprint, replaces)
            return goto(f"/cell/blueprints/{kept.id}", done="saved")
        except Conflict:
            sent.wrong("", (N_("Somebody else changed this blueprint meanwhile. Open the one that stands now."), {}))
    return _editor(request, engine, actor, sent, replaces, typed)


def _editor(
    request: Request, engine: Engine, actor: Actor, sent: Sent, replaces: BlueprintId | None = None, typed: Typed | None = None
) -> HTMLResponse:
    found = blueprints.check(engine, actor, typed.blueprint) if typed and sent.is_right else None
    return page(
        request,
        "cell/blueprint_edit.html",
        status=200 if sent.is_right else 422,
        replaces=replaces,
        offer=_choices(blueprints.offer(engine, actor), language_of(request)),
        chosen=CHOSEN,
        folded=FOLDED,
        parts=PARTS,
        rows=shown_rows(sent.values),
        fewest=FEWEST_ROWS,
        passages=PASSAGES,
        ways=WAYS,
        languages=LANGUAGES,
        found=dict(zip(typed.rows, found.rows, strict=True)) if typed and found else {},
        survey=found,
        short=SHORT,
        fields=sent.values,
        problems=sent.problems,
    )


def _choices(offer: Offer, lang: str) -> dict[str, list[tuple[str, str]]]:
    """Return the options of each select, in words, with how many questions each has."""
    said = words(lang)
    choices = {}
    for name, values in offer.values.items():
        labels = {value: said.gettext(VALUES[name][value]) for value in values if value in VALUES.get(name, {})}
        if name == "competency":
            labels = {key: (lang == "hi" and one.name_hi) or one.name for key, one in offer.competencies.items()}
        if name == "languages":
            labels = {value: LANGUAGES.get(value, value) for value in values}
        choices[name] = [(value, f"{labels.get(value, value)} ({said.number(number)})") for value, number in values.items()]
    choices["difficulty"].sort(key=lambda option: list(VALUES["difficulty"]).index(option[0]))
    return choices


@router.get("/{blueprint_id}")
def show_blueprint(request: Request, engine: EngineDep, actor: Officer, blueprint_id: BlueprintId, on: str = "") -> HTMLResponse:
    """Hold a blueprint against the bank, for an exam on a day."""
    return _shown(request, engine, actor, blueprint_id, _day(on))


def _day(on: str) -> date | None:
    try:
        return date.fromisoformat(on)
    except ValueError:
        return None


def _shown(
    request: Request, engine: Engine, actor: Actor, blueprint_id: BlueprintId, on: date | None, refusal: BlueprintCannotBeMet | None = None
) -> HTMLResponse:
    offer = blueprints.offer(engine, actor)
    return page(
        request,
        "cell/blueprint.html",
        status=409 if refusal else 200,
        sheet=blueprints.blueprint_of(engine, actor, blueprint_id, on),
        competencies=offer.competencies,
        values=VALUES,
        passages=PASSAGES,
        languages=LANGUAGES,
        short=SHORT,
        left_out=LEFT_OUT,
        refusal=refused(refusal.details) if refusal else None,
    )


@router.post("/{blueprint_id}/form")
def make_form(request: Request, engine: EngineDep, actor: Officer, blueprint_id: BlueprintId, sent: Posted) -> Response:
    """Make a fixed form; where none can be made, say why."""
    on = _day(sent.values.get("on", ""))
    try:
        return goto(f"/cell/forms/{blueprints.build_form(engine, actor, blueprint_id, on).id}", done="built")
    except BlueprintCannotBeMet as refusal:
        return _shown(request, engine, actor, blueprint_id, on, refusal)


@router.post("/{blueprint_id}/give-up")
def give_up(engine: EngineDep, actor: Officer, blueprint_id: BlueprintId) -> Response:
    """Let no new form follow it."""
    blueprints.give_up(engine, actor, blueprint_id)
    return goto("/cell/blueprints", done="given_up")
