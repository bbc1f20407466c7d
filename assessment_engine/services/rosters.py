"""Importing a roster into a session: all of it in one transaction, or nothing. A dry run finds the same and changes nothing.

Passwords are hashed and photographs encrypted and stored before the transaction, so that no save waits for it; when it does not come about,
the photographs are removed again. What is read: exams/roster.py; what is in the way: roster_plans.py.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from argon2 import PasswordHasher

from assessment_engine.exams import ExamSession, Registration
from assessment_engine.exams.csv_text import RosterProblem
from assessment_engine.exams.roster import MOST_PROBLEMS, Roster, RosterRow
from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import PersonId, RoomId, SessionId, SittingId, new_id
from assessment_engine.people import Actor, Person, Role, RoleTerm, civil_date, require
from assessment_engine.services import evidence
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import NewRegistration, a_registration, a_sitting, take_again
from assessment_engine.services.roster_files import RosterSource
from assessment_engine.services.roster_plans import PlannedRow, RosterPlan, plan_roster, unknown_rooms
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent

_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_light = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""For passwords of 58 random bits, which no machine can try through; those that people think of get the dear one of services/people.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account that an import made; its password is told this once and kept nowhere."""

    login: str
    name: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatGiven:
    """Where a candidate of the roster sits."""

    line: int
    login: str
    name: str
    room: str
    seat: str
    is_new: bool
    has_photo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterReport:
    """What an import found or did."""

    refused: bool
    dry_run: bool
    seats: tuple[SeatGiven, ...] = ()
    problems: tuple[RosterProblem, ...] = ()
    unsaid: int = 0
    notes: tuple[RosterProblem, ...] = ()
    accounts: tuple[NewAccount, ...] = ()

    @property
    def imported(self) -> int:
        """How many candidates were registered."""
        return 0 if self.refused or self.dry_run else len(self.seats)

    def as_json(self) -> Json:
        """Return the report for programs."""
        return {
            "code": "roster_refused" if self.refused else "ok",
            "refused": self.refused,
            "dry_run": self.dry_run,
            "imported": self.imported,
            "candidates": len(self.seats),
            "new_accounts": sum(seat.is_new for seat in self.seats),
            "with_photo": sum(seat.has_photo for seat in self.seats),
            "problems": [_said(problem) for problem in self.problems],
            "unsaid": self.unsaid,
            "notes": [_said(note) for note in self.notes],
            "accounts": [{"login": one.login, "name": one.name, "password": one.password} for one in self.accounts],
        }


def _said(problem: RosterProblem) -> Json:
    place: dict[str, Json] = {"file": problem.file, "line": problem.line, "column": problem.column}
    return {**place, "code": problem.code, "message": problem.message, "advice": problem.advice}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What is ready before the transaction: a candidate's ids, the key and blob of their photograph, their first password."""

    sitting_id: SittingId
    password: str = ""
    password_hash: str = ""
    blob: str | None = None
    wrapped: bytes | None = None


class _FoundMeanwhile(Exception):
    """Something came in the way between looking and importing."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__("the roster no longer fits")
        self.plan = plan


def import_roster(engine: Engine, actor: Actor, session_id: SessionId, source: RosterSource, *, dry_run: bool = False) -> RosterReport:
    """Register everybody of a roster, or nobody; problems are a report that says `refused`. Raises NotFound for another's session."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        readable, unreadable = _parted(source.roster)
        told = [*source.roster.problems, *unknown_rooms(tx, session, unreadable)]
        plan = _with_reading(plan_roster(tx, actor, session, Roster(rows=readable), now), told)
        rooms = {room.id: room.name for room in tx.centres.used_by(session_id)}
    if plan.problems or dry_run:
        return _report(plan, source, rooms, dry_run=dry_run)
    prepared = {one.row.login: _prepare(engine, one, source, now) for one in plan.rows}
    try:
        done = _import(engine, actor, session, source, prepared)
    except _FoundMeanwhile as found:
        _forget(engine, prepared)
        return _report(found.plan, source, rooms, dry_run=False)
    except BaseException:
        _forget(engine, prepared)
        raise
    accounts = [NewAccount(login=one.row.login, name=one.row.name, password=prepared[one.row.login].password) for one in done.rows]
    return replace(_report(done, source, rooms, dry_run=False), accounts=tuple(one for one in accounts if one.password))


def _parted(roster: Roster) -> tuple[tuple[RosterRow, ...], tuple[RosterRow, ...]]:
    """Part the rows that were read without a problem from the others: what else is in their way is told together with the rest."""
    wrong = {(problem.file, problem.line) for problem in roster.problems}
    readable = tuple(row for row in roster.rows if (row.file, row.line) not in wrong)
    return readable, tuple(row for row in roster.rows if (row.file, row.line) in wrong)


def _with_reading(plan: RosterPlan, told: Sequence[RosterProblem]) -> RosterPlan:
    return replace(plan, problems=tuple(sorted([*told, *plan.problems], key=lambda problem: problem.line)))


