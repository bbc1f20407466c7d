"""The public verify page, the JSON door, and the log for outsiders, through the real app."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from api.words import words
from assessment_engine.audit import leaf_hash, open_checkpoint, verify_inclusion
from assessment_engine.certification.credential import credential_of, sign_credential
from assessment_engine.certification.issuer import read_multikey
from assessment_engine.certification.verification import REASONS
from assessment_engine.services import audit
from assessment_engine.services.engine import Engine
from assessment_engine.services.verification import issuer_of
from tests.api.client import TestClient
from tests.builders import an_engine
from tests.certification.parts import CRED, ISSUER, KEY, NOON, an_award, contexts, needs_vectors


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return replace(an_engine(tmp_path, now=NOON), contexts=contexts())


@pytest.fixture
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine))


def test_the_verify_page_asks_and_works_in_both_languages(client: TestClient) -> None:
    english, hindi = client.get("/verify"), client.get("/verify?lang=hi")

    assert "Verify a certificate" in english.text
    assert "प्रमाणपत्र" in hindi.text


@needs_vectors
def test_another_issuers_credential_is_never_called_valid(client: TestClient) -> None:
    sample = (CRED / "ob30" / "samples" / "simple.json").read_bytes()

    page = client.post("/verify", files={"file": ("badge.json", sample, "application/json")})

    assert page.status_code == 200
    assert "Signature valid, issuer not trusted" in page.text
    assert "Valid as of" not in page.text
    assert "Teamwork" in page.text


@pytest.mark.parametrize(
    ("file", "text", "words", "status"),
    [
        (b"", "", "Nothing was handed in", 422),
        (b"\xff\xd8\xff a photograph", "", "This cannot be read as a certificate", 422),
        (b"%PDF-1.7 a scan", "", "This cannot be read as a certificate", 422),
        (b"{ not json", "", "This cannot be read as a certificate", 422),
        (b"", "26-0000-0000-0000", "There is no certificate with this number", 404),
        (b"", "<script>alert(1)</script>", "There is no certificate with this number", 404),
        (b"x" * (2 << 20) + b"y", "", "too large", 422),
        (b"{}", "", "Invalid", 200),
    ],
)
def test_bad_input_gets_words_and_a_way_on(client: TestClient, file: bytes, text: str, words: str, status: int) -> None:
    page = client.post("/verify", files={"file": ("x", file)}, data={"text": text})

    assert page.status_code == status
    assert words in page.text
    assert "<script>alert" not in page.text


def test_the_json_door_answers_with_a_reason_code(client: TestClient) -> None:
    document = sign_credential(credential_of(an_award(), ISSUER), ISSUER, KEY, contexts(), NOON)

    answer = client.post("/api/v1/credentials/verify", json=document).json()

    assert (answer["valid"], answer["code"], answer["number"]) == (False, "issuer_not_trusted", "26-7K3M-9Q2X-H4TD")
    assert client.post("/api/v1/credentials/verify", json=[1]).status_code == 422


def test_a_credential_that_our_key_signed_but_we_never_issued_is_invalid(engine: Engine, client: TestClient) -> None:
    issuer = issuer_of(engine, "Agency")
    document = sign_credential(credential_of(an_award(), issuer), issuer, engine.signer.issuer, contexts(), NOON)

    answer = client.post("/api/v1/credentials/verify", json=document).json()

    assert (answer["answer"], answer["code"]) == ("invalid", "unknown_certificate")


def test_every_reason_is_said_in_hindi() -> None:
    hindi = words("hi").texts

    assert [reason for reason in REASONS.values() if reason not in hindi] == []


def test_the_did_document_is_published_by_a_deployment_only(tmp_path: Path) -> None:
    deployment = TestClient(create_app(an_engine(tmp_path))).get("/.well-known/did.json")
    (tmp_path / "demo").mkdir()
    demo = TestClient(create_app(an_engine(tmp_path / "demo", demo=True))).get("/.well-known/did.json")

    document = deployment.json()
    assert document["id"] == "did:web:localhost%3A8000"
    assert len(read_multikey(document["verificationMethod"][0]["publicKeyMultibase"])) == 32
    assert demo.status_code == 404


def test_an_outsider_follows_the_log_by_its_public_door(engine: Engine, client: TestClient) -> None:
    assert client.get("/api/v1/log/checkpoint").status_code == 404
    with engine.store.begin() as tx:
        sha256 = tx.audit.append("sitting_sealed", subject="sit_1", now=NOON)
    assert client.get(f"/api/v1/log/proofs/{sha256}").status_code == 404
    audit.sequence(engine)

    answer = client.get(f"/api/v1/log/proofs/{sha256}").json()

    checkpoint = open_checkpoint(answer["checkpoint"], audit.origin(engine), engine.signer.log.public_bytes)
    assert answer["checkpoint"] == client.get("/api/v1/log/checkpoint").text
    path = [bytes.fromhex(part) for part in answer["path"]]
    leaf = leaf_hash(bytes.fromhex(sha256))
    assert verify_inclusion(leaf=leaf, index=answer["leaf_index"], size=checkpoint.size, proof=path, root=checkpoint.root)
