"""The group-commit writer: the one way an answer reaches the ledger (DESIGN promise 1, docs/ARCHITECTURE.md "One answer").

One thread per delivery process takes everything that was queued while the last commit ran and writes it in one transaction; only after the
commit is anybody told. What is refused is refused alone. The sittings' rows are locked first, in the order of their ids, and `now` is read
under the lock, so that nothing can be saved after a seal. Other acts that must keep this order ride along: one by one by `in_order`
(submit), or all of a kind at once by `together` (start), so that a herd costs a few statements a batch.
No Valkey, no worker and no frame is on this path.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from assessment_engine.delivery.responses import Answer, Offer, Receipt, Response, Standing, known_receipt, sign_receipt
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.clock import Clock
from assessment_engine.kernel.errors import AssessmentError, StorageUnavailable
from assessment_engine.kernel.ids import FormId, ItemVersionId, SittingId
from assessment_engine.kernel.signing import SigningKey
from assessment_engine.storage.database import Store, Transaction
from assessment_engine.storage.events import answer_saved
from item_bank.forms import Form

LARGEST_BATCH = 512
LONGEST_QUEUE = 20_000
MOST_FORMS = 2_000

ACKNOWLEDGED = Counter("answers_acknowledged_total", "Answers acknowledged after their commit")
COMMIT_SECONDS = Histogram(
    "answer_commit_seconds",
    "From the begin of a group commit to its end",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
BATCH = Histogram("answer_batch_size", "Answers and acts in one group commit", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512))

T = TypeVar("T")
O = TypeVar("O")  # noqa: E741  # an order
Work = Callable[[Transaction, datetime, Mapping[SittingId, Sitting], Sequence[O]], Sequence[T | AssessmentError]]
"""Does all orders of one kind in a batch and returns a result or refusal for each; it is handed the batch's sittings, locked."""

Fits = Callable[[Transaction, ItemVersionId, Response], None]
"""Raises WrongResponse when a response does not fit its item."""

