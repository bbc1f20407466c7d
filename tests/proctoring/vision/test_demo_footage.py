"""Footage is sent at the rate that was asked for, whatever rate it was recorded at."""

from pathlib import Path

import pytest

from proctoring.vision.demo_footage import Script, jpegs, jpegs_of, scene, write_y4m


@pytest.mark.parametrize("recorded", [4, 5, 10])
def test_a_recording_is_sent_at_two_frames_a_second(tmp_path: Path, recorded: int) -> None:
    recording = tmp_path / "recording.y4m"
    write_y4m(recording, Script(length_s=6.0), fps=recorded)

    moments = [at for at, _ in jpegs_of(recording, fps=2)]

    assert len(moments) == 12
    assert moments == sorted(moments)


def test_the_scene_is_sent_at_the_rate_it_is_made_at() -> None:
    assert len(list(jpegs(scene(Script(length_s=6.0), fps=2.0), fps=2))) == 12
