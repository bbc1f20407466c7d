"""A head that is turned far away has a gaze, though its eye looks unlike one that faces us."""

from pathlib import Path

from proctoring.vision import video
from proctoring.vision.eyes import Eyes, Networks


def test_a_turned_head_has_a_gaze(networks: Networks, sessions: Path) -> None:
    eyes = Eyes(networks)
    turned = [(at, picture) for at, picture in video.read(sessions / "d1_intel_female.mp4", fps=1) if 51 <= at < 57]

    seen = [eyes.look(picture, at, seq) for seq, (at, picture) in enumerate(turned)]

    heads = [one.head for one in seen if one.head is not None]
    assert len(heads) == len(seen) == 6
    assert all(head.yaw < -25 for head in heads)
    assert all(one.gaze is not None and one.gaze.across < -25 for one in seen)
