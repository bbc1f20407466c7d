"""The story of frames that are no fair pictures, on real parts: they are refused or counted, and the candidate is accused of nothing."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from assessment_engine.play import CameraClient, a_camera
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from proctoring.channel import MAX_JPEG, Refusal
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from tests.builders import World, a_world
from tests.proctoring.vision.test_decode import BAD
from tests.running import a_live_engine, a_proctor, a_valkey, an_ingest, until
from tests.walks.test_one_frame import is_drained, submit, watch_of

pytestmark = pytest.mark.slow

SITTING_STILL = Script(length_s=20, leaves_s=100, back_s=110)
NO_PICTURE = {"nothing", "PNG", "SVG"}  # refused at the door; what begins like a JPEG is told by the eyes
TOO_LARGE = {name for name, bad in BAD.items() if len(bad) > MAX_JPEG}  # ends the connection: tests/api/sockets/test_camera.py


def answer(camera: CameraClient) -> dict[str, Any]:
    """What the server says to a frame."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        for said in camera.listen(0.05):
            if said["type"] in ("ack", "refused"):
                return said
    raise TimeoutError


def figure(url: str, name: str) -> float:
    """A number that workers left for Prometheus, summed over them."""
    store = Redis.from_url(url, decode_responses=True)
    found = sum(float(store.hget(key, name) or 0) for key in store.scan_iter("figures:*"))
    store.close()
    return found


def send_all(engine: Engine, world: World) -> dict[str, dict[str, Any]]:
    """A few good frames, one of each bad kind, good ones again; what was said to each bad one."""
    good = [picture for _, picture in demo_footage.jpegs(demo_footage.scene(SITTING_STILL), fps=2)]
    with a_camera(engine.ingest_url, tickets.issue(engine, "camera", world.sitting_id), engine.public_url) as camera:
        for picture in good[:8]:
            camera.send(picture)
            time.sleep(0.4)
        camera.listen(0.2)
        said = {}
        for name in sorted(set(BAD) - TOO_LARGE):
            camera.send(BAD[name])
            said[name] = answer(camera)
            time.sleep(0.3)
        for picture in good[8:24]:
            camera.send(picture)
            time.sleep(0.4)
        camera.listen(0.5)
    return said


def test_bad_pictures_are_refused_or_counted_and_lead_to_time_that_could_not_be_watched(tmp_path: Path) -> None:
    with a_valkey() as valkey, an_ingest(a_live_engine(tmp_path), valkey.url) as engine, a_proctor(engine, tmp_path, valkey.url) as proctor:
        world = a_world(engine)
        said = send_all(engine, world)
        assert until(lambda: figure(valkey.url, "frames_unreadable") > 0)
        submit(engine, world.sitting_id)
        assert until(lambda: is_drained(engine, world.sitting_id))

        assert {name for name, one in said.items() if one["type"] == "refused"} == NO_PICTURE
        assert {(one["code"], one["reason"]) for one in said.values() if one["type"] == "refused"} == {("bad_frame", Refusal.NOT_A_PICTURE)}
        taken = len(said) - len(NO_PICTURE)
        watch = watch_of(engine, world.sitting_id)
        assert watch is not None
        assert watch.frames_received == taken + 24
        assert watch.frames_analysed <= 24
        assert watch.frames_dropped >= taken
        assert watch.observable_s > 0
        with engine.store.read() as tx:
            found = [(one.kind, one.tier, one.severity) for one in tx.incidents.of_sitting(world.sitting_id)]
        assert set(found) == {("feed_gap", "could_not_watch", None)}, json.dumps(found)
        assert proctor.process.poll() is None
