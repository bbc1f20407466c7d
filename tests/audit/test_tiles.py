"""A proof from tiles is the one that RFC 6962 defines over all leaves, and reads few of them."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.audit import TILE, Tree, tree_root, verify_inclusion
from assessment_engine.kernel.errors import Invalid

MANY = [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(3 * TILE * TILE // 2)]


def defined(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < k:
        return [*defined(leaves[:k], index), tree_root(leaves[k:])]
    return [*defined(leaves[k:], index - k), tree_root(leaves[:k])]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 9, 31, 33, 100])
def test_proofs_of_small_trees_are_those_of_rfc_6962(size: int) -> None:
    tree = Tree.of(MANY[:size])

    assert [tree.inclusion_proof(n) for n in range(size)] == [defined(MANY[:size], n) for n in range(size)]


@given(st.integers(1, 2000), st.data())
def test_and_so_are_those_of_trees_of_many_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))

    assert Tree.of(MANY[:size]).inclusion_proof(index) == defined(MANY[:size], index)


def test_a_proof_in_a_large_tree_reads_a_few_tiles() -> None:
    whole, read = Tree.of(MANY), []

    def noted(level: int, number: int) -> Sequence[bytes]:
        read.append((level, number))
        return whole._tile(level, number)

    tree = Tree(len(MANY), noted)
    index = 12_345
    assert verify_inclusion(leaf=MANY[index], index=index, size=len(MANY), proof=tree.inclusion_proof(index), root=tree_root(MANY))
    assert len(read) <= 4


@pytest.mark.parametrize("index", [-1, 1])
def test_a_leaf_that_is_not_there_has_no_proof(index: int) -> None:
    with pytest.raises(Invalid):
        Tree.of([b"a"]).inclusion_proof(index)