Settle = Callable[[Transaction, Sitting, datetime], Sitting]
"""Returns a sitting as a sign of life leaves it, where the exam's rules of time change it (services/closing.py)."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Saving:
    """An offer that waits for its receipt."""

    offer: Offer
    future: Future[Receipt] = field(default_factory=Future)

    @property
    def sitting_id(self) -> SittingId:
        return self.offer.sitting_id


@dataclass(frozen=True, slots=True)
class _Act(Generic[T]):
    """Something else to do to a sitting, in order with its answers."""

    sitting_id: SittingId
    work: Callable[[Transaction, datetime], T]
    future: Future[T] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Riding(Generic[O, T]):
    """An order that is done together with all others of its kind."""

    sitting_id: SittingId
    order: O
    work: Work[O, T]
    future: Future[T] = field(default_factory=Future)


def _as_heard(_tx: Transaction, sitting: Sitting, now: datetime) -> Sitting:
    return sitting.heard(now)


_Order = _Saving | _Act[Any] | _Riding[Any, Any]
_Outcome = tuple[_Order, object]  # what to tell: a result, or the refusal to raise


class AnswerLedger:
    """The writer of one delivery process. `start` before use, `stop` at the end; everything in between is thread-safe."""

    def __init__(
        self, store: Store, clock: Clock, key: SigningKey, *, fits: Fits, settle: Settle = _as_heard, largest_batch: int = LARGEST_BATCH
    ) -> None:
        self._store, self._clock, self._key, self._fits, self._settle = store, clock, key, fits, settle
        self._largest_batch = largest_batch
        self._queue: queue.Queue[_Order | None] = queue.Queue(LONGEST_QUEUE)
        self._forms: dict[FormId, Form] = {}  # a form never changes, so this never grows stale; candidates may each have their own
        self._thread = threading.Thread(target=self._run, name="answer-ledger", daemon=True)
        self._stopped = False

    def start(self) -> "AnswerLedger":
        """Start the writer's thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Write what is queued, then end. What comes later is refused as StorageUnavailable."""
        self._stopped = True
        self._queue.put(None)
        self._thread.join()

    def save(self, offer: Offer) -> Future[Receipt]:
        """Queue an answer; the future has the receipt once it is on disk, or the refusal."""
        saving = _Saving(offer)
        self._put(saving)
        return saving.future

    def in_order(self, sitting_id: SittingId, work: Callable[[Transaction, datetime], T]) -> Future[T]:
        """Queue an act on a sitting whose row is locked meanwhile; it is handed the transaction and the time, and must not commit."""
        act = _Act(sitting_id, work)
        self._put(act)
        return act.future

    def together(self, sitting_id: SittingId, order: O, work: Work[O, T]) -> Future[T]:
        """Queue an order that `work` does with all others of its batch that name the same `work`: after the answers, before single acts."""
        riding = _Riding(sitting_id, order, work)
        self._put(riding)
        return riding.future

    def _put(self, order: _Order) -> None:
        try:
            if self._stopped:
                raise StorageUnavailable("this process is ending; try again")
            order.future.set_running_or_notify_cancel()  # a client that hangs up must not take its answer back
            self._queue.put_nowait(order)
        except queue.Full:
            raise StorageUnavailable("too many answers are waiting; try again") from None

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ended = self._gather(first)
            try:
                self._write(batch)
            except Exception:  # whatever it was (a log line that a full disk refused was one): the next answer must find a writer
                _tell((order, StorageUnavailable("the answer is not saved yet; try again")) for order in batch if not order.future.done())
            if ended:
                return

    def _gather(self, first: _Order) -> tuple[list[_Order], bool]:
        """Return everything that is queued by now, and whether the end was among it."""
        batch = [first]
        while len(batch) < self._largest_batch:
            try:
                order = self._queue.get_nowait()
            except queue.Empty:
                break
            if order is None:
                return batch, True
            batch.append(order)
        return batch, False

    def _write(self, batch: Sequence[_Order]) -> None:
        """Commit a batch and tell everybody; when the database refuses one order, the others are written without it."""
        try:
            with COMMIT_SECONDS.time(), self._store.begin() as tx:
                outcomes = self._do(tx, batch)
        except (OperationalError, InterfaceError, StorageUnavailable) as error:
            log.error("answers_not_saved", orders=len(batch), error=type(error).__name__)  # never its text: it may quote answers
            outcomes = [(order, StorageUnavailable("the answer is not saved yet; try again")) for order in batch]
        except Exception as error:  # a fault of one order must not take the others with it, nor end the thread
            if len(batch) > 1:
                for order in batch:
                    self._write([order])
                return
            log.error("order_failed", error=type(error).__name__)
            quotes_rows = isinstance(error, SQLAlchemyError)
            outcomes = [(batch[0], StorageUnavailable("the database refused this") if quotes_rows else error)]
        BATCH.observe(len(batch))
        _tell(outcomes)

    def _do(self, tx: Transaction, batch: Sequence[_Order]) -> list[_Outcome]:
        sittings = tx.sittings.lock(order.sitting_id for order in batch)
        now = self._clock.now()
        savings = [order for order in batch if isinstance(order, _Saving)]
        outcomes = self._save_all(tx, savings, sittings, now)
        outcomes += _perform_together(tx, [order for order in batch if isinstance(order, _Riding)], sittings, now)
        return outcomes + [(order, _perform(tx, order, now)) for order in batch if isinstance(order, _Act)]

    def _save_all(self, tx: Transaction, savings: Sequence[_Saving], sittings: dict[SittingId, Sitting], now: datetime) -> list[_Outcome]:
        if not savings:
            return []
        for sitting in _of_their_candidates(savings, sittings):
            sittings[sitting.id] = self._settle(tx, sitting, now)
        book = _Book(tx, [saving.offer for saving in savings], sittings)
        outcomes: list[_Outcome] = [(saving, self._decide(tx, book, saving.offer, now)) for saving in savings]
        book.write()
        return outcomes

    def _decide(self, tx: Transaction, book: "_Book", offer: Offer, now: datetime) -> Receipt | AssessmentError:
        sitting = book.sittings.get(offer.sitting_id)
        form = self._form(tx, sitting.form_id) if sitting else None
        try:
            receipt = known_receipt(offer, book.standing(offer, form), now)
            if receipt is None:
                self._fits(tx, offer.item_id, offer.response)
        except AssessmentError as refusal:
            return refusal
        return receipt or book.enter(offer, sign_receipt(offer, now, self._key))

    def _form(self, tx: Transaction, form_id: FormId) -> Form:
        if form_id not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[form_id] = tx.forms.get(form_id)
        return self._forms[form_id]


