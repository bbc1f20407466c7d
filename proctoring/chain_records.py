"""The records of a chain: what is kept for ever of every frame that was taken, so that the chain can be recomputed without the frames.

A record is 61 bytes, big-endian: seq u32 | server_ts u64 ms | sha256(jpeg) 32 B | nonce 16 B | kept u8. A segment is the records of about a
minute of one sitting, with the head before the first. The ChainBook is ingest's: fed with the frames that the channel took, it hands out
journal pages (what is new of all sittings, every few seconds, against a crash) and segments (every minute, to be kept).
Stored by services/chains.py; checked by assessment_engine/evidence/; the chain's own formula is proctoring/channel/chain.py.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from struct import Struct, error

from assessment_engine.kernel.errors import Invalid
from proctoring.channel import Frame, Position, link, milliseconds, moment

RECORD = Struct(">IQ32s16sB")
_PAGE_PART = Struct(">H32sI")


@dataclass(frozen=True, slots=True)
class Record:
    """What the chain knows of one frame: number, server's time, SHA-256 of the picture, nonce, and whether the page had kept it."""

    seq: int
    at_ms: int
    picture: bytes
    nonce: bytes
    kept: bool

    def after(self, head: bytes) -> bytes:
        """Return the chain's head after this frame."""
        return link(head, seq=self.seq, at=moment(self.at_ms), picture=self.picture, nonce=self.nonce)


def packed(record: Record) -> bytes:
    """Write one record."""
    return RECORD.pack(record.seq, record.at_ms, record.picture, record.nonce, record.kept)


def records_of(data: bytes) -> tuple[Record, ...]:
    """Read records; raises Invalid when the bytes are none."""
    if len(data) % RECORD.size:
        raise Invalid("these are not whole records of a chain")
    rows = [Record(seq, at_ms, picture, nonce, kept == 1) for seq, at_ms, picture, nonce, kept in RECORD.iter_unpack(data)]
    if any(row.at_ms >= _LATEST_MS for row in rows):
        raise Invalid("these are not records of a chain: a time is out of this world")
    return tuple(rows)


_LATEST_MS = 2**47  # the year 6429; what Python's datetime can still say


def head_after(start: bytes, records: Iterable[Record]) -> bytes:
    """Return the head that a chain has after these records."""
    head = start
    for record in records:
        head = record.after(head)
    return head


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one sitting's chain: the head before it, and its records."""

    sitting_id: str
    start: bytes
    records: bytes

    @property
    def frames(self) -> int:
        """How many frames it records."""
        return len(self.records) // RECORD.size

    def part(self, first: int, last: int) -> "Segment | None":
        """Return the records with numbers from `first` to `last`, with the head before them; None when there are none."""
        rows = records_of(self.records)
        before = [row for row in rows if row.seq < first]
        kept = [row for row in rows if first <= row.seq <= last]
        if not kept:
            return None
        start = head_after(self.start, before)
        return Segment(sitting_id=self.sitting_id, start=start, records=b"".join(map(packed, kept)))


@dataclass(slots=True)
class _Line:
    """One sitting's records that are still to be handed out."""

    head: bytes
    start: bytes
    records: bytearray = field(default_factory=bytearray)
    page_start: bytes = b""
    paged: int = 0


class ChainBook:
    """Ingest's memory of what it took into chains. `page` and `cut` hand out, once, what is new since they were last asked."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def begin(self, sitting_id: str, position: Position) -> None:
        """Say where a sitting's chain stood when this process took it up."""
        self._lines.setdefault(sitting_id, _Line(head=position.head, start=position.head, page_start=position.head))

    def note(self, sitting_id: str, frame: Frame) -> None:
        """Write down a frame that was taken."""
        line, picture = self._lines[sitting_id], hashlib.sha256(frame.jpeg).digest()
        line.records += RECORD.pack(frame.seq, milliseconds(frame.at), picture, frame.nonce, frame.kept)
        line.head = frame.head

    def forget(self, sitting_id: str) -> bool:
        """Let go of a sitting whose records are all handed out; False while some are not. It may begin again."""
        line = self._lines.get(sitting_id)
        if line is not None and line.records:
            return False
        self._lines.pop(sitting_id, None)
        return True

    def page(self) -> bytes:
        """Return a journal page of everything that no page has yet; empty when there is nothing."""
        parts = []
        for sitting_id, line in self._lines.items():
            fresh = bytes(line.records[line.paged :])
            if fresh:
                parts.append(_page_part(sitting_id, line.page_start, fresh))
                line.page_start, line.paged = line.head, len(line.records)
        return b"".join(parts)

    def cut(self) -> list[Segment]:
        """Return the segments since the last cut; what they hold needs no page any more."""
        whole = []
        for sitting_id, line in self._lines.items():
            if line.records:
                whole.append(Segment(sitting_id=sitting_id, start=line.start, records=bytes(line.records)))
                self._lines[sitting_id] = _Line(head=line.head, start=line.head, page_start=line.head)
        return whole


def _page_part(sitting_id: str, start: bytes, records: bytes) -> bytes:
    name = sitting_id.encode()
    return _PAGE_PART.pack(len(name), start, len(records)) + name + records


def segments_of(pages: Sequence[bytes]) -> list[Segment]:
    """Read journal pages, in order, back into segments; a page that is cut off gives what is whole of it."""
    found: list[Segment] = []
    newest: dict[str, int] = {}
    for sitting_id, start, records in (part for page in pages for part in _parts(page)):
        before = found[newest[sitting_id]] if sitting_id in newest else None
        if before is not None and head_after(before.start, records_of(before.records)) == start:
            found[newest[sitting_id]] = Segment(sitting_id=sitting_id, start=before.start, records=before.records + records)
        else:
            newest[sitting_id] = len(found)
            found.append(Segment(sitting_id=sitting_id, start=start, records=records))
    return found


def _parts(page: bytes) -> Iterable[tuple[str, bytes, bytes]]:
    place = 0
    while place < len(page):
        try:
            named, start, length = _PAGE_PART.unpack_from(page, place)
        except error:
            return
        name_at = place + _PAGE_PART.size
        place = name_at + named + length
        records = page[name_at + named : place]
        if place > len(page) or not _are_records(records):
            return
        yield page[name_at : name_at + named].decode(errors="replace"), start, records


def _are_records(data: bytes) -> bool:
    try:
        return bool(records_of(data))
    except Invalid:
        return False