def _prepare(engine: Engine, one: PlannedRow, source: RosterSource, now: datetime) -> _Prepared:
    sitting_id = one.before.id if one.before else SittingId(new_id("sit", now))
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) if one.person is None else ""
    ready = _Prepared(sitting_id=sitting_id, password=password, password_hash=_light.hash(password) if password else "")
    photo = source.photo(one.row)
    if photo is None:
        return ready
    key, wrapped = (evidence.data_key(engine, sitting_id), None) if one.before else evidence.new_data_key(engine, sitting_id)
    blob = f"faces/{sitting_id}/{new_id('face', now)}"
    evidence.store_frame(engine, key, blob, photo)
    return replace(ready, blob=blob, wrapped=wrapped)


def _forget(engine: Engine, prepared: Mapping[str, _Prepared]) -> None:
    for ready in prepared.values():
        if ready.blob is not None:
            engine.blobs.delete(ready.blob)


def _import(engine: Engine, actor: Actor, session: ExamSession, source: RosterSource, prepared: Mapping[str, _Prepared]) -> RosterPlan:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        logins = [row.login for row in source.roster.rows]
        tx.registrations.lock_people([person.id for person in tx.people.called(logins)])
        held = tx.registrations.lock_sessions([session.id])[session.id]
        plan = plan_roster(tx, actor, held, source.roster, now)
        if plan.problems:
            raise _FoundMeanwhile(plan)
        if any((one.person is None) != bool(prepared[one.row.login].password) for one in plan.rows):
            raise Conflict("somebody added one of these candidates meanwhile; try again")
        _store(tx, held, plan.rows, prepared, now)
        about: dict[str, str | int] = {"file_sha256": sha256_hex(source.sha256_of), "candidates": len(plan.rows)}
        sittings: list[Json] = [ready.sitting_id for ready in prepared.values()]
        payload: Json = {**about, "sittings": sittings}
        tx.audit.append("roster_imported", subject=session.id, actor=actor.person_id, now=now, payload=payload)
        event = ExamEvent(
            at=now, kind="roster_imported", organisation_id=held.organisation_id, actor_id=actor.person_id, subject=session.id, data=about
        )
        tx.events.record(event)
    return plan


def _store(tx: Transaction, session: ExamSession, rows: Sequence[PlannedRow], prepared: Mapping[str, _Prepared], now: datetime) -> None:
    exam = tx.exams.get(session.exam_id)
    people = {one.row.login: one.person or _person(session, one, now) for one in rows}
    fresh = [people[one.row.login] for one in rows if one.person is None]
    tx.people.add_all([(person, prepared[person.login].password_hash) for person in fresh], [_term(person, now) for person in fresh])
    new = [one for one in rows if one.before is None]
    places = {one.row.login: _registration(session, one, people[one.row.login].id, prepared, now) for one in new}
    tx.registrations.add_all(list(places.values()))
    sittings = [replace(a_sitting(session, exam, places[login], now), id=prepared[login].sitting_id) for login in places]
    if sittings:
        tx.sittings.add(*sittings)
    for one in rows:
        ready = prepared[one.row.login]
        if one.before is not None:
            take_again(tx, session, one.before, NewRegistration(session_id=session.id, candidate_id=one.before.candidate_id), one.place)
            tx.exams.keep_pictures(one.before.registration_id, ready.blob, None)
        elif ready.wrapped is not None:
            tx.incidents.add_wrapped_key(ready.sitting_id, ready.wrapped)


def _person(session: ExamSession, one: PlannedRow, now: datetime) -> Person:
    return Person(
        must_change_password=True,
        id=PersonId(new_id("per", now)),
        organisation_id=session.organisation_id,
        login=one.row.login,
        name=one.row.name,
        name_hi=one.row.name_hi or one.row.name,
        language=one.row.language,
    )


def _term(person: Person, now: datetime) -> RoleTerm:
    return RoleTerm(person_id=person.id, organisation_id=person.organisation_id, role=Role.CANDIDATE, starts_on=civil_date(now))


def _registration(
    session: ExamSession, one: PlannedRow, person_id: PersonId, prepared: Mapping[str, _Prepared], now: datetime
) -> Registration:
    new = NewRegistration(session_id=session.id, candidate_id=person_id)
    return replace(a_registration(session, new, one.place, now), portrait_blob=prepared[one.row.login].blob)


def _report(plan: RosterPlan, source: RosterSource, rooms: Mapping[RoomId, str], *, dry_run: bool) -> RosterReport:
    seats = tuple(
        SeatGiven(
            line=one.row.line,
            login=one.row.login,
            name=one.row.name,
            room=rooms.get(one.place.room_id, "") if one.place.room_id else "",
            seat=one.place.seat or "",
            is_new=one.person is None,
            has_photo=source.photo(one.row) is not None,
        )
        for one in plan.rows
    )
    return RosterReport(
        refused=bool(plan.problems),
        dry_run=dry_run,
        seats=seats,
        problems=plan.problems[:MOST_PROBLEMS],
        unsaid=source.roster.unsaid + max(0, len(plan.problems) - MOST_PROBLEMS),
        notes=plan.notes[:MOST_PROBLEMS],
    )
