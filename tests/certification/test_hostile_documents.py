"""Whatever JSON somebody hands in: a verdict, a summary, and never an exception."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment_engine.certification.credential import credential_of, sign_credential
from assessment_engine.certification.summary import summarise
from assessment_engine.certification.verification import REASONS, Answer, verify_credential
from tests.certification.parts import ISSUER, KEY, NOON, an_award, contexts

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)
MEMBERS = ("@context", "type", "issuer", "proof", "credentialSubject", "evidence", "validFrom", "validUntil", "id")
PROOF_MEMBERS = ("type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue", "created", "@context")


@cache
def signed_once() -> str:
    return json.dumps(sign_credential(credential_of(an_award(), ISSUER), ISSUER, KEY, contexts(), NOON))


def signed() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(signed_once())
    return document


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MEMBERS), anything)
def test_any_member_replaced_by_anything_is_never_valid(member: str, value: Any) -> None:
    document = signed()
    if document[member] == value if member in document else value is None:
        return
    document[member] = value

    verdict = verify_credential(document, contexts(), {ISSUER.id: {KEY.public_bytes}}, NOON + timedelta(days=1))

    assert verdict.code in REASONS
    assert verdict.answer is not Answer.VALID or (member == "validUntil" and value in (None, ""))
    summarise(document)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PROOF_MEMBERS), anything)
def test_any_part_of_the_proof_replaced_by_anything_is_never_valid(member: str, value: Any) -> None:
    document = signed()
    if document["proof"].get(member) == value:
        return
    document["proof"][member] = value

    verdict = verify_credential(document, contexts(), {ISSUER.id: {KEY.public_bytes}}, NOON + timedelta(days=1))

    assert verdict.code in REASONS


@given(anything)
def test_any_json_at_all_gets_an_answer(document: Any) -> None:
    assert verify_credential(document, {}, {}, NOON).code in REASONS
    if isinstance(document, dict):
        summarise(document)


def test_a_document_nested_without_end_gets_an_answer() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]

    verdict = verify_credential({**credential_of(an_award(), ISSUER), "proof": deep, "evidence": deep}, {}, {}, NOON)

    assert verdict.answer is Answer.INVALID
