"""The secret draw and the candidate's own wish: of whose sittings clean frames are kept, and until when (DESIGN promise 6).

A session's secret is committed to in the log when it is scheduled (`commit`, `commit_missing`), sealed with the deployment's key until
all of its drawn sittings are audited, and then told (`reveal_due`). The worker keeps a frame every five seconds (`keeps`, `keep_frame`);
reviewers look at them as at any other case (`frames_of`, `frame`, `audited`), so nobody is told that a sitting is drawn. Who may see them,
the caller has asked. The rule itself: assessment_engine/evidence/draw.py.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.evidence import draw as rule
from assessment_engine.exams import ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import PersonId, SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import evidence
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.draws import SessionDraw
from assessment_engine.storage.events import sitting_event
from proctoring.channel import milliseconds, moment

REVEAL_AFTER = timedelta(hours=1)
MOST_AT_ONCE = 100


class KeptFor(StrEnum):
    """Why clean frames of a sitting are kept."""

    DRAW = "draw"
    WISH = "wish"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFrame:
    """One clean frame that is kept: its number, the server's time, and where it lies."""

    seq: int
    at: datetime
    blob: str


def commit(engine: Engine, tx: Transaction, session: ExamSession, now: datetime) -> None:
    """Fix a session's draw, in the transaction that makes the session; a practice session and an exam without a draw have none."""
    share = tx.exams.get(session.exam_id).policy.draw_share
    if share <= 0 or session.practice_of is not None or tx.draws.of_session(session.id) is not None:
        return
    secret = secrets.token_bytes(32)
    fixed = rule.commitment(session.id, share, secret)
    sealed = evidence.seal_secret(engine, _place(session.id), secret)
    tx.draws.commit(SessionDraw(session_id=session.id, commitment=fixed, sealed_secret=sealed, share=share, committed_at=now))
    about: Json = {"commitment": fixed, "share": f"{share:g}"}
    tx.audit.append("draw_committed", subject=session.id, now=now, payload=about)


def commit_missing(engine: Engine) -> int:
    """Fix the draws of sessions that were scheduled without one and have not opened; returns how many. A chore of the sweep."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        waiting = tx.draws.without(now, MOST_AT_ONCE)
    for session_id in waiting:
        with engine.store.begin() as tx:
            commit(engine, tx, tx.exams.session(session_id), now)
    return len(waiting)


def drawn(engine: Engine, session_id: SessionId) -> tuple[SittingId, ...]:
    """Return the drawn sittings of a session, none where it has no draw; raises EvidenceKeyUnreadable."""
    with engine.store.read() as tx:
        return _drawn(engine, tx, session_id)


def _drawn(engine: Engine, tx: Transaction, session_id: SessionId) -> tuple[SittingId, ...]:
    draw = tx.draws.of_session(session_id)
    if draw is None:
        return ()
    secret = evidence.open_secret(engine, _place(session_id), draw.sealed_secret)
    return tuple(one for one in tx.draws.sittings_of(session_id) if rule.is_drawn(secret, one, draw.share))


def keeps(engine: Engine, sitting_id: SittingId) -> KeptFor | None:
    """Return why clean frames of a sitting are to be kept, None where they are not; for the worker alone."""
    with engine.store.read() as tx:
        if tx.draws.wishes(sitting_id):
            return KeptFor.WISH
        sitting = tx.sittings.get(sitting_id)
        draw = tx.draws.of_session(sitting.session_id)
        if draw is None or sitting.practice or tx.draws.is_audited(sitting_id):
            return None
    secret = evidence.open_secret(engine, _place(sitting.session_id), draw.sealed_secret)
    return KeptFor.DRAW if rule.is_drawn(secret, sitting_id, draw.share) else None


def keep_frame(engine: Engine, sitting_id: SittingId, seq: int, at: datetime, jpeg: bytes) -> None:
    """Keep one clean frame, encrypted with the sitting's key; safe to repeat. Raises StorageUnavailable or EvidenceKeyUnreadable."""
    blob = f"{_folder(sitting_id)}/{milliseconds(at):015d}-{seq:010d}.jpg.enc"
    evidence.store_frame(engine, evidence.data_key(engine, sitting_id), blob, jpeg)


def frames_of(engine: Engine, sitting_id: SittingId) -> list[KeptFrame]:
    """Return the clean frames of a sitting that are kept, in order; none once they were audited or erased."""
    with engine.store.read() as tx:
        try:
            tx.incidents.wrapped_key(sitting_id)
        except NotFound:
            return []
    return [_frame(one.key) for one in engine.blobs.under(_folder(sitting_id))]


