"""One answer's way, from the client's PUT to the score report: each hash appears in the next (DESIGN 3)."""

from decimal import Decimal
from pathlib import Path

from api.app import create_app
from assessment_engine.delivery.responses import Receipt, is_genuine, ledger_sha256
from assessment_engine.delivery.sealing import is_whole
from assessment_engine.kernel.canonical import digest
from assessment_engine.services import delivery, people
from assessment_engine.services.scoring import score_sitting
from tests.api.client import TestClient
from tests.builders import a_world, an_engine, steer, told


def test_an_answer_is_followed_to_the_score_report(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine, items=2)
    ledger = delivery.open_ledger(engine)
    public_key = engine.signer.receipts.public_bytes
    base = f"/api/v1/sittings/{world.sitting_id}"
    bearer = {"Authorization": f"Bearer {people.open_session(engine, world.candidate.person_id).token}"}

    with TestClient(create_app(engine, ledger)) as client:
        # the candidate ticks B, thinks again, ticks A; the last word counts
        for revision, letter in ((1, "B"), (2, "A")):
            body = {"revision": revision, "response": {"RESPONSE": letter}}
            answer = client.put(f"{base}/answers/{world.items[0]}", json=body, headers=bearer)
            steer(engine).advance(5)
        receipt = Receipt(**answer.json())
        client.post(f"{base}/submit", headers=bearer)
        handed_in = client.get(f"{base}/receipts", headers=bearer).json()
    ledger.stop()

    assert is_genuine(receipt, public_key)
    assert receipt.response_sha256 == digest({"RESPONSE": "A"})
    receipts = [Receipt(**each) for each in handed_in["receipts"]]
    assert receipts[-1] == receipt
    assert handed_in["seal"]["ledger_sha256"] == ledger_sha256(receipts)

    report = score_sitting(engine, world.sitting_id)

    with engine.store.read() as tx:
        seal = tx.sittings.seal(world.sitting_id)
        kinds = [event.kind for event in tx.events.of_sitting(world.sitting_id)]
        saved = [event.data for event in tx.events.saves_of(world.sitting_id)]
    assert seal is not None
    assert is_whole(seal, receipts, public_key)
    assert report.card.seal_sha256 == seal.sha256
    assert (report.card.total, report.card.max) == (Decimal(1), Decimal(2))
    assert saved == [{"revision": 1}, {"revision": 2}]
    assert kinds == ["sitting_submitted", "sitting_scored"]
    assert len(told(engine)) == 2
    engine.store.engine.dispose()
