"""The sequencer and the verifier of the log, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from sqlalchemy import event, text

from assessment_engine.audit import TILE, Checkpoint, Frontier, leaf_hash, open_checkpoint, verify_inclusion
from assessment_engine.kernel.errors import IntegrityViolation, NotAllowed, NotFound
from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.people import Role
from assessment_engine.services import audit
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import announce_keys
from tests.builders import an_actor, steer


def log(engine: Engine, *subjects: str) -> list[str]:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        return [tx.audit.append("sitting_submitted", subject=one, now=now, payload={"n": 1.5, "है": None}) for one in subjects]


GUARDS = (("audit_entries", "no_content"), ("audit_entries", "no_delete"), ("checkpoints", "no_update"))


def tamper(engine: Engine, statement: str) -> None:
    """Change the log as somebody with the keys of the database could, who takes its triggers away first."""
    with engine.store.begin() as tx:
        for table, guard in GUARDS:
            on = f" ON {table}" if tx.connection.dialect.name == "postgresql" else ""
            tx.connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{guard}{on}"))
        tx.connection.execute(text(statement))


def test_new_entries_get_their_leaves_and_one_signed_checkpoint(any_engine: Engine) -> None:
    log(any_engine, "sit_1", "sit_2", "sit_3")

    assert audit.sequence(any_engine) == 3
    assert audit.sequence(any_engine) == 0
    report = audit.verify_log(any_engine)

    assert (report.size, report.checkpoints, report.unsequenced, report.problems) == (3, 1, 0, ())
    with any_engine.store.read() as tx:
        note = tx.audit.checkpoints()[0].note
    checkpoint = open_checkpoint(note, "localhost:8000/log", any_engine.signer.log.public_bytes)
    assert (checkpoint.size, checkpoint.root.hex()) == (3, report.root)


def test_a_log_that_grew_in_many_steps_has_the_root_of_all_its_leaves(any_engine: Engine) -> None:
    for step in range(1, 8):
        steer(any_engine).advance(1)
        log(any_engine, *(f"sit_{step}_{number}" for number in range(step)))
        audit.sequence(any_engine)

    report = audit.verify_log(any_engine)

    assert (report.size, report.checkpoints, report.problems) == (28, 7, ())


def with_another_key(engine: Engine) -> Engine:
    key = SigningKey(purpose=Purpose.LOG, seed=bytes(range(1, 33)))
    return replace(engine, signer=replace(engine.signer, log=key))


def test_a_log_stays_whole_when_another_key_signs_it_from_now_on(any_engine: Engine) -> None:
    announce_keys(any_engine)
    audit.sequence(any_engine)
    later = with_another_key(any_engine)
    steer(any_engine).advance(1)

    announce_keys(later)
    audit.sequence(later)

    assert audit.verify_log(later).problems == ()
    assert not audit.verify_log(any_engine).is_whole  # whoever has only the old key was not told


def test_a_key_that_the_log_names_is_believed_only_below_a_checkpoint_of_the_present_one(any_engine: Engine) -> None:
    announce_keys(any_engine)
    foreign = with_another_key(any_engine)
    steer(any_engine).advance(1)
    announce_keys(foreign)
    steer(any_engine).advance(1)
    announce_keys(any_engine)

    audit.sequence(foreign)

    assert audit.verify_log(any_engine).problems == ("checkpoint 5: the checkpoint is not signed by this log's key",)


def test_an_empty_log_is_whole(any_engine: Engine) -> None:
    assert audit.verify_log(any_engine).is_whole


def grown(engine: Engine, entries: int) -> list[str]:
    """A log of so many entries, all with their places."""
    hashes = list(log(engine, *(f"sit_{number}" for number in range(entries))))
    while audit.sequence(engine):
        pass
    return hashes


def is_proven(engine: Engine, sha256: str) -> bool:
    found = audit.prove(engine, sha256)
    path, root = [bytes.fromhex(part) for part in found.path], bytes.fromhex(found.checkpoint.root)
    return verify_inclusion(leaf=found.entry.leaf, index=found.index, size=found.checkpoint.size, proof=path, root=root)


def test_a_proof_reads_some_hundred_hashes_however_long_the_log_is(any_engine: Engine) -> None:
    hashes = grown(any_engine, 3 * TILE + 40)
    rows: list[int] = []

    @event.listens_for(any_engine.store.engine, "after_cursor_execute")
    def note(connection: object, cursor: Any, statement: str, *_rest: object) -> None:
        if "audit_entries.sha256" in statement and "leaf_index BETWEEN" in statement:
            rows.append(1)

    assert all(is_proven(any_engine, hashes[place]) for place in (0, TILE - 1, TILE, 2 * TILE + 7, 3 * TILE + 39))
    assert len(rows) <= 2 * 5  # the leaf's own tile and the last one that is not whole; the others are known by their roots


def test_a_log_from_before_roots_were_kept_is_proven_at_once_and_catches_up(any_engine: Engine) -> None:
    hashes = grown(any_engine, 10 * TILE + 1)
    with any_engine.store.begin() as tx:
        assert tx.audit.nodes_kept(1) == 10
        tx.connection.execute(text("DELETE FROM log_nodes"))

    assert is_proven(any_engine, hashes[700])
    kept = []
    for step in range(2):
        log(any_engine, f"late_{step}")
        audit.sequence(any_engine)
        with any_engine.store.read() as tx:
            kept.append(tx.audit.nodes_kept(1))
    assert kept == [audit.NODES_AT_ONCE, 10]
    assert is_proven(any_engine, hashes[700])
    assert audit.verify_log(any_engine).is_whole


def test_roots_of_a_long_log_are_built_upon_those_below_only(any_engine: Engine) -> None:
    entries = TILE * TILE
    log(any_engine, "sit_1")
    audit.sequence(any_engine)
    with any_engine.store.begin() as tx:  # as many more as make a whole tile of tiles, from before roots were kept
        columns = "kind, subject, at, payload, sha256"
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
        made = f"{numbers} SELECT 'log_a' || i, {columns}, i FROM audit_entries, n WHERE leaf_index = 0"  # noqa: S608  # our own names
        tx.connection.execute(text(f"INSERT INTO audit_entries (id, {columns}, leaf_index) {made}"), {"last": entries - 1})
        leaves = [leaf_hash(bytes.fromhex(one.sha256)) for one in tx.audit.leaves(1)] * entries
        whole = reduce(Frontier.append, leaves, Frontier())
        tx.audit.save_checkpoint(Checkpoint(origin="log", size=entries, root=whole.root), whole, "", any_engine.clock.now())
    log(any_engine, "sit_2")

    audit.sequence(any_engine)

    with any_engine.store.read() as tx:
        assert (tx.audit.nodes_kept(1), tx.audit.nodes_kept(2)) == (audit.NODES_AT_ONCE, 0)


def test_a_kept_root_that_somebody_changed_proves_nothing_and_is_found(any_engine: Engine) -> None:
    grown(any_engine, TILE + 1)
    with any_engine.store.begin() as tx:
        *_, last = tx.audit.leaves(TILE + 1)  # its path is the root of the tile before it
        tx.connection.execute(text("UPDATE log_nodes SET hash = :hash"), {"hash": "0" * 64})

    with pytest.raises(IntegrityViolation):
        audit.prove(any_engine, last.sha256)
    assert audit.verify_log(any_engine).problems == ("root 0 of level 1 is not that of its entries",)


def test_sequencers_at_the_same_time_give_every_entry_one_place(any_engine: Engine) -> None:
    hashes = [sha256 for batch in range(10) for sha256 in log(any_engine, *(f"s{batch}_{number}" for number in range(5)))]

    with ThreadPoolExecutor(4) as pool:
        sequenced = sum(pool.map(lambda _: audit.sequence(any_engine), range(8)))

    report = audit.verify_log(any_engine)
    assert sequenced == report.size == len(hashes)
    assert report.is_whole


@pytest.mark.parametrize(
    ("tampering", "word"),
    [
        ("UPDATE audit_entries SET subject = 'sit_9' WHERE leaf_index = 1", "content"),
        ("UPDATE audit_entries SET actor_id = 'per_9' WHERE leaf_index = 1", "content"),
        ("DELETE FROM audit_entries WHERE leaf_index = 1", "stands where"),
        ("DELETE FROM audit_entries WHERE leaf_index = 2", "the last checkpoint counts 3"),
        ("UPDATE checkpoints SET note = replace(note, 'localhost', 'elsewhere')", "not signed"),
    ],
)
def test_a_changed_log_is_found_out(any_engine: Engine, tampering: str, word: str) -> None:
    log(any_engine, "sit_1", "sit_2", "sit_3")
    audit.sequence(any_engine)
    tamper(any_engine, tampering)

    report = audit.verify_log(any_engine)

    assert not report.is_whole
    assert any(word in problem for problem in report.problems)


def test_a_checkpoint_signed_by_another_key_is_not_ours(any_engine: Engine) -> None:
    log(any_engine, "sit_1")
    audit.sequence(any_engine)
    signer = any_engine.signer
    stranger = replace(any_engine, signer=replace(signer, log=replace(signer.log, seed=bytes(32))))

    assert not audit.verify_log(stranger).is_whole


def test_an_outsider_can_follow_the_proof_of_an_entry(any_engine: Engine) -> None:
    hashes = log(any_engine, *(f"sit_{number}" for number in range(11)))
    with pytest.raises(NotFound):
        audit.prove(any_engine, hashes[6])
    audit.sequence(any_engine)

    for sha256 in hashes:
        proof = audit.prove(any_engine, sha256)
        path, root = [bytes.fromhex(part) for part in proof.path], bytes.fromhex(proof.checkpoint.root)
        assert verify_inclusion(leaf=leaf_hash(bytes.fromhex(sha256)), index=proof.index, size=11, proof=path, root=root)


def test_the_audit_page_is_for_the_examination_cell(any_engine: Engine) -> None:
    log(any_engine, "sit_1")
    audit.sequence(any_engine)

    view = audit.overview(any_engine, an_actor(Role.CELL_OFFICER))

    assert (view.entries, view.sequenced, len(view.checkpoints)) == (1, 1, 1)
    assert view.verifier_key.startswith("localhost:8000/log+")
    with pytest.raises(NotAllowed):
        audit.overview(any_engine, an_actor(Role.CANDIDATE))
