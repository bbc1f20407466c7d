"""Bounds against the published tables and the two rules of thumb that every page prints."""

import pytest

from proctoring.intervals import rate_between, share_at_least


@pytest.mark.parametrize(("found", "total", "lower"), [(10, 10, 0.05**0.1), (1, 1, 0.05), (0, 7, 0.0), (5, 10, 0.2224), (19, 20, 0.7839)])
def test_a_share_has_the_lower_bound_of_clopper_and_pearson(found: int, total: int, lower: float) -> None:
    assert share_at_least(found, total) == pytest.approx(lower, abs=1e-4)


# Garwood's table for two-sided 95 %.
@pytest.mark.parametrize(("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (50, 37.11, 65.92)])
def test_a_rate_has_the_interval_of_garwood(events: int, low: float, high: float) -> None:
    assert rate_between(events, 1.0) == pytest.approx((low, high), abs=6e-3)


def test_none_in_t_hours_says_three_by_t() -> None:
    assert rate_between(0, 60.0, confidence=0.9)[1] == pytest.approx(3 / 60, rel=0.01)


def test_no_hours_say_nothing() -> None:
    assert rate_between(0, 0.0) == (0.0, None)
