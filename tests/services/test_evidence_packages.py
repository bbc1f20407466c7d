"""A package of evidence: what it holds, who gets it, and that the offline verifier finds whatever was done to it, on both databases."""

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from assessment_engine.evidence import package as written
from assessment_engine.evidence.verifier import Checked, check_package
from assessment_engine.invigilation import CaseState, JudgeFirst, Judgement, Reason, Verdict
from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.errors import HashMismatch, NotFound, NotYet, UnreadableFile
from assessment_engine.kernel.signing import SigningKey
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, chains, draw, evidence_packages, incidents, invigilation
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import public_keys
from proctoring.chain_records import ChainBook
from proctoring.evidence import Segment, Shot
from proctoring.incidents import Change
from proctoring.observations import Observation
from tests.builders import a_person, steer
from tests.certification.story import Story, a_story, tell
from tests.services.test_chains import Camera
from tests.services.test_incidents import MODELS, a_change

FRAMES = 60
SHOWN = (5, 11, 20, 30)


def hiding(_face: bytes | None) -> evidence_packages.Hide:
    """Somebody stands behind the candidate in every picture whose number is even."""

    def hide(jpeg: bytes) -> tuple[bytes, int]:
        number = int(jpeg.rsplit(b" ", 1)[1])
        return (b"\xff\xd8\xff covered", 1) if number % 2 == 0 else (jpeg, 0)

    return hide


def a_recorded_story(engine: Engine) -> Story:
    """A decided sitting with a chain of FRAMES frames, and one dismissed incident that SHOWN of them show."""
    story = a_story(engine)
    camera, book = Camera(story.sitting_id), ChainBook()
    book.begin(story.sitting_id, camera.position)
    frames = [camera.frame(seq) for seq in range(FRAMES)]
    for frame in frames:
        book.note(story.sitting_id, frame)
    steer(engine).moment = frames[-1].at + timedelta(seconds=5)
    with engine.store.begin() as tx:
        sitting = replace(tx.sittings.get(story.sitting_id), started_at=frames[0].at)
        tx.sittings.save(sitting)
    shots = tuple(Shot(jpeg=frames[seq].jpeg, observation=Observation(at=float(seq), seq=seq)) for seq in SHOWN)
    segment = Segment(key=a_change().incident.key, shots=shots, chosen=SHOWN)
    incidents.record(engine, story.sitting_id, a_change(), segment, MODELS)
    incidents.record(engine, story.sitting_id, a_change(Change.CLOSED, end_s=30.0), Segment(key=segment.key, shots=(), chosen=()), MODELS)
    chains.keep(engine, book.cut())
    tell(story, until="draft")
    steer(engine).advance(600)
    return story


def made(story: Story) -> evidence_packages.Package:
    audit.sequence(story.engine)
    actor = story.invigilators[0]
    evidence_packages.ask(story.engine, actor, story.sitting_id)
    with contextlib.suppress(NotYet):  # closing the chain is an entry that has no place in the log yet
        evidence_packages.make(story.engine, hiding, story.sitting_id)
    audit.sequence(story.engine)
    evidence_packages.make(story.engine, hiding, story.sitting_id)
    return evidence_packages.package(story.engine, story.world.candidate, story.sitting_id)


@pytest.fixture
def story(any_engine: Engine) -> Story:
    return a_recorded_story(any_engine)


def kinds(checked: Checked) -> set[str]:
    return {str(one.kind) for one in checked.findings}


def published(engine: Engine) -> dict[str, bytes]:
    return {one.key_id: bytes.fromhex(one.ed25519_hex) for one in public_keys(engine)}


def test_a_package_is_whole_and_says_what_is_in_it(story: Story) -> None:
    package = made(story)

    checked = check_package(package.data, published(story.engine))
    assert checked.findings == ()
    assert checked.keys_known is True
    assert checked.frames_in_chain == FRAMES
    assert checked.pictures == {"whole": 2, "redacted": 2}
    assert [(str(one.kind), one.seq) for one in checked.notes] == [("redacted", 20), ("redacted", 30)]
    files = written.unpacked_files(package.data)
    assert "assessment-engine evidence verify" in files[written.README].decode()
    assert sha256_hex(package.data) == package.record.sha256
    assert package.data not in story.engine.blobs.get(package.record.blob or "")


