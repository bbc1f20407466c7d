"""The story of one frame, on real parts: a page's camera, the ingest process, the stream, a worker with the real networks, the wall.

Also what happens to it when a worker is killed in the middle. The candidate is the demo's: a photograph that walks out of the picture.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import simplejpeg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.play import send_footage
from assessment_engine.services import checkin, incidents
from assessment_engine.services import wall as wall_service
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from tests.builders import World, a_person, a_world
from tests.running import a_live_engine, a_proctor, a_valkey, an_ingest, until

pytestmark = pytest.mark.slow

ABSENCE = Script(length_s=19.0, leaves_s=2.0, back_s=14.0)


class Wall:
    """What an invigilator's wall was told, and when it came."""

    def __init__(self) -> None:
        self.heard: list[tuple[datetime, dict[str, Any]]] = []
        self.pictures: list[bytes] = []

    def of(self, type_: str, **facts: object) -> list[tuple[datetime, dict[str, Any]]]:
        """The messages of a kind with these facts, with the moment each came."""
        return [(at, one) for at, one in self.heard if one["type"] == type_ and all(one[name] == value for name, value in facts.items())]


@contextmanager
def a_wall(engine: Engine, world: World) -> Iterator[Wall]:
    """A real wall socket, listened to in a thread."""
    ravi = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Nair")
    wall, ticket = Wall(), wall_service.ticket(engine, ravi, world.session_id)
    with connect(f"{engine.ingest_url}/wall?ticket={ticket}", additional_headers={"Origin": engine.public_url}) as socket:

        def listen() -> None:
            with suppress(ConnectionClosed):
                for message in socket:
                    if isinstance(message, bytes):
                        wall.pictures.append(message)
                        continue
                    wall.heard += [(engine.clock.now(), one) for one in json.loads(message)]
                    socket.send(json.dumps({"type": "visible", "sittings": [world.sitting_id]}))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield wall
        finally:
            socket.close()
            thread.join()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path


def a_seated_world(engine: Engine) -> World:
    """A sitting in progress whose candidate the roster knows by photograph."""
    world = a_world(engine)
    checkin.keep_roster_pictures(engine, world.sitting_id, demo_footage.portrait(), None)
    return world


def footage(script: Script = ABSENCE) -> Iterator[tuple[float, bytes]]:
    return demo_footage.jpegs(demo_footage.scene(script), fps=2)


def submit(engine: Engine, sitting_id: SittingId) -> None:
    """Close the sitting past the answer ledger: this walk is about frames."""
    with engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get_locked(sitting_id).submit(engine.clock.now()))


def watch_of(engine: Engine, sitting_id: SittingId) -> WatchRecord | None:
    with engine.store.read() as tx:
        return tx.incidents.watch(sitting_id)


def is_drained(engine: Engine, sitting_id: SittingId) -> bool:
    watch = watch_of(engine, sitting_id)
    return watch is not None and watch.drained_at is not None


def test_one_frame_from_the_page_to_the_wall_and_into_the_evidence(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with a_valkey() as valkey, an_ingest(a_live_engine(data_dir), valkey.url) as engine, a_proctor(engine, data_dir, valkey.url) as proctor:
        world = a_seated_world(engine)
        invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR)
        with a_wall(engine, world) as wall:
            send_footage(engine, footage(), world.sitting_id)

            # the wall learnt of it within three seconds of its being established
            assert until(lambda: wall.of("incident", kind="nobody", state="opened"))
            (arrived, raised), *_ = wall.of("incident", kind="nobody", state="opened")
            delay = (arrived - parse_iso(raised["raised_at"])).total_seconds()
            assert (raised["tier"], raised["severity"]) == ("alert", "medium")
            assert delay < 3
            assert until(lambda: wall.of("incident", kind="nobody", state="closed"))
            assert until(lambda: wall.pictures)
            lags = sorted(one["lag_ms"] for _, one in wall.of("seen"))

        # it is in the database, before people, with frames that decrypt to what the camera sent
        (shown,) = [one for one in incidents.of_sitting(engine, invigilator, world.sitting_id) if one.incident.kind == "nobody"]
        with engine.store.read() as tx:
            assert [case.incident_id for case in tx.invigilation.cases_of(world.sitting_id)] == [shown.incident.id]
        roles = {one.role for one in shown.evidence}
        assert {"before", "peak", "after"} <= roles
        assert len([one for one in shown.evidence if one.role != "scrub"]) <= 9
        for one in shown.evidence[:3]:
            jpeg = incidents.frame(engine, invigilator, one.id)
            assert sha256_hex(jpeg) == one.sha256
            assert simplejpeg.decode_jpeg(jpeg).shape == (480, 640, 3)
            assert jpeg not in engine.blobs.get(one.blob)

        # a submitted sitting is drained, its counts are whole, and its chain is the channel's
        send_footage(engine, islice(footage(), 1), world.sitting_id)  # else its line is cut at the end, and what it kept waited for
        submit(engine, world.sitting_id)
        assert until(lambda: is_drained(engine, world.sitting_id))
        watch = watch_of(engine, world.sitting_id)
        assert watch is not None
        assert watch.frames_received == watch.frames_analysed + watch.frames_dropped == int(ABSENCE.length_s * 2) + 1
        assert proctor.stop() == 0
    with capsys.disabled():
        figures = f"from established to the wall {delay * 1000:.0f} ms; lag: median {lags[len(lags) // 2]} ms, worst {lags[-1]} ms"
        print(f"\n{figures}")  # noqa: T201  (a figure is meant to be read)


def test_a_worker_that_is_killed_is_followed_by_another_and_no_incident_is_there_twice(data_dir: Path) -> None:
    script = Script(length_s=34.0, leaves_s=2.0, back_s=26.0)
    with a_valkey() as valkey, an_ingest(a_live_engine(data_dir), valkey.url) as engine, a_proctor(engine, data_dir, valkey.url) as first:
        world = a_seated_world(engine)
        invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR)
        camera = threading.Thread(target=send_footage, args=(engine, footage(script), world.sitting_id))
        camera.start()
        assert until(lambda: incidents.of_sitting(engine, invigilator, world.sitting_id))
        (begun,) = incidents.of_sitting(engine, invigilator, world.sitting_id)

        first.kill()
        with a_proctor(engine, data_dir, valkey.url):
            camera.join()
            time.sleep(1)
            submit(engine, world.sitting_id)
            assert until(lambda: is_drained(engine, world.sitting_id))

        found = incidents.of_sitting(engine, invigilator, world.sitting_id)
        assert [(one.incident.kind, one.incident.tier) for one in found] == [("nobody", "alert")]
        (shown,) = found
        assert (shown.incident.id, shown.incident.start_s, shown.incident.raised_at) == (
            begun.incident.id,
            begun.incident.start_s,
            begun.incident.raised_at,
        )
        assert shown.incident.end_s == pytest.approx(script.back_s, abs=3)
        assert {"before", "peak", "after"} <= {one.role for one in shown.evidence}


def test_evidence_is_erased_with_its_key_and_its_hash_stays(data_dir: Path) -> None:
    engine = a_live_engine(data_dir)
    world = a_seated_world(engine)
    invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR)
    with engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, engine.clock.now())

    with pytest.raises(NotFound, match="erased"):
        checkin.picture(engine, invigilator, world.sitting_id, checkin.Picture.PORTRAIT)
    engine.store.engine.dispose()
