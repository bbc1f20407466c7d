"""An exam that asks for Safe Exam Browser opens in no other; one that does not asks nobody."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.api.client import TestClient
from tests.builders import World, a_world, an_engine, steer

HOME = "https://exams.example"
KEY, EXAM_KEY = "0123456789abcdef" * 4, "fedcba9876543210" * 4


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = replace(an_engine(tmp_path), public_url=HOME)
    yield engine
    engine.store.engine.dispose()


@pytest.fixture
def client(engine: Engine, ledger: AnswerLedger) -> Iterator[Any]:
    with TestClient(create_app(engine, ledger), base_url="http://10.0.0.7:8000", follow_redirects=False) as client:
        yield client


def locked(engine: Engine, state: SittingState = SittingState.IN_PROGRESS, **keys: list[str]) -> World:
    """A world whose exam asks for these keys."""
    world = a_world(engine, state=state)
    exams = metadata.tables["exams"]
    with engine.store.begin() as tx:
        tx.connection.execute(update(exams).where(exams.c.id == world.exam_id).values(policy={"pass_share": "0.5", **keys}))
    return world


def come_in(client: Any, engine: Engine, world: World) -> str:
    token = people.open_session(engine, world.candidate.person_id).token
    client.headers["Authorization"] = f"Bearer {token}"
    return f"/api/v1/sittings/{world.sitting_id}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fitting(path: str, key: str = KEY) -> dict[str, str]:
    return {"X-SafeExamBrowser-ConfigKeyHash": sha256(HOME + path + key)}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_answers_items_and_the_start_are_refused_without_a_fitting_header(client: Any, engine: Engine) -> None:
    world = locked(engine, config_keys=[KEY])
    base = come_in(client, engine, world)
    answer, item = f"{base}/answers/{world.items[0]}", f"{base}/items/{world.items[0]}?lang=en"
    body = {"revision": 1, "response": {"RESPONSE": "A"}}

    assert code(client.put(answer, json=body)) == (403, "browser_not_allowed")
    assert code(client.put(answer, json=body, headers=fitting(f"{base}/elsewhere"))) == (403, "browser_not_allowed")
    assert code(client.get(item)) == (403, "browser_not_allowed")
    assert code(client.post(f"{base}/start")) == (403, "browser_not_allowed")
    assert code(client.get(f"{base}/answer-file-key")) == (403, "browser_not_allowed")  # no file of answers without the browser
    assert client.get(base).json()["revision"] == 0

    assert client.put(answer, json=body, headers=fitting(answer)).status_code == 200
    assert client.get(item, headers=fitting(item)).status_code == 200
    assert client.post(f"{base}/start", headers=fitting(f"{base}/start")).status_code == 200


def test_the_browser_exam_key_comes_in_its_own_header(client: Any, engine: Engine) -> None:
    world = locked(engine, browser_exam_keys=[EXAM_KEY])
    base = come_in(client, engine, world)
    item = f"{base}/items/{world.items[0]}?lang=hi"

    assert code(client.get(item, headers=fitting(item, EXAM_KEY))) == (403, "browser_not_allowed")
    assert client.get(item, headers={"X-SafeExamBrowser-RequestHash": sha256(HOME + item + EXAM_KEY)}).status_code == 200


def test_the_page_says_what_to_do_and_does_not_open(client: Any, engine: Engine) -> None:
    world = locked(engine, SittingState.ADMITTED, config_keys=[KEY])
    come_in(client, engine, world)
    page = f"/candidate/sittings/{world.sitting_id}/exam"

    refused = client.get(page)
    client.cookies.set("lang", "hi")
    in_hindi = client.get(page)

    assert refused.status_code == 403
    assert "This exam needs Safe Exam Browser" in refused.text
    assert "safe_browser_page.js" in refused.text
    assert "परीक्षा प्रकोष्ठ" in in_hindi.text
    assert client.post(page.replace("/exam", "/start")).status_code == 403
    assert delivery.my_sitting(engine, world.candidate, world.sitting_id).state is SittingState.ADMITTED
    assert client.get(page, headers=fitting(page)).status_code == 200


def test_what_the_browser_told_our_script_counts_for_this_sitting_only(client: Any, engine: Engine) -> None:
    world = locked(engine, config_keys=[KEY])
    base = come_in(client, engine, world)
    item = f"{base}/items/{world.items[0]}?lang=en"

    def with_cookie(page: str, key: str = KEY) -> int:
        client.cookies.set("safe_browser", quote(f"{page}|{sha256(page + key)}|", safe=""))
        return int(client.get(item).status_code)

    assert with_cookie(f"{HOME}/candidate/sittings/{world.sitting_id}/exam?lang=hi") == 200
    assert with_cookie(f"{HOME}/candidate/sittings/{world.sitting_id}/exam", EXAM_KEY) == 403
    assert with_cookie(f"{HOME}/candidate/sittings/sit_other/exam") == 403
    assert with_cookie(f"https://elsewhere.example/candidate/sittings/{world.sitting_id}/exam") == 403


def test_an_exam_without_keys_asks_nothing_beside_one_that_does(client: Any, engine: Engine) -> None:
    locked(engine, config_keys=[KEY])
    world = a_world(engine)
    base = come_in(client, engine, world)

    saved = client.put(f"{base}/answers/{world.items[0]}", json={"revision": 1, "response": {"RESPONSE": "A"}})

    assert saved.status_code == 200


def test_keys_that_are_set_later_are_asked_for_soon(client: Any, engine: Engine) -> None:
    world = a_world(engine)
    base = come_in(client, engine, world)
    item = f"{base}/items/{world.items[0]}"
    assert client.get(item).status_code == 200

    exams = metadata.tables["exams"]
    with engine.store.begin() as tx:
        tx.connection.execute(update(exams).where(exams.c.id == world.exam_id).values(policy={"config_keys": [KEY]}))
    steer(engine).advance(10)

    assert code(client.get(item)) == (403, "browser_not_allowed")


def test_a_sitting_that_is_not_there_is_not_found_whatever_the_browser(client: Any, engine: Engine) -> None:
    world = locked(engine, config_keys=[KEY])
    base = come_in(client, engine, world)

    assert code(client.get(f"{base.replace(world.sitting_id, 'sit_other')}/items/itv_1")) == (404, "not_found")
