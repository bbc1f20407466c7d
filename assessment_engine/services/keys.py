"""The public halves of the keys that sign receipts and seals, with their history: what an outsider compares a file's key with.

A key is announced in the log when a delivery process first starts with it, so that the history is as old, and as hard to change, as the
log itself.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from assessment_engine.kernel.signing import SigningKey
from assessment_engine.services.engine import Engine
from assessment_engine.storage.audit import AuditEntry

SUBJECT = "receipt-keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One public key: since when it signs (None: not announced yet), and until when it did (None: it still does)."""

    key_id: str
    ed25519_hex: str
    since: datetime | None
    until: datetime | None


def announce_key(engine: Engine) -> None:
    """Put the key that signs receipts into the log, once; a process does it when it starts."""
    key, now = engine.signer.receipts, engine.clock.now()
    with engine.store.begin() as tx:
        announced = tx.audit.about(SUBJECT)
        if not announced or _key_of(announced[-1])[0] != key.key_id:
            tx.audit.append(
                "key_announced", subject=SUBJECT, now=now, payload={"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()}
            )


def public_keys(engine: Engine) -> list[PublicKey]:
    """Return every key that ever signed receipts here, the newest first; the first one signs now."""
    with engine.store.read() as tx:
        announced = tx.audit.about(SUBJECT)
    ended = [entry.at for entry in announced[1:]]
    known = [_public(entry, until) for entry, until in zip_longest(announced, ended)]
    current = engine.signer.receipts
    if not known or known[-1].key_id != current.key_id:
        known.append(_unannounced(current))
    return known[::-1]


def _key_of(entry: AuditEntry) -> tuple[str, str]:
    assert isinstance(entry.payload, dict)
    return str(entry.payload["key_id"]), str(entry.payload["ed25519_hex"])


def _public(entry: AuditEntry, until: datetime | None) -> PublicKey:
    key_id, ed25519_hex = _key_of(entry)
    return PublicKey(key_id=key_id, ed25519_hex=ed25519_hex, since=entry.at, until=until)


def _unannounced(key: SigningKey) -> PublicKey:
    return PublicKey(key_id=key.key_id, ed25519_hex=key.public_bytes.hex(), since=None, until=None)
