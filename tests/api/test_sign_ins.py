"""How often one caller may try a password, and what the log is told of refused tries."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import Request

from api.app import create_app
from api.sign_ins import MOST_APART, LoginGate, RefusedTally, keep_telling, tell_log
from assessment_engine.kernel.errors import NotSignedIn, TooManyTries
from assessment_engine.people import Role
from assessment_engine.services import audit, people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson, RefusedSignIns
from assessment_engine.storage.audit import AuditEntry
from assessment_engine.storage.database import Store, open_database
from tests.api.browsers import a_browser
from tests.api.client import TestClient
from tests.builders import a_person, an_organisation, steer

PASSWORD = "correct horse"


def a_client(engine: Engine, address: str = "203.0.113.7") -> TestClient:
    new = NewPerson(login="asha", name="Asha Rao", name_hi="आशा राव", password=PASSWORD, roles=(Role.CANDIDATE,))
    people.add_person(engine, an_organisation(engine), new)
    return TestClient(create_app(engine), client=(address, 50000), follow_redirects=False)


def try_once(client: TestClient, login: str, *, right: bool = False) -> int:
    password = PASSWORD if right else "wrong"
    status: int = client.post("/api/v1/login", json={"login": login, "password": password}).status_code
    return status


def refusals(engine: Engine) -> list[AuditEntry]:
    """Everything about refused sign-ins that the log has, also of log-ins that nobody has."""
    audit.sequence(engine)
    with engine.store.read() as tx:
        return [entry for entry in tx.audit.leaves(tx.audit.count()[1]) if entry.kind == "sign_in_refused"]


def wrong(entry: AuditEntry) -> int:
    assert isinstance(entry.payload, dict)
    return int(entry.payload["wrong"])


def test_refused_sign_ins_are_in_the_log_with_whom_from_where_and_how_often(engine: Engine) -> None:
    with a_client(engine) as client:
        for _ in range(12):
            try_once(client, " Asha ")
        assert refusals(engine) == []  # no request waits for the log

    (entry,) = refusals(engine)

    with engine.store.read() as tx:
        assert entry.subject == tx.people.called(["asha"])[0].id
    assert entry.actor_id is None
    assert entry.payload == {"address": "203.0.113.7", "wrong": 10, "limited": 2}
    assert audit.verify_log(engine).is_whole


def test_a_log_in_that_nobody_has_is_in_the_log_without_what_was_typed(any_engine: Engine) -> None:
    engine = any_engine
    with a_client(engine) as client:
        assert [try_once(client, login) for login in ("my own secret", "my own secret", "nobody", "ravi\x00")] == [401, 401, 401, 401]

    found = refusals(engine)

    assert sorted(wrong(entry) for entry in found) == [1, 1, 2]
    assert all(entry.subject.startswith("login_") for entry in found)
    assert "secret" not in str(found) and "nobody" not in str(found)


def test_a_wrong_password_before_an_act_is_in_the_log_too(engine: Engine) -> None:
    app = create_app(engine)
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)

    a_browser(app, engine, officer).send("/cell/results/bat_01j00000000000000000000000/approve", password="wrong")
    tell_log(engine, app.state.login_gate.refused)

    assert [entry.subject for entry in refusals(engine)] == [officer.person_id]


def test_signing_in_leaves_nothing_in_the_log(engine: Engine) -> None:
    with a_client(engine) as client:
        assert try_once(client, "asha", right=True) == 200

    assert refusals(engine) == []


def test_a_flood_is_a_bounded_number_of_entries_and_none_of_it_is_lost(engine: Engine) -> None:
    tally = RefusedTally()
    for number in range(5_000):
        tally.add(f"guess{number}", f"198.51.100.{number % 250}", "wrong")

    tell_log(engine, tally)

    found = refusals(engine)
    assert len(found) == MOST_APART + 1
    assert sum(wrong(entry) for entry in found) == 5_000
    assert [entry.subject for entry in found].count("login_others") == 1
    assert tally.take() == []


def test_whoever_is_tried_again_and_again_is_told_apart_in_a_flood_of_others() -> None:
    tally = RefusedTally()
    for number in range(500):
        tally.add(f"guess{number}", "198.51.100.1", "wrong")
    tally.add("asha", "203.0.113.7", "wrong", 5)

    taken = tally.take()

    assert taken[1] == RefusedSignIns(login="asha", address="203.0.113.7", wrong=5, limited=0)
    assert len(taken) == MOST_APART + 1
    assert sum(one.wrong for one in taken) == 505


def test_what_cannot_be_written_is_counted_on(engine: Engine, tmp_path: Path) -> None:
    tally = RefusedTally()
    tally.add("asha", "203.0.113.7", "wrong", 3)
    tally.add("asha", "203.0.113.7", "limited")

    tell_log(replace(engine, store=Store(open_database(f"sqlite:///{tmp_path}/away/engine.sqlite"))), tally)

    assert tally.take() == [RefusedSignIns(login="asha", address="203.0.113.7", wrong=3, limited=1)]


def test_the_log_is_told_again_and_again_while_the_process_runs(engine: Engine) -> None:
    async def run() -> None:
        telling = asyncio.create_task(keep_telling(engine, tally := RefusedTally(), every_s=0.01))
        for number in (1, 2):
            tally.add("asha", "203.0.113.7", "wrong")
            while len(refusals(engine)) < number:
                await asyncio.sleep(0.01)
        telling.cancel()

    asyncio.run(asyncio.wait_for(run(), 30))

    assert len(refusals(engine)) == 2


def test_the_cell_sees_to_whom_of_its_own_people_signing_in_was_refused(any_engine: Engine) -> None:
    engine = any_engine
    with a_client(engine) as client:
        try_once(client, "asha")
        try_once(client, "nobody")
    with engine.store.read() as tx:
        home = tx.people.called(["asha"])[0].organisation_id
    app = create_app(engine)
    cell = a_browser(app, engine, a_person(engine, home, Role.CELL_OFFICER))
    others = a_browser(app, engine, a_person(engine, an_organisation(engine, "Elsewhere"), Role.CELL_OFFICER))

    assert "Refused sign-ins" in (shown := cell.get("/cell/audit").text)
    assert "Asha Rao" in shown and "203.0.113.7" in shown
    assert "आशा राव" in (hindi := cell.get("/cell/audit?lang=hi").text) and "रोके गए लॉग-इन" in hindi
    assert "203.0.113.7" not in others.get("/cell/audit").text
    steer(engine).advance(8 * 24 * 3600)
    again = a_browser(app, engine, a_person(engine, home, Role.CELL_OFFICER))
    assert "203.0.113.7" not in again.get("/cell/audit").text


def a_request(address: str) -> Request:
    return Request({"type": "http", "client": (address, 50000), "headers": []})


def refuse(gate: LoginGate, address: str, logins: int) -> None:
    """Let an address fail once with each of many log-ins."""
    for number in range(logins):
        with suppress(NotSignedIn), gate.a_try(f"candidate{number}", a_request(address)):
            raise NotSignedIn


def test_an_exam_hall_behind_one_address_signs_in_500_candidates_who_all_mistype_once() -> None:
    gate = LoginGate()

    refuse(gate, "203.0.113.7", 500)
    for number in range(500):
        with gate.a_try(f"candidate{number}", a_request("203.0.113.7")):
            pass


def test_one_address_cannot_try_log_ins_without_end(engine: Engine) -> None:
    client = a_client(engine, "203.0.113.7")
    gate = client.app.state.login_gate  # type: ignore[attr-defined]
    refuse(gate, "203.0.113.7", 1_000)

    assert try_once(client, "asha", right=True) == 200  # a flood keeps nobody out who types right
    assert try_once(client, "asha") == 401
    answer = client.post("/api/v1/login", json={"login": "asha", "password": PASSWORD})

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_tries")
    assert "आपके यहाँ से" in client.post("/login?lang=hi", data={"login": "asha", "password": PASSWORD}).text
    elsewhere = TestClient(client.app, client=("203.0.113.8", 50000))
    assert elsewhere.post("/api/v1/login", json={"login": "asha", "password": PASSWORD}).status_code == 200


def test_a_network_of_ipv6_is_one_caller() -> None:
    gate = LoginGate()
    for number in range(1_000):
        with suppress(NotSignedIn), gate.a_try(f"candidate{number}", a_request(f"2001:db8::{number:x}")):
            raise NotSignedIn

    with suppress(NotSignedIn), gate.a_try("asha", a_request("2001:db8::ffff:1")):
        raise NotSignedIn
    with pytest.raises(TooManyTries), gate.a_try("asha", a_request("2001:db8::ffff:2")):
        pass
    for _ in range(2):
        with suppress(NotSignedIn), gate.a_try("asha", a_request("2001:db8:0:1::1")):
            raise NotSignedIn


def test_addresses_of_ipv4_are_told_apart_however_a_server_of_both_families_writes_them() -> None:
    gate = LoginGate()
    refuse(gate, "::ffff:203.0.113.7", 1_000)

    for _ in range(2):
        with suppress(NotSignedIn), gate.a_try("asha", a_request("::ffff:203.0.113.8")):
            raise NotSignedIn
    with suppress(NotSignedIn), gate.a_try("asha", a_request("203.0.113.7")):
        raise NotSignedIn
    with pytest.raises(TooManyTries), gate.a_try("asha", a_request("203.0.113.7")):
        pass


def test_a_log_in_with_a_joiner_as_devanagari_has_it_signs_in(engine: Engine) -> None:
    client = a_client(engine)
    with engine.store.read() as tx:
        home = tx.people.called(["asha"])[0].organisation_id
    login = "\u0915\u094d\u200d\u0937"
    people.add_person(engine, home, NewPerson(login=login, name="Ksha Rao", name_hi="क्ष राव", password=PASSWORD, roles=(Role.CANDIDATE,)))

    assert try_once(client, login, right=True) == 200
