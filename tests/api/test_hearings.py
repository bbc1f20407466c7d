"""The published interface of hearings and of one's own watch."""

from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.services import invigilation
from assessment_engine.services.engine import Engine
from tests.api.browsers import a_program
from tests.builders import World, a_person, a_world, an_engine
from tests.services.test_invigilation import UPHOLD, a_flag, finished, judges

REPLY = "The lamp fell over. I picked it up and came back at once."


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def world(engine: Engine) -> World:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world)
    return world


@pytest.fixture
def incident(engine: Engine, world: World) -> IncidentId:
    """A flag that one person upheld."""
    incident = a_flag(engine, world)
    invigilation.judge(engine, judges(engine, world)[0], incident, UPHOLD)
    return incident


@pytest.fixture
def candidate(engine: Engine, world: World) -> Any:
    return a_program(create_app(engine), engine, world.candidate)


def test_a_candidate_reads_what_they_are_asked_and_answers_once(candidate: Any, incident: IncidentId) -> None:
    [asked] = candidate.get("/api/v1/hearings").json()["hearings"]
    assert (asked["seen"]["kind"], asked["reason_code"], asked["words"], asked["state"]) == ("nobody", "left_the_seat", "", "open")
    assert asked["due_at"] == "2026-11-30T12:00:00Z"
    assert UPHOLD.reason not in str(asked) and "confidence" not in str(asked)

    answered = candidate.post(f"/api/v1/hearings/{incident}/answer", json={"text": REPLY})
    again = candidate.post(f"/api/v1/hearings/{incident}/answer", json={"text": "And another thing."})

    assert (answered.status_code, answered.json()["state"], answered.json()["reply"]) == (200, "replied", REPLY)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "heard_already")
    assert candidate.get(f"/api/v1/hearings/{incident}").json() == answered.json()


def test_a_candidate_may_wish_to_say_nothing(candidate: Any, incident: IncidentId) -> None:
    assert candidate.post(f"/api/v1/hearings/{incident}/waive").json()["state"] == "waived"


def test_a_reply_that_says_nothing_or_is_too_long_is_refused(candidate: Any, incident: IncidentId) -> None:
    for text in ("", "  ", "x" * 4001, "x" * 9000):
        assert candidate.post(f"/api/v1/hearings/{incident}/answer", json={"text": text}).status_code == 422


def test_ones_own_watch_says_what_was_found_and_who_is_next(engine: Engine, world: World, candidate: Any, incident: IncidentId) -> None:
    own = candidate.get(f"/api/v1/sittings/{world.sitting_id}/watch").json()

    [found] = own["found"]
    assert (found["seen"]["incident"], found["state"], found["judged"], found["hearing"]) == (incident, "awaiting_second", [], "open")
    assert (own["next"], own["decision"], own["can_appeal"]) == ("candidate", None, [])
    neighbour = a_program(create_app(engine), engine, a_person(engine, world.organisation_id))
    paths = (f"/api/v1/sittings/{world.sitting_id}/watch", f"/api/v1/hearings/{incident}")
    assert [neighbour.get(path).status_code for path in paths] == [404, 404]
    assert neighbour.get("/api/v1/hearings").json() == {"hearings": []}
