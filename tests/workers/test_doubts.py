"""More pictures where something grave is doubtful: asked for once, for seconds, never from a page that we cannot keep up with."""

from datetime import timedelta

import pytest

from assessment_engine.services.engine import Engine
from proctoring.channel import Channel, Load
from proctoring.observations import Box, Observation, Reason
from proctoring.vision.demo_footage import Script
from proctoring.vision.eyes import Networks
from tests.builders import NOON, a_world
from tests.workers.test_desk_afterwards import Feed, a_desk
from workers.proctor.doubts import AGAIN_AFTER_S, FOR_S, FPS, Doubts

HERE, THERE = Box(x=0.1, y=0.1, width=0.2, height=0.3), Box(x=0.7, y=0.1, width=0.2, height=0.3)


def asked(*looks: Observation, lag_s: float = 0) -> list[float]:
    """At which seconds more pictures were asked for."""
    doubts, lag = Doubts(), timedelta(seconds=lag_s)
    return [one.at for one in looks if doubts.receive(one, NOON, NOON + lag) is not None]


def look(at: float, faces: int = 1, face: Box | None = HERE, reason: Reason | None = None) -> Observation:
    return Observation(at=at, seq=int(at * 10), faces=faces, face=face, reason=reason)


@pytest.mark.parametrize("second", [look(1, faces=2), look(1, faces=0, face=None), look(1, face=THERE)])
def test_a_second_face_no_face_and_a_face_elsewhere_are_looked_at_more_often(second: Observation) -> None:
    assert asked(look(0), second, look(2)) == [1]
    assert asked(look(0), second, lag_s=3) == []


def test_the_usual_and_what_cannot_be_seen_ask_for_nothing() -> None:
    assert asked(look(0), look(1), look(2)) == []
    assert asked(look(0), look(1, faces=0, face=None, reason=Reason.TOO_DARK), look(2)) == []
    assert asked(look(0, faces=2), look(1, faces=1), look(2)) == []


def test_a_doubt_that_comes_again_and_again_does_not_eat_the_line() -> None:
    looks = [look(at, faces=1 + at % 2) for at in range(40)]

    assert asked(*looks) == [1, 1 + AGAIN_AFTER_S + 1, 33]


def test_a_doubt_does_not_cut_a_camera_check_short() -> None:
    channel = Channel("sit_1")
    channel.ask(Load(fps=5.0), until=NOON + timedelta(seconds=12))

    channel.ask(Load(fps=FPS), until=NOON + timedelta(seconds=FOR_S))
    channel.open(NOON + timedelta(seconds=8))

    assert '"fps": 5.0' in channel.replies()[0]


def test_whoever_leaves_the_picture_is_looked_at_more_often_at_once(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, Script(length_s=10, leaves_s=2, back_s=9))

    for entry in feed.live(5):
        desk.receive(entry)

    wishes = [one.message for one in desk.said() if isinstance(one.message, dict) and one.message["type"] == "load"]
    assert wishes == [{"type": "load", "fps": FPS, "quality": 0.6, "seconds": FOR_S}]
