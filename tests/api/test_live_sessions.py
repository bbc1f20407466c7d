"""Who is signed in, as a whole hall asks it: remembered for a moment, looked up together, forgotten at once when somebody signs out."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import event, update

from api.app import create_app
from api.live_sessions import LASTS, LiveSessions
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotSignedIn, TokenExpired
from assessment_engine.people import SESSION_LASTS
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from assessment_engine.storage.schema import metadata
from tests.api.client import TestClient
from tests.builders import a_person, a_world, an_organisation, steer


@pytest.fixture
def looks(engine: Engine) -> Callable[[], int]:
    """How often the sessions were looked up."""
    statements: list[str] = []

    @event.listens_for(engine.store.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    return lambda: sum("FROM login_sessions" in statement for statement in statements)


def a_token(engine: Engine) -> str:
    return people.open_session(engine, a_person(engine, an_organisation(engine)).person_id).token


def test_many_who_ask_at_once_are_looked_up_together_and_remembered(engine: Engine, looks: Callable[[], int]) -> None:
    tokens = [a_token(engine) for _ in range(8)]
    sessions = LiveSessions(engine)

    async def ask() -> None:
        await sessions.signed_in(tokens[0])
        signed = await asyncio.gather(*(sessions.signed_in(token) for token in tokens * 2))
        assert [one.token for one in signed] == tokens * 2

    asyncio.run(ask())

    assert looks() == 2


def test_what_is_remembered_is_looked_up_again_soon_and_never_outlives_the_session(engine: Engine, looks: Callable[[], int]) -> None:
    token, sessions = a_token(engine), LiveSessions(engine)

    asyncio.run(sessions.signed_in(token))
    steer(engine).advance(LASTS.total_seconds())
    asyncio.run(sessions.signed_in(token))
    assert looks() == 2

    steer(engine).advance(SESSION_LASTS.total_seconds() - LASTS.total_seconds() - 1)
    asyncio.run(sessions.signed_in(token))
    steer(engine).advance(1)
    with pytest.raises(TokenExpired):
        asyncio.run(sessions.signed_in(token))


def test_an_unknown_token_is_refused_alone_and_is_not_remembered(engine: Engine, looks: Callable[[], int]) -> None:
    token, sessions = a_token(engine), LiveSessions(engine)

    async def ask() -> None:
        known, unknown = await asyncio.gather(sessions.signed_in(token), sessions.signed_in("nobody's"), return_exceptions=True)
        assert not isinstance(known, BaseException) and known.token == token
        assert isinstance(unknown, NotSignedIn)
        with pytest.raises(NotSignedIn):
            await sessions.signed_in("nobody's")

    asyncio.run(ask())

    assert looks() >= 2


def test_who_signs_out_here_saves_no_more_answers(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.IN_PROGRESS)
    token = people.open_session(engine, world.candidate.person_id).token
    ledger = delivery.open_ledger(engine)
    headers, path = {"Authorization": f"Bearer {token}"}, f"/api/v1/sittings/{world.sitting_id}/answers/{world.items[0]}"
    with TestClient(create_app(engine, ledger)) as client:
        saved = client.put(path, json={"revision": 1, "response": {"RESPONSE": "A"}}, headers=headers)
        client.post("/api/v1/logout", headers=headers)

        refused = client.put(path, json={"revision": 2, "response": {"RESPONSE": "B"}}, headers=headers)

    ledger.stop()
    assert (saved.status_code, refused.status_code) == (200, 401)
    assert refused.json()["error"]["code"] == "token_expired"


def test_what_another_process_ended_is_known_here_within_seconds(engine: Engine) -> None:
    token, sessions, table = a_token(engine), LiveSessions(engine), metadata.tables["login_sessions"]
    asyncio.run(sessions.signed_in(token))
    with engine.store.begin() as tx:
        tx.connection.execute(update(table).values(ended_at=engine.clock.now()))

    steer(engine).advance(LASTS.total_seconds())

    with pytest.raises(TokenExpired):
        asyncio.run(sessions.signed_in(token))
