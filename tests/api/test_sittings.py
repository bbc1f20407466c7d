"""The published interface of a sitting, over HTTP, on a real database file and a real ledger."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.bounds import NOTES_A_MINUTE
from assessment_engine.delivery.responses import Receipt, is_genuine
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import challenges, delivery, papers, people
from assessment_engine.services.delivery import NOTES_OF_PAGE
from assessment_engine.services.engine import Engine
from tests.api.client import TestClient
from tests.builders import World, a_person, a_world, an_engine, steer


@dataclass(frozen=True)
class Desk:
    """A candidate at their device."""

    engine: Engine
    world: World
    client: Any
    token: str
    csrf: str

    @property
    def base(self) -> str:
        return f"/api/v1/sittings/{self.world.sitting_id}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str = "") -> Any:
        return self.client.get(self.base + path, headers=self.bearer)

    def post(self, path: str, body: object = None) -> Any:
        return self.client.post(self.base + path, json=body, headers=self.bearer)

    def put(self, revision: object, response: object, item: str | None = None, sitting: str | None = None) -> Any:
        base = f"/api/v1/sittings/{sitting}" if sitting else self.base
        path = f"{base}/answers/{item or self.world.items[0]}"
        return self.client.put(path, json={"revision": revision, "response": response}, headers=self.bearer)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, SittingState.IN_PROGRESS)


@pytest.fixture
def admitted_desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, SittingState.ADMITTED)


def a_desk(folder: Path, state: SittingState) -> Iterator[Desk]:
    engine = an_engine(folder)
    world = a_world(engine, state=state)
    ledger = delivery.open_ledger(engine)
    signed = people.open_session(engine, world.candidate.person_id)
    with TestClient(create_app(engine, ledger), raise_server_exceptions=False) as client:
        yield Desk(engine=engine, world=world, client=client, token=signed.token, csrf=signed.csrf)
    ledger.stop()
    engine.store.engine.dispose()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


A = {"RESPONSE": "A"}


def test_a_sitting_shows_form_revision_server_time_and_deadline(desk: Desk) -> None:
    sitting = desk.get().json()

    assert sitting["state"] == "in_progress"
    assert [section["items"] for section in sitting["form"]["sections"]] == [list(desk.world.items[:2]), list(desk.world.items[2:])]
    assert (sitting["revision"], sitting["answers"], sitting["seal"]) == (0, {}, None)
    assert sitting["server_time"] == "2026-11-23T12:00:00Z"
    assert sitting["deadline"] == "2026-11-23T13:00:00Z"


def test_an_answer_gets_a_genuine_receipt_and_the_same_one_again(desk: Desk) -> None:
    first, second = desk.put(1, A), desk.put(1, A)

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert set(first.json()) == {"sitting", "item", "revision", "response_sha256", "server_time", "key_id", "signature"}
    assert is_genuine(Receipt(**first.json()), desk.engine.signer.receipts.public_bytes)
    answer = desk.get().json()["answers"][desk.world.items[0]]
    assert (answer["revision"], answer["response"]) == (1, A)


def test_bad_answers_have_stable_codes_and_change_nothing(desk: Desk) -> None:
    other = a_world(desk.engine)
    desk.put(5, A)
    before = desk.get().json()

    refused = {
        "stale": desk.put(4, A),
        "reused": desk.put(5, {"RESPONSE": "B"}),
        "future": desk.put(2000, A),
        "another's": desk.put(6, A, sitting=other.sitting_id),
        "no such sitting": desk.put(6, A, sitting="sit_none"),
        "not in the form": desk.put(6, A, item=other.items[0]),
        "no such choice": desk.put(6, {"RESPONSE": "Z"}),
        "no object": desk.put(6, "A"),
        "null": desk.put(6, None),
        "too large": desk.put(6, {"RESPONSE": "x" * 70_000}),
        "no revision": desk.put("6", A),
        "revision zero": desk.put(0, A),
        "revision beyond counting": desk.put(2**31, A),
        "strange id": desk.put(6, A, sitting="sit_%00"),
    }

    assert {name: code(answer) for name, answer in refused.items()} == {
        "stale": (409, "stale_revision"),
        "reused": (409, "revision_reused"),
        "future": (422, "revision_from_the_future"),
        "another's": (404, "not_found"),
        "no such sitting": (404, "not_found"),
        "not in the form": (422, "unknown_item"),
        "no such choice": (422, "wrong_response"),
        "no object": (422, "wrong_response"),
        "null": (422, "wrong_response"),
        "too large": (413, "too_large"),
        "no revision": (422, "invalid"),
        "revision zero": (422, "invalid"),
        "revision beyond counting": (422, "invalid"),
        "strange id": (422, "invalid"),
    }
    assert desk.get().json() == before


def test_a_body_that_is_no_json_is_refused(desk: Desk) -> None:
    path = f"{desk.base}/answers/{desk.world.items[0]}"
    headers = {**desk.bearer, "Content-Type": "application/json"}

    for body in (b"{", b"", b'{"revision": 1, "response": {"RESPONSE": NaN}}', b'{"revision": 1, "response": {"R": "\\ud800"}}', b"\xff"):
        answer = desk.client.put(path, content=body, headers=headers)
        assert answer.status_code in (400, 422), body


def test_an_answer_after_time_is_refused_and_the_sitting_is_sealed(desk: Desk) -> None:
    desk.put(1, A)
    steer(desk.engine).advance(3601)

    assert code(desk.put(2, A)) == (409, "after_time")
    assert code(desk.put(2, A)) == (409, "sitting_sealed")
    assert desk.put(1, A).status_code == 200
    assert desk.get().json()["seal"]["answers"] == 1


def test_a_submit_seals_and_may_be_repeated(desk: Desk) -> None:
    receipt = desk.put(1, A).json()

    seal = desk.post("/submit").json()

    assert desk.post("/submit").json() == seal
    assert desk.get("/receipts").json() == {"receipts": [receipt], "seal": seal}
    assert code(desk.put(2, A)) == (409, "sitting_sealed")
    assert code(desk.post("/camera-ticket")) == (409, "sitting_sealed")


def test_nobody_answers_without_signing_in(desk: Desk) -> None:
    path = f"{desk.base}/answers/{desk.world.items[0]}"
    body = {"revision": 1, "response": A}

    assert code(desk.client.put(path, json=body)) == (401, "not_signed_in")
    assert code(desk.client.put(path, json=body, headers={"Authorization": "Bearer stolen"}))[0] == 401


def test_a_log_in_that_is_over_answers_nothing_more(desk: Desk) -> None:
    stolen = people.open_session(desk.engine, desk.world.candidate.person_id)
    path, body = f"{desk.base}/answers/{desk.world.items[0]}", {"revision": 2, "response": A}
    desk.put(1, A)

    people.sign_out(desk.engine, stolen.token)
    assert code(desk.client.put(path, json=body, headers={"Authorization": f"Bearer {stolen.token}"})) == (401, "token_expired")
    steer(desk.engine).advance(12 * 3600)
    assert code(desk.put(2, A)) == (401, "token_expired")
    assert code(desk.get()) == (401, "token_expired")

    with desk.engine.store.read() as tx:
        assert [receipt.revision for receipt in tx.answers.receipts(desk.world.sitting_id)] == [1]


def test_a_cookie_needs_its_csrf_token_and_a_bearer_token_does_not(desk: Desk) -> None:
    path = f"{desk.base}/answers/{desk.world.items[0]}"
    desk.client.cookies.set("session", desk.token)

    assert code(desk.client.put(path, json={"revision": 1, "response": A})) == (403, "not_allowed")
    assert desk.client.put(path, json={"revision": 1, "response": A}, headers={"X-CSRF-Token": desk.csrf}).status_code == 200
    desk.client.cookies.clear()
    assert desk.put(2, A).status_code == 200


def test_before_the_start_the_paper_stays_shut(admitted_desk: Desk) -> None:
    sitting = admitted_desk.get().json()

    assert [section["items"] for section in sitting["form"]["sections"]] == [[], []]
    assert code(admitted_desk.put(1, A)) == (409, "not_yet")
    assert code(admitted_desk.get(f"/items/{admitted_desk.world.items[0]}")) == (409, "not_yet")


def test_starting_twice_is_once(admitted_desk: Desk) -> None:
    first = admitted_desk.post("/start").json()
    steer(admitted_desk.engine).advance(30)
    second = admitted_desk.post("/start").json()

    assert set(first) == {"id", "state", "server_time", "started", "deadline", "code"}
    assert (first["state"], first["started"], first["deadline"]) == ("in_progress", "2026-11-23T12:00:00.000Z", "2026-11-23T13:00:00.000Z")
    assert first["code"] == papers.release_code(admitted_desk.engine, admitted_desk.world.session_id)
    assert second == {**first, "server_time": "2026-11-23T12:00:30.000Z"}


def test_a_question_comes_without_its_key(desk: Desk) -> None:
    question = desk.get(f"/items/{desk.world.items[0]}?lang=hi").json()

    assert question["languages"] == ["en"]
    assert "Question 1" in question["html"]
    assert "correct" not in question["html"]


def test_hints_are_taken_and_anything_else_is_not(desk: Desk) -> None:
    item = desk.world.items[1]

    assert desk.post("/events", {"kind": "item_viewed", "item": item, "data": {"language": "en"}}).status_code == 204
    assert desk.get().json()["current_item"] == item
    assert code(desk.post("/events", {"kind": "certificate_issued"})) == (422, "invalid")
    assert desk.post("/events", {"kind": "challenge_shown", "data": {"number": 3}}).status_code == 204
    assert desk.post("/events", {"kind": "camera_changed", "data": {}}).status_code == 204
    assert code(desk.post("/events", {"kind": "challenge_judged", "data": {"number": 3, "why": "answered"}})) == (422, "invalid")
    assert [challenges.was_shown(desk.engine, desk.world.sitting_id, number) for number in (3, 4)] == [True, False]
    assert code(desk.post("/events", {"kind": "browser_hint", "data": {"what": {"deep": 1}}})) == (422, "invalid")


def test_a_flood_of_notes_ends_while_answers_and_other_notes_are_kept(desk: Desk) -> None:
    flood = [desk.post("/events", {"kind": "camera_changed"}) for _ in range(20)]
    item = desk.world.items[1]

    assert [answer.status_code for answer in flood[:12]] == [204] * 12
    assert [code(answer) for answer in flood[12:]] == [(429, "too_many_notes")] * 8
    assert desk.put(1, A).status_code == 200
    assert desk.post("/events", {"kind": "item_viewed", "item": item}).status_code == 204
    assert desk.post("/events", {"kind": "browser_hint", "data": {"what": "left", "how": "tab"}}).status_code == 204
    with desk.engine.store.read() as tx:
        kept = Counter((event.kind, event.data.get("what")) for event in tx.events.of_sitting(desk.world.sitting_id))
    assert kept["camera_changed", None] == 12
    assert kept["browser_hint", "many"] == 1
    assert (kept["item_viewed", None], kept["browser_hint", "left"]) == (1, 1)
    assert desk.get().json()["current_item"] == item


def test_what_one_candidate_floods_takes_no_room_from_another(desk: Desk) -> None:
    gate = desk.client.app.state.note_gate
    stranger = a_person(desk.engine, desk.world.organisation_id)

    assert [gate.admits(stranger.person_id, "challenge_shown") for _ in range(13)] == [True] * 12 + [False]
    assert desk.post("/events", {"kind": "challenge_shown", "data": {"number": 1}}).status_code == 204


def test_everything_that_a_page_may_note_has_its_bound() -> None:
    assert set(NOTES_A_MINUTE) == NOTES_OF_PAGE


def test_another_candidate_finds_nothing(desk: Desk) -> None:
    stranger = a_person(desk.engine, desk.world.organisation_id)
    bearer = {"Authorization": f"Bearer {people.open_session(desk.engine, stranger.person_id).token}"}
    item = desk.world.items[0]

    answers = [
        desk.client.get(desk.base, headers=bearer),
        desk.client.get(f"{desk.base}/receipts", headers=bearer),
        desk.client.get(f"{desk.base}/items/{item}", headers=bearer),
        desk.client.put(f"{desk.base}/answers/{item}", json={"revision": 1, "response": A}, headers=bearer),
        *(desk.client.post(f"{desk.base}/{verb}", json={}, headers=bearer) for verb in ("consent", "start", "submit", "camera-ticket")),
        desk.client.post(f"{desk.base}/events", json={"kind": "browser_hint"}, headers=bearer),
    ]

    assert [code(answer) for answer in answers] == [(404, "not_found")] * len(answers)
    assert desk.client.get("/api/v1/sittings", headers=bearer).json() == []


def test_a_camera_ticket_says_where_to_go(desk: Desk) -> None:
    ticket = desk.post("/camera-ticket").json()

    assert set(ticket) == {"ticket", "ingest_url"}
    assert ticket["ingest_url"] == "ws://localhost:8001"


def test_the_interface_is_published_with_examples(desk: Desk) -> None:
    document = desk.client.get("/api/v1/openapi.json").json()

    save = document["paths"]["/api/v1/sittings/{sitting_id}/answers/{item_id}"]["put"]
    assert "stale_revision" in save["description"]
    assert document["components"]["schemas"]["AnswerRequest"]["examples"]
    assert document["components"]["schemas"]["ReceiptAnswer"]["examples"]
