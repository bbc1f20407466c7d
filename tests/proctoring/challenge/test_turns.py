from dataclasses import replace

import pytest

from proctoring.challenge.draw import Draw
from proctoring.challenge.turns import Hand, Rest, Turn, Turns, drawn, judge, turned
from proctoring.challenge.verdict import Why
from proctoring.observations import Head, Observation, Reason
from tests.proctoring.sightings import FACE

REST = Head(yaw=4.0, pitch=-6.0, roll=0.0)
LEFT_THEN_UP = (Turn.LEFT, Turn.UP)


def looking(yaw: float = 4.0, pitch: float = -6.0) -> Observation:
    return Observation(at=0, seq=0, faces=1, face=FACE, head=Head(yaw=yaw, pitch=pitch, roll=0.0))


def unseen() -> Observation:
    return Observation(at=0, seq=0, reason=Reason.FACE_NOT_SEEN, people=1)


def asked(*looks: Observation) -> Turns:
    """A request answered by looks, each of which lasts for a second and a half."""
    turns = Turns(LEFT_THEN_UP, REST)
    for number, look in enumerate(look for look in looks for _ in range(4)):
        turns.receive(replace(look, at=number / 2.5))
    return turns


@pytest.mark.parametrize(
    ("where", "yaw", "pitch"),
    [(Turn.LEFT, 24.0, -6.0), (Turn.RIGHT, -16.0, -6.0), (Turn.UP, 4.0, 8.0)],
)
def test_each_direction_is_told_from_the_candidates_own_rest(where: Turn, yaw: float, pitch: float) -> None:
    head = Head(yaw=yaw, pitch=pitch, roll=0.0)

    assert [one for one in Turn if turned(one, head, REST)] == [where]


def test_the_head_goes_where_it_is_asked_in_order() -> None:
    assert asked(looking(), looking(yaw=24), looking(), looking(pitch=8)).answered


def test_a_short_turn_as_everybody_makes_is_no_answer() -> None:
    turns = Turns(LEFT_THEN_UP, REST)
    for second in range(20):
        turns.receive(replace(looking(yaw=24) if second % 2 else looking(pitch=8), at=float(second)))

    assert not turns.answered


def test_the_right_directions_in_the_wrong_order_are_no_answer() -> None:
    assert not asked(looking(pitch=8), looking(), looking(yaw=24), looking()).answered


def test_every_order_of_two_directions_is_asked_for_sooner_or_later() -> None:
    assert len({drawn(Draw(b"secret"), number, 0) for number in range(100)}) == 6


def test_whoever_does_not_turn_though_well_seen_did_not_answer() -> None:
    still = asked(*[looking()] * 5)

    assert judge([still, still], Hand()).why is Why.NOT_TURNED


def test_whoever_turns_at_the_second_request_has_answered() -> None:
    assert judge([asked(*[looking()] * 5), asked(looking(yaw=24), looking(pitch=8))], None).why is Why.ANSWERED


@pytest.mark.parametrize(("looks", "why"), [([unseen()] * 5, Why.NOT_SEEN), ([], Why.TOO_FEW_FRAMES)])
def test_whoever_cannot_be_seen_has_not_refused(looks: list[Observation], why: Why) -> None:
    assert judge([asked(*looks), asked(*looks)], Hand()).why is why


def test_a_hand_before_the_face_brings_a_person_and_no_accusation() -> None:
    hand = Hand()
    for look in (looking(), unseen(), unseen(), looking()):
        hand.receive(look)

    assert hand.answered
    assert judge([asked(*[looking()] * 5)] * 2, hand).why is Why.HAND_SHOWN


def test_an_empty_chair_is_no_hand_before_a_face() -> None:
    hand = Hand()
    for look in (looking(), *[Observation(at=0, seq=0, faces=0, people=0)] * 3, looking()):
        hand.receive(look)

    assert not hand.answered


def test_rest_is_the_middle_of_the_last_looks_and_a_glance_does_not_move_it() -> None:
    rest = Rest()
    for look in [*[looking()] * 9, looking(yaw=40)]:
        rest.receive(look)

    assert rest.head() == REST
    assert Rest().head() is None
