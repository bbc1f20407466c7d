"""The review pages: the queue, one case, its judgement and the minute in which it can be taken back, and the keys. Acts are forms."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import EngineDep
from api.pages import goto, language_of, page, wording
from api.pages.score_trace import traces
from api.routes.invigilation import Watcher
from api.words import N_, words
from assessment_engine.invigilation import MIN_REASON, REASONS, CaseState, Judgement, Reason, Verdict
from assessment_engine.invigilation.keys import DEFAULT_KEYS, ReviewKeys
from assessment_engine.kernel.errors import AssessmentError, Conflict, Invalid, NotAllowed
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import evidence, eyes, invigilation, judgements, review
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import rendered_item
from assessment_engine.services.review import CaseFile
from proctoring.probability import FEWEST

router = APIRouter(prefix="/invigilator", include_in_schema=False)

_WORDS: Mapping[str, str] = {
    "play": N_("Play"),
    "pause": N_("Pause"),
    "frame": N_("Picture %(n)s of %(of)s"),
    "gone": N_("This picture cannot be shown: it was erased, is missing, or is not the one that was stored. Do not judge from memory."),
    "undo_left": N_("It takes effect in %(n)s s."),
    "undo_over": N_("has taken effect"),
    "also": N_("%(names)s has this case open too. Whoever judges first is kept; nothing of yours is lost."),
    "signed_out": N_("You are signed out. What you wrote is kept in this tab: sign in again, and come back to this page."),
    "kept": N_("What you had written here is back."),
}

ACTS: Mapping[str, str] = {
    "next": N_("next case"),
    "previous": N_("previous case"),
    "toggle": N_("play or pause"),
    "back": N_("picture before"),
    "forward": N_("picture after"),
    "dismiss": N_("dismiss (asks first)"),
    "uphold": N_("uphold (asks first)"),
    "undo": N_("take the last judgement back, within its minute"),
    "help": N_("this help"),
}
_KEY_NAMES: Mapping[str, str] = {" ": N_("Space"), "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}


@router.post("/sittings/{sitting_id}/enough-seen")
def enough_seen(
    engine: EngineDep, actor: Watcher, sitting_id: SittingId, reason: Annotated[str, Form(max_length=2000)] = ""
) -> RedirectResponse:
    """Decide that what could be watched of a sitting is enough."""
    try:
        invigilation.enough_seen(engine, actor, sitting_id, reason)
    except Conflict as error:
        return goto(f"/invigilator/review?problem={error.code}")
    return goto("/invigilator/review", done="enough_seen")


@router.get("/review")
def queue(request: Request, engine: EngineDep, actor: Watcher, problem: str = "") -> HTMLResponse:
    """Show what waits for this person's decision."""
    return page(
        request,
        "invigilator/queue.html",
        wording=wording,
        queue=review.review_queue(engine, actor),
        unwatched=review.seen_too_little(engine, actor),
        pending=judgements.mine(engine, actor),
        least=MIN_REASON,
        problem=problem,
    )


@router.get("/review-keys")
def keys(request: Request, engine: EngineDep, actor: Watcher) -> HTMLResponse:
    """Show which key does what, to be changed or switched off."""
    return _keys(request, judgements.keys_of(engine, actor))


@router.post("/review-keys")
async def choose_keys(request: Request, engine: EngineDep, actor: Watcher) -> Response:
    """Keep a person's keys, or go back to everybody's."""
    form = await request.form()
    sent = {act: _key(str(form.get(f"key_{act}", ""))) for act in DEFAULT_KEYS}
    try:
        chosen = None if "reset" in form else ReviewKeys(keys=sent, on="on" in form)
        judgements.choose_keys(engine, actor, chosen)
    except Invalid as error:
        acts = str(error.details.get("acts") or error.details.get("act") or "")
        return _keys(request, ReviewKeys(on="on" in form), sent=sent, problem=error.code, acts=acts.split(", "))
    return goto("/invigilator/review-keys", done="keys")


