"""Judging a case from the review page: the judgement is pending for a minute, can be taken back, and then takes effect.

`take_effect` is a chore of the sweep, safe to run twice. What a judgement does once it is in effect is services/invigilation.py.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from assessment_engine.invigilation import UNDECIDED, Case, CaseState, Judgement, Verdict
from assessment_engine.invigilation.keys import DEFAULT_KEYS, ReviewKeys
from assessment_engine.invigilation.pending import JudgedMeanwhile, PendingJudgement, TooLateToUndo
from assessment_engine.invigilation.unmarked import SHARES, Origin, Shares
from assessment_engine.kernel.errors import Conflict, NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services import demotion, hearings, invigilation, random_audit, unmarked
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction


def give(engine: Engine, actor: Actor, case_id: IncidentId, judgement: Judgement, *, seen: CaseState | None = None) -> PendingJudgement:
    """Take a judgement that its person has confirmed; it takes effect in a minute unless they take it back.

    `seen` is the state in which they saw the case. Raises JudgedMeanwhile where somebody was quicker, else as `invigilation.judge` does.
    """
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        _check(tx, actor, case_id, judgement.checked(), seen, now)
        pending = PendingJudgement.given(
            judgement, case_id, by=actor.person_id, of=actor.organisation_id, now=now, undo_for=timedelta(seconds=engine.undo_s)
        )
        pending = replace(pending, seconds=_seconds(tx, pending))
        tx.pending.give(pending)
        tx.pending.leave(case_id, actor.person_id)
    return pending


def _check(tx: Transaction, actor: Actor, case_id: IncidentId, judgement: Judgement, seen: CaseState | None, now: datetime) -> None:
    """Refuse a judgement that could not take effect, of a case held against other writers."""
    review = tx.unmarked.find_locked(case_id, actor.organisation_id)
    found = tx.invigilation.case_locked(case_id, actor.organisation_id) if review is None else review.case
    _check_still_as_seen(tx, found, actor.person_id, seen)
    if review is None:
        invigilation.judged_by(tx, found, judgement, actor.person_id, now)  # refuses; nothing of it is kept
    else:
        unmarked.check(tx, review, actor.person_id)


def _check_still_as_seen(tx: Transaction, found: Case, person_id: PersonId, seen: CaseState | None) -> None:
    waits = tx.pending.pending_of(found.incident_id)
    if waits is not None and waits.person_id == person_id:
        raise SecondPersonNeeded("you judged this case a moment ago; take that back first")
    if waits is not None or (seen is not None and found.state is not seen and found.state in UNDECIDED):
        raise JudgedMeanwhile("somebody judged this case while you had it open; nothing of theirs was changed")


def _seconds(tx: Transaction, pending: PendingJudgement) -> float | None:
    """Return how long its person had the case open, None when their page never said so."""
    mine = [one for one in tx.pending.openings(pending.case_id) if one.person_id == pending.person_id]
    return (pending.given_at - mine[0].opened_at).total_seconds() if mine else None


def undo(engine: Engine, actor: Actor, case_id: IncidentId) -> PendingJudgement:
    """Take back one's own judgement within its minute; that it was given stays on record. Raises TooLateToUndo or NotAllowed."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        _hold(tx, case_id, actor.organisation_id)
        pending = tx.pending.pending_of(case_id)
        if pending is None:
            raise TooLateToUndo("there is no judgement of yours that could be taken back")
        undone = pending.undo(by=actor.person_id, now=now)
        _end(tx, undone, "judgement_undone")
        tx.pending.see(case_id, actor.person_id, now)
    return undone


def _hold(tx: Transaction, case_id: IncidentId, organisation_id: OrganisationId) -> None:
    """Keep a case from other writers, so that what is read of its judgements afterwards stands; raises NotFound."""
    if tx.unmarked.find_locked(case_id, organisation_id) is None:
        tx.invigilation.case_locked(case_id, organisation_id)


