"""What people do with the time of running sittings: pause, resume, give time, end; for some candidates, a room or a whole session.

Whoever acts is shown first whom it is about (`preview`). An act is written down with its reason before anything is done, then done a few
sittings at a time in the answer ledger's writer, among the answers that wait there, so that a session of hundreds never holds them up. It
is one entry of the audit log when it is through; one that was interrupted is finished by the sweep. The same act asked for twice is done
once. The rules are in delivery/timekeeping.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from assessment_engine.delivery import timekeeping as rules
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.delivery.timekeeping import GivenBack, LeftOut, TimeAct, TimeVerb
from assessment_engine.exams import Exam, ExamSession, Registration
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.errors import (
    AfterTime,
    AssessmentError,
    Conflict,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    NotYet,
    SittingPaused,
    SittingSealed,
)
from assessment_engine.kernel.ids import RegistrationId, RoomId, SessionId, SittingId, TimeActId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.services.closing import Jobs, no_breath, seal_up, tell, terms_for
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.timekeeping import RecordedAct

AT_ONCE = 20
"""Sittings done at a time: ending this many holds the answers up for a few hundredths of a second."""

Outcome = LeftOut | Jobs
"""Why an act did not fit a sitting when its turn came, or the jobs that it left."""

Do = Callable[[RecordedAct, Sequence[SittingId]], Sequence[Outcome]]
"""Does an act to some sittings; one outcome for each."""

LONGEST_REASON = 500
FORGOTTEN = timedelta(seconds=5)

_EVENTS: Mapping[TimeVerb, str] = {
    TimeVerb.PAUSE: "sitting_paused",
    TimeVerb.RESUME: "sitting_resumed",
    TimeVerb.GIVE_TIME: "time_given",
    TimeVerb.TERMINATE: "sitting_terminated",
}
_STOPS, _GOES_ON = ("sitting_paused", "break_taken"), ("sitting_resumed", "break_ended")
_REFUSALS: Mapping[LeftOut, AssessmentError] = {
    LeftOut.NOT_STARTED: NotYet("the sitting has not started"),
    LeftOut.ENDED: SittingSealed("the sitting is closed"),
    LeftOut.TIME_OVER: AfterTime("the time of the sitting is over"),
    LeftOut.ALREADY_PAUSED: SittingPaused("the sitting is paused already"),
    LeftOut.NOT_PAUSED: IllegalTransition("the sitting is not paused"),
    LeftOut.ON_BREAK: IllegalTransition("the candidate is on a break, which ends by itself"),
    LeftOut.RUNS_ON: NotAllowed("this exam's policy is that the time runs on"),
    LeftOut.NOT_THEN: Invalid("the sitting did not run in that time"),
    LeftOut.ONES_OWN: NotAllowed("nobody acts on their own sitting, or on somebody whom they know"),
    LeftOut.NO_PAUSE: NotAllowed("this exam is paused by the examination cell only"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done and why: to the named sittings, to a room, or with neither to the whole session."""

    session_id: SessionId
    act: TimeAct
    reason: str = ""
    sittings: tuple[SittingId, ...] | None = None
    room_id: RoomId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One candidate whom an act is about: as things are, and as they would be; `why` is told where nothing would happen."""

    sitting: Sitting
    name: str
    name_hi: str
    seat: str
    why: LeftOut | None
    after: Sitting | None
    twice_s: int  # what the exam's rule gave back for the same outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Whom an act would be done to, and whom it leaves out."""

    session: ExamSession
    exam: Exam
    wish: Wish
    candidates: tuple[Candidate, ...]
    at: datetime

    @property
    def fitting(self) -> tuple[Candidate, ...]:
        """Those that something would happen to."""
        return tuple(one for one in self.candidates if one.why is None)

    @property
    def left_out(self) -> tuple[Candidate, ...]:
        """Those that the act does not fit."""
        return tuple(one for one in self.candidates if one.why is not None)


