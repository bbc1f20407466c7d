"""Candidates with open or admitted sittings, for load tests and for outside clients that check receipts. Demo and test deployments only.

Nobody's password is hashed: each candidate gets a session directly, and its token is handed out once.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timing import TimePolicy, time_policy
from assessment_engine.exams import Exam, ExamSession, Registration
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import ExamId, ItemVersionId, PersonId, RegistrationId, SessionId, SittingId, new_id
from assessment_engine.people import SESSION_LASTS, Actor, LoginSession, Person, Role, RoleTerm, civil_date
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction

CHUNK = 200
MOST = 100_000
WINDOW = timedelta(hours=12)


class Seeded(TypedDict):
    """One candidate in the middle of an exam: their sitting, a bearer token, and the items of the form. Printed as one JSON line."""

    sitting: SittingId
    token: str
    items: list[ItemVersionId]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    exam: Exam
    session: ExamSession
    policy: TimePolicy
    items: tuple[ItemVersionId, ...]
    started: bool


def seed_load(engine: Engine, number: int, exam_id: ExamId | None = None, *, started: bool = True) -> Iterator[Seeded]:
    """Make `number` candidates of an exam (the newest when none is named), a few hundred a transaction.

    Their sittings are open, or admitted and waiting for the start.
    """
    if not engine.demo:
        raise NotAllowed("candidates are seeded in demo and test deployments only")
    if not 1 <= number <= MOST:
        raise Invalid(f"between 1 and {MOST} candidates can be seeded")
    return _seed(engine, number, exam_id, started)


def _seed(engine: Engine, number: int, exam_id: ExamId | None, started: bool) -> Iterator[Seeded]:
    with engine.store.begin() as tx:
        room = _open_room(tx, exam_id, engine.clock.now(), started)
    for first in range(0, number, CHUNK):
        with engine.store.begin() as tx:
            now = engine.clock.now()
            seeded = [_seat(tx, room, now) for _ in range(first, min(first + CHUNK, number))]
        yield from seeded


def _open_room(tx: Transaction, exam_id: ExamId | None, now: datetime, started: bool) -> _Room:
    exam = tx.exams.get(exam_id) if exam_id else _newest_exam(tx)
    session = ExamSession(
        id=SessionId(new_id("ses", now)),
        exam_id=exam.id,
        organisation_id=exam.organisation_id,
        title="Load",
        opens_at=now,
        closes_at=now + WINDOW,
    )
    tx.exams.add_session(session)
    policy = time_policy(exam.duration_s, exam.policy.document, {})
    return _Room(exam=exam, session=session, policy=policy, items=tx.forms.get(exam.form_id).items, started=started)


def _newest_exam(tx: Transaction) -> Exam:
    nobody, roles = PersonId("per_seed"), frozenset({Role.CELL_OFFICER})
    cells = [Actor(person_id=nobody, organisation_id=each.id, name=each.name, roles=roles) for each in tx.people.organisations()]
    exams = [exam for cell in cells for exam in tx.exams.all_of(cell)]
    if not exams:
        raise NotFound("there is no exam yet; start the demo once, or make one")
    return max(exams, key=lambda exam: exam.id)


def _seat(tx: Transaction, room: _Room, now: datetime) -> Seeded:
    person_id, token = _candidate(tx, room, now)
    registration = Registration(
        id=RegistrationId(new_id("reg", now)),
        session_id=room.session.id,
        candidate_id=person_id,
        organisation_id=room.exam.organisation_id,
    )
    admitted = Sitting(
        id=SittingId(new_id("sit", now)),
        registration_id=registration.id,
        organisation_id=room.exam.organisation_id,
        candidate_id=person_id,
        exam_id=room.exam.id,
        session_id=room.session.id,
        form_id=room.exam.form_id,
        state=SittingState.ADMITTED,
        consented_at=now,
        admitted_at=now,
        simulated=True,
    )
    tx.exams.add_registration(registration)
    tx.sittings.add(admitted.start(now, room.policy) if room.started else admitted)
    return Seeded(sitting=admitted.id, token=token, items=list(room.items))


def _candidate(tx: Transaction, room: _Room, now: datetime) -> tuple[PersonId, str]:
    person_id, token = PersonId(new_id("per", now)), secrets.token_urlsafe(32)
    organisation_id = room.exam.organisation_id
    login = f"load-{person_id.removeprefix('per_')}"
    tx.people.add(Person(id=person_id, organisation_id=organisation_id, login=login, name="Load", name_hi="भार", language="en"), None)
    tx.people.add_role(
        RoleTerm(person_id=person_id, organisation_id=organisation_id, role=Role.CANDIDATE, starts_on=civil_date(now), ends_on=None)
    )
    tx.people.open_session(
        LoginSession(
            token_sha256=sha256_hex(token.encode()),
            person_id=person_id,
            organisation_id=organisation_id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + SESSION_LASTS,
            reauthenticated_at=now,
        )
    )
    return person_id, token
