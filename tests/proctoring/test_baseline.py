"""The candidate's own centre: learnt by the median, drifting slowly, never poisoned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.baseline import BOUNDS, Baseline, BaselineKeeper
from proctoring.observations import Gaze, Head
from tests.proctoring.sightings import empty, present

angles = st.floats(-180, 180)


def test_the_centre_is_known_after_thirty_good_seconds() -> None:
    keeper = BaselineKeeper(30)
    for second in range(29):
        keeper.receive(present(second, yaw=8), 1.0, frozen=False)

    assert keeper.baseline is None
    keeper.receive(present(29, yaw=8), 1.0, frozen=False)

    assert keeper.baseline is not None
    assert keeper.baseline.across == 8


def test_a_few_glances_do_not_move_the_centre() -> None:
    looks = [(Head(yaw=y, pitch=0, roll=0), Gaze(across=y, up=0)) for y in [2.0] * 20 + [60.0] * 9]

    assert Baseline.of(looks, 29).across == 2


@given(angles, angles)
def test_a_centre_stays_within_what_people_do_and_says_when_it_was_held_there(yaw: float, up: float) -> None:
    baseline = Baseline.of([(Head(yaw=yaw, pitch=up, roll=0), Gaze(across=yaw, up=up))], 30)

    assert all(abs(getattr(baseline, name)) <= bound for name, bound in BOUNDS.items())
    assert baseline.clamped == (abs(yaw) > BOUNDS["across"] or abs(up) > BOUNDS["pitch"])


def test_drift_is_slow_however_far_the_look() -> None:
    moved = Baseline(seconds=30).drifted(Head(yaw=90, pitch=0, roll=0), Gaze(across=90, up=0), 1.0)

    assert 0 < moved.across < 0.1


def test_nothing_is_learnt_while_frozen_or_from_a_frame_without_a_face() -> None:
    keeper = BaselineKeeper(30, Baseline(across=1, seconds=30))
    keeper.receive(present(1, yaw=20), 1.0, frozen=True)
    keeper.receive(empty(2), 1.0, frozen=False)

    assert keeper.baseline == Baseline(across=1, seconds=30)


def test_a_baseline_survives_its_journey_as_json() -> None:
    baseline = Baseline(across=1.5, up=-2.0, yaw=3.0, pitch=4.0, seconds=45.0, clamped=True)

    assert Baseline.from_json(baseline.as_json()) == baseline
    assert baseline.as_json()["seconds"] == pytest.approx(45)
