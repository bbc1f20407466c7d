"""One sitting's desk that listens: a voice becomes a finding, a hole and a pause say nothing, and nothing of the sound is stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.services import watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame, Sound
from proctoring.sound import Floats
from proctoring.vision import demo_footage
from proctoring.vision.encode import spoken
from proctoring.vision.eyes import Networks
from tests.builders import World, a_world, listen_for_voices, steer
from tests.proctoring.vision.test_hearing import messages, quiet, recorded
from tests.workers.test_desk import SITTING_STILL, said
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

SECONDS = 7


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return [jpeg for _, jpeg in islice(demo_footage.jpegs(demo_footage.scene(SITTING_STILL), fps=2), 4 * SECONDS)]


def entries(engine: Engine, world: World, pictures: list[bytes], samples: Floats, first: int = 0) -> Iterator[Entry]:
    """Two frames a second and a message of sound after every other, as they come into the stream; the clock goes with them."""
    waiting = messages(spoken(samples))
    for seq, jpeg in enumerate(pictures[: 2 * SECONDS], start=first):
        at = steer(engine).advance(0.48)
        frame = Frame(seq=seq, at=at, kept=False, jpeg=jpeg, nonce=bytes(16), head=bytes([seq]) * 32)
        yield Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1), id=f"{seq}-0")
        if seq % 2 and waiting:
            sound = replace(waiting.pop(0), at=at)
            yield Entry(sitting_id=world.sitting_id, happened=sound, tally=Tally(received=seq + 1), id=f"{seq}-1")


def a_desk(engine: Engine, world: World, networks: Networks) -> Desk:
    return Desk(engine, watches.orders(engine, world.sitting_id), networks, {})


def found(engine: Engine, world: World) -> list[tuple[str, str, str | None]]:
    with engine.store.read() as tx:
        return [(one.kind, one.tier, one.severity) for one in tx.incidents.of_sitting(world.sitting_id)]


def told(desk: Desk) -> list[Json]:
    """What the wall was told of the sound, one after the other."""
    return [one["sound"] for one in said(desk, "wall:") if isinstance(one, dict) and one["type"] == "seen"]


def test_a_voice_that_lasts_is_a_detection_and_the_sound_is_stored_nowhere(
    engine: Engine, networks: Networks, pictures: list[bytes], tmp_path: Path
) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    desk, heard = a_desk(engine, world, networks), list[Sound]()

    for entry in entries(engine, world, pictures, recorded(12, 19)):
        desk.receive(entry)
        heard += [entry.happened] if isinstance(entry.happened, Sound) else []

    assert found(engine, world) == [("talking", "detection", "low")]
    assert told(desk)[-1] == "heard"
    packets = {packet for one in heard for packet in one.packets}
    assert not any(packet in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() for packet in packets)
    assert desk.costs()["sound"] > 0


def test_a_quiet_room_is_listened_to_and_nothing_is_found(engine: Engine, networks: Networks, pictures: list[bytes]) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    desk = a_desk(engine, world, networks)

    for entry in entries(engine, world, pictures, quiet(SECONDS)):
        desk.receive(entry)

    assert found(engine, world) == []
    assert told(desk)[-1] == "heard"


def test_without_sound_a_desk_says_that_it_does_not_listen_and_finds_nothing(
    engine: Engine, networks: Networks, pictures: list[bytes]
) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    desk = a_desk(engine, world, networks)

    for entry in entries(engine, world, pictures, quiet(0)):
        desk.receive(entry)

    assert found(engine, world) == []
    assert set(told(desk)) == {"not_heard"}


@pytest.mark.parametrize("arrangements", [{"signals_off": ["talking"]}, {"scribe": {"name": "Meena"}}])
def test_whom_an_arrangement_excepts_is_not_listened_to_whatever_comes(
    engine: Engine, networks: Networks, pictures: list[bytes], arrangements: dict[str, Json]
) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world, **arrangements)
    desk = a_desk(engine, world, networks)

    for entry in entries(engine, world, pictures, recorded(12, 19)):
        desk.receive(entry)

    assert found(engine, world) == []
    assert set(told(desk)) == {None}
    assert "sound" not in desk.costs()


def test_in_a_pause_nobody_listens(engine: Engine, networks: Networks, pictures: list[bytes]) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    desk = a_desk(engine, world, networks)
    desk.sitting = replace(desk.sitting, state=SittingState.PAUSED)

    for entry in entries(engine, world, pictures, recorded(12, 19)):
        desk.receive(entry)

    assert found(engine, world) == []
    assert told(desk) == []


def test_a_new_owner_listens_with_a_fresh_ear_to_what_the_stream_still_has(
    engine: Engine, networks: Networks, pictures: list[bytes]
) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    first, seen = a_desk(engine, world, networks), list(entries(engine, world, pictures, recorded(12, 19)))
    for entry in seen[:12]:
        first.receive(entry)
    watches.count(engine, [first.counts()])
    assert found(engine, world) == []

    second = a_desk(engine, world, networks)
    second.replay(seen[:12])
    for entry in seen[12:]:
        second.receive(entry)

    assert found(engine, world) == [("talking", "detection", "low")]
    assert second.counts().gaps == 0


def test_a_desk_without_the_network_hears_nothing_and_says_so(engine: Engine, networks: Networks, pictures: list[bytes]) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    deaf = Networks.__new__(Networks)
    deaf.__dict__.update(networks.__dict__, voice=None)
    desk = a_desk(engine, world, deaf)

    for entry in entries(engine, world, pictures, recorded(12, 19)):
        desk.receive(entry)

    assert found(engine, world) == []
    assert set(told(desk)) == {"not_heard"}


def test_seconds_of_sound_are_not_seconds_of_watching(engine: Engine, networks: Networks, pictures: list[bytes]) -> None:
    world = a_world(engine)
    listen_for_voices(engine, world)
    desk = a_desk(engine, world, networks)

    for entry in entries(engine, world, pictures, quiet(SECONDS)):
        desk.receive(entry)

    counts = desk.counts()
    assert (counts.frames_received, counts.frames_analysed) == (2 * SECONDS, 2 * SECONDS)
    assert counts.observable_s < SECONDS
    assert timedelta(seconds=counts.observable_s) > timedelta(seconds=SECONDS - 2)
