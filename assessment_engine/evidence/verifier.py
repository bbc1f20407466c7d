"""Checking a package of evidence without any server of ours: manifest, log, chain, frames, incidents and decisions, in this order.

Nothing in a package is believed because it says so. The manifest's signature shows only that the examination body made the file; that the
body itself changed nothing since is what the chain and the log's checkpoint show. Whose keys they are has to be compared (`--trust`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessment_engine.evidence import package
from assessment_engine.evidence.chain_check import ChainChecked, check_chain, segment_name
from assessment_engine.evidence.findings import Finding, FindingKind, NoteKind
from assessment_engine.evidence.leaves import ProvenLeaf, check_leaves, leaf_from
from assessment_engine.kernel.canonical import Json, digest, sha256_hex
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.kernel.signing import verify
from proctoring.chain_records import Record

ABOUT_CASES = ("case_judged", "proctoring_decided", "hearing_opened", "candidate_heard", "case_overturned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found. `keys_known` is None where nothing was given to compare the package's keys with."""

    sitting: str
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    frames_in_chain: int
    pictures: Mapping[str, int]
    keys: Mapping[str, str]
    keys_known: bool | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def as_json(self) -> Json:
        """Return it for a program to read."""
        return {
            "whole": self.is_whole,
            "sitting": self.sitting,
            "findings": [one.as_json() for one in self.findings],
            "notes": [one.as_json() for one in self.notes],
            "frames_in_chain": self.frames_in_chain,
            "pictures": dict(self.pictures),
            "keys": dict(self.keys),
            "keys_published": self.keys_known,
        }


@dataclass(frozen=True, slots=True)
class _Opened:
    """A package as it was read."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    sitting: str
    origin: str
    log_key: bytes
    evidence_key: bytes
    key_ids: Mapping[str, str]
    leaves: tuple[ProvenLeaf, ...]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a JSON list of the package; a file that is not there, or cannot be read, is an empty one: `_unread` says so."""
        try:
            return _rows(self.files[name])
        except (KeyError, UnreadableFile, ValueError, RecursionError):
            return []


def check_package(data: bytes, published: Mapping[str, bytes] | None = None) -> Checked:
    """Check a package; `published` are the examination body's keys by their names. Raises UnreadableFile for what is none."""
    opened = _open(package.unpacked_files(data))
    stretches = {_ordinal(name): held for name, held in opened.files.items() if name.startswith("chain/")}
    chain = check_chain(opened.sitting, opened.leaves, stretches)
    findings, notes = [*_foreign_keys(opened, published), *_manifest(opened), *_unread(opened)], list(chain.notes)
    findings += check_leaves(opened.leaves, _text(opened, package.CHECKPOINT), opened.origin, opened.log_key)
    findings += chain.findings
    pictures: dict[str, int] = {}
    for row in opened.rows(package.FRAMES):
        state, told = _reading_row(lambda row=row: _frame(opened, chain, row))
        pictures[state] = pictures.get(state, 0) + 1
        for one in told:
            (notes if isinstance(one.kind, NoteKind) else findings).append(one)
    findings += _incidents(opened) + _decisions(opened)
    return Checked(
        sitting=opened.sitting,
        findings=tuple(findings),
        notes=tuple(notes),
        frames_in_chain=chain.frames,
        pictures=pictures,
        keys=opened.key_ids,
        keys_known=None if published is None else not _foreign_keys(opened, published),
    )


def _frame(opened: _Opened, chain: ChainChecked, row: Mapping[str, Any]) -> tuple[str, list[Finding]]:
    """Check a frame; one whose record was lost with a process, as the log says, cannot be held against the chain, and is told as such."""
    if int(row["seq"]) not in chain.records and any(int(row["seq"]) in gap for gap in chain.lost):
        return "unproven", [_of_frame(NoteKind.LOST, package.FRAMES, "its record was lost; the picture cannot be proven", int(row["seq"]))]
    return check_frame(row, opened.sitting, opened.evidence_key, opened.files, chain.records)


def _reading_row(read: Any) -> Any:
    try:
        return read()
    except (KeyError, TypeError, ValueError):
        wrong = Finding(kind=FindingKind.EDITED, place=package.FRAMES, text="a row about a frame is not as the engine writes it")
        return "unreadable", [wrong]


