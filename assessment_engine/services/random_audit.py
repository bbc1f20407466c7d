"""The random audit of unflagged time: stretches of drawn sittings enter the queue unmarked; what people find there, the machine missed.

A drawn sitting without a flag waits, once its session is over, as STRETCHES cases of STRETCH_S seconds each, where and as what kind chance
says. When all are answered its pictures go (services/draw.py), unless a miss was found: then they stay for the officers, for as long as
evidence does. A flagged one is looked at for its flags, so its kept pictures go at once.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import ENDED, Sitting, SittingState
from assessment_engine.invigilation.unmarked import Origin, UnmarkedReview
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.ids import IncidentId, SessionId, SittingId, new_id
from assessment_engine.services import draw
from assessment_engine.services.draw import KeptFrame
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.incidents import SCRUB, EvidenceRecord, IncidentRecord
from proctoring.policy import Kind, Tier

MOST_AT_ONCE = 25
STRETCHES = 3
STRETCH_S = 60.0
BEFORE_S, RAISED_S = 10.0, 3.0
"""As with any flag, pictures begin so long before what is said to be seen, and it was raised so long after that began."""

SHOWN = 7
"""Pictures of a stretch that stand in its strip; the others are for scrubbing, as with any case."""


def queue_audits(engine: Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Set stretches of drawn sittings before people once their session is over; returns how many sittings. A chore of the sweep.

    At most MOST_AT_ONCE sittings, for other chores wait meanwhile; the others come next time.
    """
    with engine.store.read() as tx:
        over = tx.draws.unrevealed(engine.clock.now())
    queued = acted = 0
    for session_id in over:
        for sitting_id in _unqueued(engine, session_id):
            done = _queue(engine, sitting_id)
            if done is None:
                continue
            queued, acted = queued + done, acted + 1
            if acted == MOST_AT_ONCE:
                return queued
            breathe()
    return queued


def _unqueued(engine: Engine, session_id: SessionId) -> list[SittingId]:
    """Return the drawn sittings of a session that are neither audited nor before people; lets go of those that people are done with."""
    drawn = draw.drawn(engine, session_id)
    with engine.store.read() as tx:
        audited, queued = tx.draws.audited_in(session_id), tx.unmarked.audits_in(session_id)
    for sitting_id in queued.keys() - audited:  # whoever answered last may have been killed before this
        _close(engine, sitting_id, queued[sitting_id])
    return [one for one in drawn if one not in audited and one not in queued]


def _queue(engine: Engine, sitting_id: SittingId) -> bool | None:
    """Set a sitting's stretches before people; False where there is nothing to look at, None while it is too early to tell."""
    with engine.store.read() as tx:
        sitting, watch = tx.sittings.get(sitting_id), tx.incidents.watch(sitting_id)
        flagged = any(one.tier == Tier.ALERT for one in tx.incidents.of_sitting(sitting_id))
    drained = watch is not None and watch.drained_at is not None
    if sitting.started_at is not None and (sitting.state not in ENDED or (sitting.state is SittingState.SUBMITTED and not drained)):
        return None
    frames = [] if flagged or sitting.started_at is None else draw.frames_of(engine, sitting_id)
    if not frames:
        draw.audited(engine, sitting_id, None)
        return False
    with engine.store.begin() as tx:
        tx.sittings.get_locked(sitting_id)
        if tx.unmarked.audits_of(sitting_id):
            return False
        for began, ended in _stretches(sitting, frames):
            tx.unmarked.add(_audit(tx, sitting, began, ended, engine.clock.now()))
    return True


def _stretches(sitting: Sitting, frames: Sequence[KeptFrame]) -> list[tuple[float, float]]:
    """Draw stretches that do not overlap, in seconds of the sitting; each begins with a kept picture."""
    starts = [_second(sitting, one.at) for one in frames]
    chosen: list[float] = []
    while starts and len(chosen) < STRETCHES:
        chosen.append(starts[secrets.randbelow(len(starts))])
        starts = [one for one in starts if abs(one - chosen[-1]) >= STRETCH_S]
    return [(one, one + STRETCH_S) for one in sorted(chosen)]


