"""The file of receipts and seal that a candidate takes home, checked without any server of ours."""

from dataclasses import fields

from assessment_engine.delivery.responses import Receipt, is_genuine
from assessment_engine.delivery.sealing import Seal, is_whole
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.kernel.ids import SittingId


def receipt_problems(document: Json) -> list[str]:
    """Return what is wrong with the file, in words; nothing when every signature holds and the seal names exactly these receipts.

    Whose key it is has to be compared by its name with the one that the examination body publishes. Raises UnreadableFile.
    """
    try:
        assert isinstance(document, dict)
        key = bytes.fromhex(document["public_key"]["ed25519_hex"])
        receipts = [Receipt(**{field.name: row[field.name] for field in fields(Receipt)}) for row in document["receipts"]]
        seal = _seal(document["seal"])
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFile("this is not a file of receipts") from error
    false = [f"the receipt of revision {receipt.revision} is not genuine" for receipt in receipts if not is_genuine(receipt, key)]
    broken = [] if is_whole(seal, receipts, key) else ["the seal is not genuine, or receipts were added, changed or left out"]
    return false + broken


def _seal(row: dict[str, Json]) -> Seal:
    return Seal(
        sitting_id=SittingId(str(row["sitting"])),
        answers=int(str(row["answers"])),
        ledger_sha256=str(row["ledger_sha256"]),
        form_sha256=str(row["form_sha256"]),
        sealed_at=parse_iso(str(row["sealed_at"])),
        key_id=str(row["key_id"]),
        signature=str(row["signature"]),
    )