def _frame(key: str) -> KeptFrame:
    at_ms, _, seq = key.rpartition("/")[2].partition(".")[0].partition("-")
    return KeptFrame(seq=int(seq), at=moment(int(at_ms)), blob=key)


def frame(engine: Engine, sitting_id: SittingId, seq: int) -> bytes:
    """Return one kept frame, decrypted; raises NotFound, HashMismatch when it was changed, EvidenceKeyUnreadable."""
    for one in frames_of(engine, sitting_id):
        if one.seq == seq:
            return evidence.data_key(engine, sitting_id).decrypt(one.blob, engine.blobs.get(one.blob))
    raise NotFound("no such frame is kept")


def audited(engine: Engine, sitting_id: SittingId, by: PersonId | None) -> None:
    """Say that a drawn sitting was looked through: its frames go, but for a candidate who wished to have them kept. Safe to repeat."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.get_locked(sitting_id)
        if tx.draws.is_audited(sitting_id):
            return
        wished = tx.draws.wishes(sitting_id)
        tx.draws.audit(sitting_id, by, now)
        tx.audit.append("draw_audited", subject=sitting_id, actor=by, now=now)
    if not wished:
        _delete(engine, sitting_id)


def _delete(engine: Engine, sitting_id: SittingId) -> None:
    for one in engine.blobs.under(_folder(sitting_id)):
        engine.blobs.delete(one.key)


def forget_audited(engine: Engine) -> int:
    """Delete kept frames whose sitting was audited, should the deletion have been interrupted; returns how many. A chore of the sweep."""
    forgotten = 0
    with engine.store.read() as tx:
        done = tx.draws.audited_lately(engine.clock.now() - timedelta(days=2))
    for sitting_id in done:
        left = engine.blobs.under(_folder(sitting_id))
        forgotten += len(left)
        for one in left:
            engine.blobs.delete(one.key)
    return forgotten


def reveal_due(engine: Engine) -> int:
    """Tell the secrets of sessions that are over and whose drawn sittings are all audited; returns how many. A chore of the sweep."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        over = tx.draws.unrevealed(now - REVEAL_AFTER)
    return sum(_reveal(engine, session_id, now) for session_id in over)


def _reveal(engine: Engine, session_id: SessionId, now: datetime) -> bool:
    with engine.store.read() as tx:  # whom it drew stands since the session is over; no answer waits for looking at all of them
        whom = _drawn(engine, tx, session_id)
        if not all(_is_done(tx, one) for one in whom if tx.sittings.get(one).started_at is not None):
            return False
    with engine.store.begin() as tx:
        draw = tx.draws.of_session(session_id)
        if draw is None or draw.revealed_at is not None:
            return False
        secret = evidence.open_secret(engine, _place(session_id), draw.sealed_secret)
        tx.draws.reveal(session_id, now)
        about: Json = {"secret": secret.hex(), "share": f"{draw.share:g}", "commitment": draw.commitment, "drawn": list(whom)}
        tx.audit.append("draw_revealed", subject=session_id, now=now, payload=about)
    return True


def _is_done(tx: Transaction, sitting_id: SittingId) -> bool:
    """Tell whether a drawn sitting was audited, or its frames were erased with its key before anybody could."""
    try:
        return tx.draws.is_audited(sitting_id) or tx.evidence.erased_at(sitting_id) is not None
    except NotFound:
        return False


def wish(engine: Engine, actor: Actor, sitting_id: SittingId, *, kept: bool) -> None:
    """Note the candidate's own wish that pictures of ordinary time be kept, or take it back; before the exam begins only."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if tx.draws.wishes(sitting_id) == kept:
            return
        if sitting.started_at is not None:
            raise Conflict("this can be chosen until the exam begins")
        tx.draws.wish(sitting_id, now, kept=kept)
        about: dict[str, str | int] = {"kept": int(kept)}
        tx.audit.append("pictures_wished", subject=sitting_id, actor=actor.person_id, now=now, payload=dict(about))
        tx.events.record(sitting_event("pictures_wished", sitting, now, actor, data=about))


def share_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> float:
    """Return the share that is drawn of a candidate's own session, 0 where nothing was fixed: the notice promises only what is so."""
    with engine.store.read() as tx:
        draw = tx.draws.of_session(tx.sittings.of_candidate(sitting_id, actor.person_id).session_id)
        return draw.share if draw is not None else 0.0


def wishes(engine: Engine, actor: Actor, sitting_id: SittingId) -> bool:
    """Tell whether the candidate asked that pictures of ordinary time be kept."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        return tx.draws.wishes(sitting_id)


def _folder(sitting_id: SittingId) -> str:
    return f"{sitting_id}/clean"


def _place(session_id: SessionId) -> str:
    return f"draw/{session_id}"
