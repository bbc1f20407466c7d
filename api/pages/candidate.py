"""The candidate's start page: every exam with its state and next step, what else is open to them, courses, record, grievances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep
from api.pages import goto, page
from api.pages.hearings import days_left
from api.words import N_
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.exams import EligibilityReason
from assessment_engine.kernel.errors import SessionFull
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor
from assessment_engine.services import bookings, competency, courses, delivery, exams, grievances, hearings
from assessment_engine.services.delivery import MySitting
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewRegistration

router = APIRouter(prefix="/candidate", include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What a sitting's state means to the candidate, and what they do next; an empty `verb` means that nothing is asked of them."""

    state: str
    kind: str
    verb: str


_STEPS: Mapping[SittingState, NextStep] = {
    SittingState.REGISTERED: NextStep(state=N_("You are registered"), kind="accent", verb=N_("Check camera and connection")),
    SittingState.CONSENTED: NextStep(state=N_("Next: check-in"), kind="accent", verb=N_("Go to check-in")),
    SittingState.AWAITING_ADMISSION: NextStep(state=N_("An invigilator will let you in"), kind="accent", verb=N_("Go to check-in")),
    SittingState.REFERRED: NextStep(state=N_("An invigilator is looking at your check-in"), kind="caution", verb=N_("Go to check-in")),
    SittingState.ADMITTED: NextStep(state=N_("You can begin"), kind="good", verb=N_("Begin the exam")),
    SittingState.IN_PROGRESS: NextStep(state=N_("The exam is running"), kind="caution", verb=N_("Go on with the exam")),
    SittingState.PAUSED: NextStep(state=N_("The exam is paused"), kind="caution", verb=N_("Go on with the exam")),
    SittingState.SUBMITTED: NextStep(state=N_("Handed in"), kind="good", verb=""),
    SittingState.VOIDED: NextStep(state=N_("Cancelled"), kind="plain", verb=""),
}
_OVER = NextStep(state=N_("The session ended before you began"), kind="plain", verb="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One sitting as the start page shows it."""

    mine: MySitting
    step: NextStep
    opens_later: bool
    first: bool  # the one whose step is the page's primary action
    may_change: bool
    may_prepare: bool  # practise, ask for arrangements


@router.get("")
def dashboard(request: Request, engine: EngineDep, actor: Candidate) -> HTMLResponse:
    """Show everything that is the candidate's."""
    return _dashboard(request, engine, actor)


def _dashboard(request: Request, engine: Engine, actor: Actor, *, full: bool = False) -> HTMLResponse:
    now = engine.clock.now()
    asked = [one for one in hearings.mine(engine, actor) if hearings.waits(one)]
    return page(
        request,
        "candidate/dashboard.html",
        status=409 if full else 200,
        full=full,
        asked=[(one, days_left(one.hearing.due_at, now)) for one in asked],
        cards=_cards(delivery.my_sittings(engine, actor), now, alone=not asked),
        offers=bookings.offers(engine, actor),
        reasons=EligibilityReason,
        courses=courses.my_courses(engine, actor),
        held=competency.my_record(engine, actor),
        grievances=grievances.mine(engine, actor),
    )


@router.post("/registrations")
def register(request: Request, engine: EngineDep, actor: Candidate, session_id: Annotated[SessionId, Form(max_length=40)]) -> Response:
    """Take a place in a session for oneself; where its last seat has gone the page says so beside what is still free."""
    try:
        exams.register(engine, actor, NewRegistration(session_id=session_id, candidate_id=actor.person_id))
    except SessionFull:
        return _dashboard(request, engine, actor, full=True)
    return goto("/candidate", done="registered")


def _cards(sittings: Sequence[MySitting], now: datetime, *, alone: bool) -> list[Card]:
    """Put what is due before what is over; the first with a step gets the page's primary action, unless a hearing has it."""
    steps = [(mine, _step(mine, now)) for mine in sittings]
    due = sorted((pair for pair in steps if pair[1].verb), key=lambda pair: pair[0].session.opens_at)
    over = sorted((pair for pair in steps if not pair[1].verb), key=lambda pair: pair[0].session.opens_at, reverse=True)
    return [
        Card(
            mine=mine,
            step=step,
            opens_later=now < mine.session.opens_at,
            first=alone and number == 0 and bool(step.verb),
            may_change=bookings.may_change(mine.sitting, mine.session, now),
            may_prepare=bool(step.verb) and mine.sitting.started_at is None,
        )
        for number, (mine, step) in enumerate([*due, *over])
    ]


def _step(mine: MySitting, now: datetime) -> NextStep:
    decided = mine.sitting.started_at is not None or mine.sitting.state is SittingState.VOIDED
    return _STEPS[mine.sitting.state] if decided or now < mine.session.closes_at else _OVER
