from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.ids import made_at, new_id

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis adds the zone)


@given(MOMENTS)
def test_an_id_knows_when_it_was_made(now: datetime) -> None:
    assert timedelta(0) <= now - made_at(new_id("sit", now)) <= timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_ids_sort_as_they_were_made(one: datetime, other: datetime) -> None:
    if abs(one - other) > timedelta(milliseconds=1):
        assert (new_id("sit", one) < new_id("sit", other)) is (one < other)
