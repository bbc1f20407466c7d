from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.challenge.colours import Light, drawn
from proctoring.challenge.draw import Draw
from proctoring.challenge.light import NOTHING_KNOWN, Known, Sample, Tint, judge
from proctoring.challenge.verdict import Outcome, Verdict, Why
from tests.proctoring.challenge.answers import answer

LIGHTS = [drawn(Draw(b"secret"), number) for number in range(120)]
LIGHT = LIGHTS[0]


def judged(samples: list[Sample], known: Known = NOTHING_KNOWN, light: Light = LIGHT, seed: int = 3) -> Verdict:
    return judge(light, samples, known, np.random.default_rng(seed))


def test_a_lit_face_passes_with_its_strength_and_lag() -> None:
    verdict = judged(answer(LIGHT, gain=2.0, lag_s=0.4))

    assert verdict.outcome is Outcome.PASSED
    assert verdict.p == pytest.approx(1 / 1001)
    assert verdict.gain == pytest.approx(2.0, abs=0.3)
    assert verdict.lag_s == pytest.approx(0.4, abs=0.21)


def test_pictures_that_know_nothing_of_the_light_pass_as_seldom_as_the_p_value_says() -> None:
    verdicts = [judged(answer(None, seed=seed), light=light, seed=seed) for seed, light in enumerate(LIGHTS)]

    small = [verdict.p is not None and verdict.p <= 0.1 for verdict in verdicts]
    assert sum(verdict.outcome is Outcome.PASSED for verdict in verdicts) <= 5
    assert 3 <= sum(small) <= 24  # twelve are expected


def test_daylight_is_inconclusive_and_never_held_against_anybody() -> None:
    assert judged(answer(None, seed=9)).why is Why.TOO_WEAK


def test_a_light_that_earlier_would_have_shown_and_does_not_is_evidence() -> None:
    verdict = judged(answer(None, seed=9), Known(gain=2.0))

    assert (verdict.outcome, verdict.why) == (Outcome.FAILED, Why.NO_LIGHT)


def test_a_light_that_was_weak_before_proves_nothing_by_its_absence() -> None:
    assert judged(answer(None, seed=9), Known(gain=0.4)).why is Why.TOO_WEAK


def test_a_light_half_as_strong_as_before_is_an_answer() -> None:
    assert judged(answer(LIGHT, gain=1.0), Known(gain=2.0)).outcome is Outcome.PASSED


def test_the_light_of_an_earlier_challenge_betrays_when_pictures_were_taken() -> None:
    verdict = judged(answer(LIGHTS[3]), Known(earlier=tuple(LIGHTS[1:9])))

    assert verdict.why is Why.OLD_LIGHT


def test_pictures_that_came_before_are_evidence_where_the_light_is_not_in_them() -> None:
    assert judged(answer(None, seed=9), Known(repeated=True)).why is Why.REPEATED_PICTURES
    assert judged(answer(LIGHT), Known(repeated=True)).outcome is Outcome.PASSED


def test_a_light_that_comes_late_is_inconclusive_and_says_how_late() -> None:
    verdict = judged(answer(LIGHT, lag_s=2.6, seconds=12.5))

    assert (verdict.outcome, verdict.why) == (Outcome.INCONCLUSIVE, Why.LATE)
    assert verdict.lag_s == pytest.approx(2.6, abs=0.3)


@pytest.mark.parametrize(
    "samples",
    [[], answer(LIGHT)[:20], answer(LIGHT, fps=1.5), [one for one in answer(LIGHT) if not 2 < one.since_s < 4]],
    ids=["none", "half", "too seldom", "with a hole"],
)
def test_too_few_frames_are_inconclusive_whatever_was_known(samples: list[Sample]) -> None:
    assert judged(samples, Known(gain=3.0, repeated=True)).why is Why.TOO_FEW_FRAMES


def test_a_face_in_the_dark_has_no_colour_to_judge() -> None:
    dark = [replace(one, tint=Tint(skin=(9.0, 8.0, 7.0))) for one in answer(LIGHT)]

    assert judged(dark, Known(gain=3.0)).why is Why.TOO_FEW_FRAMES


def test_a_camera_that_changes_its_exposure_changes_no_verdict() -> None:
    def exposed(one: Sample) -> Sample:
        by = 1 + 0.3 * np.sin(one.since_s)
        return replace(one, tint=Tint(skin=tuple(by * level for level in one.tint.skin), ground=one.tint.ground))

    assert judged([exposed(one) for one in answer(LIGHT)]).outcome is Outcome.PASSED


def test_a_frozen_picture_fits_nothing() -> None:
    samples = [replace(one, tint=answer(LIGHT)[0].tint) for one in answer(LIGHT)]

    assert judged(samples).why is Why.TOO_WEAK
    assert judged(samples, Known(repeated=True)).why is Why.REPEATED_PICTURES


@settings(max_examples=20, deadline=None)
@given(noise=st.floats(0.01, 5), gain=st.floats(0, 5), lag_s=st.floats(0, 3), seed=st.integers(0, 10**6))
def test_nobody_fails_of_whom_nothing_was_known(noise: float, gain: float, lag_s: float, seed: int) -> None:
    assert judged(answer(LIGHT, gain=gain, noise=noise, lag_s=lag_s, seed=seed)).outcome is not Outcome.FAILED


def test_a_verdict_is_the_same_after_it_was_written_down() -> None:
    verdict = judged(answer(LIGHT))

    again = Verdict.from_facts(verdict.as_facts())
    assert (again.ask, again.why, again.frames) == (verdict.ask, verdict.why, verdict.frames)
    assert again.p == pytest.approx(verdict.p, abs=1e-4)