def test_frames_that_the_candidate_wished_to_be_kept_are_in_their_package(any_engine: Engine) -> None:
    story = a_recorded_story(any_engine)
    with any_engine.store.begin() as tx:
        tx.draws.wish(story.sitting_id, any_engine.clock.now(), kept=True)
    camera = Camera(story.sitting_id)
    frames = [camera.frame(seq) for seq in range(FRAMES)]
    for seq in (5, 41, 43):
        draw.keep_frame(any_engine, story.sitting_id, seq, frames[seq].at, frames[seq].jpeg)

    package = made(story)
    rows = json.loads(written.unpacked_files(package.data)[written.FRAMES])
    assert [row["seq"] for row in rows if not row["incidents"]] == [41, 43]
    assert check_package(package.data).findings == ()


def test_the_candidate_gets_it_and_a_stranger_does_not(story: Story) -> None:
    package = made(story)

    assert evidence_packages.package(story.engine, story.world.candidate, story.sitting_id).data == package.data
    stranger = a_person(story.engine, story.world.organisation_id, Role.CANDIDATE)
    with pytest.raises(NotFound):
        evidence_packages.package(story.engine, stranger, story.sitting_id)


def test_staff_take_it_home_once_they_have_judged_what_waits(story: Story) -> None:
    """A package has the machine's scores: they must not judge for somebody."""
    engine, (first, second) = story.engine, story.invigilators
    package = made(story)
    incidents_in = json.loads(written.unpacked_files(package.data)[written.INCIDENTS])
    assert "findings" in incidents_in[0]["trace"]
    with engine.store.read() as tx:
        (case,) = tx.invigilation.cases_of(story.sitting_id)
    for reader in (first, second, *story.officers):
        with pytest.raises(JudgeFirst):
            evidence_packages.package(engine, reader, story.sitting_id)
        with pytest.raises(JudgeFirst):
            evidence_packages.certificate_pdf(engine, reader, story.sitting_id)
        assert not evidence_packages.may_take(engine, reader, story.sitting_id)

    with engine.store.begin() as tx:
        judgement = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.LEFT_THE_SEAT, reason="Nobody is in the chair.")
        invigilation.record(
            tx, tx.invigilation.case_locked(case.incident_id, case.organisation_id), judgement, first.person_id, engine.clock.now()
        )

    assert evidence_packages.package(engine, first, story.sitting_id).data == package.data
    with pytest.raises(JudgeFirst):
        evidence_packages.package(engine, second, story.sitting_id)
    with engine.store.begin() as tx:
        tx.invigilation.save_case(replace(case, state=CaseState.DISMISSED))
    assert evidence_packages.package(engine, second, story.sitting_id).data == package.data


def test_a_package_waits_until_every_entry_has_its_place_in_the_log(story: Story) -> None:
    audit.sequence(story.engine)
    evidence_packages.ask(story.engine, _actor(story), story.sitting_id)

    with pytest.raises(NotYet):
        evidence_packages.make(story.engine, hiding, story.sitting_id)
    with pytest.raises(NotYet):
        evidence_packages.package(story.engine, story.world.candidate, story.sitting_id)


def test_asking_twice_makes_one_and_before_the_end_there_is_none(any_engine: Engine) -> None:
    story = a_story(any_engine)
    with pytest.raises(NotYet):
        evidence_packages.ask(any_engine, story.invigilators[0], story.sitting_id)

    story = a_recorded_story(any_engine)
    audit.sequence(any_engine)
    first, second = (evidence_packages.ask(any_engine, story.invigilators[0], story.sitting_id) for _ in range(2))
    assert first == second


def test_another_is_made_only_when_something_has_happened_since(any_engine: Engine) -> None:
    story = a_recorded_story(any_engine)
    audit.sequence(any_engine)
    chains.close(any_engine, story.sitting_id)
    audit.sequence(any_engine)
    story.tick()
    first = made(story).record
    story.tick()

    again = evidence_packages.ask(any_engine, story.world.candidate, story.sitting_id)
    with any_engine.store.begin() as tx:
        (case,) = tx.invigilation.cases_of(story.sitting_id)
        tx.audit.append("case_judged", subject=case.incident_id, now=any_engine.clock.now())
    afterwards = evidence_packages.ask(any_engine, story.world.candidate, story.sitting_id)

    assert again == first and afterwards.made_at is None


