"""The attack client: what it plays is what it says, the challenges find it, and the honest are left in peace."""

import numpy as np
import pytest

from assessment_engine.bench.attacks.footage import Look, Stretch
from assessment_engine.bench.attacks.line import ATTACKS, withstood
from assessment_engine.bench.attacks.simulated import attacked, genuine
from assessment_engine.bench.attacks.sitters import Sitter
from proctoring.challenge.light import Tint
from proctoring.observations import Box, Head, Observation


@pytest.fixture(scope="module")
def faces() -> list[Stretch]:
    """One made-up person who moves a little before a wall, with some grain: no recording is needed to try the client."""
    rng = np.random.default_rng(8)
    return [Stretch(name="made up", looks=[_look(number, rng) for number in range(70)])]


def _look(number: int, rng: np.random.Generator) -> Look:
    sway = 0.02 * np.sin(number / 9)
    head = Head(yaw=4 * float(np.sin(number / 11)), pitch=2 * float(np.cos(number / 7)), roll=0.0)
    seen = Observation(at=number / 5, seq=number, faces=1, face=Box(x=0.4 + sway, y=0.3, width=0.2, height=0.25), head=head)
    red, green, blue = (150, 125, 110) * np.exp(0.004 * rng.normal(size=3))
    return Look(seen=seen, tint=Tint(skin=(float(red), float(green), float(blue)), ground=(200.0, 200.0, 200.0)))


@pytest.mark.parametrize("strength", [0.0, 3.0])
@pytest.mark.parametrize("attack", [Sitter.REPLAY, Sitter.EXACT_LOOP, Sitter.FROZEN, Sitter.OLD_ANSWER])
def test_a_software_replay_is_put_before_a_person_within_half_an_hour(faces: list[Stretch], attack: Sitter, strength: float) -> None:
    after_s, _ = attacked(attack, faces, strength, np.random.default_rng(1), minutes=30, from_start=False)

    assert after_s is not None
    assert after_s <= 30 * 60


def test_a_program_that_paints_the_light_itself_is_not_found_and_the_client_says_so(faces: list[Stretch]) -> None:
    after_s, seen = attacked(Sitter.PAINTED, faces, 3.0, np.random.default_rng(1), minutes=30, from_start=True)

    assert after_s is None
    assert seen.whys["answered"] >= 2


def test_somebody_in_the_screens_light_is_never_put_before_a_person(faces: list[Stretch]) -> None:
    seen = genuine(faces, 3.0, np.random.default_rng(2), minutes=40, answers=1.0)

    assert seen.reports_s == []
    assert seen.whys["answered"] >= 3


def test_every_attack_on_the_line_comes_to_nothing() -> None:
    assert withstood(5, np.random.default_rng(3)) == dict.fromkeys(ATTACKS, 5)
