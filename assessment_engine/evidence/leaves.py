"""Entries of the log as a package carries them, each with its path to one signed checkpoint; and whether that holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessment_engine.audit import Checkpoint, entry_digest, leaf_hash, open_checkpoint, verify_inclusion
from assessment_engine.evidence.findings import Finding, FindingKind
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLeaf:
    """One entry of the log, its place there and the path from it to the checkpoint's root."""

    kind: str
    subject: str
    actor: str | None
    at: datetime
    payload: Mapping[str, Any] | None
    index: int
    path: tuple[str, ...]

    @property
    def said(self) -> Mapping[str, Any]:
        """Return what the entry says; nothing where it has no payload."""
        return self.payload or {}

    def as_json(self) -> Json:
        """Write it into a package."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "actor": self.actor,
            "at": iso(self.at),
            "payload": None if self.payload is None else dict(self.payload),
            "index": self.index,
            "path": list(self.path),
        }


def leaf_from(row: Mapping[str, Any]) -> ProvenLeaf:
    """Read what `as_json` wrote; raises KeyError, TypeError or ValueError."""
    payload, actor = row["payload"], row["actor"]
    return ProvenLeaf(
        kind=str(row["kind"]),
        subject=str(row["subject"]),
        actor=None if actor is None else str(actor),
        at=parse_iso(row["at"]),
        payload=None if payload is None else dict(payload),
        index=int(row["index"]),
        path=tuple(bytes.fromhex(part).hex() for part in row["path"]),
    )


def check_leaves(leaves: Sequence[ProvenLeaf], note: str, origin: str, log_key: bytes) -> list[Finding]:
    """Return what is wrong with a checkpoint's signature, or with the proof of any entry under it."""
    try:
        checkpoint = open_checkpoint(note, origin, log_key)
    except Invalid as error:
        return [Finding(kind=FindingKind.FORGED_CHECKPOINT, place="log/checkpoint.txt", text=error.message)]
    return [finding for leaf in leaves for finding in _check_leaf(leaf, checkpoint)]


def _check_leaf(leaf: ProvenLeaf, checkpoint: Checkpoint) -> list[Finding]:
    path = [bytes.fromhex(part) for part in leaf.path]
    payload: Json = None if leaf.payload is None else dict(leaf.payload)
    try:
        content = bytes.fromhex(entry_digest(leaf.kind, leaf.subject, leaf.actor, leaf.at, payload))
    except (TypeError, ValueError):
        content = b""
    if verify_inclusion(leaf=leaf_hash(content), index=leaf.index, size=checkpoint.size, proof=path, root=checkpoint.root):
        return []
    place = f"log/leaves.json, entry {leaf.index}"
    text = f"the entry “{leaf.kind}” of {iso(leaf.at)} is not in the log that the checkpoint signs"
    return [Finding(kind=FindingKind.FORGED_CHECKPOINT, place=place, text=text)]
