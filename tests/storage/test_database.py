"""Two ways to open a transaction, on both databases."""

from sqlalchemy import func, select

from assessment_engine.services.engine import Engine
from assessment_engine.storage.audit import audit_entries


def test_whoever_reads_sees_one_moment_whatever_is_written_meanwhile(any_engine: Engine) -> None:
    count = select(func.count()).select_from(audit_entries)
    with any_engine.store.read() as reading:
        before = reading.connection.execute(count).scalar_one()
        with any_engine.store.begin() as tx:
            tx.audit.append("key_announced", subject="receipt-keys", now=any_engine.clock.now())

        assert reading.connection.execute(count).scalar_one() == before

    with any_engine.store.read() as reading:
        assert reading.connection.execute(count).scalar_one() == before + 1
