"""Kappa and its error as in the books, and shares that say how little few cases say."""

import pytest

from assessment_engine.invigilation.agreement import Rate, Share, kappa

# Two clinicians sort 100 patients: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed., table 18.1, who
# print kappa = .68 and a standard error of .087 for it (eq. 18.13).
PATIENTS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def test_kappa_and_its_error_are_those_of_the_textbook() -> None:
    found = kappa(PATIENTS)

    assert found is not None
    assert found.value == pytest.approx(0.6765, abs=5e-5)
    assert found.error == pytest.approx(0.0877, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((0.5047, 0.8482), abs=2e-3)


def test_kappa_of_two_readers_with_two_words() -> None:
    found = kappa([[20, 5], [10, 15]])  # agreed 0.7, by chance 0.5

    assert found is not None and found.value == pytest.approx(0.4)


def test_always_the_same_is_one_and_chance_is_nought() -> None:
    same, chance = kappa([[10, 0], [0, 10]]), kappa([[25, 25], [25, 25]])

    assert same is not None and (same.value, same.error) == pytest.approx((1.0, 0.0))
    assert chance is not None and chance.value == pytest.approx(0.0)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[12, 0], [0, 0]]])
def test_nothing_is_said_where_kappa_has_no_meaning(table: list[list[int]]) -> None:
    assert kappa(table) is None


def test_few_cases_say_little() -> None:
    assert Share(count=0, total=0).interval == (0.0, 1.0)
    low, high = Share(count=1, total=10).interval
    assert (low, high) == pytest.approx((0.0025, 0.4450), abs=1e-4)  # Clopper and Pearson
    assert Rate(count=0, hours=60.0).interval[1] == pytest.approx(3.689 / 60, abs=1e-4)
    assert Rate(count=0, hours=0.0).interval == (0.0, None)
