"""What few events can say: exact bounds on a share and on a rate, never a normal approximation.

Clopper and Pearson, Biometrika 26 (1934) 404, for shares; Garwood, Biometrika 28 (1936) 437, for rates. Both solved by bisection.
"""

import math
from collections.abc import Callable

_HALVINGS = 60


def share_at_least(found: int, total: int, *, confidence: float = 0.95) -> float:
    """Return the lower bound (0–1) of a share of which `found` of `total` were seen; with n of n it is (1 - confidence)^(1/n)."""
    if found == 0:
        return 0.0
    return _solve(lambda share: _binomial_tail(found, total, share) - (1 - confidence), 1.0)


def share_between(found: int, total: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided interval (0–1) of a share of which `found` of `total` were seen."""
    one_sided = (1 + confidence) / 2
    return share_at_least(found, total, confidence=one_sided), 1 - share_at_least(total - found, total, confidence=one_sided)


def rate_between(events: int, hours: float, *, confidence: float = 0.95) -> tuple[float, float | None]:
    """Return the two-sided interval of a rate per hour of which `events` were seen in `hours`; of no hours at all, no upper end."""
    if hours <= 0:
        return 0.0, None
    tail = (1 - confidence) / 2
    most = 10.0 * (events + 10)
    low = 0.0 if events == 0 else _solve(lambda mean: 1 - _poisson_up_to(events - 1, mean) - tail, most)
    return low / hours, _solve(lambda mean: tail - _poisson_up_to(events, mean), most) / hours


def _solve(rising: Callable[[float], float], high: float) -> float:
    """Return where a rising function of [0, high] crosses zero."""
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _binomial_tail(least: int, total: int, share: float) -> float:
    """Return the chance of `least` or more of `total`."""
    if share >= 1:
        return 1.0
    odds, all_ways = math.log(share) - math.log1p(-share), math.lgamma(total + 1) + total * math.log1p(-share)
    return sum(math.exp(all_ways + k * odds - math.lgamma(k + 1) - math.lgamma(total - k + 1)) for k in range(least, total + 1))


def _poisson_up_to(most: int, mean: float) -> float:
    return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1)) if mean > 0 else 1.0
