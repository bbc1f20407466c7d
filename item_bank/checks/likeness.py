"""Which texts are nearly the same, found without comparing each with each: MinHash with bands (Broder 1997; Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3).

A text is the set of its pieces of five letters. Two texts whose sets overlap by a share J have a bucket in common with a probability of
1 - (1 - J^4)^16: 0.99 at 0.7, 0.64 at 0.5, 0.03 at 0.2. Buckets are numbers that a database can look up; whoever shares one is then
compared exactly.
"""

import hashlib
import zlib
from collections.abc import Sequence

import numpy as np

PIECE = 5
BANDS, ROWS = 16, 4
LIKE = 0.7
"""From this share of common pieces on, two texts are worth a look side by side."""

FEWEST = 20
"""Pieces that a text must have: of shorter ones, only the very same text counts."""

_PRIME = np.uint64(4_294_967_311)  # the least above 2^32: products of factors and hashes wrap around it, and stay below 2^64
_CHANCE = np.random.default_rng(20_250_101)  # the same functions for ever: what is stored was made with them
_FACTORS = _CHANCE.integers(1, 2**32 - 1, (BANDS * ROWS, 1), dtype=np.uint64)
_TERMS = _CHANCE.integers(0, 2**32 - 1, (BANDS * ROWS, 1), dtype=np.uint64)


def pieces(segments: Sequence[str]) -> frozenset[str]:
    """Return the pieces of a text; none reaches from one segment (a choice) into the next, whose order does not matter then."""
    return frozenset(
        segment[start : start + PIECE] for segment in map(_padded, segments) for start in range(max(1, len(segment) - PIECE + 1))
    )


def _padded(segment: str) -> str:
    return f" {segment} "


def buckets(segments: Sequence[str], among: str = "") -> tuple[int, ...]:
    """Return the buckets of a text among others of its kind (of a bank, of a language): signed numbers of 64 bits.

    A short text has one, which only the same text has.
    """
    found, prefix = pieces(segments), among.encode()
    if len(found) < FEWEST:
        return (_number(prefix + "\n".join(segments).encode()),)
    hashes = np.fromiter((zlib.crc32(piece.encode()) for piece in found), dtype=np.uint64, count=len(found))
    least = ((_FACTORS * hashes + _TERMS) % _PRIME).min(axis=1).reshape(BANDS, ROWS)
    return tuple(_number(prefix + bytes([band]) + row.tobytes()) for band, row in enumerate(least))


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which share of all pieces of two texts they have in common."""
    if tuple(one) == tuple(other):
        return 1.0
    left, right = pieces(one), pieces(other)
    if min(len(left), len(right)) < FEWEST:
        return 0.0
    return len(left & right) / len(left | right)
