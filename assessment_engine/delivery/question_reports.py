"""A question that a candidate reported during the exam, and what the examination cell made of it.

A report is no answer and no grievance: it changes no mark by itself. Stored by storage/question_reports.py, driven by
services/question_reports.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId, OrganisationId, PersonId, QuestionReportId, SittingId
from assessment_engine.kernel.machine import advance

LONGEST_TEXT = 1000
LONGEST_NOTE = 1000
MOST_OF_SITTING = 30
LANGUAGES = ("en", "hi")


class ReportState(StrEnum):
    """Whether somebody in the cell has looked."""

    NEW = "new"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class ReportVerb(StrEnum):
    """What the cell can do with a report."""

    ANSWER = "answer"
    DISMISS = "dismiss"
    REOPEN = "reopen"


TRANSITIONS: Mapping[tuple[ReportState, ReportVerb], ReportState] = {
    (ReportState.NEW, ReportVerb.ANSWER): ReportState.ANSWERED,
    (ReportState.NEW, ReportVerb.DISMISS): ReportState.DISMISSED,
    (ReportState.ANSWERED, ReportVerb.REOPEN): ReportState.NEW,
    (ReportState.DISMISSED, ReportVerb.REOPEN): ReportState.NEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What the candidate says is wrong, with which question, in which of its languages."""

    item_id: ItemVersionId
    language: str
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Invalid("a report says what is wrong", field="text")
        if len(self.text) > LONGEST_TEXT:
            raise Invalid(f"a report has at most {LONGEST_TEXT} characters", field="text", most=LONGEST_TEXT)
        if self.language not in LANGUAGES:
            raise Invalid(f"a question is shown in one of: {', '.join(LANGUAGES)}", field="language")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReport:
    """One report: the version of the item, its language, the words, the sitting and when; and the cell's note on it."""

    id: QuestionReportId
    organisation_id: OrganisationId
    sitting_id: SittingId
    item_id: ItemVersionId
    language: str
    text: str
    reported_at: datetime
    state: ReportState = ReportState.NEW
    note: str = ""
    seen_by: PersonId | None = None
    seen_at: datetime | None = None

    def decide(self, verb: ReportVerb, by: PersonId, now: datetime, note: str) -> "QuestionReport":
        """Answer, dismiss or reopen it; a decision has a note that says why. Raises IllegalTransition or Invalid."""
        state = advance(TRANSITIONS, self.state, verb)
        if verb is not ReportVerb.REOPEN and not note.strip():
            raise Invalid("say in a note what was found", field="note")
        if len(note) > LONGEST_NOTE:
            raise Invalid(f"a note has at most {LONGEST_NOTE} characters", field="note", most=LONGEST_NOTE)
        return replace(self, state=state, note=note.strip() or self.note, seen_by=by, seen_at=now)
