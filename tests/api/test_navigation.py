"""Parts of a paper over HTTP: what the page is told, and its moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment_engine.delivery.sitting import SittingState
from tests.api.test_sittings import Desk, a_desk, code
from tests.builders import steer
from tests.services.parts import give_parts


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, SittingState.IN_PROGRESS)


def test_a_plain_paper_needs_no_moves(desk: Desk) -> None:
    told = desk.get().json()

    assert told["moves"] is False
    assert told["progress"] == {}
    assert [(part["navigation"], part["time_limit_s"], part["final"], part["state"]) for part in told["form"]["sections"]] == [
        ("free", None, False, "open"),
        ("free", None, False, "open"),
    ]


def test_the_page_is_told_limits_locks_and_states(desk: Desk) -> None:
    give_parts(
        desk.engine, desk.world, [{"time_limit_s": 600, "locked": True}, {"navigation": "linear", "item_limits": {desk.world.items[2]: 60}}]
    )
    steer(desk.engine).advance(100)

    told = desk.get().json()

    first, second = told["form"]["sections"]
    assert told["moves"] is True
    assert (first["time_limit_s"], first["locked"], first["state"], first["seconds_left"]) == (600, True, "current", 500.0)
    assert (second["navigation"], second["item_limits"], second["state"]) == ("linear", {desk.world.items[2]: 60}, "not_yet")
    assert told["progress"]["item"] == desk.world.items[0]


def test_a_move_answers_with_where_the_candidate_is(desk: Desk) -> None:
    give_parts(desk.engine, desk.world, [{"locked": True}, {"navigation": "linear", "item_limits": {desk.world.items[2]: 60}}])

    moved = desk.post("/moves", {"to": None, "leave": True})

    assert moved.json() == {
        "item": desk.world.items[2],
        "section": "B",
        "items": list(desk.world.items[2:]),
        "sections": [{"id": "A", "state": "closed", "seconds_left": None}, {"id": "B", "state": "current", "seconds_left": None}],
        "item_seconds_left": 60.0,
    }
    refused = desk.post("/moves", {"to": desk.world.items[0]})
    assert code(refused) == (409, "section_closed")
    assert refused.json()["error"]["details"] == {"reason": "left", "section": "A", "item": desk.world.items[2]}


@pytest.mark.parametrize("body", [{"to": 5}, {"to": ""}, {"leave": "yes"}, {"to": None, "back": True}, [], {"to": "x" * 50}])
def test_a_malformed_move_is_refused_and_changes_nothing(desk: Desk, body: object) -> None:
    give_parts(desk.engine, desk.world, [{"locked": True}, {}])

    assert code(desk.post("/moves", body)) == (422, "invalid")
    assert desk.get().json()["progress"]["path"] == ["A"]


def test_a_window_without_the_lease_moves_nobody(desk: Desk) -> None:
    give_parts(desk.engine, desk.world, [{"locked": True}, {}])
    assert desk.post("/lease", {"writer": "window-one", "from": None}).status_code == 200

    assert code(desk.post("/moves", {"to": None, "leave": True})) == (409, "lease_moved")
    headers = {**desk.bearer, "X-Writer": "window-one"}
    assert desk.client.post(f"{desk.base}/moves", json={"to": None, "leave": True}, headers=headers).status_code == 200
