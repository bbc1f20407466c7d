"""A password that somebody else chose opens one door only: to choose one's own."""

from pathlib import Path

from api.app import create_app
from assessment_engine.people import Role
from assessment_engine.services import delivery, people
from assessment_engine.services.people import NewPerson
from tests.api.client import TestClient
from tests.builders import a_person, a_world, an_engine

GIVEN, OWN = "given by the cell", "a word of my own"


def test_who_was_given_a_password_chooses_their_own_before_anything_else(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    officer = a_person(engine, a_world(engine).organisation_id, Role.CELL_OFFICER)
    people.enrol_candidate(engine, officer, NewPerson(login="meena", name="Meena Iyer", password=GIVEN, roles=(Role.CANDIDATE,)))
    client = TestClient(create_app(engine), follow_redirects=False)

    assert client.post("/login", data={"login": "meena", "password": GIVEN}).status_code == 303
    led = client.get("/candidate?lang=hi")
    assert (led.status_code, led.headers["location"]) == (303, "/password?next=%2Fcandidate%3Flang%3Dhi")
    shown = client.get(led.headers["location"]).text
    csrf = shown.split('name="_csrf" value="')[1].split('"')[0]
    short, same, own = (
        client.post("/password", data={"_csrf": csrf, "password": typed, "next": "/candidate"}) for typed in ("short", GIVEN, OWN)
    )

    assert (short.status_code, same.status_code) == (422, 422)
    assert "Choose another password" in same.text or "अलग पासवर्ड" in same.text
    assert (own.status_code, own.headers["location"]) == (303, "/candidate")
    assert client.get("/candidate").status_code == 200
    assert client.get("/password").headers["location"] == "/me"


def test_a_program_is_told_by_a_code_and_goes_on_with_the_new_token(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER)
    meena = people.enrol_candidate(engine, officer, NewPerson(login="meena", name="Meena Iyer", password=GIVEN, roles=(Role.CANDIDATE,)))
    ledger = delivery.open_ledger(engine)
    with TestClient(create_app(engine, ledger)) as client:
        old = {"Authorization": f"Bearer {client.post('/api/v1/login', json={'login': 'meena', 'password': GIVEN}).json()['token']}"}
        paths = [f"/api/v1/sittings/{world.sitting_id}/{name}" for name in ("receipts", "start")]

        refused = [client.get(paths[0], headers=old), client.post(paths[1], headers=old)]
        chosen = client.post("/api/v1/password", json={"password": OWN}, headers=old)
        new = {"Authorization": f"Bearer {chosen.json()['token']}"}

        assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(403, "password_must_change")] * 2
        assert client.get(paths[0], headers=old).status_code == 401
        assert client.get(paths[0], headers=new).json()["error"]["code"] == "not_found"
        assert client.post("/api/v1/password", json={"password": "another one of mine"}, headers=new).status_code == 409
        people.give_password(engine, officer, meena.id, GIVEN)
        assert people.sign_in(engine, "meena", GIVEN).person.must_change_password
    ledger.stop()
