"""The words of time on every page: what the policies of grace and outage promise, what people may do, and why an act leaves somebody out.

What `…_SAYS` says is for candidates, before and beside the work; the cell's own labels are in exam_rules.py.
"""

from collections.abc import Mapping

from api.words import N_
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.delivery.timekeeping import LeftOut, TimeVerb
from assessment_engine.delivery.timing import GracePolicy, OutagePolicy

GRACE_SAYS: Mapping[GracePolicy, str] = {
    GracePolicy.AUTO_SUBMIT: N_("When the time is over, the exam is handed in with every answer that was saved."),
    GracePolicy.GRACE: N_("When the time is over, what was sent before the end may still arrive for a moment; then the exam is handed in."),
    GracePolicy.WAIT: N_("When the time is over, we wait a while for answers that this device still keeps; then the exam is handed in."),
}

OUTAGE_SAYS: Mapping[OutagePolicy, str] = {
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

VERBS: Mapping[TimeVerb, str] = {
    TimeVerb.PAUSE: N_("Pause"),
    TimeVerb.RESUME: N_("Let the time go on"),
    TimeVerb.GIVE_TIME: N_("Give time"),
    TimeVerb.TERMINATE: N_("End the exam"),
}

VERB_HELP: Mapping[TimeVerb, str] = {
    TimeVerb.PAUSE: N_("The time stands still until you let it go on. Answers wait on the device."),
    TimeVerb.RESUME: N_("Ends a pause. Nobody loses a second by it."),
    TimeVerb.GIVE_TIME: N_("For minutes that were lost: to an outage, an alarm, a mistake of ours."),
    TimeVerb.TERMINATE: N_("Hands the exam in with every answer that was saved. It cannot be undone."),
}

CONFIRM: Mapping[TimeVerb, str] = {
    TimeVerb.PAUSE: N_("Pause now"),
    TimeVerb.RESUME: N_("Let the time go on now"),
    TimeVerb.GIVE_TIME: N_("Give the time now"),
    TimeVerb.TERMINATE: N_("End the exam now"),
}

DONE: Mapping[TimeVerb, str] = {
    TimeVerb.PAUSE: N_("Paused."),
    TimeVerb.RESUME: N_("The time goes on."),
    TimeVerb.GIVE_TIME: N_("Time was given."),
    TimeVerb.TERMINATE: N_("The exam was ended and sealed."),
}

LEFT_OUT: Mapping[LeftOut, str] = {
    LeftOut.NOT_STARTED: N_("has not started"),
    LeftOut.ENDED: N_("has ended already"),
    LeftOut.TIME_OVER: N_("the time is over"),
    LeftOut.ALREADY_PAUSED: N_("is paused already"),
    LeftOut.NOT_PAUSED: N_("is not paused"),
    LeftOut.ON_BREAK: N_("is on a break, which ends by itself"),
    LeftOut.NO_PAUSE: N_("this exam is paused by the examination cell only"),
    LeftOut.RUNS_ON: N_("this exam promises that the time runs on: only the examination cell gives time"),
    LeftOut.NOT_THEN: N_("did not sit the exam in that time"),
    LeftOut.ONES_OWN: N_("is your own exam"),
}

STATES: Mapping[SittingState, str] = {
    SittingState.REGISTERED: N_("registered"),
    SittingState.CONSENTED: N_("read the notice"),
    SittingState.AWAITING_ADMISSION: N_("waits for admission"),
    SittingState.REFERRED: N_("referred"),
    SittingState.ADMITTED: N_("admitted"),
    SittingState.IN_PROGRESS: N_("running"),
    SittingState.PAUSED: N_("paused"),
    SittingState.SUBMITTED: N_("handed in"),
    SittingState.VOIDED: N_("voided"),
}

PROBLEMS: Mapping[str, str] = {
    "invalid": N_("Something is missing: an act, its minutes or times, and a reason."),
    "conflict": N_("There is nobody whom this fits."),
    "not_found": N_("Choose candidates of this session, or a room of it."),
}