class _Book:
    """What the ledger holds of the sittings of one batch, and what the batch adds."""

    def __init__(self, tx: Transaction, offers: Sequence[Offer], sittings: dict[SittingId, Sitting]) -> None:
        self._tx = tx
        self.sittings = sittings
        held = tx.answers.held(offers)
        self._receipts, self._newer = held.receipts, held.newer
        self._new: list[Answer] = []

    def standing(self, offer: Offer, form: Form | None) -> Standing:
        """Return what is known when `offer` is looked at; earlier offers of the same batch are known."""
        return Standing(
            sitting=self.sittings.get(offer.sitting_id),
            form=form,
            same_revision=self._receipts.get((offer.sitting_id, offer.revision)),
            newest_of_item=self._newer.get((offer.sitting_id, offer.item_id), 0),
        )

    def enter(self, offer: Offer, receipt: Receipt) -> Receipt:
        """Add an answer."""
        self._new.append(Answer(response=offer.response, receipt=receipt))
        self._receipts[offer.sitting_id, offer.revision] = receipt
        self._newer[offer.sitting_id, offer.item_id] = offer.revision
        self.sittings[offer.sitting_id] = self.sittings[offer.sitting_id].answered(offer.item_id, offer.revision)
        return receipt

    def write(self) -> None:
        """Store what was added."""
        if not self._new:
            return
        self._tx.answers.add(self._new)
        self._tx.sittings.save_progress([self.sittings[sitting_id] for sitting_id in {answer.receipt.sitting for answer in self._new}])
        self._tx.events.record_all([answer_saved(answer.receipt, self.sittings[answer.receipt.sitting]) for answer in self._new])


def _of_their_candidates(savings: Sequence[_Saving], sittings: Mapping[SittingId, Sitting]) -> list[Sitting]:
    """Return the sittings whose own candidates offer answers: nobody else's word is a sign of life."""
    offering = {saving.sitting_id: saving.offer.candidate_id for saving in savings}
    return [sittings[one] for one, candidate in offering.items() if one in sittings and sittings[one].candidate_id == candidate]


def _perform_together(
    tx: Transaction, ridings: Sequence[_Riding[Any, Any]], sittings: Mapping[SittingId, Sitting], now: datetime
) -> list[_Outcome]:
    """Do the orders of each kind in one savepoint, so that a refusal of them all undoes nothing else.

    Each kind after the first reads the sittings again: a contact must not write back what an act on time has just changed.
    """
    kinds: dict[Work[Any, Any], list[_Riding[Any, Any]]] = {}
    for riding in ridings:
        kinds.setdefault(riding.work, []).append(riding)
    outcomes: list[_Outcome] = []
    for number, (work, alike) in enumerate(kinds.items()):
        here = tx.sittings.lock(riding.sitting_id for riding in alike) if number else sittings
        results: Sequence[object]
        try:
            with tx.connection.begin_nested():
                results = work(tx, now, here, [riding.order for riding in alike])
        except AssessmentError as refusal:
            results = [refusal] * len(alike)
        outcomes.extend(zip(alike, results, strict=True))
    return outcomes


def _perform(tx: Transaction, act: _Act[Any], now: datetime) -> object:
    """Do one act in a savepoint, so that its refusal undoes it alone."""
    try:
        with tx.connection.begin_nested():
            return act.work(tx, now)
    except AssessmentError as refusal:
        return refusal


def _tell(outcomes: Iterable[_Outcome]) -> None:
    for order, outcome in outcomes:
        if isinstance(outcome, Exception):
            order.future.set_exception(outcome)
        else:
            order.future.set_result(outcome)  # type: ignore[arg-type]  # a saving's outcome is a receipt, any other's its own result
            ACKNOWLEDGED.inc(isinstance(order, _Saving))
