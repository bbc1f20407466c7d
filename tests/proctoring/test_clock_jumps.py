"""Clocks that jump, forward and back: what was not watched is said to be, nothing is made of it, and the watch goes on."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.baseline import Baseline, BaselineKeeper
from proctoring.channel import Frame, seal_frame
from proctoring.observations import Observation
from proctoring.policy import STANDARD, Kind, Tier
from proctoring.signals import LookingAway
from proctoring.watch import Watch
from tests.proctoring.sightings import closed, empty, kinds, present, watched
from tests.proctoring.test_channel import JPEG, a_page

LEARNT = Baseline(seconds=30)


def renumbered(frames: list[Observation]) -> list[Observation]:
    """The same frames in this order, each with the number after the one before."""
    return [_numbered(frame, seq) for seq, frame in enumerate(frames)]


def _numbered(frame: Observation, seq: int) -> Observation:
    return Observation.from_json({**frame.as_json(), "seq": seq})


@given(st.lists(st.sampled_from([1.0, 0.5, 0.0, -0.2, -3600.0, 3600.0, 86400.0, 7.0]), min_size=1, max_size=60))
def test_whatever_the_clock_does_somebody_at_work_is_not_accused_and_time_adds_up(steps: list[float]) -> None:
    at, frames = 100_000.0, []
    for step in steps:
        frames.append(present(max(0.0, at)))
        at += step
    watch = Watch(baseline=LEARNT)

    incidents = closed(renumbered(frames), watch)

    assert set(kinds(incidents)) <= {Kind.FEED_GAP}
    assert {incident.tier for incident in incidents} <= {Tier.COULD_NOT_WATCH}
    totals = watch.totals()
    newest = max(frame.at for frame in frames)
    assert totals.observable_s + sum(totals.unobservable_s.values()) == pytest.approx(newest)


def test_an_absence_is_not_prolonged_by_a_jump() -> None:
    before, after = [present(i) for i in range(10)] + [empty(i) for i in range(10, 14)], [empty(3600 + i) for i in range(4)]

    watch = watched(renumbered([*before, *after, *[present(3604 + i) for i in range(10)]]))

    assert kinds(closed([], watch)) == [Kind.FEED_GAP]
    assert watch.totals().unobservable_s == {"feed_gap": 3600 - 13}


def test_an_absence_goes_on_when_a_clock_was_set_back_and_has_caught_up() -> None:
    frames = [*[present(i) for i in range(10)], *[empty(i) for i in range(10, 14)], *[empty(i) for i in range(5, 25)]]

    (incident,) = closed(renumbered(frames))

    assert (incident.kind, incident.start_s, incident.raised_s) == (Kind.NOBODY, 10, 18)


def test_of_a_clock_that_stands_still_nothing_is_made() -> None:
    frames = [*[present(i) for i in range(10)], *[empty(10) for _ in range(60)], *[present(10 + i) for i in range(5)]]

    watch = watched(renumbered(frames))

    assert closed([], watch) == []
    assert watch.totals().observable_s == 14


@pytest.mark.parametrize("jump_s", [3600.0, 7.0, -5.0])
def test_a_jump_is_no_time_looked_away(jump_s: float) -> None:
    detector = LookingAway(STANDARD, lambda: LEARNT)
    aside = [present(100 + i, yaw=40) for i in range(2)] + [present(102 + jump_s + i, yaw=40) for i in range(2)]

    for frame in renumbered(aside):
        detector.receive(frame)

    assert detector.finding is None


@pytest.mark.parametrize("step_s", [0.0, 3600.0])
def test_one_frame_after_a_jump_moves_the_centre_by_a_step_at_most(step_s: float) -> None:
    keeper = BaselineKeeper(30, Baseline(seconds=60))

    keeper.receive(present(100, yaw=80), step_s, frozen=False)

    assert keeper.baseline is not None
    assert 0 <= keeper.baseline.yaw <= 4


def test_a_frame_from_the_future_has_the_servers_time() -> None:
    page = a_page()
    in_a_year = round((page.now + timedelta(days=365)).timestamp() * 1000)

    (frame,) = page.send(seal_frame(page.key, seq=0, nonce=page.nonce, jpeg=JPEG, client_ms=in_a_year))

    assert isinstance(frame, Frame)
    assert frame.at == page.now
