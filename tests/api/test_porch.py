"""What every answer carries, and the signs of life."""

import json
from pathlib import Path

import pytest

from api.app import create_app
from tests.api.client import TestClient
from tests.builders import an_engine


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(create_app(an_engine(tmp_path), probes={"jobs": lambda: False, "frames": lambda: True}))


HERE = ("127.0.0.1", 50000)


def test_nothing_runs_on_a_page_that_is_not_ours(client: TestClient) -> None:
    policy = client.get("/login").headers["content-security-policy"]

    assert "script-src 'self';" in policy
    assert "connect-src 'self' ws://localhost:8001;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_refusals_and_static_files_carry_the_headers_too(client: TestClient) -> None:
    for path in ("/nothing", "/static/app.css", "/api/v1/nothing", "/healthz"):
        assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_pages_are_not_kept_by_anybody_and_hashed_files_are_kept_for_ever(client: TestClient) -> None:
    home = client.get("/")
    sheet = home.text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert home.headers["cache-control"] == "no-store"
    assert "immutable" in client.get(sheet).headers["cache-control"]
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"


def test_a_font_that_is_not_fetched_yet_is_simply_absent(client: TestClient) -> None:
    assert client.get("/fonts/NotoSans-Regular.woff2").status_code == 404
    assert client.get("/fonts/../../etc/passwd").status_code == 404


def test_answers_need_neither_jobs_nor_frames_so_ready_does_not(client: TestClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "jobs": "away", "frames": "ok"}


def test_requests_are_counted_by_route_and_never_by_address(client: TestClient) -> None:
    client.get("/candidate/courses/crs_secret", follow_redirects=False)

    numbers = TestClient(client.app, client=HERE).get("/metrics").text

    assert 'route="/candidate/courses/{course_id}"' in numbers
    assert "crs_secret" not in numbers


def test_the_log_line_has_the_route_and_no_query(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.get("/login?next=/secret")

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["method"], line["route"], line["status"]) == ("GET", "/login", 200)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in str(line)
