"""The candidate's way into the exam: system check, notice and consent, check-in, the dots. The exam itself is candidate_exam.

Every step is a page of its own with an address; `/candidate/sittings/{id}` leads to the step that is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep
from api.pages import goto, language_of, page, wording
from api.words import LANGUAGES, N_, Words, words
from assessment_engine.delivery.checkin import CheckInState
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.errors import Invalid, NotFound
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import challenges, checkin, delivery, draw, eyes
from assessment_engine.services.checkin import Standing

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)

_STEPS: Mapping[SittingState, str] = {
    SittingState.REGISTERED: "check",
    SittingState.CONSENTED: "checkin",
    SittingState.AWAITING_ADMISSION: "checkin",
    SittingState.REFERRED: "checkin",
    SittingState.ADMITTED: "calibrate",
    SittingState.IN_PROGRESS: "exam",
    SittingState.PAUSED: "exam",
    SittingState.SUBMITTED: "done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A camera that cannot be used: what it means and what to do, in words."""

    key: str
    title: str
    lead: str
    todo: tuple[str, ...]

    def said_in(self, said: Words) -> "Problem":
        """Return it in a language."""
        todo = tuple(said.gettext(one) for one in self.todo)
        return Problem(key=self.key, title=said.gettext(self.title), lead=said.gettext(self.lead), todo=todo)


PROBLEMS: Mapping[str, Problem] = {
    "denied": Problem(
        key="denied",
        title=N_("The camera is not allowed"),
        lead=N_("Your browser keeps this page from the camera. You can change that in a moment."),
        todo=(
            N_("Find the camera sign at the left or right end of the address line, and choose “Allow”."),
            N_("No such sign? Open the browser's settings for this site and allow camera and microphone."),
            N_("Then choose “Try again”."),
        ),
    ),
    "absent": Problem(
        key="absent",
        title=N_("No camera was found"),
        lead=N_("The computer does not see a camera."),
        todo=(
            N_("If the camera is on a cable, pull it out, wait for five seconds and plug it in again."),
            N_("Some keyboards have a key with a camera on it, and some lids a slider: switch the camera on."),
            N_("Then choose “Try again”."),
        ),
    ),
    "in_use": Problem(
        key="in_use",
        title=N_("Another program is using the camera"),
        lead=N_("Only one program can have the camera at a time."),
        todo=(
            N_("Close video calls and other camera programs, and other windows of this exam."),
            N_("If that does not help, restart the browser, then the computer. You will come back to this step."),
            N_("Then choose “Try again”."),
        ),
    ),
    "black": Problem(
        key="black",
        title=N_("The camera's picture is black"),
        lead=N_("The camera works, but nothing can be seen."),
        todo=(
            N_("Look for a slider or a sticker over the lens, and take it away."),
            N_("Switch on a light in front of you, not behind you."),
            N_("Then choose “Try again”."),
        ),
    ),
}

CALLS = frozenset({*PROBLEMS, "check", "checkin"})

_CHECK_WORDS: Mapping[str, str] = {
    "state.waiting": N_("waiting"),
    "state.working": N_("looking …"),
    "state.good": N_("good"),
    "state.fair": N_("you can go on"),
    "state.problem": N_("needs you"),
    "camera.starting": N_("The camera is starting."),
    "camera.good": N_("The camera is seen."),
    "camera.denied": N_("This page may not use the camera."),
    "camera.absent": N_("No camera was found."),
    "camera.in_use": N_("Another program is using the camera."),
    "camera.black": N_("The picture is black. Is something over the lens?"),
    "microphone.working": N_("Say a few words. In this check nothing of it leaves your device."),
    "microphone.good": N_("You can be heard."),
    "microphone.silent": N_("We hear nothing. You can go on without."),
    "microphone.absent": N_("No microphone. You can go on without."),
    "microphone.unsupported": N_("This browser cannot be listened to. You can go on without; it is not held against you."),
    "light.working": N_("Your face should be lit from the front."),
    "light.good": N_("The light is good."),
    "light.dark": N_("It is rather dark. Turn towards a window or a lamp."),
    "light.behind": N_("The light comes from behind you."),
    "light.glare": N_("It is very bright. Turn away from the window."),
    "face.working": N_("Sit so that your whole face is in the picture."),
    "face.good": N_("Your face is seen well."),
    "face.several": N_("More than one face is in the picture. You should be alone during the exam."),
    "face.dark": N_("Your face is too dark to see. Turn towards the light."),
    "face.back_lit": N_("The light comes from behind you. Sit so that the window or lamp is in front of you."),
    "face.cropped": N_("Your face is partly outside the picture. Move to its middle."),
    "face.too_far": N_("You are far from the camera. Come nearer."),
    "face.covered": N_("Something covers the camera."),
    "face.blurred": N_("The picture is blurred. Wiping the lens may help."),
    "face.eyes_covered": N_("Your eyes cannot be seen. If something covers them, please move it."),
    "face.not_seen": N_("We cannot see your face. Come nearer and look at the screen."),
    "face.later": N_("We could not look yet. The invigilator will, at check-in."),
    "connection.working": N_("Measuring …"),
    "connection.good": N_("The connection is good."),
    "connection.slow": N_("The connection is slow, but it will do. Your answers are safe in any case."),
    "connection.poor": N_("The connection is too weak for the camera. Go nearer to the router, or use another network."),
}

_CHECKIN_WORDS: Mapping[str, str] = {
    "sending": N_("Sending …"),
    "failed": N_("The picture was not sent. Check the connection and try again."),
    "look": N_("Is your face clearly in the picture? Then ask to be let in."),
    "camera": N_("The camera cannot be used. Reload this page, or call the invigilator."),
    "seconds": N_("%(n)s s"),
    "minutes": N_("%(n)s min"),
}

