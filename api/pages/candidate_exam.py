"""The exam itself: the page before the start, the paper, and the receipt after it. The way to it is candidate_checkin.

The paper needs script (static/exam_page.js) and talks to api/routes/sittings.py; everything else here is plain pages and forms.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.auth import Candidate, EngineDep
from api.pages import goto, language_of, page
from api.pages.exam_tools import beside
from api.pages.holds import HOLDERS, REASONS
from api.pages.question_words import question_words
from api.routes.sittings import LedgerDep
from api.safe_browser import SafeBrowser
from api.words import N_, words
from assessment_engine.delivery.responses import is_answered
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.delivery.timing import OutagePolicy
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import certification, delivery, exam_tools
from assessment_engine.services.delivery import OpenSitting
from item_bank.forms import FormSection

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)

SittingPath = Annotated[SittingId, Path(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]

WORDS: Mapping[str, str] = {
    "nothing": N_("Saves as you answer"),
    "saving": N_("Saving …"),
    "saved": N_("Saved %(time)s"),
    "waiting": N_("Not saved yet"),
    "refused": N_("One answer could not be saved"),
    "offline": N_("Not saved yet. Kept on this device; trying again. Go on answering."),
    "offline_memory": N_("Not saved yet. This browser keeps nothing, so do not close this page; trying again. Go on answering."),
    "signed_out": N_("You are signed out. Your answers are kept here: sign in again in another tab, then come back to this one."),
    "wrong_response": N_("This answer does not fit the question, so it is not saved. Please look at it once more."),
    "too_large": N_("This answer is too long to be saved. Please shorten it."),
    "unknown_item": N_("This question is not part of your paper any more. Call the invigilator."),
    "camera_seen": N_("Camera seen"),
    "camera_not_seen": N_("Camera not seen"),
    "camera_lost": N_("Camera: connecting again"),
    "camera_starting": N_("Camera: starting"),
    "camera_elsewhere": N_("Camera open in another window"),
    "camera_refused": N_("Camera: call the invigilator"),
    "advice_face_not_seen": N_("We cannot see your face. Turn towards the light. Nothing is held against you."),
    "advice_too_dark": N_("The picture is very dark. More light would help. Nothing is held against you."),
    "advice_blurred": N_("The picture is blurred. Wiping the lens may help. Nothing is held against you."),
    "advice_covered": N_("Something covers the camera. Please clear its view. Nothing is held against you."),
    "camera_denied": N_("Camera not allowed"),
    "camera_absent": N_("No camera found"),
    "camera_in_use": N_("Camera used by another program"),
    "camera_black": N_("Camera picture is black"),
    "question": N_("Question %(number)s of %(total)s"),
    "section": N_("Section %(number)s of %(total)s · %(title)s"),
    "state": N_("Question %(number)s: %(state)s"),
    "minutes_left": N_("%(n)s minutes left"),
    "minute_left": N_("One minute left"),
    "hidden_clock": N_("Show the time"),
    "shown_clock": N_("Hide the time"),
    "not_shown": N_("This question is not on this device yet. It comes as soon as the connection is back."),
    "mark": N_("Mark for review & next"),
    "unmark": N_("Take the mark away"),
    "submitted_here": N_("Submitted here %(time)s, waiting for the connection. Keep this page open."),
    "handing_in": N_("Handing in …"),
    "time_over": N_("The time is over. Your saved answers are being handed in."),
    "reported": N_("Thank you. The examination cell will look at this question."),
    "report_failed": N_("Not sent: there is no connection. Please try again later."),
    "called": N_("The invigilator has been called."),
    "show_me": N_("Show my picture"),
    "hide_me": N_("Hide my picture"),
    "one_mark": N_("1 mark"),
    "marks": N_("%(n)s marks"),
    "time_given": N_("You have been given more time. The clock shows it."),
    "elsewhere": N_("An answer given in another window was newer and is shown now."),
}

OUTAGE_WORDS: Mapping[OutagePolicy, str] = {
    OutagePolicy.TIME_RUNS_ON: N_(
        "If the connection fails, go on answering: your answers are kept on this device and saved later. The time runs on."
    ),
    OutagePolicy.TIME_STOPS: N_(
        "If the connection fails, go on answering: your answers are kept on this device and saved later. "
        "Time without a connection, as our server sees it, does not count, up to a limit."
    ),
    OutagePolicy.PERSON_DECIDES: N_(
        "If the connection fails, go on answering: your answers are kept on this device and saved later. "
        "The time runs on; afterwards a person can decide to give time back."
    ),
}


@router.get("/exam", dependencies=[SafeBrowser])
def exam(request: Request, engine: EngineDep, ledger: LedgerDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Show the paper, or what comes before and after it."""
    opened = delivery.open_sitting(engine, actor, sitting_id)
    sitting = opened.sitting
    if sitting.state is SittingState.ADMITTED:
        return page(request, "candidate/start.html", opened=opened, outage=OUTAGE_WORDS[opened.policy.outage])
    if sitting.state not in (SittingState.IN_PROGRESS, SittingState.PAUSED):
        return goto(f"/candidate/sittings/{sitting_id}")
    if sitting.is_over(opened.server_time):
        delivery.submit(engine, ledger, actor, sitting_id)
        return goto(f"/candidate/sittings/{sitting_id}/done")
    said = words(language_of(request))
    by_script = {key: said.gettext(text) for key, text in WORDS.items()}
    outage = OUTAGE_WORDS[opened.policy.outage]
    return page(
        request,
        "candidate/exam.html",
        opened=opened,
        outage=outage,
        said_by_script=by_script,
        question_words=question_words(),
        beside=beside(request, exam_tools.mine(engine, actor, sitting_id)),
    )


