"""A folder of recordings and their truth, from the command line: what it prints, and what it refuses before it looks at anything."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

from assessment_engine.cli import main
from proctoring.vision.models import Models, Pixels

Scene = Callable[..., Pixels]
TRUTH = [(0, 12, "normal"), (12, 24, "no_face"), (24, 30, "normal")]


@pytest.fixture(scope="module")
def leaves(tmp_path_factory: pytest.TempPathFactory, scene: Scene) -> Path:
    """Half a minute in which the candidate leaves for twelve seconds, one picture a second."""
    path = tmp_path_factory.mktemp("recording") / "leaves.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 1, (640, 480))
    for second in range(30):
        writer.write(scene(second) if not 12 <= second < 24 else scene(second, None))
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path: Path, leaves: Path) -> Path:
    """That recording beside its truth, to be spoilt."""
    shutil.copy(leaves, tmp_path / "leaves.mp4")
    segments = [{"start_s": start, "end_s": end, "event": event} for start, end, event in TRUTH]
    write_truth(tmp_path, {"enrol_from_s": [0, 10], "segments": segments})
    return tmp_path


def write_truth(folder: Path, truth: Any) -> None:
    (folder / "leaves.timeline.json").write_text(truth if isinstance(truth, str) else json.dumps(truth))


def test_a_recording_is_held_against_its_truth(folder: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proctor", "evaluate", str(folder), "--fps", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    assert report["events"] == [{"session": "leaves", "kind": "nobody", "start_s": 12, "end_s": 24, "found": True, "delay_s": 0.0}]
    assert report["recall"] == {"nobody": {"found": 1, "total": 1, "lower95": 0.05}}
    assert (report["sessions"], report["false_alerts"], report["could_not_watch_s"]) == (["leaves"], [], 0)
    assert report["hours"] == pytest.approx(30 / 3600, abs=1e-5) and report["clean_hours"] == pytest.approx(18 / 3600, abs=1e-5)
    assert report["false_alerts_per_hour"]["high"] == pytest.approx(3.689 / (18 / 3600), rel=1e-3)


def test_the_words_say_how_little_one_event_says(folder: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proctor", "evaluate", str(folder), "--fps", "1"]) == 0
    words = capsys.readouterr().out

    assert "not yet shown" in words
    assert "even 1 of 1 found only says recall of 0.05 or more" in words


def remove(*files: Path) -> None:
    for file in files:
        file.unlink()


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no timeline": (lambda folder: remove(folder / "leaves.timeline.json"), "not_found"),
    "no recording": (lambda folder: remove(folder / "leaves.mp4"), "not_found"),
    "nothing at all": (lambda folder: remove(folder / "leaves.timeline.json", folder / "leaves.mp4"), "not_found"),
    "no JSON": (lambda folder: write_truth(folder, "{"), "unreadable_file"),
    "an unknown word": (
        lambda folder: write_truth(folder, {"segments": [{"start_s": 0, "end_s": 1, "event": "dancing"}]}),
        "unreadable_file",
    ),
    "a broken video": (lambda folder: (folder / "leaves.mp4").write_bytes(b"no video"), "unreadable_file"),
    "half a video": (lambda folder: write_truth(folder, {"segments": [{"start_s": 0, "end_s": 99, "event": "normal"}]}), "unreadable_file"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_folder_that_is_not_whole_is_refused_with_a_code(
    folder: Path, models: Models, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    spoil, code = BROKEN[how]
    spoil(folder)

    assert main(["proctor", "evaluate", str(folder), "--fps", "1", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


@pytest.mark.parametrize("arguments", [["evaluate", "no such folder"], ["evaluate", ".", "--fps", "0"], ["evaluate"]])
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["proctor", *arguments])

    assert left.value.code == 2


@pytest.mark.parametrize("order", [["{}", "--profile"], ["--profile", "{}"], ["--profile", "cpu", "{}"]])
def test_a_profile_says_where_the_cpu_went(folder: Path, models: Models, capsys: pytest.CaptureFixture[str], order: list[str]) -> None:
    recording = str(folder / "leaves.mp4")

    assert main(["proctor", "analyse", *[word.format(recording) for word in order], "--fps", "0.2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    stages = report["profile"]["stages"]
    assert {"mesh", "quality", "objects"} <= set(stages)
    assert sum(stage["cpu_share"] for stage in stages.values()) == pytest.approx(1, abs=0.01)
    assert sum(stage["ms_per_frame"] for stage in stages.values()) == pytest.approx(report["cpu_ms_per_frame"], rel=0.02)


def test_a_report_is_written_beside_what_is_printed(folder: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    main(["proctor", "analyse", str(folder / "leaves.mp4"), "--fps", "0.5", "--out", str(folder / "reports"), "--json"])

    assert json.loads((folder / "reports" / "leaves.json").read_text()) == json.loads(capsys.readouterr().out)
