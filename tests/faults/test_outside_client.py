"""An outside client, as DESIGN section 8 promises it: it keeps receipts, kills the process and compares. Only published things are used.

Candidates come from `assessment-engine seed-load`, answers go by the interface of /api/v1/openapi.json, receipts are verified with the
key of /api/v1/keys and compared with GET …/receipts and with the table `answers`, by clients of our own making.
"""

import base64
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessment_engine.runtime import build_engine
from assessment_engine.settings import Settings
from tests.builders import a_sqlite_store, a_world
from tests.running import free_port, until

PROGRAM = [sys.executable, "-m", "assessment_engine"]
CANDIDATES, ANSWERS = 3, 12
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    a_sqlite_store(tmp_path).engine.dispose()
    place = {"DATA_DIR": str(tmp_path), "PORT": str(free_port()), "JOBS_URL": NOWHERE, "FRAMES_URL": NOWHERE}
    engine = build_engine(Settings.from_environ(place))
    a_world(engine)
    engine.store.engine.dispose()
    (tmp_path / "demonstration").touch()  # what `demo` leaves behind; seed-load works in no other deployment
    return {**os.environ, **place}


@contextmanager
def delivery(environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([*PROGRAM, "process", "delivery"], env=environ, stdout=subprocess.DEVNULL)
    try:
        assert until(lambda: is_up(environ), 120)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)


def is_up(environ: dict[str, str]) -> bool:
    try:
        return httpx.get(f"{site(environ)}/readyz", timeout=2).status_code in (200, 503)
    except httpx.TransportError:
        return False


def site(environ: dict[str, str]) -> str:
    return f"http://127.0.0.1:{environ['PORT']}"


def seed_load(environ: dict[str, str]) -> list[dict[str, Any]]:
    from assessment_engine.services.seed_load import seed_load as seeded

    engine = build_engine(Settings.from_environ(environ))
    lines = [json.dumps(one) for one in seeded(engine, CANDIDATES)]
    engine.store.engine.dispose()
    return [json.loads(line) for line in lines]


def put(client: httpx.Client, seeded: dict[str, Any], revision: int) -> dict[str, Any]:
    """Save an answer, again and again until it is acknowledged."""
    item = seeded["items"][revision % len(seeded["items"])]
    body = {"revision": revision, "response": {"RESPONSE": "AB"[revision % 2]}}
    end = time.monotonic() + 60
    while True:
        try:
            answer = client.put(f"/api/v1/sittings/{seeded['sitting']}/answers/{item}", json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 200:
            receipt: dict[str, Any] = answer.json()
            assert receipt["response_sha256"] == hashlib.sha256(rfc8785.dumps({"RESPONSE": "AB"[revision % 2]})).hexdigest()
            return receipt
        assert time.monotonic() < end, answer and answer.text


def is_genuine(document: dict[str, Any], keys: dict[str, bytes]) -> bool:
    """Check a signature as /api/v1/openapi.json says: Ed25519 over the RFC 8785 form of everything but `signature`."""
    signed = rfc8785.dumps({name: value for name, value in document.items() if name != "signature"})
    signature = base64.urlsafe_b64decode(document["signature"] + "==")
    Ed25519PublicKey.from_public_bytes(keys[document["key_id"]]).verify(signature, signed)  # raises for a false one
    return True


def table_of(environ: dict[str, str], sitting: str) -> list[tuple[Any, ...]]:
    columns = "sitting_id, item_id, revision, response_sha256, key_id, signature"
    with sqlite3.connect(Path(environ["DATA_DIR"]) / "engine.sqlite") as database:
        return database.execute(f"SELECT {columns} FROM answers WHERE sitting_id = ? ORDER BY revision", [sitting]).fetchall()  # noqa: S608


def row_of(receipt: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(receipt[name] for name in ("sitting", "item", "revision", "response_sha256", "key_id", "signature"))


def serving(keeper: int) -> int:
    """The process that answers: the keeper's only child."""
    return int(Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()[0])


def test_an_outside_client_finds_every_receipt_after_kills(environ: dict[str, str]) -> None:
    everybody = seed_load(environ)
    kept: dict[str, list[dict[str, Any]]] = {seeded["sitting"]: [] for seeded in everybody}
    clients = [httpx.Client(base_url=site(environ), headers={"Authorization": f"Bearer {one['token']}"}, timeout=60) for one in everybody]

    with delivery(environ) as process:
        for revision in range(1, ANSWERS + 1):
            for client, seeded in zip(clients, everybody, strict=True):
                kept[seeded["sitting"]].append(put(client, seeded, revision))
            if revision == ANSWERS // 2:
                os.kill(serving(process.pid), signal.SIGKILL)  # it comes back by itself
    with delivery(environ):
        keys = {one["key_id"]: bytes.fromhex(one["ed25519_hex"]) for one in httpx.get(f"{site(environ)}/api/v1/keys").json()["keys"]}
        for client, seeded in zip(clients, everybody, strict=True):
            sitting, path = seeded["sitting"], f"/api/v1/sittings/{seeded['sitting']}"
            opened = client.get(path).json()
            assert (opened["revision"], len(opened["answers"])) == (ANSWERS, len(seeded["items"]))
            seal = client.post(f"{path}/submit").json()
            assert client.post(f"{path}/submit").json() == seal
            published = client.get(f"{path}/receipts").json()

            assert published == {"receipts": kept[sitting], "seal": seal}
            assert table_of(environ, sitting) == [row_of(receipt) for receipt in kept[sitting]]
            assert all(is_genuine(document, keys) for document in [*published["receipts"], seal])
            assert seal["answers"] == ANSWERS
            client.close()