def _key(typed: str) -> str:
    """Return the key of what somebody typed: a lone space is a key, spaces around another are slips."""
    return " " if typed in (" ", "Space") else typed.strip()


def _keys(
    request: Request, kept: ReviewKeys, *, sent: Mapping[str, str] | None = None, problem: str = "", acts: list[str] | None = None
) -> HTMLResponse:
    shown = {"keys": sent or kept.keys, "on": kept.on, "problem": problem, "wrong": acts or [], "acts": ACTS}
    return page(request, "invigilator/review_keys.html", status=422 if problem else 200, **shown)


@router.get("/review/{incident_id}")
def case(request: Request, engine: EngineDep, actor: Watcher, incident_id: IncidentId, problem: str = "") -> HTMLResponse:
    """Show one case: queue, evidence, facts and decision."""
    judgements.see(engine, actor, incident_id)
    return _case(request, engine, actor, incident_id, problem=problem)


@router.post("/review/{incident_id}/judge")
def judge(
    request: Request,
    engine: EngineDep,
    actor: Watcher,
    incident_id: IncidentId,
    verdict: Annotated[Verdict, Form()],
    reason_code: Annotated[Reason, Form()],
    reason: Annotated[str, Form(max_length=4000)] = "",
    state: Annotated[CaseState | None, Form()] = None,
) -> Response:
    """Take a judgement; what is missing, or that somebody was quicker, is said on the page, with the words kept."""
    judgement = Judgement(verdict=verdict, reason_code=reason_code, reason=reason)
    try:
        judgements.give(engine, actor, incident_id, judgement, seen=state)
    except AssessmentError as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _case(request, engine, actor, incident_id, problem=error.code, status=status, written=_written(error, judgement))
    return goto(f"/invigilator/review/{incident_id}", done="judged")


def _written(error: AssessmentError, judgement: Judgement) -> Judgement | None:
    """Return what is to stand in the form again: nothing where its writer may not judge at all."""
    return None if isinstance(error, NotAllowed) else judgement


@router.post("/review/{incident_id}/undo")
def undo(engine: EngineDep, actor: Watcher, incident_id: IncidentId) -> RedirectResponse:
    """Take one's own judgement back within its minute."""
    try:
        judgements.undo(engine, actor, incident_id)
    except Conflict as error:
        return goto(f"/invigilator/review/{incident_id}?problem={error.code}")
    return goto(f"/invigilator/review/{incident_id}", done="undone")


def _case(
    request: Request,
    engine: Engine,
    actor: Actor,
    incident_id: IncidentId,
    *,
    problem: str = "",
    status: int = 200,
    written: Judgement | None = None,
) -> HTMLResponse:
    file = review.case(engine, actor, incident_id)
    waiting = review.review_queue(engine, actor)
    following = next((one.case.incident_id for one in waiting.entries if one.case.incident_id != incident_id), None)
    said = words(language_of(request))
    chosen = judgements.keys_of(engine, actor)
    return page(
        request,
        "invigilator/case.html",
        status=status,
        file=file,
        queue=waiting,
        following=following,
        wording=wording,
        reasons=REASONS,
        least=MIN_REASON,
        fewest_labels=FEWEST,
        traces=traces(file.incident.trace),
        question=_question(request, engine, file),
        unseen=eyes.unseen_in(engine, actor, file.incident.sitting_id),
        lost={} if file.erased else evidence.lost_frames(engine, file.evidence),
        pending=judgements.mine(engine, actor),
        problem=problem,
        written=written or (file.taken_back.judgement if file.taken_back and file.may_judge else None),
        keys=chosen,
        acts=ACTS,
        key_names=_KEY_NAMES,
        said_by_script={key: said.gettext(text) for key, text in _WORDS.items()},
    )


def _question(request: Request, engine: Engine, file: CaseFile) -> str:
    """Return the question that was on the screen, as the candidate saw it, without the answer; nothing when it is not known."""
    if file.incident.item_id is None:
        return ""
    return rendered_item(engine, file.incident.item_id, language_of(request), sitting_id=file.incident.sitting_id).html
