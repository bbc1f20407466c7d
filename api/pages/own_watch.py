"""How a candidate was watched: what was seen and decided in plain words, what is kept, the pictures, and the file to take home."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep
from api.pages import goto, language_of, page, wording
from api.pages.evidence import HOLDS
from api.pages.told_words import CLEARED, OUTCOMES, SEEN, THOUGHT
from api.paths import SittingPath
from api.words import words
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.invigilation import UNDECIDED, CaseState
from assessment_engine.invigilation.hearing import HearingState
from assessment_engine.kernel.errors import Invalid, NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor
from assessment_engine.services import delivery, evidence_packages, own_watch, package_pictures
from assessment_engine.services.engine import Engine
from assessment_engine.services.own_watch import Found, OwnWatch
from assessment_engine.storage.incidents import IncidentRecord

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)

MOST_LINES = 200
STRIP = 800
"""How wide the strip is drawn; the stylesheet fits it to the page."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many flags there are, and how far people are with them."""

    all: int
    undecided: int
    upheld: int
    overturned: int


@router.get("/watch")
def watch(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> HTMLResponse:
    """Tell how one's own sitting was watched, once it is over."""
    try:
        return _page(request, engine, actor, own_watch.mine(engine, actor, sitting_id))
    except NotYet:
        sitting = delivery.my_sitting(engine, actor, sitting_id)
        return page(request, "candidate/own_watch_later.html", sitting=sitting)


def _page(request: Request, engine: Engine, actor: Actor, found: OwnWatch) -> HTMLResponse:
    length_s = _length_s(found.sitting)
    upheld = [one for one in found.flags if one.state is CaseState.UPHELD]
    open_to_appeal = {flag.id for flag in found.contestable.flags}
    asked = _asked(found)
    return page(
        request,
        "candidate/own_watch.html",
        watch=found,
        counts=_counts(found),
        asked=asked,
        first_appeal=next((one.incident.id for one in upheld if one.incident.id in open_to_appeal), "") if asked is None else "",
        pictures=package_pictures.by_incident(engine, actor, found.sitting.id),
        began=found.sitting.started_at,
        length_s=length_s,
        x=lambda seconds: _across(seconds, length_s),
        wide=lambda incident: _wide(incident, length_s),
        unwatched=sum(found.could_not_watch.values()),
        why_unwatched=_why(request, found.could_not_watch),
        holds=HOLDS,
        outcomes=OUTCOMES,
        seen=SEEN,
        thought=THOUGHT,
        cleared=CLEARED,
        most=MOST_LINES,
    )


def _counts(found: OwnWatch) -> Counts:
    states = [one.state for one in found.flags]
    undecided = sum(state in UNDECIDED for state in states)
    return Counts(len(states), undecided, states.count(CaseState.UPHELD), states.count(CaseState.OVERTURNED))


def _asked(found: OwnWatch) -> Found | None:
    """Return the flag about which the candidate is asked now, the one that ends first."""
    waiting = [one for one in found.flags if one.state is CaseState.AWAITING_SECOND and one.hearing_state is HearingState.OPEN]
    return min(waiting, key=lambda one: one.hearing.due_at if one.hearing else one.incident.opened_at, default=None)


def _length_s(sitting: Sitting) -> float:
    if sitting.started_at is None or sitting.submitted_at is None:
        return 0.0
    return (sitting.submitted_at - sitting.started_at).total_seconds()


def _across(seconds: float, length_s: float) -> float:
    return round(STRIP * min(1.0, max(0.0, seconds / length_s)), 1)


def _wide(incident: IncidentRecord, length_s: float) -> float:
    """Return how wide something is on the strip; what was short can still be seen."""
    end_s = incident.end_s if incident.end_s is not None else incident.start_s
    return max(4.0, round(_across(end_s, length_s) - _across(incident.start_s, length_s), 1))


def _why(request: Request, reasons: Mapping[str, float]) -> str:
    """Name why nothing could be seen, what took longest first."""
    said = words(language_of(request))
    ordered = sorted(reasons, key=lambda one: -reasons[one])
    return " · ".join(said.gettext(wording.KINDS.get(one, one)) for one in ordered)


@router.get("/pictures/{seq}")
def picture(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, seq: int) -> Response:
    """Give one picture of the candidate's own package, in which others are covered."""
    jpeg = package_pictures.picture(engine, actor, sitting_id, seq)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.post("/package")
def ask(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, back: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Have the candidate's package made, and go back to where they asked for it."""
    if not back.startswith("/candidate/"):
        raise Invalid("there is no such page", field="back")
    try:
        evidence_packages.ask(engine, actor, SittingId(sitting_id))
    except NotYet:
        return goto(back, done="package_later")
    return goto(back, done="asked")