def _audit(tx: Transaction, sitting: Sitting, began: float, ended: float, now: datetime) -> UnmarkedReview:
    kinds = sorted(tx.unmarked.kinds_raised(sitting.organisation_id).items()) or [(Kind.NOBODY.value, "medium")]
    kind, severity = kinds[secrets.randbelow(len(kinds))]
    return UnmarkedReview(
        id=IncidentId(new_id("inc", _moment(sitting, began + BEFORE_S + RAISED_S))),
        organisation_id=sitting.organisation_id,
        origin=Origin.AUDIT,
        sitting_id=sitting.id,
        kind=kind,
        severity=severity,
        opened_at=now,
        start_s=began,
        end_s=ended,
    )


def shown(engine: Engine, sitting: Sitting, review: UnmarkedReview) -> tuple[IncidentRecord, list[EvidenceRecord]]:
    """Return a stretch as the incident that its reader takes it for: one that exists on the page only, and its pictures."""
    frames = _frames(engine, sitting, review)
    began, ended = _told(review)
    return (
        IncidentRecord(
            id=review.id,
            sitting_id=sitting.id,
            organisation_id=review.organisation_id,
            rule=review.kind,
            first_seq=frames[0].seq if frames else 0,
            kind=review.kind,
            tier=Tier.ALERT.value,
            severity=review.severity,
            confidence=0.0,
            opened_at=_moment(sitting, began),
            raised_at=_moment(sitting, began + RAISED_S),
            ended_at=_moment(sitting, ended),
            start_s=began,
            end_s=ended,
            item_id=None,
            trace={},
            models={},
        ),
        [_picture(review, frame, role) for frame, role in zip(frames, _roles(len(frames)), strict=True)],
    )


def _told(review: UnmarkedReview) -> tuple[float, float]:
    """Return from when to when a stretch is said to show something: as long as flags last, not always a minute; the same at every look."""
    assert review.start_s is not None
    share = int(sha256_hex(review.id.encode())[:8], 16) / 0xFFFFFFFF
    began = review.start_s + BEFORE_S
    return began, began + round(RAISED_S + share * (STRETCH_S - BEFORE_S - 2 * RAISED_S), 1)


def _frames(engine: Engine, sitting: Sitting, review: UnmarkedReview) -> list[KeptFrame]:
    assert review.start_s is not None and review.end_s is not None
    kept = draw.frames_of(engine, sitting.id)
    return [one for one in kept if review.start_s <= _second(sitting, one.at) <= review.end_s]


def _roles(count: int) -> list[str]:
    """Return the roles of so many pictures: SHOWN of them spread evenly stand in the strip, the middle one of these as the peak."""
    stand = sorted({round(number * (count - 1) / max(1, SHOWN - 1)) for number in range(SHOWN)}) if count else []
    peak = stand[len(stand) // 2] if stand else 0
    return [SCRUB if n not in stand else "peak" if n == peak else "before" if n < peak else "after" for n in range(count)]


def _picture(review: UnmarkedReview, frame: KeptFrame, role: str) -> EvidenceRecord:
    return EvidenceRecord(
        id=f"{review.id}.{frame.seq}",
        incident_id=review.id,
        sitting_id=review.sitting_id,
        seq=frame.seq,
        at=frame.at,
        role=role,
        blob=frame.blob,
        sha256="",
    )


def close(engine: Engine, sitting_id: SittingId) -> None:
    """Let a drawn sitting's pictures go once every stretch is answered and nothing was missed in any; safe to repeat."""
    with engine.store.read() as tx:
        stretches = tx.unmarked.audits_of(sitting_id)
    _close(engine, sitting_id, stretches)


def _close(engine: Engine, sitting_id: SittingId, stretches: Sequence[UnmarkedReview]) -> None:
    answers = [one.answer for one in stretches if one.answer is not None and not one.differs]
    if stretches and len(answers) == len(stretches):
        draw.audited(engine, sitting_id, max(answers, key=lambda one: one.at).person_id)


def _second(sitting: Sitting, at: datetime) -> float:
    assert sitting.started_at is not None
    return (at - sitting.started_at).total_seconds()


def _moment(sitting: Sitting, seconds: float) -> datetime:
    assert sitting.started_at is not None
    return sitting.started_at + timedelta(seconds=seconds)
