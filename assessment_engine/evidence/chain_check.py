"""Holding a sitting's chain of frames against the log: every head is recomputed, every stretch must be the one that was logged.

Each minute's stretch has an entry `chain_checkpoint` (ordinal, first and last number, frames, head before and after, digest of its records,
and the head that was known before it); the end has one entry `chain_closed`. A stretch whose head before is not the one that was known says
itself that records were lost with a process: that is told as *lost*, and is no break. What was not said is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from assessment_engine.evidence.findings import Finding, FindingKind, NoteKind
from assessment_engine.evidence.leaves import ProvenLeaf
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Invalid
from proctoring.chain_records import Record, head_after, records_of
from proctoring.channel import first_link, moment

CHECKPOINT, CLOSED = "chain_checkpoint", "chain_closed"
TOLERANCE = timedelta(seconds=5)
LATE_AFTER = timedelta(minutes=5)
MOST_STRETCHES = 100_000  # a stretch a minute for ten weeks


@dataclass(frozen=True, slots=True)
class ChainChecked:
    """What was found, the records by number as far as they can be believed, and the numbers whose records the log says to be lost."""

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    records: Mapping[int, Record]
    frames: int
    lost: tuple[range, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One logged stretch with the records that were handed in for it."""

    leaf: ProvenLeaf
    rows: tuple[Record, ...]

    @property
    def place(self) -> str:
        return segment_name(int(self.said["ordinal"]))

    @property
    def said(self) -> Mapping[str, Any]:
        return self.leaf.said


def segment_name(ordinal: int) -> str:
    """Return where a package keeps a stretch's records."""
    return f"chain/{ordinal:05d}.bin"


def check_chain(sitting_id: str, leaves: Sequence[ProvenLeaf], files: Mapping[int, bytes]) -> ChainChecked:
    """Check the stretches (records by ordinal) of one sitting against its entries of the log; the entries themselves are proven before."""
    try:
        return _check(sitting_id, leaves, files)
    except (KeyError, TypeError, ValueError, OverflowError):  # an entry whose content is not what we log, and so no proof either
        text = "an entry about the chain is not as the engine writes it"
        return ChainChecked((Finding(kind=FindingKind.FORGED_CHECKPOINT, place="log/leaves.json", text=text),), (), {}, 0)


def _check(sitting_id: str, leaves: Sequence[ProvenLeaf], files: Mapping[int, bytes]) -> ChainChecked:
    chain = [leaf for leaf in leaves if leaf.kind in (CHECKPOINT, CLOSED)]
    findings = [_foreign(leaf) for leaf in chain if leaf.subject != sitting_id]
    own = [leaf for leaf in chain if leaf.subject == sitting_id]
    logged = sorted((leaf for leaf in own if leaf.kind == CHECKPOINT), key=lambda leaf: _ordinal(leaf.said))
    findings += _left_out(logged, files)
    stretches = []
    for leaf in logged:
        ordinal = int(leaf.said["ordinal"])
        if ordinal in files:
            rows, wrong = _read(leaf, files[ordinal])
            findings += wrong
            stretches.append(_Stretch(leaf, rows))
    in_order = sorted(stretches, key=lambda one: (int(one.said["first_seq"]), int(one.said["ordinal"])))
    joins, notes, lost = _joins(sitting_id, in_order)
    findings += joins + _clock(in_order) + _end(own, logged, in_order)
    notes += [note for one in in_order for note in _late(one)]
    records = {row.seq: row for one in in_order for row in one.rows}
    return ChainChecked(tuple(findings), tuple(notes), records, sum(len(one.rows) for one in in_order), lost)


def _ordinal(said: Mapping[str, Any]) -> int:
    ordinal = int(said["ordinal"])
    if not 0 <= ordinal < MOST_STRETCHES:
        raise ValueError("no chain has so many stretches")
    return ordinal


def _foreign(leaf: ProvenLeaf) -> Finding:
    text = f"this stretch was logged for another sitting, {leaf.subject}"
    return Finding(kind=FindingKind.FOREIGN_SITTING, place=f"log/leaves.json, entry {leaf.index}", text=text)


