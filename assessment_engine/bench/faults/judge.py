"""Compares what candidates hold with what the deployment holds, and counts: each count should be zero.

It sees the candidates' books, the table `answers` with its events and seals, and what GET /receipts says. It changes nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from assessment_engine.bench.faults.books import Book
from assessment_engine.bench.faults.http import Unanswered, Wire
from assessment_engine.delivery.responses import Answer, Receipt, final_answers, is_genuine
from assessment_engine.delivery.sealing import Seal, is_whole
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timing import TimePolicy, time_policy
from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services.engine import Engine

COUNTS = ("lost", "twice", "not_genuine", "never_sent", "stranded", "unsealed", "time_lost")
"""Acknowledged answers that are not there · answers counted twice, or a final answer that is not the newest · receipts that no key of ours
signed · answers of the ledger that nobody sent · answers that never were acknowledged though the deployment was well again · sittings
whose seal does not cover what was acknowledged · sittings whose time became less than their policy says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the deployment holds of one sitting."""

    sitting: Sitting
    policy: TimePolicy
    answers: tuple[Answer, ...]
    counted: dict[ItemVersionId, dict[str, Json]]  # what scoring would read
    seal: Seal | None
    events: int
    published: tuple[Receipt, ...]  # GET /receipts

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of the table."""
        return [answer.receipt for answer in self.answers]


async def judge(engine: Engine, books: Iterable[Book], port: int) -> Counter[str]:
    """Count every difference over all candidates."""
    total: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    for book in books:
        held = _held(engine, book, await _published(book, port))
        total.update(differences(book, held, engine.signer.receipts.public_bytes))
    return total


def differences(book: Book, held: Held, key: bytes) -> dict[str, int]:
    """Count one candidate's differences."""
    return {
        "lost": _lost(book, held),
        "twice": _twice(book, held),
        "not_genuine": sum(not is_genuine(receipt, key) for receipt in {*book.receipts, *held.receipts}),
        "never_sent": sum(not book.has_sent(one.item, one.revision, one.response_sha256) for one in held.receipts)
        + sum(digest(dict(answer.response)) != answer.receipt.response_sha256 for answer in held.answers),
        "stranded": len(book.left),
        "unsealed": _unsealed(book, held, key),
        "time_lost": _time_lost(book, held),
    }


def _lost(book: Book, held: Held) -> int:
    there = set(held.receipts) & set(held.published)
    return len(set(book.receipts) - there)


def _twice(book: Book, held: Held) -> int:
    several = Counter(receipt.revision for receipt in {*book.receipts, *held.receipts})
    rows = Counter(receipt.revision for receipt in held.receipts)
    newest = {receipt.item: receipt.revision for receipt in sorted(book.receipts, key=lambda receipt: receipt.revision)}
    final = {receipt.item: receipt.revision for receipt in sorted(held.receipts, key=lambda receipt: receipt.revision)}
    overtaken = sum(final.get(item, 0) < revision for item, revision in newest.items())
    miscounted = int(held.counted != {item: dict(response) for item, response in final_answers(held.answers).items()})
    return (
        sum(count > 1 for count in several.values())
        + sum(count > 1 for count in rows.values())
        + abs(held.events - len(held.answers))
        + overtaken
        + miscounted
    )


def _unsealed(book: Book, held: Held, key: bytes) -> int:
    if held.seal is None:
        return int(book.seal is not None or held.sitting.state is SittingState.SUBMITTED)
    told = book.seal is None or book.seal == {**held.seal.document, "signature": held.seal.signature}
    covered = held.seal.answers == len(held.answers) and is_whole(held.seal, held.receipts, key)
    return int(not told or not covered)


def _time_lost(book: Book, held: Held) -> int:
    sitting, policy = held.sitting, held.policy
    if sitting.started_at is None or sitting.deadline_at is None:
        return 1
    due = sitting.started_at + timedelta(seconds=policy.seconds + sitting.stopped_s)
    ends = sitting.deadline_at + timedelta(seconds=sitting.grace_s)
    moved = sitting.deadline_at < due or (book.deadline is not None and sitting.deadline_at < book.deadline - timedelta(milliseconds=1))
    handed_in = book.handed_in_at is not None
    sealed_early = not handed_in and sitting.submitted_at is not None and sitting.submitted_at <= ends
    refused_early = not handed_in and book.closed_at is not None and book.closed_at <= ends
    return int(moved or sealed_early or refused_early)


def _held(engine: Engine, book: Book, published: tuple[Receipt, ...]) -> Held:
    with engine.store.read() as tx:
        sitting = tx.sittings.get(book.sitting_id)
        exam = tx.exams.get(sitting.exam_id)
        return Held(
            sitting=sitting,
            policy=time_policy(exam.duration_s, exam.policy.document, tx.exams.registration(sitting.registration_id).arrangements),
            answers=tuple(tx.answers.of_sitting(sitting.id)),
            counted={item: dict(response) for item, response in tx.answers.final(sitting.id).items()},
            seal=tx.sittings.seal(sitting.id),
            events=len(tx.events.saves_of(sitting.id)),
            published=published,
        )


async def _published(book: Book, port: int) -> tuple[Receipt, ...]:
    """Ask GET /receipts, as the candidate; nothing when it does not answer, which counts every receipt as lost."""
    wire = Wire(port, book.seeded["token"], 30.0)
    try:
        answer = await wire.ask("GET", f"{book.sitting_id}/receipts")
    except Unanswered:
        return ()
    finally:
        wire.close()
    rows = answer.document.get("receipts", [])
    assert isinstance(rows, list)
    return tuple(Receipt(**row) for row in rows if isinstance(row, dict))
