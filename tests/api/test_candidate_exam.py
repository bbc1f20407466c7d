"""The pages around the paper: before the start, the paper's frame, the receipt."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.api.client import TestClient
from tests.builders import World, a_person, a_world, steer


@pytest.fixture
def client(engine: Engine, ledger: AnswerLedger) -> Iterator[Any]:
    with TestClient(create_app(engine, ledger), follow_redirects=False) as client:
        yield client


def come_in(client: Any, engine: Engine, world: World, lang: str = "en") -> str:
    """Sign the candidate in; returns the address of their sitting."""
    signed = people.open_session(engine, world.candidate.person_id)
    client.cookies.set("session", signed.token)
    client.cookies.set("lang", lang)
    client.headers["X-CSRF-Token"] = signed.csrf
    return f"/candidate/sittings/{world.sitting_id}"


def test_before_the_start_the_page_says_what_is_to_come(client: Any, engine: Engine) -> None:
    base = come_in(client, engine, a_world(engine, state=SittingState.ADMITTED))

    page = client.get(f"{base}/exam").text

    assert "60 minutes" in page
    assert "Start the exam" in page
    assert "The time runs on" in page


def test_a_double_click_on_start_opens_one_paper(client: Any, engine: Engine) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    base = come_in(client, engine, world)

    first = client.post(f"{base}/start")
    started = delivery.my_sitting(engine, world.candidate, world.sitting_id).started_at
    steer(engine).advance(2)
    second = client.post(f"{base}/start")

    assert first.headers["location"] == second.headers["location"] == f"{base}/exam"
    assert delivery.my_sitting(engine, world.candidate, world.sitting_id).started_at == started


def test_the_paper_has_its_palette_and_no_question_without_script(client: Any, engine: Engine) -> None:
    base = come_in(client, engine, a_world(engine))

    page = client.get(f"{base}/exam").text

    assert page.count('class="palette__question" href=') == 4
    assert "exam_page.js" in page
    assert "Question 1</" not in page


def test_the_paper_speaks_hindi(client: Any, engine: Engine) -> None:
    base = come_in(client, engine, a_world(engine), "hi")

    page = client.get(f"{base}/exam").text

    assert "सहेजें और आगे बढ़ें" in page
    assert "Save & next" not in page
    assert "Save &amp; next" not in page


def test_a_paper_whose_time_is_over_leads_to_the_receipt(client: Any, engine: Engine) -> None:
    world = a_world(engine, duration_s=60)
    base = come_in(client, engine, world)
    steer(engine).advance(61)

    assert client.get(f"{base}/exam").headers["location"] == f"{base}/done"
    assert delivery.my_sitting(engine, world.candidate, world.sitting_id).state is SittingState.SUBMITTED


def test_the_receipt_counts_what_was_answered_and_says_what_comes(client: Any, engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(engine)
    base = come_in(client, engine, world)
    for revision, (item, value) in enumerate([(world.items[0], "A"), (world.items[1], None)], start=1):
        ledger.save(an_offer(world.sitting_id, world.candidate.person_id, item, revision, {"RESPONSE": value})).result(60)

    assert client.get(f"{base}/done").headers["location"] == base
    assert client.post(f"{base}/submit").headers["location"] == f"{base}/done"
    page = client.get(f"{base}/done").text

    _, seal = delivery.receipts(engine, world.candidate, world.sitting_id)
    assert seal is not None
    assert seal.ledger_sha256 in page
    assert "The answers are being scored." in page
    assert '<td class="number">1</td><td class="number">1</td>' in page


def test_the_receipts_come_as_a_file(client: Any, engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(engine)
    base = come_in(client, engine, world)
    ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, {"RESPONSE": "A"})).result(60)
    assert client.get(f"{base}/receipts.json").status_code == 409
    client.post(f"{base}/submit")

    file = client.get(f"{base}/receipts.json")

    assert file.headers["content-disposition"].startswith("attachment")
    assert [receipt["revision"] for receipt in file.json()["receipts"]] == [1]
    assert file.json()["public_key"]["ed25519_hex"] == engine.signer.receipts.public_bytes.hex()


def test_another_candidate_finds_no_paper(client: Any, engine: Engine) -> None:
    world = a_world(engine)
    base = come_in(client, engine, world)
    stranger = people.open_session(engine, a_person(engine, world.organisation_id).person_id)
    client.cookies.set("session", stranger.token)
    client.headers["X-CSRF-Token"] = stranger.csrf

    answers = [client.get(f"{base}/{path}") for path in ("exam", "done", "receipts.json")]
    answers += [client.post(f"{base}/{path}") for path in ("start", "submit")]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_an_arrangement_adds_reading_aloud_where_the_exam_has_no_tools(client: Any, engine: Engine) -> None:
    world = a_world(engine)
    base = come_in(client, engine, world)
    assert 'id="read-aloud"' not in client.get(f"{base}/exam").text

    registrations = metadata.tables["registrations"]
    with engine.store.begin() as tx:
        tx.connection.execute(update(registrations).values(arrangements={"read_aloud": True}))

    page = client.get(f"{base}/exam").text
    assert 'id="read-aloud"' in page and 'id="calculator"' not in page
    assert client.get(f"/api/v1/sittings/{world.sitting_id}").json()["tools"] == ["read_aloud"]
