"""The exam-event table: append-only, for telemetry, oversight and quality checks. No answers, images or embeddings in it.

The dictionary of kinds is EVENT_KINDS; docs/glossary.md prints it. Stored in the transaction of what it records.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Integer, Row, String, Table, select, text

from assessment_engine.delivery.responses import Receipt
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import OrganisationId, PersonId, SittingId
from assessment_engine.people import Actor
from assessment_engine.storage.many import among, insert_all
from assessment_engine.storage.schema import Instant, metadata

Facts = Mapping[str, str | int | float | bool | None]

EVENT_KINDS: Mapping[str, str] = {
    "signed_in": "A person signed in.",
    "consent_given": "The candidate read the notice and agreed.",
    "camera_declined": "The candidate declined the camera and is led to a centre seat.",
    "checkin_requested": "The candidate asked to be admitted.",
    "checkin_decided": "An invigilator admitted, asked again or referred.",
    "invigilator_called": "A candidate called the invigilator before the exam.",
    "call_answered": "An invigilator saw to a candidate who had called.",
    "calibration_done": "The screen-corner calibration ended or was skipped.",
    "candidate_registered": "A candidate got a place in a session.",
    "place_changed": "A candidate changed to another session of the exam.",
    "place_given_back": "A candidate gave a place back before the session.",
    "roster_imported": "The cell imported a roster into a session.",
    "sitting_started": "The form was opened and the time began.",
    "section_entered": "The candidate came to a part of the paper.",
    "item_viewed": "A question came to the screen.",
    "language_switched": "The candidate changed the language of a question.",
    "answer_saved": "An answer was acknowledged (its content is not here).",
    "lease_moved": "The exam went on in another window or device, or an invigilator freed it for one.",
    "sitting_paused": "A person let the sitting's time stand still.",
    "sitting_resumed": "A person let the sitting's time go on.",
    "time_given": "A person gave the sitting more time.",
    "sitting_terminated": "A person ended the sitting.",
    "break_taken": "The candidate began a break.",
    "break_ended": "A break ended, by the candidate or by itself.",
    "contact_back": "The page was heard of again after more than 90 seconds.",
    "time_given_back": "The exam's rule for outages gave back the time without contact.",
    "sitting_submitted": "The sitting was closed, by the candidate or by time, and sealed.",
    "connection_lost": "The camera's connection ended before the sitting did.",
    "connection_back": "The camera's connection returned.",
    "browser_hint": "The page reported a focus, tab or full-screen change: a hint, never evidence.",
    "camera_changed": "The page says that another camera was opened: a hint, never evidence.",
    "challenge_asked": "The camera check began: a light on the page, or a request to turn the head.",
    "challenge_shown": "The page says that it showed the camera check: a hint, never evidence.",
    "challenge_judged": "What came of a camera check: passed, failed or inconclusive, and why.",
    "challenge_for_person": "No camera check could be judged: a person should look at the candidate; nothing is held against them.",
    "incident_raised": "The machine raised an incident.",
    "incident_closed": "An incident ended.",
    "case_judged": "A person decided on an incident.",
    "hearing_opened": "A candidate was asked what they say to a case, before a second person may uphold it.",
    "candidate_heard": "The candidate answered, or said that they do not wish to (the words are not here).",
    "case_overturned": "An appeal overturned a case that two people had upheld.",
    "detector_demoted": "A detector of an exam was shown to exceed its budget and raises no flags until two officers restore it.",
    "detector_restored": "Two officers restored a detector.",
    "proctoring_decided": "A proctoring decision exists for the sitting.",
    "evidence_erased": "The pictures of the sitting were erased: their time was over.",
    "evidence_packaged": "A package of the sitting's evidence was made, for its candidate or for staff.",
    "pictures_wished": "The candidate asked that pictures of ordinary time be kept, or took that back.",
    "late_answers_kept": "Answers came after the seal or for a closed part, and are kept for a decision.",
    "late_answers_judged": "A person said whether late answers shall count.",
    "sitting_scored": "A score report exists.",
    "batch_approved": "An officer approved a result batch.",
    "batch_published": "A result batch was published.",
    "certificate_issued": "A certificate was issued.",
    "certificate_changed": "A certificate was suspended, reinstated or revoked.",
    "grievance_filed": "A grievance was filed.",
    "grievance_resolved": "A grievance was resolved.",
    "course_enrolled": "A learner enrolled in a course.",
    "course_completed": "A learner completed a course.",
    "session_reported": "The signed report of a session was made.",
    "practice_begun": "A candidate began to practise for a sitting.",
    "arrangement_requested": "A candidate asked for an access arrangement.",
    "arrangement_decided": "Officers decided on an access arrangement.",
    "arrangement_appealed": "A candidate appealed against a decision on an access arrangement.",
    "scribe_enrolled": "A scribe was enrolled with name, face and declaration.",
    "question_reported": "A candidate reported a question (the words are not here).",
    "candidate_looked_at": "A person looked at a candidate on the wall.",
    "message_written": "A candidate or whoever watches wrote to the other (the words are not here).",
    "warning_given": "A person asked a candidate, with one of our sentences, to keep to a rule.",
    "room_duty_changed": "Somebody took, handed over, covered or left a room of the wall.",
    "conflict_declared": "An invigilator declared that they know a candidate.",
    "object_dismissed": "A person said that a thing in the picture is nothing to ask about again.",
    "announcement_made": "Staff told the candidates of a session, a room or a question something.",
}

NO_SAVE = "kind <> 'answer_saved'"  # what a sitting's index leaves out, so that no save writes its pages: ADR 34

exam_events = Table(
    "exam_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("actor_id", String(40)),
    Column("sitting_id", String(40)),
    Column("subject", String(80)),
    Column("data", JSON, nullable=False),
    Index("ix_exam_events_sitting_id_seq", "sitting_id", "seq", sqlite_where=text(NO_SAVE), postgresql_where=text(NO_SAVE)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamEvent:
    """One thing that happened, in the dictionary's words; `data` holds small facts only."""

    at: datetime
    kind: str
    organisation_id: OrganisationId
    actor_id: PersonId | None = None
    sitting_id: SittingId | None = None
    subject: str | None = None
    data: Facts = field(default_factory=dict)


