from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.responses import (
    MAX_REVISION_LEAP,
    Answer,
    Offer,
    Receipt,
    Standing,
    an_offer,
    final_answers,
    is_answered,
    is_genuine,
    known_receipt,
    ledger_sha256,
    sign_receipt,
)
from assessment_engine.delivery.sealing import Closing, is_whole, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import (
    AfterTime,
    AssessmentError,
    LeaseMoved,
    NotFound,
    NotYet,
    RevisionFromTheFuture,
    RevisionReused,
    SittingPaused,
    SittingSealed,
    StaleRevision,
    TooLarge,
    UnknownItem,
    WrongResponse,
)
from assessment_engine.kernel.ids import FormId, ItemVersionId, OrganisationId, PersonId, SittingId
from item_bank.forms import Form, FormSection, FormState
from tests.builders import NOON, a_signer, a_sitting

KEY = a_signer().receipts
A, B = ItemVersionId("itv_a"), ItemVersionId("itv_b")
FORM = Form(
    id=FormId("for_1"),
    organisation_id=OrganisationId("org_1"),
    title="Form",
    title_hi="प्रश्नपत्र",
    sections=(FormSection(id="A", title="First", title_hi="पहला", items=(A, B)),),
    sha256="0" * 64,
    state=FormState.APPROVED,
)


def offer(revision: int = 5, item: ItemVersionId = A, response: object = None, candidate: str = "per_1") -> Offer:
    return an_offer(SittingId("sit_1"), PersonId(candidate), item, revision, {"RESPONSE": "A"} if response is None else response)


def standing(newest_of_item: int = 0, same_revision: Receipt | None = None, **sitting: object) -> Standing:
    fields = {"state": SittingState.IN_PROGRESS, "revision": 4, "deadline_at": NOON + timedelta(hours=1), **sitting}
    return Standing(sitting=a_sitting(**fields), form=FORM, same_revision=same_revision, newest_of_item=newest_of_item)


