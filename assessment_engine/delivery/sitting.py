"""One candidate taking one form, once.

A Sitting is a frozen record; its verbs return a new one and never read the clock. What the verbs cause (audit, jobs, events) is the
services' matter. Stored by storage/delivery.py, driven by services/delivery.py and services/checkin.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.delivery.timing import TimePolicy
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
    GIVE_TIME = "give_time"
    VOID = "void"


_S, _V = SittingState, SittingVerb

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
    (_S.IN_PROGRESS, _V.SUBMIT): _S.SUBMITTED,
    (_S.IN_PROGRESS, _V.TIME_UP): _S.SUBMITTED,
    (_S.REGISTERED, _V.VOID): _S.VOIDED,
    (_S.CONSENTED, _V.VOID): _S.VOIDED,
    (_S.AWAITING_ADMISSION, _V.VOID): _S.VOIDED,
    (_S.REFERRED, _V.VOID): _S.VOIDED,
    (_S.ADMITTED, _V.VOID): _S.VOIDED,
    (_S.SUBMITTED, _V.VOID): _S.VOIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One candidate's one take of one form; `revision` is the newest acknowledged one, `grace_s` was frozen at the start."""

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
        """Open the form and start the candidate's time."""
        return replace(self._after(SittingVerb.START), started_at=now, deadline_at=policy.deadline(now), grace_s=policy.grace_s)

    def submit(self, now: datetime) -> "Sitting":
        """Close the sitting because the candidate handed it in."""
        return replace(self._after(SittingVerb.SUBMIT), submitted_at=now)

    def time_up(self, now: datetime) -> "Sitting":
        """Close the sitting because its time is over."""
        return replace(self._after(SittingVerb.TIME_UP), submitted_at=now)

    def give_time(self, seconds: int) -> "Sitting":
        """Move the deadline of a sitting in progress later."""
        sitting = self._after(SittingVerb.GIVE_TIME)
        assert sitting.deadline_at is not None, "a sitting in progress has a deadline"
        return replace(sitting, deadline_at=sitting.deadline_at + timedelta(seconds=seconds))

    def void(self) -> "Sitting":
        """Take the sitting out of what counts; nothing of it is deleted."""
        return self._after(SittingVerb.VOID)

    def answered(self, item: ItemVersionId, revision: int) -> "Sitting":
        """Note an answer that is being acknowledged."""
        return replace(self, revision=max(self.revision, revision), current_item=item)

    def viewing(self, item: ItemVersionId) -> "Sitting":
        """Note which item is on the candidate's screen."""
        return replace(self, current_item=item)

    def is_over(self, now: datetime) -> bool:
        """Tell whether `now` is after the deadline and its grace."""
        return self.deadline_at is not None and (now - self.deadline_at).total_seconds() > self.grace_s

    def _after(self, verb: SittingVerb) -> "Sitting":
        return replace(self, state=advance(TRANSITIONS, self.state, verb))
