"""Bad input over real HTTP: a stable code, nothing changed, nothing lost. Rows are counted before and after."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.app import create_app
from assessment_engine.delivery.answer_file import file_key, make_file
from assessment_engine.delivery.late import MOST_AT_ONCE
from assessment_engine.delivery.nonce import a_nonce
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from tests.builders import World, a_world, steer
from tests.running import free_port, served

TABLES = ("answers", "seals", "late_answers", "late_decisions", "audit_entries", "outbox", "sittings")
A = {"RESPONSE": "A"}


@dataclass(frozen=True)
class Line:
    """A candidate's client on a real connection."""

    engine: Engine
    world: World
    token: str
    port: int

    def send(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, f"/api/v1/sittings/{self.world.sitting_id}{path}", body, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def put(self, revision: object, response: object, item: str | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        body = json.dumps({"revision": revision, "response": response}).encode()
        return self.send("PUT", f"/answers/{item or self.world.items[0]}", body, headers)

    def post(self, path: str, document: object) -> tuple[int, Any]:
        return self.send("POST", path, json.dumps(document).encode())

    def late(self, *answers: tuple[str, object, object], nonce: str = "") -> tuple[int, Any]:
        given = [{"item": item, "revision": revision, "response": response} for item, revision, response in answers]
        return self.post("/late-answers", {"answers": given, "nonce": nonce})

    def rows(self) -> dict[str, Any]:
        with self.engine.store.read() as tx:
            counted = {table: tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}  # noqa: S608
            return counted | {"revision": tx.sittings.get(self.world.sitting_id).revision}


@pytest.fixture
def line(any_engine: Engine) -> Iterator[Line]:
    world, port = a_world(any_engine), free_port()
    ledger = delivery.open_ledger(any_engine)
    token = people.open_session(any_engine, world.candidate.person_id).token
    with served(create_app(any_engine, ledger), port):
        found = Line(engine=any_engine, world=world, token=token, port=port)
        assert found.put(1, A)[0] == 200
        yield found
    ledger.stop()


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_bad_answers_have_a_stable_code_change_nothing_and_lose_nothing(line: Line) -> None:
    other = a_world(line.engine)
    before = line.rows()

    for answer, expected in (
        (line.put(2, A, item="itv_unknown"), (422, "unknown_item")),
        (line.put(2, A, item=other.items[0]), (422, "unknown_item")),
        (line.put(2, {"NO_SUCH": "A"}), (422, "wrong_response")),
        (line.put(2, {"RESPONSE": ["A", "B"]}), (422, "wrong_response")),
        (line.put(2, {"RESPONSE": True}), (422, "wrong_response")),
        (line.put(2, "A"), (422, "wrong_response")),
        (line.put("2", A), (422, "invalid")),
        (line.put(2.5, A), (422, "invalid")),
        (line.put(0, A), (422, "invalid")),
        (line.put(2**31, A), (422, "invalid")),
        (line.put(5000, A), (422, "revision_from_the_future")),
        (line.put(1, {"RESPONSE": "B"}), (409, "revision_reused")),
        (line.put(2, {"RESPONSE": "x" * 70_000}), (413, "too_large")),
        (line.send("PUT", f"/answers/{line.world.items[0]}", b"{"), (422, "invalid")),
        (line.send("PUT", f"/answers/{line.world.items[0]}", b"\xff\xfe"), (422, "invalid")),
    ):
        assert refusal(answer) == expected
    assert line.rows() == before
    assert [one["revision"] for one in line.send("GET", "/receipts")[1]["receipts"]] == [1]


def test_a_clients_clock_a_day_off_changes_no_time_of_ours(line: Line) -> None:
    for days, revision in ((1, 2), (-1, 3)):
        claimed = (line.engine.clock.now() + timedelta(days=days)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        status, receipt = line.put(revision, A, headers={"Date": claimed, "X-Client-Time": claimed})

        assert status == 200
        assert receipt["server_time"] == iso(line.engine.clock.now())
    steer(line.engine).advance(3700)
    yesterday = (line.engine.clock.now() - timedelta(days=1)).isoformat()
    assert refusal(line.put(4, A, headers={"Date": yesterday})) == (409, "after_time")


def test_an_essay_of_ten_megabytes_is_refused_cleanly_and_hurts_nobody_else(line: Line) -> None:
    before = line.rows()
    essay, refused = json.dumps({"revision": 2, "response": {"RESPONSE": "x" * 10_000_000}}).encode(), []
    path = f"/answers/{line.world.items[0]}"
    senders = [threading.Thread(target=lambda: refused.append(refusal(line.send("PUT", path, essay)))) for _ in range(4)]

    for sender in senders:
        sender.start()
    saved = [line.put(revision, A)[0] for revision in range(2, 12)]
    for sender in senders:
        sender.join()

    assert refused == [(413, "too_large")] * 4
    assert saved == [200] * 10
    pieces = (essay[at : at + 65536] for at in range(0, len(essay), 65536))
    assert refusal(line.send("PUT", path, pieces)) == (413, "too_large")  # sent without saying how much it is
    after = line.rows()
    assert (after["answers"], after["revision"]) == (before["answers"] + 10, 11)


def test_another_candidates_sitting_is_not_found_whatever_is_asked(line: Line) -> None:
    stranger = a_world(line.engine)
    theirs = Line(
        engine=line.engine, world=line.world, token=people.open_session(line.engine, stranger.candidate.person_id).token, port=line.port
    )
    before = line.rows()
    data = make_file(file_key(line.engine.signer.tickets, line.world.sitting_id), line.world.sitting_id, b"0" * 12, {"answers": []})

    for answer in (
        theirs.put(2, A),
        theirs.send("GET", "/receipts"),
        theirs.send("POST", "/submit"),
        theirs.late((line.world.items[0], 2, A)),
        theirs.send("POST", "/answer-file", data),
    ):
        assert refusal(answer) == (404, "not_found")
    assert line.rows() == before


def test_a_sealed_sitting_takes_no_answer_and_what_was_acknowledged_stays(line: Line) -> None:
    assert line.send("POST", "/submit")[0] == 200
    before = line.rows()

    assert refusal(line.put(2, A)) == (409, "sitting_sealed")
    assert line.put(1, A)[0] == 200  # a retry: the acknowledgement was lost, the answer was not
    assert line.rows() == before


def test_late_answers_are_kept_beside_the_ledger_with_an_acknowledgement_that_says_so(line: Line) -> None:
    assert refusal(line.late((line.world.items[0], 2, A))) == (409, "not_yet")
    heard = line.engine.clock.now()
    nonce = a_nonce(line.engine.signer.tickets, line.world.sitting_id, heard)
    seal = line.send("POST", "/submit")[1]
    before = line.rows()

    status, kept = line.late((line.world.items[1], 2, A), (line.world.items[0], 1, A), nonce=nonce)

    assert status == 202
    said = kept["late_answers"][0]
    assert (said["type"], said["in_ledger"], said["last_contact"]) == (
        "late_answer",
        False,
        heard.isoformat(timespec="milliseconds")[:-6] + "Z",
    )
    assert [one["revision"] for one in kept["receipts"]] == [1]
    assert line.send("GET", "/receipts")[1]["seal"] == seal
    after = line.rows()
    assert (after["answers"], after["seals"], after["late_answers"]) == (before["answers"], before["seals"], before["late_answers"] + 1)


def test_bad_late_answers_have_a_stable_code_and_change_nothing(line: Line) -> None:
    assert line.send("POST", "/submit")[0] == 200
    item, before = line.world.items[0], line.rows()

    for answer, expected in (
        (line.late(("itv_unknown", 2, A)), (422, "unknown_item")),
        (line.late((item, 2, {"NO_SUCH": "A"})), (422, "wrong_response")),
        (line.late((item, 2, A), (item, 3, [])), (422, "wrong_response")),
        (line.late((item, 9000, A)), (422, "revision_from_the_future")),
        (line.late((item, "2", A)), (422, "invalid")),
        (line.late(), (422, "invalid")),
        (line.late(*[(item, 2, A)] * (MOST_AT_ONCE + 1)), (422, "invalid")),
        (line.late((item, 2, {"RESPONSE": "x" * 70_000})), (413, "too_large")),
        (line.post("/late-answers", {"nonce": 4}), (422, "invalid")),
    ):
        assert refusal(answer) == expected
    assert line.rows() == before


def test_a_nonce_that_we_did_not_give_proves_nothing_and_loses_nothing(line: Line) -> None:
    assert line.send("POST", "/submit")[0] == 200
    forged = a_nonce(line.engine.signer.log, line.world.sitting_id, line.engine.clock.now() + timedelta(days=1))

    for revision, nonce in ((2, forged), (3, "x"), (4, "")):
        assert line.late((line.world.items[0], revision, A), nonce=nonce)[1]["late_answers"][0]["last_contact"] is None


def test_a_foreign_or_damaged_answer_file_changes_nothing(line: Line) -> None:
    other, mine = a_world(line.engine), line.world.sitting_id
    answers: Json = {"answers": [{"item": line.world.items[0], "revision": 2, "response": A}], "nonce": ""}
    good = make_file(file_key(line.engine.signer.tickets, mine), mine, b"0" * 12, answers)
    theirs = make_file(file_key(line.engine.signer.tickets, other.sitting_id), other.sitting_id, b"0" * 12, answers)
    before = line.rows()

    for data in (theirs, theirs.replace(other.sitting_id.encode(), mine.encode()), good[:-30], b"", b"null", b"{}"):
        assert refusal(line.send("POST", "/answer-file", data)) == (422, "foreign_file")
    assert line.rows() == before
    status, taken = line.send("POST", "/answer-file", good)
    assert (status, len(taken["receipts"]), taken["late_answers"], taken["refused"]) == (200, 1, [], [])


def test_a_forged_receipt_is_found_out(line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from assessment_engine.cli import main

    line.put(2, {"RESPONSE": "B"})
    line.send("POST", "/submit")
    given = line.send("GET", "/receipts")[1]
    connection = http.client.HTTPConnection("127.0.0.1", line.port)
    connection.request("GET", "/api/v1/keys")
    keys = json.loads(connection.getresponse().read())
    connection.close()
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    key = {name: keys["keys"][0][name] for name in ("key_id", "ed25519_hex")}
    for name, receipts in (("good", given["receipts"]), ("forged", [{**one, "response_sha256": "0" * 64} for one in given["receipts"]])):
        (tmp_path / name).write_text(json.dumps({"receipts": receipts, "seal": given["seal"], "public_key": key}))

    trust = ["--trust", str(tmp_path / "keys.json")]
    assert main(["receipts", "verify", str(tmp_path / "good"), *trust]) == 0
    assert main(["receipts", "verify", str(tmp_path / "forged"), *trust]) == 1
    assert "not genuine" in capsys.readouterr().out
