"""The file of receipts that a candidate takes home is checked without us."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from assessment_engine.delivery.receipt_file import check_file
from assessment_engine.delivery.responses import an_offer, sign_receipt
from assessment_engine.delivery.sealing import Closing, seal_ledger
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from tests.builders import NOON, a_signer


def a_file() -> dict[str, Any]:
    """Two receipts and their seal, as the receipt page gives them."""
    key = a_signer().receipts
    offers = [an_offer(SittingId("sit_1"), PersonId("per_1"), ItemVersionId("itv_1"), revision, {"RESPONSE": "A"}) for revision in (1, 2)]
    receipts = [sign_receipt(offer, NOON, key) for offer in offers]
    seal = seal_ledger(Closing(sitting_id=SittingId("sit_1"), form_sha256="f" * 64, at=NOON), receipts, key)
    document = {
        "receipts": [asdict(receipt) for receipt in receipts],
        "seal": {**seal.document, "signature": seal.signature},
        "public_key": {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()},
    }
    copied: dict[str, Any] = json.loads(json.dumps(document))
    return copied


def test_a_genuine_file_has_no_problems() -> None:
    assert check_file(a_file()).problems == ()


def test_a_changed_receipt_is_named_and_breaks_the_seal() -> None:
    document = a_file()
    document["receipts"][1]["response_sha256"] = "0" * 64

    problems = check_file(document).problems

    assert problems[0] == "the receipt of revision 2 is not genuine"
    assert len(problems) == 2


def test_a_receipt_left_out_breaks_the_seal() -> None:
    document = a_file()
    del document["receipts"][0]

    assert check_file(document).problems == ("the seal is not genuine, or receipts were added, changed or left out",)


@pytest.mark.parametrize("nonsense", [{}, [], None, {"receipts": 1}, {"public_key": {"ed25519_hex": "zz"}, "receipts": [], "seal": {}}])
def test_anything_else_is_unreadable(nonsense: Any) -> None:
    with pytest.raises(UnreadableFile):
        check_file(nonsense)
