"""Time away, and how unusual it is: streaming, explained, and the same for one candidate as for many."""

import numpy as np
import pytest

from proctoring.away import (
    GLANCE_S,
    GLANCES_PER_S,
    HINDSIGHT_S,
    LEAST_GLANCE_S,
    NOISE,
    AwayTime,
    Beside,
    Habit,
    Look,
    Noise,
    beyond_chance,
    surprise,
)
from proctoring.away_many import evidence
from proctoring.simulation import GENERATOR, hours


@pytest.mark.parametrize("fps", [1.0, 2.0, 5.0])
def test_one_candidate_has_the_evidence_that_they_have_among_many(fps: float) -> None:
    scores = hours(3, np.random.default_rng(4), "repeated", fps=fps).scores[:, : round(1500 * fps)]
    many = evidence(scores, fps)

    for row, expected in zip(scores, many, strict=True):
        one = AwayTime()
        got = []
        for frame, score in enumerate(row):
            one.receive(frame / fps, float(score))
            got.append(one.evidence.surprise if one.away > 0.5 else 0.0)
        assert np.allclose(got, expected, atol=1e-6)


def test_somebody_watched_for_less_than_a_habit_takes_has_evidence_among_many_too() -> None:
    scores = np.zeros((1, 280))
    scores[0, 240:264] = 2.5

    assert evidence(scores, 2.0).max() > 3


