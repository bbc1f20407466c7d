"""What services refuse in forms of centres, rooms, sessions and arrangements: by code (`details["problem"]`) the field and the words."""

from collections.abc import Mapping

from api.pages.sent import Said, Sent
from api.words import N_
from assessment_engine.kernel.errors import AssessmentError

REFUSALS: Mapping[str, tuple[str, str]] = {
    "centre_code_taken": ("code", N_("A centre has this code already. Choose another one.")),
    "room_name_taken": ("name", N_("This centre has a room with this name already. Choose another one.")),
    "room_too_small": ("capacity", N_("%(taken)s candidates have a seat in this room already.")),
    "not_an_invigilator": ("invigilator", N_("Choose somebody who is an invigilator here.")),
    "closes_before_opening": ("closes_at", N_("A session closes after it opens. Choose a later time.")),
    "exam_closed": ("exam_id", N_("The exam is closed. Open it again first.")),
    "rooms_busy": ("rooms", N_("Another session uses these rooms at the same time: %(rooms)s. Choose other rooms or another time.")),
    "session_begun": ("", N_("This session is open or over; its window and its seats stay as they are.")),
    "session_too_small": ("capacity", N_("%(taken)s candidates have a place already.")),
    "seats_lost": ("rooms", N_("Somebody has a seat in a room that the session would no longer have.")),
    "nobody_called": ("login", N_("Nobody in your organisation has this log-in. Add the candidate under People first.")),
    "registered_already": ("login", N_("This candidate has a place in this session already.")),
    "session_full": ("", N_("Every seat of the session is taken.")),
    "room_full": ("room_id", N_("Every seat of the room is taken.")),
    "seat_taken": ("seat", N_("The seat is taken.")),
    "session_over": ("", N_("The session takes nobody any more.")),
    "course_not_completed": ("", N_("The exam asks for a course that they have not completed yet.")),
    "competency_missing": ("", N_("The exam asks for a certified competency that they do not hold.")),
    "sittings_used_up": ("", N_("They have had every sitting that the exam allows.")),
    "too_soon": ("", N_("Too few days have passed since their last sitting.")),
    "place_held": ("", N_("They have a place of this exam already.")),
    "breaks_by_half": ("breaks", N_("Breaks need both: how many, and how long. Fill in both, or neither.")),
    "nothing_asked": ("", N_("Choose at least one arrangement.")),
    "text_length": ("text", N_("Write between %(low)s and %(high)s characters.")),
    "too_many_documents": ("documents", N_("At most %(limit)s documents. Choose fewer.")),
    "document_too_large": ("documents", N_("Each document has at most %(mib)s MiB. Choose a smaller file.")),
    "document_unreadable": ("documents", N_("%(file)s is no PDF, JPEG or PNG. Choose another file.")),
    "face_too_large": ("face", N_("The picture has at most 2 MiB. Choose a smaller one.")),
    "face_unreadable": ("face", N_("This is no JPEG. Choose a JPEG picture of the face.")),
    "all_given": ("", N_("Everything that you asked for was given.")),
    "no_scribe_given": ("", N_("A scribe is enrolled once one is granted.")),
    "request_open": ("", N_("A request for this exam is open already.")),
    "exam_begun": ("", N_("The exam has begun, so its rules no longer change. An invigilator can give time now.")),
    "second_officer": ("", N_("Giving less than was asked needs a second officer.")),
    "appeal_new_officer": ("", N_("An appeal is decided by officers who have not decided before.")),
}


def refuse(sent: Sent, error: AssessmentError) -> None:
    """Note at its field what a service refused; what has no words of ours stands above the form as it was said."""
    sent.wrong(*_place_of(error))


def _place_of(error: AssessmentError) -> tuple[str, Said]:
    problem = str(error.details.get("problem") or error.details.get("reason", ""))
    if problem not in REFUSALS:
        return "", (error.message, {})
    name, words = REFUSALS[problem]
    return name, (words, error.details)
