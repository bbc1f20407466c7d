"""An enrolled scribe beside the candidate: expected, and nobody else; who cannot be compared is told from nobody and accused of nothing."""

import cv2
import numpy as np

from proctoring.vision.companions import Companions, Scribe
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Detection
from proctoring.vision.models import Floats, Pixels

SCRIBE, SOMEBODY = (np.full(128, value, np.float32) for value in (0.0, 0.1))  # 1.13 apart
PICTURE = np.zeros((480, 640, 3), np.uint8)


def a_face(x: float) -> Detection:
    return Detection(score=0.9, box=(x, 100.0, x + 80, 190.0), points=np.zeros((6, 2), np.float32))


def companions(*described: Floats | None) -> Companions:
    """Companions who describe the faces that they are shown like this, in turn."""
    answers = iter(described)
    return Companions(lambda _: next(answers), SCRIBE)


def test_the_enrolled_scribe_is_expected() -> None:
    beside = companions(SCRIBE)

    company = beside.among(PICTURE, [a_face(400)], at=1)

    assert (company.strangers, company.sure, beside.scribe) == (0, True, Scribe.RECOGNISED)


def test_somebody_else_in_the_scribes_place_is_a_stranger() -> None:
    assert companions(SOMEBODY).among(PICTURE, [a_face(400)], at=1).strangers == 1


def test_a_second_face_beside_the_scribe_is_a_stranger_even_when_it_cannot_be_compared() -> None:
    assert companions(SCRIBE, SOMEBODY).among(PICTURE, [a_face(400), a_face(50)], at=1).strangers == 1
    assert companions(SCRIBE, None).among(PICTURE, [a_face(400), a_face(50)], at=1).strangers == 1
    assert companions(SCRIBE, SCRIBE).among(PICTURE, [a_face(400), a_face(50)], at=1).strangers == 1


def test_one_face_that_cannot_be_compared_is_no_stranger_and_it_is_said() -> None:
    beside = companions(None)

    company = beside.among(PICTURE, [a_face(400)], at=1)

    assert (company.strangers, company.sure, beside.scribe) == (0, False, Scribe.NOT_COMPARED)


def test_who_was_recognised_is_believed_at_the_place_for_some_seconds() -> None:
    beside = companions(SCRIBE, SOMEBODY)
    beside.among(PICTURE, [a_face(400)], at=1)

    assert beside.among(PICTURE, [a_face(405)], at=3).strangers == 0  # not compared again
    assert beside.among(PICTURE, [a_face(405)], at=30).strangers == 1


def test_nobody_beside_the_candidate_is_nobody() -> None:
    company = companions().among(PICTURE, [], at=1)

    assert (company.strangers, company.sure) == (0, True)


def test_real_eyes_see_one_person_with_the_scribe_and_two_with_anybody_else(networks: Networks, astronaut: Pixels) -> None:
    """One photograph of one face: the same one beside itself is its own scribe, and is a stranger where another is enrolled."""
    half = cv2.resize(astronaut[:400, 60:400], (320, 376))
    both = np.full((480, 640, 3), 120, np.uint8)
    both[60:436, :320], both[60:436, 320:] = half, half
    face = Eyes(networks).enrol(astronaut)
    assert face is not None
    counted = {}
    for name, enrolled in (("scribe", face), ("other", face + np.float32(0.1)), ("nobody", None)):
        eyes = Eyes(networks, enrolled=[face])
        eyes.companions = None if enrolled is None else Companions(Eyes(networks).enrol, enrolled)
        counted[name] = eyes.look(both, 0.0, 1).faces

    assert counted == {"scribe": 1, "other": 2, "nobody": 2}
