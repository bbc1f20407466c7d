"""The chain over every frame that was taken (PROCTORING 5), and moments as it writes them.

    h_i = SHA256(h_{i-1} | seq | server_ts | sha256(jpeg) | nonce), each field prefixed with its length (u32);
    seq is u32, server_ts is u64 milliseconds; h_0 is the SHA-256 of "camera chain" and the sitting's id, prefixed alike.

Kept by channel.py over whatever was taken, though a frame be dropped later.
"""

import hashlib
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def lengthened(*fields: bytes) -> bytes:
    """Join fields, each after its length as u32, so that no two lists of fields look alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in fields)


def first_link(sitting_id: str) -> bytes:
    """Return h_0 of a sitting's chain."""
    return hashlib.sha256(lengthened(b"camera chain", sitting_id.encode())).digest()


def link(head: bytes, *, seq: int, at: datetime, picture: bytes, nonce: bytes) -> bytes:
    """Return the next head; `picture` is the SHA-256 of the JPEG, so that a chain can be verified after frames are erased."""
    return hashlib.sha256(lengthened(head, seq.to_bytes(4, "big"), milliseconds(at).to_bytes(8, "big"), picture, nonce)).digest()


def milliseconds(at: datetime) -> int:
    """Return a moment as whole milliseconds since 1970."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """Return the moment of `milliseconds`."""
    return EPOCH + timedelta(milliseconds=ms)
