"""Our own credential: what it says, that all of it is signed, and what each change to it is answered with."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openvc.proof.errors import ProofError

from assessment_engine.certification.credential import credential_of, sign_credential
from assessment_engine.certification.issuer import did_document, did_web_issuer, key_named_by, read_trust_list
from assessment_engine.certification.verification import REASONS, Answer, Verdict, verify_credential
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.signing import Purpose, SigningKey
from tests.certification.parts import ISSUER, KEY, NOON, an_award, contexts

TRUSTED = {ISSUER.id: {KEY.public_bytes}}


def signed() -> dict[str, Any]:
    document = sign_credential(credential_of(an_award(), ISSUER), ISSUER, KEY, contexts(), NOON)
    copy: dict[str, Any] = json.loads(json.dumps(document))
    return copy


def verdict_on(document: Json, trusted: dict[str, set[bytes]] | None = None) -> Verdict:
    return verify_credential(document, contexts(), TRUSTED if trusted is None else trusted, NOON + timedelta(days=1))


def test_our_own_credential_is_valid() -> None:
    verdict = verdict_on(signed())

    assert (verdict.answer, verdict.code, verdict.issuer) == (Answer.VALID, "valid", ISSUER.id)
    assert verdict.is_valid
    assert verdict.as_of == NOON + timedelta(days=1)


def test_a_stranger_to_the_issuer_never_says_valid() -> None:
    verdict = verdict_on(signed(), trusted={})

    assert (verdict.answer, verdict.code) == (Answer.NOT_TRUSTED, "issuer_not_trusted")
    assert not verdict.is_valid


def _another_name(document: dict[str, Any]) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"


def _a_higher_level(document: dict[str, Any]) -> None:
    document["credentialSubject"]["result"][1]["value"] = "5"


def _another_seal(document: dict[str, Any]) -> None:
    document["evidence"][0]["id"] = "ni:///sha-256;" + "A" * 43


def _an_undefined_term(document: dict[str, Any]) -> None:
    document["credentialSubject"]["grade"] = "distinction"


def _another_number(document: dict[str, Any]) -> None:
    document["id"] = "https://exam.example/verify/26-0000-0000-0000"


def _no_proof(document: dict[str, Any]) -> None:
    del document["proof"]


def _another_purpose(document: dict[str, Any]) -> None:
    document["proof"]["proofPurpose"] = "authentication"


def _another_suite(document: dict[str, Any]) -> None:
    document["proof"]["cryptosuite"] = "bbs-2023"


def _a_short_proof(document: dict[str, Any]) -> None:
    document["proof"]["proofValue"] = "z1234"


def _no_issuer(document: dict[str, Any]) -> None:
    del document["issuer"]["id"]


def _an_own_vocabulary(document: dict[str, Any]) -> None:
    document["@context"].append("https://evil.example/context.json")


def _the_old_context(document: dict[str, Any]) -> None:
    document["@context"][0] = "https://www.w3.org/2018/credentials/v1"


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (_another_name, "signature_wrong"),
        (_a_higher_level, "signature_wrong"),
        (_another_seal, "signature_wrong"),
        (_another_number, "signature_wrong"),
        (_an_undefined_term, "not_covered"),
        (_no_proof, "no_proof"),
        (_another_purpose, "wrong_purpose"),
        (_another_suite, "unsupported_proof"),
        (_a_short_proof, "proof_malformed"),
        (_no_issuer, "no_issuer"),
        (_an_own_vocabulary, "unknown_context"),
        (_the_old_context, "wrong_context"),
    ],
)
def test_a_changed_credential_is_invalid_for_its_own_reason(tamper: Callable[[dict[str, Any]], None], code: str) -> None:
    document = signed()
    tamper(document)

    verdict = verdict_on(document)

    assert (verdict.answer, verdict.code) == (Answer.INVALID, code)


def test_somebody_who_signs_in_our_name_is_found_out() -> None:
    forger = SigningKey(purpose=Purpose.ISSUER, seed=bytes(32))
    fake = did_web_issuer(forger.public_bytes, name="x", url=ISSUER.url)
    document = dict(credential_of(an_award(), ISSUER))
    forged = sign_credential(document, fake, forger, contexts(), NOON)

    assert verdict_on(forged).code == "not_the_issuers_key"
    assert verdict_on(forged, trusted={}).code == "not_the_issuers_key"


def test_a_credential_before_and_after_its_time() -> None:
    document = {**credential_of(an_award(), ISSUER), "validUntil": "2026-11-30T00:00:00Z"}
    timed = sign_credential(document, ISSUER, KEY, contexts(), NOON)

    assert verify_credential(timed, contexts(), TRUSTED, NOON + timedelta(days=30)).answer is Answer.EXPIRED
    assert verify_credential(timed, contexts(), TRUSTED, NOON - timedelta(days=1)).code == "not_yet_valid"


def test_a_term_that_no_context_defines_is_never_signed() -> None:
    document = {**credential_of(an_award(), ISSUER), "grade": "distinction"}

    with pytest.raises(ProofError):
        sign_credential(document, ISSUER, KEY, contexts(), NOON)


def test_a_proof_set_is_valid_only_when_each_proof_is() -> None:
    document = signed()
    document["proof"] = [document["proof"], dict(document["proof"])]
    broken = json.loads(json.dumps(document))
    broken["proof"][1]["created"] = "2020-01-01T00:00:00Z"

    assert verdict_on(document).is_valid
    assert verdict_on(broken).code == "signature_wrong"


@pytest.mark.parametrize("document", [None, [], "x", 4, {}, {"type": "VerifiableCredential"}, {"type": ["VerifiableCredential", 4]}])
def test_what_is_no_credential_gets_an_answer_and_no_exception(document: Json) -> None:
    verdict = verify_credential(document, {}, {}, NOON)

    assert verdict.answer is Answer.INVALID
    assert verdict.code in REASONS


def test_the_did_document_of_a_web_issuer_publishes_the_key_that_signs() -> None:
    issuer = did_web_issuer(KEY.public_bytes, name="Agency", url="https://exam.example:8443/engine")

    document = did_document(issuer)

    assert issuer.id == "did:web:exam.example%3A8443:engine"
    assert isinstance(document, dict)
    assert document["id"] == issuer.id
    assert key_named_by(issuer.verification_method) == KEY.public_bytes


def test_a_trust_list_names_what_is_wrong_in_it() -> None:
    key = ISSUER.id.removeprefix("did:key:")

    assert read_trust_list({ISSUER.id: [key]}) == {ISSUER.id: frozenset({KEY.public_bytes})}
    wrongs: list[Json] = [[], {"a": "z6Mk"}, {"a": [4]}, {"a": ["z6Mk"]}]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            read_trust_list(wrong)