_CALIBRATE_WORDS: Mapping[str, str] = {
    "left": N_("%(n)s s left"),
    "failed": N_("The result was not sent. Check the connection and try again, or skip the dots."),
}


def _said(request: Request, texts: Mapping[str, str]) -> Mapping[str, str]:
    said = words(language_of(request))
    return {key: said.gettext(text) for key, text in texts.items()}


def _place(sitting: Sitting) -> str:
    return f"/candidate/sittings/{sitting.id}/{_STEPS.get(sitting.state, 'done')}"


def _or_elsewhere(sitting: Sitting, *states: SittingState) -> Response | None:
    """Return the way to the step that is due, when this one is not."""
    return None if sitting.state in states else goto(_place(sitting))


@router.get("")
def way_in(engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Lead to the step that is due."""
    return goto(_place(delivery.my_sitting(engine, actor, sitting_id)))


@router.get("/check")
def system_check(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Show the steps; the script ticks them."""
    sitting = delivery.my_sitting(engine, actor, sitting_id)
    before = (
        SittingState.REGISTERED,
        SittingState.CONSENTED,
        SittingState.AWAITING_ADMISSION,
        SittingState.REFERRED,
        SittingState.ADMITTED,
    )
    if elsewhere := _or_elsewhere(sitting, *before):
        return elsewhere
    listened_to = delivery.is_listened_to(engine, actor, sitting_id)
    return page(request, "candidate/check.html", sitting=sitting, listened_to=listened_to, said_by_script=_said(request, _CHECK_WORDS))


@router.get("/camera/{problem}")
def camera_problem(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId, problem: str) -> HTMLResponse:
    """Say what a camera's refusal means and what to do."""
    sitting = delivery.my_sitting(engine, actor, sitting_id)
    if problem not in PROBLEMS:
        raise NotFound("there is no such page")
    said = PROBLEMS[problem].said_in(words(language_of(request)))
    return page(request, "candidate/camera_problem.html", sitting=sitting, problem=said)


@router.post("/call")
def call(engine: EngineDep, actor: Candidate, sitting_id: SittingId, problem: Annotated[str, Form(max_length=20)] = "check") -> Response:
    """Call the invigilator to this candidate."""
    if problem not in CALLS:
        raise Invalid("there is no such problem", field="problem")
    checkin.call_invigilator(engine, actor, sitting_id, problem)
    back = f"camera/{problem}" if problem in PROBLEMS else problem
    return goto(f"/candidate/sittings/{sitting_id}/{back}", done="called")


@router.get("/notice")
def notice(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Say what is watched, what is kept, and who decides; ask for consent."""
    standing = checkin.standing(engine, actor, sitting_id)
    if elsewhere := _or_elsewhere(standing.sitting, SittingState.REGISTERED):
        return elsewhere
    return page(
        request,
        "candidate/notice.html",
        sitting=standing.sitting,
        exam=standing.exam,
        camera_declined=standing.camera_declined,
        listened_to=delivery.is_listened_to(engine, actor, sitting_id),
        looked_for=eyes.looked_for(engine, actor, sitting_id),
        checks=challenges.planned(engine, sitting_id),
        wished=draw.wishes(engine, actor, sitting_id),
        drawn=draw.share_of(engine, actor, sitting_id),
        kinds=wording.KINDS,
    )


@router.post("/consent")
def consent(
    engine: EngineDep,
    actor: Candidate,
    sitting_id: SittingId,
    agreed: Annotated[str, Form()] = "",
    language: Annotated[str, Form(max_length=8)] = "en",
    keep: Annotated[str, Form()] = "",
) -> Response:
    """Record that the candidate agreed, in the language they read, and whether they wish that ordinary pictures be kept."""
    if agreed != "1" or language not in LANGUAGES:
        raise Invalid("to go on, agree to the notice; or take the exam at a centre", field="agreed")
    draw.wish(engine, actor, sitting_id, kept=keep == "1")
    return goto(_place(delivery.consent(engine, actor, sitting_id, language)))


@router.post("/decline-camera")
def decline_camera(engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Record that the candidate prefers a seat in a centre."""
    checkin.decline_camera(engine, actor, sitting_id)
    return goto(f"/candidate/sittings/{sitting_id}/notice", done="declined")


@router.get("/checkin")
def check_in(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Take a picture, then show the place in the queue."""
    standing = checkin.standing(engine, actor, sitting_id)
    door = (SittingState.CONSENTED, SittingState.AWAITING_ADMISSION, SittingState.REFERRED)
    if elsewhere := _or_elsewhere(standing.sitting, *door):
        return elsewhere
    return page(request, "candidate/checkin.html", standing=standing, said_by_script=_said(request, _CHECKIN_WORDS))


@router.get("/calibrate")
def calibrate(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Show the dots, once; whoever has done or skipped them goes on to the exam."""
    standing = checkin.standing(engine, actor, sitting_id)
    if elsewhere := _or_elsewhere(standing.sitting, SittingState.ADMITTED) or _beyond_the_dots(standing):
        return elsewhere
    return page(request, "candidate/calibrate.html", standing=standing, said_by_script=_said(request, _CALIBRATE_WORDS))


def _beyond_the_dots(standing: Standing) -> Response | None:
    admitted = standing.checkin is not None and standing.checkin.state is CheckInState.ADMITTED
    return goto(f"/candidate/sittings/{standing.sitting.id}/exam") if admitted and standing.calibration is not None else None


@router.post("/calibrate/skip")
def skip_calibration(engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Go on without the dots: gaze is not watched."""
    checkin.skip_calibration(engine, actor, sitting_id)
    return goto(f"/candidate/sittings/{sitting_id}/exam")
