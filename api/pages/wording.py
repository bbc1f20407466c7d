"""The words of proctoring on every page: kinds of incident, why nothing could be seen, other explanations, reasons, states and events.

Words say what was seen, never what somebody meant by it. Texts are marked here and translated where they are shown.
"""

from collections.abc import Callable, Mapping

from api.pages.challenge_words import CHECK_EVENTS, check_said
from api.words import N_
from assessment_engine.invigilation.interests import Tie
from assessment_engine.storage.events import ExamEvent

KINDS: Mapping[str, str] = {
    "nobody": N_("Nobody in the picture"),
    "several_people": N_("More than one person"),
    "different_person": N_("A different face"),
    "phone": N_("A phone in the picture"),
    "book": N_("A book in the picture"),
    "screen": N_("A second screen in the picture"),
    "looking_away": N_("Looking away for long"),
    "talking": N_("A voice heard for long"),
    "challenge_failed": N_("The camera check failed"),
    "camera_switched": N_("The camera was switched"),
    "chain_broken": N_("The chain of pictures is broken"),
    "face_not_seen": N_("Face not seen"),
    "covered": N_("Camera covered"),
    "too_dark": N_("Too dark"),
    "blurred": N_("Picture blurred"),
    "eyes_covered": N_("Eyes covered"),
    "back_lit": N_("Light from behind"),
    "cropped": N_("Face partly outside the picture"),
    "too_far": N_("Too far from the camera"),
    "feed_gap": N_("No pictures arrive"),
    "no_feed": N_("No camera yet"),
    "feed_ended": N_("The feed has ended"),
}

# What an exam can have watched; nobody shall think that voices are heard where no microphone is open.
OBJECTS: Mapping[str, str] = {
    "glucose_meter": N_("Blood glucose meter"),
    "medical_device": N_("Another medical device"),
    "hearing_device": N_("Remote of a hearing aid"),
    "magnifier": N_("Magnifier"),
    "braille_paper": N_("Braille paper or slate"),
    "own_paper": N_("Paper of one's own for notes"),
    "reading_screen": N_("A second screen to read on"),
}
"""What an access arrangement can declare: exams/policy.py has the kind that each is taken for."""

WATCHED: Mapping[str, str] = {**KINDS, "talking": N_("A voice heard for long (only where sound is checked for voices)")}

# Why something was not looked for; words of a session's report.
NOT_LOOKED_FOR: Mapping[str, str] = {
    "arrangement": N_("switched off by an arrangement"),
    "dots_skipped": N_("the calibration was skipped"),
    "no_network": N_("a recognition file was missing on the server"),
    "demoted": N_("only counted, because it was wrong too often"),
}

LIPS: Mapping[str, str] = {
    "moving": N_("The candidate's lips moved with the voice."),
    "still": N_("The candidate's lips hardly moved: the voice may be somebody else's, or a radio's."),
    "not_told": N_("Whether the candidate's lips moved with the voice could not be told."),
}

EXPLANATIONS: Mapping[str, tuple[str, ...]] = {
    "nobody": (N_("Bent down for something that fell."), N_("The camera was moved or tilted."), N_("A break that was allowed.")),
    "several_people": (
        N_("Somebody walked past behind."),
        N_("A poster, a mirror or a screen shows a face."),
        N_("A scribe or helper who was allowed."),
    ),
    "different_person": (
        N_("Light from one side, glasses, a beard or a covering changes a face for the machine."),
        N_("The reference picture is old or dark."),
        N_("Twins and close relatives look alike to it, and unlike to people."),
    ),
    "phone": (
        N_("A wallet, a calculator or a remote control is often taken for a phone."),
        N_("A medical device that was declared."),
    ),
    "book": (N_("Rough paper that was allowed."), N_("A box or a folder on the shelf.")),
    "screen": (N_("A window, a picture or a notebook that is closed."),),
    "looking_away": (
        N_("Thinking: many people look away to think."),
        N_("Reading something long at the edge of a wide screen."),
        N_("Nystagmus, strabismus or another condition of the eyes."),
    ),
    "talking": (N_("Reading half aloud."), N_("Somebody in the next room, a radio, a call from the street.")),
    "challenge_failed": (
        N_("The request to turn the head was overlooked while working."),
        N_("Turning the head is not possible for this person, and no arrangement says so."),
        N_("The camera or its program had frozen."),
    ),
    "camera_switched": (N_("The camera was unplugged and came back under another name."),),
    "chain_broken": (N_("The computer or the browser was restarted."),),
}

REASONS: Mapping[str, str] = {
    "not_visible": N_("What the machine names is not in the pictures"),
    "ordinary": N_("Ordinary behaviour"),
    "technical": N_("Camera, light or connection"),
    "permitted": N_("It was allowed (arrangement, break, declared object)"),
    "left_the_seat": N_("Left the seat without leave"),
    "help_from_another": N_("Help from another person"),
    "another_candidate": N_("Somebody else sits the exam"),
    "forbidden_material": N_("Forbidden material or device"),
    "other": N_("Another reason, written below"),
}

