"""One way to turn data into bytes, and bytes into a name: RFC 8785 JSON and SHA-256."""

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def canonical_json(value: Json) -> bytes:
    """Serialise JSON data as RFC 8785 (JCS) bytes; raises ValueError for what JSON cannot say."""
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data`, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Json) -> str:
    """Return the SHA-256 of the canonical form of JSON data."""
    return sha256_hex(canonical_json(value))
