"""In the picture that a candidate takes home others have no face, and the candidate has theirs."""

import cv2
import numpy as np
import pytest

from proctoring.vision.decode import decode
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Floats, Pixels
from proctoring.vision.redact import Shown, hide_others, known_face
from tests.proctoring.vision.conftest import TESTDATA, jpeg

STILLS = TESTDATA / "cv" / "stills"
GREY = 96


def still(name: str) -> bytes:
    path = STILLS / f"{name}.jpg"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return path.read_bytes()


def grey_share(shown: Shown) -> float:
    picture = decode(shown.jpeg).astype(int)
    return float((np.abs(picture - GREY).max(axis=2) < 6).mean())


@pytest.fixture(scope="module")
def known(networks: Networks) -> Floats:
    face = known_face(networks, still("intel_f_09"))
    assert face is not None
    return face


@pytest.mark.parametrize("name", ["intel_f_02", "intel_f_13", "intel_f_15", "intel_f_20"])
def test_the_candidate_alone_stays_as_the_camera_sent_it(networks: Networks, known: Floats, name: str) -> None:
    assert hide_others(networks, still(name), known) == Shown(jpeg=still(name), hidden=0)


@pytest.mark.parametrize("name", ["intel_m_01", "intel_m_40"])
def test_somebody_else_in_the_candidates_place_is_hidden(networks: Networks, known: Floats, name: str) -> None:
    shown = hide_others(networks, still(name), known)

    assert shown.hidden == 1
    assert grey_share(shown) > 0.05


@pytest.mark.parametrize("name", ["intel_fm_01", "intel_fm_10", "intel_fm_30", "intel_fm_50"])
def test_of_two_people_the_other_is_hidden_and_cannot_be_found_any_more(networks: Networks, known: Floats, name: str) -> None:
    shown = hide_others(networks, still(name), known)

    assert shown.hidden == 1
    (left,) = networks.near.find(decode(shown.jpeg), least=0.5)
    assert left.box[2] < 240, "the woman on the left is the candidate"


def test_of_several_strangers_none_is_shown(networks: Networks, known: Floats, astronaut: Pixels) -> None:
    small = cv2.resize(astronaut, (320, 320))
    two = np.ascontiguousarray(np.hstack([small, small[:, ::-1]]))

    shown = hide_others(networks, jpeg(two, 90), known)
    assert shown.hidden >= 2
    assert networks.near.find(decode(shown.jpeg), least=0.5) == []


def test_without_a_known_face_several_are_all_hidden_and_one_is_the_candidate(networks: Networks) -> None:
    assert hide_others(networks, still("intel_fm_10"), None).hidden == 2
    assert hide_others(networks, still("intel_m_01"), None).hidden == 0


def test_bytes_that_are_no_picture_are_shown_as_nothing(networks: Networks, known: Floats) -> None:
    shown = hide_others(networks, b"\xff\xd8\xff and nothing more", known)

    assert shown.hidden == 0
    assert grey_share(shown) > 0.99


def test_a_photograph_without_a_face_is_no_known_face(networks: Networks) -> None:
    assert known_face(networks, jpeg(np.full((240, 320, 3), 127, np.uint8), 90)) is None
    assert known_face(networks, None) is None
