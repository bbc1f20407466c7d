"""Every way the engine can say no, in the exam's own words.

Each class has a stable `code`; statuses live only in api/errors.py. Not here: observations ("no face") which are facts, not errors.

    AssessmentError
    ├── NotFound
    │   └── EvidenceMissing
    ├── NotAllowed
    │   ├── NotSignedIn
    │   ├── TokenExpired
    │   ├── TooManyTries
    │   ├── TooManyNotes
    │   ├── ReauthenticationNeeded
    │   ├── SecondPersonNeeded
    │   ├── PasswordMustChange
    │   └── BrowserNotAllowed
    ├── Conflict
    │   ├── IllegalTransition
    │   ├── StaleRevision
    │   ├── RevisionReused
    │   ├── AfterTime
    │   ├── SittingSealed
    │   ├── SittingPaused
    │   ├── NoBreakLeft
    │   ├── LeaseMoved
    │   ├── SectionClosed
    │   ├── SessionFull
    │   ├── AlreadyLive
    │   ├── NotYet
    │   ├── BlueprintCannotBeMet
    │   ├── MarksDiffer
    │   ├── ImportInUse
    │   ├── EditedMeanwhile
    │   ├── ItemInUse
    │   ├── RightsLapsed
    │   └── AlreadyRunning
    ├── Invalid
    │   ├── UnknownItem
    │   ├── WrongResponse
    │   ├── RevisionFromTheFuture
    │   ├── TooLarge
    │   ├── BadFrame
    │   ├── BadSound
    │   ├── UnreadableFile
    │   ├── ForeignFile
    │   ├── RosterRefused
    │   └── ImportRefused
    ├── Unavailable
    │   ├── StorageUnavailable
    │   ├── EvidenceKeyUnreadable
    │   └── ModelMissing
    └── IntegrityViolation
        ├── HashMismatch
        │   └── EvidenceAltered
        └── ProofFailed
"""

from typing import ClassVar


class AssessmentError(Exception):
    """Base of every refusal; `code` is stable and public, `details` is safe to show."""

    code: ClassVar[str] = "assessment_error"

    def __init__(self, message: str = "", **details: str | int | float | bool | None) -> None:
        super().__init__(message or self.code.replace("_", " "))
        self.message = message or self.code.replace("_", " ")
        self.details = details


class NotFound(AssessmentError):
    """The thing does not exist, or not for you: the two are never told apart."""

    code = "not_found"


class EvidenceMissing(NotFound):
    """Evidence that was kept is not in its store any more, though nobody erased it. Said on pages, and by the verifier."""

    code = "evidence_missing"


class NotAllowed(AssessmentError):
    """The person may not do this."""

    code = "not_allowed"


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or the password was wrong."""

    code = "not_signed_in"


class TokenExpired(NotAllowed):
    """The token or ticket was right once; its time is over."""

    code = "token_expired"


class TooManyTries(NotAllowed):
    """Too many log-ins failed; wait a little."""

    code = "too_many_tries"


class TooManyNotes(NotAllowed):
    """A page notes more in a minute than is written down; answers are not counted."""

    code = "too_many_notes"


class ReauthenticationNeeded(NotAllowed):
    """This act needs the password again, given a moment ago."""

    code = "reauthentication_needed"


class SecondPersonNeeded(NotAllowed):
    """This act needs somebody else than the one who acted before."""

    code = "second_person_needed"


class PasswordMustChange(NotAllowed):
    """Somebody else chose the password: the person chooses their own before anything else."""

    code = "password_must_change"


class BrowserNotAllowed(NotAllowed):
    """The exam asks for a locked-down browser, and this is not it."""

    code = "browser_not_allowed"


class Conflict(AssessmentError):
    """The request is well-formed, but the state of things does not allow it now."""

    code = "conflict"


class IllegalTransition(Conflict):
    """The state machine has no such step."""

    code = "illegal_transition"


class StaleRevision(Conflict):
    """A newer answer to this item is already acknowledged."""

    code = "stale_revision"


class RevisionReused(Conflict):
    """The same revision was acknowledged with another content."""

    code = "revision_reused"


class AfterTime(Conflict):
    """The time of the sitting is over."""

    code = "after_time"


class SittingSealed(Conflict):
    """The sitting is sealed; its answers are final."""

    code = "sitting_sealed"


class SittingPaused(Conflict):
    """The sitting's time stands still; what is answered meanwhile is taken when it goes on."""

    code = "sitting_paused"


