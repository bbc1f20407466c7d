"""One candidate taking one form, once.

A Sitting is a frozen record; its verbs return a new one and never read the clock. What the verbs cause (audit, jobs, events) is the
services' matter. Stored by storage/delivery.py, driven by services/delivery.py and services/checkin.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.delivery.timing import TimePolicy
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import IllegalTransition
from assessment_engine.kernel.ids import ExamId, FormId, ItemVersionId, OrganisationId, PersonId, RegistrationId, SessionId, SittingId
from assessment_engine.kernel.machine import advance


class SittingState(StrEnum):
    """Where a sitting is on its way from registration to the seal."""

    REGISTERED = "registered"
    CONSENTED = "consented"
    AWAITING_ADMISSION = "awaiting_admission"
    REFERRED = "referred"
    ADMITTED = "admitted"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    VOIDED = "voided"


class SittingVerb(StrEnum):
    """What can happen to a sitting."""

    CONSENT = "consent"
    REQUEST_ADMISSION = "request_admission"
    ASK_AGAIN = "ask_again"
    REFER = "refer"
    ADMIT = "admit"
    START = "start"
    SUBMIT = "submit"
    TIME_UP = "time_up"
    TERMINATE = "terminate"
    PAUSE = "pause"
    RESUME = "resume"
    GIVE_TIME = "give_time"
    VOID = "void"
    REGISTER_AGAIN = "register_again"


class PauseReason(StrEnum):
    """Why a sitting's time stands still."""

    INVIGILATOR = "invigilator"
    BREAK = "break"


_S, _V = SittingState, SittingVerb

RUNNING = frozenset({_S.IN_PROGRESS, _S.PAUSED})
ENDED = frozenset({_S.SUBMITTED, _S.VOIDED})
BEFORE_START = frozenset(_S) - RUNNING - ENDED
BEFORE_PAPER = BEFORE_START - {_S.ADMITTED}  # whoever is admitted may have been handed their paper

# A sitting in progress cannot be voided: it is closed and sealed first, so that its answers are kept as evidence.
TRANSITIONS: Mapping[tuple[SittingState, SittingVerb], SittingState] = {
    (_S.REGISTERED, _V.CONSENT): _S.CONSENTED,
    (_S.CONSENTED, _V.REQUEST_ADMISSION): _S.AWAITING_ADMISSION,
    (_S.AWAITING_ADMISSION, _V.ASK_AGAIN): _S.CONSENTED,
    (_S.AWAITING_ADMISSION, _V.REFER): _S.REFERRED,
    (_S.AWAITING_ADMISSION, _V.ADMIT): _S.ADMITTED,
    (_S.REFERRED, _V.ASK_AGAIN): _S.CONSENTED,
    (_S.REFERRED, _V.ADMIT): _S.ADMITTED,
    (_S.ADMITTED, _V.START): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _V.GIVE_TIME): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _V.PAUSE): _S.PAUSED,
    (_S.IN_PROGRESS, _V.SUBMIT): _S.SUBMITTED,
    (_S.IN_PROGRESS, _V.TIME_UP): _S.SUBMITTED,
    (_S.IN_PROGRESS, _V.TERMINATE): _S.SUBMITTED,
    (_S.PAUSED, _V.PAUSE): _S.PAUSED,  # an invigilator's pause takes over a candidate's break
    (_S.PAUSED, _V.RESUME): _S.IN_PROGRESS,
    (_S.PAUSED, _V.GIVE_TIME): _S.PAUSED,
    (_S.PAUSED, _V.SUBMIT): _S.SUBMITTED,
    (_S.PAUSED, _V.TERMINATE): _S.SUBMITTED,
    (_S.REGISTERED, _V.VOID): _S.VOIDED,
    (_S.CONSENTED, _V.VOID): _S.VOIDED,
    (_S.AWAITING_ADMISSION, _V.VOID): _S.VOIDED,
    (_S.REFERRED, _V.VOID): _S.VOIDED,
    (_S.ADMITTED, _V.VOID): _S.VOIDED,
    (_S.SUBMITTED, _V.VOID): _S.VOIDED,
    (_S.VOIDED, _V.REGISTER_AGAIN): _S.REGISTERED,  # an untouched one only: whoever gave a place back may come again
}

