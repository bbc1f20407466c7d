"""How sure a score is: the band in which it would lie again on another paper of the same kind.

Lord's binomial error model (F. M. Lord, 1955, "Estimating test reliability"): the standard error of measurement of a share p over n items
is sqrt(p(1 − p)/(n − 1)). It needs this one sitting only; a band from the reliability of the form replaces it where one was calibrated.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A share of the marks with the band of one standard error around it, all between 0 and 1."""

    low: Decimal
    share: Decimal
    high: Decimal


def band_of(total: Decimal, best: Decimal, items: int) -> Band:
    """Return the band of a score; with fewer than two items nothing is known, so it is everything."""
    share = total / best if best > 0 else Decimal(0)
    if items < 2:
        return Band(low=Decimal(0), share=share, high=Decimal(1))
    error = (share * (1 - share) / (items - 1)).sqrt()
    return Band(low=max(share - error, Decimal(0)), share=share, high=min(share + error, Decimal(1)))
