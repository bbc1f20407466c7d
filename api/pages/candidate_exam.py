"""The exam itself: the page before the start, the paper, and the receipt after it. The way to it is candidate_checkin.

The paper needs script (static/exam_page.js) and talks to api/routes/sittings.py; everything else here is plain pages and forms.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import Candidate, EngineDep
from api.pages import goto, language_of, page
from api.pages.exam_tools import beside
from api.pages.holds import HOLDERS, REASONS
from api.pages.question_words import question_words
from api.pages.time_words import GRACE_SAYS, OUTAGE_SAYS
from api.paths import SittingPath
from api.routes.sittings import LedgerDep
from api.safe_browser import SafeBrowser
from api.words import N_, words
from assessment_engine.delivery.responses import is_answered
from assessment_engine.delivery.sitting import RUNNING, SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotYet
from assessment_engine.people import Actor
from assessment_engine.services import certification, contact, delivery, late_answers, papers, question_reports, timekeeping
from assessment_engine.services.delivery import OpenSitting
from assessment_engine.services.engine import Engine
from item_bank.forms import FormSection

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)


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
    "unknown_item": N_("This question is not part of your paper any more. Your answer is kept on this device. Call the invigilator."),
    "stray_title": N_("An answer to a question that is not in your paper"),
    "stray": N_("It is not saved, but kept on this device. Call the invigilator; go on answering meanwhile."),
    "stray_kept": N_(
        "This device keeps an answer to a question that is not in your paper. Save it as a file and give it to an invigilator."
    ),
    "camera_seen": N_("Camera seen"),
    "camera_not_seen": N_("You are not seen well"),
    "camera_lost": N_("Camera: connecting again"),
    "camera_starting": N_("Camera: starting"),
    "camera_elsewhere": N_("Camera open in another window"),
    "camera_refused": N_("Camera: call the invigilator"),
    "advice_face_not_seen": N_("We cannot see your face. Turn towards the light. Nothing is held against you."),
    "advice_too_dark": N_("The picture is very dark. More light would help. Nothing is held against you."),
    "advice_blurred": N_("The picture is blurred. Wiping the lens may help. Nothing is held against you."),
    "advice_eyes_covered": N_("Your eyes cannot be seen. If something covers them, please move it. Nothing is held against you."),
    "advice_back_lit": N_(
        "The light comes from behind you. Sit so that the window or lamp is in front of you. Nothing is held against you."
    ),
    "advice_cropped": N_("Your face is partly outside the picture. Move to its middle. Nothing is held against you."),
    "advice_too_far": N_("You are far from the camera. Come nearer. Nothing is held against you."),
    "advice_covered": N_("Something covers the camera. Please clear its view. Nothing is held against you."),
    "camera_denied": N_("Camera not allowed"),
    "camera_absent": N_("No camera found"),
    "camera_in_use": N_("Camera used by another program"),
    "camera_black": N_("Camera picture is black"),
    "check_light": N_("Camera check, %(n)s seconds. Go on answering."),
    "check_turn": N_("Camera check: turn your head %(first)s for two seconds, then %(then)s. Then go on answering."),
    "check_again": N_("Camera check, once more: turn your head %(first)s for two seconds, then %(then)s."),
    "check_hand": N_("Camera check: hold your open hand before your face for two seconds. If you cannot, call the invigilator."),
    "check_left": N_("to your left"),
    "check_right": N_("to your right"),
    "check_up": N_("upwards"),
    "sound_starting": N_("Microphone: starting"),
    "sound_heard": N_("Checked for voices"),
    "sound_not_heard": N_("Microphone not listened to. Nothing is held against you."),
    "sound_muted": N_("Microphone silent, so not listened to. Nothing is held against you."),
    "sound_denied": N_("Microphone not allowed, so not listened to. Nothing is held against you."),
    "sound_absent": N_("No microphone, so not listened to. Nothing is held against you."),
    "sound_in_use": N_("Microphone used by another program, so not listened to. Nothing is held against you."),
    "sound_unsupported": N_("This browser cannot be listened to. Nothing is held against you."),
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
    "no_line": N_("No connection just now. Everything so far is saved; go on answering."),
    "no_line_now": N_("There is no connection just now. Please try again in a moment."),
    "elsewhere_title": N_("This exam was last open in another window or on another device."),
    "elsewhere_go_on": N_("What you answer here is kept on this device, and sent when you go on here. Nothing is lost."),
    "elsewhere_call": N_("In this exam an invigilator moves it to another window. What you answer here is kept; nothing is lost."),
    "free_title": N_("The invigilator has freed this exam: it can go on here"),
    "go_on_here": N_("Go on here"),
    "call": N_("Call the invigilator"),
    "lease_first": N_("To hand in from this window, choose “Go on here” first."),
    "paused_title": N_("The exam is paused"),
    "paused": N_("Your time stands still. What you have written is kept, and saved when the exam goes on; the question comes back then."),
    "paused_invigilator": N_("An invigilator has stopped the time."),
    "paused_break": N_("This is your break. You can end it under “Questions”."),
    "time_held": N_("Here the time is over, but time without a connection does not count. Go on; the server decides when it is back."),
    "section_closed": N_("This part is closed, so this answer came late. It is kept, and a person decides whether it counts."),
    "closed": N_("Your exam is closed"),
    "late_told": N_("Some answers reached us after that. They are kept beside your exam, and a person decides whether they count."),
    "late_waiting": N_("Some answers are still on this device. They are sent as soon as there is a connection; keep this page open."),
    "late_file": N_("Some answers on this device came too late to be taken here. Save them as a file and give it to an invigilator."),
    "file_saved": N_("The file is in your downloads. Give it to an invigilator if this device cannot be used any more."),
    "handed_in": N_("Your answers are handed in and safe"),
    "pictures_left": N_(
        "The camera is off. Pictures from the time without a connection are still being sent: please keep this page open, "
        "ten minutes at most. You may leave before; then that time counts as not seen, and nobody is to blame for it."
    ),
    "leave_now": N_("Leave now"),
    "go_on": N_("Go on"),
    "move_later": N_("This step needs a connection. Go on with the questions of this part."),
    "move_refused": N_("It is not possible to go there now."),
    "went_on": N_("The time for that is over. The exam goes on here."),
    "part_waits": N_("The time of this part is over. The next one comes as soon as there is a connection."),
    "nothing_follows": N_("This was the last question. You can hand in."),
}

LATE_WORDS = ("late_told", "late_waiting", "late_file", "file_saved", "stray_kept")

START_WORDS: Mapping[str, str] = {
    "holding": N_("Your paper is being fetched …"),
    "held": N_("Your paper is on this device, sealed. If the connection fails, the exam can begin with a code."),
    "not_held": N_("Your paper is not on this device yet. It comes as soon as there is a connection."),
    "no_line": N_("There is no connection. If a code is read out in the room, type it below; the exam then begins without one."),
    "wrong_code": N_("This code does not open your paper. Please listen once more, and check every letter."),
    "opening": N_("Opening …"),
    "not_yet": N_("The exam has not opened yet. Please wait here."),
    "opens_in": N_("The exam opens in %(time)s."),
    "begins_by_itself": N_("The exam opens in %(time)s, and then begins here by itself."),
}


@router.get("/exam", dependencies=[SafeBrowser])
def exam(request: Request, engine: EngineDep, ledger: LedgerDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Show the paper, or what comes before and after it."""
    opened = delivery.open_sitting(engine, actor, sitting_id)
    sitting = opened.sitting
    if sitting.state is SittingState.ADMITTED:
        return _start_page(request, engine, actor, opened)
    if sitting.state not in RUNNING:
        return goto(f"/candidate/sittings/{sitting_id}")
    if sitting.is_over(opened.server_time):
        if contact.looked_at(engine, ledger, actor, sitting_id).state is SittingState.SUBMITTED:
            return goto(f"/candidate/sittings/{sitting_id}/done")
        opened = delivery.open_sitting(engine, actor, sitting_id)
    return _exam_page(request, opened)


