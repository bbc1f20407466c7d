"""Every refusal has a status and two faces: JSON under /api, a page elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.errors import STATUS, status_of
from assessment_engine.kernel import errors
from assessment_engine.kernel.errors import AssessmentError
from tests.api.client import TestClient
from tests.builders import an_engine


def classes(root: type[AssessmentError] = AssessmentError) -> Iterator[type[AssessmentError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from classes(kind)


@pytest.mark.parametrize("kind", list(classes()), ids=lambda kind: kind.__name__)
def test_every_error_resolves_to_a_status(kind: type[AssessmentError]) -> None:
    assert 400 <= status_of(kind) < 600


def test_codes_are_stable_and_each_belongs_to_one_class() -> None:
    codes = [kind.code for kind in classes()]

    assert len(codes) == len(set(codes))


def test_the_nearest_ancestor_decides() -> None:
    assert status_of(errors.TokenExpired) == STATUS[errors.TokenExpired] == 401
    assert status_of(errors.SecondPersonNeeded) == STATUS[errors.NotAllowed] == 403
    assert status_of(errors.HashMismatch) == STATUS[errors.IntegrityViolation] == 500


def test_an_error_without_any_listed_ancestor_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        status_of(AssessmentError)


def test_a_wrong_address_is_json_under_api_and_a_page_elsewhere(tmp_path: Path) -> None:
    client = TestClient(create_app(an_engine(tmp_path)))

    json, human = client.get("/api/v1/nothing"), client.get("/nothing?lang=hi")

    assert json.status_code == human.status_code == 404
    assert json.json()["error"]["code"] == "not_found"
    assert "यहाँ कुछ नहीं है" in human.text


def test_an_address_that_only_takes_forms_leads_to_the_page_above_it(tmp_path: Path) -> None:
    client = TestClient(create_app(an_engine(tmp_path)))

    reloaded = client.get("/cell/centres/cen_1/rooms/rom_1?lang=hi&done=room", follow_redirects=False)
    program = client.get("/api/v1/sittings/sit_1/start", follow_redirects=False)

    assert (reloaded.status_code, reloaded.headers["location"]) == (303, "/cell/centres/cen_1?lang=hi")
    assert program.status_code == 405


def test_malformed_json_is_refused_with_the_field_that_is_wrong(tmp_path: Path) -> None:
    client = TestClient(create_app(an_engine(tmp_path)))

    answer = client.post("/api/v1/login", json={"login": "asha"})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == {"field": "body.password"}


def test_a_body_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    client = TestClient(create_app(an_engine(tmp_path)))

    answer = client.post("/api/v1/login", content=b"x" * (17 * 1024 * 1024), headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_a_crash_shows_no_inside(tmp_path: Path) -> None:
    app = create_app(an_engine(tmp_path))

    @app.get("/api/v1/crash")
    def crash() -> None:
        raise ValueError("the answer was B")

    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/crash")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "answer was B" not in answer.text
