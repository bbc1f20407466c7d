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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch as it is kept and logged: what can be worked out of its records before the database is asked for anything."""

    segment: Segment
    first_seq: int
    last_seq: int
    frames: int
    began_ms: int
    ended_ms: int
    head: bytes
    records_sha256: str

    def kept(self, ordinal: int) -> Kept:
        """Return what is remembered of it once it is kept."""
        return Kept(ordinal=ordinal, first_seq=self.first_seq, last_seq=self.last_seq, frames=self.frames, head=self.head)

    def entry(self, ordinal: int, previous: bytes | None) -> dict[str, Json]:
        """Return what the log is told; `previous` is the head of the stretch that was kept before it, None for the first."""
        return {
            "ordinal": ordinal,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "frames": self.frames,
            "began_ms": self.began_ms,
            "ended_ms": self.ended_ms,
            "previous": None if previous is None else previous.hex(),
            "start": self.segment.start.hex(),
            "head": self.head.hex(),
            "records_sha256": self.records_sha256,
        }


def stretch_of(segment: Segment) -> Stretch:
    """Work out a stretch's numbers, head and digest."""
    rows = records_of(segment.records)
    return Stretch(
        segment=segment,
        first_seq=rows[0].seq,
        last_seq=rows[-1].seq,
        frames=len(rows),
        began_ms=rows[0].at_ms,
        ended_ms=rows[-1].at_ms,
        head=head_after(segment.start, rows),
        records_sha256=sha256_hex(segment.records),
    )


def closing_entry(kept: Sequence[Kept]) -> dict[str, Json]:
    """Return what the log is told at the end of a chain."""
    last = max(kept, key=lambda one: one.last_seq)
    return {
        "segments": len(kept),
        "frames": sum(one.frames for one in kept),
        "last_seq": last.last_seq,
        "head": last.head.hex(),
    }
