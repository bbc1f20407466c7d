"""Credentials that others made: the official Open Badges 3.0 validator's samples, and the W3C vector of eddsa-jcs-2022."""

import json
from datetime import UTC, datetime

import pytest

from assessment_engine.certification.issuer import key_named_by
from assessment_engine.certification.verification import Answer, verify_credential
from tests.certification.parts import CRED, contexts, needs_vectors

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@needs_vectors
@pytest.mark.parametrize(
    ("sample", "answer", "code"),
    [
        ("simple", Answer.NOT_TRUSTED, "issuer_not_trusted"),
        ("simple-did-key-method", Answer.NOT_TRUSTED, "issuer_not_trusted"),
        ("simple-err-expired", Answer.EXPIRED, "expired"),
        ("simple-err-proof-value", Answer.INVALID, "signature_wrong"),
        ("simple-err-context", Answer.INVALID, "wrong_context"),
        ("simple-err-issuer", Answer.INVALID, "no_issuer"),
        ("simple-noproof", Answer.INVALID, "no_proof"),
    ],
)
def test_the_official_samples_get_their_verdicts(sample: str, answer: Answer, code: str) -> None:
    document = json.loads((CRED / "ob30" / "samples" / f"{sample}.json").read_text())

    verdict = verify_credential(document, contexts(), {}, NOW)

    assert (verdict.answer, verdict.code) == (answer, code)


@needs_vectors
def test_a_sample_is_valid_for_somebody_who_trusts_its_issuer() -> None:
    document = json.loads((CRED / "ob30" / "samples" / "simple.json").read_text())
    key = key_named_by(document["proof"][0]["verificationMethod"])
    assert key is not None

    verdict = verify_credential(document, contexts(), {document["issuer"]["id"]: {key}}, NOW)

    assert verdict.is_valid


@needs_vectors
def test_the_w3c_vector_verifies_and_each_changed_member_does_not() -> None:
    document = json.loads((CRED / "vc-di-eddsa" / "eddsa-jcs-2022" / "signedJCS.json").read_text())

    assert verify_credential(document, {}, {}, NOW).answer is Answer.NOT_TRUSTED
    for member in ("id", "name", "description", "validFrom", "credentialSubject"):
        changed = {**document, member: "another"}
        assert verify_credential(changed, {}, {}, NOW).code == "signature_wrong"