def preview(engine: Engine, actor: Actor, wish: Wish) -> Preview:
    """Return whom the act would be about; nothing is changed."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        return _preview(tx, actor, wish, engine.clock.now())


def _preview(tx: Transaction, actor: Actor, wish: Wish, now: datetime) -> Preview:
    meant = replace(wish, act=replace(wish.act, for_the_cell=Role.CELL_OFFICER in actor.roles))
    session = tx.exams.session_of(actor, wish.session_id)
    exam = tx.exams.get(session.exam_id)
    registered = {one.id: one for one in tx.exams.registrations_of(actor, session.id)}
    sittings = _chosen(tx.sittings.all_of_session(session.id, actor.organisation_id), registered, wish)
    people = tx.people.many([one.candidate_id for one in sittings])
    returned = given_back(tx, session.id, sittings, now) if wish.act.since else {}
    tied = tx.interests.of(actor.person_id)

    def candidate(sitting: Sitting) -> Candidate:
        registration, person = registered[sitting.registration_id], people[sitting.candidate_id]
        terms = terms_for(exam, registration.arrangements)
        why = LeftOut.ONES_OWN if sitting.candidate_id in tied else rules.why_left_out(sitting, meant.act, terms, now)
        return Candidate(
            sitting=sitting,
            name=person.name,
            name_hi=person.name_hi,
            seat=registration.seat or "",
            why=why,
            after=None if why else rules.done(sitting, meant.act, now),
            twice_s=rules.given_twice_s(meant.act, returned.get(sitting.id, ())),
        )

    listed = sorted(map(candidate, sittings), key=lambda one: (one.seat, one.name))
    return Preview(session=session, exam=exam, wish=meant, candidates=tuple(listed), at=now)


def given_back(tx: Transaction, session_id: SessionId, sittings: Sequence[Sitting], now: datetime) -> dict[SittingId, list[GivenBack]]:
    """Return what did not count for each sitting: pauses and breaks, silences by the exam's rule, outages that people gave back."""
    found: dict[SittingId, list[GivenBack]] = {one.id: [] for one in sittings}
    _add_pauses(tx, found, now)
    for event in tx.events.of_sittings(list(found), kinds=["contact_back"]):
        if event.sitting_id is not None and (given := int(event.data.get("given_s") or 0)):
            since = parse_iso(str(event.data["since"]))
            found[event.sitting_id].append(GivenBack(since=since, until=event.at, seconds=given))
    for past in tx.time_acts.of_session(session_id):
        if past.act.since and past.act.until:
            whole = GivenBack.of(past.act.since, past.act.until)
            for sitting_id in found.keys() & set(past.fitting):
                found[sitting_id].append(whole)
    return found


def _add_pauses(tx: Transaction, found: dict[SittingId, list[GivenBack]], now: datetime) -> None:
    ids, began = list(found), dict[SittingId, datetime]()
    events = tx.events.of_sittings(ids, kinds=[*_STOPS, *_GOES_ON])
    for event in sorted(events, key=lambda event: event.at):
        assert event.sitting_id is not None, "the events of sittings name them"
        if event.kind in _STOPS:
            began.setdefault(event.sitting_id, event.at)  # a pause takes over a break
        elif since := began.pop(event.sitting_id, None):
            found[event.sitting_id].append(GivenBack.of(since, event.at))
    for sitting_id, since in began.items():
        found[sitting_id].append(GivenBack.of(since, now))


def _chosen(sittings: Sequence[Sitting], registered: Mapping[RegistrationId, Registration], wish: Wish) -> list[Sitting]:
    """Return the sittings that a wish names; raises NotFound for one that the session does not have."""
    if wish.sittings is not None:
        found = [one for one in sittings if one.id in wish.sittings]
        if not found or len(found) != len(set(wish.sittings)):
            raise NotFound("no such sitting in this session")
        return found
    if wish.room_id is not None:
        return [one for one in sittings if registered[one.registration_id].room_id == wish.room_id]
    return list(sittings)


def act(engine: Engine, ledger: AnswerLedger, actor: Actor, act_id: TimeActId, wish: Wish) -> RecordedAct:
    """Do what was previewed, to those whom it fits now; asked for again it is what was done the first time.

    Raises Conflict when it fits nobody, for a single sitting the refusal that says why, and Invalid without a reason.
    """
    _write_down(engine, actor, act_id, wish)
    return _finish(engine, act_id, partial(_by_writer, engine, ledger))


