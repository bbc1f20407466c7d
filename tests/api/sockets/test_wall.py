"""The wall's socket: who may open it, and that one session's wall never tells of another's."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.sockets.wall import BARRED_EVERY_S, EVERY_S, PICTURES_EVERY
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.errors import NotAllowed
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor
from assessment_engine.services import interests, tickets
from assessment_engine.services import wall as wall_service
from assessment_engine.services.engine import Engine
from proctoring.channel import CloseCode
from tests.api.sockets.walls import a_ticket, an_invigilator, was_heard
from tests.builders import World, a_person, a_stored_sitting
from tests.running import Valkey, until


@dataclass(frozen=True, kw_only=True)
class Stage:
    """An engine with an ingest process, a world, and who watches it."""

    engine: Engine
    world: World
    ravi: Actor

    @contextmanager
    def wall(self, session: str = "ses_1", ticket: str | None = None, origin: str | None = None) -> Iterator[ClientConnection]:
        address = f"{self.engine.ingest_url}/wall?ticket={ticket or a_ticket(self.engine, self.ravi, session)}"
        with connect(address, additional_headers={"Origin": origin or self.engine.public_url}) as socket:
            yield socket

    def close_code(self, **changes: str) -> int:
        """The code with which a wall is turned away."""
        with self.wall(**changes) as socket, pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


@pytest.fixture
def stage(engine: Engine) -> Stage:
    world, ravi = an_invigilator(engine)
    return Stage(engine=engine, world=world, ravi=ravi)


def test_a_ticket_that_is_not_for_now_and_for_walls_opens_nothing(stage: Stage) -> None:
    expired = a_ticket(stage.engine, stage.ravi, lasts=timedelta(seconds=-1))

    for ticket in (
        tickets.issue(stage.engine, "camera", "ses_1"),
        tickets.issue(stage.engine, "wall", "ses_1"),
        expired,
        "none",
        expired[:-8],
    ):
        assert stage.close_code(ticket=ticket) == CloseCode.TICKET


def test_a_ticket_that_was_used_opens_nothing_when_it_is_stolen(stage: Stage) -> None:
    ticket = a_ticket(stage.engine, stage.ravi)
    with stage.wall(ticket=ticket) as socket, pytest.raises(TimeoutError):
        socket.recv(timeout=0.2)  # it stays open

    assert stage.close_code(ticket=ticket) == CloseCode.TICKET


def test_a_page_from_elsewhere_sees_no_wall(stage: Stage) -> None:
    assert stage.close_code(origin="https://evil.example") == CloseCode.ORIGIN


def test_what_is_published_for_a_session_reaches_its_walls_and_no_others(stage: Stage, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    with stage.wall("ses_1") as first, stage.wall("ses_2") as second:
        was_heard(first, "sit_1")
        was_heard(second, "sit_1")
        assert until(lambda: store.publish("wall:ses_1", json.dumps({"type": "seen", "sitting": "sit_1"})))
        assert json.loads(first.recv(timeout=30)) == [{"type": "seen", "sitting": "sit_1"}]

        with pytest.raises(TimeoutError):
            second.recv(timeout=0.3)
    store.close()


def test_a_thumbnail_is_given_to_the_walls_of_its_session_only(stage: Stage, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.set("thumb:ses_1:sit_1", b"\xff\xd8 small")
    asked = json.dumps({"type": "visible", "sittings": ["sit_1", "sit_unknown"]})
    with stage.wall("ses_1") as first, stage.wall("ses_2") as second:
        first.send(asked)
        second.send(asked)

        assert first.recv(timeout=30) == b"\x05sit_1\x00\x00\x00\x08\xff\xd8 small"
        with pytest.raises(TimeoutError):
            second.recv(timeout=0.3)
    store.close()


def test_only_pictures_that_changed_of_tiles_in_sight_are_sent(stage: Stage, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.mset({"thumb:ses_1:sit_1": b"one", "thumb:ses_1:sit_2": b"two"})
    with stage.wall("ses_1") as wall:
        wall.send(json.dumps({"type": "visible", "sittings": ["sit_1"]}))
        assert wall.recv(timeout=30) == b"\x05sit_1\x00\x00\x00\x03one"

        wall.send(json.dumps({"type": "visible", "sittings": ["sit_1", "sit_2"]}))
        assert wall.recv(timeout=30) == b"\x05sit_2\x00\x00\x00\x03two"  # the first has not changed
        wall.send(json.dumps({"type": "visible", "sittings": []}))  # the page is hidden
        was_heard(wall, "sit_1")
        store.set("thumb:ses_1:sit_1", b"new")
        with pytest.raises(TimeoutError):
            wall.recv(timeout=1.5 * EVERY_S * PICTURES_EVERY)
        wall.send(json.dumps({"type": "visible", "sittings": ["sit_1"]}))
        assert wall.recv(timeout=30) == b"\x05sit_1\x00\x00\x00\x03new"
    store.close()


def test_what_somebody_wrote_is_told_to_the_candidates_own_page_only(stage: Stage, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.set("thumb:ses_1:sit_1", b"one")
    heard = store.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.psubscribe("page:*")
    assert until(store.pubsub_numpat)
    with stage.wall("ses_1") as wall, stage.wall("ses_2") as other:
        for one in (other, wall):  # the first is of another session
            one.send(json.dumps({"type": "wrote", "sitting": "sit_1"}))
            was_heard(one, "sit_1")
    store.publish("page:last", "all that came before this was told by now")
    told = []
    assert until(lambda: told.append(heard.get_message(timeout=0.1)) or (told[-1] or {}).get("channel") == b"page:last")  # type: ignore[func-returns-value]
    heard.close()
    store.close()

    assert [(one["channel"], one["data"]) for one in told[:-1] if one] == [(b"page:sit_1", b'{"type": "news"}')]


def test_a_wall_is_sent_nothing_of_somebody_whom_its_holder_knows(stage: Stage, valkey: Valkey) -> None:
    store, engine, world = Redis.from_url(valkey.url), stage.engine, stage.world
    session, known = world.session_id, world.sitting_id
    neighbour = a_person(engine, world.organisation_id, name="Neighbour")
    other = a_stored_sitting(engine, neighbour, world.exam_id, session, world.form_id)
    seen = {one: json.dumps({"type": "seen", "sitting": one}) for one in (known, other)}
    visible = json.dumps({"type": "visible", "sittings": [known, other]})

    def pictures_of(wall: ClientConnection, n: int) -> list[bool]:
        store.mset({f"thumb:{session}:{one}": f"picture {n}" for one in (known, other)})
        wall.send(visible)
        message = wall.recv(timeout=30)
        assert isinstance(message, bytes)
        return [one.encode() in message for one in (known, other)]

    with stage.wall(session) as before:  # opened while nobody had said anything
        assert pictures_of(before, 1) == [True, True]
        interests.declare(engine, stage.ravi, known, Tie.KNOWS)
        time.sleep(BARRED_EVERY_S + 1)
        with stage.wall(session) as after:
            was_heard(after, other)  # it has joined
            while isinstance(message := before.recv(timeout=30), bytes):
                pass  # the same picture, sent again
            assert json.loads(message) == [{"type": "looked", "sitting": other}]
            for n, wall in enumerate((before, after), 2):
                assert pictures_of(wall, n) == [False, True]
                wall.send('{"type": "visible", "sittings": []}')
                wall.send(json.dumps({"type": "looked", "sitting": known}))  # no wall is told of a look that nobody may take
                for one in (known, other):
                    store.publish(f"wall:{session}", seen[one])
                assert json.loads(wall.recv(timeout=30)) == [json.loads(seen[other])]
                if wall is before:
                    assert json.loads(after.recv(timeout=30)) == [json.loads(seen[other])]
    store.close()


def test_a_wall_is_closed_once_its_holder_is_no_staff_any_more(stage: Stage) -> None:
    with stage.wall() as wall:
        was_heard(wall, "sit_1")
        with stage.engine.store.begin() as tx:
            tx.connection.exec_driver_sql(f"UPDATE roles SET ends_on = '2026-11-01' WHERE person_id = '{stage.ravi.person_id}'")  # noqa: S608
        with pytest.raises(ConnectionClosed) as closed:
            wall.recv(timeout=30)

    assert closed.value.rcvd is not None and closed.value.rcvd.code == CloseCode.TICKET
    with pytest.raises(NotAllowed):
        wall_service.barred(stage.engine, stage.ravi.person_id, SessionId("ses_1"))


BAD = ["", "no json", "[]", "7", '{"type": "visible"}', '{"type": "visible", "sittings": [1, {}]}', '{"type": "wrote"}']


@pytest.mark.parametrize("said", BAD)
def test_what_a_wall_says_badly_is_passed_over(stage: Stage, valkey: Valkey, said: str) -> None:
    store = Redis.from_url(valkey.url)
    with stage.wall() as socket:
        socket.send(said)
        was_heard(socket, "sit_1")
        assert until(lambda: store.publish("wall:ses_1", '{"type": "seen"}'))

        assert json.loads(socket.recv(timeout=30)) == [{"type": "seen"}]
    store.close()
