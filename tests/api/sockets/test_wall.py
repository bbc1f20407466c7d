"""The wall's socket: who may open it, and that one session's wall never tells of another's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.sockets.wall import EVERY_S, PICTURES_EVERY
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from proctoring.channel import CloseCode
from tests.running import Valkey, until


@contextmanager
def a_wall(engine: Engine, session: str = "ses_1", ticket: str | None = None, origin: str | None = None) -> Iterator[ClientConnection]:
    address = f"{engine.ingest_url}/wall?ticket={ticket or tickets.issue(engine, 'wall', session)}"
    with connect(address, additional_headers={"Origin": origin or engine.public_url}) as socket:
        yield socket


def close_code(engine: Engine, **changes: str) -> int:
    """The code with which a wall is turned away."""
    with a_wall(engine, **changes) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=30)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def was_heard(wall: ClientConnection, sitting: str) -> None:
    """Wait until the server has done all that this wall said: it takes one thing after the other, and tells a look back."""
    wall.send(json.dumps({"type": "looked", "sitting": sitting}))
    assert json.loads(wall.recv(timeout=30)) == [{"type": "looked", "sitting": sitting}]


def test_a_ticket_that_is_not_for_now_and_for_walls_opens_nothing(engine: Engine) -> None:
    expired = tickets.issue(engine, "wall", "ses_1", timedelta(seconds=-1))

    for ticket in (tickets.issue(engine, "camera", "ses_1"), expired, "none", expired[:-8]):
        assert close_code(engine, ticket=ticket) == CloseCode.TICKET


def test_a_ticket_that_was_used_opens_nothing_when_it_is_stolen(engine: Engine) -> None:
    ticket = tickets.issue(engine, "wall", "ses_1")
    with a_wall(engine, ticket=ticket) as socket, pytest.raises(TimeoutError):
        socket.recv(timeout=0.2)  # it stays open

    assert close_code(engine, ticket=ticket) == CloseCode.TICKET


def test_a_page_from_elsewhere_sees_no_wall(engine: Engine) -> None:
    assert close_code(engine, origin="https://evil.example") == CloseCode.ORIGIN


def test_what_is_published_for_a_session_reaches_its_walls_and_no_others(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    with a_wall(engine, "ses_1") as first, a_wall(engine, "ses_2") as second:
        assert until(lambda: store.publish("wall:ses_1", json.dumps({"type": "seen", "sitting": "sit_1"})))
        assert json.loads(first.recv(timeout=30)) == [{"type": "seen", "sitting": "sit_1"}]

        with pytest.raises(TimeoutError):
            second.recv(timeout=0.3)
    store.close()


def test_a_thumbnail_is_given_to_the_walls_of_its_session_only(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.set("thumb:ses_1:sit_1", b"\xff\xd8 small")
    asked = json.dumps({"type": "visible", "sittings": ["sit_1", "sit_unknown"]})
    with a_wall(engine, "ses_1") as first, a_wall(engine, "ses_2") as second:
        first.send(asked)
        second.send(asked)

        assert first.recv(timeout=30) == b"\x05sit_1\x00\x00\x00\x08\xff\xd8 small"
        with pytest.raises(TimeoutError):
            second.recv(timeout=0.3)
    store.close()


def test_only_pictures_that_changed_of_tiles_in_sight_are_sent(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.mset({"thumb:ses_1:sit_1": b"one", "thumb:ses_1:sit_2": b"two"})
    with a_wall(engine, "ses_1") as wall:
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


def test_what_somebody_wrote_is_told_to_the_candidates_own_page_only(engine: Engine, valkey: Valkey) -> None:
    store = Redis.from_url(valkey.url)
    store.set("thumb:ses_1:sit_1", b"one")
    heard = store.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.psubscribe("page:*")
    assert until(store.pubsub_numpat)
    with a_wall(engine, "ses_1") as wall, a_wall(engine, "ses_2") as other:
        for one in (other, wall):  # the first is of another session
            one.send(json.dumps({"type": "wrote", "sitting": "sit_1"}))
            was_heard(one, "sit_1")
    store.publish("page:last", "all that came before this was told by now")
    told = []
    assert until(lambda: told.append(heard.get_message(timeout=0.1)) or (told[-1] or {}).get("channel") == b"page:last")  # type: ignore[func-returns-value]
    heard.close()
    store.close()

    assert [(one["channel"], one["data"]) for one in told[:-1] if one] == [(b"page:sit_1", b'{"type": "news"}')]


BAD = ["", "no json", "[]", "7", '{"type": "visible"}', '{"type": "visible", "sittings": [1, {}]}', '{"type": "wrote"}']


@pytest.mark.parametrize("said", BAD)
def test_what_a_wall_says_badly_is_passed_over(engine: Engine, valkey: Valkey, said: str) -> None:
    store = Redis.from_url(valkey.url)
    with a_wall(engine) as socket:
        socket.send(said)
        assert until(lambda: store.publish("wall:ses_1", '{"type": "seen"}'))

        assert json.loads(socket.recv(timeout=30)) == [{"type": "seen"}]
    store.close()
