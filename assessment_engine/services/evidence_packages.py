"""Packages of a sitting's evidence, for the candidate and for a court: asked for, made by a job that can see pixels, kept encrypted.

What is in one and how it is checked: assessment_engine/evidence/. `package` is what pages call; `make` is the job's. Faces of others are
hidden by whoever the job brings, for nothing here sees pixels. While a case is undecided, what people judged on it is not in a package:
the second person must not read the first one's words. What the candidate was asked and said is in it from the beginning. A package has the
machine's scores, too: staff take it home once no case of the sitting waits that they have not judged (`judge_first`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.evidence import chain_check, readme
from assessment_engine.evidence import package as written
from assessment_engine.evidence.certificate import About, certificate_source
from assessment_engine.invigilation import JudgeFirst
from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import HashMismatch, NotFound, NotYet
from assessment_engine.kernel.ids import IncidentId, PersonId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, chains, checkin, draw, evidence
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.package_rows import DECIDED_CASE, OPEN_CASE, decided, incident_row, proven
from assessment_engine.services.risk import may_see_the_machine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.evidence import PackageRecord
from assessment_engine.storage.incidents import EvidenceRecord
from proctoring.chain_records import Record, records_of

STAFF = (Role.INVIGILATOR, Role.CELL_OFFICER, Role.GRIEVANCE_OFFICER)
WHOLE_AFTER = timedelta(minutes=2)
LOGGED = (
    "chain_checkpoint", "chain_closed", "chain_lost", "incident_raised", "incident_closed", "watch_drained", "proctoring_decided",
    "sitting_simulated", "evidence_erased",
)  # fmt: skip

Hide = Callable[[bytes], tuple[bytes, int]]
"""Takes a picture, returns it with the faces of others hidden and how many those were; the same bytes where there was nothing to hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that is made, with its bytes."""

    record: PackageRecord
    data: bytes


def standing(engine: Engine, actor: Actor, sitting_id: SittingId) -> PackageRecord | None:
    """Return the newest package of a sitting, made or being made, None where nobody asked; raises NotFound for a foreign sitting."""
    with engine.store.read() as tx:
        _seen_by(tx, actor, sitting_id)
        return next(iter(tx.evidence.packages_of(sitting_id)), None)


def may_take(engine: Engine, actor: Actor, sitting_id: SittingId) -> bool:
    """Tell whether a reader of a sitting's page may take its package home now, as far as cases go."""
    with engine.store.read() as tx:
        return _may_take(tx, actor, _seen_by(tx, actor, sitting_id))


def ask(engine: Engine, actor: Actor, sitting_id: SittingId) -> PackageRecord:
    """Have a package made; asking again while one is made, or before anything new happened, changes nothing.

    Raises NotYet before everything was looked at.
    """
    with engine.store.read() as tx:
        _seen_by(tx, actor, sitting_id)
    return _ask(engine, sitting_id, actor.person_id)


def prepare(engine: Engine, sitting_id: SittingId) -> PackageRecord:
    """Have a package made for the candidate, who will need it; raises NotYet as `ask` does. An act of the system."""
    with engine.store.read() as tx:
        candidate_id = tx.sittings.get(sitting_id).candidate_id
    return _ask(engine, sitting_id, candidate_id)


def _ask(engine: Engine, sitting_id: SittingId, by: PersonId) -> PackageRecord:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        _check_over(tx, tx.sittings.get_locked(sitting_id), now)
        newest = next(iter(tx.evidence.packages_of(sitting_id)), None)
        if newest is not None and (newest.made_at is None or _says_all(tx, newest, newest.made_at)):
            return newest
        record = PackageRecord(id=new_id("pkg", now), sitting_id=sitting_id, asked_by=by, asked_at=now)
        tx.evidence.add_package(record)
        job = tx.outbox.add(JobName.PACKAGE_EVIDENCE, sitting_id, now)
    engine.jobs.tell(job)
    return record


def _says_all(tx: Transaction, record: PackageRecord, made_at: datetime) -> bool:
    """Tell whether nothing that a package tells of has happened since it was made: making one more of the same would only cost."""
    told = {*LOGGED, *OPEN_CASE, *DECIDED_CASE}
    subjects = [record.sitting_id, *(case.incident_id for case in tx.invigilation.cases_of(record.sitting_id))]
    return all(entry.at < made_at for entry in tx.audit.about_all(subjects) if entry.kind in told)


def package(engine: Engine, actor: Actor, sitting_id: SittingId) -> Package:
    """Return a sitting's newest package, for its candidate or for staff; raises JudgeFirst.

    Where there is none yet it is asked for, and NotYet is raised.
    """
    record = _newest_made(engine, actor, sitting_id)
    if record is None:
        ask(engine, actor, sitting_id)
        raise NotYet("the package is being made; it takes a minute")
    assert record.blob is not None
    data = engine.blobs.get(record.blob)
    if record.blob.endswith(".enc"):
        data = evidence.data_key(engine, sitting_id).decrypt(record.blob, data)
    if sha256_hex(data) != record.sha256:
        raise HashMismatch("this package has another hash than its row")
    return Package(record=record, data=data)


