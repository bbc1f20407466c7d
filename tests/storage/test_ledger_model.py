"""The ledger beside a model of ten lines, over retries, reorderings and two tabs of the same candidate (DESIGN promise 1)."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment_engine.delivery.responses import MAX_REVISION_LEAP, Receipt, an_offer, ledger_sha256
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import a_world
from tests.fakes.ports import anything_fits

Try = tuple[int, int, str]  # revision, item, value

tries = st.tuples(st.one_of(st.integers(1, 12), st.integers(1005, 1012)), st.integers(0, 3), st.sampled_from("AB"))
batches = st.lists(st.lists(tries, min_size=1, max_size=8), max_size=8)


@dataclass
class Model:
    """What the ledger must say."""

    held: dict[int, tuple[int, str]] = field(default_factory=dict)

    def take(self, revision: int, item: int, value: str) -> str:
        if revision in self.held:
            return "receipt" if self.held[revision] == (item, value) else "revision_reused"
        if any(held > revision for held, (other, _) in self.held.items() if other == item):
            return "stale_revision"
        if revision > max(self.held, default=0) + MAX_REVISION_LEAP:
            return "revision_from_the_future"
        self.held[revision] = (item, value)
        return "receipt"


def outcome(future: Future[Receipt]) -> str:
    error = future.exception(60)
    return "receipt" if error is None else str(getattr(error, "code", error))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches)
def test_the_ledger_is_as_the_model_whatever_is_retried_and_reordered(any_engine: Engine, batches: list[list[Try]]) -> None:
    world = a_world(any_engine)
    model = Model()
    receipts: dict[int, Receipt] = {}

    for batch in batches:
        ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
        offers = [
            an_offer(world.sitting_id, world.candidate.person_id, world.items[item], revision, {"R": value})
            for revision, item, value in batch
        ]
        futures = [ledger.save(offer) for offer in offers]
        ledger.start().stop()
        assert [outcome(future) for future in futures] == [model.take(*one) for one in batch]
        for future in futures:
            if future.exception() is None:
                receipt = future.result()
                assert receipts.setdefault(receipt.revision, receipt) == receipt

    with any_engine.store.read() as tx:
        kept = tx.answers.receipts(world.sitting_id)
        final = tx.answers.final(world.sitting_id)
    assert kept == [receipts[revision] for revision in sorted(model.held)]
    assert ledger_sha256(kept) == ledger_sha256(receipts.values())
    newest = {item: revision for revision, (item, _) in sorted(model.held.items())}
    assert final == {world.items[item]: {"R": model.held[revision][1]} for item, revision in newest.items()}