def sitting_event(
    kind: str, sitting: Sitting, now: datetime, actor: Actor | None, *, subject: str | None = None, data: Facts | None = None
) -> ExamEvent:
    """Make an exam event about a sitting; without an actor the system did it."""
    return ExamEvent(
        at=now,
        kind=kind,
        organisation_id=sitting.organisation_id,
        actor_id=actor.person_id if actor else None,
        sitting_id=sitting.id,
        subject=subject,
        data=data or {},
    )


def answer_saved(receipt: Receipt, sitting: Sitting) -> ExamEvent:
    """Make the event of a save: which revision, and by how many seconds after the sitting's deadline if so."""
    now = parse_iso(receipt.server_time)
    late = (now - sitting.deadline_at).total_seconds() if sitting.deadline_at else 0
    return ExamEvent(
        at=now,
        kind="answer_saved",
        organisation_id=sitting.organisation_id,
        actor_id=sitting.candidate_id,
        sitting_id=sitting.id,
        subject=receipt.item,
        data={"revision": receipt.revision, **({"after_deadline_s": math.ceil(late)} if late > 0 else {})},
    )


class ExamEvents:
    """Exam events in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, event: ExamEvent) -> None:
        """Append one event; raises Invalid when its kind is not in the dictionary."""
        self.record_all([event])

    def record_all(self, new: Sequence[ExamEvent]) -> None:
        """Append events in one statement; raises Invalid when a kind is not in the dictionary."""
        for event in new:
            if event.kind not in EVENT_KINDS:
                raise Invalid(f"no such exam event: {event.kind}")
        insert_all(self._connection, exam_events, [_row(event) for event in new])

    def of_sitting(self, sitting_id: SittingId) -> list[ExamEvent]:
        """Return a sitting's events without its saves, oldest first; the ledger has those, and `answer_saved` makes events of them."""
        return self.of_sittings([sitting_id])

    def saves_of(self, sitting_id: SittingId) -> list[ExamEvent]:
        """Return the events of a sitting's saves, oldest first; it reads the whole table, and is for who checks it against the ledger."""
        query = select(exam_events).where(exam_events.c.sitting_id == sitting_id, exam_events.c.kind == "answer_saved")
        return [read_event(row) for row in self._connection.execute(query.order_by(exam_events.c.seq))]

    def of_sittings(
        self, sitting_ids: Collection[SittingId], *, kinds: Collection[str] = (), subject: str | None = None
    ) -> list[ExamEvent]:
        """Return events of these sittings without their saves, oldest first; those of some kinds or about one thing where named."""
        query = select(exam_events).where(among(exam_events.c.sitting_id, sitting_ids), text(NO_SAVE)).order_by(exam_events.c.seq)
        if kinds:
            query = query.where(exam_events.c.kind.in_(kinds))
        if subject is not None:
            query = query.where(exam_events.c.subject == subject)
        return [read_event(row) for row in self._connection.execute(query)]


def read_event(row: Row[tuple[object, ...]]) -> ExamEvent:
    """Return the event that a row of `exam_events` holds."""
    return ExamEvent(
        at=row.at,
        kind=row.kind,
        organisation_id=row.organisation_id,
        actor_id=row.actor_id,
        sitting_id=row.sitting_id,
        subject=row.subject,
        data=row.data,
    )


def _row(event: ExamEvent) -> dict[str, object]:
    return {
        "at": event.at,
        "kind": event.kind,
        "organisation_id": event.organisation_id,
        "actor_id": event.actor_id,
        "sitting_id": event.sitting_id,
        "subject": event.subject,
        "data": dict(event.data),
    }
