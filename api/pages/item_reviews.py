"""The queue of items in review: what waits for the reader, the longest waiting first, and what waits for others."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import BankStaff, EngineDep
from api.pages import page
from assessment_engine.people import Role
from assessment_engine.services import item_reviews
from assessment_engine.services.item_reviews import Turn
from item_bank.item_reviews import REVIEWERS, accepted_by

router = APIRouter(prefix="/cell/item-reviews", include_in_schema=False)


@router.get("")
def show_queue(request: Request, engine: EngineDep, actor: BankStaff, show: str = "") -> HTMLResponse:
    """Show what is in review."""
    lines = item_reviews.queue(engine, actor)
    mine = [line for line in lines if line.turn is not Turn.OTHERS]
    return page(
        request,
        "cell/item_reviews.html",
        lines=lines if show == "all" else mine,
        everything=show == "all",
        mine=len(mine),
        total=len(lines),
        subjects=item_reviews.subjects_of(engine, actor) if Role.ITEM_REVIEWER in actor.roles else None,
        accepted=lambda line: len(accepted_by(line.reviews)),
        needed=REVIEWERS,
    )
