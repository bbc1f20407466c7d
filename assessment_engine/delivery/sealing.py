"""The seal: the server's signature over all that a finished sitting's ledger holds. Later, nothing can be added or changed unseen.

The first seal is made when the sitting is closed. Late answers that people accepted make a next one over the same ledger and exactly those
(ADR 0027): it names the one that it supersedes, the newest counts, and none is ever deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.delivery.late import LateAnswer, late_sha256
from assessment_engine.delivery.responses import Receipt, ledger_sha256
from assessment_engine.kernel.canonical import Json, canonical_json, digest
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import SigningKey, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a sitting ended: when, and by what (`submit`, `time_up` or `terminate`)."""

    sitting_id: SittingId
    form_sha256: str
    at: datetime
    by: str | None = None


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
    closed_by: str | None = None  # None in seals from before it was signed with them
    number: int = 1
    supersedes: str | None = None  # the name of the seal before this one
    late_answers: int = 0
    late_sha256: str | None = None  # names exactly the late answers that were accepted

    @property
    def document(self) -> dict[str, Json]:
        """The signed document as JSON, its signature left out. Its type keeps it from ever passing for a receipt."""
        ended: dict[str, Json] = {} if self.closed_by is None else {"closed_by": self.closed_by}
        later: dict[str, Json] = {
            "number": self.number,
            "supersedes": self.supersedes,
            "late_answers": self.late_answers,
            "late_sha256": self.late_sha256,
        }
        return {
            "type": "seal",
            "sitting": self.sitting_id,
            "answers": self.answers,
            "ledger_sha256": self.ledger_sha256,
            "form_sha256": self.form_sha256,
            "sealed_at": iso(self.sealed_at),
            "key_id": self.key_id,
            **ended,
            **(later if self.number > 1 else {}),
        }

    @property
    def sha256(self) -> str:
        """The seal's own name, which the score report carries."""
        return digest(self.document)


def seal_ledger(closing: Closing, receipts: Iterable[Receipt], key: SigningKey) -> Seal:
    """Sign a sitting's whole ledger as it stands when the sitting is closed."""
    rows = list(receipts)
    return _signed(
        Seal(
            sitting_id=closing.sitting_id,
            answers=len(rows),
            ledger_sha256=ledger_sha256(rows),
            form_sha256=closing.form_sha256,
            sealed_at=closing.at,
            key_id=key.key_id,
            signature="",
            closed_by=closing.by,
        ),
        key,
    )


def supersede(seal: Seal, accepted: Iterable[LateAnswer], now: datetime, key: SigningKey) -> Seal:
    """Sign the same ledger again, together with all late answers that were accepted until `now`."""
    late = list(accepted)
    return _signed(
        replace(
            seal,
            number=seal.number + 1,
            supersedes=seal.sha256,
            late_answers=len(late),
            late_sha256=late_sha256(late),
            sealed_at=now,
            key_id=key.key_id,
        ),
        key,
    )


def _signed(seal: Seal, key: SigningKey) -> Seal:
    return replace(seal, signature=key.sign(canonical_json(seal.document)))


def is_signed(seal: Seal, public_key: bytes) -> bool:
    """Tell whether the key signed exactly this seal."""
    return verify(public_key, canonical_json(seal.document), seal.signature)


def is_whole(seal: Seal, receipts: Iterable[Receipt], public_key: bytes, late: Iterable[LateAnswer] = ()) -> bool:
    """Tell whether the seal is genuine, the receipts are exactly the ledger it names, and the late answers exactly those."""
    return is_signed(seal, public_key) and seal.ledger_sha256 == ledger_sha256(receipts) and names_late(seal, late_sha256(late))


def names_late(seal: Seal, named: str) -> bool:
    """Tell whether a seal names this set of late answers; a first seal names none."""
    return named == (seal.late_sha256 or late_sha256(()))
