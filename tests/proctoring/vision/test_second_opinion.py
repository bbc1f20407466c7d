"""The picture that a candidate is known by: looked at twice where the reference can run, once where it cannot; nobody is refused by either.

The reference runs in a process of its own, so that whatever ends it ends nothing else. What needs it is skipped where it cannot run.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.observations import Head
from proctoring.vision.decode import decode, decode_photograph
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels
from proctoring.vision.reference import AGREE, FaceCheck, Retake, check_face
from proctoring.vision.second_opinion import Opinion, SecondOpinion
from proctoring.vision.video import fitted
from tests.proctoring.vision.conftest import ASSETS, TESTDATA, jpeg
from tests.proctoring.vision.test_decode import BAD
from tests.running import until

Scene = Callable[..., Pixels]
TASK = ASSETS / "face_reference" / "face_landmarker.task"


@pytest.fixture(scope="module")
def second() -> Iterator[SecondOpinion]:
    """One that is only asked, by every test in turn: it takes a second to begin."""
    second = SecondOpinion(TASK)
    yield second
    second.close()


@pytest.fixture
def working(scene: Scene) -> Iterator[SecondOpinion]:
    """One that has answered once, on this machine, and may be ended."""
    second = SecondOpinion(TASK)
    with closing(second):
        yield answering(second, scene)


def answering(second: SecondOpinion, scene: Scene) -> SecondOpinion:
    """That one, when it can run on this machine."""
    if second.about(scene(0)) is None:
        pytest.skip(f"the reference cannot run here: {second.away}")
    return second


def test_both_see_the_same_face(second: SecondOpinion, networks: Networks, scene: Scene) -> None:
    opinion = answering(second, scene).about(scene(0))

    assert opinion is not None
    assert opinion.points is not None
    assert opinion.points.shape == (478, 2)
    assert opinion.head is not None
    assert max(abs(opinion.head.yaw), abs(opinion.head.roll)) < 10
    assert check_face(networks, jpeg(scene(0), 90), None, second.about).retake is None


def test_where_there_is_no_face_it_says_so_and_goes_on(second: SecondOpinion, scene: Scene) -> None:
    answering(second, scene)

    nobody, somebody = second.about(scene(0, None)), second.about(scene(0))

    assert nobody is not None
    assert nobody.points is None
    assert somebody is not None
    assert somebody.points is not None


@pytest.mark.parametrize("alone", [True, False])
def test_stills_that_look_elsewhere_are_to_be_taken_again(second: SecondOpinion, networks: Networks, alone: bool) -> None:
    """With the reference where it can run, and by the streaming path alone."""
    folder = TESTDATA / "cv" / "stills"
    if not folder.is_dir():
        pytest.skip(f"no labelled stills in {folder}")

    def found(name: str) -> Retake | None:
        picture = jpeg(fitted(np.asarray(cv2.imread(str(folder / name)), np.uint8)), 90)
        return check_face(networks, picture, None, None if alone else second.about).retake

    assert {found(f"intel_f_{number}.jpg") for number in ("02", "05", "13", "15", "23")} == {Retake.TURNED}
    assert {found(name) for name in ("intel_f_10.jpg", "intel_f_20.jpg", "intel_m_01.jpg", "intel_m_40.jpg", "mp_woman_00.jpg")} == {None}


def ends(second: SecondOpinion, how: signal.Signals) -> None:
    assert second.pid is not None
    os.kill(second.pid, how)


@pytest.mark.parametrize("how", [signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV])
def test_one_that_dies_is_away_and_the_check_goes_on(working: SecondOpinion, networks: Networks, scene: Scene, how: signal.Signals) -> None:
    ends(working, how)

    check = check_face(networks, jpeg(scene(0), 90), jpeg(scene(3), 90), working.about)

    assert (check.looks_alike, check.retake) == (True, None)
    assert working.away == f"ended with {-how}"
    assert working.about(scene(0)) is None


def test_it_ends_with_the_process_that_asks_however_that_ends(second: SecondOpinion, scene: Scene) -> None:
    answering(second, scene)  # so that what cannot run here is skipped and not waited for
    program = "import sys, time, numpy as np; from pathlib import Path; from proctoring.vision.second_opinion import SecondOpinion; "
    program += "second = SecondOpinion(Path(sys.argv[1])); second.about(np.zeros((64, 64, 3), np.uint8)); print(second.pid, flush=True); "
    asking = subprocess.Popen([sys.executable, "-c", program + "time.sleep(60)", str(TASK)], stdout=subprocess.PIPE)
    with asking:
        assert asking.stdout is not None
        pid = int(asking.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        asking.kill()

    assert until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3], 5)


def test_one_that_hangs_is_given_up(scene: Scene) -> None:
    second = SecondOpinion(TASK, answer_s=0.5)
    if second.about(scene(0)) is None:
        pytest.skip(f"the reference cannot run here: {second.away}")
    ends(second, signal.SIGSTOP)

    assert second.about(scene(0)) is None
    assert second.away == "no answer in 0.5 s"


def test_without_its_file_it_is_away_and_says_why(tmp_path: Path, networks: Networks, scene: Scene) -> None:
    second = SecondOpinion(tmp_path / "face_landmarker.task")

    assert check_face(networks, jpeg(scene(0), 90), None, second.about).retake is None
    assert second.away is not None
    assert "ModelMissing" in second.away


def test_a_file_that_is_no_model_is_away(tmp_path: Path, scene: Scene) -> None:
    (tmp_path / "face_landmarker.task").write_bytes(b"not a bundle")
    second = SecondOpinion(tmp_path / "face_landmarker.task")

    assert second.about(scene(0)) is None
    assert second.away is not None


FAIR = Opinion(points=np.zeros((478, 2), np.float32), head=Head(yaw=0, pitch=0, roll=0))


def ours(networks: Networks, picture: Pixels) -> Opinion:
    """An opinion like the streaming path's own."""
    mesh = networks.mesh.read(picture, networks.near.find(picture, least=0.5)[0].region())
    return replace(FAIR, points=np.concatenate([mesh.points[:, :2], np.zeros((10, 2), np.float32)]))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda opinion: opinion, None),
        (lambda opinion: Opinion(), Retake.NOT_WELL_SEEN),
        (lambda opinion: replace(opinion, points=opinion.points + 3 * AGREE * 100), Retake.NOT_WELL_SEEN),
        (lambda opinion: replace(opinion, head=Head(yaw=-24, pitch=0, roll=0)), Retake.TURNED),
        (lambda opinion: replace(opinion, head=Head(yaw=0, pitch=30, roll=0)), Retake.TURNED),
        (lambda opinion: replace(opinion, head=Head(yaw=0, pitch=0, roll=40)), None),
        (lambda opinion: None, None),
    ],
)
def test_what_the_two_must_agree_on(
    networks: Networks, scene: Scene, change: Callable[[Opinion], Opinion | None], why: Retake | None
) -> None:
    picture = jpeg(scene(0), 95)
    agreed = ours(networks, decode(picture))

    check = check_face(networks, picture, None, lambda _: change(agreed))

    assert check.retake is why
    assert check.description is not None


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_picture_at_the_door_shows_no_face_and_ends_no_job(networks: Networks, scene: Scene, name: str) -> None:
    """A job that raises is tried again for ever; and a photograph that nobody can read accuses nobody."""
    live = check_face(networks, BAD[name], jpeg(scene(0), 90))
    roster = check_face(networks, jpeg(scene(0), 90), BAD[name])

    assert (live.found, live.distance, live.retake) == (False, None, Retake.NOT_WELL_SEEN)
    assert (roster.found, roster.distance, roster.reference_found, roster.retake) == (True, None, False, None)


@pytest.mark.parametrize("sides", [(1280, 960), (960, 1280), (1500, 2000), (700, 641)])
def test_a_photograph_larger_than_a_cameras_is_compared_all_the_same(networks: Networks, scene: Scene, sides: tuple[int, int]) -> None:
    wide = scene(0) if sides[0] > sides[1] else scene(0)[:, 140:500]
    large = jpeg(np.asarray(cv2.resize(wide, sides, interpolation=cv2.INTER_CUBIC), np.uint8), 25)

    check: FaceCheck = check_face(networks, jpeg(scene(3), 90), large)

    assert max(decode_photograph(large).shape) <= 2 * 640
    assert check.looks_alike is True
