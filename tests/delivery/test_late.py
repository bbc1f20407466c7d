"""The rules of late answers: what is one, what counts, and who decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.late import (
    Arrival,
    LateAnswer,
    LateDecision,
    LateReason,
    LateState,
    Said,
    Verdict,
    counting_answers,
    decided,
    is_genuine_late,
    late_sha256,
    sign_late,
    state_of,
    why_late,
)
from assessment_engine.delivery.responses import Answer, Receipt, an_offer, is_genuine, sign_receipt
from assessment_engine.delivery.sealing import Closing, is_whole, seal_ledger, supersede
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import (
    AssessmentError,
    Conflict,
    Invalid,
    NotYet,
    RevisionFromTheFuture,
    SecondPersonNeeded,
    SittingPaused,
    SittingSealed,
    UnknownItem,
)
from assessment_engine.kernel.ids import FormId, ItemVersionId, LateAnswerId, OrganisationId, PersonId, SittingId
from item_bank.forms import Form, FormSection, FormState
from tests.builders import NOON, a_signer, a_sitting

KEY = a_signer().receipts
ITEM, OTHER = ItemVersionId("itv_1"), ItemVersionId("itv_2")
ONE, TWO = PersonId("per_1"), PersonId("per_2")
WELL_SAID = "The centre's line was cut."


def an_answer_late(revision: int = 3, item: ItemVersionId = ITEM, response: str = "B") -> LateAnswer:
    offer = an_offer(SittingId("sit_1"), PersonId("per_1"), item, revision, {"RESPONSE": response})
    arrival = Arrival(received_at=NOON, nonce_at=NOON - timedelta(minutes=9), contact_at=None, brought_by=PersonId("per_1"))
    return sign_late(LateAnswerId(f"lat_{item}_{revision}_{response}"), offer, LateReason.SEALED, arrival, KEY)


def an_answer(revision: int, item: ItemVersionId = ITEM, response: str = "A") -> Answer:
    offer = an_offer(SittingId("sit_1"), PersonId("per_1"), item, revision, {"RESPONSE": response})
    return Answer(response=offer.response, receipt=sign_receipt(offer, NOON, KEY))


def a_form() -> Form:
    section = FormSection(id="A", title="A", title_hi="A", items=(ITEM, OTHER))
    known: dict[str, Any] = {"title": "Form", "title_hi": "Form", "sha256": "f" * 64, "state": FormState.APPROVED}
    return Form(id=FormId("for_1"), organisation_id=OrganisationId("org_1"), sections=(section,), **known)


def said(late: LateAnswer, *words: tuple[PersonId, Verdict]) -> list[LateDecision]:
    decisions: list[LateDecision] = []
    for person, verdict in words:
        decisions.append(decided(late, decisions, Said(verdict=verdict, reason=WELL_SAID), person, NOON))
    return decisions


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (SittingState.SUBMITTED, None),
        (SittingState.IN_PROGRESS, NotYet),
        (SittingState.PAUSED, SittingPaused),
        (SittingState.ADMITTED, NotYet),
        (SittingState.VOIDED, SittingSealed),
    ],
)
def test_an_answer_is_late_once_the_sitting_is_sealed(state: SittingState, refusal: type[AssessmentError] | None) -> None:
    sitting = a_sitting(state=state, started_at=NOON, deadline_at=NOON + timedelta(hours=1))
    offer = an_offer(sitting.id, sitting.candidate_id, ITEM, 1, {"RESPONSE": "A"})

    if refusal is None:
        assert why_late(sitting, a_form(), offer, NOON) is LateReason.SEALED
    else:
        with pytest.raises(refusal):
            why_late(sitting, a_form(), offer, NOON)


def test_unknown_items_and_revisions_from_the_future_are_no_late_answers() -> None:
    sitting = a_sitting(state=SittingState.SUBMITTED)
    for item, revision, refusal in ((ItemVersionId("itv_9"), 1, UnknownItem), (ITEM, 5000, RevisionFromTheFuture)):
        with pytest.raises(refusal):
            why_late(sitting, a_form(), an_offer(sitting.id, sitting.candidate_id, item, revision, {}), NOON)


def test_an_acknowledgement_is_signed_and_never_passes_for_a_receipt() -> None:
    late = an_answer_late()
    fields = {name: late.document[name] for name in ("sitting", "item", "revision", "response_sha256", "server_time", "key_id")}
    as_receipt = Receipt(**fields, signature=late.signature)  # type: ignore[arg-type]

    assert late.document["type"] == "late_answer"
    assert late.document["in_ledger"] is False
    assert is_genuine_late(late, KEY.public_bytes)
    assert not is_genuine_late(replace(late, nonce_at=NOON), KEY.public_bytes)
    assert not is_genuine(as_receipt, KEY.public_bytes)


def test_what_bounds_a_late_answer_is_the_servers_own_word() -> None:
    late = an_answer_late()

    assert late.last_contact == NOON - timedelta(minutes=9)
    assert replace(late, contact_at=NOON - timedelta(minutes=2)).last_contact == NOON - timedelta(minutes=2)
    assert replace(late, nonce_at=None).last_contact is None


def test_one_person_accepts_and_two_different_ones_refuse() -> None:
    late = an_answer_late()

    assert state_of([]) is LateState.OPEN
    assert state_of(said(late, (ONE, Verdict.ACCEPT))) is LateState.ACCEPTED
    assert state_of(said(late, (ONE, Verdict.REFUSE))) is LateState.AWAITING_SECOND
    assert state_of(said(late, (ONE, Verdict.REFUSE), (TWO, Verdict.REFUSE))) is LateState.REFUSED
    assert state_of(said(late, (ONE, Verdict.REFUSE), (TWO, Verdict.ACCEPT))) is LateState.ACCEPTED


def test_nobody_is_their_own_second_person_and_what_is_decided_stays() -> None:
    late = an_answer_late()

    with pytest.raises(SecondPersonNeeded):
        said(late, (ONE, Verdict.REFUSE), (ONE, Verdict.REFUSE))
    with pytest.raises(Conflict):
        said(late, (ONE, Verdict.ACCEPT), (TWO, Verdict.REFUSE))
    with pytest.raises(Invalid):
        decided(late, [], Said(verdict=Verdict.REFUSE, reason="  no     "), ONE, NOON)


def test_the_highest_revision_counts_and_at_the_same_one_what_was_accepted() -> None:
    ledger = [an_answer(1), an_answer(4), an_answer(2, OTHER)]

    assert counting_answers(ledger, [an_answer_late(5)])[ITEM] == {"RESPONSE": "B"}
    assert counting_answers(ledger, [an_answer_late(4)])[ITEM] == {"RESPONSE": "B"}
    assert counting_answers(ledger, [an_answer_late(3)])[ITEM] == {"RESPONSE": "A"}
    assert counting_answers([], [an_answer_late(3), an_answer_late(2, response="C")]) == {ITEM: {"RESPONSE": "B"}}


def test_a_second_seal_names_the_first_the_same_ledger_and_exactly_the_accepted_answers() -> None:
    receipts = [an_answer(1).receipt, an_answer(2, OTHER).receipt]
    first = seal_ledger(Closing(sitting_id=SittingId("sit_1"), form_sha256="f" * 64, at=NOON, by="time_up"), receipts, KEY)
    late = [an_answer_late(3)]

    second = supersede(first, late, NOON + timedelta(hours=2), KEY)

    assert (second.number, second.supersedes, second.ledger_sha256) == (2, first.sha256, first.ledger_sha256)
    assert is_whole(second, receipts, KEY.public_bytes, late)
    assert not is_whole(second, receipts, KEY.public_bytes)
    assert not is_whole(second, receipts[:1], KEY.public_bytes, late)
    assert not is_whole(first, receipts, KEY.public_bytes, late)
    assert first.document["closed_by"] == "time_up"
    assert "number" not in first.document


@given(st.permutations([an_answer_late(revision, item) for revision in (1, 2) for item in (ITEM, OTHER)]))
def test_late_answers_have_one_name_in_whatever_order(late: list[LateAnswer]) -> None:
    assert late_sha256(late) == late_sha256(sorted(late, key=lambda one: one.id))