REFUSALS: dict[str, tuple[Offer, Standing, type[AssessmentError]]] = {
    "no such sitting": (offer(), replace(standing(), sitting=None), NotFound),
    "another's sitting": (offer(candidate="per_2"), standing(), NotFound),
    "an item not in the form": (offer(item=ItemVersionId("itv_c")), standing(), UnknownItem),
    "before the start": (offer(), standing(state=SittingState.ADMITTED), NotYet),
    "after time": (offer(), standing(deadline_at=NOON - timedelta(seconds=1)), AfterTime),
    "while the time stands still": (offer(), standing(state=SittingState.PAUSED), SittingPaused),
    "from a window without the lease": (offer(), standing(writer="another"), LeaseMoved),
    "after the seal": (offer(), standing(state=SittingState.SUBMITTED), SittingSealed),
    "of a voided sitting": (offer(), standing(state=SittingState.VOIDED), SittingSealed),
    "a stale revision": (offer(3), standing(newest_of_item=4), StaleRevision),
    "from the future": (offer(4 + MAX_REVISION_LEAP + 1), standing(), RevisionFromTheFuture),
    "a reused revision": (offer(4), standing(same_revision=sign_receipt(offer(4, response={"RESPONSE": "B"}), NOON, KEY)), RevisionReused),
    "a revision reused by another item": (offer(4), standing(same_revision=sign_receipt(offer(4, B), NOON, KEY)), RevisionReused),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_an_answer_is_refused(case: str) -> None:
    offered, known, error = REFUSALS[case]

    with pytest.raises(error):
        known_receipt(offered, known, NOON)


def test_a_new_answer_has_no_receipt_yet() -> None:
    assert known_receipt(offer(4 + MAX_REVISION_LEAP), standing(), NOON) is None


def test_an_answer_within_the_grace_is_taken() -> None:
    assert known_receipt(offer(), standing(deadline_at=NOON - timedelta(seconds=3), grace_s=5), NOON) is None


@pytest.mark.parametrize("state", [SittingState.IN_PROGRESS, SittingState.SUBMITTED])
def test_a_retry_gets_the_same_receipt_even_after_the_seal(state: SittingState) -> None:
    given_before = sign_receipt(offer(4), NOON - timedelta(hours=2), KEY)

    assert known_receipt(offer(4), standing(same_revision=given_before, state=state, deadline_at=NOON), NOON) == given_before


def test_an_older_revision_of_another_item_is_no_stale_one() -> None:
    assert known_receipt(offer(2, B), standing(newest_of_item=0), NOON) is None


SHAPES: list[object] = [
    {},
    {"RESPONSE": None},
    {"RESPONSE": "पुणे"},
    {"RESPONSE": ["A", "C"]},
    {"RESPONSE": []},
    {"RESPONSE": 12.5, "SECOND": 7},
    {"RESPONSE": {"name": "a.txt", "media_type": "text/plain", "data": "aGVsbG8="}},
]
MISSHAPEN: list[object] = [
    None,
    "A",
    ["A"],
    7,
    {"RESPONSE": True},
    {"RESPONSE": {"a": "b"}},
    {"RESPONSE": {"name": "a.txt", "media_type": "text/plain", "data": 7}},
    {"RESPONSE": {"name": "a.txt", "media_type": "text/plain", "data": "", "more": ""}},
    {"RESPONSE": [1]},
    {"RESPONSE": [["A"]]},
    {"RESPONSE": float("nan")},
    {"RESPONSE": 2**60},
    {"RESPONSE": "\ud800"},
    {1: "A"},
]


@pytest.mark.parametrize("response", SHAPES, ids=repr)
def test_a_response_maps_identifiers_to_values(response: object) -> None:
    assert offer(response=response).response_sha256 == digest(response)  # type: ignore[arg-type]


@pytest.mark.parametrize("response", MISSHAPEN, ids=ascii)
def test_what_is_no_response_is_refused(response: object) -> None:
    with pytest.raises(WrongResponse):
        an_offer(SittingId("sit_1"), PersonId("per_1"), A, 1, response)


def test_a_bottomless_response_is_refused() -> None:
    bottomless: object = "A"
    for _ in range(3000):
        bottomless = [bottomless]

    with pytest.raises(WrongResponse):
        offer(response={"RESPONSE": bottomless})


def test_a_response_has_a_largest_size() -> None:
    offer(response={"RESPONSE": "x" * (64 * 1024 - 15)})

    with pytest.raises(TooLarge):
        offer(response={"RESPONSE": "x" * (64 * 1024)})


def test_a_response_with_a_file_may_be_larger_and_has_a_largest_size_too() -> None:
    def with_file(size: int) -> dict[str, Json]:
        return {"RESPONSE": {"name": "a.png", "media_type": "image/png", "data": "A" * size}}

    offer(response=with_file(2_900_000))

    with pytest.raises(TooLarge):
        offer(response=with_file(3 * 1024 * 1024))


def test_a_receipt_is_genuine_until_anything_in_it_changes() -> None:
    receipt = sign_receipt(offer(), NOON, KEY)

    assert is_genuine(receipt, KEY.public_bytes)
    assert receipt.server_time == "2026-11-23T12:00:00.000Z"
    for name, other in {"revision": 6, "item": B, "server_time": "2026-11-23T12:00:00.001Z", "response_sha256": "0" * 64}.items():
        assert not is_genuine(replace(receipt, **{name: other}), KEY.public_bytes)  # type: ignore[arg-type]
    assert not is_genuine(receipt, a_signer().log.public_bytes)


@given(st.permutations(range(1, 7)))
def test_the_ledger_has_one_name_whatever_the_order(revisions: list[int]) -> None:
    receipts = [sign_receipt(offer(revision), NOON, KEY) for revision in range(1, 7)]

    assert ledger_sha256([receipts[revision - 1] for revision in revisions]) == ledger_sha256(receipts)


def test_the_seal_holds_exactly_the_ledger() -> None:
    receipts = [sign_receipt(offer(revision), NOON, KEY) for revision in (1, 2, 3)]

    seal = seal_ledger(Closing(sitting_id=SittingId("sit_1"), form_sha256="f" * 64, at=NOON), receipts, KEY)

    assert is_whole(seal, receipts, KEY.public_bytes)
    assert not is_whole(seal, receipts[:2], KEY.public_bytes)
    assert not is_whole(replace(seal, form_sha256="e" * 64), receipts, KEY.public_bytes)


def test_an_empty_ledger_has_a_seal_too() -> None:
    assert is_whole(seal_ledger(Closing(sitting_id=SittingId("sit_1"), form_sha256="f" * 64, at=NOON), [], KEY), [], KEY.public_bytes)


def test_the_newest_answer_of_each_item_counts() -> None:
    answers = [
        Answer(response={"RESPONSE": letter}, receipt=sign_receipt(offer(revision, item), NOON, KEY))
        for revision, item, letter in [(3, A, "C"), (1, A, "A"), (2, B, "B")]
    ]

    assert final_answers(answers) == {A: {"RESPONSE": "C"}, B: {"RESPONSE": "B"}}


@pytest.mark.parametrize("response", [{}, {"R": None}, {"R": ""}, {"R": "  "}, {"R": []}, {"R": None, "S": []}], ids=repr)
def test_blank_responses_are_no_answer(response: dict[str, Json]) -> None:
    assert not is_answered(response)


@pytest.mark.parametrize("response", [{"R": "A"}, {"R": 0}, {"R": ["A"]}, {"R": None, "S": "B"}], ids=repr)
def test_anything_else_is_an_answer(response: dict[str, Json]) -> None:
    assert is_answered(response)