def _write_down(engine: Engine, actor: Actor, act_id: TimeActId, wish: Wish) -> None:
    require(actor, *SESSION_STAFF)
    reason = wish.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(f"a reason is needed, at most {LONGEST_REASON} characters", most=LONGEST_REASON, field="reason")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        known = tx.time_acts.find(act_id)
        if known is None and not tx.time_acts.add(_recorded(_preview(tx, actor, wish, now), actor, act_id, reason)):
            known = tx.time_acts.find(act_id)  # the same form, sent twice at once
        if known and (known.actor_id, known.session_id, known.act.verb) != (actor.person_id, wish.session_id, wish.act.verb):
            raise Conflict("this form was used for something else; choose again")


def _recorded(shown: Preview, actor: Actor, act_id: TimeActId, reason: str) -> RecordedAct:
    if not shown.fitting:
        alone = shown.candidates[0].why if len(shown.candidates) == 1 else None
        raise _REFUSALS[alone] if alone else Conflict("there is nobody whom this fits")
    return RecordedAct(
        id=act_id,
        organisation_id=actor.organisation_id,
        session_id=shown.session.id,
        room_id=shown.wish.room_id,
        sittings=shown.wish.sittings,
        actor_id=actor.person_id,
        at=shown.at,
        reason=reason,
        act=shown.wish.act,
        fitting=tuple(one.sitting.id for one in shown.fitting),
        left_out={one.sitting.id: one.why for one in shown.left_out if one.why},
    )


