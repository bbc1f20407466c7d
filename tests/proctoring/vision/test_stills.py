"""Phones on stills, by their size: what the command prints, and which labels it refuses."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from assessment_engine.cli import main
from assessment_engine.kernel.errors import NotFound, UnreadableFile
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels
from proctoring.vision.objects import ObjectReader
from proctoring.vision.stills import SCALES, phones
from tests.proctoring.vision.conftest import TESTDATA

Scene = Callable[..., Pixels]


@pytest.fixture
def reader(networks: Networks) -> ObjectReader:
    assert networks.objects is not None
    return networks.objects


@pytest.fixture
def labels(tmp_path: Path, scene: Scene) -> Path:
    """Two stills without a phone, one of them said to show one."""
    rows = [("empty.jpg", "0"), ("worker.jpg", "1")]
    for name, _ in rows:
        cv2.imwrite(str(tmp_path / name), scene(0, None) if name == "empty.jpg" else scene(0))
    return write(tmp_path, rows)


def write(folder: Path, rows: list[tuple[str, str]], header: tuple[str, str] = ("file", "phone_visible")) -> Path:
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return folder / "labels.csv"


def test_a_phone_that_is_never_found_has_no_size_and_is_missed_all_the_same(labels: Path, reader: ObjectReader) -> None:
    found = phones(labels, reader).as_json()

    assert (found["stills"], found["without"]["stills"], found["without"]["said_to_show_one"]) == (1, 1, [])
    assert [(row["found"], row["total"]) for row in found["by_size"]] == [(0, 0)] * 4 + [(0, len(SCALES))]


def test_labels_that_say_too_little_are_refused_before_anything_is_looked_at(tmp_path: Path, reader: ObjectReader) -> None:
    (tmp_path / "text.jpg").write_text("no picture")

    for rows, header, error in (
        ([("nowhere.jpg", "1")], ("file", "phone_visible"), NotFound),
        ([("text.jpg", "1")], ("file", "phone_visible"), UnreadableFile),
        ([("text.jpg", "maybe")], ("file", "phone_visible"), UnreadableFile),
        ([("text.jpg", "1")], ("file", "telephone"), UnreadableFile),
        ([], ("file", "phone_visible"), UnreadableFile),
    ):
        with pytest.raises(error):
            phones(write(tmp_path, rows, header), reader)
    with pytest.raises(NotFound):
        phones(tmp_path / "other.csv", reader)


def test_phones_on_the_labelled_stills_are_found_from_a_hundredth_of_the_picture_on(reader: ObjectReader) -> None:
    if not (TESTDATA / "cv" / "labels.csv").is_file():
        pytest.skip("no labelled stills")

    found = phones(TESTDATA / "cv" / "labels.csv", reader)

    assert found.false == ()
    tables = [one for one in found.shown if "mp_table" in one.file]
    assert all(one.found for one in tables if one.size is not None and one.size >= 0.015)
    assert any(one.size is not None and one.size >= 0.015 for one in tables)


def test_the_command_prints_recall_by_size_with_its_bound(
    labels: Path, tmp_path: Path, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "work.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 1, (640, 480))
    for second in range(4):
        writer.write(scene(second))
    writer.release()
    (tmp_path / "work.timeline.json").write_text(json.dumps({"segments": [{"start_s": 0, "end_s": 4, "event": "normal"}]}))

    assert main(["proctor", "evaluate", str(tmp_path), "--fps", "1", "--stills", str(labels)]) == 0

    words = capsys.readouterr().out
    assert "phones on 1 stills" in words
    assert "not found at any size" in words and "0/6" in words
    assert "without a phone: 0 of 1 said to show one" in words
