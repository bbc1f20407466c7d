"""A hall of candidates who answer at the ledger itself, without HTTP: the ground that `bench answers` measures the writer on.

Each gives the next answer when the receipt of the last is there, so that as many wait for a commit as there are seats, and no more.
"""

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assessment_engine.bench.faults.world import a_form, an_exam, an_officer
from assessment_engine.delivery.responses import Answer, Offer, Receipt, an_offer
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from assessment_engine.runtime import build_engine
from assessment_engine.runtime.serve import prepare
from assessment_engine.services.delivery import open_ledger
from assessment_engine.services.engine import Engine
from assessment_engine.services.seed_load import seed_load
from assessment_engine.settings import Settings
from assessment_engine.storage.events import answer_saved

DURATION_S = 4 * 3600
CHUNK = 5000


@dataclass(slots=True)
class Seat:
    """One candidate: whose sitting, which questions, and the revision of the last answer."""

    sitting_id: SittingId
    candidate_id: PersonId
    items: Sequence[ItemVersionId]
    revision: int = 0

    def next_item(self) -> ItemVersionId:
        """Count one answer on; returns the question that it is to."""
        self.revision += 1
        return self.items[self.revision % len(self.items)]

    def offer(self) -> Offer:
        """Write the next answer."""
        item = self.next_item()
        return an_offer(self.sitting_id, self.candidate_id, item, self.revision, {"RESPONSE": "ABCD"[self.revision % 4]})


@contextmanager
def a_hall(folder: Path, database_url: str | None = None) -> Iterator[Engine]:
    """Make an engine with one exam in it; on SQLite in `folder` unless a URL is given."""
    environ = {"DATA_DIR": str(folder), "DEMO": "1"} | ({"DATABASE_URL": database_url} if database_url else {})
    settings = Settings.from_environ(environ)
    prepare(settings)
    engine = build_engine(settings)
    officer = an_officer(engine)
    an_exam(engine, officer, a_form(engine, officer), DURATION_S)
    gc.collect()
    gc.freeze()  # as a delivery process does once it has loaded everything
    try:
        yield engine
    finally:
        gc.unfreeze()
        engine.store.engine.dispose()


def seat(engine: Engine, number: int) -> list[Seat]:
    """Seat candidates in the middle of the exam."""
    seeded = list(seed_load(engine, number))
    with engine.store.read() as tx:
        sittings = [tx.sittings.get(one["sitting"]) for one in seeded]
    return [
        Seat(sitting_id=sitting.id, candidate_id=sitting.candidate_id, items=one["items"][::2])
        for sitting, one in zip(sittings, seeded, strict=True)
    ]  # every other question is a choice


def answered_in(engine: Engine, seats: Sequence[Seat], each: int, *, largest_batch: int) -> float:
    """Let every seat give `each` answers to one writer; returns the seconds until the last receipt. Raises what a candidate is refused."""
    offers = {one.sitting_id: [one.offer() for _ in range(each)][::-1] for one in seats}
    ledger = open_ledger(engine, largest_batch=largest_batch)
    left, over = len(seats), threading.Event()
    faults: list[BaseException] = []

    def next_answer(sitting_id: SittingId, last: Future[Receipt] | None = None) -> None:
        nonlocal left
        fault = last.exception() if last else None
        if fault is None and offers[sitting_id]:
            saving = ledger.save(offers[sitting_id].pop())
            saving.add_done_callback(lambda done: next_answer(sitting_id, done))
            return
        faults.extend([fault] if fault else [])
        left -= 1
        if not left:
            over.set()

    begun = time.perf_counter()
    for one in seats:
        next_answer(one.sitting_id)
    over.wait()
    spent = time.perf_counter() - begun
    ledger.stop()
    if faults:
        raise faults[0]
    return spent


def fill(engine: Engine, seats: Sequence[Seat], rows: int) -> None:
    """Add rows to the ledger, and the exam events beside them, as if the seats had answered before; in bulk, and not signed."""
    now = engine.clock.now()
    for first in range(0, rows, CHUNK):
        places = [seats[number % len(seats)] for number in range(first, min(first + CHUNK, rows))]
        receipts = [_receipt(one, iso(now)) for one in places]
        with engine.store.begin() as tx:
            tx.answers.add([Answer(response={"RESPONSE": "A"}, receipt=receipt) for receipt in receipts])
            reached = {one.sitting_id: one.revision for one in places}
            sittings = tx.sittings.lock(reached)
            tx.events.record_all([answer_saved(receipt, sittings[receipt.sitting]) for receipt in receipts])
            tx.sittings.save_progress([replace(one, revision=reached[one.id]) for one in sittings.values()])


def _receipt(seat: Seat, at: str) -> Receipt:
    item, unsigned = seat.next_item(), {"response_sha256": "0" * 64, "key_id": "none", "signature": "none"}
    return Receipt(sitting=seat.sitting_id, item=item, revision=seat.revision, server_time=at, **unsigned)