def _end(tx: Transaction, pending: PendingJudgement, kind: str) -> None:
    """Store that a judgement has no effect, and say so in the log: neither its verdict nor its words, for they do not count."""
    assert pending.undone_at is not None
    tx.pending.end(pending)
    tx.audit.append(kind, subject=pending.case_id, actor=pending.person_id, now=pending.undone_at, payload={"judgement": pending.id})


def take_effect(engine: Engine, breathe: Callable[[], None] = lambda: None, shares: Shares = SHARES) -> int:
    """Let every judgement whose minute is over take effect; returns how many did."""
    with engine.store.read() as tx:
        due = tx.pending.due(engine.clock.now())
    done = 0
    for case_id in due:
        done += _take_effect(engine, case_id, shares)
        breathe()
    return done


def _take_effect(engine: Engine, case_id: str, shares: Shares) -> bool:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        seen = tx.pending.pending_of(case_id)
        if seen is None:
            return False
        _hold(tx, IncidentId(case_id), seen.organisation_id)
        pending = tx.pending.pending_of(case_id)  # again: until now it could be taken back, and another sweep could be quicker
        if pending is None or now < pending.effective_at:
            return False
        try:
            jobs = _record(tx, pending, now, shares)
        except (Conflict, NotAllowed):  # the incident went on after all, or the candidate answered: whoever judged it looks again
            _end(tx, replace(pending, undone_at=now), "judgement_lapsed")
            return False
        tx.pending.end(replace(pending, effected_at=now))
        review = tx.unmarked.find(case_id, pending.organisation_id)
    if review is not None and review.origin is Origin.AUDIT:
        random_audit.close(engine, review.sitting_id)
    for job in jobs:
        engine.jobs.tell(job)
    if review is None and pending.judgement.verdict is Verdict.DISMISS:
        demotion.weigh(engine, IncidentId(case_id))
    return True


def _record(tx: Transaction, pending: PendingJudgement, now: datetime, shares: Shares) -> tuple[str, ...]:
    """Store what was judged; returns the jobs to tell. Raises what the rules raise before anything is written."""
    review = tx.unmarked.find_locked(pending.case_id, pending.organisation_id)
    if review is not None:
        unmarked.check(tx, review, pending.person_id)
        unmarked.answer(tx, review, pending)
        return ()
    found = tx.invigilation.case_locked(IncidentId(pending.case_id), pending.organisation_id)
    hearings.check_read(tx, pending)
    judged, jobs = invigilation.record(tx, found, pending.judgement, pending.person_id, now)
    unmarked.draw_after(tx, judged, pending, shares)
    return jobs


def see(engine: Engine, actor: Actor, case_id: IncidentId) -> list[Person]:
    """Note that the actor has a case before them; returns others who have, by name. Raises NotFound."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        if tx.unmarked.find(case_id, actor.organisation_id) is None:
            tx.invigilation.case(case_id, actor.organisation_id)
        tx.pending.see(case_id, actor.person_id, now)
        here = [one.person_id for one in tx.pending.openings(case_id) if one.is_here(now) and one.person_id != actor.person_id]
        return sorted(tx.people.many(here).values(), key=lambda one: one.name)


def mine(engine: Engine, actor: Actor) -> list[PendingJudgement]:
    """Return the actor's judgements that can still be taken back, the latest first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        return [one for one in tx.pending.pending_by(actor.person_id) if now < one.effective_at]


def keys_of(engine: Engine, actor: Actor) -> ReviewKeys:
    """Return the actor's keys of the review page."""
    with engine.store.read() as tx:
        return tx.review.keys_of(actor.person_id)


def choose_keys(engine: Engine, actor: Actor, chosen: ReviewKeys | None) -> None:
    """Keep the actor's keys; None goes back to everybody's."""
    require(actor, *SESSION_STAFF)
    with engine.store.begin() as tx:
        tx.review.choose_keys(actor.person_id, chosen or ReviewKeys(keys=DEFAULT_KEYS))
