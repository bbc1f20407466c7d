"""The tree against RFC 6962 vectors (transparency-dev/merkle), the note against C2SP's own example, and both against themselves."""

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.audit import (
    EMPTY_ROOT,
    Checkpoint,
    Tree,
    TreeHead,
    consistency_proof,
    leaf_hash,
    open_checkpoint,
    sign_checkpoint,
    tree_root,
    verifier_key,
    verify_consistency,
    verify_inclusion,
)
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.signing import Purpose, SigningKey

TESTDATA = Path(os.environ.get("ASSESSMENT_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata"))
MERKLE = TESTDATA / "cred" / "merkle"
KEY = SigningKey(purpose=Purpose.LOG, seed=bytes(range(32)))
needs_vectors = pytest.mark.skipif(not MERKLE.is_dir(), reason="the RFC 6962 vectors are not on this machine")


def vectors(kind: str) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((MERKLE / kind).glob("*/*.json"))]


def raw(value: object) -> bytes:
    return base64.b64decode(str(value or ""))


def proof_of(case: dict[str, object]) -> list[bytes]:
    proof = case["proof"] or []
    assert isinstance(proof, list)
    return [raw(part) for part in proof]


def number(value: object) -> int:
    assert isinstance(value, int)
    return value


@needs_vectors
def test_roots_of_every_size_are_those_of_the_published_tree() -> None:
    constants = json.loads((MERKLE / "tree_constants.json").read_text())
    leaves = [leaf_hash(bytes.fromhex(data)) for data in constants["leaf_inputs_hex"]]

    roots = [tree_root(leaves[:size]).hex() for size in range(len(leaves) + 1)]

    assert roots == constants["roots_by_size"]
    assert constants["empty_root"] == EMPTY_ROOT.hex()


@needs_vectors
def test_every_published_inclusion_case_gets_its_verdict() -> None:
    cases = vectors("inclusion")

    for case in cases:
        verdict = verify_inclusion(
            leaf=raw(case["leafHash"]),
            index=number(case["leafIdx"]),
            size=number(case["treeSize"]),
            proof=proof_of(case),
            root=raw(case["root"]),
        )
        assert verdict is not case["wantErr"], case["desc"]
    assert len(cases) > 25


@needs_vectors
def test_every_published_consistency_case_gets_its_verdict() -> None:
    cases = vectors("consistency")

    for case in cases:
        older = TreeHead(size=number(case["size1"]), root=raw(case["root1"]))
        newer = TreeHead(size=number(case["size2"]), root=raw(case["root2"]))
        assert verify_consistency(older, newer, proof_of(case)) is not case["wantErr"], case["desc"]
    assert len(cases) > 20


@given(st.integers(1, 70), st.data())
def test_every_leaf_can_be_proven_and_no_other_leaf_in_its_place(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = Tree.of(leaves).inclusion_proof(index)

    assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=tree_root(leaves))
    assert not verify_inclusion(leaf=leaf_hash(b"another"), index=index, size=size, proof=proof, root=tree_root(leaves))


@given(st.integers(1, 70), st.data())
def test_a_grown_log_proves_that_it_only_appended(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    older = data.draw(st.integers(1, size))
    head, grown = TreeHead(size=older, root=tree_root(leaves[:older])), TreeHead(size=size, root=tree_root(leaves))

    assert verify_consistency(head, grown, consistency_proof(leaves, older))
    if older < size:
        forged = TreeHead(size=older, root=leaf_hash(b"rewritten"))
        assert not verify_consistency(forged, grown, consistency_proof(leaves, older))


def test_a_leaf_that_is_not_there_cannot_be_proven() -> None:
    with pytest.raises(Invalid):
        Tree.of([leaf_hash(b"one")]).inclusion_proof(1)


def test_a_checkpoint_opens_with_its_own_key_and_no_other() -> None:
    checkpoint = Checkpoint(origin="exam.example/log", size=3, root=tree_root([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")]))
    note = sign_checkpoint(checkpoint, KEY)
    stranger = SigningKey(purpose=Purpose.LOG, seed=bytes(32))

    assert open_checkpoint(note, "exam.example/log", KEY.public_bytes) == checkpoint
    for wrong in (note.replace("\n3\n", "\n4\n"), note.partition("\n\n")[0], note.replace("— exam", "— mock"), ""):
        with pytest.raises(Invalid):
            open_checkpoint(wrong, "exam.example/log", KEY.public_bytes)
    with pytest.raises(Invalid):
        open_checkpoint(note, "exam.example/log", stranger.public_bytes)


def test_a_verifier_key_is_written_as_the_specification_writes_its_example() -> None:
    public = base64.b64decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")[1:]

    assert verifier_key("example.com/foo", public) == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
