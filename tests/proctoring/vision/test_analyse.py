"""Recorded sittings beside their truth. Few events: n of n found here only says that the pipeline works, not how well."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.policy import STANDARD, Kind
from proctoring.vision import video
from proctoring.vision.analyse import analyse
from proctoring.vision.models import Models
from tests.proctoring.vision.conftest import jpeg

WORDS = {"no_face": "nobody", "multiple_faces": "several_people", "camera_covered": "covered"}
LEAST = {
    "nobody": 8.0,
    "several_people": 2.0,
    "covered": 2.0,
    "different_person": 0.0,
    "phone": 1.0,
    "book": 1.0,
    "looking_away": 3.0,
    "talking": 3.0,
}
TOLERANCE_S = 10.0


def truth(timeline: dict[str, Any]) -> list[tuple[str, float, float]]:
    named = [(WORDS.get(s["event"], s["event"]), s["start_s"], s["end_s"]) for s in timeline["segments"]]
    return [event for event in named if event[0] in LEAST]


@pytest.mark.parametrize("fps", [1, 2])
@pytest.mark.parametrize("name", ["d1_intel_female", "d2_intel_male_objects", "d4_talking_audio"])
def test_a_recorded_sitting_comes_to_its_truth(sessions: Path, models: Models, name: str, fps: int) -> None:
    timeline = json.loads((sessions / f"{name}.timeline.json").read_text())
    start, end = timeline["enrol_from_s"]

    found = analyse(sessions / f"{name}.mp4", models, enrol_s=(start, end), fps=fps).as_json()["incidents"]

    for kind, begins, ends in truth(timeline):
        mine = [i for i in found if i["kind"] == kind and i["start_s"] <= ends + TOLERANCE_S and i["end_s"] >= begins]
        assert mine, f"{kind} at {begins}"
        assert mine[0]["raised_s"] - begins - LEAST[kind] <= 3
    for incident in (i for i in found if i["tier"] == "alert"):
        assert any(k == incident["kind"] and incident["start_s"] <= e and incident["end_s"] >= s for k, s, e in truth(timeline)), incident


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, scene: Any) -> Path:
    """Twenty seconds of the astronaut at work, five a second; nobody writes to it."""
    path = tmp_path_factory.mktemp("recording") / "work.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 480))
    for i in range(100):
        writer.write(scene(i / 5))
    writer.release()
    return path


def test_the_public_format_is_kept(recording: Path, models: Models, scene: Any) -> None:
    report = analyse(recording, models, reference=jpeg(scene(0)), fps=2).as_json()

    assert {"incidents", "frames", "analysed", "cpu_ms_per_frame", "unobservable_s", "models"} <= set(report)
    assert (report["frames"], report["analysed"], report["incidents"], report["unobservable_s"]) == (100, 40, [], 0)
    assert set(report["models"]) == set(models.sha256)
    assert json.loads(json.dumps(report)) == report


def test_without_a_reference_the_first_good_seconds_tell_who_it_is(recording: Path, models: Models) -> None:
    analysis = analyse(recording, models, fps=1)

    assert analysis.enrolled == 8
    assert max(o.identity for o in analysis.observations if o.identity is not None) < 0.45


def test_somebody_else_than_the_reference_is_found(recording: Path, models: Models, sessions: Path) -> None:
    _, other = next(video.read(sessions / "d4_talking_audio.mp4", fps=1))

    analysis = analyse(recording, models, reference=jpeg(other, 90), fps=1)

    assert [i["kind"] for i in analysis.as_json()["incidents"]] == ["different_person"]


def test_an_arrangement_is_respected(recording: Path, models: Models, sessions: Path) -> None:
    _, other = next(video.read(sessions / "d4_talking_audio.mp4", fps=1))

    analysis = analyse(recording, models, STANDARD.without(Kind.DIFFERENT_PERSON), reference=jpeg(other, 90), fps=1)

    assert analysis.incidents == ()


@pytest.mark.parametrize("fps", [0.5, 1, 2, 5])
def test_a_recording_is_thinned_evenly(recording: Path, fps: float) -> None:
    times = [at for at, _ in video.read(recording, fps=fps)]

    assert len(times) == pytest.approx(20 * fps, abs=1)
    assert max(np.diff(times)) <= 1 / fps + 0.2


def test_large_pictures_are_made_to_fit() -> None:
    assert video.fitted(np.zeros((1080, 1920, 3), np.uint8)).shape == (360, 640, 3)
    assert video.fitted(np.zeros((480, 640, 3), np.uint8)).shape == (480, 640, 3)


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00" * 5000])
def test_a_file_that_is_no_video_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile):
        list(video.read(path))
