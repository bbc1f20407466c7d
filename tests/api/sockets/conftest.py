"""An ingest process of this test's own before a real frames store that the folder shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from assessment_engine.services.engine import Engine
from tests.builders import an_engine
from tests.running import Valkey, a_valkey, an_ingest


@pytest.fixture(scope="package")
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


@pytest.fixture
def engine(valkey: Valkey, tmp_path: Path) -> Iterator[Engine]:
    store = Redis.from_url(valkey.url)
    store.flushall()
    store.close()
    with an_ingest(an_engine(tmp_path), valkey.url) as engine:
        yield engine
        engine.store.engine.dispose()