def test_what_people_judged_on_an_open_case_is_not_in_it(any_engine: Engine) -> None:
    story = a_recorded_story(any_engine)
    with any_engine.store.begin() as tx:
        (case,) = tx.invigilation.cases_of(story.sitting_id)
    package = made(story)

    assert json.loads(written.unpacked_files(package.data)[written.DECISIONS]) is not None
    rows = json.loads(written.unpacked_files(package.data)[written.DECISIONS])
    assert [row for row in rows if row.get("incident") == case.incident_id] == []


def test_a_package_of_an_erased_sitting_has_hashes_and_no_pictures(story: Story) -> None:
    with story.engine.store.begin() as tx:
        tx.incidents.erase_key(story.sitting_id, story.engine.clock.now())

    package = made(story)
    checked = check_package(package.data)
    assert (checked.findings, checked.pictures) == ((), {"erased": 4})
    assert {str(one.kind) for one in checked.notes} == {"erased"}
    assert not any(name.startswith("frames/") for name in written.unpacked_files(package.data))


def test_erasing_the_key_makes_a_package_that_was_made_unreadable_and_a_new_one_verifies(story: Story) -> None:
    package = made(story)
    with story.engine.store.begin() as tx:
        tx.incidents.erase_key(story.sitting_id, story.engine.clock.now())

    with pytest.raises(NotFound):
        evidence_packages.package(story.engine, story.world.candidate, story.sitting_id)
    assert story.engine.blobs.get(package.record.blob or "")  # the bytes are there, and worth nothing


@pytest.mark.parametrize(("how", "finding"), [("gone", "missing_evidence"), ("changed", "altered_evidence")])
def test_evidence_that_somebody_took_or_changed_behind_our_back_is_said(story: Story, how: str, finding: str) -> None:
    with story.engine.store.read() as tx:
        (incident,) = tx.incidents.of_sitting(story.sitting_id)
        row = tx.incidents.evidence_of(incident.id)[1]
    if how == "gone":
        story.engine.blobs.delete(row.blob)
    else:
        story.engine.blobs.put(row.blob, story.engine.blobs.get(row.blob)[:-1] + b"!")

    checked = check_package(made(story).data)
    assert [(str(one.kind), one.seq) for one in checked.findings] == [(finding, row.seq)]


def test_a_stretch_that_somebody_took_behind_our_back_is_said(story: Story) -> None:
    with story.engine.store.read() as tx:
        (row,) = tx.chains.of_sittings([story.sitting_id])[story.sitting_id]
    story.engine.blobs.delete(row.blob)

    assert "missing_frames" in kinds(check_package(made(story).data))


def test_a_package_changed_in_the_store_is_not_handed_out(story: Story) -> None:
    package = made(story)
    blob = package.record.blob or ""
    story.engine.blobs.put(blob, story.engine.blobs.get(blob)[:-1] + b"!")

    with pytest.raises(HashMismatch):
        evidence_packages.package(story.engine, story.world.candidate, story.sitting_id)


def _resigned(engine: Engine, files: dict[str, bytes], key: SigningKey | None = None) -> bytes:
    """Write a package as somebody would who has the evidence key: with a manifest that fits."""
    rest = {name: data for name, data in files.items() if name not in (written.MANIFEST, written.SIGNATURE)}
    manifest = json.loads(files[written.MANIFEST])
    manifest["files"] = {name: sha256_hex(data) for name, data in rest.items()}
    return written.packed_files(manifest, rest, key or engine.signer.evidence)


def _json_changed(name: str, change: Callable[[list[dict[str, Json]]], object]) -> Callable[[dict[str, bytes]], None]:
    def apply(files: dict[str, bytes]) -> None:
        rows = json.loads(files[name])
        change(rows)
        files[name] = written.as_json(rows)

    return apply


def _edit_picture(files: dict[str, bytes]) -> None:
    name = next(one for one in files if one.startswith("frames/") and "redacted" not in one)
    files[name] += b"!"


def _edit_redacted(files: dict[str, bytes]) -> None:
    name = next(one for one in files if "redacted" in one)
    files[name] += b"!"


