"""The invigilators' pages of time: whom and what, then who is affected, then it is done; what was done so far; one sitting's lease.

Two pages stand before every act, the second one with names. Without a person's reason nothing happens (services/timekeeping.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Invigilator
from api.pages import exam_rules, goto, page, time_words
from api.pages.sent import whole_number
from api.routes.invigilation import Watcher
from api.routes.sittings import LedgerDep
from assessment_engine.delivery.timekeeping import MOST_MINUTES, TimeAct, TimeVerb
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import RoomId, SessionId, SittingId, TimeActId, new_id
from assessment_engine.people import CIVIL_TIME, Actor
from assessment_engine.services import leases, time_desk, timekeeping
from assessment_engine.services.engine import Engine
from assessment_engine.services.timekeeping import LONGEST_REASON, Wish

router = APIRouter(prefix="/invigilator", include_in_schema=False)

MOST_CHOSEN = 2000

Refusals = (Invalid, Conflict, NotAllowed, NotFound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The form as it was sent, so that nothing typed is lost."""

    verb: str = ""
    whom: str = ""
    sittings: tuple[str, ...] = ()
    room: str = ""
    minutes: str = ""
    since: str = ""
    until: str = ""
    reason: str = ""
    act_id: str = ""


async def _posted(request: Request) -> Asked:
    form = await request.form(max_fields=MOST_CHOSEN + 20)
    texts = {name: str(form.get(name, ""))[:600] for name in ("verb", "whom", "room", "minutes", "since", "until", "reason", "act_id")}
    return Asked(sittings=tuple(str(one)[:40] for one in form.getlist("sitting")), **texts)


def _queried(request: Request) -> Asked:
    given = request.query_params
    texts = {name: str(given.get(name, ""))[:600] for name in ("verb", "room", "since", "until")}
    chosen = tuple(one[:40] for one in given.getlist("sitting"))
    return Asked(sittings=chosen, whom="chosen" if chosen else "room" if texts["room"] else "", **texts)


Posted = Annotated[Asked, Depends(_posted)]
Queried = Annotated[Asked, Depends(_queried)]


def _wish(session_id: SessionId, asked: Asked, now: datetime) -> Wish:
    """Read the form; raises Invalid for what cannot be meant."""
    try:
        verb = TimeVerb(asked.verb)
    except ValueError:
        raise Invalid("choose what to do", field="verb") from None
    chosen = tuple(SittingId(one) for one in asked.sittings) if asked.whom == "chosen" else None
    if asked.whom not in ("chosen", "room", "session") or chosen == () or (asked.whom == "room" and not asked.room):
        raise Invalid("choose candidates, a room or the whole session", field="whom")
    act = TimeAct(verb=verb) if verb is not TimeVerb.GIVE_TIME else _given(asked, now)
    room = RoomId(asked.room) if asked.whom == "room" else None
    return Wish(session_id=session_id, act=act, reason=asked.reason, sittings=chosen, room_id=room)


def _given(asked: Asked, now: datetime) -> TimeAct:
    if asked.since.strip() or asked.until.strip():
        since, until = _today(asked.since, now), _today(asked.until, now)
        if not since < until <= now:
            raise Invalid("an outage began before it ended, and is over", field="since")
        return TimeAct(verb=TimeVerb.GIVE_TIME, since=since, until=until)
    minutes = whole_number(asked.minutes, "minutes are a whole number", field="minutes")
    return TimeAct(verb=TimeVerb.GIVE_TIME, seconds=minutes * 60)


def _today(text: str, now: datetime) -> datetime:
    """Read a time of day where the exams are held; it is meant today."""
    try:
        return datetime.combine(now.astimezone(CIVIL_TIME).date(), time.fromisoformat(text.strip()), CIVIL_TIME)
    except ValueError:
        raise Invalid("a time of day is written like 10:05:00", field="since") from None


@router.get("/sessions/{session_id}/time")
def desk(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionId, asked: Queried) -> HTMLResponse:
    """Ask what to do with whose time; below it, when contact was lost and what was done so far."""
    return _desk(request, engine, actor, session_id, asked)


@router.post("/sessions/{session_id}/time/preview")
def preview(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionId, asked: Posted) -> Response:
    """Show who would be affected, with their deadlines now and then, and whom it leaves out."""
    return _preview(request, engine, actor, session_id, asked)


@router.post("/sessions/{session_id}/time")
def act(request: Request, engine: EngineDep, ledger: LedgerDep, actor: Watcher, session_id: SessionId, asked: Posted) -> Response:
    """Do what was previewed; sent twice, it is done once."""
    try:
        wish = _wish(session_id, asked, engine.clock.now())
        timekeeping.act(engine, ledger, actor, TimeActId(_checked(asked.act_id)), wish)
    except Refusals as error:
        return _preview(request, engine, actor, session_id, asked, problem=error)
    return goto(f"/invigilator/sessions/{session_id}/time", done=str(wish.act.verb))


def _checked(act_id: str) -> str:
    if not 4 < len(act_id) <= 40 or not act_id.replace("_", "").isalnum() or not act_id.isascii():
        raise Invalid("this form is not ours", field="act_id")
    return act_id


@router.post("/sittings/{sitting_id}/lease")
def free_lease(
    engine: EngineDep,
    ledger: LedgerDep,
    actor: Invigilator,
    sitting_id: SittingId,
    lease_reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> Response:
    """Let a candidate go on at another device; the one that wrote only reads from now on."""
    back = f"/invigilator/sittings/{sitting_id}"
    try:
        freed = leases.release_lease(ledger, actor, sitting_id, lease_reason)
    except (Invalid, Conflict) as error:
        return goto(f"{back}?problem={error.code}")
    return goto(back, done="freed" if freed else "was_free")


def _preview(
    request: Request, engine: Engine, actor: Actor, session_id: SessionId, asked: Asked, *, problem: AssessmentError | None = None
) -> Response:
    try:
        wish = _wish(session_id, asked, engine.clock.now())
        if not wish.reason.strip() or len(wish.reason) > LONGEST_REASON:
            raise Invalid("say why", field="reason")
        shown = timekeeping.preview(engine, actor, wish)
    except Refusals as error:
        return _desk(request, engine, actor, session_id, asked, problem=problem or error)
    status = 200 if problem is None else 409 if isinstance(problem, Conflict) else 422
    return page(
        request,
        "invigilator/time_preview.html",
        status=status,
        shown=shown,
        asked=asked,
        act_id=asked.act_id if asked.act_id and problem is None else new_id("tac", engine.clock.now()),
        words_of=time_words,
        problem=_said(problem),
    )


def _desk(
    request: Request, engine: Engine, actor: Actor, session_id: SessionId, asked: Asked, *, problem: AssessmentError | None = None
) -> HTMLResponse:
    found = time_desk.desk(engine, actor, session_id)  # another organisation's session is not there, whatever else is wrong
    return page(
        request,
        "invigilator/time.html",
        status=200 if problem is None else 422,
        desk=found,
        outage=exam_rules.OUTAGE[found.exam.policy.outage],
        silences=time_desk.silences(engine, actor, session_id),
        history=time_desk.history(engine, actor, session_id),
        asked=asked,
        words_of=time_words,
        problem=_said(problem),
        field=_field(problem),
        most=MOST_MINUTES,
        longest=LONGEST_REASON,
    )


def _said(problem: AssessmentError | None) -> str:
    words: Mapping[str, str] = time_words.PROBLEMS
    return "" if problem is None else words.get(problem.code, words["conflict"])


def _field(problem: AssessmentError | None) -> str:
    return "" if problem is None else str(problem.details.get("field", ""))
