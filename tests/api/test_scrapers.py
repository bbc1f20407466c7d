"""Who may read the numbers of the two servers."""

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.ingest import create_ingest
from assessment_engine.services.engine import Engine
from tests.api.client import TestClient

TOKEN = "5f1d9c"
ELSEWHERE = "203.0.113.7"


@pytest.fixture(params=["delivery", "ingest"])
def app(request: pytest.FixtureRequest, engine: Engine) -> FastAPI:
    if request.param == "delivery":
        return create_app(engine, metrics_token=TOKEN)
    return create_ingest(engine, "redis://127.0.0.1:1", metrics_token=TOKEN)


def status(app: FastAPI, address: str, **headers: str) -> int:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    answer = TestClient(app, client=(address, 50000)).get("/metrics", headers=sent)
    assert "http_request" not in answer.text or answer.status_code == 200
    return int(answer.status_code)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "0", TOKEN.upper(), "क"])
def test_another_machine_without_the_token_reads_nothing(app: FastAPI, token: str) -> None:
    assert status(app, ELSEWHERE) == 401
    assert status(app, ELSEWHERE, Authorization=f"Bearer {token}") == 401
    assert status(app, ELSEWHERE, Authorization=f"Basic {TOKEN}") == 401


def test_what_a_proxy_on_this_machine_sends_on_is_not_from_here(app: FastAPI) -> None:
    assert status(app, "127.0.0.1", X_Forwarded_For=ELSEWHERE) == 401
    assert status(app, "127.0.0.1", Via="1.1 front") == 401


def test_a_deployment_without_a_token_takes_none(engine: Engine) -> None:
    assert status(create_app(engine), ELSEWHERE, Authorization="Bearer ") == 401
    assert status(create_app(engine), ELSEWHERE, Authorization="Bearer None") == 401


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_reads_without_a_token(engine: Engine, address: str) -> None:
    assert status(create_app(engine), address) == 200


def test_a_scraper_elsewhere_brings_the_token(engine: Engine) -> None:
    app = create_app(engine, metrics_token=TOKEN)

    assert status(app, ELSEWHERE, Authorization=f"Bearer {TOKEN}") == 200
    assert status(app, ELSEWHERE, Authorization=f"bearer {TOKEN}", X_Forwarded_For=ELSEWHERE) == 200
