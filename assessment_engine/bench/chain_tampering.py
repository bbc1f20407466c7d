"""What somebody inside could do to a sitting's evidence afterwards, for `bench chain` and its tests; all but forge the log's signature.

A tampering takes the whole evidence of a sitting (and another's, to borrow from) and returns it changed; TAMPERINGS says what each must be
found as. Who can write to the store can also recompute the chain's heads: those forms are here, too.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from assessment_engine.audit import Checkpoint, leaf_hash, open_checkpoint, sign_checkpoint, tree_root
from assessment_engine.bench.chain_sittings import ORIGIN, Taken, logged
from assessment_engine.evidence.chain_check import CHECKPOINT, CLOSED, check_chain
from assessment_engine.evidence.findings import Finding, FindingKind
from assessment_engine.evidence.leaves import ProvenLeaf, check_leaves
from assessment_engine.evidence.verifier import check_frame
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.signing import Purpose, SigningKey
from proctoring.chain_records import RECORD, Record, head_after, packed, records_of

K = FindingKind
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a verifier is given of one sitting's chain; `rows` are the frames of its incidents, `frames` their pictures."""

    sitting_id: str
    leaves: tuple[ProvenLeaf, ...]
    files: Mapping[int, bytes]
    note: str
    log_key: bytes
    rows: tuple[Mapping[str, Any], ...]
    frames: Mapping[str, bytes]

    def check(self) -> list[Finding]:
        """Return everything that is wrong, as the offline verifier would."""
        return self.checked()[0]

    def checked(self) -> tuple[list[Finding], tuple[Finding, ...]]:
        """Return everything that is wrong, and what is only noted."""
        chain = check_chain(self.sitting_id, self.leaves, self.files)
        found = [*check_leaves(self.leaves, self.note, ORIGIN, self.log_key), *chain.findings]
        for row in self.rows:
            found += check_frame(row, self.sitting_id, b"", self.frames, chain.records)[1]
        return found, chain.notes

    def changed(self, ordinal: int, rows: list[Record]) -> "Evidence":
        """Put other records in the place of a stretch's."""
        return replace(self, files={**self.files, ordinal: b"".join(map(packed, rows))})


def evidence_of(taken: Taken, rng: random.Random) -> Evidence:
    """Return a sitting's evidence, with some frames as those of its incidents."""
    records = {row.seq: row for data in taken.files.values() for row in records_of(data)}
    known = [seq for seq, row in sorted(records.items()) if sha256_hex(taken.frames[seq]) == row.picture.hex()]
    shown = sorted(rng.sample(known, min(SHOWN, len(known))))
    rows = tuple(
        {"seq": seq, "at_ms": records[seq].at_ms, "sha256": records[seq].picture.hex(), "state": "whole", "file": f"frames/{seq}.jpg"}
        for seq in shown
    )
    return Evidence(
        sitting_id=taken.sitting_id,
        leaves=taken.leaves,
        files=taken.files,
        note=taken.note,
        log_key=taken.log_key.public_bytes,
        rows=rows,
        frames={f"frames/{seq}.jpg": taken.frames[seq] for seq in shown},
    )


def _stretch(evidence: Evidence, rng: random.Random, least: int = 1) -> tuple[int, list[Record]]:
    """Choose a stretch with at least so many records."""
    fit = [ordinal for ordinal, data in evidence.files.items() if len(data) >= least * RECORD.size]
    ordinal = rng.choice(sorted(fit))
    return ordinal, list(records_of(evidence.files[ordinal]))


