"""Who signs: decentralised identifiers for our own key, and the list of issuers that a verifier trusts.

A demo is `did:key` (self-contained, trusted by nobody but itself); a deployment is `did:web` of its public address.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from openvc.multibase import MultibaseError, decode_multibase, encode_multibase

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid

TrustedIssuers = Mapping[str, Collection[bytes]]  # issuer id → its public keys, 32 bytes each

_ED25519_MULTICODEC = b"\xed\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The institution as a credential names it."""

    id: str
    verification_method: str
    name: str
    url: str


def multikey(public_bytes: bytes) -> str:
    """Write an Ed25519 public key as a Multikey (z6Mk…)."""
    return encode_multibase(_ED25519_MULTICODEC + public_bytes)


def read_multikey(text: str) -> bytes:
    """Read an Ed25519 Multikey; raises Invalid for anything else."""
    try:
        raw = decode_multibase(text)
    except MultibaseError as error:
        raise Invalid("not a Multikey") from error
    if len(raw) != 34 or not raw.startswith(_ED25519_MULTICODEC):
        raise Invalid("not an Ed25519 Multikey")
    return raw[2:]


def did_key_issuer(public_bytes: bytes, *, name: str, url: str) -> Issuer:
    """Name the issuer by its key alone: for demos and tests."""
    key = multikey(public_bytes)
    return Issuer(id=f"did:key:{key}", verification_method=f"did:key:{key}#{key}", name=name, url=url)


def did_web_issuer(public_bytes: bytes, *, name: str, url: str) -> Issuer:
    """Name the issuer by its web address; `did_document` must then be served there."""
    parts = urlsplit(url)
    segments = [quote(parts.netloc, safe=""), *(quote(part, safe="") for part in parts.path.split("/") if part)]
    did = "did:web:" + ":".join(segments)
    return Issuer(id=did, verification_method=f"{did}#{multikey(public_bytes)}", name=name, url=url)


def did_document(issuer: Issuer) -> Json:
    """Return the DID document that makes our key public."""
    key = issuer.verification_method.rpartition("#")[2]
    method: Json = {"id": issuer.verification_method, "type": "Multikey", "controller": issuer.id, "publicKeyMultibase": key}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": issuer.id,
        "verificationMethod": [method],
        "assertionMethod": [issuer.verification_method],
    }


def key_named_by(verification_method: str) -> bytes | None:
    """Return the key that a verification method carries in its own name (did:key, or a Multikey fragment), if it does."""
    named = verification_method.rpartition("#")[2].removeprefix("did:key:")
    try:
        return read_multikey(named)
    except Invalid:
        return None


def read_trust_list(document: Json) -> TrustedIssuers:
    """Read `{issuer id: [Multikey, …]}`; raises Invalid with the entry that is wrong."""
    if not isinstance(document, Mapping):
        raise Invalid("a trust list is a JSON object: issuer id → list of Multikeys")
    return {issuer: _keys(issuer, keys) for issuer, keys in document.items()}


def _keys(issuer: str, keys: Json) -> frozenset[bytes]:
    if isinstance(keys, str) or not isinstance(keys, Collection) or not all(isinstance(key, str) for key in keys):
        raise Invalid(f"the trust list has no list of Multikeys for {issuer}")
    return frozenset(read_multikey(str(key)) for key in keys)
