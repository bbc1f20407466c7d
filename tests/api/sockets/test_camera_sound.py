"""Sound at the camera's real socket: let in by the ticket alone, carried to the shard, refused without a trace elsewhere."""

from pathlib import Path

import pytest

from assessment_engine.play import CameraClient, a_camera
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame, Kind, Sound, seal_frame
from proctoring.packets import joined
from tests.running import Valkey, until
from workers.frames import Entry, Shards, shard_of

SITTING = "sit_1"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
PACKETS = (bytes([24]) + b"not to be found anywhere",) * 16


def speak(camera: CameraClient, seq: int, packets: tuple[bytes, ...] = PACKETS) -> None:
    camera.send_raw(seal_frame(camera.key, seq=seq, nonce=camera.nonce, jpeg=joined(packets), kind=Kind.SOUND))


def entries(valkey: Valkey) -> list[Entry]:
    shards = Shards(valkey.url, "test")
    try:
        return shards._range(f"frames:{shard_of(SITTING)}", "-", "+")
    finally:
        shards.close()


def test_sound_goes_into_the_shard_of_its_sitting_and_changes_nothing_of_the_chain(engine: Engine, valkey: Valkey) -> None:
    ticket = tickets.issue(engine, "camera", SITTING, sound=True)
    with a_camera(engine.ingest_url, ticket, engine.public_url) as camera:
        assert camera.heard[0]["sound"] == "voice"
        camera.send(JPEG)
        camera.wait_for("ack")
        assert until(lambda: len(entries(valkey)) == 1)  # of frames only the newest waits for the store
        speak(camera, 0)
        speak(camera, 1)
        camera.send(JPEG)

        assert camera.wait_for("ack")["seq"] == 1
        assert until(lambda: len(entries(valkey)) == 4)

    happened = [one.happened for one in entries(valkey)]
    heard = [one for one in happened if isinstance(one, Sound)]
    assert [(one.packets, one.joins) for one in heard] == [(PACKETS, False), (PACKETS, True)]
    assert [one.seq for one in happened if isinstance(one, Frame)] == [0, 1]
    assert entries(valkey)[-1].tally.dropped == 0


def test_a_ticket_without_sound_lets_none_in_and_what_was_sent_is_nowhere(
    engine: Engine, valkey: Valkey, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with a_camera(engine.ingest_url, tickets.issue(engine, "camera", SITTING), engine.public_url) as camera:
        assert "sound" not in camera.heard[0]
        speak(camera, 0)

        refused = camera.wait_for("refused")
        assert (refused["code"], refused["reason"]) == ("bad_sound", "not_listening")
        camera.send(JPEG)
        assert camera.wait_for("ack")["seq"] == 0

    assert until(lambda: len(entries(valkey)) == 1)
    assert "not to be found" not in "".join(capfd.readouterr())
    assert not any(b"not to be found" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_bad_sound_is_refused_by_name_and_the_next_good_message_is_taken(engine: Engine, valkey: Valkey) -> None:
    ticket = tickets.issue(engine, "camera", SITTING, sound=True)
    with a_camera(engine.ingest_url, ticket, engine.public_url) as camera:
        speak(camera, 0, (bytes([24]),) * 17)  # longer than a second

        refused = camera.wait_for("refused")
        assert (refused["code"], refused["reason"], refused["seq"]) == ("bad_sound", "not_sound", 0)
        speak(camera, 0)

        assert until(lambda: [type(one.happened) for one in entries(valkey)] == [Sound])
