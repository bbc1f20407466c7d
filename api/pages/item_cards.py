"""The list of items: filters, order and page are in the address; what is chosen is moved after a preview, exported, or made enemies.

One item's page is items.py. The queries: storage/item_cards.py, which reads no question's text for a list.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import BankStaff, EngineDep
from api.pages import goto, page
from api.pages.authoring_words import BLOOM, DIFFICULTY, ORIGIN
from api.pages.item_words import CALIBRATED, EXPOSURE, RIGHTS, VERBS, kinds_of, why_not
from api.pages.tables import csv_file
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_cards, item_reviews
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_cards import MOST_AT_ONCE, BulkPlan
from assessment_engine.storage.item_cards import ItemCard
from item_bank.item_filters import Exposure, ItemFilter, Order, Rights, order_of, place_of
from item_bank.items import ItemState, ItemVerb, check_level

router = APIRouter(prefix="/cell/items", include_in_schema=False)

Chosen = Annotated[list[ItemVersionId] | None, Form()]

_EQUAL = {"bank": "bank_id", "state": "state", "competency": "competency_id", "subject": "subject", "topic": "topic"} | {
    name: name for name in ("bloom", "difficulty", "kind", "origin")
}
"""The address's words for columns that are asked for as they are."""

FURTHER = (
    "topic", "bloom", "difficulty", "kind", "speaks", "lacks", "origin", "rights", "exposure", "calibrated", "bank", "level", "enemies",
)  # fmt: skip
"""Filters that are folded away until one of them is used."""

_VALUES = {"bloom": BLOOM, "difficulty": DIFFICULTY, "origin": ORIGIN, "rights": RIGHTS, "exposure": EXPOSURE, "calibrated": CALIBRATED}

_COLUMNS = (
    "identifier", "version", "state", "title", "languages", "subject", "topic", "competency", "level", "bloom", "difficulty", "kind",
    "words", "seconds", "seen_by", "origin", "author", "owner", "licence", "licence_ends", "contract",
)  # fmt: skip


@router.get("")
def list_items(request: Request, engine: EngineDep, actor: BankStaff) -> HTMLResponse:
    """Show one page of the newest versions that the address asks for."""
    query = dict(request.query_params)
    order = order_of(query.get("sort", ""))
    back = bool(query.get("before"))
    place = place_of(query.get("before") or query.get("after", ""), order, back=back)
    found = item_cards.look(engine, actor, asked_for(query, actor), order, place)
    return page(
        request,
        "cell/items.html",
        found=found,
        asked=query,
        sort=query.get("sort", "identifier"),
        further=any(query.get(name) for name in FURTHER),
        states=list(ItemState),
        competencies={one.id: one for one in competencies(engine, actor)},
        kinds=kinds_of(found.choices.kinds),
        values=_VALUES,
        filter=request.url.query,
    )


@router.get(".csv")
def items_csv(request: Request, engine: EngineDep, actor: BankStaff) -> Response:
    """Answer with all that the filter of the address finds, as CSV."""
    query = dict(request.query_params)
    codes = {one.id: one.code for one in competencies(engine, actor)}
    cards = item_cards.every(engine, actor, asked_for(query, actor), order_of(query.get("sort", "")))
    return csv_file("items", _COLUMNS, (_row(card, codes) for card in cards))


def _row(card: ItemCard, codes: Mapping[CompetencyId, str]) -> Sequence[object]:
    facts = card.facts
    code = "" if card.competency_id is None else codes.get(card.competency_id, "")
    about = (card.identifier, card.version, card.state.value, card.title_in("en"), " ".join(card.languages), facts.subject, facts.topic)
    asks = (code, card.level, facts.bloom and facts.bloom.value, facts.difficulty and facts.difficulty.value, facts.kind, facts.words)
    rights = (facts.origin and facts.origin.value, facts.author, facts.owner, facts.licence, facts.licence_ends, facts.contract)
    return (*about, *asks, facts.seconds, card.exposures, *rights)


def asked_for(query: Mapping[str, str], actor: Actor) -> ItemFilter:
    """Return the filter that an address asks for; raises Invalid for a value that there is not."""
    try:
        return ItemFilter(
            words=query.get("q", ""),
            equal=dict(_equal(query, actor)),
            lang=query.get("speaks", ""),
            lacks_lang=query.get("lacks", ""),
            rights=Rights(query["rights"]) if query.get("rights") else None,
            exposure=Exposure(query["exposure"]) if query.get("exposure") else None,
            calibrated={"yes": True, "no": False}[query["calibrated"]] if query.get("calibrated") else None,
            stimulus=query.get("stimulus", ""),
            enemies=query.get("enemies", ""),
        )
    except (ValueError, KeyError):
        raise Invalid("the list has no such filter; choose one of those that it shows", problem="no_such_filter") from None


def _equal(query: Mapping[str, str], actor: Actor) -> Iterator[tuple[str, str | int]]:
    if query.get("state"):
        ItemState(query["state"])
    if any("\0" in value for value in query.values()):
        raise ValueError("no text of a bank has this sign")
    yield from ((column, query[name]) for name, column in _EQUAL.items() if query.get(name))
    if query.get("level"):
        level = int(query["level"])
        check_level(level)
        yield "level", level
    if query.get("mine"):
        yield "author_id", actor.person_id


def meant(engine: Engine, actor: Actor, chosen: Sequence[ItemVersionId] | None, every: str, most: int) -> list[ItemVersionId]:
    """Return the chosen versions, or, where `every` is a filter (the query of an address), what it finds: at most one more than `most`."""
    if not every:
        return list(chosen or [])
    query = dict(parse_qsl(every.removeprefix("?")))
    return [card.id for card in item_cards.every(engine, actor, asked_for(query, actor), Order(), most=most + 1)]


@router.post("/bulk")
def preview(
    request: Request,
    engine: EngineDep,
    actor: BankStaff,
    verb: Annotated[ItemVerb, Form()],
    chosen: Chosen = None,
    every: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Show what would be done to the chosen items, and what not and why; nothing is done."""
    ids = meant(engine, actor, chosen, every, MOST_AT_ONCE)
    if not ids:
        return goto("/cell/items", done="nothing")
    return _previewed(request, item_cards.plan(engine, actor, verb, ids))


def _previewed(request: Request, plan: BulkPlan) -> HTMLResponse:
    groups: dict[str, tuple[Mapping[str, object], list[ItemCard]]] = {}
    for refused in plan.refused:
        words, values = why_not(refused.error, plan.verb)
        groups.setdefault(words, (values, []))[1].append(refused.card)
    return page(request, "cell/item_bulk.html", plan=plan, groups=groups, verbs=VERBS)


@router.post("/bulk/do")
def move_many(engine: EngineDep, actor: BankStaff, verb: Annotated[ItemVerb, Form()], chosen: Chosen = None) -> Response:
    """Move all that the preview showed, or none when something has changed since."""
    ids = list(dict.fromkeys(chosen or []))
    if not ids or len(ids) > MOST_AT_ONCE:
        raise Invalid(f"choose between one item and {MOST_AT_ONCE}")
    moved = item_reviews.VERBS[verb](engine, actor, ids)
    return goto(f"/cell/items?state={moved[0].state}", done="moved")


@router.post("/enemies")
def make_enemies(engine: EngineDep, actor: BankStaff, chosen: Chosen = None, name: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Make a set of enemies of the chosen items."""
    made = item_cards.make_enemies(engine, actor, name, chosen or [])
    return goto(f"/cell/items?enemies={made}", done="enemies")
