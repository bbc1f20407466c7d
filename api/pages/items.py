"""The cell's pages of items: the list, and one item as the candidate sees it. In and out: item_imports.py, item_exports.py."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, language_of, page
from api.pages.import_words import MEANINGS
from api.pages.question_words import question_words
from api.pages.tables import csv_file, in_order
from assessment_engine.kernel.errors import Conflict, NotAllowed, NotFound
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_reviews, items, tryout
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.storage.items import ItemCard
from item_bank.items import TRANSITIONS, ItemPart, ItemState, ItemVerb, ItemVersion

router = APIRouter(prefix="/cell/items", include_in_schema=False)

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
    codes = {one.id: one.code for one in competencies(engine, actor)}
    rows = [
        (card.identifier, card.version.title, card.version.version, card.version.state.value, _code(codes, card), card.version.level)
        for card in newest_items(engine, actor, state, competency, q, sort)
    ]
    return csv_file("items", ("identifier", "title", "version", "state", "competency", "level"), rows)


def newest_items(
    engine: Engine, actor: Actor, state: str = "", competency: str = "", q: str = "", sort: str = "identifier"
) -> list[ItemCard]:
    """Return the newest version of every item that a filter of the list shows."""
    return _shown([card for card in items.bank_page(engine, actor).cards if card.newest], state, competency, q, sort)


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


@router.get("/{version_id}")
def show_item(request: Request, engine: EngineDep, actor: Officer, version_id: ItemVersionId, show: str = "") -> HTMLResponse:
    """Show one version as the candidate sees it, with its history and what can be done with it."""
    version, rendered = items.previewed_item(engine, actor, version_id, show or language_of(request))
    history = [card for card in items.bank_page(engine, actor).cards if card.version.item_id == version.item_id]
    lacks = items.shortfalls_of(version)
    verbs = [verb for state, verb in TRANSITIONS if state is version.state and not (lacks and verb is ItemVerb.APPROVE)]
    skill = next((one for one in competencies(engine, actor) if one.id == version.competency_id), None)
    tried = tryout.try_version(engine, actor, version_id, rendered.lang)
    return page(
        request,
        "cell/item.html",
        version=version,
        rendered=rendered,
        history=history,
        verbs=verbs,
        lacks=lacks,
        meanings=MEANINGS,
        files=_files(version),
        competency=skill,
        tried=tried,
        question_words=question_words(),
    )


def _files(version: ItemVersion) -> list[tuple[ItemPart, str]]:
    """Return the files beside an item, one line for each path and content, with the languages that they belong to."""
    langs: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], ItemPart] = {}
    for part in sorted(version.parts, key=lambda each: (each.kind, each.path, each.lang)):
        first.setdefault((part.path, part.sha256), part)
        langs.setdefault((part.path, part.sha256), []).append(part.lang)
    return [(part, ", ".join(langs[which]).upper()) for which, part in first.items()]


@router.post("/{version_id}/state")
def move_item(engine: EngineDep, actor: Officer, version_id: ItemVersionId, verb: Annotated[ItemVerb, Form()]) -> Response:
    """Send to review, return, approve or retire."""
    item_reviews.VERBS[verb](engine, actor, [version_id])
    return goto(f"/cell/items/{version_id}", done=verb)


@router.post("/approve")
def approve_many(engine: EngineDep, actor: Officer, chosen: Annotated[list[ItemVersionId] | None, Form()] = None) -> Response:
    """Approve the chosen drafts one by one; what cannot be approved stays as it is."""
    approved = 0
    for version_id in chosen or []:
        try:
            item_reviews.approve(engine, actor, [version_id])
        except (Conflict, NotAllowed, NotFound):
            continue  # the list shows its state; the others go on
        approved += 1
    if not chosen:
        return goto("/cell/items", done="nothing")
    return goto("/cell/items", done="approved" if approved == len(chosen) else "some" if approved else "none")
