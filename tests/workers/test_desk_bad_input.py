"""A desk that is given what it should not be: reference faces that are none, and clocks that jump. Nobody is accused, no time is lost."""

from datetime import datetime, timedelta
from itertools import islice

import cv2
import numpy as np
import pytest

from assessment_engine.services import checkin, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Fact, FactKind, Frame
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from proctoring.vision.eyes import Networks
from tests.builders import World, a_world, steer
from tests.proctoring.vision.conftest import jpeg
from tests.proctoring.vision.test_decode import BAD
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

SITTING_STILL = Script(length_s=60, leaves_s=100, back_s=110)
HOUR = timedelta(hours=1)


def a_desk(engine: Engine, world: World, networks: Networks) -> Desk:
    return Desk(engine, watches.orders(engine, world.sitting_id), networks, {})


def pictures(count: int) -> list[bytes]:
    return [picture for _, picture in islice(demo_footage.jpegs(demo_footage.scene(SITTING_STILL), fps=1), count)]


def an_entry(
    engine: Engine,
    world: World,
    picture: bytes,
    seq: int,
    ahead: timedelta = timedelta(),
    not_before: datetime | None = None,
    kept: bool = False,
) -> Entry:
    """A frame received a second later by a clock that is `ahead` of the desk's, by ingest that had one `not_before`."""
    at = steer(engine).advance(1.0) + ahead
    at = max(at, not_before or at)
    frame = Frame(seq=seq, at=at, kept=kept, jpeg=picture, nonce=bytes(16), head=bytes([seq % 256]) * 32)
    return Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1), id=str(seq))


def found(engine: Engine, world: World) -> list[tuple[str, str]]:
    with engine.store.read() as tx:
        return [(one.kind, one.tier) for one in tx.incidents.of_sitting(world.sitting_id)]


@pytest.mark.parametrize("name", ["truncated", "CMYK", "layered", "1×1", "bomb", "an empty wall"])
def test_a_reference_without_a_face_is_no_reference(engine: Engine, networks: Networks, name: str) -> None:
    reference = jpeg(np.full((480, 640, 3), 150, np.uint8)) if name == "an empty wall" else BAD[name]
    world = a_world(engine)
    checkin.keep_roster_pictures(engine, world.sitting_id, reference, None)
    desk = a_desk(engine, world, networks)

    for seq, picture in enumerate(pictures(12)):
        desk.receive(an_entry(engine, world, picture, seq))

    assert found(engine, world) == []
    assert desk.counts().observable_s == pytest.approx(12, abs=1.1)


def test_a_rosters_photograph_larger_than_a_cameras_is_a_reference(engine: Engine, networks: Networks) -> None:
    portrait = cv2.imdecode(np.frombuffer(demo_footage.portrait(), np.uint8), cv2.IMREAD_COLOR)
    assert portrait is not None
    large = jpeg(np.asarray(cv2.resize(portrait, None, fx=1.8, fy=1.8), np.uint8), 60)
    world = a_world(engine)
    checkin.keep_roster_pictures(engine, world.sitting_id, large, None)

    desk = a_desk(engine, world, networks)

    for seq, picture in enumerate(pictures(3)):
        desk.receive(an_entry(engine, world, picture, seq))

    assert desk.counts().recognised_at is not None


def test_a_clock_that_jumps_ahead_and_waits_is_an_hour_that_nobody_watched(engine: Engine, networks: Networks) -> None:
    """Ingest never turns time around: after a jump every frame has the moment of the jump until its clock has caught up."""
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    still = pictures(30)

    for seq in range(10):
        desk.receive(an_entry(engine, world, still[seq], seq))
    jumped = engine.clock.now() + HOUR
    for seq in range(10, 30):
        desk.receive(an_entry(engine, world, still[seq], seq, not_before=jumped))
        desk.tick(engine.clock.now())

    assert set(found(engine, world)) == {("feed_gap", "could_not_watch")}
    counts = desk.counts()
    assert counts.unobservable["feed_gap"] == pytest.approx(3600, abs=2)
    assert counts.observable_s == pytest.approx(10, abs=1.1)
    assert counts.frames_analysed == 30


def test_a_desks_own_clock_that_is_set_back_makes_no_silence(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    still = pictures(10)

    for seq in range(10):
        desk.receive(an_entry(engine, world, still[seq], seq))
        desk.tick(engine.clock.now() - HOUR)
    said = [one.message for one in desk.said() if one.channel.startswith("wall:")]

    assert found(engine, world) == []
    assert said
    assert all(isinstance(one, dict) and one["lag_ms"] == 0 for one in said)


def test_frames_of_which_nobody_knows_when_they_were_kept_are_not_looked_at(engine: Engine, networks: Networks) -> None:
    """Ingest takes none such; an older one may have left some in the stream."""
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    (picture,) = pictures(1)

    for seq in range(40):
        desk.receive(an_entry(engine, world, picture, seq, kept=bool(seq % 2)))

    assert found(engine, world) == []
    counts = desk.counts()
    assert (counts.frames_received, counts.frames_analysed, counts.afterwards_s) == (40, 20, 0)
    assert counts.last_seq == 39
    assert counts.observable_s == pytest.approx(39, abs=1.1)


def test_frames_that_go_back_in_time_before_the_start_unlearn_nothing(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    still = pictures(6)

    for seq in range(3):
        desk.receive(an_entry(engine, world, still[seq], seq))
    for seq in range(3, 6):
        desk.receive(an_entry(engine, world, still[seq], seq, ahead=-timedelta(seconds=2 * (seq - 2))))

    assert found(engine, world) == []
    assert desk.counts().observable_s == pytest.approx(3, abs=1.1)


def a_fact(engine: Engine, world: World, kind: FactKind) -> Entry:
    fact = Fact(kind=kind, at=engine.clock.now(), seq=1006, detail="ab" * 32)
    return Entry(sitting_id=world.sitting_id, happened=fact, tally=Tally(received=6), id="6")


def test_a_chain_that_we_lost_accuses_nobody_and_is_in_the_log(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for seq, picture in enumerate(pictures(6)):
        desk.receive(an_entry(engine, world, picture, seq))

    desk.receive(a_fact(engine, world, FactKind.CHAIN_LOST))

    assert found(engine, world) == []
    with engine.store.read() as tx:
        payload = tx.connection.exec_driver_sql("SELECT payload FROM audit_entries WHERE kind = 'chain_lost'").scalar_one()
    assert '"next_seq": 1006' in payload
    assert "ab" * 32 in payload


def test_frames_played_back_are_a_broken_chain_which_a_person_decides_on_and_telling_it_again_changes_nothing(
    engine: Engine, networks: Networks
) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for seq, picture in enumerate(pictures(6)):
        desk.receive(an_entry(engine, world, picture, seq))

    for _ in range(2):
        desk.receive(a_fact(engine, world, FactKind.FRAMES_REPLAYED))

    assert found(engine, world) == [("chain_broken", "alert")]
