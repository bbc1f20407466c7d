"""Which texts are nearly the same, found without comparing each with each: MinHash with bands (Broder 1997; Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3).

A text is the set of its pieces of five letters. Two texts whose sets overlap by a share J have a bucket in common with a probability of
1 - (1 - J^4)^16: 0.99 at 0.7, 0.64 at 0.5, 0.03 at 0.2. Buckets are numbers that a database can look up; whoever shares one is then
compared exactly.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

PIECE = 5
BANDS, ROWS = 16, 4
LIKE = 0.7
"""From this share of common pieces on, two texts are worth a look side by side."""

FEWEST = 20
"""Pieces that a text must have: of shorter ones, only the very same text counts."""

Pieces = npt.NDArray[np.uint64]

_WEIGHTS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5, 0x85EBCA77C2B2AE63], dtype=np.uint64)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)  # odd numbers that spread the signs of a piece over all bits (Knuth, 6.4)
_PRIME = np.uint64(4_294_967_311)  # the least above 2^32: products of factors and hashes wrap around it, and stay below 2^64
_CHANCE = np.random.default_rng(20_250_101)  # the same functions for ever: what is stored was made with them
_FACTORS = _CHANCE.integers(1, 2**32 - 1, (BANDS * ROWS, 1), dtype=np.uint64)
_TERMS = _CHANCE.integers(0, 2**32 - 1, (BANDS * ROWS, 1), dtype=np.uint64)


def pieces(segments: Sequence[str]) -> Pieces:
    """Return the pieces of a text as numbers of 32 bits, each once, in order.

    None reaches from one segment (a choice) into the next, whose order does not matter then.
    """
    text = "\0".join(f" {segment} ".ljust(PIECE) for segment in segments) or " " * PIECE
    signs = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(signs, PIECE)
    whole = windows[windows.all(axis=1)]
    return np.unique((whole * _WEIGHTS).sum(axis=1, dtype=np.uint64) * _SPREAD >> np.uint64(32))


def buckets(segments: Sequence[str], among: str = "") -> tuple[int, ...]:
    """Return the buckets of a text among others of its kind (of a bank, of a language): signed numbers of 64 bits.

    A short text has one, which only the same text has.
    """
    found, prefix = pieces(segments), among.encode()
    if found.size < FEWEST:
        return (_number(prefix + "\n".join(segments).encode()),)
    least = ((_FACTORS * found + _TERMS) % _PRIME).min(axis=1).reshape(BANDS, ROWS)
    return tuple(_number(prefix + bytes([band]) + row.tobytes()) for band, row in enumerate(least))


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which share of all pieces of two texts they have in common."""
    if tuple(one) == tuple(other):
        return 1.0
    left, right = pieces(one), pieces(other)
    if min(left.size, right.size) < FEWEST:
        return 0.0
    common = np.intersect1d(left, right, assume_unique=True).size
    return common / (left.size + right.size - common)