class NoBreakLeft(Conflict):
    """The candidate's arrangement has no further break."""

    code = "no_break_left"


class LeaseMoved(Conflict):
    """The sitting goes on in another window or on another device; this one only reads."""

    code = "lease_moved"


class SectionClosed(Conflict):
    """The part or question is closed: not reached yet, left for good, or its time is over."""

    code = "section_closed"


class SessionFull(Conflict):
    """Every seat of the session or room is taken."""

    code = "session_full"


class AlreadyLive(Conflict):
    """Another live connection holds this sitting's camera."""

    code = "already_live"


class NotYet(Conflict):
    """A condition is still missing; the message says which and who holds it."""

    code = "not_yet"


class BlueprintCannotBeMet(Conflict):
    """No paper can be drawn by this blueprint from these items; `problem`, `section`, `row` and `missing` say what fails."""

    code = "blueprint_cannot_be_met"


class MarksDiffer(Conflict):
    """Papers drawn by this blueprint would not be worth the same; the details say which row."""

    code = "marks_differ"


class ImportInUse(Conflict):
    """Something of an import is approved or built upon: it is no longer withdrawn as a whole; the details say which items."""

    code = "import_in_use"


class EditedMeanwhile(Conflict):
    """Somebody saved a newer version than the one that this change began from; the details say which, who and when."""

    code = "edited_meanwhile"


class ItemInReview(Conflict):
    """Reviewers read this version now; it is taken back before it changes."""

    code = "item_in_review"


class ItemInUse(Conflict):
    """A session that is not over yet asks this item; the details say which."""

    code = "item_in_use"


class RightsLapsed(Conflict):
    """The right to use an item has ended: no new form may have it."""

    code = "rights_lapsed"


class AlreadyRunning(Conflict):
    """Another process owns this data folder."""

    code = "already_running"


class Invalid(AssessmentError):
    """The input breaks a rule; nothing was changed."""

    code = "invalid"


class UnknownItem(Invalid):
    """The item is not in this sitting's form."""

    code = "unknown_item"


class WrongResponse(Invalid):
    """The response does not fit the item's declaration."""

    code = "wrong_response"


class RevisionFromTheFuture(Invalid):
    """The revision is implausibly far ahead of what the server knows."""

    code = "revision_from_the_future"


class TooLarge(Invalid):
    """The input exceeds a stated limit."""

    code = "too_large"


class BadFrame(Invalid):
    """A camera frame that is malformed, repeated, reordered or foreign."""

    code = "bad_frame"


class BadSound(Invalid):
    """Samples that are no sound: not one row, not finite, not scaled."""

    code = "bad_sound"


class UnreadableFile(Invalid):
    """A file that cannot be read as what it claims to be."""

    code = "unreadable_file"


class ForeignFile(Invalid):
    """An answer file that this sitting's key does not open: another's, or a damaged one."""

    code = "foreign_file"


class RosterRefused(Invalid):
    """A roster that cannot be taken as it is; the report says in which line and why. Nothing was changed."""

    code = "roster_refused"


class ImportRefused(Invalid):
    """Files that cannot come into a bank as they are; the report says where and why."""

    code = "import_refused"


class Unavailable(AssessmentError):
    """A part is away; try again. Nothing was changed."""

    code = "unavailable"


class StorageUnavailable(Unavailable):
    """The database or blob store does not answer."""

    code = "storage_unavailable"


class EvidenceKeyUnreadable(Unavailable):
    """A sitting's key cannot be opened with the deployment's: the key store is away, or another key is installed."""

    code = "evidence_key_unreadable"


class ModelMissing(Unavailable):
    """A model file is absent or has another hash; its signal is off."""

    code = "model_missing"


class IntegrityViolation(AssessmentError):
    """Something that must never differ differs. Never swallowed."""

    code = "integrity_violation"


class HashMismatch(IntegrityViolation):
    """A file or record does not have the hash it must have."""

    code = "hash_mismatch"


class EvidenceAltered(HashMismatch):
    """What the evidence store has is not what was kept there: somebody changed or moved it. Said on pages, and by the verifier."""

    code = "evidence_altered"


class ProofFailed(IntegrityViolation):
    """A model does not answer its reference input as it must: its file or its conversion is broken."""

    code = "proof_failed"
