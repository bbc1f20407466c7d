import pytest

from proctoring.challenge.draw import Draw
from proctoring.challenge.plan import (
    GAP_S,
    RETRY_S,
    SOON_S,
    Plan,
    expected_gain,
    first,
    following,
    for_a_person,
    to_report,
)
from proctoring.challenge.verdict import Ask, Verdict, Why

BOTH, LIGHT_ONLY, TURNS_ONLY = Plan(light=True, turns=True), Plan(light=True, turns=False), Plan(light=False, turns=True)
DRAW = Draw(b"secret")


def light(why: Why, gain: float = 2.0) -> Verdict:
    return Verdict(ask=Ask.LIGHT, why=why, p=0.001, gain=gain, lag_s=0.4, frames=50)


def turn(why: Why) -> Verdict:
    return Verdict(ask=Ask.TURN, why=why)


FOLLOWS = [
    ("a pass", BOTH, [light(Why.ANSWERED)], Ask.LIGHT, GAP_S),
    ("daylight asks for the head", BOTH, [light(Why.TOO_WEAK)], Ask.TURN, RETRY_S),
    ("an answer that came late, too", BOTH, [light(Why.LATE)], Ask.TURN, RETRY_S),
    ("a light that failed asks for the head at once", BOTH, [light(Why.NO_LIGHT)], Ask.TURN, SOON_S),
    ("pictures that came again, too", BOTH, [light(Why.REPEATED_PICTURES)], Ask.TURN, SOON_S),
    ("what a cut took is asked again", BOTH, [light(Why.INTERRUPTED)], Ask.LIGHT, RETRY_S),
    ("what could not be seen is asked again", BOTH, [turn(Why.NOT_SEEN)], Ask.TURN, RETRY_S),
    ("but not for ever", BOTH, [light(Why.INTERRUPTED)] * 3, Ask.LIGHT, GAP_S),
    ("a head that turned", BOTH, [light(Why.TOO_WEAK), turn(Why.ANSWERED)], Ask.LIGHT, GAP_S),
    ("daylight twice: the head first", BOTH, [light(Why.TOO_WEAK), turn(Why.ANSWERED)] * 2, Ask.TURN, GAP_S),
    ("and the light again after a while", BOTH, [light(Why.TOO_WEAK), turn(Why.ANSWERED)] * 2 + [turn(Why.ANSWERED)], Ask.LIGHT, GAP_S),
    ("no head to turn", LIGHT_ONLY, [light(Why.TOO_WEAK)], Ask.LIGHT, GAP_S),
    ("no head to turn after a failure", LIGHT_ONLY, [light(Why.NO_LIGHT)], Ask.LIGHT, SOON_S),
    ("no head to turn, failed again", LIGHT_ONLY, [light(Why.NO_LIGHT), light(Why.NO_LIGHT)], Ask.LIGHT, GAP_S),
    ("a steady screen", TURNS_ONLY, [turn(Why.ANSWERED)], Ask.TURN, GAP_S),
    ("a head that did not turn", BOTH, [light(Why.NO_LIGHT), turn(Why.NOT_TURNED)], Ask.LIGHT, GAP_S),
]


@pytest.mark.parametrize(("plan", "past", "ask", "between"), [one[1:] for one in FOLLOWS], ids=[one[0] for one in FOLLOWS])
def test_what_follows(plan: Plan, past: list[Verdict], ask: Ask, between: tuple[float, float]) -> None:
    coming = following(plan, past, DRAW)

    assert coming.ask is ask
    assert between[0] <= coming.after_s <= between[1]


def test_gaps_are_five_to_thirteen_minutes_all_over() -> None:
    gaps = [following(BOTH, [light(Why.ANSWERED)] * number, DRAW).after_s / 60 for number in range(1, 400)]

    assert 5 <= min(gaps) < 5.2
    assert 12.8 < max(gaps) <= 13
    assert 8.6 < sum(gaps) / len(gaps) < 9.4


def test_after_a_gap_in_the_feed_one_comes_within_two_minutes() -> None:
    assert all(RETRY_S[0] <= first(BOTH, DRAW, number).after_s <= RETRY_S[1] for number in range(50))


@pytest.mark.parametrize("why", [why for why in Why if why is not Why.NOT_TURNED])
def test_no_light_alone_is_ever_reported(why: Why) -> None:
    assert not to_report(BOTH, [light(why)])
    assert not to_report(BOTH, [light(Why.ANSWERED), light(why)])


def test_a_head_that_never_turned_is_reported() -> None:
    assert to_report(BOTH, [light(Why.TOO_WEAK), turn(Why.NOT_TURNED)])


@pytest.mark.parametrize("why", [Why.OLD_LIGHT, Why.REPEATED_PICTURES])
def test_where_no_head_may_be_asked_for_only_pictures_that_speak_twice_are_reported(why: Why) -> None:
    assert to_report(LIGHT_ONLY, [light(why), light(why)])
    assert not to_report(LIGHT_ONLY, [light(Why.NO_LIGHT), light(Why.NO_LIGHT)])


@pytest.mark.parametrize(
    ("plan", "past"),
    [
        (BOTH, [light(Why.INTERRUPTED)] * 3),
        (BOTH, [turn(Why.HAND_SHOWN)]),
        (BOTH, [turn(Why.NOT_SHOWN)] * 2),
        (LIGHT_ONLY, [light(Why.TOO_WEAK)]),
        (LIGHT_ONLY, [light(Why.NO_LIGHT), light(Why.NO_LIGHT)]),
    ],
)
def test_a_person_looks_where_nothing_could_be_judged_and_nobody_is_reported(plan: Plan, past: list[Verdict]) -> None:
    assert for_a_person(plan, past)
    assert not to_report(plan, past)


@pytest.mark.parametrize("past", [[light(Why.ANSWERED)], [light(Why.TOO_WEAK)], [light(Why.INTERRUPTED)], [turn(Why.NOT_SHOWN)]])
def test_nobody_is_called_for_what_a_fallback_settles(past: list[Verdict]) -> None:
    assert not for_a_person(BOTH, past)


def test_the_light_that_may_be_expected_is_the_middle_of_this_sittings_passes() -> None:
    assert expected_gain([]) is None
    assert expected_gain([light(Why.ANSWERED, 3.0), light(Why.ANSWERED, 1.0), light(Why.ANSWERED, 2.0), light(Why.TOO_WEAK, 0.1)]) == 2.0


def test_a_room_that_changed_is_learnt_anew() -> None:
    changed = [light(Why.ANSWERED, 3.0), light(Why.NO_LIGHT, 0.1), turn(Why.ANSWERED)]

    assert expected_gain(changed) is None
    assert expected_gain([*changed, light(Why.ANSWERED, 0.9)]) == 0.9