@router.post("/start", dependencies=[SafeBrowser])
def start(engine: EngineDep, ledger: LedgerDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Start the time and open the paper; a second click opens the same paper."""
    delivery.start(ledger, actor, sitting_id)
    return goto(f"/candidate/sittings/{sitting_id}/exam")


@router.post("/submit")
def submit(engine: EngineDep, ledger: LedgerDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Hand in and show the receipt."""
    delivery.submit(engine, ledger, actor, sitting_id)
    return goto(f"/candidate/sittings/{sitting_id}/done")


@router.get("/done")
def done(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Show what was handed in, its seal, and what happens next."""
    opened = delivery.open_sitting(engine, actor, sitting_id)
    if opened.seal is None:
        return goto("/candidate" if opened.sitting.state is SittingState.VOIDED else f"/candidate/sittings/{sitting_id}")
    return page(
        request,
        "candidate/receipt.html",
        opened=opened,
        seal=opened.seal,
        answered=_answered(opened),
        holds=certification.holds(engine, actor, sitting_id),
        reasons=REASONS,
        holders=HOLDERS,
    )


@router.get("/receipts.json")
def receipts_file(engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Give the receipts and the seal as a file, with the public key that checks them."""
    receipts, seal = delivery.receipts(engine, actor, sitting_id)
    if seal is None:
        raise NotYet("the file is made when the sitting is handed in")
    key = engine.signer.receipts
    document: Json = {
        "receipts": [asdict(receipt) for receipt in receipts],
        "seal": {**seal.document, "signature": seal.signature},
        "public_key": {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()},
    }
    headers = {"Content-Disposition": f'attachment; filename="receipts-{sitting_id}.json"'}
    return Response(json.dumps(document, indent=2), media_type="application/json", headers=headers)


def _answered(opened: OpenSitting) -> list[tuple[FormSection, int]]:
    """Return each section with the number of its questions that have an answer."""
    given = {answer.receipt.item for answer in opened.answers if is_answered(answer.response)}
    return [(part, len(given.intersection(part.items))) for part in opened.form.sections]
