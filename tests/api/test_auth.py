"""Who is asking, by cookie and by bearer token; CSRF; the ways in and out."""

from dataclasses import replace

import pytest

from api.app import create_app
from api.auth import local_path
from assessment_engine.people import Role
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson
from tests.api.browsers import a_browser, a_program
from tests.api.client import TestClient
from tests.builders import a_person, an_organisation, steer

PASSWORD = "correct horse"


@pytest.fixture
def client(engine: Engine) -> TestClient:
    new = NewPerson(login="asha", name="Asha Rao", password=PASSWORD, roles=(Role.CANDIDATE,))
    people.add_person(engine, an_organisation(engine), new)
    return TestClient(create_app(engine), follow_redirects=False)


def test_a_page_sends_a_stranger_to_log_in_and_remembers_where_they_wanted_to_go(client: TestClient) -> None:
    answer = client.get("/candidate/courses?lang=hi")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fcandidate%2Fcourses%3Flang%3Dhi"


def test_a_json_route_answers_a_stranger_401(client: TestClient) -> None:
    answer = client.post("/api/v1/logout")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_logging_in_sets_a_cookie_that_scripts_cannot_read_and_goes_on(client: TestClient) -> None:
    answer = client.post("/login", data={"login": "asha", "password": PASSWORD, "next": "/candidate/courses"})

    assert answer.headers["location"] == "/candidate/courses"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("session=") and "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert client.get("/candidate/courses").status_code == 200


def test_over_https_the_cookie_is_secure_and_bound_to_this_host(engine: Engine) -> None:
    engine = replace(engine, public_url="https://exams.example")
    people.add_person(engine, an_organisation(engine), NewPerson(login="asha", name="Asha", password=PASSWORD, roles=(Role.CANDIDATE,)))
    client = TestClient(create_app(engine), base_url="https://exams.example", follow_redirects=False)

    answer = client.post("/login", data={"login": "asha", "password": PASSWORD})

    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_wrong_password_says_so_beside_the_form_in_the_readers_language(client: TestClient) -> None:
    answer = client.post("/login?lang=hi", data={"login": "asha", "password": "wrong"})

    assert answer.status_code == 401
    assert "मेल नहीं खाते" in answer.text
    assert "set-cookie" not in answer.headers or "session=" not in answer.headers["set-cookie"]


def test_ten_wrong_passwords_close_the_door_for_that_login_and_address_only(client: TestClient) -> None:
    for _ in range(10):
        client.post("/api/v1/login", json={"login": "ravi", "password": "wrong"})

    assert client.post("/api/v1/login", json={"login": "ravi", "password": "wrong"}).status_code == 429
    assert client.post("/api/v1/login", json={"login": "asha", "password": PASSWORD}).status_code == 200


def test_a_right_password_forgets_the_tries_before_it(client: TestClient) -> None:
    for _ in range(3):
        for _ in range(6):
            client.post("/api/v1/login", json={"login": "asha", "password": "wrong"})
        assert client.post("/api/v1/login", json={"login": "asha", "password": PASSWORD}).status_code == 200


def test_a_form_without_the_csrf_token_changes_nothing(engine: Engine) -> None:
    app = create_app(engine)
    browser = a_browser(app, engine, a_person(engine, an_organisation(engine)))

    answer = browser.client.post("/logout", data={"_csrf": "guessed"}, follow_redirects=False)

    assert answer.status_code == 403
    assert browser.get("/candidate/courses").status_code == 200


def test_the_csrf_token_may_come_as_a_header(engine: Engine) -> None:
    app = create_app(engine)
    browser = a_browser(app, engine, a_person(engine, an_organisation(engine)))

    answer = browser.client.post("/api/v1/logout", headers={"X-CSRF-Token": browser.csrf})

    assert answer.status_code == 204


def test_a_bearer_token_needs_no_csrf_token(engine: Engine) -> None:
    program = a_program(create_app(engine), engine, a_person(engine, an_organisation(engine)))

    assert program.post("/api/v1/logout").status_code == 204
    assert program.post("/api/v1/logout").json()["error"]["code"] == "token_expired"


def test_signing_out_ends_the_session_itself(engine: Engine) -> None:
    app = create_app(engine)
    browser = a_browser(app, engine, a_person(engine, an_organisation(engine)))
    token = browser.client.cookies["session"]

    browser.send("/logout")

    assert TestClient(app, cookies={"session": token}, follow_redirects=False).get("/candidate/courses").status_code == 303


def test_a_session_ends_after_twelve_hours(engine: Engine) -> None:
    program = a_program(create_app(engine), engine, a_person(engine, an_organisation(engine)))

    steer(engine).advance(12 * 3600)

    assert program.post("/api/v1/logout").json()["error"]["code"] == "token_expired"


def test_another_sites_form_cannot_log_somebody_in(client: TestClient) -> None:
    form = {"login": "asha", "password": PASSWORD}

    assert client.post("/login", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/login", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", None])
def test_log_in_goes_on_only_to_our_own_pages(path: str | None) -> None:
    assert local_path(path) == "/me"


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.CANDIDATE, "/candidate"),
        (Role.INVIGILATOR, "/invigilator"),
        (Role.CELL_OFFICER, "/cell"),
        (Role.GRIEVANCE_OFFICER, "/grievances"),
    ],
)
def test_everybody_has_a_start_page(engine: Engine, role: Role, home: str) -> None:
    browser = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), role))

    assert browser.get("/me").headers["location"] == home


def test_a_page_of_another_role_is_refused_with_words(engine: Engine) -> None:
    browser = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine)))

    answer = browser.get("/cell/people")

    assert answer.status_code == 403
    assert "not for your role" in answer.text
