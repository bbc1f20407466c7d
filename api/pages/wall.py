"""The live wall and one candidate's panel. What they show live comes by script (static/wall_*.js); what is done is routes/wall.py."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep
from api.pages import language_of, page, wording
from api.routes.invigilation import Watcher
from api.words import N_, words
from assessment_engine.delivery.messages import LONGEST_TEXT, SENTENCES, Sentence
from assessment_engine.invigilation.interests import ConflictOfInterest
from assessment_engine.kernel.ids import SessionId, SittingId, new_id
from assessment_engine.people import Actor
from assessment_engine.services import challenges, demotion, duty, eyes, wall
from assessment_engine.services.engine import Engine
from proctoring.expected import THINGS

router = APIRouter(prefix="/invigilator", include_in_schema=False)

SCRIBES: Mapping[str, str] = {
    "expected": N_("expected; not seen yet"),
    "recognised": N_("recognised in the picture"),
    "not_compared": N_("a second face is there, and the picture does not let it be compared; nobody is accused"),
    "no_face": N_("the enrolled picture cannot be compared, so nobody can be told from the scribe: several people are not watched for"),
}
_WORDS: Mapping[str, str] = {
    **{f"kind.{kind}": text for kind, text in wording.KINDS.items()},
    "ring.alert": N_("Needs you"),
    "ring.undecided": N_("Waits for your decision"),
    "ring.look": N_("Look"),
    "ring.neutral": N_("Quiet"),
    "ring.unobservable": N_("Could not watch"),
    "ring.away": N_("No feed"),
    "looked": N_("looked %(n)s %(unit)s ago"),
    "looked_now": N_("looked at just now"),
    "never": N_("not looked at yet"),
    "bars": N_("Connection: %(n)s of 4"),
    "lost": N_("pictures left out: %(dropped)s; cuts in the line: %(gaps)s"),
    "unit.min": N_("min"),
    "unit.h": N_("h"),
    "calls": N_("calls you"),
    "wrote": N_("wrote to you"),
    "to_look_at": N_("please look: a camera check told nothing"),
    "offline": N_("The wall has lost its connection and is trying again. Pictures may be old."),
    "closed": N_("The wall was closed. Reload this page."),
    "signed_out": N_("You are signed out. What you typed is kept here. Sign in again in another tab, then go on."),
    "sign_in": N_("Sign in in another tab"),
    "nobody": N_("Nobody answers for this room."),
    "nobody_watches": N_("Nobody watches"),
    "named": N_("%(name)s answers for this room"),
    "named_away": N_("%(name)s answers for this room, but has not been seen for a minute"),
    "covered_by": N_("%(name)s covers"),
    "also_here": N_("Also here: %(names)s"),
    "alone": N_("Nobody else has it open."),
    "offered": N_("%(by)s offers this room to %(to)s: “%(note)s”"),
    "offered_you": N_("%(by)s offers it to you: “%(note)s”"),
    "take": N_("Take this room"),
    "leave": N_("Leave this room"),
    "cover": N_("Cover for a break"),
    "end_cover": N_("End the break"),
    "accept": N_("Accept the room"),
    "decline": N_("No, thank you"),
    "withdraw": N_("Take the offer back"),
    "hand_over": N_("Hand over…"),
    "assign": N_("Name somebody…"),
    "room": N_("Room %(n)s"),
    "never_seen": N_("a tile never looked at"),
    "unseen": N_("%(n)s %(unit)s"),
    "just_now": N_("less than a minute"),
    "unwatched_rooms": N_("Nobody watches: %(rooms)s. Take one, or name somebody."),
    "unwatchable": N_("%(n)s candidates can be watched here only: their rooms' invigilators know them."),
    "done.sent": N_("Sent."),
    "done.warned": N_("The warning was sent and is in the record."),
    "done.act": N_("Done."),
    "done.dismissed": N_("Put aside: this thing at this place is not asked about again."),
    "problem.room_changed": N_("Somebody else changed this room meanwhile. This is how it stands now; nothing of yours was done."),
    "problem.room_taken": N_("Somebody else answers for this room, or covers it already."),
    "problem.hand_over_waits": N_("This room is being handed over already."),
    "problem.conflict_of_interest": N_("You know this candidate, or this is your own sitting: somebody else acts."),
    "problem.not_allowed": N_("You may not do this here: it is somebody else's, or this exam's rules leave it to the examination cell."),
    "problem.not_yet": N_("This is possible only while the exam runs."),
    "problem.invalid": N_("Something is missing: choose or write it first."),
    "problem.sitting_sealed": N_("The exam has ended already."),
    "problem.sitting_paused": N_("It is paused already."),
    "problem.other": N_("That was not done. Look at how things stand now, and try again."),
}


@router.get("/sessions/{session_id}/wall")
def live_wall(request: Request, engine: EngineDep, actor: Watcher, session_id: SessionId, room: int = 1) -> HTMLResponse:
    """Show a room, or with 0 all of them; the script brings it to life."""
    found = wall.wall(engine, actor, session_id, room)
    said = words(language_of(request))
    return page(
        request,
        "invigilator/wall.html",
        wall=found,
        unseen=eyes.unseen_now(engine, found.exam.policy),
        demoted=demotion.demoted_in(engine, found.exam.id),
        staff={one: person for one, person in duty.staff(engine, actor).items() if one != actor.person_id},
        wording=wording,
        said_by_script={key: said.gettext(text) for key, text in _WORDS.items()},
    )


@router.get("/sittings/{sitting_id}")
def candidate(request: Request, engine: EngineDep, actor: Watcher, sitting_id: SittingId, problem: str = "") -> HTMLResponse:
    """Show one candidate's panel as a page of its own."""
    return _panel(request, engine, actor, sitting_id, "invigilator/candidate.html", problem=problem)


@router.get("/sittings/{sitting_id}/panel")
def panel(request: Request, engine: EngineDep, actor: Watcher, sitting_id: SittingId) -> HTMLResponse:
    """Return what the wall's side panel shows of a candidate: a piece of a page."""
    return _panel(request, engine, actor, sitting_id, "invigilator/panel.html")


def _panel(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, template: str, problem: str = "") -> HTMLResponse:
    try:
        watching, unseen = wall.watching(engine, actor, sitting_id), eyes.unseen_in(engine, actor, sitting_id)
    except ConflictOfInterest:
        return page(request, "invigilator/tied.html", status=403)
    said = words(language_of(request))
    return page(
        request,
        template,
        watching=watching,
        unseen=unseen,
        wording=wording,
        problem=problem,
        ties=[(str(tie), said.gettext(text)) for tie, text in wording.TIES.items()],
        scribes=SCRIBES,
        checks=challenges.latest(engine, sitting_id),
        declared=[said.gettext(wording.OBJECTS[one]) for one in watching.declared if one in wording.OBJECTS],
        things=THINGS,
        sentences_of={str(kind): [(key, _in(language_of(request), one)) for key, one in all_.items()] for kind, all_ in SENTENCES.items()},
        longest=LONGEST_TEXT,
        act_id=new_id("tac", engine.clock.now()),
        said_by_script={key: said.gettext(text) for key, text in _WORDS.items()},
    )


def _in(language: str, sentence: Sentence) -> str:
    return sentence.text_hi if language == "hi" else sentence.text
