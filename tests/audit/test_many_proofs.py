"""Many inclusion proofs at once are the same as each alone."""

import hashlib

import pytest

from assessment_engine.audit import inclusion_proof, inclusion_proofs
from assessment_engine.kernel.errors import Invalid


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 9, 31, 33, 100])
def test_many_proofs_are_those_of_rfc_6962(size: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(size)]

    assert inclusion_proofs(leaves, range(size)) == [inclusion_proof(leaves, n) for n in range(size)]


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(Invalid):
        inclusion_proofs([b"a"], [1])