def certificate_pdf(engine: Engine, actor: Actor, sitting_id: SittingId) -> bytes:
    """Set the certificate of section 63 for the newest package, with blanks for who signs; raises NotYet, or Unavailable without fonts."""
    made = package(engine, actor, sitting_id)
    manifest = json.loads(written.unpacked_files(made.data)[written.MANIFEST])
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        exam, session = tx.exams.get(sitting.exam_id), tx.exams.session(sitting.session_id)
        person, organisation = tx.people.get(sitting.candidate_id), tx.people.organisation(sitting.organisation_id)
        checkpoint = tx.audit.checkpoints(limit=1)[0]
    about = About(
        organisation=(organisation.name, organisation.name_hi),
        candidate=(person.name, person.name_hi),
        exam=f"{exam.title} ({exam.code})",
        session=session.title,
        sitting_id=sitting_id,
        started_at=sitting.started_at,
        submitted_at=sitting.submitted_at,
        file_name=file_name(made.record),
        package_sha256=made.record.sha256 or "",
        length=made.record.length or 0,
        made_at=made.record.made_at,
        files=manifest["files"],
        log=(str(manifest["log"]), checkpoint.size, checkpoint.root),
        key_ids=tuple(str(key["key_id"]) for key in manifest["keys"].values()),
        system=engine.public_url,
    )
    return engine.typesetter.pdf(certificate_source(about))


def file_name(record: PackageRecord) -> str:
    """Return the name under which a package is taken home."""
    return f"evidence-{record.sitting_id}-{record.id}.zip"


def _newest_made(engine: Engine, actor: Actor, sitting_id: SittingId) -> PackageRecord | None:
    with engine.store.read() as tx:
        if not _may_take(tx, actor, _seen_by(tx, actor, sitting_id)):
            raise JudgeFirst("a case of this sitting waits for people: judge it first, or take the package once it is decided")
        return next((one for one in tx.evidence.packages_of(sitting_id) if one.made_at is not None), None)


