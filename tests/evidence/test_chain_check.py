"""The chain holds through loss, cuts and killed processes, and through nothing else."""

import random
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.bench.chain import tried
from assessment_engine.bench.chain_sittings import SimulatedSitting
from assessment_engine.bench.chain_tampering import TAMPERINGS, Evidence, evidence_of, reorder
from assessment_engine.evidence.chain_check import ChainChecked, check_chain, segment_name
from assessment_engine.evidence.chain_log import closing_entry, stretch_of
from assessment_engine.evidence.findings import FindingKind, NoteKind
from assessment_engine.evidence.leaves import ProvenLeaf
from proctoring.chain_records import Record, Segment, packed, records_of
from proctoring.channel import first_link, moment


@cache
def some_evidence() -> list[Evidence]:
    rng = random.Random(7)
    return [evidence_of(SimulatedSitting(seed, 200).run(), rng) for seed in range(1000, 1012)]


@pytest.mark.parametrize("seed", [420, 642])
def test_a_process_that_died_before_it_passed_on_its_last_frame_is_no_break(seed: int) -> None:
    taken = SimulatedSitting(seed, 600).run()  # found among ten thousand

    assert evidence_of(taken, random.Random(seed)).check() == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 300))
def test_loss_cuts_restarts_and_kills_are_no_break(seed: int, seconds: int) -> None:
    taken = SimulatedSitting(seed, seconds).run()

    assert evidence_of(taken, random.Random(seed)).check() == []


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found_under_its_own_name(name: str) -> None:
    assert tried(name, some_evidence(), 200) == (200, 200, 200)


def test_a_finding_says_where_it_is() -> None:
    evidence = some_evidence()[0]
    ordinal = max(evidence.files, key=lambda one: len(evidence.files[one]))
    rows = list(records_of(evidence.files[ordinal]))
    rows[4], rows[5] = rows[5], rows[4]

    found = evidence.changed(ordinal, rows).check()[0]
    assert (found.kind, found.place, found.seq) == (FindingKind.REORDERED, segment_name(ordinal), rows[5].seq)


def test_a_changed_time_names_its_frame() -> None:
    evidence = some_evidence()[0]
    ordinal = max(evidence.files, key=lambda one: len(evidence.files[one]))
    rows = list(records_of(evidence.files[ordinal]))
    rows[5] = replace(rows[5], at_ms=rows[5].at_ms - 60_000)

    found = evidence.changed(ordinal, rows).check()[0]
    assert (found.kind, found.place, found.seq) == (FindingKind.CLOCK_SKEW, segment_name(ordinal), rows[5].seq)


def test_every_byte_of_the_records_counts() -> None:
    evidence = some_evidence()[1]
    ordinal = min(evidence.files)
    data = evidence.files[ordinal]
    rng = random.Random(3)
    for _ in range(300):
        at = rng.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        assert replace(evidence, files={**evidence.files, ordinal: changed}).check(), at


def test_entries_that_are_none_of_ours_are_a_finding_not_a_crash() -> None:
    evidence = some_evidence()[0]
    for broken in ({}, {"ordinal": "x"}, {"ordinal": 10**30}, None):
        leaves = (replace(evidence.leaves[0], payload=broken), *evidence.leaves[1:])
        assert replace(evidence, leaves=leaves).check()


def test_a_sitting_without_a_camera_has_no_chain_to_break() -> None:
    found = check_chain("sit_nobody", (), {})

    assert (found.findings, found.notes, found.frames) == ((), (), 0)


def a_chain_of_two_processes(back_s: float) -> ChainChecked:
    """The second process went on from frame 9 with its clock a little behind, and did not know that frame 10 had been recorded."""
    records, head = [], first_link("sit_a")
    heads = [head]
    for seq in range(11):
        records.append(Record(seq, 100_000 + 1000 * seq, bytes([seq]) * 32, bytes(16), False))
        heads.append(records[-1].after(heads[-1]))
    later = [Record(seq, 100_000 + 1000 * seq - round(1000 * back_s), bytes([seq]) * 32, bytes(16), False) for seq in range(11, 15)]
    first = Segment(sitting_id="sit_a", start=heads[0], records=b"".join(map(packed, records)))
    second = Segment(sitting_id="sit_a", start=heads[10], records=b"".join(map(packed, later)))
    stretches = [stretch_of(first), stretch_of(second)]
    entries = [stretches[0].entry(0, None), stretches[1].entry(1, heads[11])]
    ends = closing_entry([one.kept(ordinal) for ordinal, one in enumerate(stretches)])
    told = [("chain_checkpoint", entries[0]), ("chain_checkpoint", entries[1]), ("chain_closed", ends)]
    leaves = [
        ProvenLeaf(kind=kind, subject="sit_a", actor=None, at=moment(150_000), payload=about, index=0, path=()) for kind, about in told
    ]
    return check_chain("sit_a", leaves, {0: first.records, 1: second.records})


def test_a_clock_a_little_behind_after_a_loss_is_no_break_and_one_far_behind_is() -> None:
    near, far = a_chain_of_two_processes(back_s=2.5), a_chain_of_two_processes(back_s=30.0)

    assert (near.findings, [note.kind for note in near.notes]) == ((), [NoteKind.LOST])
    assert [finding.kind for finding in far.findings] == [FindingKind.CLOCK_SKEW]


def test_what_was_reordered_can_be_put_back() -> None:
    evidence, other = some_evidence()[:2]
    turned = reorder(evidence, other, random.Random(5))
    ordinal = next(one for one in evidence.files if evidence.files[one] != turned.files[one])
    rows = sorted(records_of(turned.files[ordinal]), key=lambda row: row.seq)

    assert b"".join(map(packed, rows)) == evidence.files[ordinal]
    assert turned.changed(ordinal, rows).check() == []