def scored(seconds: range, away: range, *, of: AwayTime | None = None, fps: int = 2) -> AwayTime:
    one = of or AwayTime(centre=0.0)
    for frame in range(seconds.start * fps, seconds.stop * fps):
        one.receive(frame / fps, 2.5 if frame // fps in away else 0.0)
    return one


def test_the_evidence_says_how_long_of_which_window_and_what_is_usual() -> None:
    found = scored(range(400 + round(HINDSIGHT_S)), range(388, 400)).evidence

    assert found.window_s == 12
    assert found.away_s == pytest.approx(12, abs=1)
    assert found.usual_s < 1


def test_the_same_look_away_surprises_less_in_somebody_who_often_looks_away() -> None:
    seldom, often = AwayTime(centre=0.0), AwayTime(centre=0.0)
    for frame in range(3600):
        seldom.receive(frame / 2, 0.0)
        often.receive(frame / 2, 2.5 if frame % 60 < 3 else 0.0)

    scored(range(1800, 1810), range(1800, 1810), of=seldom)
    scored(range(1800, 1810), range(1800, 1810), of=often)

    assert often.evidence.surprise < 0.8 * seldom.evidence.surprise


def test_a_habit_is_learnt_two_minutes_late_so_that_an_episode_does_not_excuse_itself() -> None:
    habit = Habit()
    for second in range(110):
        habit.receive(second, 1.0 if second % 8 < 2 else 0.0, 2.0 if second % 8 == 2 else 0.0, 1.0)

    assert habit.share == pytest.approx(40 / 3600 * 1.9)
    assert habit.glance_s == pytest.approx(1.9)


def test_of_a_look_four_seconds_count_and_a_tic_teaches_nothing() -> None:
    look, tic = Look(), Look()

    counted = [look.receive(1.0, 0.5) for _ in range(10)]

    assert sum(count for count, _ in counted) == pytest.approx(4)
    assert sum(learnt for _, learnt in counted) == pytest.approx(3.5)
    assert tic.receive(1.0, 0.5) == (0.5, 0.0)
    assert (tic.receive(0.0, 0.5), tic.ended_s) == ((0.0, 0.0), 0.5)


def test_who_often_looks_away_gives_chance_more_occasions_most_in_the_longer_windows() -> None:
    many = GLANCES_PER_S * GLANCE_S

    often, seldom = (beyond_chance(4.0, share, longer=True) for share in (3 * many, many / 3))

    assert often < beyond_chance(4.0, 3 * many, longer=False) < beyond_chance(4.0, many, longer=True) == 4.0 < seldom
    assert beyond_chance(0.1, 3 * many, longer=True) == beyond_chance(0.0, many / 3, longer=True) == 0.0


def test_tics_do_not_shorten_the_usual_look_for_ever() -> None:
    habit = Habit()
    for second in range(3600):
        habit.receive(second, 0.0, 0.5 if second % 6 == 0 else 0.0, 1.0)

    assert habit.glance_s == LEAST_GLANCE_S


def test_what_is_usual_does_not_surprise() -> None:
    assert surprise(2.0, 2.0, 1.9, 10.0) == 0.0
    assert surprise(8.0, 2.0, 1.9, 10.0) > surprise(4.0, 2.0, 1.9, 10.0) > 0


def test_what_is_unusual_surprises_less_while_the_habit_is_hardly_known() -> None:
    assert surprise(8.0, 2.0, 1.9, 2.0) < 0.9 * surprise(8.0, 2.0, 1.9, 50.0)


def test_a_habit_that_is_well_known_leaves_the_surprise_of_looks_at_random_times_and_of_random_length() -> None:
    looks, usually = 30.0 / 1.9, 3.0 / 1.9

    assert surprise(30.0, 3.0, 1.9, 1e6) == pytest.approx((looks**0.5 - usually**0.5) ** 2, rel=1e-4)


def test_somebody_who_often_works_beside_the_centre_is_not_away_there() -> None:
    rng, one = np.random.default_rng(2), AwayTime(centre=0.0)
    noise, shares = 0.0, []
    for frame in range(7200):
        noise = 0.7 * noise + 0.57 * float(rng.normal())
        beside = 1.4 if frame % 80 >= 60 else 0.0
        one.receive(frame / 2, beside + noise)
        shares.append(one.away)

    assert np.mean(shares[:1200]) > 0.03
    assert np.mean(shares[3600:]) < 0.6 * np.mean(shares[:1200])


def test_the_place_beside_is_learnt_from_what_was_likely_there() -> None:
    beside = Beside()
    before = beside.score, beside.share
    for _ in range(200):
        beside.receive(1.5, (0.0, 1.0, 0.0, 0.0), 0.5)
        beside.receive(0.0, (1.0, 0.0, 0.0, 0.0), 0.5)

    assert beside.score > before[0] + 0.2
    assert beside.share == pytest.approx(104 / 400)


def test_a_new_posture_becomes_the_centre() -> None:
    one = AwayTime(centre=0.0)
    for frame in range(1200):
        one.receive(frame / 2, 1.3)

    assert one.centre == pytest.approx(1.3, abs=0.1)


def test_somebody_who_moves_and_stays_is_away_for_less_long_than_somebody_who_looks_away() -> None:
    moved, looks = AwayTime(centre=0.0), AwayTime(centre=0.0)
    spent = []
    for one, score in ((moved, 1.7), (looks, 2.5)):
        for frame in range(600):
            one.receive(frame / 2, 0.0 if frame < 400 else score)
        spent.append(one.windows[-1].away_s)

    assert spent[0] < 0.1 * spent[1]
    assert spent[1] > 30


def test_hindsight_does_not_let_a_dip_break_a_look_in_two() -> None:
    scores = [0.0] * 40 + [2.5] * 10 + [1.0] * 2 + [2.5] * 20
    at_once, later = AwayTime(centre=0.0, hindsight_s=0.0), AwayTime(centre=0.0)
    lows = []
    for one in (at_once, later):
        likely = []
        for frame, score in enumerate(scores):
            one.receive(frame / 2, score)
            likely.append(one.away)
        lows.append(min(likely[50:] if one is at_once else likely[50 + round(2 * HINDSIGHT_S) :]))

    assert lows[0] < 0.5 < 0.8 < lows[1]


def test_the_noise_of_a_candidate_is_learnt_while_at_work_only() -> None:
    rng, loud, away = np.random.default_rng(1), Noise(), Noise()
    for score in rng.normal(0, 0.95, 2000):
        loud.receive(float(score), 1.0, 0.5)
        away.receive(float(score), 0.0, 0.5)

    assert loud.variance == pytest.approx(0.95**2, rel=0.1)
    assert loud.kept(0.5) < 0.5 * away.kept(0.5) + 0.2
    assert away.variance == pytest.approx(NOISE**2)


def test_a_pause_is_no_time_away() -> None:
    one = scored(range(20), range(18, 20))
    one.pause()
    before = one.windows[0].away_s
    one.receive(40.0, 2.5)

    assert 1 < before < 3
    assert one.windows[0].away_s <= before


def test_the_generator_has_a_name() -> None:
    assert GENERATOR