def _seen_by(tx: Transaction, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return the sitting if it is the actor's own, or of their organisation and they are staff; raises NotFound, ConflictOfInterest."""
    if actor.roles.isdisjoint(STAFF):
        return tx.sittings.of_candidate(sitting_id, actor.person_id)
    sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    if sitting.candidate_id != actor.person_id:
        check_stranger(tx, actor.person_id, sitting)
    return sitting


def _may_take(tx: Transaction, actor: Actor, sitting: Sitting) -> bool:
    return sitting.candidate_id == actor.person_id or may_see_the_machine(tx, actor, sitting.id)


def _check_over(tx: Transaction, sitting: Sitting, now: datetime) -> None:
    watch = tx.incidents.watch(sitting.id)
    if sitting.state is not SittingState.SUBMITTED or watch is None or watch.drained_at is None:
        raise NotYet("there is a package once the exam is over and all of its pictures were looked at")
    if now - watch.drained_at < WHOLE_AFTER:
        raise NotYet("the last pictures of this exam are still being recorded; a minute or two", seconds=int(WHOLE_AFTER.total_seconds()))


def make(engine: Engine, hiding: Callable[[bytes | None], Hide], sitting_id: SittingId) -> None:
    """Make the package that was asked for. A job, safe to run twice; raises NotYet while entries still wait for their place in the log."""
    with engine.store.read() as tx:
        asked = [one for one in tx.evidence.packages_of(sitting_id) if one.made_at is None]
        if not asked:
            return
        _check_over(tx, tx.sittings.get(sitting_id), engine.clock.now())
    chains.close(engine, sitting_id)
    now = engine.clock.now()
    files = _contents(engine, hiding, sitting_id)
    signers = {"log": engine.signer.log, "evidence": engine.signer.evidence}
    manifest = written.manifest_of(sitting_id, now, audit.origin(engine), signers, files)
    data = written.packed_files(manifest, files, engine.signer.evidence)
    record = replace(asked[0], made_at=now, blob=_store(engine, sitting_id, asked[0].id, data), sha256=sha256_hex(data), length=len(data))
    with engine.store.begin() as tx:
        tx.evidence.save_package(record)
        about: dict[str, Json] = {"package": record.id, "sha256": record.sha256, "bytes": record.length}
        tx.audit.append("evidence_packaged", subject=sitting_id, actor=record.asked_by, now=now, payload=about)
        facts: dict[str, str | int] = {"package": record.id, "bytes": record.length or 0}
        tx.events.record(sitting_event("evidence_packaged", tx.sittings.get(sitting_id), now, None, subject=record.id, data=facts))


def _store(engine: Engine, sitting_id: SittingId, package_id: str, data: bytes) -> str:
    """Keep a package with the sitting's key, so that it goes with it; what has no picture any more has no key either."""
    plain = f"{sitting_id}/package/{package_id}.zip"
    try:
        key = evidence.data_key(engine, sitting_id)
    except NotFound:
        engine.blobs.put(plain, data)
        return plain
    blob = f"{plain}.enc"
    engine.blobs.put(blob, key.encrypt(blob, data))
    return blob


def _contents(engine: Engine, hiding: Callable[[bytes | None], Hide], sitting_id: SittingId) -> dict[str, bytes]:
    with engine.store.read() as tx:
        incidents = tx.incidents.of_sitting(sitting_id)
        shots = [(str(one.id), shot) for one in incidents for shot in tx.incidents.evidence_of(one.id)]
        wished = tx.draws.wishes(sitting_id)
        rows = tx.chains.of_sittings([sitting_id])[sitting_id]
        decisions, about = decided(tx, sitting_id)
        leaves, checkpoint = proven(tx, [entry for entry in tx.audit.about(sitting_id) if entry.kind in LOGGED] + about)
    stretches = {chain_check.segment_name(row.ordinal): data for row in rows if (data := _blob(engine, row.blob)) is not None}
    records = {record.seq: record for data in stretches.values() for record in records_of(data)}
    shots += _wished(engine, sitting_id, shots, records) if wished else []
    frames, pictures = _pictures(engine, hiding, sitting_id, shots, records)
    return {
        written.README: readme.readme(),
        written.LEAVES: written.as_json([leaf.as_json() for leaf in leaves]),
        written.CHECKPOINT: checkpoint.encode(),
        written.INCIDENTS: written.as_json([incident_row(one) for one in incidents]),
        written.DECISIONS: written.as_json(decisions),
        written.FRAMES: written.as_json(frames),
        **stretches,
        **pictures,
    }


def _wished(
    engine: Engine, sitting_id: SittingId, shots: Sequence[tuple[str, EvidenceRecord]], records: Mapping[int, Record]
) -> list[tuple[str, EvidenceRecord]]:
    """Return the frames of clean time that the candidate asked to be kept, as frames of no incident; their hashes are the chain's."""
    known = {shot.seq for _, shot in shots}
    return [
        (
            "",
            EvidenceRecord(
                id="", incident_id=IncidentId(""), sitting_id=sitting_id, seq=one.seq, at=one.at, role="wish", blob=one.blob,
                sha256=records[one.seq].picture.hex(),
            ),
        )
        for one in draw.frames_of(engine, sitting_id)
        if one.seq in records and one.seq not in known
    ]  # fmt: skip


def _blob(engine: Engine, blob: str) -> bytes | None:
    """Return a stretch's records, None where the store has lost them: the verifier says so."""
    try:
        return engine.blobs.get(blob)
    except NotFound:
        return None


def _pictures(
    engine: Engine,
    hiding: Callable[[bytes | None], Hide],
    sitting_id: SittingId,
    shots: Sequence[tuple[str, EvidenceRecord]],
    records: Mapping[int, Record],
) -> tuple[list[Json], dict[str, bytes]]:
    """Return the list of frames, and their pictures with others hidden; a frame of two incidents is there once."""
    hide = hiding(checkin.reference_face(engine, sitting_id)) if shots else _nothing
    by_seq: dict[int, list[tuple[str, EvidenceRecord]]] = {}
    for incident_id, shot in shots:
        by_seq.setdefault(shot.seq, []).append((incident_id, shot))
    rows: list[Json] = []
    pictures: dict[str, bytes] = {}
    for seq, same in sorted(by_seq.items()):
        shot, record = same[0][1], records.get(seq)
        state, picture = evidence.frame_state(engine, shot)
        row: dict[str, Json] = {
            "seq": seq,
            "at": iso(shot.at),
            "at_ms": record.at_ms if record else int(shot.at.timestamp() * 1000),
            "sha256": shot.sha256,
            "incidents": [incident_id for incident_id, _ in same if incident_id],
            "state": str(state),
        }
        if picture is not None:
            row |= _shown(engine, sitting_id, seq, picture, hide, pictures)
        rows.append(row)
    return rows, pictures


def _nothing(jpeg: bytes) -> tuple[bytes, int]:
    return jpeg, 0


def _shown(engine: Engine, sitting_id: SittingId, seq: int, picture: bytes, hide: Hide, pictures: dict[str, bytes]) -> dict[str, Json]:
    """Add one picture, with a signed note where it is not the original; returns what its row says of it."""
    shown, hidden = hide(picture)
    redacted = shown != picture
    name = written.frame_name(seq, redacted=redacted)
    pictures[name] = shown
    if not redacted:
        return {"file": name}
    note = written.redaction_note(sitting_id, seq, original=picture, redacted=shown, hidden=hidden, key=engine.signer.evidence)
    return {"file": name, "state": "redacted", "redaction": note}
