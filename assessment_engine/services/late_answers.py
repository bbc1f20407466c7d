"""Late answers: keep what arrives after the seal or for a closed part, and show what is known of it (ADR 0027).

Nothing here changes the ledger or a seal; people decide in services/late_decisions.py. Whoever decides is never shown what was answered, a
key or a score: only whether, when and how something came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.delivery.late import (
    MOST_AT_ONCE,
    MOST_BYTES_OF_SITTING,
    MOST_OF_SITTING,
    UNDECIDED,
    Arrival,
    LateAnswer,
    LateDecision,
    LateState,
    late_sha256,
    sign_late,
    state_of,
    why_late,
)
from assessment_engine.delivery.nonce import nonce_time
from assessment_engine.delivery.responses import Offer, Receipt
from assessment_engine.delivery.routing import route_of
from assessment_engine.delivery.sealing import Seal
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import Exam
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import TooLarge
from assessment_engine.kernel.ids import ItemVersionId, LateAnswerId, PersonId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.scoring.results import BatchState
from assessment_engine.services.closing import Jobs, close_if_over, tell
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import scored_variant
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.review import Seated
from item_bank.forms import Form
from item_bank.qti.binding import bind


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of answers that came late: those that are kept for a decision, and receipts of those that the ledger had all along."""

    late: tuple[LateAnswer, ...]
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLine:
    """One late answer with what is known beside it; never its content."""

    late: LateAnswer
    question: int
    state: LateState
    decisions: tuple[LateDecision, ...]
    held: Receipt | None  # the ledger's newest answer to the same question
    would_count: bool  # accepting it changes what counts

    @property
    def held_at(self) -> datetime | None:
        """When the ledger's newest answer to the same question was saved."""
        return None if self.held is None else parse_iso(self.held.server_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCase:
    """A sitting with everything that came late for it."""

    sitting: Sitting
    exam: Exam
    name: str
    name_hi: str
    seat: str
    seals: tuple[Seal, ...]
    lines: tuple[LateLine, ...]
    people: Mapping[PersonId, Person]
    published: bool

    @property
    def open(self) -> tuple[LateLine, ...]:
        """The lines on which people still have to decide."""
        return tuple(line for line in self.lines if line.state in UNDECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateWaiting:
    """A sitting with late answers as the queue lists it: whose it is, and where each answer stands."""

    seated: Seated
    states: tuple[LateState, ...]
    first_arrival: datetime
    sealed: bool
    published: bool

    @property
    def open(self) -> int:
        """On how many people still have to decide."""
        return sum(state in UNDECIDED for state in self.states)

    @property
    def awaiting_second(self) -> int:
        """How many wait for a second person."""
        return self.states.count(LateState.AWAITING_SECOND)


def keep_late(engine: Engine, actor: Actor, sitting_id: SittingId, offers: Sequence[Offer], nonce: str) -> Kept:
    """Keep what the ledger did not take of the candidate's own sitting, all or nothing; the same again is kept once.

    Raises NotFound for another's sitting, NotYet while the ledger still takes the answers, and the refusals of plain answers.
    """
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        check_fit(tx, sitting, offers)
    return store_late(engine, actor, sitting, offers, nonce_time(engine.signer.tickets, sitting_id, nonce))


def check_fit(tx: Transaction, sitting: Sitting, offers: Sequence[Offer]) -> None:
    """Check answers against their items outside of any lock; raises UnknownItem, WrongResponse or TooLarge."""
    if len(offers) > MOST_AT_ONCE:
        raise TooLarge(f"at most {MOST_AT_ONCE} answers at once", limit=MOST_AT_ONCE)
    form = tx.forms.get(sitting.form_id)
    form.check_has(*(offer.item_id for offer in offers))
    items = {one: scored_variant(version) for one, version in tx.items.many({offer.item_id for offer in offers}).items()}
    for offer in offers:
        bind(items[offer.item_id], offer.response)


def store_late(engine: Engine, actor: Actor, sitting: Sitting, offers: Sequence[Offer], nonce_at: datetime | None) -> Kept:
    """Keep answers that fit, under the sitting's lock; a sitting whose time is over is closed first."""
    with engine.store.begin() as tx:
        tx.sittings.lock([sitting.id])
        now = engine.clock.now()
        jobs: Jobs = close_if_over(engine, sitting.id, tx, now)
        here = tx.sittings.get(sitting.id)
        arrival = Arrival(received_at=now, nonce_at=nonce_at, contact_at=here.contact_at, brought_by=actor.person_id)
        kept, new = _sorted_out(engine, tx, here, offers, arrival)
        _check_room(tx, sitting.id, new)
        tx.late_answers.add(new)
        if new:
            about: Json = {"late_answers": len(new), "late_sha256": late_sha256(new)}
            tx.audit.append("late_answers_kept", subject=sitting.id, actor=actor.person_id, now=now, payload=about)
            tx.events.record(sitting_event("late_answers_kept", here, now, actor, data={"late_answers": len(new)}))
    tell(engine, jobs)
    return kept


def _sorted_out(
    engine: Engine, tx: Transaction, sitting: Sitting, offers: Sequence[Offer], arrival: Arrival
) -> tuple[Kept, list[LateAnswer]]:
    """Return what is known of each answer, and those that are new."""
    form = tx.forms.get(sitting.form_id)
    receipts = {(one.item, one.revision, one.response_sha256): one for one in tx.answers.receipts(sitting.id)}
    known = {(one.item_id, one.revision, one.response_sha256): one for one in tx.late_answers.of_sitting(sitting.id)}
    held: dict[tuple[ItemVersionId, int, str], Receipt] = {}
    late: list[LateAnswer] = []
    new: list[LateAnswer] = []
    for offer in offers:
        place = (offer.item_id, offer.revision, offer.response_sha256)
        if place in receipts:
            held[place] = receipts[place]
            continue
        if place not in known:
            reason = why_late(sitting, form, offer, arrival.received_at)
            late_id = LateAnswerId(new_id("lat", arrival.received_at))
            known[place] = sign_late(late_id, offer, reason, arrival, engine.signer.receipts)
            new.append(known[place])
        late.append(known[place])
    return Kept(late=tuple(late), receipts=tuple(held.values())), new


def _check_room(tx: Transaction, sitting_id: SittingId, new: Sequence[LateAnswer]) -> None:
    count, size = tx.late_answers.held(sitting_id)
    if count + len(new) > MOST_OF_SITTING:
        raise TooLarge(f"a sitting keeps at most {MOST_OF_SITTING} late answers", limit=MOST_OF_SITTING)
    if size + sum(late.size for late in new) > MOST_BYTES_OF_SITTING:
        raise TooLarge(f"late answers of a sitting have at most {MOST_BYTES_OF_SITTING} bytes", limit=MOST_BYTES_OF_SITTING)


def late_queue(engine: Engine, actor: Actor) -> list[LateWaiting]:
    """Return the organisation's sittings with late answers, practice left out: those on which people still have to decide first."""
    require(actor, *SESSION_STAFF)
    came: dict[SittingId, list[LateAnswer]] = {}
    with engine.store.read() as tx:
        for late in tx.late_answers.of_organisation(actor.organisation_id):
            came.setdefault(late.sitting_id, []).append(late)
        seated, sealed = tx.review.seated(came), tx.sittings.sealed(came)
        said = tx.late_answers.decisions([one.id for each in came.values() for one in each])
        published = tx.results.published(came)
    cases = [
        LateWaiting(
            seated=seated[sitting_id],
            states=tuple(state_of(said[one.id]) for one in each),
            first_arrival=each[0].received_at,
            sealed=sitting_id in sealed,
            published=sitting_id in published,
        )
        for sitting_id, each in came.items()
    ]
    return sorted(cases, key=lambda case: (case.published or not case.open, case.first_arrival))


def late_case(engine: Engine, actor: Actor, sitting_id: SittingId) -> LateCase:
    """Return one sitting of the organisation with all that came late for it; what a first person said is told after the second's word."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        case = _case(tx, tx.sittings.of_organisation(sitting_id, actor.organisation_id))
    return replace(case, lines=tuple(_as_told(line, actor) for line in case.lines))


def _as_told(line: LateLine, actor: Actor) -> LateLine:
    """Keep one person's word from the next one, who is to judge alone."""
    if line.state is not LateState.AWAITING_SECOND or line.decisions[0].person_id == actor.person_id:
        return line
    return replace(line, decisions=())


def my_late_answers(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[LateLine, ...]:
    """Return the candidate's own late answers, where each stands, and why it was decided so."""
    with engine.store.read() as tx:
        return late_lines(tx, tx.sittings.of_candidate(sitting_id, actor.person_id))


def _case(tx: Transaction, sitting: Sitting) -> LateCase:
    registration, candidate = tx.exams.registration(sitting.registration_id), tx.people.get(sitting.candidate_id)
    late = tx.late_answers.of_sitting(sitting.id)
    said = tx.late_answers.decisions([one.id for one in late])
    people = {sitting.candidate_id, *(one.brought_by for one in late), *(each.person_id for row in said.values() for each in row)}
    return LateCase(
        sitting=sitting,
        exam=tx.exams.get(sitting.exam_id),
        name=candidate.name,
        name_hi=candidate.name_hi,
        seat=registration.seat or "",
        seals=tuple(tx.sittings.seals(sitting.id)),
        lines=_lines(tx, sitting, late, said),
        people=tx.people.many(people),
        published=any(batch.state is BatchState.PUBLISHED for batch in tx.results.of_sitting(sitting.id)),
    )


def late_lines(tx: Transaction, sitting: Sitting) -> tuple[LateLine, ...]:
    """Return a sitting's late answers with what is known beside each."""
    late = tx.late_answers.of_sitting(sitting.id)
    return _lines(tx, sitting, late, tx.late_answers.decisions([one.id for one in late]))


def _lines(
    tx: Transaction, sitting: Sitting, late: Sequence[LateAnswer], said: Mapping[LateAnswerId, Sequence[LateDecision]]
) -> tuple[LateLine, ...]:
    numbers = question_numbers(tx.forms.get(sitting.form_id), sitting.id)
    newest = {answer.receipt.item: answer.receipt for answer in tx.answers.newest(sitting.id)}
    return tuple(
        LateLine(
            late=one,
            question=numbers[one.item_id],
            state=state_of(said[one.id]),
            decisions=tuple(said[one.id]),
            held=newest.get(one.item_id),
            would_count=_would_count(one, newest.get(one.item_id), late),
        )
        for one in late
    )


def _would_count(one: LateAnswer, held: Receipt | None, late: Sequence[LateAnswer]) -> bool:
    newer = any(other.item_id == one.item_id and other.revision > one.revision for other in late)
    return not newer and (held is None or (one.revision >= held.revision and one.response_sha256 != held.response_sha256))


def question_numbers(form: Form, sitting_id: SittingId) -> dict[ItemVersionId, int]:
    """Return the number of each question, in the candidate's own order."""
    route = route_of(form, sitting_id)
    ordered = [item_id for section in form.sections for item_id in route.items(section.id)]
    return {item_id: number for number, item_id in enumerate(ordered, start=1)}
