"""The cell's pages of items: the list, one item as the candidate sees it, and import."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.bounds import LARGEST_BODY
from api.pages import goto, language_of, page
from api.pages.question_words import question_words
from api.pages.tables import csv_file, in_order
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, TooLarge
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import items, tryout
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from assessment_engine.storage.items import ItemCard
from item_bank.imports import ImportReport
from item_bank.items import TRANSITIONS, ItemState, ItemVerb

router = APIRouter(prefix="/cell/items", include_in_schema=False)

MAX_FILES = 400
MAX_ITEMS = 1000
"""Items of one import on the page, which waits for it; more go by the console."""

MAX_SHOWN = 200
_SORTS: Mapping[str, Callable[[ItemCard], Any]] = {
    "identifier": lambda card: card.identifier,
    "title": lambda card: card.version.title.lower(),
    "state": lambda card: card.version.state,
    "level": lambda card: card.version.level or 0,
}


@router.get("")
def list_items(
    request: Request, engine: EngineDep, actor: Officer, state: str = "", competency: str = "", q: str = "", sort: str = "identifier"
) -> HTMLResponse:
    """Show the newest version of every item; filters and order are in the address."""
    bank = items.bank_page(engine, actor)
    newest = [card for card in bank.cards if card.newest]
    return page(
        request,
        "cell/items.html",
        banks=bank.banks,
        cards=_shown(newest, state, competency, q, sort),
        total=len(newest),
        states=list(ItemState),
        competencies={one.id: one for one in competencies(engine, actor)},
        state=state,
        competency=competency,
        q=q,
        sort=sort,
    )


@router.get(".csv")
def items_csv(engine: EngineDep, actor: Officer, state: str = "", competency: str = "", q: str = "", sort: str = "identifier") -> Response:
    """Answer with the list as CSV."""
    newest = [card for card in items.bank_page(engine, actor).cards if card.newest]
    codes = {one.id: one.code for one in competencies(engine, actor)}
    rows = [
        (card.identifier, card.version.title, card.version.version, card.version.state.value, _code(codes, card), card.version.level)
        for card in _shown(newest, state, competency, q, sort)
    ]
    return csv_file("items", ("identifier", "title", "version", "state", "competency", "level"), rows)


def _code(codes: Mapping[CompetencyId, str], card: ItemCard) -> str:
    return "" if card.version.competency_id is None else codes.get(card.version.competency_id, "")


def _shown(cards: list[ItemCard], state: str, competency: str, q: str, sort: str) -> list[ItemCard]:
    words = q.strip().lower()
    wanted = [
        card
        for card in cards
        if (not state or card.version.state == state)
        and (not competency or card.version.competency_id == competency)
        and words in " ".join((card.identifier, *(card.version.title_in(lang) for lang in card.version.variants))).lower()
    ]
    return in_order(wanted, sort, _SORTS)


@router.get("/import")
def ask_for_files(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for QTI files."""
    return _import_form(request, engine, actor)


@router.post("/import")
def import_files(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    files: Annotated[list[UploadFile] | None, File()] = None,
    bank: Annotated[str, Form()] = "",
    new_bank: Annotated[str, Form(max_length=200)] = "",
    competency: Annotated[str, Form()] = "",
    level: Annotated[str, Form(max_length=1)] = "",
    reading: Annotated[Literal["strict", "lenient"], Form()] = "strict",
    check_only: Annotated[bool, Form()] = False,
) -> Response:
    """Import everything or nothing; what is wrong is said with file, line, element, clause and what to do."""
    rules = ImportRules(
        bank_id=BankId(bank) if bank else None,
        new_bank=new_bank,
        lenient=reading == "lenient",
        dry_run=check_only,
        competency_id=CompetencyId(competency) if competency else None,
        level=int(level) if level.isdecimal() else None,
        most=MAX_ITEMS,
    )
    try:
        source = from_files(_named(files or []))
        found = import_package(engine, actor, source, rules)
    except (Invalid, TooLarge) as error:
        return _import_form(request, engine, actor, problem=error.message)
    if found.imported and not found.problems:
        return goto("/cell/items?state=draft", done="imported")
    return _import_form(request, engine, actor, found=found)


def _named(files: list[UploadFile]) -> Mapping[str, bytes]:
    chosen = [file for file in files if file.filename]
    if len(chosen) > MAX_FILES:
        raise TooLarge(f"at most {MAX_FILES} files at once")
    named = {str(file.filename): file.file.read() for file in chosen}
    if len(named) < len(chosen):
        raise Invalid("two of the files have the same name")
    return named


def _import_form(request: Request, engine: Engine, actor: Actor, *, problem: str = "", found: ImportReport | None = None) -> HTMLResponse:
    banks, skills = items.bank_page(engine, actor).banks, competencies(engine, actor)
    return page(
        request,
        "cell/item_import.html",
        status=422 if problem or (found and found.refused) else 200,
        banks=banks,
        competencies=skills,
        problem=problem,
        found=found,
        shown=found.problems[:MAX_SHOWN] if found else (),
        largest_mib=LARGEST_BODY // 2**20,
    )


@router.get("/{version_id}")
def show_item(request: Request, engine: EngineDep, actor: Officer, version_id: ItemVersionId, show: str = "") -> HTMLResponse:
    """Show one version as the candidate sees it, with its history and what can be done with it."""
    version, rendered = items.previewed_item(engine, actor, version_id, show or language_of(request))
    history = [card for card in items.bank_page(engine, actor).cards if card.version.item_id == version.item_id]
    verbs = [verb for state, verb in TRANSITIONS if state is version.state]
    skill = next((one for one in competencies(engine, actor) if one.id == version.competency_id), None)
    tried = tryout.try_version(engine, actor, version_id, rendered.lang)
    return page(
        request,
        "cell/item.html",
        version=version,
        rendered=rendered,
        history=history,
        verbs=verbs,
        competency=skill,
        tried=tried,
        question_words=question_words(),
    )


@router.post("/{version_id}/state")
def move_item(engine: EngineDep, actor: Officer, version_id: ItemVersionId, verb: Annotated[ItemVerb, Form()]) -> Response:
    """Send to review, return, approve or retire."""
    items.move_item(engine, actor, version_id, verb)
    return goto(f"/cell/items/{version_id}", done=verb)


@router.post("/approve")
def approve_many(engine: EngineDep, actor: Officer, chosen: Annotated[list[ItemVersionId] | None, Form()] = None) -> Response:
    """Approve the chosen drafts one by one; what cannot be approved stays as it is."""
    approved = 0
    for version_id in chosen or []:
        try:
            items.approve_item(engine, actor, version_id)
        except (Conflict, NotFound):
            continue  # the list shows its state; the others go on
        approved += 1
    return goto("/cell/items", done="approved" if approved else "nothing")