@router.get("/sheet", dependencies=[SafeBrowser])
def sheet(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Show the exam's frame before the start, without a question: a device keeps it to begin without a line."""
    opened = delivery.open_sitting(engine, actor, sitting_id)
    if opened.sitting.state is not SittingState.ADMITTED:
        return goto(f"/candidate/sittings/{sitting_id}/exam")
    return _exam_page(request, opened)


def _exam_page(request: Request, opened: OpenSitting) -> Response:
    return page(
        request,
        "candidate/exam.html",
        opened=opened,
        outage=OUTAGE_SAYS[opened.policy.outage],
        grace=GRACE_SAYS[opened.policy.grace],
        said_by_script=_said(request, WORDS),
        question_words=question_words(),
        beside=beside(request, opened.tools),
    )


def _start_page(request: Request, engine: Engine, actor: Actor, opened: OpenSitting) -> Response:
    return page(
        request,
        "candidate/start.html",
        opened=opened,
        session=papers.session_of(engine, actor, opened.sitting.id),
        outage=OUTAGE_SAYS[opened.policy.outage],
        grace=GRACE_SAYS[opened.policy.grace],
        said_by_script=_said(request, START_WORDS),
    )


def _said(request: Request, texts: Mapping[str, str]) -> Mapping[str, str]:
    said = words(language_of(request))
    return {key: said.gettext(text) for key, text in texts.items()}


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
    if opened.sitting.practice:
        return page(request, "candidate/practised.html", opened=opened, answered=_answered(opened))
    return page(
        request,
        "candidate/receipt.html",
        opened=opened,
        seal=opened.seal,
        said_by_script=_said(request, {key: WORDS[key] for key in LATE_WORDS}),
        answered=_answered(opened),
        why_ended=timekeeping.why_ended(engine, actor, sitting_id),
        holds=certification.holds(engine, actor, sitting_id),
        late=late_answers.my_late_answers(engine, actor, sitting_id),
        reports=question_reports.of_sitting(engine, actor, sitting_id),
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
