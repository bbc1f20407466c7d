"""The encrypted paper, its code, the answer file's key and the lease over HTTP; the service worker and the pages around them."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.app import create_app
from api.pages.shell import modules
from assessment_engine.delivery.answer_file import file_key
from assessment_engine.delivery.paper import open_paper
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.signing import unb64url
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from tests.api.browsers import a_browser, a_program
from tests.builders import World, a_person, a_world, steer


@pytest.fixture
def app(engine: Engine) -> Iterator[Any]:
    ledger = delivery.open_ledger(engine)
    yield create_app(engine, ledger)
    ledger.stop()


def base(world: World) -> str:
    return f"/api/v1/sittings/{world.sitting_id}"


def test_the_start_releases_what_opens_the_paper_that_was_fetched_before(app: Any, engine: Engine) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    client = a_program(app, engine, world.candidate)

    sealed = client.get(f"{base(world)}/paper")
    started = client.post(f"{base(world)}/start")

    assert sealed.status_code == 200
    paper: Any = open_paper(sealed.json(), world.sitting_id, started.json()["code"])
    assert [item for part in paper["form"]["sections"] for item in part["items"]] == list(world.items)
    shown = client.get(f"{base(world)}/items/{world.items[0]}").json()
    assert paper["items"][world.items[0]]["en"] == shown


@pytest.mark.parametrize(
    ("state", "status", "code"), [(SittingState.CONSENTED, 409, "not_yet"), (SittingState.SUBMITTED, 409, "sitting_sealed")]
)
def test_before_admission_and_after_the_seal_there_is_no_paper_and_no_key(
    app: Any, engine: Engine, state: SittingState, status: int, code: str
) -> None:
    world = a_world(engine, state=state)
    client = a_program(app, engine, world.candidate)

    for path in ("paper", "answer-file-key"):
        answer = client.get(f"{base(world)}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_the_answer_files_key_is_the_sittings_own(app: Any, engine: Engine) -> None:
    world = a_world(engine)

    key = a_program(app, engine, world.candidate).get(f"{base(world)}/answer-file-key").json()["key"]

    assert unb64url(key) == file_key(engine.signer.tickets, world.sitting_id)
    stranger = a_program(app, engine, a_person(engine, world.organisation_id))
    assert [stranger.get(f"{base(world)}/{path}").status_code for path in ("answer-file-key", "paper")] == [404, 404]


def test_one_window_writes_and_another_takes_over_by_name(app: Any, engine: Engine) -> None:
    world = a_world(engine)
    client = a_program(app, engine, world.candidate)
    answer = f"{base(world)}/answers/{world.items[0]}"

    def put(revision: int, writer: str | None) -> Any:
        headers = {"X-Writer": writer} if writer else {}
        return client.put(answer, json={"revision": revision, "response": {"RESPONSE": "A"}}, headers=headers)

    assert put(1, None).status_code == 200  # nobody asked for a lease: the published interface is as it was
    assert client.post(f"{base(world)}/lease", json={"writer": "window-1", "from": None}).json() == {"writer": "window-1", "moved": False}
    refused = client.post(f"{base(world)}/lease", json={"writer": "window-2", "from": None})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "lease_moved")
    assert refused.json()["error"]["details"] == {"writer": "window-1", "by": "candidate"}
    assert put(2, None).json()["error"]["code"] == "lease_moved"
    assert client.post(f"{base(world)}/lease", json={"writer": "window-2", "from": "window-1"}).json()["moved"]
    assert [put(2, writer).status_code for writer in ("window-1", "window-2")] == [409, 200]
    assert client.get(base(world)).json()["writer"] == "window-2"


@pytest.mark.parametrize("writer", ["", "x" * 41, "has space here", 7, None])
def test_a_window_without_a_proper_name_gets_nothing(app: Any, engine: Engine, writer: object) -> None:
    world = a_world(engine)

    answer = a_program(app, engine, world.candidate).post(f"{base(world)}/lease", json={"writer": writer, "from": None})

    assert answer.status_code == 422
    assert delivery.my_sitting(engine, world.candidate, world.sitting_id).writer is None


def test_an_invigilator_frees_the_lease_and_a_candidate_does_not(app: Any, engine: Engine) -> None:
    world = a_world(engine)
    candidate = a_program(app, engine, world.candidate)
    invigilator = a_program(app, engine, a_person(engine, world.organisation_id, Role.INVIGILATOR))
    candidate.post(f"{base(world)}/lease", json={"writer": "window-1", "from": None})

    assert candidate.post(f"{base(world)}/lease/release", json={"reason": "I want to."}).status_code == 403
    assert invigilator.post(f"{base(world)}/lease/release", json={"reason": "It broke."}).json() == {"freed": True}
    assert delivery.my_sitting(engine, world.candidate, world.sitting_id).writer is None


def test_the_code_is_a_page_that_says_what_it_is_for_before_it_shows_it(app: Any, engine: Engine) -> None:
    world = a_world(engine)
    invigilator = a_browser(app, engine, a_person(engine, world.organisation_id, Role.INVIGILATOR))
    path = f"/sessions/{world.session_id}/paper-code"
    steer(engine).advance(-7200)

    assert "The code is shown when the session opens" in invigilator.get(path).text
    assert invigilator.send(path).status_code == 409
    steer(engine).advance(7200)
    assert "read-aloud" not in invigilator.get(path).text
    assert invigilator.send(path).text.count("<span>", invigilator.send(path).text.index("read-aloud")) >= 3
    assert a_browser(app, engine, world.candidate).get(path).status_code == 403


def test_the_frame_is_handed_out_before_the_start_without_a_question(app: Any, engine: Engine) -> None:
    early, running = a_world(engine, state=SittingState.ADMITTED), a_world(engine)

    frame = a_browser(app, engine, early.candidate).get(f"/candidate/sittings/{early.sitting_id}/sheet")
    begun = a_browser(app, engine, running.candidate).get(f"/candidate/sittings/{running.sitting_id}/sheet")

    assert frame.status_code == 200
    assert "exam_page.js" in frame.text
    assert not any(item in frame.text for item in early.items)
    assert begun.headers["location"].endswith("/exam")


def test_the_service_worker_names_every_script_of_the_exam(app: Any, engine: Engine) -> None:
    answer = a_program(app, engine, a_world(engine).candidate).get("/sw.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert (answer.headers["cache-control"], answer.headers["service-worker-allowed"]) == ("no-cache", "/")
    assert {"exam_state.js", "outbox.js", "camera_worker.js", "question_drawing.js"} <= set(modules())
    assert all(f"/static/{name}" in answer.text for name in modules())
    assert "/static/app.css?v=" in answer.text