def _left_out(logged: Sequence[ProvenLeaf], files: Mapping[int, bytes]) -> list[Finding]:
    """Return the stretches that are missing, by the log's own numbering, and those that the log does not know."""
    numbers = [int(leaf.said["ordinal"]) for leaf in logged]
    findings = [
        _at(FindingKind.SPLICED, ordinal, "the log has two entries for this stretch")
        for ordinal, after in pairwise(numbers)
        if ordinal == after
    ]
    unlogged = sorted(set(range(max(numbers, default=-1) + 1)) - set(numbers))
    findings += [_at(FindingKind.MISSING_FRAMES, one, "the entry of the log for this stretch was left out") for one in unlogged]
    absent = sorted(set(numbers) - set(files))
    findings += [_at(FindingKind.MISSING_FRAMES, one, "the records of this stretch were left out") for one in absent]
    extra = sorted(set(files) - set(numbers) - set(unlogged))
    return findings + [_at(FindingKind.SPLICED, one, "the log knows no such stretch") for one in extra]


def _at(kind: FindingKind | NoteKind, ordinal: int, text: str, seq: int | None = None) -> Finding:
    return Finding(kind=kind, place=segment_name(ordinal), text=text, seq=seq)


def _read(leaf: ProvenLeaf, data: bytes) -> tuple[tuple[Record, ...], list[Finding]]:
    """Return the records of a stretch, and what became of them when they are not the logged ones."""
    said, ordinal = leaf.said, int(leaf.said["ordinal"])
    try:
        rows = records_of(data)
    except Invalid as error:
        return (), [_at(FindingKind.EDITED, ordinal, error.message)]
    start = bytes.fromhex(said["start"])
    same = (sha256_hex(data), len(rows)) == (said["records_sha256"], int(said["frames"]))
    if same and rows and head_after(start, rows).hex() == said["head"] and _bounds(rows) == _said_bounds(said):
        return rows, [_at(FindingKind.REORDERED, ordinal, text, seq) for seq, text in _out_of_order(rows)]
    return rows, [_diagnosed(ordinal, said, rows)]


def _bounds(rows: Sequence[Record]) -> tuple[int, int, int, int]:
    return rows[0].seq, rows[-1].seq, rows[0].at_ms, rows[-1].at_ms


