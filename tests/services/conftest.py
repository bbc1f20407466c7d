"""An engine on SQLite and an exam in it, for tests of services that need no other database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment_engine.services.engine import Engine
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
