"""An engine on SQLite and its ledger, for tests of pages and routes that need no other database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_world, an_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = an_engine(tmp_path)
    yield engine
    engine.store.engine.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    """An exam with a candidate in the middle of it."""
    return a_world(engine)


@pytest.fixture
def ledger(engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(engine)
    yield ledger
    ledger.stop()
