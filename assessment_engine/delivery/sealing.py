"""The seal: the server's signature over all that a finished sitting's ledger holds. Later, nothing can be added or changed unseen."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from assessment_engine.delivery.responses import Receipt, ledger_sha256
from assessment_engine.kernel.canonical import Json, canonical_json, digest
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import SigningKey, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What was signed when a sitting was closed; `ledger_sha256` names exactly the answers that count."""

    sitting_id: SittingId
    answers: int
    ledger_sha256: str
    form_sha256: str
    sealed_at: datetime
    key_id: str
    signature: str

    @property
    def document(self) -> dict[str, Json]:
        """The signed document as JSON, its signature left out. Its type keeps it from ever passing for a receipt."""
        return {
            "type": "seal",
            "sitting": self.sitting_id,
            "answers": self.answers,
            "ledger_sha256": self.ledger_sha256,
            "form_sha256": self.form_sha256,
            "sealed_at": iso(self.sealed_at),
            "key_id": self.key_id,
        }

    @property
    def sha256(self) -> str:
        """The seal's own name, which the score report carries."""
        return digest(self.document)


def seal_ledger(sitting_id: SittingId, receipts: Iterable[Receipt], form_sha256: str, now: datetime, key: SigningKey) -> Seal:
    """Sign a sitting's whole ledger as it stands at `now`."""
    rows = list(receipts)
    unsigned = Seal(
        sitting_id=sitting_id,
        answers=len(rows),
        ledger_sha256=ledger_sha256(rows),
        form_sha256=form_sha256,
        sealed_at=now,
        key_id=key.key_id,
        signature="",
    )
    return Seal(**{**asdict(unsigned), "signature": key.sign(canonical_json(unsigned.document))})


def is_whole(seal: Seal, receipts: Iterable[Receipt], public_key: bytes) -> bool:
    """Tell whether the seal is genuine and the receipts are exactly the ledger it names."""
    return verify(public_key, canonical_json(seal.document), seal.signature) and seal.ledger_sha256 == ledger_sha256(receipts)
