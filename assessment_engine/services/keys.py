"""The public halves of the keys that sign receipts, the log and evidence, with their history: what an outsider compares a file's key with.

A key is announced in the log when a delivery process first starts with it, so that the history is as old, and as hard to change, as the
log itself.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.services.engine import Engine
from assessment_engine.storage.audit import AuditEntry

SUBJECTS = {Purpose.RECEIPTS: "receipt-keys", Purpose.LOG: "log-keys", Purpose.EVIDENCE: "evidence-keys"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One public key: since when it signs (None: not announced yet), and until when it did (None: it still does)."""

    purpose: str
    key_id: str
    ed25519_hex: str
    since: datetime | None
    until: datetime | None


def announce_keys(engine: Engine) -> None:
    """Put the keys that sign for outsiders into the log, each once; a process does it when it starts."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        for key in _signing(engine):
            subject, about = SUBJECTS[key.purpose], {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()}
            announced = tx.audit.about(subject)
            if not announced or _key_of(announced[-1])[0] != key.key_id:
                tx.audit.append("key_announced", subject=subject, now=now, payload=dict(about))


def public_keys(engine: Engine) -> list[PublicKey]:
    """Return every key that ever signed for outsiders here: those of receipts first, and of each purpose the newest first."""
    with engine.store.read() as tx:
        announced = {key.purpose: tx.audit.about(SUBJECTS[key.purpose]) for key in _signing(engine)}
    return [one for key in _signing(engine) for one in _of_purpose(key, announced[key.purpose])]


def _signing(engine: Engine) -> tuple[SigningKey, ...]:
    return engine.signer.receipts, engine.signer.log, engine.signer.evidence


def _of_purpose(current: SigningKey, announced: list[AuditEntry]) -> list[PublicKey]:
    ended = [entry.at for entry in announced[1:]]
    known = [_public(current.purpose, entry, until) for entry, until in zip_longest(announced, ended)]
    if not known or known[-1].key_id != current.key_id:
        known.append(_unannounced(current))
    return known[::-1]


def _key_of(entry: AuditEntry) -> tuple[str, str]:
    assert isinstance(entry.payload, dict)
    return str(entry.payload["key_id"]), str(entry.payload["ed25519_hex"])


def _public(purpose: Purpose, entry: AuditEntry, until: datetime | None) -> PublicKey:
    key_id, ed25519_hex = _key_of(entry)
    return PublicKey(purpose=purpose, key_id=key_id, ed25519_hex=ed25519_hex, since=entry.at, until=until)


def _unannounced(key: SigningKey) -> PublicKey:
    return PublicKey(purpose=key.purpose, key_id=key.key_id, ed25519_hex=key.public_bytes.hex(), since=None, until=None)