_UNTOUCHED = frozenset({_S.REGISTERED, _S.CONSENTED, _S.VOIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One candidate's one take of one form; `revision` is the newest acknowledged one, `grace_s` was frozen at the start.

    `stopped_s` is all time that did not count (pauses, breaks, time given back): the sitting's own time is what has gone by since the start
    less that, and limits of parts and questions are meant in it. `writer` names the window that holds the single-writer lease (None:
    nobody asked for it); `contact_at` is when the server last heard of it, `heard_s` its own time then, `given_back_s` what the exam's rule
    for outages gave back so far (delivery/timekeeping.py). `progress` is the document of delivery/progress.py. A
    `practice` sitting has no score.
    """

    id: SittingId
    registration_id: RegistrationId
    organisation_id: OrganisationId
    candidate_id: PersonId
    exam_id: ExamId
    session_id: SessionId
    form_id: FormId
    language: str = "en"
    state: SittingState = SittingState.REGISTERED
    consented_at: datetime | None = None
    admitted_at: datetime | None = None
    started_at: datetime | None = None
    deadline_at: datetime | None = None
    grace_s: int = 0
    submitted_at: datetime | None = None
    revision: int = 0
    current_item: ItemVersionId | None = None
    simulated: bool = False
    practice: bool = False
    paused_at: datetime | None = None
    paused_for: PauseReason | None = None
    stopped_s: int = 0
    closed_by: str | None = None
    writer: str | None = None
    contact_at: datetime | None = None
    heard_s: int = 0
    given_back_s: int = 0
    progress: Mapping[str, Json] = field(default_factory=dict)

    def consent(self, now: datetime, language: str) -> "Sitting":
        """Record that the candidate read the notice in `language` and agreed."""
        return replace(self._after(SittingVerb.CONSENT), consented_at=now, language=language)

    def request_admission(self) -> "Sitting":
        """Put the candidate into the invigilators' queue."""
        return self._after(SittingVerb.REQUEST_ADMISSION)

    def ask_again(self) -> "Sitting":
        """Send the candidate back for another picture."""
        return self._after(SittingVerb.ASK_AGAIN)

    def refer(self) -> "Sitting":
        """Leave the decision to somebody with more authority."""
        return self._after(SittingVerb.REFER)

    def admit(self, now: datetime) -> "Sitting":
        """Let the candidate in."""
        return replace(self._after(SittingVerb.ADMIT), admitted_at=now)

    def start(self, now: datetime, policy: TimePolicy) -> "Sitting":
        """Open the form and start the candidate's time; `now` is the moment from which it counts."""
        extra = policy.extra_minutes_per_hour  # frozen as the deadline is: it stretches limits of parts and questions (delivery/walk.py)
        return replace(
            self._after(SittingVerb.START),
            started_at=now,
            deadline_at=policy.deadline(now),
            grace_s=policy.grace_s,
            contact_at=now,
            progress={**self.progress, "extra_minutes_per_hour": extra} if extra else self.progress,
        )

    def submit(self, now: datetime) -> "Sitting":
        """Close the sitting because the candidate handed it in."""
        return self._closed(SittingVerb.SUBMIT, now)

    def time_up(self, now: datetime) -> "Sitting":
        """Close the sitting because its time is over."""
        return self._closed(SittingVerb.TIME_UP, now)

    def terminate(self, now: datetime) -> "Sitting":
        """Close the sitting because a person ended it."""
        return self._closed(SittingVerb.TERMINATE, now)

    def pause(self, now: datetime, reason: PauseReason) -> "Sitting":
        """Let the candidate's time stand still; where it does already, it has stood since then."""
        return replace(self._after(SittingVerb.PAUSE), paused_at=self.paused_at or now, paused_for=reason)

    def resume(self, now: datetime) -> "Sitting":
        """Let the time go on; the deadline moves by as long as it stood still, part seconds given."""
        assert self.paused_at is not None, "a paused sitting has the moment of its pause"
        stood = math.ceil((now - self.paused_at).total_seconds())
        return replace(self._after(SittingVerb.RESUME)._later(stood), paused_at=None, paused_for=None)

    def give_time(self, seconds: int) -> "Sitting":
        """Move the deadline of a running or paused sitting later."""
        return self._after(SittingVerb.GIVE_TIME)._later(seconds)

    def give_back(self, seconds: int) -> "Sitting":
        """Give back time without contact, by the exam's own rule."""
        return replace(self.give_time(seconds), given_back_s=self.given_back_s + seconds)

    def heard(self, now: datetime) -> "Sitting":
        """Note a sign of life of the candidate's page."""
        return replace(self, contact_at=now, heard_s=math.floor(self.elapsed_s(now)))

    def void(self) -> "Sitting":
        """Take the sitting out of what counts; nothing of it is deleted."""
        return self._after(SittingVerb.VOID)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has happened in it yet that anybody would have to judge or keep."""
        return self.started_at is None and self.admitted_at is None and self.state in _UNTOUCHED

    def moved_to(self, session_id: SessionId) -> "Sitting":
        """Put an untouched sitting into another session of the exam; one that was given back is registered again."""
        if not self.is_untouched:
            raise IllegalTransition(f"a sitting that is {self.state} stays where it is", state=str(self.state))
        moved = self.register_again() if self.state is SittingState.VOIDED else self
        return replace(moved, session_id=session_id)

    def register_again(self) -> "Sitting":
        """Bring back a place that was given back; a sitting in which anything happened stays voided."""
        again = replace(self._after(SittingVerb.REGISTER_AGAIN), consented_at=None)
        if not self.is_untouched:
            raise IllegalTransition("a sitting that was begun does not come back", state=str(self.state))
        return again

    def answered(self, item: ItemVersionId, revision: int) -> "Sitting":
        """Note an answer that is being acknowledged."""
        return replace(self, revision=max(self.revision, revision), current_item=item)

    def taken_over(self, writer: str) -> "Sitting":
        """Give the single-writer lease to a window."""
        return replace(self, writer=writer)

    def elapsed_s(self, now: datetime) -> float:
        """Return the sitting's own time at `now`, in seconds: since the start, without what did not count. Zero before the start."""
        if self.started_at is None:
            return 0.0
        return ((self.paused_at or now) - self.started_at).total_seconds() - self.stopped_s

    @property
    def is_watched(self) -> bool:
        """Whether what the camera shows is looked at for findings: once the exam has begun, and never while practising."""
        return self.started_at is not None and not self.practice

    def viewing(self, item: ItemVersionId) -> "Sitting":
        """Note which item is on the candidate's screen."""
        return replace(self, current_item=item)

    def is_over(self, now: datetime) -> bool:
        """Tell whether `now` is after the deadline and its grace; a paused sitting's time does not end."""
        if self.deadline_at is None or self.state is SittingState.PAUSED:
            return False
        return (now - self.deadline_at).total_seconds() > self.grace_s

    def _closed(self, verb: SittingVerb, now: datetime) -> "Sitting":
        stood = 0 if self.paused_at is None else math.ceil((now - self.paused_at).total_seconds())  # it is no time of the sitting's either
        here = self._after(verb)._later(stood) if stood else self._after(verb)
        return replace(here, submitted_at=now, closed_by=str(verb), paused_at=None, paused_for=None)

    def _later(self, seconds: int) -> "Sitting":
        assert self.deadline_at is not None, "a started sitting has a deadline"
        return replace(self, deadline_at=self.deadline_at + timedelta(seconds=seconds), stopped_s=self.stopped_s + seconds)

    def _after(self, verb: SittingVerb) -> "Sitting":
        return replace(self, state=advance(TRANSITIONS, self.state, verb))
