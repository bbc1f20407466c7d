"""A score means a likelihood, and the same one from whichever view it came."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from proctoring.observations import Box, Thing, ThingName
from proctoring.policy import STANDARD
from proctoring.vision.detectors import CLASSES
from proctoring.vision.meaning import View, likely
from proctoring.vision.models import Floats
from proctoring.vision.objects import WHOLE, ObjectReader, part_around

PHONE = 67
PICTURE = np.full((480, 640, 3), 150, np.uint8)
PART = part_around(0.5, 0.5, 0.6)


class OnePhone:
    """A network that sees one phone in the middle of whatever it is shown, with these scores in turn."""

    size = (32, 32)
    outputs: Sequence[str] = ("logits", "pred_boxes")

    def __init__(self, *scores: float) -> None:
        self._scores = iter(scores)
        self.metadata: Mapping[str, str] = {"detector": "detr"}

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        score = next(self._scores)
        logits = np.full((1, 1, CLASSES + 1), -20, np.float32)
        logits[0, 0, PHONE] = np.log(score / (1 - score))
        return [logits, np.array([[[0.5, 0.5, 0.2, 0.2]]], np.float32)]


def seen(score: float, part: Box) -> Thing:
    (thing,) = ObjectReader(OnePhone(score)).find(PICTURE, part)
    assert thing.name is ThingName.PHONE
    return thing


@pytest.mark.parametrize("view", View)
def test_a_higher_score_is_never_less_likely(view: View) -> None:
    likelihoods = [likely(score, view) for score in np.linspace(0, 1, 101)]

    assert np.all(np.diff(likelihoods) >= 0)
    assert 0 < likelihoods[0] < 0.01
    assert 0.98 < likelihoods[-1] < 1


def test_the_same_score_is_worth_more_in_a_part() -> None:
    assert seen(0.43, PART).score > STANDARD.least_score["phone"] > seen(0.43, WHOLE).score


def test_a_phone_that_is_seen_in_both_views_is_as_likely_as_in_the_better() -> None:
    whole, again = 0.35, 0.5
    reader = ObjectReader(OnePhone(whole, again))
    (suspect,) = reader.find(PICTURE)

    closer = reader.closer(PICTURE, suspect)

    assert closer.score == pytest.approx(likely(again, View.PART), abs=0.002)
    assert closer.score > suspect.score


def test_a_phone_that_the_closer_look_does_not_see_is_less_likely() -> None:
    reader = ObjectReader(OnePhone(0.5, 0.1))
    (suspect,) = reader.find(PICTURE)

    assert reader.closer(PICTURE, suspect).score == pytest.approx(0.8 * suspect.score, abs=0.002)
