"""The short form of `bench vision`: that it runs, and that what it cost stands beside what it found and beside a peer."""

from pathlib import Path

import pytest

from assessment_engine.bench import vision
from assessment_engine.cli import main


def test_what_seeing_costs_stands_beside_what_was_found() -> None:
    report = vision.run(short=True).as_json()

    figures, ratios = report["figures"], report["ratios"]
    assert isinstance(figures, dict) and isinstance(ratios, dict)
    assert {"face_path", "all_but_sound", "candidates_per_core", "memory_per_sitting", "peer"} <= set(figures)
    assert (figures["events"]["value"], figures["events_found"]["value"], figures["false_alerts"]["value"]) == (1, 1, 0)
    assert 0 < figures["face_path"]["value"] < figures["all_but_sound"]["value"]
    assert 0 < figures["memory_per_sitting"]["value"] <= 2
    assert ratios["times_the_peer"] > 1
    assert 0 < figures["landmarker"]["value"] < figures["peer"]["value"]
    assert isinstance(report["runs"], list) and len(report["runs"]) == 3


def test_a_walk_there_and_back_takes_one_step_at_a_time() -> None:
    places = [vision._there_and_back(step, 4) for step in range(8)]

    assert places == [0, 1, 2, 3, 2, 1, 0, 1]
    assert vision._there_and_back(5, 1) == 0


@pytest.mark.parametrize(("name", "code"), [("items", 2), ("vision", 1)])
def test_recordings_are_for_vision_and_must_be_there(tmp_path: Path, name: str, code: int) -> None:
    assert main(["bench", name, "--short", "--recordings", str(tmp_path)]) == code
