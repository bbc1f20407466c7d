"""What the log is told of a chain: an entry for each stretch, one at the end; and which part of a stretch is new to what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json, sha256_hex
from proctoring.chain_records import Segment, head_after, records_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One stretch of a sitting's chain that is kept already; `head` is the chain's head after it."""

    ordinal: int
    first_seq: int
    last_seq: int
    frames: int
    head: bytes


def new_part(segment: Segment, kept: Sequence[Kept]) -> Segment | None:
    """Return the part of a stretch that is not kept yet, None when all of it is.

    A process that died, or could not reach the store, leaves a stretch that comes late or twice; whatever a later one took up meanwhile
    stands, for its frames were acknowledged under the same numbers.
    """
    rows = records_of(segment.records)
    first = rows[0].seq
    before = max((one.last_seq for one in kept if one.first_seq <= first), default=-1)
    after = min((one.first_seq for one in kept if one.first_seq > first), default=rows[-1].seq + 1)
    return segment.part(max(first, before + 1), min(rows[-1].seq, after - 1))


def checkpoint_entry(segment: Segment, ordinal: int, previous: bytes | None) -> dict[str, Json]:
    """Return what the log is told of a stretch; `previous` is the head of the stretch that was kept before it, None for the first."""
    rows = records_of(segment.records)
    return {
        "ordinal": ordinal,
        "first_seq": rows[0].seq,
        "last_seq": rows[-1].seq,
        "frames": len(rows),
        "began_ms": rows[0].at_ms,
        "ended_ms": rows[-1].at_ms,
        "previous": None if previous is None else previous.hex(),
        "start": segment.start.hex(),
        "head": head_after(segment.start, rows).hex(),
        "records_sha256": sha256_hex(segment.records),
    }


def closing_entry(kept: Sequence[Kept]) -> dict[str, Json]:
    """Return what the log is told at the end of a chain."""
    last = max(kept, key=lambda one: one.last_seq)
    return {
        "segments": len(kept),
        "frames": sum(one.frames for one in kept),
        "last_seq": last.last_seq,
        "head": last.head.hex(),
    }
