"""Telling the chosen items of the list at once what they are about: first what would become of each, then the act."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import BankStaff, EngineDep
from api.pages import goto, page
from api.pages.item_cards import Chosen, meant
from api.pages.item_words import why_not
from assessment_engine.kernel.ids import CompetencyId
from assessment_engine.services import item_facts
from assessment_engine.services.competency import competencies
from assessment_engine.services.item_cards import MOST_AT_ONCE
from assessment_engine.storage.item_cards import ItemCard
from item_bank.facts import LONGEST_SUBJECT, GivenFacts

router = APIRouter(prefix="/cell/items/facts", include_in_schema=False)

Words = Annotated[str, Form(max_length=LONGEST_SUBJECT * 2)]  # spaces at the ends do not count
Level = Annotated[str, Form(pattern="^[1-4]?$")]


@router.post("")
def preview_facts(
    request: Request,
    engine: EngineDep,
    actor: BankStaff,
    chosen: Chosen = None,
    every: Annotated[str, Form(max_length=4000)] = "",
    given_subject: Words = "",
    given_topic: Words = "",
    given_competency: Annotated[str, Form(max_length=40)] = "",
    given_level: Level = "",
) -> Response:
    """Show what each chosen item would say; nothing is done."""
    given = _given(given_subject, given_topic, given_competency, given_level)
    ids = meant(engine, actor, chosen, every, MOST_AT_ONCE)
    if not ids or given.tidy() == GivenFacts():
        return goto("/cell/items", done="nothing" if not ids else "nothing_given")
    return _previewed(request, item_facts.plan(engine, actor, given, ids), {one.id: one for one in competencies(engine, actor)})


def _given(subject: str, topic: str, competency: str, level: str) -> GivenFacts:
    return GivenFacts(
        subject=subject, topic=topic, competency_id=CompetencyId(competency) if competency else None, level=int(level) if level else None
    )


def _previewed(request: Request, plan: item_facts.FactsPlan, skills: Mapping[CompetencyId, object]) -> HTMLResponse:
    groups: dict[str, tuple[Mapping[str, object], list[ItemCard]]] = {}
    for refused in plan.refused:
        words, values = why_not(refused.error, "")
        groups.setdefault(words, (values, []))[1].append(refused.card)
    then = {card.id: plan.given.upon(card.facts, card.competency_id, card.level) for card in plan.changed}
    return page(request, "cell/item_facts.html", plan=plan, then=then, groups=groups, competencies=skills)


@router.post("/do")
def give_facts(
    engine: EngineDep,
    actor: BankStaff,
    chosen: Chosen = None,
    given_subject: Words = "",
    given_topic: Words = "",
    given_competency: Annotated[str, Form(max_length=40)] = "",
    given_level: Level = "",
) -> Response:
    """Tell all that the preview showed, or none when something has changed since."""
    item_facts.give(engine, actor, _given(given_subject, given_topic, given_competency, given_level), list(dict.fromkeys(chosen or [])))
    return goto("/cell/items?state=draft", done="given")
