"""Practising: the same way and the same page as the exam, with other questions, no invigilator at the door, and no score.

A practice sitting lies in a session of its own (`practice_of` names the real one); a candidate may practise as often as they like until
they begin the exam itself. It is sealed at its end like any other, so that nothing there works differently; nothing comes after the seal.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.delivery.sitting import BEFORE_START, ENDED, Sitting, SittingState
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.exams.rooms import Place
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import FormId, OrganisationId, PersonId, SessionId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import forms, items
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import NewRegistration, a_registration, a_sitting
from assessment_engine.services.samples import samples
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from item_bank.forms import FormSection
from item_bank.imports import NewItem

PAPER = "Practice paper"
PAPER_HI = "अभ्यास प्रश्नपत्र"
KINDS = ("choice", "choice-multiple", "inline-choice", "text-entry", "order", "match")
"""What the engine's own practice paper asks: one of each kind that most papers have, in every language there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """How far a candidate has practised for one sitting."""

    begun: int
    finished: int
    open_id: SittingId | None  # one that can be gone on with


def begin(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return the candidate's practice sitting for one of theirs: the open one, or a new one; raises Conflict once the exam has begun."""
    with engine.store.read() as tx:
        real = tx.sittings.of_candidate(sitting_id, actor.person_id)
        session, exam = tx.exams.session(real.session_id), tx.exams.get(real.exam_id)
    now = engine.clock.now()
    if real.practice or real.state not in BEFORE_START or now >= session.closes_at:
        raise Conflict("practising ends where the exam begins")
    practised_in = replace(exam, form_id=exam.practice_form_id or own_paper(engine, exam.organisation_id))
    with engine.store.begin() as tx:
        tx.registrations.lock_people([actor.person_id])  # two clicks are one practice
        mine = _mine(tx, actor.person_id, session.id)
        if (going_on := _open(mine)) is not None:
            return going_on
        sitting = _new(tx, real, practised_in, _session(tx, session, len(mine), now), now)
        tx.events.record(sitting_event("practice_begun", sitting, now, actor, subject=real.id))
    return sitting


def practised(tx: Transaction, candidate_id: PersonId, session_id: SessionId) -> Practised:
    """Return how far a candidate has practised for a session."""
    mine = _mine(tx, candidate_id, session_id)
    going_on = _open(mine)
    return Practised(
        begun=len(mine),
        finished=sum(one.state is SittingState.SUBMITTED for one in mine),
        open_id=going_on.id if going_on else None,
    )


def _mine(tx: Transaction, candidate_id: PersonId, session_id: SessionId) -> list[Sitting]:
    rounds = {one.id for one in tx.exams.practices_of(session_id)}
    return [one for one in tx.sittings.all_of_candidate(candidate_id) if one.practice and one.session_id in rounds]


def _open(mine: list[Sitting]) -> Sitting | None:
    return next((one for one in mine if one.state not in ENDED), None)


def _session(tx: Transaction, real: ExamSession, number: int, now: datetime) -> ExamSession:
    """Return the practice session of a candidate's next round: everybody's first is in the first, everybody's second in the second."""
    rounds = tx.exams.practices_of(real.id)
    if number < len(rounds):
        return rounds[number]
    session = ExamSession(
        id=SessionId(new_id("ses", now)),
        exam_id=real.exam_id,
        organisation_id=real.organisation_id,
        title=f"{real.title} · practice",
        title_hi=f"{real.title_hi or real.title} · अभ्यास",
        opens_at=min(now, real.closes_at),
        closes_at=real.closes_at,
        practice_of=real.id,
    )
    tx.exams.add_session(session)
    return session


def _new(tx: Transaction, real: Sitting, exam: Exam, session: ExamSession, now: datetime) -> Sitting:
    before = tx.exams.registration(real.registration_id)
    rules = {name: rule for name, rule in before.arrangements.items() if name != "scribe"}
    new = NewRegistration(session_id=session.id, candidate_id=real.candidate_id, arrangements=rules)
    registration = a_registration(session, new, Place(), now)
    sitting = replace(a_sitting(session, exam, registration, now), language=real.language, practice=True)
    tx.exams.add_registration(registration)
    tx.sittings.add(sitting)
    return sitting


def own_paper(engine: Engine, organisation_id: OrganisationId) -> FormId:
    """Return the organisation's practice paper of our own sample questions, made when first asked for."""
    cell = Actor(person_id=PersonId("system"), organisation_id=organisation_id, name="system", roles=frozenset({Role.CELL_OFFICER}))
    with engine.store.read() as tx:
        known = next((form.id for form in tx.forms.all_of(cell) if form.title == PAPER), None)
    return known or _make_paper(engine, cell)


def _make_paper(engine: Engine, cell: Actor) -> FormId:
    bank = items.create_bank(engine, cell, PAPER)
    chosen = [samples()[kind] for kind in KINDS]
    versions = items.import_items(engine, cell, bank.id, [NewItem(variants=one.variants) for one in chosen])
    part = FormSection(id="practice", title=PAPER, title_hi=PAPER_HI, items=tuple(version.id for version in versions))
    return forms.sample_form(engine, cell, forms.NewForm(title=PAPER, title_hi=PAPER_HI, sections=(part,))).id
