"""Whole numbers by chance from a seed, every one as likely as the next, and the same in every year.

NumPy promises the stream of a bit generator, not what its distributions make of it: so only the raw bits are taken from there.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_WORD = 64
_AT_ONCE = 256


class Chance:
    """A stream of chance that a text begins; the same text gives the same stream."""

    def __init__(self, seed: str) -> None:
        begins = int.from_bytes(hashlib.sha256(seed.encode()).digest())
        self._bits = np.random.PCG64(begins)  # by name: docs/adr/0016
        self._words = self._raw()

    def _raw(self) -> Iterator[int]:
        while True:
            yield from self._bits.random_raw(_AT_ONCE).tolist()

    def below(self, number: int) -> int:
        """Return a whole number from 0 up to, not with, `number`, which may be of any size."""
        if number == 1:
            return 0
        length = number.bit_length()
        while True:
            drawn = 0
            for _ in range(-(-length // _WORD)):
                drawn = drawn << _WORD | next(self._words)
            drawn >>= -length % _WORD
            if drawn < number:  # what is too large is drawn again: a remainder would favour small numbers
                return drawn

    def some(self, things: Sequence[T], number: int) -> list[T]:
        """Return so many of the things, in an order by chance."""
        left = list(things)
        for place in range(number):
            other = place + self.below(len(left) - place)
            left[place], left[other] = left[other], left[place]
        return left[:number]

    def mixed(self, things: Sequence[T]) -> list[T]:
        """Return the things in an order by chance."""
        return self.some(things, len(things))