TIES: Mapping[str, str] = {
    Tie.KNOWS: N_("I know this person"),
    Tie.SAME_OFFICE: N_("We work in the same office"),
    Tie.FAMILY: N_("We belong to one family"),
}

SEVERITIES: Mapping[str, str] = {"low": N_("low"), "medium": N_("medium"), "high": N_("high")}

TIERS: Mapping[str, str] = {
    "alert": N_("For a person to decide"),
    "detection": N_("On the timeline only"),
    "could_not_watch": N_("Could not watch"),
    "telemetry": N_("Counted only"),
}

CASE_STATES: Mapping[str, str] = {
    "open": N_("Undecided"),
    "awaiting_second": N_("Needs a second person"),
    "upheld": N_("Upheld by two people"),
    "dismissed": N_("Dismissed"),
    "overturned": N_("Taken back on appeal"),
}

ORIGINS: Mapping[str, str] = {
    "again": N_("A decision that was looked at again"),
    "planted": N_("A planted case"),
    "audit": N_("An audit of unflagged time"),
}
"""Why an unmarked case was set before a reviewer; only officers are told, afterwards."""

ANSWERED: Mapping[str, str] = {"dismiss": N_("dismiss"), "uphold": N_("uphold")}

GIVEN: Mapping[str, str] = {
    "dismiss": N_("You dismissed a case. You can take it back."),
    "uphold": N_("You upheld a case. You can take it back."),
}
"""A judgement within its minute, by its verdict."""

VERDICTS: Mapping[str, str] = {"dismiss": N_("dismissed it"), "uphold": N_("upheld it")}

MACHINE_VIEWS: Mapping[str, str] = {
    "not_compared": N_("The machine has not compared the faces."),
    "no_face": N_("The machine finds no face to compare in one of the pictures."),
    "alike": N_("The machine finds the faces alike."),
    "unsure": N_("The machine is not sure about the faces."),
    "unlike": N_("The machine finds the faces unlike. It is often wrong with light, glasses, beards and years between: look yourself."),
    "turned": N_("The head is turned in the live picture. Ask for another, looking into the camera: the candidate is known by it later."),
    "not_well_seen": N_("The face is not well seen in the live picture. Ask for another, with light from the front."),
}

CALLS: Mapping[str, str] = {
    "denied": N_("The camera is not allowed"),
    "absent": N_("No camera was found"),
    "in_use": N_("Another program is using the camera"),
    "black": N_("The camera's picture is black"),
    "check": N_("Needs help with the system check"),
    "checkin": N_("Needs help with the check-in"),
}

EVENTS: Mapping[str, str] = {
    **CHECK_EVENTS,
    "sitting_started": N_("The exam began."),
    "item_viewed": N_("A question came to the screen."),
    "language_switched": N_("The language of a question was changed."),
    "answer_saved": N_("An answer was saved."),
    "sitting_submitted": N_("The exam was handed in."),
    "connection_lost": N_("The camera's connection was lost."),
    "connection_back": N_("The camera's connection returned."),
    "browser_hint": N_("The browser noticed something: a hint, never evidence."),
    "question_reported": N_("The candidate reported a question."),
    "incident_raised": N_("The machine raised an incident."),
    "incident_closed": N_("The incident ended."),
    "case_judged": N_("A person judged a case."),
}

HINTS: Mapping[str, str] = {
    "left_tab": N_("Hint: went to another tab or program."),
    "left_window": N_("Hint: left the window."),
    "back_tab": N_("Hint: came back to the exam after %(seconds)s s."),
    "back_window": N_("Hint: left the window for %(seconds)s s."),
    "paste": N_("Hint: pasted text of %(characters)s characters."),
    "copy": N_("Hint: copied text."),
    "full_screen": N_("Hint: went to full screen."),
    "window": N_("Hint: left full screen."),
    "second_screen": N_("Hint: the browser says that there is a second screen."),
    "one_screen": N_("Hint: the browser says that there is one screen now."),
    "many": N_("Hint: more changes in a minute than are written down."),
    "hidden": N_("Hint: went to another tab or program."),
    "visible": N_("Hint: came back to the exam."),
    "blur": N_("Hint: left the window."),
}
"""What a page's browser noticed, by `what` and `how`. Everything a browser says can be made up, and is never evidence."""


def event_said(event: ExamEvent, translate: Callable[..., str]) -> str:
    """Return an event of a timeline in plain words."""
    if event.kind == "challenge_judged":
        return check_said(event, translate)
    data = event.data
    hint = HINTS.get(f"{data.get('what')}_{data['how']}" if "how" in data else str(data.get("what")))
    if event.kind != "browser_hint" or hint is None:
        return translate(EVENTS[event.kind])
    return translate(hint, seconds=_count(data.get("seconds")), characters=_count(data.get("characters")))


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
