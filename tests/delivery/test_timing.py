from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.timing import OutagePolicy, TimePolicy, check_window, time_policy
from assessment_engine.exams import ExamPolicy
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AfterTime, Invalid, NotYet
from tests.builders import NOON

HOUR = timedelta(hours=1)


@given(duration=st.integers(1, 20_000), extra=st.integers(0, 60))
def test_extra_time_is_never_cut_short(duration: int, extra: int) -> None:
    given_s = (TimePolicy(duration_s=duration, extra_minutes_per_hour=extra).deadline(NOON) - NOON).total_seconds()

    assert duration * (60 + extra) / 60 <= given_s < duration * (60 + extra) / 60 + 1


def test_the_exam_and_the_arrangement_make_the_policy() -> None:
    exam_policy = ExamPolicy(grace_s=10, outage="person_decides").document

    policy = time_policy(3600, exam_policy, {"extra_minutes_per_hour": 20})

    assert policy == TimePolicy(
        duration_s=3600, extra_minutes_per_hour=20, grace_s=10, outage=OutagePolicy.PERSON_DECIDES, most_stopped_s=900
    )
    assert policy.seconds == 4800


@pytest.mark.parametrize(
    ("exam_policy", "arrangements"),
    [({}, {"extra_minutes_per_hour": "a lot"}), ({"grace_s": 2.5}, {}), ({"outage": "the clock stops"}, {}), ({"grace": "for ever"}, {})],
)
def test_a_policy_of_other_words_is_refused(exam_policy: dict[str, Json], arrangements: dict[str, Json]) -> None:
    with pytest.raises(Invalid):
        time_policy(3600, exam_policy, arrangements)


@pytest.mark.parametrize(("duration_s", "extra", "grace_s"), [(0, 0, 0), (60, -1, 0), (60, 61, 0), (60, 0, 61)])
def test_impossible_times_are_refused(duration_s: int, extra: int, grace_s: int) -> None:
    with pytest.raises(Invalid):
        TimePolicy(duration_s=duration_s, extra_minutes_per_hour=extra, grace_s=grace_s)


def test_a_start_belongs_into_the_window() -> None:
    check_window(NOON, NOON, NOON + HOUR)

    with pytest.raises(NotYet):
        check_window(NOON - timedelta(seconds=1), NOON, NOON + HOUR)
    with pytest.raises(AfterTime):
        check_window(NOON + HOUR, NOON, NOON + HOUR)
