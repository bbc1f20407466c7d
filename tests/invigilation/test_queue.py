"""The order of the queue: likely, grave and quick first, never at the cost of what is old, and never sure of what few decisions say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.invigilation import SERVICE_LEVEL, Experience, Tally

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def experience(**kinds: Tally) -> Experience:
    return Experience.of(kinds)


def test_without_any_past_everything_is_the_prior() -> None:
    nothing = experience()

    assert (nothing.confirmed("phone"), nothing.seconds("phone")) == (0.25, 60.0)


def test_few_decisions_hardly_move_what_is_expected_and_many_do() -> None:
    few, many = experience(phone=Tally(confirmed=1, decided=1)), experience(phone=Tally(confirmed=200, decided=200))

    assert 0.25 < few.confirmed("phone") < 0.5
    assert many.confirmed("phone") > 0.95


def test_a_kind_that_nobody_decided_takes_the_mean_of_the_others() -> None:
    known = experience(phone=Tally(confirmed=300, decided=400, reviews=400, seconds=400 * 30.0))

    assert known.confirmed("nobody") == pytest.approx(0.74, abs=0.01)
    assert known.seconds("nobody") == pytest.approx(30.6, abs=0.1)


def test_the_likelier_the_graver_and_the_quicker_comes_first() -> None:
    past = experience(
        phone=Tally(confirmed=90, decided=100, reviews=100, seconds=3000.0),
        nobody=Tally(confirmed=10, decided=100, reviews=100, seconds=3000.0),
        talking=Tally(confirmed=90, decided=100, reviews=100, seconds=12000.0),
    )

    assert past.urgency("phone", "high", NOON, NOON) > past.urgency("nobody", "high", NOON, NOON)
    assert past.urgency("phone", "high", NOON, NOON) > past.urgency("phone", "low", NOON, NOON)
    assert past.urgency("phone", "high", NOON, NOON) > past.urgency("talking", "high", NOON, NOON)


def test_a_fresh_case_that_ranks_as_one_whole_is_overtaken_after_a_day() -> None:
    sure = experience(phone=Tally(confirmed=10_000, decided=10_000, reviews=10_000, seconds=600_000.0))

    grave = sure.urgency("phone", "high", NOON, NOON)
    assert sure.urgency("nobody", "low", NOON - SERVICE_LEVEL, NOON) > grave > sure.urgency("nobody", "low", NOON, NOON)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 900))
def test_what_is_expected_is_always_a_chance_and_a_time(confirmed: int, more: int, seconds: float) -> None:
    past = experience(phone=Tally(confirmed=confirmed, decided=confirmed + more, reviews=more, seconds=more * seconds))

    assert 0 < past.confirmed("phone") < 1
    assert past.seconds("phone") > 0


def test_age_alone_orders_what_is_alike() -> None:
    past = experience()

    assert past.urgency("phone", "high", NOON - timedelta(minutes=1), NOON) > past.urgency("phone", "high", NOON, NOON)
