"""How far reviewers agree, and how often they are wrong: kappa with its interval, and exact intervals of shares and rates.

Kappa is Cohen's, Educ. Psychol. Meas. 20 (1960) 37; its standard error is that of Fleiss, Cohen and Everitt, Psychol. Bull. 72 (1969) 323,
eq. 13. Shares have Clopper and Pearson's interval (proctoring/intervals.py).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.intervals import rate_between, share_between

NORMAL_95 = 1.959964
FEWEST_PAIRS = 20
"""Pairs of judgements below which no kappa is told: its interval is not to be trusted there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Agreement beyond chance of `n` pairs, with its 95 % interval; 1 is always the same, 0 is what chance gives."""

    value: float
    low: float
    high: float
    error: float
    n: int


def kappa(table: Sequence[Sequence[int]]) -> Kappa | None:
    """Return the agreement of two readers, from how often the first said row and the second column; None where it has no meaning.

    That is so without pairs, and where both always said the same one thing: chance alone would have made them agree.
    """
    n = sum(map(sum, table))
    if n == 0:
        return None
    shares = [[count / n for count in row] for row in table]
    first = [sum(row) for row in shares]
    second = [sum(column) for column in zip(*shares, strict=True)]
    agreed = sum(shares[k][k] for k in range(len(shares)))
    chance = sum(a * b for a, b in zip(first, second, strict=True))
    if chance >= 1:
        return None
    value = (agreed - chance) / (1 - chance)
    error = math.sqrt(max(0.0, _variance(shares, first, second, value, chance)) / n)
    low, high = value - NORMAL_95 * error, value + NORMAL_95 * error
    return Kappa(value=value, low=max(-1.0, low), high=min(1.0, high), error=error, n=n)


def _variance(shares: Sequence[Sequence[float]], first: Sequence[float], second: Sequence[float], value: float, chance: float) -> float:
    """Return n times the variance of kappa where the two readers do agree beyond chance."""
    rest = 1 - value
    same = sum(shares[k][k] * (1 - (first[k] + second[k]) * rest) ** 2 for k in range(len(shares)))
    other = sum(
        share * (second[row] + first[column]) ** 2 for row, line in enumerate(shares) for column, share in enumerate(line) if row != column
    )
    return (same + rest**2 * other - (value - chance * rest) ** 2) / (1 - chance) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `total`, and the exact 95 % interval of their share."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Return the share itself; of nothing, none."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval; of nothing, everything."""
        return share_between(self.count, self.total) if self.total else (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`count` in so many hours, and the exact 95 % Poisson interval of the rate per hour."""

    count: int
    hours: float

    @property
    def value(self) -> float:
        """Return the rate itself; of no hours, none."""
        return self.count / self.hours if self.hours else 0.0

    @property
    def interval(self) -> tuple[float, float | None]:
        """Return the interval; of no hours there is no upper end."""
        return rate_between(self.count, self.hours)