def session_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> SessionId:
    """Return the session of one sitting of the actor's organisation; raises NotFound."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        return tx.sittings.of_organisation(sitting_id, actor.organisation_id).session_id


def _finish(engine: Engine, act_id: TimeActId, do: Do) -> RecordedAct:
    """Do what an act still leaves to do, and write it into the log when it is through."""
    with engine.store.read() as tx:
        recorded = tx.time_acts.find(act_id)
    if recorded is None:
        raise NotFound("no such act")
    if recorded.done_at is not None:
        return recorded
    missed: dict[SittingId, LeftOut] = {}
    for some in _portions(recorded.fitting):
        for sitting_id, outcome in zip(some, do(recorded, some), strict=True):
            if isinstance(outcome, LeftOut):
                missed[sitting_id] = outcome
            else:
                tell(engine, outcome)
    return _done(engine, recorded.without(missed))


def _portions(sittings: Sequence[SittingId]) -> Iterator[Sequence[SittingId]]:
    in_order = sorted(sittings)
    return (in_order[first : first + AT_ONCE] for first in range(0, len(in_order), AT_ONCE))


def _by_writer(engine: Engine, ledger: AnswerLedger, recorded: RecordedAct, some: Sequence[SittingId]) -> list[Outcome]:
    """Do it in the writer, which takes the answers of the meantime along: nobody waits for a lock."""

    def work(tx: Transaction, now: datetime, _read: Mapping[SittingId, Sitting], asked: Sequence[SittingId]) -> list[Outcome]:
        return _do(engine, tx, recorded, asked, now)

    waiting: list[Future[Outcome]] = [ledger.together(sitting_id, sitting_id, work) for sitting_id in some]
    return [one.result() for one in waiting]


def _by_lock(engine: Engine, breathe: Callable[[], None], recorded: RecordedAct, some: Sequence[SittingId]) -> list[Outcome]:
    """Do it in a transaction of its own, and let others have theirs before the next."""
    with engine.store.begin() as tx:
        tx.sittings.lock(some)
        outcomes = _do(engine, tx, recorded, some, engine.clock.now())
    breathe()
    return outcomes


def _do(engine: Engine, tx: Transaction, recorded: RecordedAct, some: Sequence[SittingId], now: datetime) -> list[Outcome]:
    """Do an act to sittings whose rows are locked; where it was done before, nothing happens."""
    sittings = tx.sittings.lock(some)  # read again: others of the same batch may have changed them
    before = {one.sitting_id for one in tx.events.of_sittings(some, subject=recorded.id)}
    exam = tx.exams.get(tx.exams.session(recorded.session_id).exam_id)
    arrangements = tx.exams.arrangements({one.registration_id for one in sittings.values()})
    outcomes: list[Outcome] = []
    for sitting in (sittings[sitting_id] for sitting_id in some):
        if sitting.id in before:
            outcomes.append(())
            continue
        why = rules.why_left_out(sitting, recorded.act, terms_for(exam, arrangements[sitting.registration_id]), now)
        outcomes.append(why or _do_one(engine, tx, recorded, sitting, now))
    return outcomes


def _do_one(engine: Engine, tx: Transaction, recorded: RecordedAct, sitting: Sitting, now: datetime) -> Jobs:
    actor = Actor(person_id=recorded.actor_id, organisation_id=recorded.organisation_id, name="", roles=frozenset())
    after = rules.done(sitting, recorded.act, now)
    moved = after.stopped_s - sitting.stopped_s
    facts: Facts = {"seconds": moved} if moved else {}
    tx.events.record(sitting_event(_EVENTS[recorded.act.verb], after, now, actor, subject=recorded.id, data=facts))
    if recorded.act.verb is TimeVerb.TERMINATE:
        return seal_up(engine, tx, after, actor)[1]
    tx.sittings.save(after)
    return ()


def _done(engine: Engine, recorded: RecordedAct) -> RecordedAct:
    with engine.store.begin() as tx:
        known = tx.time_acts.lock(recorded.id)
        if known is not None and known.done_at is not None:
            return known
        now = engine.clock.now()
        through = replace(recorded, done_at=now)
        tx.time_acts.save(through)
        tx.audit.append("time_act", subject=recorded.id, actor=recorded.actor_id, now=now, payload=_document(through))
    return through


def _document(recorded: RecordedAct) -> Json:
    return {
        **recorded.act.document,
        "session": recorded.session_id,
        "room": recorded.room_id,
        "reason": recorded.reason,
        "asked_at": iso(recorded.at),
        "sittings": list(recorded.fitting),
        "left_out": {sitting_id: str(why) for sitting_id, why in recorded.left_out.items()},
    }


def finish_forgotten(engine: Engine, breathe: Callable[[], None] = no_breath) -> int:
    """Finish acts whose process ended in the middle of them; returns how many. For the sweep."""
    with engine.store.read() as tx:
        waiting = [act_id for act_id in tx.time_acts.unfinished() if _is_forgotten(tx.time_acts.find(act_id), engine.clock.now())]
    for act_id in waiting:
        _finish(engine, act_id, partial(_by_lock, engine, breathe))
    return len(waiting)


def _is_forgotten(recorded: RecordedAct | None, now: datetime) -> bool:
    return recorded is not None and now - recorded.at > FORGOTTEN


def why_ended(engine: Engine, actor: Actor, sitting_id: SittingId) -> str:
    """Tell a candidate the reason with which somebody ended their exam; empty when nobody did."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        ended = [one.subject for one in tx.events.of_sittings([sitting_id], kinds=["sitting_terminated"]) if one.subject]
        act = tx.time_acts.find(TimeActId(ended[-1])) if ended else None
    return act.reason if act else ""


def give_time(engine: Engine, actor: Actor, sitting_id: SittingId, minutes: int, reason: str) -> Sitting:
    """Give one candidate time; raises NotAllowed when the exam's policy is that the time runs on and the actor is not of the cell."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    given = TimeAct(verb=TimeVerb.GIVE_TIME, seconds=minutes * 60)
    wish = Wish(session_id=sitting.session_id, act=given, reason=reason, sittings=(sitting_id,))
    act_id = TimeActId(new_id("tac", engine.clock.now()))
    _write_down(engine, actor, act_id, wish)
    _finish(engine, act_id, partial(_by_lock, engine, no_breath))
    with engine.store.read() as tx:
        return tx.sittings.get(sitting_id)
