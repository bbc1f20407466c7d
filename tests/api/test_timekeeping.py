"""Contacts and breaks over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.storage.schema import metadata
from tests.api.test_sittings import Desk, a_desk
from tests.builders import steer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, SittingState.IN_PROGRESS)


def code(answer: object) -> object:
    return answer.json()["error"]["code"]  # type: ignore[attr-defined]


def test_a_contact_answers_exactly_what_the_page_needs(desk: Desk) -> None:
    item = desk.world.items[0]

    answer = desk.post("/contact", {"writer": "w-1", "progress": {"marked": [item], "visited": [item], "languages": {item: "hi"}}})

    assert answer.status_code == 200
    told = answer.json()
    assert told.keys() == {
        "server_time",
        "state",
        "deadline",
        "deadlines",
        "item",
        "section",
        "paused",
        "writer",
        "revision",
        "closed_by",
        "nonce",
        "announcements",
        "messages",
    }
    assert (told["state"], told["paused"], told["deadlines"], told["item"], told["announcements"]) == ("in_progress", None, None, None, [])


def test_a_contact_that_says_too_much_or_something_else_is_refused(desk: Desk) -> None:
    assert code(desk.post("/contact", {"writer": "w" * 41})) == "invalid"
    assert code(desk.post("/contact", {"progress": {"marked": ["itv_other"]}})) == "unknown_item"
    assert code(desk.post("/contact", {"progress": {"visited": [desk.world.items[0]] * 1001}})) == "invalid"
    assert code(desk.post("/contact", {"progress": {"languages": {desk.world.items[0]: "<script>"}}})) == "invalid"
    assert desk.client.post(f"{desk.base}/contact", json={}).status_code == 401


def test_a_break_is_taken_and_ended(desk: Desk) -> None:
    with desk.engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["registrations"]).values(arrangements={"breaks": {"count": 1, "minutes": 10}}))

    assert desk.get("/break").json()["count"] == 1
    resting = desk.post("/break").json()
    steer(desk.engine).advance(60)
    told = desk.post("/contact", {}).json()
    back = desk.post("/break/end").json()

    assert (resting["state"], resting["used"], resting["minutes"]) == ("paused", 1, 10)
    assert told["paused"] == {"since": resting["paused"]["since"], "reason": "break"}
    assert (back["state"], back["paused"], back["ends"]) == ("in_progress", None, None)
    assert code(desk.post("/break")) == "no_break_left"


def test_reading_the_sitting_after_its_time_seals_it(desk: Desk) -> None:
    steer(desk.engine).advance(7200)

    assert desk.get().json()["state"] == "submitted"
    assert desk.get().json()["seal"] is not None