def edit(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Change one record's picture, nonce or mark."""
    ordinal, rows = _stretch(evidence, rng)
    at = rng.randrange(len(rows))
    change = rng.choice(({"picture": rng.randbytes(32)}, {"nonce": rng.randbytes(16)}, {"kept": not rows[at].kept}))
    rows[at] = replace(rows[at], **change)
    return evidence.changed(ordinal, rows)


def splice(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Put another sitting's records between one's own, or in a stretch's place."""
    ordinal, rows = _stretch(evidence, rng)
    _, foreign = _stretch(other, rng)
    if rng.random() < 0.5:
        number = max(evidence.files) + 1
        return replace(evidence, files={**evidence.files, number: b"".join(map(packed, foreign))})
    at = rng.randrange(len(rows) + 1)
    between = replace(foreign[0], seq=rows[at - 1].seq if at else rows[0].seq)
    return evidence.changed(ordinal, [*rows[:at], between, *rows[at:]])


def reorder(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Exchange two records of a stretch."""
    ordinal, rows = _stretch(evidence, rng, least=2)
    one, two = sorted(rng.sample(range(len(rows)), 2))
    rows[one], rows[two] = rows[two], rows[one]
    return evidence.changed(ordinal, rows)


def leave_out(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Leave out frames of a stretch, a stretch, or a stretch with its entry in the log."""
    ordinal, rows = _stretch(evidence, rng)
    fate = rng.random()
    if fate < 0.5 and len(rows) > 1:
        first = rng.randrange(len(rows))
        return evidence.changed(ordinal, rows[:first] + rows[first + rng.randint(1, len(rows)) :])
    files = {number: data for number, data in evidence.files.items() if number != ordinal}
    return replace(evidence, files=files, leaves=_without(evidence, ordinal) if fate > 0.75 else evidence.leaves)


def _without(evidence: Evidence, first: int, last: int | None = None) -> tuple[ProvenLeaf, ...]:
    gone = range(first, (first if last is None else last) + 1)
    return tuple(leaf for leaf in evidence.leaves if leaf.kind != CHECKPOINT or leaf.said["ordinal"] not in gone)


def truncate(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Cut off the end, with its entries in the log; sometimes with the one that closed the chain, too."""
    last = max(evidence.files)
    first = rng.randint(0, last)
    files = {number: data for number, data in evidence.files.items() if number < first}
    leaves = _without(evidence, first, last)
    if rng.random() < 0.5:
        leaves = tuple(leaf for leaf in leaves if leaf.kind != CLOSED)
    if not files and not any(leaf.kind == CLOSED for leaf in leaves):
        leaves = (*leaves, next(leaf for leaf in evidence.leaves if leaf.kind == CLOSED))
    return replace(evidence, files=files, leaves=leaves)


def foreign_sitting(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Hand in another sitting's chain as this one's."""
    return replace(other, sitting_id=evidence.sitting_id)


def skew(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Move the times of a stretch, as if the clock had been another."""
    ordinal, rows = _stretch(evidence, rng)
    by = rng.choice((-1, 1)) * rng.randint(1, 3_600_000)
    return evidence.changed(ordinal, [replace(row, at_ms=row.at_ms + by) for row in rows])


def skewed_clock(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Log a chain whose frames are later than the log's own time: the clock was set wrong while it ran, and everything else is right."""
    by = timedelta(seconds=rng.randint(130, 7200))
    early = tuple(replace(leaf, at=leaf.at - by) for leaf in evidence.leaves)
    return _relogged(evidence, early)


def _relogged(evidence: Evidence, leaves: tuple[ProvenLeaf, ...]) -> Evidence:
    """Return evidence whose log had said something else from the first: only for what the clock did, nobody can do it afterwards."""
    entries = [(leaf.kind, leaf.at, dict(leaf.said)) for leaf in leaves]
    proven, note, key = logged(evidence.sitting_id, entries, random.Random(0))  # noqa: S311  # a simulation
    return replace(evidence, leaves=proven, note=note, log_key=key.public_bytes)


def forge_frame(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Show another picture for a frame, with or without its hash, or a frame that never came."""
    at = rng.randrange(len(evidence.rows))
    row, picture = dict(evidence.rows[at]), b"\xff\xd8\xff" + rng.randbytes(40)
    fate = rng.random()
    if fate < 0.4:
        return replace(evidence, frames={**evidence.frames, str(row["file"]): picture})
    row["sha256"] = sha256_hex(picture)
    if fate < 0.7:
        row["seq"] = max(row_.seq for data in evidence.files.values() for row_ in records_of(data)) + 1
    rows = (*evidence.rows[:at], row, *evidence.rows[at + 1 :])
    return replace(evidence, rows=rows, frames={**evidence.frames, str(row["file"]): picture})


def forge_entry(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Change records, recompute the heads, and write into the entry what would fit."""
    ordinal, rows = _stretch(evidence, rng)
    at = rng.randrange(len(rows))
    rows[at] = replace(rows[at], picture=rng.randbytes(32))
    changed = evidence.changed(ordinal, rows)
    leaves = tuple(_fitted(leaf, rows, changed.files[ordinal]) if _is_of(leaf, ordinal) else leaf for leaf in evidence.leaves)
    return replace(changed, leaves=leaves)


def _is_of(leaf: ProvenLeaf, ordinal: int) -> bool:
    return leaf.kind == CHECKPOINT and leaf.said["ordinal"] == ordinal


def _fitted(leaf: ProvenLeaf, rows: list[Record], data: bytes) -> ProvenLeaf:
    head = head_after(bytes.fromhex(leaf.said["start"]), rows).hex()
    return replace(leaf, payload={**leaf.said, "head": head, "records_sha256": sha256_hex(data)})


def forge_checkpoint(evidence: Evidence, other: Evidence, rng: random.Random) -> Evidence:
    """Sign another root, with another key."""
    signed = open_checkpoint(evidence.note, ORIGIN, evidence.log_key)
    root = tree_root([leaf_hash(rng.randbytes(32)) for _ in range(3)]) if rng.random() < 0.5 else signed.root
    key = SigningKey(purpose=Purpose.LOG, seed=rng.randbytes(32))
    return replace(evidence, note=sign_checkpoint(Checkpoint(origin=ORIGIN, size=signed.size, root=root), key))


Tampering = Callable[[Evidence, Evidence, random.Random], Evidence]

TAMPERINGS: Mapping[str, tuple[Tampering, frozenset[FindingKind]]] = {
    "edit": (edit, frozenset({K.EDITED})),
    "splice": (splice, frozenset({K.SPLICED, K.REORDERED})),
    "reorder": (reorder, frozenset({K.REORDERED})),
    "missing_frames": (leave_out, frozenset({K.MISSING_FRAMES, K.TRUNCATED_END})),
    "truncated_end": (truncate, frozenset({K.TRUNCATED_END})),
    "foreign_sitting": (foreign_sitting, frozenset({K.FOREIGN_SITTING})),
    "clock_skew": (skew, frozenset({K.CLOCK_SKEW})),
    "clock_set_wrong": (skewed_clock, frozenset({K.CLOCK_SKEW})),
    "forged_frame": (forge_frame, frozenset({K.FORGED_FRAME})),
    "forged_entry": (forge_entry, frozenset({K.FORGED_CHECKPOINT})),
    "forged_checkpoint": (forge_checkpoint, frozenset({K.FORGED_CHECKPOINT})),
}
"""Each tampering, and the words under which it may be found."""
