"""The wall's socket on a real server and a real frames store."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from proctoring.channel import CloseCode
from tests.builders import an_engine
from tests.running import Valkey, a_valkey, an_ingest, until
from workers.frames import Shards

SESSION, SITTING = "ses_1", "sit_1"


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


@pytest.fixture
def engine(valkey: Valkey, tmp_path: Path) -> Iterator[Engine]:
    with an_ingest(an_engine(tmp_path), valkey.url) as engine:
        yield engine
        engine.store.engine.dispose()


def a_wall(
    engine: Engine, session: str = SESSION, kind: str = "wall", origin: str = "http://localhost:8000"
) -> AbstractContextManager[ClientConnection]:
    ticket = tickets.issue(engine, kind, session, timedelta(seconds=60))
    return connect(f"{engine.ingest_url}/wall?ticket={ticket}", origin=Origin(origin))


def heard(wall: ClientConnection) -> Any:
    return json.loads(wall.recv(timeout=5))


def listeners(valkey: Valkey) -> int:
    store = Redis.from_url(valkey.url)
    number = int(store.pubsub_numpat())
    store.close()
    return number


def test_a_wall_hears_of_its_own_session_only(engine: Engine, valkey: Valkey) -> None:
    shards = Shards(valkey.url, "tests")
    with a_wall(engine) as wall:
        assert until(lambda: listeners(valkey) > 0)
        shards.publish("wall:ses_other", {"type": "seen", "sitting": "sit_other"})
        shards.publish(f"wall:{SESSION}", {"type": "seen", "sitting": SITTING})

        assert heard(wall) == {"type": "seen", "sitting": SITTING}
    shards.leave()


def test_a_persons_look_is_told_to_every_wall_now_and_later(engine: Engine) -> None:
    with a_wall(engine) as first, a_wall(engine) as second:
        first.send(json.dumps({"type": "looked", "sitting": SITTING}))

        assert heard(first) == heard(second) == {"type": "looked", "sitting": SITTING, "ago_ms": 0}
        with a_wall(engine) as later:
            told = heard(later)
    assert (told["sitting"], told["ago_ms"] >= 0) == (SITTING, True)


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"type": "looked"}', '{"type": "thumbs", "sittings": 7}', '{"type": "looked", "sitting": ["a"]}']
)
def test_what_a_wall_cannot_mean_is_ignored(engine: Engine, said: str) -> None:
    with a_wall(engine) as wall:
        wall.send(said)
        wall.send(json.dumps({"type": "looked", "sitting": SITTING}))

        assert heard(wall)["type"] == "looked"


@pytest.mark.parametrize(
    ("given", "code"), [({"kind": "camera"}, CloseCode.TICKET), ({"origin": "http://elsewhere.example"}, CloseCode.ORIGIN)]
)
def test_a_wall_opens_with_its_own_ticket_from_our_own_pages(engine: Engine, given: dict[str, str], code: CloseCode) -> None:
    with a_wall(engine, **given) as wall, pytest.raises(ConnectionClosed) as closed:
        wall.recv(timeout=5)

    assert closed.value.rcvd is not None and closed.value.rcvd.code == code
