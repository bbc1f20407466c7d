"""One item: as the candidate sees it, its facts, its people, its versions and what differs, and what can be done with it.

The list is item_cards.py, the queue of reviewers item_reviews.py, the editor authoring.py.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import BankStaff, EngineDep
from api.pages import goto, language_of, page
from api.pages.import_words import MEANINGS
from api.pages.item_words import FACTS, VALUES, VERBS, WRITTEN, why_not
from api.pages.question_words import question_words
from api.pages.sent import Said, Sent
from assessment_engine.kernel.errors import AssessmentError, Invalid
from assessment_engine.kernel.ids import EnemySetId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_cards, item_checks, item_reviews, item_sheets, items, tryout
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from item_bank.item_reviews import Verdict
from item_bank.items import ItemPart, ItemState, ItemVerb, ItemVersion

router = APIRouter(prefix="/cell/items", include_in_schema=False)

_FROM = {ItemVerb.SEND_TO_REVIEW: ItemState.DRAFT, ItemVerb.RETIRE: ItemState.APPROVED}
"""The state in which a move is offered; the others are offered in review."""


@router.get("/{version_id}")
def show_item(request: Request, engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, show: str = "") -> HTMLResponse:
    """Show one version as the candidate sees it, with everything around it."""
    return _shown(request, engine, actor, version_id, show)


def _shown(
    request: Request, engine: Engine, actor: Actor, version_id: ItemVersionId, show: str = "", written: Sent | None = None
) -> HTMLResponse:
    """Show a version; `written` is what somebody sent about it that was not kept, with why."""
    version, rendered = items.previewed_item(engine, actor, version_id, show or language_of(request))
    sheet = item_sheets.sheet(engine, actor, version_id)
    offered = {verb: error for verb, error in sheet.verbs.items() if _FROM.get(verb, ItemState.IN_REVIEW) is version.state}
    return page(
        request,
        "cell/item.html",
        status=422 if written else 200,
        fields=written.values if written else {},
        problems=written.problems if written else {},
        sheet=sheet,
        version=version,
        rendered=rendered,
        verbs=VERBS,
        offered={verb: _why(error, verb) for verb, error in offered.items() if error is None or error.code != "not_allowed"},
        not_mine=None if sheet.review.mine is None else why_not(sheet.review.mine, ItemVerb.RETURN)[0],
        lacks=items.shortfalls_of(version),
        findings=item_checks.check(engine, actor, version_id),
        meanings=MEANINGS,
        files=_files(version),
        competencies={one.id: one for one in competencies(engine, actor)},
        tried=tryout.try_version(engine, actor, version_id, rendered.lang),
        question_words=question_words(),
        facts=FACTS,
        values=VALUES,
    )


def _why(error: AssessmentError | None, verb: str) -> tuple[str, Mapping[str, object]] | None:
    return None if error is None else why_not(error, verb)


@router.get("/{version_id}/changes")
def show_changes(request: Request, engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, since: str = "") -> HTMLResponse:
    """Show what differs between two versions."""
    before, after, changes = item_sheets.compared(engine, actor, ItemVersionId(since), version_id)
    skills = {one.id: one for one in competencies(engine, actor)}
    return page(
        request,
        "cell/item_changes.html",
        before=before,
        after=after,
        changes=changes,
        facts=FACTS,
        values=VALUES,
        competencies=skills,
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
def move_item(engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, verb: Annotated[ItemVerb, Form()]) -> Response:
    """Send to review, take back, approve or retire."""
    item_reviews.VERBS[verb](engine, actor, [version_id])
    return goto(f"/cell/items/{version_id}", done=verb)


@router.post("/{version_id}/review")
def review_item(
    request: Request,
    engine: EngineDep,
    actor: BankStaff,
    version_id: ItemVersionId,
    verdict: Annotated[Verdict, Form()],
    text: Annotated[str, Form(max_length=8000)] = "",
) -> Response:
    """Accept or return a version as a reviewer of its subject; a return without words is asked again."""
    try:
        item_reviews.review(engine, actor, [version_id], verdict, text)
    except Invalid as error:
        return _shown(request, engine, actor, version_id, written=Sent({"text": text}, {"text": _said_of(error)}))
    return goto("/cell/item-reviews", done=verdict)


@router.post("/{version_id}/comments")
def comment_on_item(
    request: Request, engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, comment: Annotated[str, Form(max_length=8000)] = ""
) -> Response:
    """Write about a version."""
    try:
        item_reviews.comment(engine, actor, version_id, comment)
    except Invalid as error:
        return _shown(request, engine, actor, version_id, written=Sent({"comment": comment}, {"comment": _said_of(error)}))
    return goto(f"/cell/items/{version_id}", done="commented")


def _said_of(error: Invalid) -> Said:
    """Return in words what is wrong with a review or a comment; raises what is wrong with anything else."""
    said = WRITTEN.get(str(error.details.get("problem")))
    if said is None:
        raise error
    return said, error.details


@router.post("/{version_id}/enemies/{set_id}/leave")
def leave_enemies(engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, set_id: EnemySetId) -> Response:
    """Take the item out of a set of enemies."""
    item_cards.end_enmity(engine, actor, set_id, version_id)
    return goto(f"/cell/items/{version_id}", done="left")
