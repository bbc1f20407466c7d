"""Announcements: an invigilator or the cell says something to a session, a room of it or the people of one question; pages fetch it.

Rules: delivery/announcements.py. Nothing that was said is taken back; the audit log and the exam events have each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.announcements import MOST_OF_SESSION, Announcement, Wording
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound
from assessment_engine.kernel.ids import AnnouncementId, ItemVersionId, PersonId, RoomId, SessionId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Person, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from item_bank.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What somebody needs to speak to a session: its rooms and questions, and what was said so far, newest first."""

    session: ExamSession
    exam: Exam
    questions: Sequence[ItemVersionId]  # of the common paper in its order, or of all candidates' own papers by title
    numbered: bool  # whether everybody has the questions in this order
    titles: Mapping[ItemVersionId, str]  # empty for invigilators before the session opens
    rooms: Mapping[RoomId, int]  # with the number of registrations in each
    room_names: Mapping[RoomId, str]
    registered: int
    said: Sequence[Announcement]
    people: Mapping[PersonId, Person]


def desk(engine: Engine, actor: Actor, session_id: SessionId) -> Desk:
    """Return what is needed to speak to a session of one's organisation."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        exam = tx.exams.get(session.exam_id)
        questions, own = _questions(tx, session, exam)
        titles = _titles(tx, questions) if _may_know(actor, session, engine.clock.now()) else {}
        said = tx.announcements.of_session(session_id)
        registered = tx.exams.registrations_of(actor, session_id)
        return Desk(
            session=session,
            exam=exam,
            questions=sorted(titles, key=lambda one: (titles[one], one)) if own else questions,
            numbered=not own,
            titles=titles,
            rooms=_rooms([one.room_id for one in registered]),
            room_names={room.id: room.name for room in tx.centres.rooms_of(actor)},
            registered=len(registered),
            said=said[::-1],
            people=tx.people.many([one.said_by for one in said]),
        )


def _may_know(actor: Actor, session: ExamSession, now: datetime) -> bool:
    """Tell whether somebody may see what the questions are about: the cell made them, others learn it when candidates do."""
    return Role.CELL_OFFICER in actor.roles or now >= session.opens_at


def _questions(tx: Transaction, session: ExamSession, exam: Exam) -> tuple[Sequence[ItemVersionId], bool]:
    """Return the questions of a session, and whether candidates have papers of their own."""
    own = tx.drawn_forms.versions_of(session.id)
    return (tuple(own), True) if own else (tx.forms.get(exam.form_id).items, False)


def _titles(tx: Transaction, questions: Sequence[ItemVersionId]) -> dict[ItemVersionId, str]:
    return {version_id: version.title for version_id, version in tx.items.many(questions).items()}


def _rooms(of_registrations: Sequence[RoomId | None]) -> Mapping[RoomId, int]:
    known = [room for room in of_registrations if room is not None]
    return {room: known.count(room) for room in sorted(set(known))}


def announce(engine: Engine, actor: Actor, session_id: SessionId, wording: Wording) -> Announcement:
    """Say something to a session, a room or the people of one question; raises NotFound for a room or question that is not in it."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        session = tx.exams.session_of(actor, session_id)
        _check_scope(tx, actor, session, wording)
        announcement = _announcement(actor, session, wording, now)
        tx.announcements.add(announcement)
        about: Json = {"session": session_id, "text": wording.text, "text_hi": wording.text_hi, **_scope(announcement)}
        tx.audit.append("announcement_made", subject=announcement.id, actor=actor.person_id, now=now, payload=about)
        tx.events.record(
            ExamEvent(
                at=now,
                kind="announcement_made",
                organisation_id=actor.organisation_id,
                actor_id=actor.person_id,
                subject=announcement.id,
                data={"session": session_id, **_scope(announcement)},
            )
        )
    return announcement


def _check_scope(tx: Transaction, actor: Actor, session: ExamSession, wording: Wording) -> None:
    if wording.room_id is not None:
        registered = tx.exams.registrations_of(actor, session.id)
        if wording.room_id not in {one.room_id for one in registered}:
            raise NotFound("nobody of this session sits in that room")
    if wording.item_id is not None and wording.item_id not in _questions(tx, session, tx.exams.get(session.exam_id))[0]:
        raise Invalid("this question is not in the session's paper", field="item")
    if tx.announcements.count_of(session.id) >= MOST_OF_SESSION:
        raise Conflict(f"a session has at most {MOST_OF_SESSION} announcements", most=MOST_OF_SESSION)


def _announcement(actor: Actor, session: ExamSession, wording: Wording, now: datetime) -> Announcement:
    return Announcement(
        id=AnnouncementId(new_id("ann", now)),
        organisation_id=actor.organisation_id,
        session_id=session.id,
        room_id=wording.room_id,
        item_id=wording.item_id,
        text=wording.text.strip(),
        text_hi=wording.text_hi.strip(),
        said_by=actor.person_id,
        said_at=now,
    )


def _scope(announcement: Announcement) -> dict[str, str | None]:
    return {"room": announcement.room_id, "item": announcement.item_id}


def of_sitting(tx: Transaction, sitting: Sitting, form: Form) -> list[dict[str, str | None]]:
    """Return what a sitting's page has to show, oldest first: `{"id", "at", "text", "text_hi", "item"}` each.

    Every page asks each half minute: a session in which nothing was said costs one look at an index.
    """
    said = tx.announcements.of_session(sitting.session_id)
    if not said:
        return []
    room_id = tx.exams.registration(sitting.registration_id).room_id if any(one.room_id for one in said) else None
    return [one.document for one in said if one.concerns(room_id, form)]


def mine(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[dict[str, str | None]]:
    """Return what was announced to a candidate's own sitting."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        return of_sitting(tx, sitting, tx.forms.get(sitting.form_id))