INSIDE: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a picture": (_edit_picture, "forged_frame"),
    "a redacted picture": (_edit_redacted, "forged_frame"),
    "a verdict": (_json_changed(written.DECISIONS, lambda rows: rows[0].update(outcome="adverse", verdict="uphold")), "changed_decision"),
    "a decision left out": (_json_changed(written.DECISIONS, lambda rows: rows.pop()), "changed_decision"),
    "a decision put in": (_json_changed(written.DECISIONS, lambda rows: rows.append(dict(rows[-1]))), "changed_decision"),
    "an incident": (_json_changed(written.INCIDENTS, lambda rows: rows[0]["trace"].update(peak=2)), "changed_decision"),  # type: ignore[union-attr]
    "an incident left out": (_json_changed(written.INCIDENTS, lambda rows: rows.clear()), "changed_decision"),
    "a frame put in": (_json_changed(written.FRAMES, lambda rows: rows.append({**rows[0], "seq": 4000})), "forged_frame"),
    "a frame's time": (_json_changed(written.FRAMES, lambda rows: rows[0].update(at_ms=1)), "forged_frame"),
    "an entry's time": (_json_changed(written.LEAVES, lambda rows: rows[0].update(at="2026-11-23T00:00:00Z")), "forged_checkpoint"),
    "an entry's place": (_json_changed(written.LEAVES, lambda rows: rows[0].update(index=10**6)), "forged_checkpoint"),
    "a list into none": (lambda files: files.update({written.FRAMES: b"{]"}), "edited"),
    "the checkpoint": (lambda files: files.update({written.CHECKPOINT: b"log\n1\nAAAA\n\nno signature"}), "forged_checkpoint"),
}


@pytest.mark.parametrize("what", INSIDE)
def test_whoever_has_the_evidence_key_still_cannot_change(story: Story, what: str) -> None:
    change, finding = INSIDE[what]
    files = written.unpacked_files(made(story).data)
    change(files)

    assert finding in kinds(check_package(_resigned(story.engine, files)))


def test_without_the_key_not_one_byte_of_any_file_can_be_changed(story: Story) -> None:
    files = written.unpacked_files(made(story).data)
    rng = random.Random(4)
    for _ in range(120):
        name = rng.choice(sorted(files))
        at = rng.randrange(len(files[name]))
        changed = {**files, name: files[name][:at] + bytes([files[name][at] ^ 1]) + files[name][at + 1 :]}
        try:
            assert kinds(check_package(_zipped(changed))), (name, at)
        except UnreadableFile:
            continue


def test_a_file_left_out_or_put_in_is_found(story: Story) -> None:
    files = written.unpacked_files(made(story).data)
    fewer = {name: data for name, data in files.items() if name != written.INCIDENTS}

    assert kinds(check_package(_zipped({**files, "more.txt": b"?"}))) == {"spliced"}
    assert {"missing_evidence", "changed_decision"} <= kinds(check_package(_zipped(fewer)))


def test_a_package_signed_by_somebody_else_is_not_ours(story: Story) -> None:
    key = SigningKey(purpose=story.engine.signer.evidence.purpose, seed=b"7" * 32)
    files = written.unpacked_files(made(story).data)
    manifest = json.loads(files[written.MANIFEST])
    manifest["keys"]["evidence"] = {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()}
    files[written.MANIFEST] = written.as_json(manifest)
    forged = _resigned(story.engine, files, key)

    checked = check_package(forged, published(story.engine))
    assert checked.keys_known is False
    assert "forged_signature" in kinds(checked)
    assert "forged_frame" in kinds(check_package(forged)), "the note on a redacted picture is not by this key"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"{}"])
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        check_package(data)


def test_a_zip_bomb_and_a_double_name_are_refused() -> None:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as package:
        for number in range(9):
            package.writestr(f"chain/{number:05d}.bin", bytes(60 * 1024 * 1024))
    with pytest.raises(UnreadableFile):
        check_package(held.getvalue())


def _zipped(files: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return held.getvalue()


def test_the_same_contents_are_the_same_bytes(story: Story) -> None:
    files = written.unpacked_files(made(story).data)

    assert _resigned(story.engine, files) == _resigned(story.engine, dict(reversed(files.items())))


def test_a_package_that_is_asked_for_too_early_waits(story: Story) -> None:
    with story.engine.store.begin() as tx:
        watch = tx.incidents.watch(story.sitting_id)
        assert watch is not None
        tx.incidents.save_watch(replace(watch, drained_at=story.engine.clock.now() - timedelta(seconds=10)))

    with pytest.raises(NotYet):
        evidence_packages.ask(story.engine, _actor(story), story.sitting_id)


def _actor(story: Story) -> Actor:
    return story.invigilators[0]
