"""One frame's record: it keeps what it was given, and refuses what cannot be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import Invalid
from proctoring.observations import Box, Gaze, Head, Observation, Quality, Reason, Thing, ThingName

numbers = st.floats(-180, 180, allow_nan=False)
shares = st.floats(0, 1, allow_nan=False)
boxes = st.builds(Box, x=shares, y=shares, width=shares, height=shares)
observations = st.builds(
    Observation,
    at=st.floats(0, 1e5),
    seq=st.integers(0, 10**9),
    reason=st.none() | st.sampled_from(Reason),
    faces=st.none() | st.integers(0, 9),
    people=st.none() | st.integers(0, 9),
    face=st.none() | boxes,
    head=st.none() | st.builds(Head, yaw=numbers, pitch=numbers, roll=numbers),
    gaze=st.none() | st.builds(Gaze, across=numbers, up=numbers),
    voice=st.none() | shares,
    identity=st.none() | st.floats(0, 2),
    objects=st.none() | st.lists(st.builds(Thing, name=st.sampled_from(ThingName), score=shares, box=boxes), max_size=3).map(tuple),
    quality=st.none() | st.builds(Quality, brightness=shares, contrast=shares, sharpness=shares),
)


@given(observations)
def test_an_observation_survives_its_journey_as_json(observation: Observation) -> None:
    assert Observation.from_json(json.loads(json.dumps(observation.as_json()))) == observation


def test_nothing_seen_and_not_looked_at_are_told_apart() -> None:
    looked, not_looked = Observation(at=1, seq=1, objects=()), Observation(at=1, seq=1)

    assert looked.as_json()["objects"] == []
    assert "objects" not in not_looked.as_json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": -1}, {"at": float("nan")}, {"seq": -1}, {"faces": -1}, {"identity": float("nan")}, {"reason": "bored"}, {"emotion": "sad"},
        {"gaze": {"across": float("nan"), "up": 0}}, {"head": {"yaw": 0, "pitch": float("inf"), "roll": 0}}, {"mouth_open": float("nan")},
        {"objects": [{"name": "phone", "score": float("nan"), "box": {"x": 0, "y": 0, "width": 1, "height": 1}}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Observation.from_json({"at": 1.0, "seq": 1} | wrong)


def test_boxes_stay_inside_the_picture() -> None:
    box = Box.between(-0.5, 0.5, 2.0, 0.75)

    assert box == Box(x=0, y=0.5, width=1, height=0.25)
    assert box.overlap(box) == pytest.approx(1)
    assert box.overlap(Box(x=0, y=0.8, width=1, height=0.1)) == 0
