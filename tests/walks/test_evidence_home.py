"""The story of a package, on real parts: a page's camera, an ingest that is stopped in the middle, the job with the real networks, and an
outsider who checks what they were given with the console script alone.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.evidence import package as written
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Role
from assessment_engine.play import send_footage
from assessment_engine.services import audit, chains, checkin, evidence_packages, incidents, watches
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import public_keys
from assessment_engine.storage.incidents import WatchRecord
from proctoring.evidence import Segment, Shot
from proctoring.incidents import Change
from proctoring.observations import Observation
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from tests.builders import a_person, a_world
from tests.fakes.ports import SteeredClock
from tests.proctoring.vision.conftest import ASSETS
from tests.running import a_live_engine, a_valkey, an_ingest
from tests.services.test_incidents import MODELS, a_change
from workers.jobs import package_evidence

pytestmark = pytest.mark.slow

FRAMES = 8


def verified(path: Path, trust: Path) -> tuple[int, dict[str, object]]:
    """Run the console script as an outsider would: in a process that knows of no deployment."""
    command = [sys.executable, "-m", "assessment_engine", "evidence", "verify", str(path), "--trust", str(trust), "--json"]
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout)


def later(engine: Engine, minutes: int) -> Engine:
    """The same deployment, some minutes on."""
    return replace(engine, clock=SteeredClock(SystemClock().now() + timedelta(minutes=minutes)))


def test_what_a_camera_sent_is_taken_home_and_checked_without_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETS_DIR", str(ASSETS))
    footage = [jpeg for _, jpeg in zip(range(2 * FRAMES), _pictures(), strict=False)]
    with a_valkey() as valkey:
        engine = a_live_engine(tmp_path)
        world = a_world(engine)
        checkin.keep_roster_pictures(engine, world.sitting_id, demo_footage.portrait(), None)
        for half in (footage[:FRAMES], footage[FRAMES:]):  # the second ingest goes on where the first one stopped
            with an_ingest(engine, valkey.url) as live:
                send_footage(live, ((number / 2, jpeg) for number, jpeg in enumerate(half)), world.sitting_id)
    _an_incident(engine, world.sitting_id, footage)
    _hand_in(engine, world.sitting_id)

    engine = later(engine, 10)
    audit.sequence(engine)
    chains.close(engine, world.sitting_id)
    actor = a_person(engine, world.organisation_id, Role.INVIGILATOR)
    evidence_packages.ask(engine, actor, world.sitting_id)
    audit.sequence(engine)
    package_evidence(engine, world.sitting_id)
    data = evidence_packages.package(engine, world.candidate, world.sitting_id).data
    engine.store.engine.dispose()

    trust, home = tmp_path / "keys.json", tmp_path / "home.zip"
    trust.write_text(json.dumps({"keys": [{"key_id": one.key_id, "ed25519_hex": one.ed25519_hex} for one in public_keys(engine)]}))
    home.write_bytes(data)
    code, said = verified(home, trust)
    assert (code, said["whole"], said["findings"], said["keys_published"]) == (0, True, [], True)
    assert said["frames_in_chain"] == 2 * FRAMES
    assert said["pictures"] == {"whole": 3}

    home.write_bytes(_with_another_picture(data))
    code, said = verified(home, trust)
    assert code == 1
    assert {one["kind"] for one in said["findings"]} == {"edited", "forged_frame"}  # type: ignore[attr-defined]


def _pictures() -> "list[bytes]":
    script = Script(length_s=30.0, leaves_s=28.0, back_s=29.0)
    return [jpeg for _, jpeg in demo_footage.jpegs(demo_footage.scene(script), fps=2)]


def _an_incident(engine: Engine, sitting_id: SittingId, footage: list[bytes]) -> None:
    """Keep three of the frames as those of an incident that ended, as the worker would."""
    with engine.store.read() as tx:
        rows = tx.chains.of_sittings([sitting_id])[sitting_id]
    numbers = [rows[0].first_seq + one for one in (1, 3, 5)]
    shots = tuple(Shot(jpeg=footage[seq], observation=Observation(at=float(seq), seq=seq)) for seq in numbers)
    key = a_change().incident.key
    incidents.record(engine, sitting_id, a_change(), Segment(key=key, shots=shots, chosen=tuple(numbers)), MODELS)
    incidents.record(engine, sitting_id, a_change(Change.CLOSED, end_s=30.0), Segment(key=key, shots=(), chosen=()), MODELS)


def _hand_in(engine: Engine, sitting_id: SittingId) -> None:
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        tx.sittings.save(replace(sitting, state=SittingState.SUBMITTED, submitted_at=engine.clock.now()))
    watches.drain(engine, WatchRecord(sitting_id=sitting_id))


def _with_another_picture(data: bytes) -> bytes:
    held = io.BytesIO()
    files = written.unpacked_files(data)
    name = next(one for one in files if one.startswith("frames/"))
    with zipfile.ZipFile(held, "w") as package:
        for one, content in files.items():
            package.writestr(one, demo_footage.portrait() if one == name else content)
    return held.getvalue()
