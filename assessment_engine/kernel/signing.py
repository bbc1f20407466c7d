"""Ed25519 signatures (RFC 8032), one key per purpose. Keys are handed in; where they are kept is the runtime's matter."""

import base64
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment_engine.kernel.canonical import sha256_hex


class Purpose(StrEnum):
    """What a key may sign; a key never serves two purposes."""

    RECEIPTS = "receipts"
    LOG = "log"
    ISSUER = "issuer"
    EVIDENCE = "evidence"
    TICKETS = "tickets"


def b64url(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Decode base64url without padding; raises ValueError on anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@lru_cache(maxsize=32)
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    """Expand a seed once: a receipt is signed for every answer."""
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=32)
def _public_bytes(seed: bytes) -> bytes:
    return _private_key(seed).public_key().public_bytes_raw()


@lru_cache(maxsize=32)
def _key_id(purpose: Purpose, public_bytes: bytes) -> str:
    return f"{purpose}-{sha256_hex(public_bytes)[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key and its name: `PURPOSE-` + the first 12 hex digits of the public key's SHA-256.

    `earlier` are the public halves of those that signed before it: what they signed stays signed. They lie beside the private keys, not in
    the database: whoever can write there could name a key of their own.
    """

    purpose: Purpose
    seed: bytes  # 32 bytes
    earlier: tuple[bytes, ...] = ()  # 32 bytes each

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key itself."""
        return _private_key(self.seed)

    @property
    def public_bytes(self) -> bytes:
        """The public half, 32 bytes."""
        return _public_bytes(self.seed)

    @property
    def key_id(self) -> str:
        """The public name of the key."""
        return _key_id(self.purpose, self.public_bytes)

    @property
    def known(self) -> dict[str, bytes]:
        """The public halves of this key and of the earlier ones, by their names."""
        return {_key_id(self.purpose, public_bytes): public_bytes for public_bytes in (*self.earlier, self.public_bytes)}

    def sign(self, message: bytes) -> str:
        """Sign bytes; returns the 64-byte signature as base64url."""
        return b64url(self.private.sign(message))

    def derived(self, use: str, subject: str) -> bytes:
        """Return 32 secret bytes for one use and one subject (HKDF, RFC 5869): the same every time, kept nowhere."""
        return HKDF(algorithm=SHA256(), length=32, salt=subject.encode(), info=use.encode()).derive(self.seed)


def verify(public_bytes: bytes, message: bytes, signature: str) -> bool:
    """Tell whether `signature` (base64url) over `message` was made by the key; never raises on bad input."""
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes).verify(unb64url(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The deployment's keys, one per purpose."""

    receipts: SigningKey
    log: SigningKey
    issuer: SigningKey
    evidence: SigningKey
    tickets: SigningKey
