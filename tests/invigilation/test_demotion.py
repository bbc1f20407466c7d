"""A detector that keeps its budget is hardly ever demoted, however often one looks; one that exceeds it is, soon."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.invigilation.demotion import ALPHA, STAKES, Record, share_of_budget

BUDGET, HOURS = 0.05, 2.0  # per watched hour; hours of one sitting


def looked_at_after_each(rng: np.random.Generator, rates: np.ndarray) -> np.ndarray:
    """Whether, and after how many sittings, each run was demoted; one row a run, one rate (an hour) a sitting; 0 never."""
    false = rng.random(rates.shape) < 1 - np.exp(-rates * HOURS)
    counts, sittings = false.cumsum(axis=1), np.arange(1, rates.shape[1] + 1)
    logs = np.array([counts * math.log(r) - sittings * math.log1p((r - 1) * BUDGET * HOURS) for r in STAKES])
    demoted = np.logaddexp.reduce(logs, axis=0) - math.log(len(STAKES)) >= -math.log(ALPHA)
    return np.where(demoted.any(axis=1), demoted.argmax(axis=1) + 1, 0)


def test_the_fortune_of_the_simulation_is_that_of_the_engine() -> None:
    record = Record(hours=(HOURS,) * 20, false_sittings=6, budget=BUDGET)

    by_hand = sum(r**6 / (1 + (r - 1) * BUDGET * HOURS) ** 20 for r in STAKES) / len(STAKES)
    assert record.evidence == pytest.approx(by_hand)
    assert record.exceeds(1 / by_hand + 1e-9) and not record.exceeds(1 / by_hand - 1e-9)


def test_a_detector_within_its_budget_is_hardly_ever_demoted_though_one_always_looks() -> None:
    rng = np.random.default_rng(45)
    runs = looked_at_after_each(rng, np.full((4000, 1500), BUDGET))

    assert (runs > 0).mean() <= ALPHA  # measured: 0.0035


def test_nor_when_a_few_candidates_have_most_of_the_false_flags() -> None:
    rng = np.random.default_rng(46)
    uneven = rng.gamma(0.2, BUDGET / 0.2, size=(4000, 1500))  # mean BUDGET; the worst twentieth has most of it

    assert (looked_at_after_each(rng, uneven) > 0).mean() <= ALPHA


def test_three_times_over_is_found_soon() -> None:
    rng = np.random.default_rng(47)
    runs = looked_at_after_each(rng, np.full((2000, 1500), 3 * BUDGET))

    assert (runs > 0).all()
    assert np.median(runs) <= 60  # sittings of two hours; measured: 46, 95th percentile 126


def test_an_exam_without_a_budget_for_it_stands_no_false_flag() -> None:
    assert not Record(hours=(10.0,), false_sittings=0, budget=0.0).exceeds()
    assert Record(hours=(10.0,), false_sittings=1, budget=0.0).exceeds()


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(0, 50), st.floats(0.001, 1))
def test_more_false_flags_never_speak_for_a_detector_and_more_hours_never_against(hours: list[float], count: int, budget: float) -> None:
    record = Record(hours=tuple(hours), false_sittings=count, budget=budget)

    assert replace(record, false_sittings=count + 1).log_evidence >= record.log_evidence
    assert replace(record, hours=(*hours, 1.0)).log_evidence <= record.log_evidence


def test_the_budget_is_shared_out() -> None:
    assert share_of_budget(0.06, 6) == pytest.approx(0.01)
    assert share_of_budget(0.06, 0) == pytest.approx(0.06)
