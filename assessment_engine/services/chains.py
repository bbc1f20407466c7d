"""Keeping chains of frames: a journal every few seconds, a stretch a minute with its entry of the log, and an end.

Written by ingest, which alone sees every frame (`write_journal`, `keep`, `forget_journal`); the sweep takes up what a process that died
left (`recover`) and closes the chains of sittings that are over (`close_ended`). Records hold no picture: they are neither encrypted
nor erased.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from assessment_engine.evidence.chain_log import Kept, Stretch, closing_entry, new_part, stretch_of
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services.engine import Engine
from assessment_engine.storage.audit import Record
from assessment_engine.storage.chains import ChainSegmentRow
from assessment_engine.storage.database import Transaction
from proctoring.chain_records import Segment, records_of, segments_of

JOURNAL = "chain-journal"
_MAC = 32
DEAD_AFTER = timedelta(minutes=2)
CLOSE_AFTER = timedelta(minutes=5)
MOST_CLOSED = 200
TRIES = 5
AT_ONCE = 25  # stretches a transaction: few enough that no save of an answer waits for the records


log = structlog.get_logger()


def write_journal(engine: Engine, process: str, number: int, page: bytes) -> str:
    """Put a journal page on disk, sealed so that only we can have written it; returns its key. Raises StorageUnavailable."""
    key = f"{JOURNAL}/{process}/{number:09d}"
    engine.blobs.put_durably(key, _mac(engine, key, page) + page)
    return key


def _read_journal(engine: Engine, key: str) -> bytes:
    """Read a journal page; one that we did not write, or that was changed, has nothing in it that could be believed."""
    sealed = engine.blobs.get(key)
    mac, page = sealed[:_MAC], sealed[_MAC:]
    if not hmac.compare_digest(mac, _mac(engine, key, page)):
        log.error("journal_not_ours", key=key)
        return b""
    return page


def _mac(engine: Engine, key: str, page: bytes) -> bytes:
    return hmac.digest(engine.signer.evidence.derived("chain journal", JOURNAL), key.encode() + b"\0" + page, "sha256")


def forget_journal(engine: Engine, keys: Sequence[str]) -> None:
    """Remove journal pages whose records are kept."""
    for key in keys:
        engine.blobs.delete(key)


def keep(engine: Engine, segments: Sequence[Segment]) -> int:
    """Keep stretches of chains, each with its entry in the log; what is kept already, or whose chain has ended, is left out.

    Returns how many frames were recorded. Some at a time, and all that can be worked out is worked out before, so that no answer waits for
    it. Safe to repeat after StorageUnavailable or Conflict: what was kept by then is left out.
    """
    waiting = [segment for segment in segments if segment.frames]
    return sum(_keep_all(engine, waiting[at : at + AT_ONCE]) for at in range(0, len(waiting), AT_ONCE))


def _keep_all(engine: Engine, segments: Sequence[Segment]) -> int:
    """Keep some stretches, once more where somebody else was quicker with the same chains: the sweep, after a process that died."""
    kept, rest = 0, segments
    for _ in range(TRIES):
        some, rest = _keep_some(engine, rest)
        kept += some
        if not rest:
            return kept
    raise Conflict("somebody else keeps stretches of the same chains all the time")


def _keep_some(engine: Engine, segments: Sequence[Segment]) -> tuple[int, list[Segment]]:
    """Return how many frames were recorded, and the stretches of chains that somebody else went on with meanwhile."""
    named = {SittingId(one.sitting_id) for one in segments}
    with engine.store.read() as tx:
        before = tx.chains.newest(named)
        fresh = _fresh(tx, segments, before)
    stretches = [stretch_of(one) for one in fresh]
    for one in stretches:
        engine.blobs.put(_blob(one), one.segment.records)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.chains.lock()
        taken, newest = tx.chains.takes(named), tx.chains.newest(named)
        changed = {one for one in taken if newest.get(one) != before.get(one)}
        still = [one for one in stretches if one.segment.sitting_id in taken - changed]
        _insert(tx, still, newest, now)
    return sum(one.frames for one in still), [one for one in segments if one.sitting_id in changed]


def _insert(tx: Transaction, stretches: Sequence[Stretch], newest: dict[SittingId, ChainSegmentRow], now: datetime) -> None:
    rows, entries = [], []
    for one in stretches:
        sitting_id = SittingId(one.segment.sitting_id)
        before = newest.get(sitting_id)
        row = newest[sitting_id] = _row(one, before.ordinal + 1 if before else 0, now)
        about = one.entry(row.ordinal, bytes.fromhex(before.head) if before else None)
        rows.append(row)
        entries.append(Record(kind="chain_checkpoint", subject=sitting_id, actor=None, payload=about))
    tx.chains.add(rows)
    tx.audit.record_all(entries, now)


def _fresh(tx: Transaction, segments: Sequence[Segment], newest: dict[SittingId, ChainSegmentRow]) -> list[Segment]:
    """Return the parts of stretches that are new, of sittings that there are and whose chains have not ended."""
    taken = tx.chains.takes({SittingId(one.sitting_id) for one in segments})
    late = {SittingId(one.sitting_id) for one in segments if _comes_late(one, newest.get(SittingId(one.sitting_id)))}
    known = tx.chains.of_sittings(taken & late)  # only those that look back need more than the newest
    parts = [new_part(one, _kept(known.get(SittingId(one.sitting_id), ()))) for one in segments if one.sitting_id in taken]
    return [part for part in parts if part is not None]


def _comes_late(segment: Segment, newest: ChainSegmentRow | None) -> bool:
    return newest is not None and records_of(segment.records)[0].seq <= newest.last_seq


def _kept(rows: Sequence[ChainSegmentRow]) -> list[Kept]:
    return [
        Kept(ordinal=row.ordinal, first_seq=row.first_seq, last_seq=row.last_seq, frames=row.frames, head=bytes.fromhex(row.head))
        for row in rows
    ]


def _row(stretch: Stretch, ordinal: int, now: datetime) -> ChainSegmentRow:
    return ChainSegmentRow(
        sitting_id=SittingId(stretch.segment.sitting_id),
        ordinal=ordinal,
        first_seq=stretch.first_seq,
        last_seq=stretch.last_seq,
        frames=stretch.frames,
        head=stretch.head.hex(),
        blob=_blob(stretch),
        kept_at=now,
    )


def _blob(stretch: Stretch) -> str:
    """Name a stretch by what is in it, so that writing it twice writes the same."""
    return f"{stretch.segment.sitting_id}/chain/{stretch.first_seq:010d}-{stretch.records_sha256[:16]}.bin"


def recover(engine: Engine) -> int:
    """Keep what ingest processes that died had only in their journals; returns how many frames. A chore of the sweep."""
    pages: dict[str, list[str]] = {}
    alive: set[str] = set()
    now = engine.clock.now()
    for one in engine.blobs.under(JOURNAL):
        process = one.key.split("/")[-2]
        pages.setdefault(process, []).append(one.key)
        if now - one.written_at < DEAD_AFTER:
            alive.add(process)
    frames = 0
    for process in pages.keys() - alive:
        frames += keep(engine, segments_of([_read_journal(engine, key) for key in pages[process]]))
        forget_journal(engine, pages[process])
    return frames


def close_ended(engine: Engine) -> int:
    """End the chains of sittings that have been over for a while; returns how many. A chore of the sweep."""
    with engine.store.read() as tx:
        over = tx.chains.to_close(engine.clock.now() - CLOSE_AFTER, MOST_CLOSED)
    for sitting_id in over:
        close(engine, sitting_id)
    return len(over)


def close(engine: Engine, sitting_id: SittingId) -> None:
    """End a sitting's chain: whatever comes later is none of it. Safe to repeat; a chain without frames has no end."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.chains.lock()
        kept = _kept(tx.chains.of_sittings([sitting_id])[sitting_id])
        if kept and tx.chains.takes([sitting_id]):
            tx.chains.close(sitting_id, now)
            tx.audit.append("chain_closed", subject=sitting_id, now=now, payload=closing_entry(kept))
