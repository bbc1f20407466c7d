"""A person's look at a candidate, told to every wall of the session; and what a wall cannot mean."""

import json
from contextlib import AbstractContextManager
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from tests.api.sockets.walls import a_ticket, an_invigilator, was_heard

SESSION, SITTING = "ses_1", "sit_1"
LOOKED = json.dumps({"type": "looked", "sitting": SITTING})


@pytest.fixture
def ravi(engine: Engine) -> Actor:
    return an_invigilator(engine)[1]


def a_wall(engine: Engine, who: Actor, session: str = SESSION) -> AbstractContextManager[ClientConnection]:
    return connect(f"{engine.ingest_url}/wall?ticket={a_ticket(engine, who, session)}", origin=Origin("http://localhost:8000"))


def heard(wall: ClientConnection) -> Any:
    (told,) = json.loads(wall.recv(timeout=30))
    return told


def test_a_persons_look_is_told_to_every_wall_of_the_session(engine: Engine, ravi: Actor) -> None:
    with a_wall(engine, ravi) as first, a_wall(engine, ravi, "ses_2") as other:
        was_heard(first, "sit_0")  # it has joined: a socket is open before its ticket is looked at
        was_heard(other, "sit_0")
        with a_wall(engine, ravi) as second:
            second.send(LOOKED)

            assert heard(first) == heard(second) == {"type": "looked", "sitting": SITTING}
            with pytest.raises(TimeoutError):
                other.recv(timeout=0.3)


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"type": "looked"}', '{"type": "visible", "sittings": 7}', '{"type": "looked", "sitting": ["a"]}']
)
def test_what_a_wall_cannot_mean_is_ignored(engine: Engine, ravi: Actor, said: str) -> None:
    with a_wall(engine, ravi) as wall:
        wall.send(said)
        wall.send(LOOKED)

        assert heard(wall)["type"] == "looked"