def _said_bounds(said: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return int(said["first_seq"]), int(said["last_seq"]), int(said["began_ms"]), int(said["ended_ms"])


def _out_of_order(rows: Sequence[Record]) -> list[tuple[int, str]]:
    return [
        (after.seq, f"frame {after.seq} stands after frame {before.seq}") for before, after in pairwise(rows) if after.seq <= before.seq
    ]


def _diagnosed(ordinal: int, said: Mapping[str, Any], rows: Sequence[Record]) -> Finding:
    """Say what was done to a stretch whose records are not those that were logged, as exactly as the records let one say it."""
    first, last, began, ended = _said_bounds(said)
    missing = int(said["frames"]) - len(rows)
    where = f"between frames {first} and {last}"
    if turned := _out_of_order(rows):
        return _at(FindingKind.REORDERED, ordinal, turned[0][1], turned[0][0])
    if missing > 0:
        return _at(FindingKind.MISSING_FRAMES, ordinal, f"{missing} of {said['frames']} frames {where} are missing")
    strangers = [row.seq for row in rows if not first <= row.seq <= last]
    if missing < 0 or strangers:
        text = f"{len(rows)} frames stand where {said['frames']} were logged, {where}"
        return _at(FindingKind.SPLICED, ordinal, text, strangers[0] if strangers else None)
    moved = [after.seq for before, after in pairwise(rows) if after.at_ms < before.at_ms]
    moved += [row.seq for row in (*rows[:1], *rows[-1:]) if not began <= row.at_ms <= ended]
    if moved:
        return _at(FindingKind.CLOCK_SKEW, ordinal, f"the time of frame {moved[0]} was changed", moved[0])
    return _at(FindingKind.EDITED, ordinal, f"records {where} are not those that were logged")


def _joins(sitting_id: str, in_order: Sequence[_Stretch]) -> tuple[list[Finding], list[Finding], tuple[range, ...]]:
    """Return where stretches do not join: what was said when it happened is lost, what was not is spliced (or another sitting's)."""
    findings: list[Finding] = []
    notes: list[Finding] = []
    lost: list[range] = []
    head, last, before = first_link(sitting_id).hex(), -1, -1
    for one in in_order:
        start, first, ordinal = str(one.said["start"]), int(one.said["first_seq"]), int(one.said["ordinal"])
        if first <= last:
            findings.append(_at(FindingKind.SPLICED, ordinal, f"frame {first} comes after frame {last} was logged", first))
        elif start != head and (text := _seam(sitting_id, one, before)):
            notes.append(_at(NoteKind.LOST, ordinal, text, first))
            lost.append(range(last + 1, first))
        elif start != head:
            kind = FindingKind.FOREIGN_SITTING if last < 0 else FindingKind.SPLICED
            findings.append(_at(kind, ordinal, f"frame {first} does not follow from the frame before it", first))
        head, last, before = str(one.said["head"]), int(one.said["last_seq"]), ordinal
    return findings, notes, tuple(lost)


def _seam(sitting_id: str, one: _Stretch, before: int) -> str:
    """Say what a process that died explains of a seam, as the log was told; nothing where it explains none of it.

    Either the stretch said itself that it goes on from another head than the one that was known. Or it went on from that, and what stands
    before it now (`before`, its ordinal) was taken up later, from the journal of a process that died before it could pass on its last.
    """
    first, known = int(one.said["first_seq"]), one.said["previous"] or first_link(sitting_id).hex()
    if one.said["start"] != known:
        return f"the records before frame {first} were lost with a process; the log says so"
    if before > int(one.said["ordinal"]):
        return f"the process that took the frames before frame {first} died before it could pass on its last one"
    return ""


def _clock(in_order: Sequence[_Stretch]) -> list[Finding]:
    """Return where the server's time runs backwards, or stands after the moment at which the log took it in.

    Where records were lost with a process, the next one did not know the time of the last frame; its clock may be a little behind.
    """
    findings = []
    latest, head = 0, ""
    for one in in_order:
        ordinal = int(one.said["ordinal"])
        if one.said["start"] != head:
            latest -= TOLERANCE // timedelta(milliseconds=1)
        head = str(one.said["head"])
        for row in one.rows:
            if row.at_ms < latest:
                findings.append(_at(FindingKind.CLOCK_SKEW, ordinal, f"the time runs backwards at frame {row.seq}", row.seq))
                break
            latest = row.at_ms
        ended = moment(int(one.said["ended_ms"]))
        if ended > one.leaf.at + TOLERANCE:
            text = f"its last frame is {_seconds(ended - one.leaf.at)} s later than the log's own time"
            findings.append(_at(FindingKind.CLOCK_SKEW, ordinal, text, int(one.said["last_seq"])))
    return findings


def _late(one: _Stretch) -> list[Finding]:
    waited = one.leaf.at - moment(int(one.said["ended_ms"]))
    if waited <= LATE_AFTER:
        return []
    return [_at(NoteKind.LATE, int(one.said["ordinal"]), f"it was logged {_seconds(waited)} s after its last frame")]


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())


def _end(own: Sequence[ProvenLeaf], logged: Sequence[ProvenLeaf], in_order: Sequence[_Stretch]) -> list[Finding]:
    """Return what is wrong with the end: one entry closes the chain, and says how much there was."""
    closings = [leaf for leaf in own if leaf.kind == CLOSED]
    if not logged and not closings:
        return []  # no camera was ever connected
    if len(closings) != 1:
        text = "the log's entry that closes the chain is missing: later frames may be too" if not closings else "the chain was closed twice"
        return [Finding(kind=FindingKind.TRUNCATED_END, place="log/leaves.json", text=text)]
    said, frames = closings[0].said, sum(int(leaf.said["frames"]) for leaf in logged)
    reached = (str(in_order[-1].said["head"]), int(in_order[-1].said["last_seq"])) if in_order else ("", -1)
    if (int(said["segments"]), int(said["frames"])) == (len(logged), frames) and (said["head"], int(said["last_seq"])) == reached:
        return []
    text = f"the chain was closed with {said['frames']} frames up to number {said['last_seq']}; here are {frames}, up to {reached[1]}"
    return [Finding(kind=FindingKind.TRUNCATED_END, place="log/leaves.json", text=text)]
