"""Whatever JSON somebody hands in: a verdict, a summary, and never an exception."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
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


def entangled(count: int) -> list[Any]:
    """Unnamed nodes that all name each other, and say nothing else: nothing tells one from another but trying every order."""
    nodes = [f"_:n{number}" for number in range(count)]
    return [{"id": one, "urn:knows": [{"@id": other} for other in nodes if other != one]} for one in nodes]


@pytest.mark.parametrize("part", ["credentialSubject", "proof"])
def test_what_would_take_the_processor_for_hours_is_refused_at_once(part: str) -> None:
    document = signed()
    document[part]["urn:knows"] = entangled(6)  # each one more takes some fifty times as long

    verdict = verify_credential(document, contexts(), {}, NOON + timedelta(days=1))

    assert (verdict.answer, verdict.code) == (Answer.INVALID, "too_heavy")


def test_a_document_without_end_is_refused_by_its_size() -> None:
    evidence, contexts_again = signed()["evidence"][0], signed()["@context"] * 20

    for change in ({"evidence": [evidence] * 1000}, {"@context": contexts_again}):
        assert verify_credential({**signed(), **change}, contexts(), {}, NOON + timedelta(days=1)).code == "too_heavy"


def test_a_picture_inside_is_one_value_and_a_few_that_look_alike_are_nothing_strange() -> None:
    document = signed()
    document["credentialSubject"]["achievement"]["image"] = {"id": "data:image/png;base64," + "A" * 400_000, "type": "Image"}
    document["credentialSubject"]["result"] = [{"type": ["Result"], "status": "Completed"} for _ in range(4)]

    assert verify_credential(document, contexts(), {}, NOON + timedelta(days=1)).code == "signature_wrong"
