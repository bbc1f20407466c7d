"""After a large import PostgreSQL counts its tables anew; who may not count them is not stopped by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from assessment_engine.services import new_items
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import _checked
from assessment_engine.storage import statistics
from assessment_engine.storage.database import Store, open_database
from tests.builders import an_engine
from tests.services.test_item_versions import a_bank, new_item

COUNTED = text("SELECT count(*) FROM pg_class WHERE relname = ANY(:tables) AND reltuples >= :rows")


@pytest.fixture
def engine(postgres_url: str, tmp_path: Path) -> Iterator[Engine]:
    store = Store(open_database(postgres_url))
    alter_tables(store, "SET (autovacuum_enabled = off)")  # or the server counts by itself, sooner or later
    with store.engine.begin() as connection:
        connection.execute(text("TRUNCATE items, item_versions, item_words CASCADE"))
        connection.execute(text("UPDATE pg_class SET reltuples = -1 WHERE relname = ANY(:tables)"), {"tables": [*statistics.OF_ITEMS]})
    yield an_engine(tmp_path, store=store)
    alter_tables(store, "RESET (autovacuum_enabled)")
    store.engine.dispose()


def alter_tables(store: Store, change: str) -> None:
    with store.engine.begin() as connection:
        for table in statistics.OF_ITEMS:
            connection.execute(text(f"ALTER TABLE {table} {change}"))


def counted(engine: Engine, rows: int, tables: tuple[str, ...] = ("items", "item_versions", "item_words")) -> int:
    with engine.store.engine.connect() as connection:
        return int(connection.execute(COUNTED, {"tables": [*tables], "rows": rows}).scalar_one())


def test_a_large_import_is_counted_at_once_and_a_small_one_is_not(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    items = [_checked(new_item(number)) for number in range(1, new_items.LARGE + 1)]

    new_items.keep(engine, officer, bank_id, items[:1])
    small = counted(engine, 0)
    new_items.keep(engine, officer, bank_id, items[1:] + items[:1])

    assert (small, counted(engine, new_items.LARGE)) == (0, 3)


def test_an_account_that_may_not_count_is_left_alone(engine: Engine, postgres_url: str) -> None:
    with engine.store.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader"))
        connection.execute(text("CREATE ROLE reader LOGIN"))
    store = Store(open_database(postgres_url.replace("postgres:", "reader:", 1)))

    statistics.renew(store)
    statistics.renew(store, ("no_such_table",))
    store.engine.dispose()

    assert counted(engine, 0) == 0
