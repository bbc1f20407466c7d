"""The judge of `bench faults` finds what it is there to find: each kind of difference, made by hand, is counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessment_engine.bench.faults.books import Book, Sent
from assessment_engine.bench.faults.judge import COUNTS, Held, differences
from assessment_engine.delivery.responses import Answer, Receipt, an_offer, sign_receipt
from assessment_engine.delivery.sealing import Closing, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.delivery.timing import TimePolicy
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from assessment_engine.services.seed_load import Seeded
from tests.builders import NOON, a_signer, a_sitting

KEY = a_signer().receipts
ITEM = ItemVersionId("itv_1")
POLICY = TimePolicy(duration_s=3600)


def a_receipt(revision: int, value: str = "A") -> Receipt:
    return sign_receipt(an_offer(SittingId("sit_1"), PersonId("per_1"), ITEM, revision, {"R": value}), NOON, KEY)


def a_book(*receipts: Receipt) -> Book:
    book = Book(seeded=Seeded(sitting=SittingId("sit_1"), token="", items=[ITEM]), deadline=NOON + timedelta(hours=1))
    for revision in range(1, 4):
        book.sends(Sent(item=ITEM, revision=revision, response={"R": "A"}))
    book.receipts.extend(receipts)
    return book


def what_is_held(*receipts: Receipt) -> Held:
    answers = tuple(Answer(response={"R": "A"}, receipt=receipt) for receipt in receipts)
    started = a_sitting(state=SittingState.IN_PROGRESS, started_at=NOON, deadline_at=NOON + timedelta(hours=1))
    counted = {ITEM: {"R": "A"}} if receipts else {}
    return Held(
        sitting=started, policy=POLICY, answers=answers, counted=counted, seal=None, events=len(receipts), published=receipts  # type: ignore[arg-type]
    )  # fmt: skip


ONE, TWO = a_receipt(1), a_receipt(2)
WHOLE = what_is_held(ONE, TWO)


def found(book: Book, held: Held) -> dict[str, int]:
    return {name: count for name, count in differences(book, held, KEY.public_bytes).items() if count}


def test_where_all_is_well_nothing_is_counted() -> None:
    assert set(differences(a_book(ONE, TWO), WHOLE, KEY.public_bytes)) == set(COUNTS)
    assert found(a_book(ONE, TWO), WHOLE) == {}


def test_an_answer_whose_acknowledgement_was_lost_is_no_difference() -> None:
    assert found(a_book(ONE), WHOLE) == {}


@pytest.mark.parametrize("held", [what_is_held(ONE), replace(WHOLE, published=(ONE,))])
def test_a_receipt_that_is_not_in_the_table_or_not_published_is_lost(held: Held) -> None:
    assert found(a_book(ONE, TWO), held)["lost"] == 1


def test_two_receipts_for_one_revision_are_counted_twice() -> None:
    assert found(a_book(ONE, TWO, replace(TWO, server_time="2026-11-23T12:00:01.000Z")), WHOLE)["twice"] == 1


def test_an_event_too_many_is_counted_twice() -> None:
    assert found(a_book(ONE, TWO), replace(WHOLE, events=3)) == {"twice": 1}


def test_a_final_answer_that_is_not_the_newest_is_found() -> None:
    assert found(a_book(ONE, TWO), what_is_held(ONE)) == {"lost": 1, "twice": 1}
    assert found(a_book(ONE, TWO), replace(WHOLE, counted={ITEM: {"R": "B"}})) == {"twice": 1}


def test_a_signature_of_nobody_is_found() -> None:
    forged = replace(TWO, signature=ONE.signature)

    assert found(a_book(ONE, forged), what_is_held(ONE, forged)) == {"not_genuine": 1}


def test_an_answer_that_nobody_sent_is_found() -> None:
    assert found(a_book(ONE, TWO), what_is_held(ONE, TWO, a_receipt(9))) == {"never_sent": 1}


def test_what_never_was_acknowledged_is_stranded() -> None:
    book = a_book(ONE, TWO)
    book.left.append(Sent(item=ITEM, revision=3, response={"R": "A"}))

    assert found(book, WHOLE) == {"stranded": 1}


def test_a_seal_that_does_not_cover_the_ledger_is_found() -> None:
    closing = Closing(sitting_id=SittingId("sit_1"), form_sha256="0" * 64, at=NOON, by="submit")
    closed = replace(WHOLE.sitting, state=SittingState.SUBMITTED, submitted_at=NOON)
    book = a_book(ONE, TWO)
    book.handed_in_at = NOON

    assert found(book, replace(WHOLE, sitting=closed, seal=seal_ledger(closing, [ONE, TWO], KEY))) == {}
    assert found(book, replace(WHOLE, sitting=closed, seal=seal_ledger(closing, [ONE], KEY))) == {"unsealed": 1}
    assert found(book, replace(WHOLE, sitting=closed, seal=None)) == {"unsealed": 1}


def test_time_that_was_taken_is_found() -> None:
    early = WHOLE.sitting.deadline_at
    assert early is not None
    shorter = replace(WHOLE.sitting, deadline_at=early - timedelta(seconds=1))
    refused = a_book(ONE, TWO)
    refused.closed_at = NOON + timedelta(minutes=59)

    assert found(a_book(ONE, TWO), replace(WHOLE, sitting=shorter)) == {"time_lost": 1}
    assert found(refused, WHOLE) == {"time_lost": 1}
