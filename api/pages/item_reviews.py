"""The queue of items in review: what waits for the reader, the longest waiting first, and what waits for others; a page at a time."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import BankStaff, EngineDep
from api.pages import page
from assessment_engine.people import Role
from assessment_engine.services import item_reviews, review_queue
from assessment_engine.services.review_queue import MANY
from item_bank.item_filters import waited_of
from item_bank.item_reviews import REVIEWERS, accepted_by

router = APIRouter(prefix="/cell/item-reviews", include_in_schema=False)


@router.get("")
def show_queue(request: Request, engine: EngineDep, actor: BankStaff, show: str = "", before: str = "", after: str = "") -> HTMLResponse:
    """Show a page of what is in review."""
    place = waited_of(before or after, back=bool(before))
    found = review_queue.queue(engine, actor, place, everything=show == "all")
    return page(
        request,
        "cell/item_reviews.html",
        found=found,
        everything=show == "all",
        subjects=item_reviews.subjects_of(engine, actor) if Role.ITEM_REVIEWER in actor.roles else None,
        accepted=lambda line: len(accepted_by(line.reviews)),
        needed=REVIEWERS,
        many=MANY,
    )
