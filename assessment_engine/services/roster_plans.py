"""What importing a roster would do, found in somebody's transaction: who is known, where each sits, and everything that is in the way.

The same finding serves the dry run and the import itself, which repeats it under locks. Nothing is written here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import CandidateFacts, EligibilityReason, Exam, ExamSession, eligibility_for
from assessment_engine.exams.csv_text import RosterProblem
from assessment_engine.exams.rooms import Place, Room, Seating
from assessment_engine.exams.roster import Roster, RosterRow
from assessment_engine.kernel.errors import Conflict, NotFound, SessionFull
from assessment_engine.people import Actor, Person, Role, civil_date, roles_on
from assessment_engine.services.places import check_takes, day_of, facts_of, given_back, seating_of
from assessment_engine.storage.database import Transaction

REASONS: Mapping[EligibilityReason, str] = {
    EligibilityReason.COURSE_NOT_COMPLETED: "the exam asks for a course that this candidate has not completed",
    EligibilityReason.COMPETENCY_MISSING: "the exam asks for a certified competency that this candidate does not hold",
    EligibilityReason.SITTINGS_USED_UP: "this candidate has had every sitting that the exam allows",
    EligibilityReason.TOO_SOON: "too few days have passed since this candidate's last sitting",
    EligibilityReason.PLACE_HELD: "this candidate has a place of this exam already",
    EligibilityReason.EXAM_CLOSED: "the exam is closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """One candidate of a roster with the seat they would get; `person` is None for a new account."""

    row: RosterRow
    place: Place
    person: Person | None
    before: Sitting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPlan:
    """All of a roster; `notes` refuse nothing."""

    rows: tuple[PlannedRow, ...] = ()
    problems: tuple[RosterProblem, ...] = ()
    notes: tuple[RosterProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hall:
    """What every row is compared with."""

    session: ExamSession
    exam: Exam
    rooms: Mapping[tuple[str, str], Room | None]
    seating: Seating


def plan_roster(tx: Transaction, actor: Actor, session: ExamSession, roster: Roster, now: datetime) -> RosterPlan:
    """Find what importing would do; the session's row is held, or it is a look only."""
    try:
        check_takes(session, now, booked=False)
    except Conflict as refusal:
        advice = "Choose a session that still takes candidates."
        return RosterPlan(problems=(RosterProblem(code="session_over", message=refusal.message, advice=advice),))
    hall = _Hall(session=session, exam=tx.exams.get(session.exam_id), rooms=_rooms(tx, session), seating=seating_of(tx, session))
    people = {person.login: person for person in tx.people.called([row.login for row in roster.rows])}
    problems = [problem for row in roster.rows for problem in _person(tx, actor, hall, row, people.get(row.login), now)]
    places, unseated = _places(hall, roster)
    known = [(row, people[row.login]) for row in roster.rows if row.login in people]
    befores = {person.login: given_back(tx, hall.exam, person.id) for _, person in known} if not problems else {}
    return RosterPlan(
        rows=tuple(
            PlannedRow(row=row, place=places[row.login], person=people.get(row.login), before=befores.get(row.login))
            for row in roster.rows
            if row.login in places
        ),
        problems=tuple(sorted([*problems, *unseated], key=lambda problem: problem.line)),
        notes=tuple(note for row, person in known for note in _name_note(row, person)),
    )


def _rooms(tx: Transaction, session: ExamSession) -> Mapping[tuple[str, str], Room | None]:
    """Return the session's rooms by centre and name in small letters; by name alone where one centre has it (None: several)."""
    found: dict[tuple[str, str], Room | None] = {}
    for room in tx.centres.used_by(session.id):
        name, bare = room.name.casefold(), ("", room.name.casefold())
        found[(tx.centres.get(room.centre_id).code.casefold(), name)] = room
        found[bare] = None if bare in found else room
    return found


def _person(tx: Transaction, actor: Actor, hall: _Hall, row: RosterRow, person: Person | None, now: datetime) -> Iterator[RosterProblem]:
    facts = CandidateFacts()
    if person is not None:
        if person.organisation_id != actor.organisation_id:
            advice = "Give the candidate another log-in, or leave the row out."
            yield row.problem("login_taken", f"the log-in {row.login} belongs to somebody outside your organisation", advice, "login")
            return
        if not person.active or Role.CANDIDATE not in roles_on(tx.people.terms(person.id, actor.organisation_id), civil_date(now)):
            advice = "Look at this person under People."
            yield row.problem("not_a_candidate", f"{row.login} is not a candidate of your organisation today", advice, "login")
            return
        facts = facts_of(tx, hall.exam, person.id, now)
    reason = eligibility_for(hall.exam, facts, day_of(hall.session, now)).reason
    if reason in REASONS:
        yield row.problem(str(reason), REASONS[reason], "Leave the row out, or see to it first.", "login")


def _places(hall: _Hall, roster: Roster) -> tuple[dict[str, Place], list[RosterProblem]]:
    """Seat everybody: named seats first, then named rooms, then the rest, so that no automatic seat is one that a later row names."""
    places: dict[str, Place] = {}
    problems: list[RosterProblem] = []
    for row in sorted(roster.rows, key=lambda row: (not row.seat, not row.room)):
        try:
            room = _room(hall.rooms, row)
            places[row.login] = hall.seating.give(Place(room_id=room.id if room else None, seat=row.seat or None))
        except NotFound as refusal:
            problems.append(_unknown(row, refusal))
        except SessionFull as refusal:
            code = str(refusal.details["problem"])
            problems.append(row.problem(code, refusal.message, "Use another room, add one to the session, or leave the row out.", "room"))
        except Conflict as refusal:
            problems.append(row.problem("seat_taken", refusal.message, "Name another seat, or leave the cell empty.", "seat"))
    return places, problems


_ROOM_ADVICE = "Write the centre's code and the room's name as the session has them, or add the room to the session."


def unknown_rooms(tx: Transaction, session: ExamSession, rows: Iterable[RosterRow]) -> Iterator[RosterProblem]:
    """Yield the rooms that a session does not use, of rows that cannot be planned for another reason."""
    rooms = _rooms(tx, session)
    for row in rows:
        try:
            _room(rooms, row)
        except NotFound as refusal:
            yield _unknown(row, refusal)


def _unknown(row: RosterRow, refusal: NotFound) -> RosterProblem:
    return row.problem("unknown_room", refusal.message, _ROOM_ADVICE, "room")


def _room(rooms: Mapping[tuple[str, str], Room | None], row: RosterRow) -> Room | None:
    if not row.room:
        return None
    key = (row.centre.casefold(), row.room.casefold())
    room = rooms.get(key)
    if room is None:
        several = "several centres of this session have the room" if key in rooms else "this session does not use the room"
        raise NotFound(f"{several} {row.place}")
    return room


def _name_note(row: RosterRow, person: Person) -> Iterator[RosterProblem]:
    if row.name.casefold() != person.name.casefold():
        message = f"{row.login} is known as {person.name}, the roster says {row.name}"
        yield row.problem("name_differs", message, "The known name stays; look whether it is the same person.", "name")