def _open(files: Mapping[str, bytes]) -> _Opened:
    try:
        manifest = json.loads(files[package.MANIFEST])
        keys = manifest["keys"]
        if manifest["format"] != package.FORMAT:
            raise UnreadableFile(f"this package has another format: {manifest['format']}")
        return _Opened(
            files=files,
            manifest=manifest,
            sitting=str(manifest["sitting"]),
            origin=str(manifest["log"]),
            log_key=bytes.fromhex(keys["log"]["ed25519_hex"]),
            evidence_key=bytes.fromhex(keys["evidence"]["ed25519_hex"]),
            key_ids={purpose: str(keys[purpose]["key_id"]) for purpose in ("log", "evidence")},
            leaves=tuple(leaf_from(row) for row in _rows(files[package.LEAVES])),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnreadableFile("this is no package of evidence: its manifest or its log cannot be read") from error


def _rows(data: bytes) -> list[dict[str, Any]]:
    rows = json.loads(data)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableFile("a list of this package is none")
    return rows


def _ordinal(name: str) -> int:
    number = name.removeprefix("chain/").removesuffix(".bin")
    ordinal = int(number) if number.isascii() and number.isdigit() else -1
    if name != segment_name(ordinal):
        raise UnreadableFile(f"{name} is no part of a package of evidence")
    return ordinal


def _text(opened: _Opened, name: str) -> str:
    return opened.files.get(name, b"").decode(errors="replace")


def _foreign_keys(opened: _Opened, published: Mapping[str, bytes] | None) -> list[Finding]:
    """Return which of the package's keys the examination body does not publish, and which have a name that is not theirs."""
    findings = []
    for purpose, key in (("log", opened.log_key), ("evidence", opened.evidence_key)):
        named = f"{purpose}-{sha256_hex(key)[:12]}"
        if opened.key_ids[purpose] != named or (published is not None and published.get(named) != key):
            kind = FindingKind.FORGED_CHECKPOINT if purpose == "log" else FindingKind.FORGED_SIGNATURE
            text = f"the {purpose} key is not one that the examination body publishes; whoever made this file signed it too"
            findings.append(Finding(kind=kind, place=package.MANIFEST, text=text))
    return findings


def _manifest(opened: _Opened) -> list[Finding]:
    """Return which files are not those that were signed."""
    findings = []
    try:
        signature = str(json.loads(opened.files.get(package.SIGNATURE, b"{}"))["signature"])
    except (KeyError, TypeError, ValueError):
        signature = ""
    if not verify(opened.evidence_key, opened.files[package.MANIFEST], signature):
        findings.append(Finding(kind=FindingKind.FORGED_SIGNATURE, place=package.MANIFEST, text="the manifest is not signed by its key"))
    named = opened.manifest.get("files")
    listed: Mapping[str, Any] = named if isinstance(named, dict) else {}
    held = {name: data for name, data in opened.files.items() if name not in (package.MANIFEST, package.SIGNATURE)}
    for name in sorted(listed.keys() - held.keys()):
        findings.append(Finding(kind=FindingKind.MISSING_EVIDENCE, place=name, text="this file was left out"))
    for name in sorted(held.keys() - listed.keys()):
        findings.append(Finding(kind=FindingKind.SPLICED, place=name, text="the manifest knows no such file"))
    for name in sorted(held.keys() & listed.keys()):
        if sha256_hex(held[name]) != listed[name]:
            findings.append(Finding(kind=FindingKind.EDITED, place=name, text="this file was changed after the package was made"))
    return findings


def _unread(opened: _Opened) -> list[Finding]:
    """Return which lists of the package are not there, or are none."""
    findings = []
    for name in (package.FRAMES, package.INCIDENTS, package.DECISIONS):
        try:
            _rows(opened.files[name])
        except (KeyError, UnreadableFile, ValueError, RecursionError):
            findings.append(Finding(kind=FindingKind.EDITED, place=name, text="this list is missing or cannot be read"))
    return findings


def check_frame(
    row: Mapping[str, Any], sitting: str, evidence_key: bytes, files: Mapping[str, bytes], records: Mapping[int, Record]
) -> tuple[str, list[Finding]]:
    """Return a frame's state, and what is to be said of it: its record in the chain decides what the picture must be."""
    seq, state, place = int(row["seq"]), str(row["state"]), str(row.get("file") or package.FRAMES)
    record = records.get(seq)
    if record is None or record.picture.hex() != row["sha256"] or record.at_ms != int(row["at_ms"]):
        return state, [_of_frame(FindingKind.FORGED_FRAME, place, "the chain knows no such frame with this hash and time", seq)]
    if state == "erased":
        return state, [_of_frame(NoteKind.ERASED, place, "erased; its hash is in the chain", seq)]
    if state == "missing":
        return state, [_of_frame(FindingKind.MISSING_EVIDENCE, place, "was kept, and is not in the store any more", seq)]
    if state == "altered":
        return state, [_of_frame(FindingKind.ALTERED_EVIDENCE, place, "what the store has is not what was kept", seq)]
    picture = files.get(place)
    if picture is None:
        return state, [_of_frame(FindingKind.MISSING_EVIDENCE, place, "the picture is not in the package", seq)]
    if state == "redacted":
        return state, [_redacted(row, sitting, evidence_key, picture, place)]
    if state != "whole" or sha256_hex(picture) != row["sha256"]:
        return state, [_of_frame(FindingKind.FORGED_FRAME, place, "the picture is not the one that the camera sent", seq)]
    return state, []


def _redacted(row: Mapping[str, Any], sitting: str, evidence_key: bytes, picture: bytes, place: str) -> Finding:
    note, seq = row["redaction"], int(row["seq"])
    about = {"sitting": sitting, "seq": seq, "original_sha256": row["sha256"], "redacted_sha256": sha256_hex(picture)}
    if package.is_signed_note(note, evidence_key) and all(note.get(name) == value for name, value in about.items()):
        return _of_frame(NoteKind.REDACTED, place, f"redacted: {note['faces_hidden']} faces of others are hidden", seq)
    return _of_frame(FindingKind.FORGED_FRAME, place, "the note that says what was hidden is not signed for this picture", seq)


def _of_frame(kind: FindingKind | NoteKind, place: str, text: str, seq: int) -> Finding:
    return Finding(kind=kind, place=place, text=f"frame {seq}: {text}", seq=seq)


def _incidents(opened: _Opened) -> list[Finding]:
    """Return which incidents are not those that the log was told of; each has an entry when it is raised, and one when it ends."""
    told: dict[str, ProvenLeaf] = {}
    for kind in ("incident_raised", "incident_closed"):  # what was said at the end counts
        told |= {str(leaf.said.get("incident")): leaf for leaf in opened.leaves if leaf.kind == kind}
    findings = []
    rows = {str(row.get("id")): row for row in opened.rows(package.INCIDENTS)}
    for name in sorted(told.keys() - rows.keys()):
        findings.append(_changed(package.INCIDENTS, f"incident {name} was left out"))
    for name, row in sorted(rows.items()):
        entry = told.get(name)
        if entry is None or entry.said.get("kind") != row.get("kind") or not _same_trace(entry, row):
            findings.append(_changed(package.INCIDENTS, f"incident {name} is not the one that was logged"))
    return findings


def _same_trace(leaf: ProvenLeaf, row: Mapping[str, Any]) -> bool:
    """Tell whether an ended incident is as it ended; while one goes on it may still grow, so its kind alone is held against the log."""
    return leaf.kind == "incident_raised" or leaf.said.get("trace_sha256") == digest(row.get("trace"))


def _decisions(opened: _Opened) -> list[Finding]:
    """Return which judgements, decisions and words of the candidate differ from the log's, were left out, or were put in."""
    logged = sorted(_decision_of(leaf) for leaf in opened.leaves if leaf.kind in ABOUT_CASES)
    rows = sorted(line for row in opened.rows(package.DECISIONS) for line in _decided(row))
    findings = [_changed(package.DECISIONS, f"not in the log: {one}") for one in _without(rows, logged)]
    return findings + [_changed(package.DECISIONS, f"left out: {one}") for one in _without(logged, rows)]


def _without(some: Sequence[str], others: Sequence[str]) -> list[str]:
    rest = list(others)
    left = []
    for one in some:
        if one in rest:
            rest.remove(one)
        else:
            left.append(one)
    return left


def _decision_of(leaf: ProvenLeaf) -> str:
    said = leaf.said
    if leaf.kind == "case_judged":
        return f"judgement {said.get('ordinal')} on {leaf.subject}: {said.get('verdict')}, by {leaf.actor}"
    if leaf.kind == "hearing_opened":
        return f"hearing on {leaf.subject}, until {said.get('due_at')}"
    if leaf.kind == "candidate_heard":
        return f"the candidate on {leaf.subject}: {said.get('said')}, {said.get('reply_sha256')}"
    if leaf.kind == "case_overturned":
        return f"overturned: {leaf.subject}, by {leaf.actor}, after {said.get('grievance')}"
    return f"decision on {leaf.subject}: {said.get('outcome')}, by {leaf.actor}"


def _decided(row: Mapping[str, Any]) -> Iterator[str]:
    """Return a row as the log's entries say it; of a hearing they are up to three."""
    incident = row.get("incident")
    if row.get("kind") == "judgement":
        yield f"judgement {row.get('ordinal')} on {incident}: {row.get('verdict')}, by {row.get('person')}"
    elif row.get("kind") == "hearing":
        yield f"hearing on {incident}, until {row.get('due_at')}"
        if row.get("waived_at") is not None:
            yield f"the candidate on {incident}: nothing, None"
        if row.get("reply") is not None:
            yield f"the candidate on {incident}: reply, {sha256_hex(str(row['reply']).encode(errors='replace'))}"
    elif row.get("kind") == "overturned":
        yield f"overturned: {incident}, by {row.get('person')}, after {row.get('grievance')}"
    else:
        yield f"decision on {row.get('sitting')}: {row.get('outcome')}, by {row.get('person')}"


def _changed(place: str, text: str) -> Finding:
    return Finding(kind=FindingKind.CHANGED_DECISION, place=place, text=text)
