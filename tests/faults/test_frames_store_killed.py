"""The frames store is killed with SIGKILL in a sitting: the camera stays, the watch goes on, the gap is told and nothing twice."""

import threading
from pathlib import Path

import pytest

from assessment_engine.people import Role
from assessment_engine.play import send_footage
from assessment_engine.services import checkin, incidents
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from tests.builders import a_person, a_world
from tests.running import a_live_engine, a_proctor, a_valkey, an_ingest, until


@pytest.mark.slow
def test_the_watch_goes_on_after_the_frames_store_was_killed(tmp_path: Path) -> None:
    absence = Script(length_s=32.0, leaves_s=1.0, back_s=28.0)
    with a_valkey() as valkey, an_ingest(a_live_engine(tmp_path), valkey.url) as engine, a_proctor(engine, tmp_path, valkey.url):
        world = a_world(engine)
        invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR)
        checkin.keep_roster_pictures(engine, world.sitting_id, demo_footage.portrait(), None)
        footage = demo_footage.jpegs(demo_footage.scene(absence), fps=2)
        sent: list[int] = []
        camera = threading.Thread(target=lambda: sent.append(send_footage(engine, footage, world.sitting_id)))
        camera.start()

        def kinds() -> list[str]:
            return [one.incident.kind for one in incidents.of_sitting(engine, invigilator, world.sitting_id)]

        assert until(lambda: "nobody" in kinds())
        valkey.kill()
        threading.Event().wait(5)
        valkey.start()
        camera.join()

        assert sent == [64]  # over one connection: the store's death never reached the page
        assert until(lambda: "feed_gap" in kinds())
        assert kinds().count("nobody") == 1
