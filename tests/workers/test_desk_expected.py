"""A desk expects whom an arrangement enrols: the scribe raises nothing, anybody else does; who cannot be told apart is said."""

from datetime import timedelta

import cv2
import numpy as np
import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.services import checkin, dismissals, evidence, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame
from proctoring.expected import Expected
from proctoring.policy import Kind
from proctoring.vision import demo_footage
from proctoring.vision.companions import Scribe
from proctoring.vision.demo_footage import jpeg
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels
from tests.builders import World, a_world, steer
from tests.services.hall import a_found_thing, a_hall
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

BLANK = jpeg(np.full((480, 640, 3), 128, np.uint8))


def two_people() -> bytes:
    """The candidate's photograph twice, side by side."""
    one = cv2.imdecode(np.frombuffer(demo_footage.portrait(), np.uint8), cv2.IMREAD_COLOR)
    assert one is not None
    half: Pixels = np.asarray(cv2.resize(one, (320, 338)), np.uint8)
    both = np.full((480, 640, 3), 120, np.uint8)
    both[70:408, :320], both[70:408, 320:] = half, half
    return jpeg(both)


def a_watched_world(engine: Engine, scribe: bytes | None) -> World:
    """A candidate whose face is known, with a scribe enrolled by this picture."""
    world = a_world(engine)
    checkin.keep_roster_pictures(engine, world.sitting_id, demo_footage.portrait(), None)
    if scribe is None:
        return world
    blob = f"arrangements/{world.sitting_id}/scribe"
    engine.blobs.put(blob, evidence.data_key(engine, world.sitting_id).encrypt(blob, scribe))
    rules: dict[str, Json] = {"second_person": True, "scribe": {"name": "Meena Iyer", "face_blob": blob}}
    with engine.store.begin() as tx:
        tx.exams.arrange(tx.sittings.get(world.sitting_id).registration_id, rules)
    return world


@pytest.mark.parametrize(
    ("scribe", "known", "found"),
    [
        (demo_footage.portrait(), Scribe.RECOGNISED, []),
        (None, None, [Kind.SEVERAL_PEOPLE]),
        (BLANK, Scribe.NO_FACE, []),  # nobody can be told from the scribe: nobody is accused, and it is said
    ],
)
def test_an_enrolled_scribe_is_expected_and_nobody_else(
    engine: Engine, networks: Networks, scribe: bytes | None, known: Scribe | None, found: list[Kind]
) -> None:
    world, picture = a_watched_world(engine, scribe), two_people()
    desk = Desk(engine, watches.orders(engine, world.sitting_id), networks, {})
    for seq in range(10):
        frame = Frame(seq=seq, at=steer(engine).advance(0.5), kept=False, jpeg=picture, nonce=bytes(16), head=bytes([seq]) * 32)
        desk.receive(Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1), id=str(seq)))

    with engine.store.read() as tx:
        assert [one.kind for one in tx.incidents.of_sitting(world.sitting_id) if one.tier == "alert"] == found
    assert desk.counts().scribe == (None if known is None else known.value)


def test_what_is_dismissed_during_the_watch_is_expected_by_it_and_by_the_next_owner(engine: Engine, networks: Networks) -> None:
    hall = a_hall(engine)
    desk = Desk(engine, watches.orders(engine, hall.sittings[0]), networks, {})
    assert desk.expected == Expected()
    dismissals.dismiss(engine, hall.ravi, a_found_thing(engine, hall.sittings[0]))
    steer(engine).advance(timedelta(seconds=1).total_seconds())

    (told,) = dismissals.expected(engine, [desk.sitting]).values()  # what the worker asks every second
    desk.expect(told)

    after = Desk(engine, watches.orders(engine, hall.sittings[0]), networks, {})
    assert desk.expected == after.expected == told != Expected()
